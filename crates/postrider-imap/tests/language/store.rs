//! STORE, LOGIN, AUTHENTICATE, and the modifiers of FETCH.

use postrider_imap::Limits;
use postrider_imap::{
    Atom, Command, FetchAttributes, FetchModifiers, Flag, InitialResponse, Literals, MessageSet,
    ModSeq, PartialRange, Quirk, Quirks, Raw, SequenceSet, StoreCommand, StoreMode, StoreValue,
    Tag, TaggedCommand, WriteOptions,
};
use postrider_wire::Secret;
use proptest::prelude::*;
use proptest::sample::select;

use crate::raw::value;
use crate::status::{flag_set, mod_seq, sequence_set, tag};

fn parse(line: &str, forgiven: Quirks) -> Option<Command> {
    let read = TaggedCommand::parse(line.as_bytes(), &Limits::default(), forgiven);
    read.ok().map(|(command, _)| command.command)
}

fn strict(line: &str) -> Command {
    parse(line, Quirks::strict()).unwrap_or_else(|| panic!("{line}"))
}

pub(crate) fn options() -> impl Strategy<Value = WriteOptions> {
    (select(vec![Literals::Wait, Literals::Minus, Literals::Plus]), any::<bool>()).prop_map(
        |(literals, utf8)| {
            let mut options = WriteOptions::default();
            options.literals = literals;
            options.utf8 = utf8;
            options
        },
    )
}

pub(crate) fn message_set() -> impl Strategy<Value = MessageSet> {
    prop_oneof![
        4 => sequence_set().prop_map(MessageSet::Set),
        1 => Just(MessageSet::Saved),
    ]
}

pub(crate) fn string() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[ -~]{0,20}".prop_map(String::into_bytes),
        "[\"\\\\{}\u{e4}a]{0,9}".prop_map(String::into_bytes),
        Just(b"NIL".to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
        (1000..5000_usize).prop_map(|len| vec![b'x'; len]),
    ]
}

/// Extensions whose names this crate does not know.
pub(crate) fn extensions() -> impl Strategy<Value = Vec<(Atom, Option<Raw>)>> {
    let name = "X-[A-Za-z0-9.]{0,6}".prop_map(|name| Atom::new(name).expect("an atom"));
    prop::collection::vec((name, prop::option::of(value())), 0..3)
}

fn store() -> impl Strategy<Value = Command> {
    let label = prop_oneof!["\\\\[A-Za-z]{1,9}".prop_map(String::into_bytes), string(),];
    let what = prop_oneof![
        4 => flag_set().prop_filter_map("not storable", |flags| {
            flags.is_storable().then_some(StoreValue::Flags(flags))
        }),
        2 => prop::collection::vec(label, 0..3)
            .prop_map(|all| StoreValue::GmailLabels(all.into_iter().map(Into::into).collect())),
        1 => value().prop_map(|raw| StoreValue::Other(Atom::new("ANNOTATION").expect("an atom"), raw)),
    ];
    let mode = select(vec![StoreMode::Replace, StoreMode::Add, StoreMode::Remove]);
    let modifiers = (prop::option::of(mod_seq()), extensions());
    (message_set(), any::<bool>(), modifiers, mode, any::<bool>(), what).prop_map(
        |(set, uid, (since, others), mode, silent, what)| {
            let mut store = StoreCommand::new(set, mode, what);
            store.uid = uid;
            store.unchanged_since = since;
            store.others = others;
            store.silent = silent;
            Command::Store(store)
        },
    )
}

pub(crate) fn command() -> impl Strategy<Value = Command> {
    let login = (string(), string()).prop_map(|(user, password)| Command::Login {
        user: user.into(),
        password: Secret::new(password),
    });
    let initial = prop_oneof![
        Just("=".to_string()),
        "([A-Za-z0-9+/]{4}){1,4}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    ]
    .prop_map(|text| InitialResponse::new(text.into_bytes()).expect("base64"));
    let authenticate =
        ("[A-Z0-9-]{1,20}", prop::option::of(initial)).prop_map(|(name, initial)| {
            Command::Authenticate { mechanism: Atom::new(name).expect("an atom"), initial }
        });
    prop_oneof![4 => store(), 2 => login, 1 => authenticate]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_is_written_reads_back(tag in tag(), command in command(), options in options()) {
        let command = TaggedCommand { tag, command };
        let encoded = command.encode(options);
        let octets = encoded.octets.expose();
        let read = TaggedCommand::parse(octets, &Limits::default(), Quirks::tolerant());
        let (read, _) = read.map_err(|error| {
            TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(octets)))
        })?;
        prop_assert_eq!(read, command);
        for stop in encoded.stops {
            let waits = octets[..stop].ends_with(b"}\r\n");
            prop_assert!(waits);
        }
    }

    #[test]
    fn no_command_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..40), at in 0..5_usize) {
        let before = ["a STORE 1 ", "a LOGIN ", "a AUTHENTICATE ", "a STORE 1 (", "a STORE 1 +FLAGS "];
        let mut unit = before[at].as_bytes().to_vec();
        unit.extend(line);
        let _ = TaggedCommand::parse(&unit, &Limits::default(), Quirks::tolerant());
        let _ = TaggedCommand::parse(&unit, &Limits::default(), Quirks::strict());
    }
}

