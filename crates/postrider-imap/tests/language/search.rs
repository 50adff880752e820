//! SEARCH, SORT, THREAD, ESEARCH and UIDBATCHES: what is asked.

use core::num::NonZeroU32;
use core::time::Duration;
use std::time::Instant;

use bytes::Bytes;
use postrider_imap::Limits;
use postrider_imap::{
    Atom, Charset, Command, Date, EntryType, EsearchOptions, FetchAttribute, FieldName, Keyword,
    MessageSet, ModSeq, PartialRange, Quirk, Quirks, Raw, SearchCommand, SearchKey as Key,
    SearchReturn as Return, Section, SectionText, SequenceNumber, SequenceRange, SequenceSet,
    SortCommand, SortCriterion, SortKey, Tag, TaggedCommand, ThreadCommand, UidBatches,
    WriteOptions,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

pub(crate) fn nonzero() -> impl Strategy<Value = NonZeroU32> {
    prop_oneof![1_u32..=9, 1_u32..=u32::MAX].prop_map(|n| NonZeroU32::new(n).unwrap())
}

/// Octets of a string, whatever they are.
pub(crate) fn octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        "[a-zA-Z0-9 .@\"\\\\\\]~{}()%*+$-]{0,12}".prop_map(|text| text.into_bytes()),
        Just(b"NIL".to_vec()),
        vec(any::<u8>(), 0..12),
        vec(any::<u8>(), 1020..1030),
    ]
    .prop_map(Bytes::from)
}

pub(crate) fn message_set() -> impl Strategy<Value = MessageSet> {
    let number = || {
        prop_oneof![
            9 => nonzero().prop_map(SequenceNumber::Number),
            1 => Just(SequenceNumber::Last)
        ]
    };
    let range = prop_oneof![
        number().prop_map(SequenceRange::One),
        (number(), number()).prop_map(|(one, other)| SequenceRange::Between(one, other)),
    ];
    let set = vec(range, 1..5).prop_map(|ranges| SequenceSet::new(ranges).unwrap().into());
    prop_oneof![9 => set, 1 => Just(MessageSet::Saved)]
}

