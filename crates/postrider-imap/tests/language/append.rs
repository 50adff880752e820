//! APPEND and REPLACE: what a client writes around the octets of messages, a server reads.

use postrider_imap::Limits;
use postrider_imap::{
    AppendData, AppendMessage, AppendTarget, AppendWriter, Atom, CommandPart, CommandReader, Flag,
    InternalDate, LiteralRole, MailboxName, Quirk, Quirks, Raw, SequenceNumber, Tag, WriteOptions,
};
use proptest::prelude::*;

use crate::raw::value;
use crate::status::{flag_set, non_zero, tag};
use crate::store::{options, string};

/// A piece of a message in CATENATE.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Url(Vec<u8>),
    Text(Vec<u8>),
    /// With UTF-8 in its header. A server is not told, as the octets are what they are.
    Utf8(Vec<u8>),
}

/// A message: what is said of it, and its octets or its pieces.
#[derive(Clone, Debug, PartialEq)]
struct Message {
    head: AppendMessage,
    octets: Vec<u8>,
    pieces: Vec<Piece>,
}

fn date() -> impl Strategy<Value = InternalDate> {
    (0..4_000_000_000_i64, -720..=720_i16)
        .prop_map(|(seconds, zone)| InternalDate::from_unix(seconds, zone).expect("a date"))
}

fn message() -> impl Strategy<Value = Message> {
    let octets = || {
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            Just(b")\r\nb NOOP\r\n {3}\r\n".to_vec()),
            (4090..4100_usize).prop_map(|len| vec![b'\n'; len]),
        ]
    };
    let piece = prop_oneof![
        string().prop_map(Piece::Url),
        octets().prop_map(Piece::Text),
        octets().prop_map(Piece::Utf8),
    ];
    let body = prop_oneof![
        octets().prop_map(|octets| (AppendData::Literal(octets.len() as u64), octets, Vec::new())),
        octets().prop_map(|octets| (AppendData::Literal8(octets.len() as u64), octets, Vec::new())),
        octets().prop_map(|octets| (AppendData::Utf8(octets.len() as u64), octets, Vec::new())),
        prop::collection::vec(piece, 1..5).prop_map(|pieces| (
            AppendData::Catenate,
            Vec::new(),
            pieces
        )),
    ];
    let name = "X-[A-Za-z0-9.]{0,6}".prop_map(|name| Atom::new(name).expect("an atom"));
    let extensions = prop::collection::vec((name, value()), 0..2);
    (flag_set(), prop::option::of(date()), extensions, body).prop_map(
        |(mut flags, date, extensions, (data, octets, pieces))| {
            flags.remove(&Flag::Recent);
            flags.remove(&Flag::Any);
            let mut head = AppendMessage::with_data(data);
            head.flags = flags;
            head.date = date;
            head.extensions = extensions;
            Message { head, octets, pieces }
        },
    )
}

fn mailbox() -> impl Strategy<Value = MailboxName> {
    "[ -~\u{e4}]{0,20}".prop_map(|name| MailboxName::new(name).expect("a name"))
}

fn append() -> impl Strategy<Value = (AppendTarget, Vec<Message>)> {
    let several = (mailbox(), prop::collection::vec(message(), 1..4))
        .prop_map(|(mailbox, messages)| (AppendTarget::Append(mailbox), messages));
    let number = prop_oneof![
        3 => non_zero().prop_map(SequenceNumber::Number),
        1 => Just(SequenceNumber::Last),
    ];
    let one =
        (any::<bool>(), number, mailbox(), message()).prop_map(|(uid, message, mailbox, with)| {
            (AppendTarget::Replace { uid, message, mailbox }, vec![with])
        });
    prop_oneof![3 => several, 1 => one]
}

/// All that a client sends.
fn written(
    tag: &Tag,
    target: &AppendTarget,
    messages: &[Message],
    options: WriteOptions,
) -> Vec<u8> {
    let mut wire = Vec::new();
    let mut writer = AppendWriter::new(tag, target, options);
    for message in messages {
        wire.extend_from_slice(writer.message(&message.head).octets.expose());
        wire.extend_from_slice(&message.octets);
        for piece in &message.pieces {
            match piece {
                Piece::Url(url) => writer.url(url),
                Piece::Text(octets) => {
                    wire.extend_from_slice(writer.text(octets.len() as u64).octets.expose());
                    wire.extend_from_slice(octets);
                }
                Piece::Utf8(octets) => {
                    wire.extend_from_slice(writer.utf8(octets.len() as u64).octets.expose());
                    wire.extend_from_slice(octets);
                }
            }
        }
    }
    wire.extend_from_slice(writer.finish().octets.expose());
    wire
}

