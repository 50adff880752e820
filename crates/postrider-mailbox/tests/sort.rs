//! SORT beside the words of RFC 5256 §2.2 and §3, RFC 5957 and RFC 5051.

use std::borrow::Cow;
use std::convert::Infallible;
use std::hint::black_box;

use bytes::Bytes;
use postrider_imap::{Atom, InternalDate, MessageNumber, SortCriterion, SortKey, Uid};
use postrider_mailbox::sort::{Sort, SortKeys, sent_date};
use postrider_mailbox::{Messages, Metadata, Need, NotEnough, Source};
use postrider_message::HeaderSection;
use postrider_testkit::counted::{self, Reader, kib};
use proptest::prelude::*;

/// Criteria as they are told, such as `REVERSE DATE SUBJECT`.
fn criteria(text: &str) -> Vec<SortCriterion> {
    let mut reverse = false;
    let mut criteria = Vec::new();
    for word in text.split_whitespace() {
        let key = match word {
            "REVERSE" => {
                reverse = true;
                continue;
            }
            "ARRIVAL" => SortKey::Arrival,
            "CC" => SortKey::Cc,
            "DATE" => SortKey::Date,
            "FROM" => SortKey::From,
            "SIZE" => SortKey::Size,
            "SUBJECT" => SortKey::Subject,
            "TO" => SortKey::To,
            "DISPLAYFROM" => SortKey::DisplayFrom,
            "DISPLAYTO" => SortKey::DisplayTo,
            "RELEVANCY" => SortKey::Relevancy,
            other => SortKey::Other(Atom::new(other.to_owned()).unwrap()),
        };
        criteria.push(SortCriterion { reverse: std::mem::take(&mut reverse), key });
    }
    criteria
}

