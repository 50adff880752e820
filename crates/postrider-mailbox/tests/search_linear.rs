//! Twice the text, the string or the keys are at most 2.2 times the work, in counted instructions, on
//! the worst that is known for a search.
//!
//! Instructions are counted by valgrind's callgrind, which runs this test program again; where it is
//! not installed the test says so. `LINEAR_KIB` sets the smaller input, 20 KiB where it is not set: an
//! input must be longer than what is mapped at once. Without counting, 16 times as much is read.

use std::hint::black_box;

use postrider_imap::{
    Flag, FlagSet, InternalDate, Keyword, MessageNumber, SearchKey, SequenceNumber, SequenceRange,
    SequenceSet, Uid,
};
use postrider_mailbox::search::{Scope, Search, Substring};
use postrider_mailbox::{Metadata, Source};
use postrider_mime::Message;

use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated: what nearly matches at each place, what is mapped to much, what folds.
const FAMILIES: &[&[u8]] = &[
    b"a",
    b"aA",
    b"aaaaaaaaaaaaaaab",
    b"aaaaaaaa\xc3\xa4",
    b"\xc3\xa4",
    // One character that is decomposed to eighteen.
    b"\xef\xb7\xba",
    b"\xef\xb7\xbaaaaa",
    b"\xe1\xb8\x80a",
    b" \n ",
    b"a: b\n",
    b"=?utf-8?q?a?=\n ",
    b"<a@b>, ",
    b"\"a\" <",
];

const READERS: &[Reader] = &[
    ("short strings", |octets| {
        let text = String::from_utf8_lossy(octets);
        for needle in
            ["aab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "äaäb"]
        {
            black_box(Substring::new(needle).is_in(&text));
        }
    }),
    ("long strings", |octets| {
        let text = String::from_utf8_lossy(octets);
        let half = text.chars().take(octets.len() / 8).collect::<String>();
        for needle in [half.clone() + "c", String::from("c") + &half, half.clone() + "ß" + &half] {
            black_box(Substring::new(&needle).is_in(&text));
        }
    }),
    ("header", |octets| {
        let mail = [b"From: ", octets, b"\nSubject: x\n\n"].concat();
        ask(&mail, |text| {
            vec![
                SearchKey::From(text.into()),
                SearchKey::Subject(text.into()),
                SearchKey::Text(text.into()),
            ]
        });
    }),
    ("body", |octets| {
        let mail = [b"Content-Type: text/plain; charset=utf-8\n\n", octets].concat();
        ask(&mail, |text| vec![SearchKey::Body(text.into()), SearchKey::Text(text.into())]);
    }),
    ("parts", |octets| {
        let body = octets.chunks(64).map(|part| [b"\n--b\n\n", part].concat()).collect::<Vec<_>>();
        let mail = [&b"Content-Type: multipart/mixed; boundary=b\n\n"[..], &body.concat()].concat();
        ask(&mail, |text| vec![SearchKey::Body(text.into()), SearchKey::Text(text.into())]);
    }),
];

/// Asks for what is not there.
fn ask(mail: &[u8], keys: impl Fn(&'static str) -> Vec<SearchKey>) {
    let message = Message::parse(mail).unwrap();
    for key in keys("not there") {
        test(&[key], Source::message(&message));
    }
}

fn test(keys: &[SearchKey], source: Source<'_>) {
    let (number, uid) = (MessageNumber::new(1).unwrap(), Uid::new(1).unwrap());
    let search = Search::new(keys, None, &Scope::new(1, Some(uid), 0)).unwrap();
    let metadata = Metadata::new(uid, [], InternalDate::from_unix(0, 0).unwrap(), 1);
    black_box(search.test(number, &metadata, source));
}

/// Keys, so many that this octet stands for.
const PROGRAMS: &[&[u8]] = &[b"k", b"n", b"o", b"s", b"u"];

const COMPILER: &[Reader] = &[("keys", |octets| {
    let count = u32::try_from(octets.len()).unwrap() / 16;
    let keyword = |n: u32| Keyword::new(format!("k{n}")).unwrap();
    let keys: Vec<SearchKey> = match octets.first() {
        Some(b'k') => (0..count).map(|n| SearchKey::Keyword(keyword(n))).collect(),
        Some(b'n') => (0..count).map(|n| SearchKey::not(SearchKey::Larger(n.into()))).collect(),
        Some(b'o') => {
            let any = SearchKey::any((0..count).map(|n| SearchKey::Smaller(n.into())).collect());
            vec![SearchKey::not(SearchKey::And(vec![any.unwrap(), SearchKey::Seen]))]
        }
        Some(b's') => {
            let one = |n: u32| SequenceRange::One(SequenceNumber::try_from(count - n).unwrap());
            let set = SequenceSet::new((0..count).step_by(2).map(one).collect()).unwrap();
            vec![SearchKey::Uid(set.into())]
        }
        _ => (0..count).map(|_| SearchKey::Subject("x".into())).collect(),
    };
    test(&keys, Source::metadata());
})];

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    family.repeat(length / family.len())
}

#[test]
fn twice_the_text_is_twice_the_work() {
    counted::assert_linear(READERS, FAMILIES, kib(20));
}

#[test]
#[ignore = "run by the counter, which sets what it reads"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn without_counting_much_is_read_at_once() {
    for (_, read) in READERS {
        for family in FAMILIES {
            measured(*read, &of_length(family, kib(20) << 14));
        }
    }
    for program in PROGRAMS {
        measured(COMPILER[0].1, &of_length(program, 640_000));
    }
}

#[test]
fn a_message_with_many_keywords_is_asked_for_many() {
    // Names in sets are compared with each other, but each only once.
    let keyword = |n: u32| Flag::Keyword(Keyword::new(format!("k{n}")).unwrap());
    let flags: FlagSet = (0..300).map(keyword).collect();
    let keys: Vec<SearchKey> =
        (0..300).map(|n| SearchKey::Keyword(Keyword::new(format!("K{n}")).unwrap())).collect();
    let (number, uid) = (MessageNumber::new(1).unwrap(), Uid::new(1).unwrap());
    let search = Search::new(&keys, None, &Scope::new(1, Some(uid), 0)).unwrap();
    let metadata = Metadata::new(uid, flags, InternalDate::from_unix(0, 0).unwrap(), 1);
    assert_eq!(search.by_metadata(number, &metadata), Some(true));
}
