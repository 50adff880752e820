//! The search keys of RFC 9051 §6.4.4, RFC 3501 §6.4.4 and the extensions, each by its own sentence.

mod search_mailbox;

use postrider_imap::{Charset, Code, Date, EntryType, FieldName, Keyword, ModSeq};
use postrider_imap::{NumberList, SearchCommand, SearchKey, SequenceSet, Uid};
use postrider_mailbox::search::{Scope, Search, Unsearchable, run};
use search_mailbox::{Mailbox, NOW, uid};

fn day(year: u16, month: u16, day: u16) -> Date {
    Date::new(year, month, day).unwrap()
}

fn set(text: &str) -> postrider_imap::MessageSet {
    SequenceSet::parse(text).unwrap().into()
}

fn keyword(name: &str) -> Keyword {
    Keyword::new(name.to_owned()).unwrap()
}

fn header(name: &'static str, string: &'static str) -> SearchKey {
    SearchKey::Header(FieldName::new(name).unwrap(), string.into())
}

fn mod_seq(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

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

/// Each key, the messages of [`Mailbox`] that it matches, and that it and its `NOT` share them all.
#[test]
fn each_key_matches_what_its_sentence_says() {
    use SearchKey as K;
    let seconds = |n: u32| n.try_into().unwrap();
    let table: Vec<(K, &[u32])> = vec![
        // <sequence set>: "Messages with message sequence numbers corresponding to the specified
        // message sequence number set."
        (K::Numbers(set("2:3,5")), &[2, 3, 5]),
        (K::Numbers(set("*")), &[6]),
        (K::Numbers(set("4:*,1")), &[1, 4, 5, 6]),
        // ALL: "All messages in the mailbox".
        (K::All, &[1, 2, 3, 4, 5, 6]),
        // ANSWERED: "Messages with the \Answered flag set."
        (K::Answered, &[2]),
        (K::Unanswered, &[1, 3, 4, 5, 6]),
        (K::Deleted, &[3]),
        (K::Undeleted, &[1, 2, 4, 5, 6]),
        (K::Draft, &[4]),
        (K::Undraft, &[1, 2, 3, 5, 6]),
        (K::Flagged, &[1, 2]),
        (K::Unflagged, &[3, 4, 5, 6]),
        (K::Seen, &[1, 2, 3]),
        (K::Unseen, &[4, 5, 6]),
        // KEYWORD: "Messages with the specified keyword flag set."
        (K::Keyword(keyword("$Forwarded")), &[1]),
        (K::Keyword(keyword("work")), &[2, 5]),
        (K::Unkeyword(keyword("WORK")), &[1, 3, 4, 6]),
        (K::Keyword(keyword("wor")), &[]),
        // RFC 3501: NEW is "\Recent flag set but not the \Seen flag", OLD "do not have the \Recent
        // flag set".
        (K::Recent, &[3, 5, 6]),
        (K::New, &[5, 6]),
        (K::Old, &[1, 2, 4]),
        // BEFORE: "internal date (disregarding time and timezone) is earlier than".
        (K::Before(day(1994, 2, 1)), &[1]),
        (K::On(day(1994, 2, 1)), &[2, 3]),
        (K::Since(day(1994, 2, 1)), &[2, 3, 4, 5, 6]),
        (K::Since(day(1994, 2, 2)), &[4, 5, 6]),
        // SENTBEFORE: "[RFC5322] Date: header field (disregarding time and timezone)".
        (K::SentBefore(day(1997, 11, 21)), &[2]),
        (K::SentOn(day(1997, 11, 21)), &[1, 3]),
        (K::SentSince(day(1997, 11, 21)), &[1, 3, 4]),
        // LARGER: "RFC822.SIZE larger than"; SMALLER the same.
        (K::Larger(1000), &[2, 3]),
        (K::Larger(999), &[1, 2, 3]),
        (K::Smaller(1000), &[4, 5, 6]),
        (K::Smaller(1001), &[1, 4, 5, 6]),
        // UID: "unique identifiers corresponding to the specified unique identifier set".
        (K::Uid(set("14,100")), &[2, 4]),
        (K::Uid(set("15:100")), &[3, 4]),
        (K::Uid(set("*")), &[6]),
        // "UID range 559:* always includes the UID of the last message" (RFC 3501 §6.4.8).
        (K::Uid(set("9999:*")), &[6]),
        // FROM: "contain the specified string in the envelope structure's FROM field".
        (K::From("smith".into()), &[1, 2]),
        (K::From("fred foobar".into()), &[3]),
        (K::From("foobar@Blurdybloop.example".into()), &[3]),
        (K::From("Jörg".into()), &[4]),
        (K::From("".into()), &[1, 2, 3, 4]),
        (K::To("mooch".into()), &[1]),
        (K::To("smith".into()), &[]),
        (K::Cc("chris".into()), &[2]),
        (K::Bcc("secret".into()), &[4]),
        // SUBJECT: "in the envelope structure's SUBJECT field".
        (K::Subject("AFTERNOON MEETING".into()), &[1]),
        (K::Subject("grüße aus köln".into()), &[4]),
        (K::Subject("utf-8".into()), &[]),
        (K::Subject("folded over lines".into()), &[2]),
        (K::Subject("".into()), &[1, 2, 3, 4]),
        // HEADER: "the text of the header field (what comes after the colon)".
        (header("message-id", "<b27397-0100000@"), &[1]),
        (header("X-Label", ""), &[2, 6]),
        (header("X-Label", "two"), &[2]),
        (header("X-Label", "label"), &[]),
        (header("X-Lab", ""), &[]),
        (header("Content-Type", "multipart/mixed"), &[3]),
        // BODY: "in the body of the message ... this doesn't match any header fields".
        (K::Body("hello joe".into()), &[1]),
        (K::Body("meeting".into()), &[]),
        (K::Body("naïve CAFÉ".into()), &[2]),
        (K::Body("attached words".into()), &[3]),
        (K::Body("inner subject".into()), &[]),
        (K::Body("inside of the inner".into()), &[3]),
        (K::Body("note.txt".into()), &[]),
        (K::Body("iVBORw".into()), &[]),
        (K::Body("отпуск".into()), &[4]),
        (K::Body("<b>bold</b>".into()), &[5]),
        // TEXT: "in the header (including MIME header fields) or body of the message".
        (K::Text("hello joe".into()), &[1]),
        (K::Text("AFTERNOON MEETING".into()), &[1]),
        (K::Text("x-label: two".into()), &[2]),
        (K::Text("inner subject".into()), &[3]),
        (K::Text("note.txt".into()), &[3]),
        (K::Text("отпуск".into()), &[4]),
        (K::Text("string not in mailbox".into()), &[]),
        (K::Text("".into()), &[1, 2, 3, 4, 5, 6]),
        (K::Body("".into()), &[1, 2, 3, 4, 5, 6]),
        // NOT, OR, and parentheses.
        (K::not(K::Seen), &[4, 5, 6]),
        (K::or(K::Deleted, K::Draft), &[3, 4]),
        (K::not(K::or(K::Deleted, K::From("smith".into()))), &[4, 5, 6]),
        (K::And(vec![K::Seen, K::Flagged]), &[1, 2]),
        (K::not(K::And(vec![K::Seen, K::Flagged])), &[3, 4, 5, 6]),
        (K::And(vec![]), &[1, 2, 3, 4, 5, 6]),
        // RFC 5032 §2: OLDER is "less recent than or equal to the target time", YOUNGER "more recent
        // than or equal".
        (K::Older(seconds(60)), &[1, 2, 3, 4, 5]),
        (K::Younger(seconds(60)), &[5, 6]),
        (K::Older(seconds(61)), &[1, 2, 3, 4]),
        (K::Younger(seconds(59)), &[6]),
        // RFC 7162 §3.1.5: "equal to or greater than <mod-sequence-valzer>".
        (K::ModSeq { entry: None, mod_seq: mod_seq(620_162_338) }, &[2, 3]),
        (
            K::ModSeq {
                entry: Some(("/flags/\\draft".into(), EntryType::All)),
                mod_seq: mod_seq(620_162_339),
            },
            &[3],
        ),
        // RFC 8474 §6: the objects whose identifier is exactly that.
        (K::EmailId("M6d99ac3275bb4e".into()), &[1]),
        (K::EmailId("m6d99ac3275bb4e".into()), &[]),
        (K::ThreadId("T64b478a75b7ea9".into()), &[1, 2]),
        // RFC 8514 §4.3, where there are no dates of saving: "MUST use the internal date attribute
        // instead".
        (K::SaveDateSupported, &[]),
        (K::SavedBefore(day(1994, 2, 1)), &[1]),
        (K::SavedOn(day(1994, 2, 1)), &[2, 3]),
        (K::SavedSince(day(1994, 2, 2)), &[4, 5, 6]),
        // RFC 6203: a fuzzy key matches what an exact one matches, and may match more.
        (K::fuzzy(K::Subject("meeting".into())), &[1]),
    ];
    for (key, expected) in table {
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
        let key = key(postrider_imap::MessageSet::Saved);
        assert_eq!(found_in(&[key.clone(), SearchKey::Smaller(4096)], &scope), [2, 4]);
        let or = SearchKey::or(key, SearchKey::Numbers(set("1,3000:3021")));
        assert_eq!(found_in(&[or], &scope), [1, 2, 4]);
    }
    // "even if the "$" marker contains the empty sequence ... valid, but non-matching".
    assert_eq!(found(SearchKey::Uid(postrider_imap::MessageSet::Saved)), [0; 0]);
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