fn metadata(number: u32, arrival: i64, size: u64) -> Metadata {
    let date = InternalDate::from_unix(arrival, 0).unwrap();
    Metadata::new(Uid::new(number).unwrap(), [], date, size)
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

/// The order of messages with these fields, which came one second after the other.
fn order(by: &str, fields: &[&str]) -> Vec<u32> {
    let mut sort = Sort::new(&criteria(by)).unwrap();
    for (at, fields) in (1..).zip(fields) {
        let mail = format!("{fields}\r\n\r\n");
        let section = HeaderSection::parse(mail.as_bytes());
        let metadata = metadata(at, i64::from(at), mail.len() as u64);
        sort.push(number(at), &metadata, Source::header(section.headers())).unwrap();
    }
    sort.finish().into_iter().map(|(number, _)| number.get()).collect()
}

fn keys(fields: &str) -> SortKeys {
    let mail = format!("{fields}\r\n\r\n");
    SortKeys::of(&metadata(1, 0, 0), HeaderSection::parse(mail.as_bytes()).headers())
}

#[test]
fn each_sentence_of_section_3_holds() {
    // "(SUBJECT DATE) will sort messages in order by their base subject text; and for messages with
    // the same base subject text, it will sort by their sent date."
    let mails = [
        "Subject: b\r\nDate: 2 Jan 2001 00:00:00 +0000",
        "Subject: Re: B\r\nDate: 1 Jan 2001 00:00:00 +0000",
        "Subject: a\r\nDate: 3 Jan 2001 00:00:00 +0000",
    ];
    assert_eq!(order("SUBJECT DATE", &mails), [3, 2, 1]);
    assert_eq!(order("SUBJECT REVERSE DATE", &mails), [3, 1, 2]);
    // "a sort of REVERSE SUBJECT is not the same as a reverse ordering of a SUBJECT sort."
    assert_eq!(order("SUBJECT", &mails), [3, 1, 2]);
    assert_eq!(order("REVERSE SUBJECT", &mails), [1, 2, 3]);
    assert_eq!(order("REVERSE SUBJECT REVERSE DATE", &mails), [1, 2, 3]);
    assert_eq!(order("REVERSE DATE", &mails), [3, 1, 2]);
    // "Earlier dates sort before later dates"
    assert_eq!(order("DATE", &mails), [2, 1, 3]);
    assert_eq!(order("ARRIVAL", &mails), [1, 2, 3]);
    assert_eq!(order("REVERSE ARRIVAL", &mails), [3, 2, 1]);
    // "smaller sizes sort before larger sizes"
    assert_eq!(order("SIZE", &mails), [1, 3, 2]);
    assert_eq!(order("", &mails), [1, 2, 3]);
    // "If the associated RFC-822 header for a particular criterion is absent, it is treated as the
    // empty string. The empty string always collates before non-empty strings."
    let mails =
        ["To: b@x\r\nCc: a@x", "From: a@x", "To: a@x\r\nFrom: B@x\r\nCc: Aa@x", "From: \r\n"];
    assert_eq!(order("TO", &mails), [2, 4, 3, 1]);
    assert_eq!(order("FROM", &mails), [1, 4, 2, 3]);
    assert_eq!(order("CC", &mails), [2, 4, 1, 3]);
    assert_eq!(order("REVERSE FROM", &mails), [3, 2, 1, 4]);
}

#[test]
fn the_examples_are_what_such_a_mailbox_gives() {
    // "C: A283 SORT (SUBJECT REVERSE DATE) UTF-8 ALL", "S: * SORT 5 3 4 1 2"
    let mails = [
        "Subject: Re: plans\r\nDate: 9 Feb 1994 10:00:00 -0800",
        "Subject: plans\r\nDate: 8 Feb 1994 10:00:00 -0800",
        "Subject: (no boats)\r\nDate: 6 Feb 1994 12:00:00 +0100",
        "Subject: Fwd: (no boats) (fwd)\r\nDate: 6 Feb 1994 12:00:00 +0200",
        "Date: 1 Feb 1994 10:00:00 -0800",
    ];
    assert_eq!(order("SUBJECT REVERSE DATE", &mails), [5, 3, 4, 1, 2]);
    assert_eq!(order("SUBJECT", &[]), [0_u32; 0]);
}

#[test]
fn addresses_are_told_by_the_first_mailbox() {
    // "[IMAP] addr-mailbox of the first "cc" address"; RFC 3501 §7.4.2 tells a group by its name.
    for (field, expected) in [
        ("From: Joe Public <joe@example.org>, ann@example.org", "JOE"),
        ("From: <@route.example:joe@example.org>", "JOE"),
        ("From: \"joe public\"@example.org", "JOE PUBLIC"),
        ("From: Us: joe@example.org;", "US"),
        ("From: j\u{e9}r\u{f4}me@example.org", "JE\u{301}RO\u{302}ME"),
        ("From: ", ""),
        ("Sender: joe@example.org", ""),
    ] {
        assert_eq!(keys(field).text(&SortKey::From), Some(expected), "{field}");
    }
}

#[test]
fn each_sentence_of_rfc_5957_holds() {
    for (field, expected) in [
        // "If the address structure's [IMAP] addr-name is non-NIL … decode any [RFC2047]
        // encoded-words"
        ("To: Joe Public <joe@example.org>", "JOE PUBLIC"),
        ("To: =?iso-8859-1?q?J=E9r=F4me?= <j@example.org>", "JE\u{301}RO\u{302}ME"),
        ("To: \"Public, Joe\" <joe@example.org>", "PUBLIC, JOE"),
        // "If the resulting octet string is not the empty string"
        ("To: \"\" <joe@example.org>", "JOE@EXAMPLE.ORG"),
        ("To: =?utf-8?q??= <joe@example.org>", "JOE@EXAMPLE.ORG"),
        // "Otherwise, if … addr-mailbox and [IMAP] addr-host are both non-NIL"
        ("To: joe@example.org, ann@example.org", "JOE@EXAMPLE.ORG"),
        // "Otherwise, if the address structure's [IMAP] addr-mailbox is non-NIL"
        ("To: Us: joe@example.org;", "US"),
        // "If the derived-addr value is NIL, the message's sort value is the empty string."
        ("Cc: joe@example.org", ""),
    ] {
        assert_eq!(keys(field).text(&SortKey::DisplayTo), Some(expected), "{field}");
        let from = field.replacen("To:", "From:", 1);
        assert_eq!(keys(&from).text(&SortKey::DisplayFrom), Some(expected), "{from}");
    }
    let mails = ["From: Zoe <a@x>", "From: bob@x", "From: Ann <z@x>", "To: a@x"];
    assert_eq!(order("DISPLAYFROM", &mails), [4, 3, 2, 1]);
    assert_eq!(order("FROM", &mails), [4, 1, 2, 3]);
}

#[test]
fn texts_are_collated_without_case_and_with_diacritics_behind_their_letter() {
    // RFC 5051 §1: "It also collates characters with diacriticals with the non-diacritical
    // character forms."
    let subjects = ["Subject: f", "Subject: \u{e9}", "Subject: E", "Subject: e", "Subject: \u{c9}"];
    assert_eq!(order("SUBJECT", &subjects), [3, 4, 2, 5, 1]);
    // Encoded words are decoded first (RFC 5256 §2.1).
    let subjects = ["Subject: b", "Subject: =?utf-8?q?Re=3A_a?=", "Subject: =?utf-8?b?Qg==?= c"];
    assert_eq!(order("SUBJECT", &subjects), [2, 1, 3]);
}

#[test]
fn texts_that_begin_alike_are_compared_to_their_end() {
    let subjects =
        ["Subject: abcdefghij", "Subject: abcdefgh", "Subject: abcdefghi", "Subject: ABCDEFGH"];
    assert_eq!(order("SUBJECT", &subjects), [2, 4, 3, 1]);
}

#[test]
fn the_sent_date_follows_section_2_2() {
    let new_year = 978_307_200;
    let internal = InternalDate::from_unix(-5, 120).unwrap();
    let sent = |field: &str| {
        sent_date(HeaderSection::parse(format!("{field}\r\n\r\n").as_bytes()).headers(), internal)
    };
    for (value, expected) in [
        // ""31 Dec 2000 16:01:33 -0800" is equivalent to … "1 Jan 2001 00:01:33 +0000""
        ("31 Dec 2000 16:01:33 -0800", new_year + 93),
        ("1 Jan 2001 00:01:33 +0000", new_year + 93),
        // "If the time zone is invalid, the date and time SHOULD be treated as UTC."
        ("Mon, 1 Jan 2001 00:01:33 +0060", new_year + 93),
        ("Mon, 1 Jan 2001 00:01:33 +9999", new_year + 93),
        ("1 Jan 2001 00:01:33 nowhere", new_year + 93),
        ("1 Jan 2001 00:01:33", new_year + 93),
        // "If the time is also invalid, the time SHOULD be treated as 00:00:00."
        ("Mon, 1 Jan 2001 24:01:33 +9999", new_year),
        ("1 Jan 2001 00:60:33 +0000", new_year),
        ("1 Jan 2001 ab:cd -0800", new_year),
        ("Mon, 1 Jan 2001", new_year),
        ("1 Jan 2001", new_year),
        // "a Date: header is missing or cannot be parsed"
        ("31 Feb 2001 00:00:00 +0000", -5),
        ("tomorrow", -5),
        ("", -5),
        ("::::", -5),
        (":", -5),
    ] {
        assert_eq!(sent(&format!("Date: {value}")), expected, "{value}");
    }
    assert_eq!(sent("Subject: none"), -5);
}

#[test]
fn arrival_looks_at_time_and_zone() {
    // "Internal date and time of the message. This differs from the ON criteria in SEARCH"
    let mut sort = Sort::new(&criteria("ARRIVAL")).unwrap();
    for (at, (unix, zone)) in (1..).zip([(60, 0), (0, 600), (30, -600), (-1, 0)]) {
        let date = InternalDate::from_unix(unix, zone).unwrap();
        let metadata = Metadata::new(Uid::new(at).unwrap(), [], date, 0);
        sort.push(number(at), &metadata, Source::metadata()).unwrap();
    }
    let order: Vec<u32> = sort.finish().into_iter().map(|(_, uid)| uid.get()).collect();
    assert_eq!(order, [4, 2, 3, 1]);
}

#[test]
fn keys_that_need_more_than_the_message_are_refused() {
    for (text, at) in [("RELEVANCY", 0), ("DATE REVERSE RELEVANCY", 1), ("SIZE DATE X-MINE", 2)] {
        assert_eq!(Sort::new(&criteria(text)).unwrap_err().at, at, "{text}");
    }
    let annotation = SortKey::Annotation {
        entry: Bytes::from_static(b"/comment"),
        attribute: Atom::new("value.priv").unwrap(),
    };
    assert!(Sort::new(&[SortCriterion { reverse: false, key: annotation }]).is_err());
}

#[test]
fn what_is_not_needed_is_not_read() {
    let metadata = metadata(1, 0, 0);
    for (text, need) in [
        ("", Need::Metadata),
        ("ARRIVAL REVERSE SIZE", Need::Metadata),
        ("SIZE DATE", Need::Header),
        ("DISPLAYTO", Need::Header),
    ] {
        let mut sort = Sort::new(&criteria(text)).unwrap();
        assert_eq!(sort.need(), need, "{text}");
        let pushed = sort.push(number(1), &metadata, Source::metadata());
        let refused = pushed.map_err(|NotEnough { need, .. }| need);
        assert_eq!(refused, if need == Need::Metadata { Ok(()) } else { Err(need) });
        assert_eq!(sort.finish().len(), usize::from(need == Need::Metadata));
    }
    // Keys that were kept of another sort are not enough either, and leave nothing behind.
    let mut sort = Sort::new(&criteria("SUBJECT FROM")).unwrap();
    let of_subject = |text| SortKeys::new(&metadata).with_text(&SortKey::Subject, text);
    let half = of_subject("SUBJECT A");
    assert!(sort.push_keys(number(1), metadata.uid, &half).is_err());
    for (at, subject) in [(2, "SUBJECT C"), (3, "SUBJECT B")] {
        let keys = of_subject(subject).with_text(&SortKey::From, "");
        sort.push_keys(number(at), metadata.uid, &keys).unwrap();
    }
    assert_eq!(sort.finish().iter().map(|(at, _)| at.get()).collect::<Vec<_>>(), [3, 2]);
}

#[test]
fn a_text_takes_no_more_than_8192_octets() {
    let subject = format!("Subject: {}", "\u{fdfa}".repeat(100_000));
    let text = keys(&subject);
    let text = text.text(&SortKey::Subject).unwrap();
    assert!((8160..=8192).contains(&text.len()));
    assert!(keys(&subject.to_lowercase()).text(&SortKey::Subject).unwrap() == text);
}

struct Store(Vec<(Metadata, Option<&'static str>)>);

impl Messages for Store {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        Ok(self.0.iter().find(|(one, _)| one.uid == uid).map(|(one, _)| Cow::Borrowed(one)))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        let found = self.0.iter().find(|(one, _)| one.uid == uid);
        Ok(found.and_then(|(_, mail)| mail.map(Bytes::from)))
    }
}

#[test]
fn a_store_is_asked_and_what_is_gone_left_out() {
    let store = Store(vec![
        (metadata(10, 1, 30), Some("Subject: b\r\n\r\n")),
        (metadata(20, 2, 20), Some("Subject: a\r\n\r\n")),
        (metadata(30, 3, 10), None),
    ]);
    let found = || (1..5).map(|at| (number(at), Uid::new(at * 10).unwrap()));
    let by = |text: &str| Sort::new(&criteria(text)).unwrap().sort(&store, found()).unwrap();
    let pair = |at: u32| (number(at), Uid::new(at * 10).unwrap());
    assert_eq!(by("SUBJECT"), [pair(2), pair(1)]);
    assert_eq!(by("SIZE"), [pair(3), pair(2), pair(1)]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A stable sort by one key after the other, the last first, is a sort by all of them.
    #[test]
    fn any_criteria_sort_as_one_stable_sort_for_each(
        by in prop::collection::vec((any::<bool>(), 0_usize..9), 0..12),
        mails in prop::collection::vec(
            ("[ab\u{e9}]{0,3}", "[ab]{0,2}", "[abc]{0,2}", 0_i64..3, 0_u64..3, 0_i64..3), 0..40,
        ),
    ) {
        let all = [
            SortKey::Arrival, SortKey::Size, SortKey::Date, SortKey::Subject, SortKey::From,
            SortKey::To, SortKey::Cc, SortKey::DisplayFrom, SortKey::DisplayTo,
        ];
        let by: Vec<_> =
            by.into_iter().map(|(reverse, at)| SortCriterion { reverse, key: all[at].clone() }).collect();
        let mut sort = Sort::new(&by).unwrap();
        let mut expected = Vec::new();
        for (at, (subject, from, to, date, size, arrival)) in (1..).zip(mails) {
            let mail = format!(
                "Date: 1 Jan 2001 00:00:{date:02} +0000\r\nSubject: {subject}\r\n\
                 From: {from} <{to}@x>\r\nTo: {to} <{from}@x>\r\nCc: {to}@x\r\n\r\n"
            );
            let section = HeaderSection::parse(mail.as_bytes());
            let metadata = metadata(at, arrival, size);
            sort.push(number(at), &metadata, Source::header(section.headers())).unwrap();
            expected.push((at, SortKeys::of(&metadata, section.headers()), size, arrival));
        }
        for SortCriterion { reverse, key } in by.iter().rev() {
            expected.sort_by(|one, other| {
                let order = match key {
                    SortKey::Arrival => one.3.cmp(&other.3),
                    SortKey::Size => one.2.cmp(&other.2),
                    SortKey::Date => one.1.sent_date().cmp(&other.1.sent_date()),
                    key => one.1.text(key).cmp(&other.1.text(key)),
                };
                if *reverse { order.reverse() } else { order }
            });
        }
        let expected: Vec<u32> = expected.into_iter().map(|(at, ..)| at).collect();
        let order: Vec<u32> = sort.finish().into_iter().map(|(at, _)| at.get()).collect();
        prop_assert_eq!(order, expected);
    }
}

/// Many messages whose texts are one another's, or differ at their end only.
const FAMILIES: &[&[u8]] = &[b"one", b"end", b"all"];

const READERS: &[Reader] = &[
    ("sort", |octets| {
        let mut sort = Sort::new(&criteria("SUBJECT REVERSE FROM SIZE")).unwrap();
        let count = u32::try_from(octets.len()).unwrap() / 4;
        for at in 1..=count {
            let key = at.wrapping_mul(7919) % count;
            let (subject, size) = match octets[0] {
                b'o' => (String::from("subject of all"), key),
                b'e' => (format!("a subject that is long, and ends with {key:08}"), 0),
                _ => (format!("{key:08} of all"), 0),
            };
            let metadata = metadata(at, 0, size.into());
            let keys = SortKeys::new(&metadata)
                .with_text(&SortKey::Subject, &subject)
                .with_text(&SortKey::From, "JOE");
            sort.push_keys(number(at), metadata.uid, &keys).unwrap();
        }
        black_box(sort.finish());
    }),
    ("keys", |octets| {
        let mail =
            [b"Subject: ", octets, b"\r\nFrom: ", octets, b"\r\nDate: ", octets, b"\r\n\r\n"]
                .concat();
        black_box(SortKeys::of(
            &metadata(1, 0, 0),
            HeaderSection::parse(mail.as_slice()).headers(),
        ));
    }),
];

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, |family, length| family.repeat(length / family.len()));
}

#[test]
fn twice_the_messages_are_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(16));
}

