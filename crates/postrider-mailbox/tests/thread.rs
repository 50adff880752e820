//! THREAD beside the words and the examples of RFC 5256 §3 and §4, and beside a slow reader of its
//! steps.

#[path = "checks/thread.rs"]
mod check;

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::hint::black_box;

use bytes::Bytes;
use postrider_imap::{InternalDate, Limits, MessageNumber, Quirks, Response, Thread, Uid};
use postrider_mailbox::thread::{Algorithm, ThreadKeys, Threads};
use postrider_mailbox::{Messages, Metadata, Need, NotEnough, Source};
use postrider_message::HeaderSection;
use postrider_testkit::counted::{self, Reader, kib};
use postrider_testkit::replay_seeds;
use proptest::prelude::*;

use Algorithm::{OrderedSubject, References};

/// A mail: number, identifier, references, subject, second.
type Mail = (u32, &'static str, &'static str, &'static str, u32);

fn header((_, id, references, subject, second): &Mail) -> String {
    let mut mail = format!("Date: 1 Jan 2001 00:{:02}:{:02} +0000\r\n", second / 60, second % 60);
    for (name, value) in [("Message-ID", *id), ("References", *references), ("Subject", *subject)] {
        if !value.is_empty() {
            write!(mail, "{name}: {value}\r\n").unwrap();
        }
    }
    mail + "\r\n"
}

fn thread(algorithm: Algorithm, mails: &[Mail]) -> String {
    let mut threads = Threads::new(algorithm);
    for mail in mails {
        push(&mut threads, mail.0, &header(mail));
    }
    told(&threads.finish(false))
}

fn push(threads: &mut Threads, number: u32, mail: &str) {
    let date = InternalDate::from_unix(0, 0).unwrap();
    let metadata = Metadata::new(Uid::new(number).unwrap(), [], date, mail.len() as u64);
    let section = HeaderSection::parse(mail.as_bytes());
    let number = MessageNumber::new(number).unwrap();
    threads.push(number, &metadata, Source::header(section.headers())).unwrap();
}

/// `thread-list` (RFC 5256 §5), as a client gets it.
fn told(thread: &Thread) -> String {
    let mut out = Vec::new();
    Response::Thread(thread.clone()).write(&mut out);
    let line = String::from_utf8(out).unwrap();
    line.trim_end().strip_prefix("* THREAD").unwrap().trim_start().to_owned()
}

/// The threads of a `thread-list`.
fn read(text: &str) -> Thread {
    let line = format!("* THREAD {text}");
    match Response::parse(line.trim_end().as_bytes(), &Limits::new(), Quirks::default()) {
        Ok((Response::Thread(thread), _)) => thread,
        other => panic!("{other:?}"),
    }
}

/// RFC 5256 §3, A283.
const BY_SUBJECT: &str = "(166)(167)(168)(169)(172)(170)(171)(173)(174 (175)(176)(178)(181)(180))(179)\
    (177 (183)(182)(188)(184)(185)(186)(187)(189))(190)(191)(192)(193)(194 195)(196 (197)(198))(199)\
    (200 202)(201)(203)(204)(205)(206 207)(208)";

/// RFC 5256 §3, A285.
const BY_REFERENCES: &str = "(166)(167)(168)(169)(172)((170)(179))(171)(173)((174)(175)(176)(178)(181)(180))\
    ((177)(183)(182)(188 (184)(189))(185 186)(187))(190)(191)(192)(193)((194)(195 196))(197 198)(199)\
    (200 202)(201)(203)(204)(205 206 207)(208)";

#[test]
fn the_examples_are_what_a_mailbox_of_such_discussions_gives() {
    for (algorithm, text) in [(OrderedSubject, BY_SUBJECT), (References, BY_REFERENCES)] {
        let places = check::places(&read(text));
        let mut threads = Threads::new(algorithm);
        let mut ancestors: Vec<String> = Vec::new();
        let mut discussion = 0;
        let mut numbers = 0;
        for (second, &(depth, number)) in (0..).zip(&places) {
            discussion += u32::from(depth == 0);
            ancestors.truncate(usize::try_from(depth).unwrap());
            let id =
                number.map_or_else(|| format!("missing.{second}"), |number| number.to_string());
            if let Some(number) = number {
                // ORDEREDSUBJECT has the same subject, REFERENCES another one for each message.
                let subject = match algorithm {
                    OrderedSubject => format!("Re: discussion {discussion}"),
                    _ => format!("message {number}"),
                };
                let references: String = ancestors.iter().map(|id| format!(" <{id}@x>")).collect();
                let references = if references.is_empty() {
                    String::new()
                } else {
                    format!("References:{references}\r\n")
                };
                let mail = format!(
                    "Date: 1 Jan 2001 00:{:02}:{:02} +0000\r\nMessage-ID: <{id}@x>\r\n\
                     Subject: {subject}\r\n{references}\r\n",
                    second / 60,
                    second % 60,
                );
                push(&mut threads, number, &mail);
                numbers += 1;
            }
            ancestors.push(id);
        }
        assert_eq!(numbers, 43);
        assert_eq!(told(&threads.finish(false)), text);
    }
}

#[test]
fn threads_are_told_as_the_grammar_has_them() {
    for text in ["(2)(3 6 (4 23)(44 7 96))", "((3)(5))", BY_SUBJECT, BY_REFERENCES, ""] {
        assert_eq!(told(&read(text)), text);
    }
}

#[test]
fn each_sentence_of_the_rules_of_references_holds() {
    let cases: &[(&str, &[Mail], &str)] = &[
        (
            "MUST normalize any msg-id",
            &[
                (1, "<\"01KF8JCEOCBS0045PS\"@xxx.yyy.com>", "", "", 1),
                (2, "", "<01KF8JCEOCBS0045PS@xxx.yyy.com>", "", 2),
            ],
            "(1 2)",
        ),
        (
            "References header line does not contain any valid Message IDs, then use the first (if any) \
             valid Message ID found in the In-Reply-To",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "<b@x>", "", "", 2),
                (3, "", "nothing\r\nIn-Reply-To: me, <b@x> <a@x>", "", 3),
            ],
            "(1)(2 3)",
        ),
        (
            "If a message contains a References header line, then use the Message IDs in the References",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "<b@x>", "", "", 2),
                (3, "", "<a@x>\r\nIn-Reply-To: <b@x>", "", 3),
            ],
            "(1 3)(2)",
        ),
        (
            "Make the first reference the parent of the second, … the second the parent of the third",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "<b@x>", "", "", 2),
                (3, "<c@x>", "<z@x>", "", 3),
                (4, "", "<z@x> <a@x>", "", 4),
            ],
            "((1 4)(3))(2)",
        ),
        (
            "not contain a Message-ID header line, … then assign a unique Message ID",
            &[(1, "", "", "", 1), (2, "", "", "", 2), (3, "no id", "", "", 3)],
            "(1)(2)(3)",
        ),
        (
            "same Message ID, then only use that Message ID in the first (lowest sequence number) message",
            &[(3, "<a@x>", "", "", 1), (2, "<a@x>", "", "", 2), (4, "", "<a@x>", "", 3)],
            "(3)(2 4)",
        ),
        (
            "create a dummy message with this ID. Use this dummy message for all subsequent references",
            &[(1, "", "<a@x>", "", 1), (2, "", "<a@x>", "", 2)],
            "((1)(2))",
        ),
        (
            "If a message already has a parent, don't change the existing link",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "<b@x>", "<a@x>", "", 2),
                (3, "<c@x>", "", "", 3),
                (4, "", "<c@x> <b@x>", "", 4),
            ],
            "(1 2 4)(3)",
        ),
        (
            "Do not create a parent/child link if creating that link would introduce a loop",
            &[(1, "<a@x>", "<b@x>", "", 1), (2, "<b@x>", "<a@x>", "", 2)],
            "(2 1)",
        ),
        ("a loop of one", &[(1, "<a@x>", "<a@x>", "", 1), (2, "", "<a@x> <a@x>", "", 2)], "(1 2)"),
        (
            "Message ID comparisons are case-sensitive",
            &[(1, "<a@x>", "", "", 1), (2, "", "<A@x>", "", 2)],
            "(1)(2)",
        ),
        (
            "already has a parent, … break the current parent/child link before creating the new correct one",
            &[
                (1, "", "<a@x> <c@x>", "", 1),
                (2, "<a@x>", "", "", 2),
                (3, "<b@x>", "", "", 3),
                (4, "<c@x>", "<b@x>", "", 4),
            ],
            "(2)(3 4 1)",
        ),
        (
            "if this message has no references, it will now have no parent",
            &[(1, "", "<a@x> <b@x>", "", 1), (2, "<a@x>", "", "", 2), (3, "<b@x>", "", "", 3)],
            "(2)(3 1)",
        ),
        (
            "a dummy message with children, delete it, but promote its children to the current level",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "", "<a@x> <z@x>", "", 2),
                (3, "", "<a@x> <z@x>", "", 3),
            ],
            "(1 (2)(3))",
        ),
        (
            "children of the root, unless there is only one child",
            &[
                (1, "", "<y@x> <z@x>", "", 1),
                (2, "", "<x@x>", "", 2),
                (3, "", "<x@x> <w@x>", "", 3),
            ],
            "(1)((2)(3))",
        ),
        (
            "Sort the messages under the root by sent date; a dummy … its first child",
            &[
                (1, "", "", "", 3),
                (2, "", "<z@x>", "", 4),
                (3, "", "<z@x>", "", 2),
                (4, "", "", "", 1),
            ],
            "(4)((3)(2))(1)",
        ),
        (
            "the sequence number is a tie-breaker",
            &[(2, "", "", "", 1), (1, "", "", "", 1)],
            "(1)(2)",
        ),
        (
            "If the thread subject is empty, skip this message",
            &[(1, "", "", "Re:", 1), (2, "", "", "", 2)],
            "(1)(2)",
        ),
        (
            "current message is a reply or forward and the message in the subject table is not",
            &[
                (1, "", "", "Re: a", 1),
                (2, "", "", "a", 2),
                (3, "", "", "A (fwd)", 3),
                (4, "", "", "[Fwd: a]", 4),
            ],
            "(2 (1)(3)(4))",
        ),
        (
            "make the current message a child of the message in the subject table (a sibling of its children)",
            &[
                (1, "<a@x>", "", "a", 1),
                (2, "", "<a@x>", "b", 4),
                (3, "<c@x>", "", "Re: a", 2),
                (4, "", "<c@x>", "c", 3),
            ],
            "(1 (3 4)(2))",
        ),
        (
            "Otherwise, create a new dummy message",
            &[
                (1, "", "", "a", 1),
                (2, "", "", "a", 2),
                (3, "", "", "a", 3),
                (4, "", "", "Re: a", 4),
            ],
            "((1)(2)(3)(4))",
        ),
        ("both replies", &[(1, "", "", "Re: a", 1), (2, "", "", "Re: a", 2)], "((1)(2))"),
        (
            "If both messages are dummies, append the current message's children",
            &[
                (1, "", "<y@x>", "a", 1),
                (2, "", "<y@x>", "b", 4),
                (3, "", "<z@x>", "Re: a", 2),
                (4, "", "<z@x>", "c", 3),
            ],
            "((1)(3)(4)(2))",
        ),
        (
            "If the message in the subject table is a dummy and the current message is not",
            &[(1, "", "", "a", 1), (2, "", "<z@x>", "a", 2), (3, "", "<z@x>", "b", 3)],
            "((1)(2)(3))",
        ),
        (
            "sort each set of siblings by sent date",
            &[
                (1, "<a@x>", "", "", 1),
                (2, "<b@x>", "<a@x>", "", 4),
                (3, "", "<a@x>", "", 3),
                (4, "", "<b@x>", "", 6),
                (5, "", "<b@x>", "", 5),
            ],
            "(1 (3)(2 (5)(4)))",
        ),
    ];
    for (rule, mails, expected) in cases {
        assert_eq!(thread(References, mails), *expected, "{rule}");
        let mut backwards = mails.to_vec();
        backwards.reverse();
        assert_eq!(thread(References, &backwards), *expected, "pushed backwards: {rule}");
    }
}

