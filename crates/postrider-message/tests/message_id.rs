//! Message identifiers as they are found, and the chain that threads a message (RFC 5256 §3).

use std::{fs, hint::black_box};

use allocation_counter::measure;
use postrider_message::{FieldName, FieldValue, HeaderSection, Limits, MessageIdList, RawValue};
use postrider_testkit::shared;

fn read(value: &str) -> (Vec<String>, Vec<&'static str>) {
    let list = MessageIdList::read(RawValue::new(value.as_bytes()));
    let ids = list.value.ids().iter().map(|id| id.as_str().to_owned()).collect();
    (ids, list.defects.iter().map(|defect| defect.code().name()).collect())
}

#[test]
fn what_stands_between_identifiers_is_ignored_and_told() {
    let table: &[(&str, &[&str], &[&str])] = &[
        (" <a@b> <c@d>", &["a@b", "c@d"], &[]),
        ("<a@b><c@d>", &["a@b", "c@d"], &[]),
        ("<a@b>\r\n\t<c@d>\r\n <e@f>", &["a@b", "c@d", "e@f"], &[]),
        ("<a@b>, <c@d>", &["a@b", "c@d"], &["outside-ids"]),
        ("<a@b>; <c@d>;", &["a@b", "c@d"], &["outside-ids"]),
        ("Message of Tue, 1 Jul <a@b>", &["a@b"], &["phrase-in-ids", "outside-ids"]),
        ("\"<not this>\" <a@b>", &["a@b"], &["phrase-in-ids"]),
        ("<a@b> (<not this>) <c@d>", &["a@b", "c@d"], &[]),
        ("<a@b> from \"Joe\" <joe@example.org>", &["a@b", "joe@example.org"], &["phrase-in-ids"]),
        ("<a@b> trailing garbage", &["a@b"], &["phrase-in-ids"]),
        ("<a@b> <", &["a@b"], &["unclosed-angle"]),
        ("<a@b> >", &["a@b"], &["outside-ids"]),
        ("<a@b <c@d>", &["c@d"], &["unclosed-angle"]),
        ("joe@example.org", &[], &["not-a-message-id"]),
        // RFC 5322 §3.6.4: `msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]`, and no bracket
        // stands in either half: what the outermost pair holds is none.
        ("<4TGX9.01O79.\"Super Signal\"<service@thezs.com>>", &[], &["not-a-message-id"]),
        ("<4TGX9.01O79 <service@thezs.com> x> <c@d>", &["c@d"], &["not-a-message-id"]),
        ("<a <b <c@d>>> <e@f>", &["e@f"], &["not-a-message-id"]),
        ("<a <b <c@d>> <e@f>", &["c@d", "e@f"], &["unclosed-angle", "outside-ids"]),
        ("<<a@b>>", &["a@b"], &["extra-brackets"]),
        ("< <<a@b> >\t> <c@d>", &["a@b", "c@d"], &["extra-brackets"]),
        ("<<a@b>", &["a@b"], &["unclosed-angle"]),
        (
            "<000053e452bb$00005687$00003222@mindspring\r\n    (user-3qt5hn.example[99.174.150.55]) \
             by smtp6.example>",
            &[],
            &["not-a-message-id"],
        ),
    ];
    for (value, ids, defects) in table {
        let (found, told) = read(value);
        assert_eq!(
            (&found[..], &told[..]),
            (&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()[..], *defects),
            "{value:?}"
        );
    }
}

#[test]
fn white_space_in_an_identifier_is_dropped_where_it_parts_no_words_of_a_line() {
    let table: &[(&str, Option<&str>, &[&str])] = &[
        // RFC 5322 Appendix A.6.3 has `Message-ID  : <1234   @   local(blah)  .machine .example>`.
        (
            "<1234   @   local(blah)  .machine .example>",
            Some("1234@local.machine.example"),
            &["space-in-id"],
        ),
        ("<a@\r\n b>", Some("a@b"), &["space-in-id"]),
        ("<long-left\r\n -rest@b>", Some("long-left-rest@b"), &["folded-id"]),
        ("<a@exam\r\n\tple.org>", Some("a@example.org"), &["folded-id"]),
        ("<a b@c>", None, &["not-a-message-id"]),
        ("<a\r\n (x) b@c>", None, &["not-a-message-id"]),
        ("<a\r\n \"b\"@c>", None, &["not-a-message-id"]),
        ("<\"a b\"@c>", Some("\"a b\"@c"), &["quoted-id"]),
        ("<\"a\r\n b\"@c>", Some("\"a b\"@c"), &["quoted-id"]),
        ("<a@[192.0.2.1]>", Some("a@[192.0.2.1]"), &[]),
        ("<a@b@c>", Some("a@b@c"), &["at-sign-placement"]),
        ("<@b>", Some("@b"), &["at-sign-placement"]),
        ("<a@>", Some("a@"), &["at-sign-placement"]),
        ("<a>", Some("a"), &["no-at-sign"]),
    ];
    for (value, id, defects) in table {
        let (found, told) = read(value);
        assert_eq!((found.first().map(|id| &**id), &told[..]), (*id, *defects), "{value:?}");
    }
}