pub(crate) fn date() -> impl Strategy<Value = Date> {
    (0_u16..=9999, 1_u16..=12, 1_u16..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

pub(crate) fn charset() -> impl Strategy<Value = Charset> {
    "[A-Za-z0-9 \"\\\\{}_-]{0,12}".prop_map(|name| Charset::new(name).unwrap())
}

/// A word that means nothing.
pub(crate) fn unknown() -> impl Strategy<Value = Atom> {
    "X-[A-Z0-9_-]{1,20}".prop_map(|word| Atom::new(word).unwrap())
}

pub(crate) fn partial_range() -> impl Strategy<Value = PartialRange> {
    (nonzero(), nonzero(), any::<bool>()).prop_map(|(one, other, last)| {
        if last { PartialRange::Last(one, other) } else { PartialRange::First(one, other) }
    })
}

pub(crate) fn returns() -> impl Strategy<Value = Vec<Return>> {
    let value = prop_oneof!["[0-9]{1,5}", "\\(\"?x?\"?\\)", "[1-9]:\\*,[2-9]"]
        .prop_filter("quotes match", |value| value.matches('"').count() != 1)
        .prop_map(|value| Raw::new(value).unwrap());
    let attribute = proptest::sample::select(vec![
        FetchAttribute::Uid,
        FetchAttribute::Envelope,
        FetchAttribute::Preview { lazy: true },
        FetchAttribute::peek(Section::header()),
    ]);
    let one = prop_oneof![
        Just(Return::Min),
        Just(Return::Max),
        Just(Return::All),
        Just(Return::Count),
        Just(Return::Save),
        vec(attribute, 0..3).prop_map(Return::Update),
        Just(Return::Context),
        Just(Return::Relevancy),
        partial_range().prop_map(Return::Partial),
        (unknown(), option::of(value)).prop_map(|(name, value)| Return::Other(name, value)),
    ];
    vec(one, 0..5)
}

fn leaf() -> impl Strategy<Value = Key> {
    let plain = proptest::sample::select(vec![
        Key::All,
        Key::Answered,
        Key::Deleted,
        Key::Draft,
        Key::Flagged,
        Key::New,
        Key::Old,
        Key::Recent,
        Key::Seen,
        Key::Unanswered,
        Key::Undeleted,
        Key::Undraft,
        Key::Unflagged,
        Key::Unseen,
        Key::SaveDateSupported,
    ]);
    let text = (0_usize..9, octets()).prop_map(|(which, text)| {
        let make = [
            Key::Bcc,
            Key::Body,
            Key::Cc,
            Key::From,
            Key::Subject,
            Key::Text,
            Key::To,
            Key::GmailRaw,
            Key::GmailLabels,
        ];
        make[which](text)
    });
    let day = (0_usize..9, date()).prop_map(|(which, day)| {
        let make = [
            Key::Before,
            Key::On,
            Key::Since,
            Key::SentBefore,
            Key::SentOn,
            Key::SentSince,
            Key::SavedBefore,
            Key::SavedOn,
            Key::SavedSince,
        ];
        make[which](day)
    });
    let number = (0_usize..4, any::<u64>()).prop_map(|(which, number)| {
        [Key::Larger, Key::Smaller, Key::GmailMessageId, Key::GmailThreadId][which](number)
    });
    let seconds = (any::<bool>(), nonzero()).prop_map(|(older, seconds)| {
        if older { Key::Older(seconds) } else { Key::Younger(seconds) }
    });
    let keyword = (any::<bool>(), "[$A-Za-z0-9_.-]{1,12}").prop_map(|(with, word)| {
        let word = Keyword::new(word).unwrap();
        if with { Key::Keyword(word) } else { Key::Unkeyword(word) }
    });
    let header = ("[!-~][ -~]{0,9}", octets())
        .prop_map(|(name, text)| Key::Header(FieldName::new(name).unwrap(), text));
    let entry = ("/flags/[a-z\\\\$\"]{1,9}", 0_usize..3).prop_map(|(name, kind)| {
        (Bytes::from(name), [EntryType::Private, EntryType::Shared, EntryType::All][kind])
    });
    let mod_seq = (option::of(entry), 0_u64..=ModSeq::MAX.get())
        .prop_map(|(entry, mod_seq)| Key::ModSeq { entry, mod_seq: ModSeq::new(mod_seq).unwrap() });
    let id = (any::<bool>(), "[A-Za-z0-9_-]{1,20}").prop_map(|(email, id)| {
        if email { Key::EmailId(id.into()) } else { Key::ThreadId(id.into()) }
    });
    let filter = "[a-z0-9-]{1,9}".prop_map(|name| Key::Filter(Atom::new(name).unwrap()));
    let annotation = Just(Key::Other(
        Atom::new("ANNOTATION").unwrap(),
        Raw::new("/comment value \"IMAP4\"").unwrap(),
    ));
    prop_oneof![
        plain,
        text,
        day,
        number,
        seconds,
        keyword,
        header,
        mod_seq,
        id,
        filter,
        annotation,
        message_set().prop_map(Key::Numbers),
        message_set().prop_map(Key::Uid),
    ]
}

pub(crate) fn key() -> impl Strategy<Value = Key> {
    leaf().prop_recursive(6, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Key::not),
            inner.clone().prop_map(Key::fuzzy),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| Key::or(one, other)),
            vec(inner, 1..4).prop_map(Key::And),
        ]
    })
}

fn keys() -> impl Strategy<Value = Vec<Key>> {
    vec(key(), 1..4)
}

fn criterion() -> impl Strategy<Value = SortCriterion> {
    let key = proptest::sample::select(vec![
        SortKey::Arrival,
        SortKey::Cc,
        SortKey::Date,
        SortKey::From,
        SortKey::Size,
        SortKey::Subject,
        SortKey::To,
        SortKey::DisplayFrom,
        SortKey::DisplayTo,
        SortKey::Relevancy,
        SortKey::Other(Atom::new("X-SCORE").unwrap()),
        SortKey::Annotation {
            entry: "/a \"b\"".into(),
            attribute: Atom::new("value.priv").unwrap(),
        },
    ]);
    (any::<bool>(), key).prop_map(|(reverse, key)| SortCriterion { reverse, key })
}