#[test]
fn each_sentence_of_ordered_subject_holds() {
    let cases: &[(&[Mail], &str)] = &[
        // "split into separate threads, with each thread containing messages with the same base
        // subject text. Finally, the threads are sorted by the sent date of the first message"
        (&[(1, "", "", "b", 2), (2, "", "", "a", 3), (3, "", "", "Re: B", 1)], "(3 1)(2)"),
        // "subsequent messages of the thread are siblings of the second message"
        (&[(1, "", "", "a", 1), (2, "", "", "a", 3), (3, "", "", "A", 2)], "(1 (3)(2))"),
        (&[(1, "", "", "", 1), (2, "", "", "Re:", 2)], "(1 2)"),
        (&[], ""),
    ];
    for (mails, expected) in cases {
        assert_eq!(thread(OrderedSubject, mails), *expected);
    }
}

#[test]
fn uids_are_told_where_they_are_asked_for() {
    let date = InternalDate::from_unix(0, 0).unwrap();
    let metadata = Metadata::new(Uid::new(77).unwrap(), [], date, 2);
    let section = HeaderSection::parse("\r\n");
    let mut threads = Threads::new(References);
    assert_eq!(threads.need(), Need::Header);
    let number = MessageNumber::new(5).unwrap();
    let refused: NotEnough = threads.push(number, &metadata, Source::metadata()).unwrap_err();
    assert_eq!(refused.need, Need::Header);
    threads.push(number, &metadata, Source::header(section.headers())).unwrap();
    assert_eq!(told(&threads.clone().finish(true)), "(77)");
    assert_eq!(told(&threads.finish(false)), "(5)");
}

