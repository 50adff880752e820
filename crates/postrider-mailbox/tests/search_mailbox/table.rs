//! The search keys of RFC 9051 §6.4.4, RFC 3501 §6.4.4 and the extensions.

use postrider_imap::{
    Date, EntryType, FieldName, Keyword, MessageSet, ModSeq, SearchKey, SequenceSet,
};

pub(crate) fn day(year: u16, month: u16, day: u16) -> Date {
    Date::new(year, month, day).unwrap()
}

pub(crate) fn set(text: &str) -> MessageSet {
    SequenceSet::parse(text).unwrap().into()
}

pub(crate) fn keyword(name: &str) -> Keyword {
    Keyword::new(name.to_owned()).unwrap()
}

pub(crate) fn header(name: &'static str, string: &'static str) -> SearchKey {
    SearchKey::Header(FieldName::new(name).unwrap(), string.into())
}

pub(crate) fn mod_seq(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

/// Each key, and the messages of [`Mailbox`](super::Mailbox) that it matches by its sentence.
pub(crate) fn table() -> Vec<(SearchKey, &'static [u32])> {
    use SearchKey as K;
    let seconds = |n: u32| n.try_into().unwrap();
    vec![
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
        (K::SentBefore(day(1997, 11, 21)), &[2, 5]),
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
        (K::Text("subject: folded  over lines".into()), &[2]),
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
    ]
}
