//! The fields of mailing lists, keywords and URLs: the examples of their RFCs, and what is seen.

use postrider_message::{
    ArchivedAt, Code, FieldName, FieldValue, Folder, HeaderSection, ListId, ListUrl, ListUrls,
    OneClick, Parsed, PhraseList, RawValue, Url, WriteValue, code,
};
use postrider_testkit::shared_files;
use proptest::prelude::*;

fn codes<T>(read: &Parsed<'_, T>) -> Vec<&'static Code> {
    read.defects.iter().map(|defect| defect.code()).collect()
}

fn urls(value: &str) -> Parsed<'_, ListUrls<'_>> {
    ListUrls::read(RawValue::new(value.as_bytes()))
}

fn told<'a>(list: &'a ListUrls<'_>) -> Vec<(&'a str, Vec<&'a str>)> {
    let comments = |one: &'a ListUrl<'_>| one.comments().iter().map(|text| &**text).collect();
    list.urls().iter().map(|one| (one.as_str(), comments(one))).collect()
}

#[test]
fn the_examples_of_rfc_2369_are_read() {
    for (value, expected) in [
        (
            "<mailto:list@host.com?subject=help> (List Instructions)",
            &[("mailto:list@host.com?subject=help", &["List Instructions"][..])][..],
        ),
        (
            "<http://www.host.com/list.cgi?cmd=unsub&lst=list>,\r\n     \
             <mailto:list-request@host.com?subject=unsubscribe>",
            &[
                ("http://www.host.com/list.cgi?cmd=unsub&lst=list", &[]),
                ("mailto:list-request@host.com?subject=unsubscribe", &[]),
            ],
        ),
        (
            "(Use this command to join the list)\r\n     \
             <mailto:list-manager@host.com?body=subscribe%20list>",
            &[(
                "mailto:list-manager@host.com?body=subscribe%20list",
                &["Use this command to join the list"],
            )],
        ),
        (
            "<mailto:moderator@host.com> (Postings are Moderated)",
            &[("mailto:moderator@host.com", &["Postings are Moderated"])],
        ),
        (
            "<ftp://ftp.host.com/list.txt> (FTP),\r\n     <mailto:list@host.com?subject=help>",
            &[
                ("ftp://ftp.host.com/list.txt", &["FTP"]),
                ("mailto:list@host.com?subject=help", &[]),
            ],
        ),
    ] {
        let read = urls(value);
        let expected: Vec<_> = expected.iter().map(|(url, all)| (*url, all.to_vec())).collect();
        assert_eq!(told(&read.value), expected);
        assert_eq!(codes(&read), Vec::<&Code>::new());
    }
    let no = urls("NO (posting not allowed on this list)");
    assert!(no.value.is_no() && no.value.urls().is_empty() && no.defects.is_empty());
}

