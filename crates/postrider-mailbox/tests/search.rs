//! The search keys of RFC 9051 §6.4.4, RFC 3501 §6.4.4 and the extensions, each by its own sentence.

mod search_mailbox;

use postrider_imap::{Charset, Code, MessageSet, NumberList, SearchCommand, SearchKey, Uid};
use postrider_mailbox::search::{Scope, Search, Unsearchable, run};
use search_mailbox::table::{day, mod_seq, set, table};
use search_mailbox::{Mailbox, NOW, uid};

fn scope() -> Scope<'static> {
    Scope::new(6, Some(uid(5)), NOW)
}

/// The numbers of the messages that are found.
fn found_in(keys: &[SearchKey], scope: &Scope<'_>) -> Vec<u32> {
    let search = Search::new(keys, None, scope).unwrap();
    let mailbox = Mailbox::new();
    let found = run(&search, mailbox.messages(), &mailbox).unwrap();
    found.messages().iter().map(|message| message.number.get()).collect()
}

fn found(key: SearchKey) -> Vec<u32> {
    found_in(&[key], &scope())
}

/// Each key, and that it and its `NOT` share all messages.
#[test]
fn each_key_matches_what_its_sentence_says() {
    for (key, expected) in table() {
        assert_eq!(found(key.clone()), expected, "{key:?}");
        let others: Vec<u32> = (1..=6).filter(|number| !expected.contains(number)).collect();
        assert_eq!(found(SearchKey::not(key.clone())), others, "NOT {key:?}");
        assert_eq!(found(SearchKey::not(SearchKey::not(key.clone()))), expected, "{key:?}");
    }
}

#[test]
fn dates_of_saving_are_compared_where_they_are_kept() {
    let scope = scope().with_save_dates();
    let found = |key| found_in(&[key], &scope);
    assert_eq!(found(SearchKey::SaveDateSupported), [1, 2, 3, 4, 5, 6]);
    // Only the fifth message has one, 28-Dec-2014.
    assert_eq!(found(SearchKey::SavedOn(day(2014, 12, 28))), [5]);
    assert_eq!(found(SearchKey::SavedSince(day(2014, 12, 28))), [5]);
    assert_eq!(found(SearchKey::SavedSince(day(2014, 12, 29))), [0; 0]);
    assert_eq!(found(SearchKey::SavedBefore(day(2014, 12, 29))), [5]);
    assert_eq!(found(SearchKey::SavedBefore(day(2014, 12, 28))), [0; 0]);
}