/// Every command of this area.
pub(crate) fn search_commands() -> impl Strategy<Value = Command> {
    let search = (any::<bool>(), option::of(returns()), option::of(charset()), keys()).prop_map(
        |(uid, returns, charset, keys)| {
            let mut search = SearchCommand::new(keys);
            (search.uid, search.returns, search.charset) = (uid, returns, charset);
            Command::Search(Box::new(search))
        },
    );
    let sort = (any::<bool>(), option::of(returns()), vec(criterion(), 1..4), charset(), keys())
        .prop_map(|(uid, returns, criteria, charset, keys)| {
            let mut sort = SortCommand::new(criteria, charset, keys);
            (sort.uid, sort.returns) = (uid, returns);
            Command::Sort(Box::new(sort))
        });
    let thread = (any::<bool>(), any::<bool>(), charset(), keys()).prop_map(
        |(uid, references, charset, keys)| {
            let algorithm = if references { "REFERENCES" } else { "ORDEREDSUBJECT" };
            let mut thread = ThreadCommand::new(Atom::new(algorithm).unwrap(), charset, keys);
            thread.uid = uid;
            Command::Thread(Box::new(thread))
        },
    );
    let source = option::of("(subtree \"a\"|mailboxes (\"a b\" c)|selected)");
    let esearch = (source, option::of(returns()), option::of(charset()), keys()).prop_map(
        |(source, returns, charset, keys)| {
            let mut search = EsearchOptions::new(keys);
            search.source = source.map(|source| Raw::new(source).unwrap());
            (search.returns, search.charset) = (returns, charset);
            Command::Esearch(Box::new(search))
        },
    );
    let batches = (nonzero(), option::of((nonzero(), nonzero()))).prop_map(|(size, range)| {
        let batches = UidBatches::new(size);
        Command::UidBatches(match range {
            Some((first, last)) => batches.with_range(first, last),
            None => batches,
        })
    });
    prop_oneof![4 => search, 2 => sort, 1 => thread, 1 => esearch, 1 => batches]
}

fn tagged(command: Command) -> TaggedCommand {
    TaggedCommand { tag: Tag::new("a1").unwrap(), command }
}

fn strict(unit: &[u8]) -> Option<Command> {
    let read = TaggedCommand::parse(unit, &Limits::new(), Quirks::strict()).ok()?;
    assert!(read.1.is_empty());
    Some(read.0.command)
}

/// The command behind `a1 `, read strictly.
#[track_caller]
fn read(line: &str) -> Command {
    strict(format!("a1 {line}\r\n").as_bytes()).unwrap_or_else(|| panic!("{line}"))
}

fn written(command: Command) -> Vec<u8> {
    tagged(command).encode(WriteOptions::default()).octets.expose().clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_search_reads_back(command in search_commands()) {
        let unit = written(command.clone());
        prop_assert_eq!(strict(&unit), Some(command), "{}", unit.escape_ascii());
    }

    #[test]
    fn no_octets_make_a_search_panic(line in vec(any::<u8>(), 0..60), verb in 0_usize..5) {
        let verb = ["SEARCH ", "SORT ", "THREAD ", "ESEARCH ", "UIDBATCHES "][verb];
        let unit = [b"a ", verb.as_bytes(), &line].concat();
        for quirks in [Quirks::strict(), Quirks::tolerant()] {
            let _ = TaggedCommand::parse(&unit, &Limits::new(), quirks);
        }
    }

    #[test]
    fn no_words_make_a_search_panic(words in vec(0_usize..22, 0..20)) {
        const WORDS: [&str; 22] = [
            "NOT", "OR", "(", ")", "(SEEN", "SEEN)", "FUZZY", "1:*", "$", "UID", "HEADER", "a",
            "\"b c\"", "{3}\r\na b", "~{1}\r\n\0", "MODSEQ", "RETURN", "(MIN)", "CHARSET", "IN",
            "X-Y", "",
        ];
        let line: Vec<&str> = words.into_iter().map(|word| WORDS[word]).collect();
        let unit = format!("a SEARCH {}", line.join(" "));
        for quirks in [Quirks::strict(), Quirks::tolerant()] {
            if let Ok((read, _)) = TaggedCommand::parse(unit.as_bytes(), &Limits::new(), quirks) {
                let again = read.encode(WriteOptions::default()).octets.expose().clone();
                let again = TaggedCommand::parse(&again, &Limits::new(), quirks);
                prop_assert_eq!(again.map(|again| again.0), Ok(read), "{}", unit);
            }
        }
    }
}

fn search(keys: Vec<Key>) -> SearchCommand {
    SearchCommand::new(keys)
}