#[test]
fn stores_are_read_as_the_rfcs_mean_them() {
    let set = |set: &str| SequenceSet::parse(set).expect("a set");
    let flags = |flags: &[Flag]| StoreValue::Flags(flags.iter().cloned().collect());
    let keyword = |name: &'static str| Flag::new(name).expect("a flag");
    let since = |value| ModSeq::new(value).expect("63 bits");
    let rows = [
        // RFC 3501 §6.4.6
        (
            "A003 STORE 2:4 +FLAGS (\\Deleted)",
            StoreCommand::new(set("2:4"), StoreMode::Add, flags(&[Flag::Deleted])),
        ),
        // RFC 3501 §9: flags need no parentheses.
        (
            "A003 STORE 2:4 FLAGS \\Deleted \\Seen",
            StoreCommand::new(set("2:4"), StoreMode::Replace, flags(&[Flag::Deleted, Flag::Seen])),
        ),
        // RFC 7162 §3.1.3, examples 5 to 10
        (
            "a103 UID STORE 6,4,8 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)",
            StoreCommand::new(set("6,4,8"), StoreMode::Add, flags(&[Flag::Deleted]))
                .with_uid()
                .with_unchanged_since(since(12_121_230_045))
                .with_silent(),
        ),
        (
            "C101 STORE 1 (UNCHANGEDSINCE 0) -FLAGS.SILENT (\\Deleted)",
            StoreCommand::new(set("1"), StoreMode::Remove, flags(&[Flag::Deleted]))
                .with_unchanged_since(since(0))
                .with_silent(),
        ),
        (
            "b107 STORE 1:7 (UNCHANGEDSINCE 320172338) +FLAGS (SomeFlag $MDNSent)",
            StoreCommand::new(
                set("1:7"),
                StoreMode::Add,
                flags(&[keyword("SomeFlag"), Flag::MdnSent]),
            )
            .with_unchanged_since(since(320_172_338)),
        ),
        // RFC 5182 §2.1
        (
            "E282 UID STORE $ +FLAGS.SILENT (\\Flagged)",
            StoreCommand::new(MessageSet::Saved, StoreMode::Add, flags(&[Flag::Flagged]))
                .with_uid()
                .with_silent(),
        ),
        // RFC 5257 §4.4
        (
            "a STORE 1 ANNOTATION (/comment (value.shared {2}\r\nhi))",
            StoreCommand::new(
                set("1"),
                StoreMode::Replace,
                StoreValue::Other(
                    Atom::new("ANNOTATION").expect("an atom"),
                    Raw::new("(/comment (value.shared {2}\r\nhi))").expect("it frames"),
                ),
            ),
        ),
        // Gmail: <https://developers.google.com/workspace/gmail/imap/imap-extensions>
        (
            "a011 STORE 1 +X-GM-LABELS (foo)",
            StoreCommand::new(
                set("1"),
                StoreMode::Add,
                StoreValue::GmailLabels(vec!["foo".into()]),
            ),
        ),
        (
            "a STORE 1 -X-GM-LABELS (\\Inbox \"Muy Importante\")",
            StoreCommand::new(
                set("1"),
                StoreMode::Remove,
                StoreValue::GmailLabels(vec!["\\Inbox".into(), "Muy Importante".into()]),
            ),
        ),
    ];
    for (line, store) in rows {
        assert_eq!(strict(line), Command::Store(store), "{line}");
    }
    for bad in [
        "a STORE 1",
        "a STORE 1 FLAGS",
        "a STORE 0 FLAGS ()",
        "a STORE 1 FLAGS (\\Seen",
        "a STORE 1 (UNCHANGEDSINCE) FLAGS ()",
        "a STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 2) FLAGS ()",
        "a STORE 1 (UNCHANGEDSINCE 9223372036854775808) FLAGS ()",
        "a STORE 1 () FLAGS (\\Seen)",
        "a STORE 1 FLAGS (\\*)",
        "a STORE 1  FLAGS ()",
        "a STORE 1 FLAGS \\Seen ",
    ] {
        assert_eq!(parse(bad, Quirks::strict()), None, "{bad}");
    }
    assert!(parse("a STORE 1  FLAGS \\Seen ", Quirks::strict().with(Quirk::Blank)).is_some());
}