#[test]
fn identifiers_that_differ_in_quoting_are_the_same() {
    let table = [
        ("<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>", "01KF8JCEOCBS0045PS@xxx.yyy.com"),
        ("<01KF8JCEOCBS0045PS@xxx.yyy.com>", "01KF8JCEOCBS0045PS@xxx.yyy.com"),
        ("<\"a\\\"b\\c\"@d>", "a\"bc@d"),
        ("<\"a@b\"@c>", "a@b@c"),
    ];
    for (value, expected) in table {
        let list = MessageIdList::read(RawValue::new(value.as_bytes()));
        let [id] = list.value.ids() else { panic!("{value}") };
        assert_eq!(id.normalized(), expected, "{value}");
        assert!(id.is_valid(), "{value}");
    }
}

fn threaded(text: &str) -> (Option<String>, Vec<String>) {
    let section = HeaderSection::parse(text);
    let ids = section.headers().thread_ids();
    assert_eq!(ids.parent(), ids.references().last().map(|id| &**id));
    let references = ids.references().iter().map(|id| id.clone().into_owned()).collect();
    (ids.message_id().map(str::to_owned), references)
}

#[test]
fn references_are_those_of_the_field_or_else_the_first_of_in_reply_to() {
    let own = |text: &str| threaded(text).1;
    assert_eq!(own("References: <a@b> <c@d>\nIn-Reply-To: <e@f>\n\n"), ["a@b", "c@d"]);
    assert_eq!(own("In-Reply-To: <e@f>\n <joe@example.org>\n\n"), ["e@f"]);
    // "the References header line does not contain any valid Message IDs"
    assert_eq!(own("References: a@b <c>\nIn-Reply-To: <e@f>\n\n"), ["e@f"]);
    assert_eq!(own("In-Reply-To: <no-at> <e@f>\n\n"), ["e@f"]);
    assert_eq!(own("In-Reply-To: joe@example.org\n\n"), [""; 0]);
    assert_eq!(own("\n"), [""; 0]);
    assert_eq!(own("References: <A@b> <\"A\"@b> <a@b>\n\n"), ["A@b", "A@b", "a@b"]);
}

#[test]
fn a_message_without_a_valid_identifier_has_none() {
    let own = |text: &str| threaded(text).0;
    assert_eq!(own("Message-ID: <\"a\"@b>\n\n").as_deref(), Some("a@b"));
    assert_eq!(own("Message-ID: <a>\n\n"), None);
    assert_eq!(own("Message-ID: a@b\n\n"), None);
    assert_eq!(own("Subject: x\n\n"), None);
}

#[test]
fn a_plain_identifier_allocates_nothing() {
    let raw = RawValue::new(b" <5f1b2c@mail.example.org>");
    let cost = measure(|| drop(black_box(MessageIdList::read(raw))));
    assert_eq!(cost.count_total, 0);
}

#[test]
fn identifiers_beyond_the_limit_are_left_out() {
    let text = "References: <a@b> <c@d> <e@f>\n\n";
    let section = HeaderSection::parse_with(text, &Limits::default().with_message_ids(2));
    let read = section.headers().references().unwrap();
    assert_eq!(read.value.ids().len(), 2);
    assert_eq!(read.defects[0].code().name(), "too-many-ids");
    assert_eq!(&text[read.defects[0].span().range()], "<e@f>");
}

/// What stands between `<` and `>` without white space and with one at sign inside.
fn plainly(value: &[u8]) -> Vec<String> {
    let text: String = value.iter().map(|&octet| char::from(octet)).collect();
    let inside = |piece: &str| piece.split_once('>').map(|(inside, _)| inside.to_owned());
    let is_id = |text: &String| {
        let halves = text.split_once('@').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && !right.contains('@')
        });
        halves && !text.contains(char::is_whitespace)
    };
    text.split('<').skip(1).filter_map(inside).filter(is_id).collect()
}

#[test]
fn identifiers_of_the_mails_of_the_world_are_those_between_their_brackets() {
    let Some(root) = shared("corpora/spamassassin") else { return };
    let (mut count, mut others, mut missing) = (0, Vec::new(), Vec::new());
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let octets = fs::read(&path).unwrap();
            let section = HeaderSection::parse(&octets[..]);
            for name in [FieldName::MessageId, FieldName::References, FieldName::InReplyTo] {
                for field in section.headers().all(name) {
                    let list = field.read::<MessageIdList<'_>>().value;
                    let valid = list.ids().iter().filter(|id| id.is_valid());
                    let ours: Vec<_> = valid.map(|id| id.as_str().to_owned()).collect();
                    let plain = plainly(field.value());
                    count += ours.len();
                    others.extend(ours.iter().filter(|id| !plain.contains(id)).cloned());
                    missing.extend(plain.into_iter().filter(|id| !ours.contains(id)));
                }
            }
        }
    }
    assert!(count > 4_000, "{count}");
    // "obs-id-left = local-part" (RFC 5322 §4.5.4), which may be a quoted string with a blank in it.
    // Two stand inside of other brackets: `<4TGX9R3Y3.01O79."Super Signal"<service@thezs.com>>`, and
    // a whole Received field in the brackets of a Message-ID.
    missing.sort();
    let nested = ["20090116195452.ZOMX28505@110940321worldnet.att.net", "service@thezs.com"];
    assert_eq!(missing, nested);
    assert_eq!(others, ["\"from s1118644\"@mail.inf.tu-dresden.de"]);
}