/// All that a server hears, when the octets come in pieces of this size.
fn heard(wire: &[u8], size: usize) -> Vec<(CommandPart, Vec<u8>)> {
    // `]` is what Gmail has in keywords.
    let forgiven = Quirks::strict().with(Quirk::AtomOctet);
    let mut reader = CommandReader::new(&Limits::default(), forgiven);
    let mut parts = Vec::new();
    let (mut from, mut to) = (0, 0);
    loop {
        let step = reader.read(&wire[from..to]);
        if step.is_starved() {
            if to == wire.len() {
                assert_eq!(from, to, "octets are left");
                return parts;
            }
            to = (to + size).min(wire.len());
            continue;
        }
        let octets = wire[from..from + step.octets].to_vec();
        from += step.octets;
        if let Some(part) = step.part {
            if matches!(part, CommandPart::Literal(_)) {
                reader.accept();
            }
            parts.push((part, octets));
        }
    }
}

/// The parts put together again.
fn understood(
    parts: &[(CommandPart, Vec<u8>)],
) -> (Option<(Tag, AppendTarget)>, Vec<Message>, bool) {
    let mut target = None;
    let mut messages: Vec<Message> = Vec::new();
    let mut pending: Option<Vec<u8>> = None;
    let mut ended = false;
    for (part, octets) in parts {
        match part {
            CommandPart::AppendBegin { tag, target: to, .. } => {
                target = Some((tag.clone(), to.clone()))
            }
            CommandPart::Message(head) => messages.push(Message {
                head: head.clone(),
                octets: Vec::new(),
                pieces: Vec::new(),
            }),
            CommandPart::Url(url) => {
                messages.last_mut().expect("a message").pieces.push(Piece::Url(url.to_vec()));
            }
            CommandPart::Literal(request) if request.role == LiteralRole::Message => {
                pending = Some(Vec::new());
            }
            CommandPart::Literal(_) | CommandPart::MessageEnd => {}
            CommandPart::Chunk => pending.as_mut().expect("a literal").extend_from_slice(octets),
            CommandPart::LiteralEnd => {
                let octets = pending.take().expect("a literal");
                let message = messages.last_mut().expect("a message");
                match message.head.data {
                    AppendData::Catenate => message.pieces.push(Piece::Text(octets)),
                    _ => message.octets = octets,
                }
            }
            CommandPart::AppendEnd => ended = true,
            other => panic!("{other:?}"),
        }
    }
    (target, messages, ended)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_a_client_appends_a_server_hears(
        tag in tag(),
        (target, messages) in append(),
        options in options(),
        size in 1..80_usize,
    ) {
        let wire = written(&tag, &target, &messages, options);
        let (read, mut expected) = (understood(&heard(&wire, size)), messages);
        for piece in expected.iter_mut().flat_map(|message| &mut message.pieces) {
            if let Piece::Utf8(octets) = piece {
                *piece = Piece::Text(core::mem::take(octets));
            }
        }
        prop_assert_eq!(read, (Some((tag, target)), expected, true));
    }
}

/// What comes of a line up to its announcement.
fn begins(line: &str) -> (Option<AppendTarget>, Vec<AppendMessage>) {
    let parts = heard(format!("{line}\r\n").as_bytes(), 1000);
    let (target, messages, _) = understood(&parts);
    (target.map(|(_, target)| target), messages.into_iter().map(|message| message.head).collect())
}