struct Store(Vec<(Metadata, String)>);

impl Messages for Store {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        Ok(self.0.iter().find(|(one, _)| one.uid == uid).map(|(one, _)| Cow::Borrowed(one)))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        let found = self.0.iter().find(|(one, _)| one.uid == uid);
        Ok(found.map(|(_, mail)| Bytes::from(mail.clone())))
    }
}

#[test]
fn a_store_is_asked_and_what_is_gone_left_out() {
    let mails: &[Mail] = &[(1, "<a@x>", "", "a", 1), (2, "", "<a@x>", "b", 2), (3, "", "", "A", 3)];
    let date = InternalDate::from_unix(0, 0).unwrap();
    let metadata = |number: u32| Metadata::new(Uid::new(number * 10).unwrap(), [], date, 2);
    let store = Store(mails.iter().map(|mail| (metadata(mail.0), header(mail))).collect());
    let found = |uids: &[u32]| -> Vec<(MessageNumber, Uid)> {
        let number = |uid: u32| MessageNumber::new(uid / 10).unwrap();
        uids.iter().map(|&uid| (number(uid), Uid::new(uid).unwrap())).collect()
    };
    let of = |algorithm, uids: &[u32], by_uid| {
        told(&Threads::new(algorithm).thread(&store, found(uids), by_uid).unwrap())
    };
    assert_eq!(of(References, &[10, 20, 30, 40], true), "((10 20)(30))");
    assert_eq!(of(OrderedSubject, &[10, 20, 30], false), "(1 3)(2)");
    assert_eq!(of(References, &[20, 30], false), "(2)(3)");
}