fn day(year: u16, month: u16, day: u16) -> Date {
    Date::new(year, month, day).unwrap()
}

fn n(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn set(text: &str) -> MessageSet {
    SequenceSet::parse(text).unwrap().into()
}

fn modified(entry: &'static str, kind: EntryType, mod_seq: u64) -> Key {
    Key::ModSeq { entry: Some((entry.into(), kind)), mod_seq: ModSeq::new(mod_seq).unwrap() }
}

#[test]
fn searches_of_the_rfcs_are_read() {
    let feb = || Key::Since(day(1994, 2, 1));
    let fields = ["TO", "FROM", "SUBJECT"].map(|name| FieldName::new(name).unwrap());
    let fields = Section::new(vec![], Some(SectionText::HeaderFields(fields.into()))).unwrap();
    for (line, expected) in [
        // RFC 3501 §6.4.4, RFC 9051 §6.4.4.4
        (
            "SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
            search(vec![Key::Flagged, feb(), Key::not(Key::From("Smith".into()))]),
        ),
        ("SEARCH TEXT \"string not in mailbox\"", {
            search(vec![Key::Text("string not in mailbox".into())])
        }),
        (
            "SEARCH CHARSET UTF-8 TEXT {6}\r\nXXXXXX",
            search(vec![Key::Text("XXXXXX".into())]).with_charset(Charset::utf8()),
        ),
        // RFC 4731 §3.1
        (
            "SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
            search(vec![Key::Flagged, feb(), Key::not(Key::From("Smith".into()))])
                .with_returns(vec![Return::Min, Return::Count]),
        ),
        (
            "SEARCH RETURN () FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
            search(vec![Key::Flagged, feb(), Key::not(Key::From("Smith".into()))])
                .with_returns(vec![]),
        ),
        (
            "UID SEARCH RETURN (MIN MAX) 1:5000",
            search(vec![Key::Numbers(set("1:5000"))])
                .with_uid()
                .with_returns(vec![Return::Min, Return::Max]),
        ),
        // RFC 4731 §3.2, RFC 7162 §3.1.5
        (
            "SEARCH RETURN (MIN COUNT) MODSEQ \"/flags/\\\\draft\" all 620162338",
            search(vec![modified("/flags/\\draft", EntryType::All, 620_162_338)])
                .with_returns(vec![Return::Min, Return::Count]),
        ),
        (
            "SEARCH OR NOT MODSEQ 720162338 LARGER 50000",
            search(vec![Key::or(
                Key::not(Key::ModSeq { entry: None, mod_seq: ModSeq::new(720_162_338).unwrap() }),
                Key::Larger(50_000),
            )]),
        ),
        // RFC 5032 §4
        ("SEARCH UNSEEN YOUNGER 259200", search(vec![Key::Unseen, Key::Younger(n(259_200))])),
        // RFC 5182 §2.1, §2.4
        (
            "SEARCH RETURN (SAVE) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
            search(vec![Key::Flagged, feb(), Key::not(Key::From("Smith".into()))])
                .with_returns(vec![Return::Save]),
        ),
        (
            "UID SEARCH UID $ SMALLER 4096",
            search(vec![Key::Uid(MessageSet::Saved), Key::Smaller(4096)]).with_uid(),
        ),
        (
            "SEARCH CHARSET UTF-8 (OR $ 1,3000:3021) TEXT {8+}\r\nXXXXXXXX",
            search(vec![
                Key::And(vec![Key::or(
                    Key::Numbers(MessageSet::Saved),
                    Key::Numbers(set("1,3000:3021")),
                )]),
                Key::Text("XXXXXXXX".into()),
            ])
            .with_charset(Charset::utf8()),
        ),
        // RFC 5267 §4.1, §4.3
        (
            "SEARCH RETURN (CONTEXT COUNT) UNDELETED UNKEYWORD $Junk",
            search(vec![Key::Undeleted, Key::Unkeyword(Keyword::new("$Junk").unwrap())])
                .with_returns(vec![Return::Context, Return::Count]),
        ),
        (
            "UID SEARCH RETURN (UPDATE COUNT) DELETED KEYWORD $Junk",
            search(vec![Key::Deleted, Key::Keyword(Keyword::new("$Junk").unwrap())])
                .with_uid()
                .with_returns(vec![Return::Update(vec![]), Return::Count]),
        ),
        // RFC 5465 §7
        (
            "SEARCH RETURN (COUNT UPDATE (UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])) FROM \"boss\"",
            search(vec![Key::From("boss".into())]).with_returns(vec![
                Return::Count,
                Return::Update(vec![FetchAttribute::Uid, FetchAttribute::body(fields)]),
            ]),
        ),
        // RFC 9394 §3.1
        (
            "UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk",
            search(vec![Key::Undeleted, Key::Unkeyword(Keyword::new("$Junk").unwrap())])
                .with_uid()
                .with_returns(vec![Return::Partial(PartialRange::Last(n(1), n(100)))]),
        ),
        (
            "UID SEARCH RETURN (PARTIAL 23500:24000) UNDELETED",
            search(vec![Key::Undeleted])
                .with_uid()
                .with_returns(vec![Return::Partial(PartialRange::First(n(23_500), n(24_000)))]),
        ),
        // RFC 5466 §3.1
        (
            "SEARCH UID 300:900 FILTER on-the-road SINCE \"3-Dec-2002\"",
            search(vec![
                Key::Uid(set("300:900")),
                Key::Filter(Atom::new("on-the-road").unwrap()),
                Key::Since(day(2002, 12, 3)),
            ]),
        ),
        (
            "SEARCH UID 300:900 OR SMALLER 5000 FROM \"boss@example.com\" SINCE \"3-Dec-2002\"",
            search(vec![
                Key::Uid(set("300:900")),
                Key::or(Key::Smaller(5000), Key::From("boss@example.com".into())),
                Key::Since(day(2002, 12, 3)),
            ]),
        ),
        // RFC 6203 §3, §4
        (
            "SEARCH FUZZY SUBJECT work FROM user@example.com",
            search(vec![
                Key::fuzzy(Key::Subject("work".into())),
                Key::From("user@example.com".into()),
            ]),
        ),
        (
            "SEARCH FUZZY (SUBJECT \"IMAP break\")",
            search(vec![Key::fuzzy(Key::And(vec![Key::Subject("IMAP break".into())]))]),
        ),
        (
            "SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT \"Helo\"",
            search(vec![Key::fuzzy(Key::Text("Helo".into()))])
                .with_returns(vec![Return::Relevancy, Return::All]),
        ),
        // RFC 8514 §4.3
        ("SEARCH SAVEDON 28-Dec-2014", search(vec![Key::SavedOn(day(2014, 12, 28))])),
        // RFC 5257 §4.5
        (
            "SEARCH ANNOTATION /comment value \"IMAP4\" UNSEEN",
            search(vec![
                Key::Other(
                    Atom::new("ANNOTATION").unwrap(),
                    Raw::new("/comment value \"IMAP4\"").unwrap(),
                ),
                Key::Unseen,
            ]),
        ),
    ] {
        assert_eq!(read(line), Command::Search(Box::new(expected)), "{line}");
    }
}

#[test]
fn sorts_and_threads_of_the_rfcs_are_read() {
    let by = |reverse, key| SortCriterion { reverse, key };
    let ascii = Charset::us_ascii;
    for (line, expected) in [
        // RFC 5256 §3
        (
            "SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994",
            SortCommand::new(
                vec![by(false, SortKey::Subject)],
                Charset::utf8(),
                vec![Key::Since(day(1994, 2, 1))],
            ),
        ),
        (
            "SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
            SortCommand::new(
                vec![by(false, SortKey::Subject), by(true, SortKey::Date)],
                Charset::utf8(),
                vec![Key::All],
            ),
        ),
        (
            "SORT (SUBJECT) US-ASCII TEXT \"not in mailbox\"",
            SortCommand::new(
                vec![by(false, SortKey::Subject)],
                ascii(),
                vec![Key::Text("not in mailbox".into())],
            ),
        ),
        // RFC 5257 §4.6
        (
            "SORT (ANNOTATION /altsubject value.shared) UTF-8 ALL",
            SortCommand::new(
                vec![by(
                    false,
                    SortKey::Annotation {
                        entry: "/altsubject".into(),
                        attribute: Atom::new("value.shared").unwrap(),
                    },
                )],
                Charset::utf8(),
                vec![Key::All],
            ),
        ),
        // RFC 5267 §3.3
        (
            "UID SORT RETURN () (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk",
            SortCommand::new(
                vec![by(true, SortKey::Date)],
                Charset::utf8(),
                vec![Key::Undeleted, Key::Unkeyword(Keyword::new("$Junk").unwrap())],
            )
            .with_uid()
            .with_returns(vec![]),
        ),
        // RFC 6203 §6
        (
            "SORT RETURN (PARTIAL 1:10) (RELEVANCY) UTF-8 FUZZY TEXT \"World\"",
            SortCommand::new(
                vec![by(false, SortKey::Relevancy)],
                Charset::utf8(),
                vec![Key::fuzzy(Key::Text("World".into()))],
            )
            .with_returns(vec![Return::Partial(PartialRange::First(n(1), n(10)))]),
        ),
    ] {
        assert_eq!(read(line), Command::Sort(Box::new(expected)), "{line}");
    }
    let thread = |algorithm: &'static str, charset, key| {
        let algorithm = Atom::new(algorithm).unwrap();
        Command::Thread(Box::new(ThreadCommand::new(algorithm, charset, vec![key])))
    };
    // RFC 5256 §3
    assert_eq!(
        read("THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000"),
        thread("ORDEREDSUBJECT", Charset::utf8(), Key::Since(day(2000, 3, 5)))
    );
    assert_eq!(
        read("THREAD ORDEREDSUBJECT US-ASCII TEXT \"gewp\""),
        thread("ORDEREDSUBJECT", ascii(), Key::Text("gewp".into()))
    );
}