#[test]
fn the_lines_of_the_rfcs_are_read_as_they_mean_them() {
    let drafts = MailboxName::new("Drafts").expect("a name");
    let append = |name| AppendTarget::Append(MailboxName::new(name).expect("a name"));
    let keyword = [Flag::Seen, Flag::Draft, Flag::MdnSent];
    let number = |number: u32| number.try_into().expect("a number");
    // RFC 3502 §6.3.11
    let (target, messages) = begins("A003 APPEND saved-messages (\\Seen) {329}");
    assert_eq!(target, Some(append("saved-messages")));
    assert_eq!(messages, [AppendMessage::new(329).with_flags([Flag::Seen])]);
    let first = "A003 APPEND saved-messages (\\Seen) {3}\r\nabc";
    let (_, messages) = begins(&format!("{first} (\\Seen) \" 7-Feb-1994 22:43:04 -0800\" {{295}}"));
    let date = InternalDate::new([1994, 2, 7], [22, 43, 4], -480).expect("a date");
    assert_eq!(messages[1], AppendMessage::new(295).with_flags([Flag::Seen]).with_date(date));
    // RFC 4469 §3
    let line = "A003 APPEND Drafts (\\Seen \\Draft $MDNSent) CATENATE (URL \"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER\" TEXT {42}";
    let (target, messages) = begins(line);
    assert_eq!(target, Some(append("Drafts")));
    assert_eq!(messages, [AppendMessage::with_data(AppendData::Catenate).with_flags(keyword)]);
    // RFC 4469 §5: the pieces may all stand elsewhere.
    let parts = heard(b"a APPEND Drafts CATENATE (URL /a URL \"/b\")\r\n", 1000);
    let (_, messages, ended) = understood(&parts);
    assert_eq!(messages[0].pieces, [Piece::Url(b"/a".to_vec()), Piece::Url(b"/b".to_vec())]);
    assert!(ended);
    // RFC 8508 §3.3, §3.4
    let (target, _) = begins("A003 REPLACE 4 Drafts (\\Seen \\Draft) {312}");
    let replace = |uid, message| AppendTarget::Replace { uid, message, mailbox: drafts.clone() };
    assert_eq!(target, Some(replace(false, number(4))));
    let (target, _) = begins("A004 UID REPLACE 2000 Drafts (\\Seen \\Draft) {350}");
    assert_eq!(target, Some(replace(true, number(2000))));
    // RFC 6855 §4
    let (_, messages) = begins("a APPEND Drafts UTF8 (~{7}");
    assert_eq!(messages, [AppendMessage::with_data(AppendData::Utf8(7))]);
    // RFC 3516 §4.4
    let (_, messages) = begins("a APPEND Drafts ~{7}");
    assert_eq!(messages, [AppendMessage::with_data(AppendData::Literal8(7))]);
    // RFC 5257 §4.5: what an extension says may hold a literal, which is none of the message.
    let (_, messages) = begins("a APPEND Drafts ANNOTATION (/comment (value.priv {2}\r\nhi)) {7}");
    let annotation = Raw::new("(/comment (value.priv {2}\r\nhi))").expect("it frames");
    assert_eq!(messages[0].extensions, [(Atom::new("ANNOTATION").expect("an atom"), annotation)]);
}

#[test]
fn what_is_no_append_is_refused() {
    for line in [
        "a APPEND",
        "a APPEND Drafts",
        "a APPEND Drafts (\\Seen)",
        "a APPEND Drafts (\\Recent) {3}\r\nabc",
        "a APPEND Drafts UTF8 ({3}\r\nabc)",
        "a APPEND Drafts CATENATE ()",
        "a APPEND Drafts CATENATE (URL a",
        "a APPEND Drafts CATENATE (TEXT {3}\r\nabc",
        "a APPEND Drafts CATENATE (TEXT {3}\r\nabc))",
        "a APPEND Drafts {3}\r\nabc)",
        "a APPEND Drafts {3}\r\nabc ",
        "a REPLACE 1 Drafts {3}\r\nabc {3}\r\nabc",
        "a REPLACE 1:2 Drafts {3}\r\nabc",
        "a REPLACE 0 Drafts {3}\r\nabc",
        "a UID APPEND Drafts {3}\r\nabc",
    ] {
        let parts = heard(format!("{line}\r\nb NOOP\r\n").as_bytes(), 1000);
        let told = |what: fn(&CommandPart) -> bool| parts.iter().any(|(part, _)| what(part));
        // `UID APPEND` is a command of another kind.
        let other = |part: &CommandPart| match part {
            CommandPart::Command(command) => command.tag.as_bytes() == b"a",
            _ => false,
        };
        assert!(told(|part| matches!(part, CommandPart::Unparsed { .. })) || told(other), "{line}");
        assert!(!told(|part| matches!(part, CommandPart::AppendEnd)), "{line}");
        let last = parts.last().map(|(part, _)| part);
        let next = matches!(last, Some(CommandPart::Command(next)) if next.tag.as_bytes() == b"b");
        assert!(next, "{line}: {parts:?}");
    }
}