/// RFC 2369 §2, guidelines 1 to 4.
#[test]
fn what_is_no_url_in_angle_brackets_ends_the_list() {
    for (value, expected, defects) in [
        ("https://a.example/", &[][..], &[&code::NOT_A_URL][..]),
        ("<a:b> and more, <c:d>", &["a:b", "c:d"], &[&code::AFTER_URL, &code::AFTER_URL]),
        ("<a:b>, c:d, <e:f>", &["a:b"], &[&code::NOT_A_URL]),
        ("<a:\r\n b>", &["a:b"], &[]),
        ("<a:b>, , <c:d>", &["a:b", "c:d"], &[&code::EMPTY_ELEMENT]),
        ("<a:b", &[], &[&code::UNCLOSED_ANGLE]),
        ("<>, <a:b>", &["a:b"], &[&code::NOT_A_URL, &code::EMPTY_ELEMENT]),
        ("<a:\u{e9}>", &["a:\u{e9}"], &[&code::BAD_URL]),
        ("=?us-ascii?Q?=3Cmailto=3Aa=40b=3E?=", &[], &[&code::NOT_A_URL]),
    ] {
        let read = urls(value);
        let found: Vec<_> = read.value.urls().iter().map(ListUrl::as_str).collect();
        assert_eq!(found, expected, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
    let many = "<a:b>,".repeat(2_000);
    assert_eq!(urls(&many).value.urls().len(), 1_000);
    assert!(urls(&many).defects.has(&code::TOO_MANY_ITEMS));
}

fn list_id(value: &str) -> Parsed<'_, Option<ListId<'_>>> {
    Option::<ListId<'_>>::read(RawValue::new(value.as_bytes()))
}

#[test]
fn the_examples_of_rfc_2919_are_read() {
    for (value, name, id) in [
        (
            "List Header Mailing List <list-header.nisto.com>",
            Some("List Header Mailing List"),
            "list-header.nisto.com",
        ),
        ("<commonspace-users.list-id.within.com>", None, "commonspace-users.list-id.within.com"),
        (
            "\"Lena's Personal Joke List\"\r\n           \
             <lenas-jokes.da39efc25c530ad145d41b86f7420c3b.021999.localhost>",
            Some("Lena's Personal Joke List"),
            "lenas-jokes.da39efc25c530ad145d41b86f7420c3b.021999.localhost",
        ),
        (
            "\"An internal CMU List\" <0Jks9449.list-id.cmu.edu>",
            Some("An internal CMU List"),
            "0Jks9449.list-id.cmu.edu",
        ),
        (
            "<da39efc25c530ad145d41b86f7420c3b.052000.localhost>",
            None,
            "da39efc25c530ad145d41b86f7420c3b.052000.localhost",
        ),
    ] {
        let read = list_id(value);
        assert_eq!(codes(&read), Vec::<&Code>::new());
        let read = read.value.unwrap();
        assert_eq!((read.name(), read.as_str()), (name, id));
    }
}

#[test]
fn a_list_id_is_not_put_together_of_words() {
    for (value, id, defects) in [
        ("a.example.org", Some("a.example.org"), &[&code::NO_LIST_ID][..]),
        ("a. example.org", None, &[&code::NO_LIST_ID]),
        ("fork", None, &[&code::NO_LIST_ID]),
        ("<fork>", Some("fork"), &[&code::BAD_LIST_ID]),
        ("<a.b> c", Some("a.b"), &[&code::AFTER_LIST_ID]),
        ("\"<c.d>\" <a.b>", Some("a.b"), &[]),
        ("=?utf-8?q?=3Cc.d=3E?= <a.b>", Some("a.b"), &[]),
        ("<>", None, &[&code::BAD_LIST_ID]),
        ("<<a.b>", Some("<a.b"), &[&code::BAD_LIST_ID]),
        ("<<a.b", None, &[&code::NO_LIST_ID]),
        ("", None, &[&code::NO_LIST_ID]),
    ] {
        let read = list_id(value);
        assert_eq!(read.value.as_ref().map(ListId::as_str), id, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
}

#[test]
fn one_click_is_the_one_value_of_its_field() {
    let read = |value: &'static str| Option::<OneClick>::read(RawValue::new(value.as_bytes()));
    assert!(read("List-Unsubscribe=One-Click").value.is_some());
    for value in ["", "One-Click", "List-Unsubscribe=One-Click; x", "List-Unsubscribe=Two-Click"] {
        assert!(read(value).value.is_none() && read(value).defects.has(&code::NOT_ONE_CLICK));
    }
}

#[test]
fn urls_keep_their_parentheses_and_lose_their_folding() {
    for (value, url, defects) in [
        (" (comment) http://a.example/b(c) (more)", "http://a.example/b(c)", &[][..]),
        ("image1", "image1", &[]),
        ("http://a.example/b\r\n  c", "http://a.example/bc", &[]),
        ("", "", &[&code::BAD_URL]),
        ("http://a.example/<b>", "http://a.example/<b>", &[&code::BAD_URL]),
    ] {
        let read = Url::read(RawValue::new(value.as_bytes()));
        assert_eq!(read.value.as_str(), url, "{value}");
        assert_eq!(codes(&read), defects, "{value}");
    }
    // RFC 5064 §2.1 has this one.
    let value = b"<http://www.example.net/archive/msg/0123>";
    let archived = Option::<ArchivedAt<'_>>::read(RawValue::new(value)).value.unwrap();
    assert_eq!(archived.url().as_str(), "http://www.example.net/archive/msg/0123");
    let bare = Option::<ArchivedAt<'_>>::read(RawValue::new(b"http://a.example/"));
    assert!(bare.value.is_none() && bare.defects.has(&code::NOT_A_URL));
}

/// Every list of the corpus was made by software that follows RFC 2369.
#[test]
fn the_list_fields_of_the_spam_corpus_are_read_without_defects() {
    let paths = shared_files("corpora/spamassassin");
    let (mut fields, mut ids) = (0, 0);
    for path in &paths {
        let mail = std::fs::read(path).unwrap();
        let section = HeaderSection::parse(&mail[..]);
        let headers = section.headers();
        for name in [FieldName::ListHelp, FieldName::ListPost, FieldName::ListArchive] {
            for field in headers.all(name) {
                let read = field.read::<ListUrls<'_>>();
                let text = String::from_utf8_lossy(field.value()).into_owned();
                if !text.contains('<') {
                    continue;
                }
                assert_eq!(codes(&read), Vec::<&Code>::new(), "{path:?} {text}");
                let inside = text.split_once('<').unwrap().1.split_once('>').unwrap().0;
                assert_eq!(read.value.urls()[0].as_str(), inside);
                fields += 1;
            }
        }
        if let Some(id) = headers.list_id() {
            let text = String::from_utf8_lossy(id.raw).into_owned();
            let inside = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
            assert_eq!(id.value.as_ref().map(ListId::as_str), inside.map(|(id, _)| id), "{text}");
            ids += 1;
        }
    }
    assert!(paths.is_empty() || fields > 1_000 && ids > 1_000, "{fields} {ids}");
}

fn written(value: &impl WriteValue) -> String {
    let mut folder = Folder::new("X").unwrap();
    value.write_value(&mut folder);
    folder.finish().unwrap().strip_prefix("X:").unwrap().to_owned()
}

#[test]
fn what_would_add_a_line_or_an_item_is_refused() {
    for bad in ["", "a b", "a>b", "<a", "a\r\n", "\u{e9}", "a\0"] {
        assert!(Url::new(bad).is_err(), "{bad:?}");
    }
    for bad in ["", "a", "a..b", "a.b>", "a.b\r\n", "a b.c"] {
        assert!(ListId::new(bad).is_err(), "{bad:?}");
    }
    assert!(ListId::new("a.b").unwrap().with_name("x\ny").is_err());
    assert!(PhraseList::new(["a\r\nBcc: b"]).is_err() && PhraseList::new([""]).is_err());
    assert!(ListUrls::new(vec![]).is_err());
    let url = ListUrl::new(Url::new("a:b").unwrap());
    assert!(url.clone().with_comment("x\r\ny").is_err());
    let list = ListUrls::new(vec![url.with_comment("x) , <c:d> (").unwrap()]).unwrap();
    assert_eq!(written(&list), " <a:b> (x\\) , <c:d> \\()\r\n");
    assert_eq!(written(&ListUrls::no()), " NO\r\n");
}

#[test]
fn keywords_are_cut_before_they_are_decoded() {
    let read = PhraseList::read(RawValue::new(b"=?utf-8?q?a=2Cb?=, \"c, d\" e, , f.g"));
    assert_eq!(read.value.phrases(), ["a,b", "c, d e", "f.g"]);
    assert_eq!(codes(&read), [&code::EMPTY_ELEMENT]);
    let quoted = PhraseList::read(RawValue::new(b"\"=?utf-8?q?x?=\""));
    assert_eq!(quoted.value.phrases(), ["=?utf-8?q?x?="]);
}

proptest! {
    #[test]
    fn lists_of_urls_that_are_made_are_read_again(
        list in prop::collection::vec(("[!-'*-;=?-~][!-;=?-~]{0,59}", prop::collection::vec("[ -~]{0,120}", 0..3)), 1..5)
    ) {
        let urls: Vec<_> = list.into_iter().map(|(url, comments)| {
            let url = ListUrl::new(Url::new(url).unwrap());
            comments.into_iter().fold(url, |url, comment| url.with_comment(comment).unwrap())
        }).collect();
        let list = ListUrls::new(urls).unwrap();
        let text = written(&list);
        let read = ListUrls::read(RawValue::new(text.as_bytes()));
        prop_assert_eq!(&read.value, &list, "{}", text);
        prop_assert!(read.defects.is_empty());
    }

    #[test]
    fn phrases_and_list_ids_that_are_made_are_read_again(
        phrases in prop::collection::vec("[\t -~é€\u{1f600}]{1,40}", 1..4), id in "[a-z-]{1,9}([.][a-z]{1,5}){1,3}"
    ) {
        if let Some(name) = phrases.first() {
            let id = ListId::new(id).unwrap().with_name(name.clone()).unwrap();
            let text = written(&id);
            prop_assert_eq!(list_id(&text).value, Some(id), "{}", text);
        }
        let list = PhraseList::new(phrases).unwrap();
        let text = written(&list);
        prop_assert!(text.is_ascii());
        prop_assert_eq!(&PhraseList::read(RawValue::new(text.as_bytes())).value, &list, "{}", text);
    }
}