#[test]
fn the_other_commands_of_the_rfcs_are_read() {
    // RFC 7377 §2.1
    let sources = "mailboxes \"folder1\" subtree \"folder2\"";
    assert_eq!(
        read(&format!("ESEARCH IN ({sources}) unseen")),
        Command::Esearch(Box::new(
            EsearchOptions::new(vec![Key::Unseen]).with_source(Raw::new(sources).unwrap())
        ))
    );
    // RFC 10022 §3.1.1, §3.1.5
    let batches = UidBatches::new(n(2000));
    assert_eq!(read("UIDBATCHES 2000"), Command::UidBatches(batches.clone()));
    for (first, last) in [(10, 20), (4, 1)] {
        assert_eq!(
            read(&format!("UIDBATCHES 2000 {first}:{last}")),
            Command::UidBatches(batches.clone().with_range(n(first), n(last)))
        );
    }
}

#[test]
fn what_is_no_search_is_refused() {
    for line in [
        "SEARCH",
        "SEARCH ",
        "SEARCH ()",
        "SEARCH (SEEN",
        "SEARCH SEEN)",
        "SEARCH NOT",
        "SEARCH OR SEEN",
        "SEARCH OR (SEEN UNSEEN)",
        "SEARCH FROM",
        "SEARCH FROM a\"b",
        "SEARCH HEADER \"\" a",
        "SEARCH SINCE 31-Feb-1994",
        "SEARCH OLDER 0",
        "SEARCH UID 0",
        "SEARCH X-UNKNOWN",
        "SEARCH KEYWORD a]b",
        "SEARCH FILTER a/b",
        "SEARCH EMAILID a.b",
        "SEARCH MODSEQ \"/flags/\\\\draft\" some 1",
        "SEARCH MODSEQ 9223372036854775808",
        "SEARCH RETURN SEEN",
        "SEARCH RETURN (PARTIAL 1) SEEN",
        "SEARCH RETURN (PARTIAL -1:1) SEEN",
        "SEARCH RETURN (PARTIAL 1:*) SEEN",
        "SEARCH RETURN (MIN )  SEEN",
        "SEARCH CHARSET UTF-8",
        "SEARCH  SEEN",
        "SEARCH SEEN  UNSEEN",
        "SEARCH SEEN ",
        "SORT () UTF-8 ALL",
        "SORT (DATE) ALL",
        "SORT (REVERSE) UTF-8 ALL",
        "THREAD REFERENCES ALL",
        "ESEARCH IN () ALL",
        "UIDBATCHES 0",
        "UIDBATCHES 2000 1",
    ] {
        assert_eq!(strict(format!("a1 {line}\r\n").as_bytes()), None, "{line}");
    }
}