#[test]
fn a_million_messages_are_sorted() {
    let mut sort = Sort::new(&criteria("SUBJECT SIZE")).unwrap();
    let keys = SortKeys::new(&metadata(1, 0, 0)).with_text(&SortKey::Subject, "ONE FOR ALL");
    for at in (1..=1_000_000).rev() {
        sort.push_keys(number(at), Uid::new(at).unwrap(), &keys).unwrap();
    }
    let order = sort.finish();
    assert!(order.len() == 1_000_000 && order.is_sorted());
}

/// What a store kept of a message sorts as the message does.
#[test]
fn a_date_that_was_kept_sorts_as_the_field_does() {
    let criterion = SortCriterion { reverse: false, key: SortKey::Date };
    let order = |sent: [i64; 3]| {
        let mut sort = Sort::new(core::slice::from_ref(&criterion)).unwrap();
        for (at, sent) in (1..).zip(sent) {
            let keys = SortKeys::new(&metadata(at, 0, 0)).with_sent_date(sent);
            sort.push_keys(MessageNumber::new(at).unwrap(), Uid::new(at).unwrap(), &keys).unwrap();
        }
        sort.finish().iter().map(|(number, _)| number.get()).collect::<Vec<_>>()
    };
    assert_eq!(order([30, 10, 20]), [2, 3, 1]);
    assert_eq!(order([5, -5, 5]), [2, 1, 3]);
}