fn keys(id: String, references: Vec<String>, sent_date: i64) -> ThreadKeys {
    ThreadKeys {
        message_id: Some(id.into()),
        references: references.into_iter().map(Into::into).collect(),
        sent_date,
        ..ThreadKeys::default()
    }
}

/// Mailboxes that cost the most, of so many messages or references.
fn hostile(kind: u8, count: u32) -> Vec<ThreadKeys> {
    let id = |number: u32| format!("{number}@x");
    let date = |number: u32| i64::from(number);
    let mail = |number: u32, references: Vec<String>| keys(id(number), references, date(number));
    match kind {
        // Each answers the one before it, or the one behind it.
        b'd' => (0..count).map(|n| mail(n, vec![id(n.saturating_sub(1))])).collect(),
        b'u' => (0..count).map(|n| mail(n, vec![id(n + 1)])).collect(),
        // All answer one, which is missing.
        b'w' => (0..count).map(|n| mail(n, vec!["none@x".into()])).collect(),
        // One has as many references, forwards and backwards.
        b'l' => vec![mail(count, (0..count).chain((0..count).rev()).map(id).collect())],
        // Long chains that cross each other: the end of one is the start of another.
        b'x' => (0..count)
            .map(|n| {
                mail(n, (1..8).map(|step| id((n.wrapping_mul(step * 7919)) % count)).collect())
            })
            .collect(),
        // Deep chains of missing messages, one below the other, which are cut again and again.
        b'c' => {
            let chain = |n: u32| vec![id(count + n), id(count + n + 1), id(n), id(n + 1)];
            (0..count).map(|n| mail(n, chain(n))).collect()
        }
        // A loop through all of them.
        b'o' => {
            (0..count).map(|n| mail(n, vec![id((n + 1) % count), id((n + 2) % count)])).collect()
        }
        // One subject, as dummies and as messages.
        _ => (0..count)
            .map(|n| ThreadKeys {
                subject: "A".into(),
                is_reply_or_forward: n % 3 == 0,
                ..mail(n, if n % 2 == 0 { vec![] } else { vec![format!("{}@y", n / 4)] })
            })
            .collect(),
    }
}