#[test]
fn a_key_without_a_name_here_is_read_where_its_end_is_certain() {
    let tolerant = |line: &str| {
        let unit = format!("a1 SEARCH {line}\r\n");
        let read =
            TaggedCommand::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant()).ok()?;
        let Command::Search(search) = read.0.command else { return None };
        assert_eq!(read.1, Quirks::strict().with(Quirk::SearchKey));
        Some(search.keys)
    };
    let other = |arguments: &'static str| {
        Key::Other(Atom::new("X-GUID").unwrap(), Raw::new(arguments).unwrap())
    };
    assert_eq!(tolerant("SEEN X-GUID"), Some(vec![Key::Seen, other("")]));
    assert_eq!(
        tolerant("(SEEN X-GUID \"a b\" {1}\r\n)) ALL"),
        Some(vec![Key::And(vec![Key::Seen, other("\"a b\" {1}\r\n)")]), Key::All])
    );
    assert_eq!(tolerant("NOT X-GUID \"a\""), Some(vec![Key::not(other("\"a\""))]));
    // `abc` may be an argument or a key, and SEEN too.
    assert_eq!(tolerant("X-GUID abc"), None);
    assert_eq!(tolerant("X-GUID \"abc\" SEEN"), None);
}

#[test]
fn blanks_that_have_no_place_are_forgiven() {
    for line in ["SEARCH  SEEN  UNSEEN ", "SEARCH ( SEEN  UNSEEN )", "SEARCH RETURN ( MIN ) SEEN  "]
    {
        let unit = format!("a1 {line}\r\n");
        let read = TaggedCommand::parse(unit.as_bytes(), &Limits::new(), Quirks::tolerant());
        assert_eq!(read.map(|read| read.1), Ok(Quirks::strict().with(Quirk::Blank)), "{line}");
    }
}