#[test]
fn logins_are_read_and_not_shown() {
    let login = |user: &'static str, password: &str| Command::Login {
        user: user.into(),
        password: Secret::new(password.as_bytes().to_vec()),
    };
    // RFC 3501 §6.2.3
    assert_eq!(strict("a001 LOGIN SMITH SESAME"), login("SMITH", "SESAME"));
    // RFC 3501 §7.5
    assert_eq!(
        strict("A001 LOGIN {11}\r\nFRED FOOBAR {7}\r\nfat man"),
        login("FRED FOOBAR", "fat man")
    );
    assert_eq!(strict("a LOGIN \"a\\\"b\" \"\\\\\""), login("a\"b", "\\"));
    assert_eq!(strict("a LOGIN NIL ]"), login("NIL", "]"));
    for bad in ["a LOGIN a", "a LOGIN a b c", "a LOGIN \"a b", "a LOGIN {3}\r\nab", "a LOGIN a(b"] {
        assert_eq!(parse(bad, Quirks::tolerant()), None, "{bad}");
    }
    let shown = format!("{:?}", strict("a001 LOGIN SMITH SESAME"));
    assert!(shown.contains("SMITH") && !shown.contains("SESAME"), "{shown}");
    let command =
        TaggedCommand { tag: Tag::new("a").expect("a tag"), command: login("SMITH", "SES AME") };
    let encoded = command.encode(WriteOptions::default());
    let secret: Vec<&[u8]> =
        encoded.secrets.iter().map(|range| &encoded.octets.expose()[range.clone()]).collect();
    assert_eq!(secret, [b"\"SES AME\""]);
}

#[test]
fn authentications_are_read_and_not_shown() {
    // RFC 4959 §4
    let Command::Authenticate { mechanism, initial } =
        strict("A1 AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=")
    else {
        panic!("AUTHENTICATE");
    };
    assert!(mechanism.is("PLAIN"));
    let initial = initial.expect("an initial response");
    assert_eq!(initial.base64(), b"dGVzdAB0ZXN0AHRlc3Q=");
    assert!(!format!("{initial:?}").contains("dGVz"));
    let Command::Authenticate { initial, .. } = strict("A1 AUTHENTICATE EXTERNAL =") else {
        panic!("AUTHENTICATE");
    };
    assert_eq!(initial, Some(InitialResponse::empty()));
    assert_eq!(initial.expect("an initial response").base64(), b"");
    let Command::Authenticate { initial, .. } = strict("a AUTHENTICATE GSSAPI") else {
        panic!("AUTHENTICATE");
    };
    assert_eq!(initial, None);
    for bad in [
        "a AUTHENTICATE",
        "a AUTHENTICATE PLAIN a",
        "a AUTHENTICATE PLAIN ==",
        "a AUTHENTICATE PLAIN AAAA AAAA",
        "a AUTHENTICATE PLAIN *",
    ] {
        assert_eq!(parse(bad, Quirks::tolerant()), None, "{bad}");
    }
    for bad in ["", "a", "AA=A", "AAAA\r\n", "===="] {
        assert!(InitialResponse::new(bad.as_bytes().to_vec()).is_err(), "{bad}");
    }
}

/// RFC 7162 §3.1.4.1, §3.2.6; RFC 9394 §3.3.
#[test]
fn the_modifiers_of_fetch_are_written_as_the_rfcs_have_them() {
    let nz = |number: u32| core::num::NonZeroU32::new(number).expect("not zero");
    let changed = FetchModifiers::new().with_changed_since(ModSeq::new(12_345).expect("63 bits"));
    let rows = [
        (FetchModifiers::new(), ""),
        (changed.clone(), " (CHANGEDSINCE 12345)"),
        (changed.with_vanished(), " (CHANGEDSINCE 12345 VANISHED)"),
        (
            FetchModifiers::new().with_partial(PartialRange::Last(nz(1), nz(30))),
            " (PARTIAL -1:-30)",
        ),
        (FetchModifiers::new().with_partial(PartialRange::First(nz(1), nz(30))), " (PARTIAL 1:30)"),
    ];
    for (modifiers, written) in rows {
        let command = TaggedCommand {
            tag: Tag::new("a").expect("a tag"),
            command: Command::Fetch {
                set: SequenceSet::all().into(),
                uid: true,
                attributes: FetchAttributes::Fast,
                modifiers,
            },
        };
        let encoded = command.encode(WriteOptions::default());
        let line = String::from_utf8_lossy(encoded.octets.expose()).into_owned();
        assert!(line.ends_with(&format!("{written}\r\n")), "{line}");
    }
}