fn all(algorithm: Algorithm, mails: &[ThreadKeys]) -> Thread {
    let mut threads = Threads::new(algorithm);
    for (number, keys) in (1..).zip(mails) {
        threads.push_keys(MessageNumber::new(number).unwrap(), Uid::new(number).unwrap(), keys);
    }
    threads.finish(false)
}

const KINDS: [u8; 8] = *b"duwlxcos";

#[test]
fn a_large_mailbox_of_any_shape_is_threaded() {
    for kind in KINDS {
        let mails = hostile(kind, 100_000);
        for algorithm in [References, OrderedSubject] {
            assert_eq!(all(algorithm, &mails).numbers().count(), mails.len());
        }
    }
}

#[test]
fn a_discussion_may_be_100_000_answers_deep() {
    let thread = all(References, &hostile(b'd', 100_000));
    assert_eq!(thread.nodes().iter().map(|node| node.depth).max(), Some(99_999));
}

#[test]
fn a_million_answers_to_one_message_are_threaded() {
    let thread = all(References, &hostile(b'w', 1_000_000));
    assert_eq!(thread.nodes().len(), 1_000_001);
}

#[test]
fn the_seeds_of_thread_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "thread", check::check);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_mailbox_is_threaded_as_the_steps_say(data in prop::collection::vec(any::<u8>(), 0..200)) {
        check::check(&data);
    }

    #[test]
    fn any_mailbox_of_few_identifiers_is_threaded_as_the_steps_say(
        data in prop::collection::vec(0_u8..7, 0..200),
    ) {
        check::check(&data);
    }
}

const FAMILIES: &[&[u8]] = &[b"d", b"u", b"w", b"l", b"x", b"c", b"o", b"s"];

const READERS: &[Reader] = &[
    ("references", |octets| {
        let mails = hostile(octets[0], u32::try_from(octets.len()).unwrap());
        black_box(all(References, &mails));
    }),
    ("orderedsubject", |octets| {
        let mails = hostile(octets[0], u32::try_from(octets.len()).unwrap());
        black_box(all(OrderedSubject, &mails));
    }),
];

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, |family, length| family.repeat(length));
}

#[test]
fn twice_the_messages_are_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(2));
}