#[test]
fn what_nests_is_bounded_and_needs_no_stack() {
    let parse = |line: String| {
        let unit = format!("a1 SEARCH {line}");
        TaggedCommand::parse(unit.as_bytes(), &Limits::new(), Quirks::strict())
    };
    for (open, close, by) in
        [("(", ")", 1), ("NOT ", "", 1), ("OR ", " SEEN", 1), ("FUZZY (", ")", 2)]
    {
        let nest = |times: usize| format!("{}SEEN{}", open.repeat(times), close.repeat(times));
        assert!(parse(nest(100 / by)).is_ok(), "{open}");
        assert!(parse(nest(100 / by + 1)).is_err(), "{open}");
        assert!(parse(nest(1_000_000)).is_err(), "{open}");
    }
    assert!(parse("OR SEEN ".repeat(100) + "SEEN").is_ok());
    assert!(parse("OR SEEN ".repeat(101) + "SEEN").is_err());
    assert!(parse("(".repeat(1_000_000)).is_err());
    // What a user builds is written, however deep it is.
    let deep = (0..100_000).fold(Key::Seen, |key, _| Key::not(key));
    let deep = tagged(Command::Search(Box::new(search(vec![deep]))));
    let unit = deep.encode(WriteOptions::default());
    assert_eq!(unit.octets.expose().len(), "a1 SEARCH SEEN\r\n".len() + 400_000);
    // To drop it is another matter.
    core::mem::forget(deep);
}

#[test]
fn eight_times_the_keys_take_eight_times_the_time() {
    let limits = Limits::new().with_list(usize::MAX).with_depth(usize::MAX);
    for piece in ["(", "(SEEN ", "OR SEEN ", "NOT ", " ", "SEEN ", "1 ", "X \"a\" ", "X "] {
        let times = [4_000, 32_000].map(|times| {
            let unit = format!("a SEARCH {}", piece.repeat(times));
            fastest(|| {
                let read = TaggedCommand::parse(unit.as_bytes(), &limits, Quirks::tolerant());
                // What was read is deep, and to drop it is another matter.
                core::mem::forget(read);
            })
        });
        assert_linear(piece, times);
    }
}

/// The shortest of a few runs.
pub(crate) fn fastest(run: impl Fn()) -> Duration {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..5).map(|_| time()).min().unwrap()
}

/// That eight times as much takes far from 64 times as long. Fresh memory takes some time too, which
/// is not ours; with so many pieces a square takes a good deal more.
#[track_caller]
pub(crate) fn assert_linear(what: &str, [small, large]: [Duration; 2]) {
    assert!(large < small * 32 + Duration::from_millis(60), "{what}: {small:?}, {large:?}");
}