#[test]
fn several_keys_are_an_intersection() {
    // "When multiple keys are specified, the result is the intersection (AND function)".
    let keys = [
        SearchKey::Flagged,
        SearchKey::Since(day(1994, 2, 1)),
        SearchKey::not(SearchKey::From("Fred".into())),
    ];
    assert_eq!(found_in(&keys, &scope()), [2]);
    assert_eq!(found_in(&[], &scope()), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn the_saved_result_stands_for_its_messages_with_either_key() {
    // RFC 5182 §2.2, example 3: `UID SEARCH UID $ SMALLER 4096` "can be replaced with"
    // `UID SEARCH $ SMALLER 4096`; example 4: `OR $ 1,3000:3021`.
    let saved: NumberList = [uid(3), uid(1)].into_iter().collect();
    let scope = scope().with_saved(&saved);
    for key in [SearchKey::Uid, SearchKey::Numbers] {
        let key = key(MessageSet::Saved);
        assert_eq!(found_in(&[key.clone(), SearchKey::Smaller(4096)], &scope), [2, 4]);
        let or = SearchKey::or(key, SearchKey::Numbers(set("1,3000:3021")));
        assert_eq!(found_in(&[or], &scope), [1, 2, 4]);
    }
    // "even if the "$" marker contains the empty sequence ... valid, but non-matching".
    assert_eq!(found(SearchKey::Uid(MessageSet::Saved)), [0; 0]);
}

#[test]
fn no_number_is_one_of_an_empty_mailbox() {
    let search = |key| Search::new(&[key], None, &Scope::new(0, None, NOW)).unwrap();
    let mailbox = Mailbox::new();
    for key in [SearchKey::Numbers(set("1:*")), SearchKey::Uid(set("*"))] {
        let found = run(&search(key), mailbox.messages(), &mailbox).unwrap();
        assert!(found.messages().is_empty());
    }
}

#[test]
fn strings_are_read_by_the_charset_of_the_command() {
    let found = |charset: &str, string: &[u8]| {
        let key = SearchKey::Body(bytes::Bytes::copy_from_slice(string));
        let command =
            SearchCommand::new(vec![key]).with_charset(Charset::new(charset.to_owned()).unwrap());
        let search = Search::of(&command, &scope())?;
        let mailbox = Mailbox::new();
        Ok(run(&search, mailbox.messages(), &mailbox).unwrap().numbers(true).to_string())
    };
    let fourth = uid(3).to_string();
    // The word of RFC 9051's example A285.
    assert_eq!(found("UTF-8", "отпуск".as_bytes()), Ok(fourth.clone()));
    assert_eq!(found("koi8-r", b"\xcf\xd4\xd0\xd5\xd3\xcb"), Ok(fourth.clone()));
    assert_eq!(found("windows-1251", b"\xee\xf2\xef\xf3\xf1\xea"), Ok(fourth));
    assert_eq!(found("US-ASCII", b"Hello Joe"), Ok(uid(0).to_string()));
    assert_eq!(found("US-ASCII", "отпуск".as_bytes()), Err(Unsearchable::Octets));
    assert_eq!(found("UTF-8", b"\xcf\xd4"), Err(Unsearchable::Octets));
    assert_eq!(found("x-unknown", b"a"), Err(Unsearchable::Charset));
}

#[test]
fn an_unknown_charset_is_no_and_unknown_keys_are_bad() {
    // "it MUST return a tagged NO response (not a BAD)".
    let charset = Charset::new("x-unknown").unwrap();
    let error = Search::new(&[SearchKey::All], Some(&charset), &scope()).unwrap_err();
    assert!(!error.is_bad());
    assert!(matches!(error.code(), Some(Code::BadCharset(list))
        if list.iter().any(|one| one.is("us-ascii")) && list.iter().any(|one| one.is("utf-8"))));
    for key in [SearchKey::GmailRaw("x".into()), SearchKey::GmailMessageId(1)] {
        let error = Search::new(&[SearchKey::not(key)], None, &scope()).unwrap_err();
        assert_eq!(error, Unsearchable::Key);
        assert!(error.is_bad());
    }
}

#[test]
fn filters_are_inserted_in_the_place_of_their_names() {
    use postrider_imap::Atom;
    let filters = |name: &Atom| match name.as_bytes() {
        // RFC 5466 §3.1: 'OR SMALLER 5000 FROM "boss@example.com"'.
        b"on-the-road" => {
            Some(vec![SearchKey::or(SearchKey::Smaller(900), SearchKey::From("fred".into()))])
        }
        b"one" => Some(vec![SearchKey::Filter(Atom::new("two").unwrap()), SearchKey::Seen]),
        b"two" => Some(vec![SearchKey::Filter(Atom::new("three").unwrap())]),
        b"three" => Some(vec![SearchKey::Flagged, SearchKey::Body("отпуск".into())]),
        b"loop" => Some(vec![SearchKey::not(SearchKey::Filter(Atom::new("loop").unwrap()))]),
        _ => None,
    };
    let scope = scope().with_filters(&filters);
    let filter = |name: &'static str| SearchKey::Filter(Atom::new(name).unwrap());
    assert_eq!(found_in(&[filter("on-the-road")], &scope), [3, 4, 5, 6]);
    let keys = [SearchKey::Numbers(set("1:4")), SearchKey::not(filter("on-the-road"))];
    assert_eq!(found_in(&keys, &scope), [1, 2]);
    // "at least 3 substitution passes"
    assert_eq!(found_in(&[SearchKey::not(filter("one"))], &scope), [1, 2, 3, 4, 5, 6]);
    // "If an implementation detects a loop ... as if the specified filter doesn't exist"; "the tagged
    // NO response that includes the UNDEFINED-FILTER response code followed by the name".
    for name in ["none", "loop"] {
        let error = Search::new(&[filter(name)], None, &scope).unwrap_err();
        assert!(!error.is_bad());
        assert_eq!(error.code(), Some(Code::UndefinedFilter(Atom::new(name).unwrap())));
    }
    // "CHARSET parameter with the value other than "UTF-8" or "US-ASCII" ... tagged BAD ... MUST
    // contain the BADCHARSET response code".
    let charset = Charset::new("koi8-r").unwrap();
    let error = Search::new(&[filter("one")], Some(&charset), &scope).unwrap_err();
    assert!(error.is_bad() && matches!(error.code(), Some(Code::BadCharset(_))));
}

#[test]
fn what_must_be_told_besides_is_known() {
    let search = |key| Search::new(&[key], None, &scope()).unwrap();
    let mod_seq = SearchKey::ModSeq { entry: None, mod_seq: mod_seq(1) };
    assert!(search(SearchKey::or(SearchKey::All, SearchKey::not(mod_seq))).asks_mod_seq());
    assert!(!search(SearchKey::All).asks_mod_seq());
    assert!(search(SearchKey::not(SearchKey::fuzzy(SearchKey::All))).is_fuzzy());
    assert!(!search(SearchKey::All).is_fuzzy());
}

#[test]
fn a_uid_that_is_not_in_use_names_nothing() {
    assert_eq!(found(SearchKey::uid(Uid::new(2).unwrap())), [0; 0]);
}

#[test]
fn a_message_is_opened_only_where_what_is_cheaper_does_not_decide() {
    use postrider_mailbox::Need::{self, Header, Message};
    let read = |keys: &[SearchKey]| {
        let search = Search::new(keys, None, &scope()).unwrap();
        let mailbox = Mailbox::new();
        run(&search, mailbox.messages(), &mailbox).unwrap();
        mailbox.read.into_inner()
    };
    let body = || SearchKey::Body("inside".into());
    let subject = || SearchKey::Subject("parts".into());
    let none: [(u32, Need); 0] = [];
    // Whatever stands first.
    assert_eq!(read(&[body(), subject(), SearchKey::Numbers(set("99"))]), none);
    assert_eq!(read(&[SearchKey::or(body(), SearchKey::All)]), none);
    assert_eq!(read(&[body(), SearchKey::Deleted]), [(3, Message)]);
    assert_eq!(read(&[subject(), SearchKey::Deleted]), [(3, Header)]);
    // The header section decides about all but the third message.
    let of_three = SearchKey::Numbers(set("2:4"));
    let expected = [(2, Header), (3, Header), (3, Message), (4, Header)];
    assert_eq!(read(&[body(), subject(), of_three]), expected);
    // `TEXT` needs the message, in whose header section it may be.
    let text = SearchKey::Text("parts".into());
    assert_eq!(read(&[text, SearchKey::Deleted]), [(3, Message)]);
    // Neither member decides, but both together do: `(BODY OR DRAFT)` is not known, `(BODY AND DELETED)
    // OR ANSWERED` is false.
    let keys = [
        SearchKey::or(body(), SearchKey::Draft),
        SearchKey::or(SearchKey::And(vec![body(), SearchKey::Deleted]), SearchKey::Answered),
        SearchKey::Numbers(set("1")),
    ];
    assert_eq!(read(&keys), none);
}

/// What a filter holds is held as often as it is named: 2000 names of some octets must not become
/// 120 MB of strings.
#[test]
fn a_filter_that_is_named_often_is_not_held_without_bounds() {
    use postrider_imap::{Atom, Keyword, SequenceSet};
    let numbers = (0..20_000).map(|n| (2 * n + 1).to_string()).collect::<Vec<_>>().join(",");
    let numbers = SequenceSet::parse(&numbers).unwrap();
    let long = "a".repeat(60_000);
    let filters = |name: &Atom| {
        Some(vec![match name.as_bytes() {
            b"body" => SearchKey::Body(long.clone().into()),
            b"from" => SearchKey::From(long.clone().into()),
            b"keyword" => SearchKey::Keyword(Keyword::new(long.clone()).unwrap()),
            b"unkeyword" => SearchKey::Unkeyword(Keyword::new(long.clone()).unwrap()),
            b"email-id" => SearchKey::EmailId(long.clone().into()),
            b"numbers" => SearchKey::Numbers(numbers.clone().into()),
            b"uids" => SearchKey::Uid(numbers.clone().into()),
            _ => SearchKey::Subject("short".into()),
        }])
    };
    let scope = Scope::new(40_000, Uid::new(40_000).ok(), NOW).with_filters(&filters);
    let search = |name: &'static str, count: usize| {
        let keys = vec![SearchKey::Filter(Atom::new(name).unwrap()); count];
        Search::new(&keys, None, &scope).map(|_| ())
    };
    for name in ["body", "from", "keyword", "unkeyword", "email-id", "numbers", "uids"] {
        assert_eq!(search(name, 10), Ok(()), "{name}");
        assert_eq!(search(name, 2000), Err(Unsearchable::TooManyKeys), "{name}");
    }
    assert_eq!(search("short", 2000), Ok(()));
}

#[test]
fn keys_in_keys_take_no_stack() {
    let deep = (0..20_000).fold(SearchKey::Seen, |key, _| SearchKey::Not(Box::new(key)));
    // It would go by recursion.
    let keys = std::mem::ManuallyDrop::new([deep]);
    std::thread::scope(|threads| {
        let search = || Search::new(&*keys, None, &scope()).map(|search| search.need());
        let small = std::thread::Builder::new().stack_size(128 << 10);
        let need = small.spawn_scoped(threads, search).unwrap().join().unwrap();
        assert_eq!(need, Ok(postrider_mailbox::Need::Metadata));
    });
}
