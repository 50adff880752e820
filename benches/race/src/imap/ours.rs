//! Postrider: the readers that clients and servers use, which find where a response or command ends
//! before they read it. The others find its end while they read.

use std::{cell::RefCell, hint::black_box};

use postrider_imap::{
    Addresses, Command, CommandPart, CommandReader, EnvelopeView, FetchAttribute, FetchAttributes,
    FetchItem, FetchedMessage, Limits, MessageSet, Part, PartKind, Quirks, Response, ResponsePart,
    ResponseReader, SequenceNumber, SequenceRange, SequenceSet, Tag, TaggedCommand, WriteOptions,
};

use crate::imap::{
    Unit,
    commands::STAR,
    values::{Address, Body, Envelope, Extension, Fetch, Flags, List, Parameters, Single, Value},
    writing::Written,
};

pub const NAME: &str = "postrider";

thread_local! {
    /// A session's readers.
    static RESPONSES: RefCell<ResponseReader> =
        RefCell::new(ResponseReader::new(&Limits::new(), Quirks::tolerant()));
    static COMMANDS: RefCell<CommandReader> =
        RefCell::new(CommandReader::new(&Limits::new(), Quirks::strict()));
}

/// Reads it, builds its value and drops it.
pub fn response(unit: &Unit) -> usize {
    RESPONSES.with_borrow_mut(|reader| {
        let mut wire = &unit.wire[..];
        while !wire.is_empty() || !reader.is_between() {
            let step = reader.read(black_box(wire));
            wire = &wire[step.octets..];
            black_box(&step.part);
        }
        wire.len()
    })
}

/// The same of a command.
pub fn command(unit: &Unit) -> usize {
    COMMANDS.with_borrow_mut(|reader| {
        let step = reader.read(black_box(&unit.wire));
        black_box(&step.part);
        step.octets
    })
}

thread_local! {
    /// What a server has ready to be sent.
    static OUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes it behind what is ready to be sent, which is nothing at first.
pub fn write(written: &Written) -> usize {
    OUT.with_borrow_mut(|out| {
        out.clear();
        written.ours.write(out);
        black_box(&out).len()
    })
}

/// Reads a response, to write it again.
pub fn read(wire: &[u8]) -> Response {
    let shown = wire.escape_ascii();
    let mut reader = ResponseReader::new(&Limits::new(), Quirks::tolerant());
    let (mut rest, mut all) = (wire, Vec::new());
    loop {
        let step = reader.read(rest);
        if step.is_starved() {
            break;
        }
        rest = &rest[step.octets..];
        assert!(reader.quirks().is_empty(), "{shown}: {:?}", reader.quirks());
        match step.part {
            Some(ResponsePart::Response(response)) => return response,
            Some(ResponsePart::FetchItems { items, .. }) => all.extend(items),
            Some(ResponsePart::FetchEnd { message: FetchedMessage::Number(number), .. }) => {
                assert!(rest.is_empty(), "{shown}");
                return Response::Fetch { number, items: all };
            }
            None => {}
            Some(other) => panic!("{shown}: {other:?}"),
        }
    }
    panic!("{shown}: it does not end")
}

/// The octets of a response.
pub fn written(response: &Response) -> Vec<u8> {
    let mut out = Vec::new();
    response.write(&mut out);
    out
}

/// What it reads.
pub fn value(wire: &[u8]) -> Value {
    match read(wire) {
        Response::Fetch { number, items } => fetch(number.get(), &items),
        Response::List(list) => Value::List(List {
            attributes: list.attributes.iter().map(|one| one.to_string().to_lowercase()).collect(),
            delimiter: list.delimiter.map(|one| one.get()),
            name: list.mailbox.as_bytes().to_vec(),
        }),
        Response::Search { numbers, mod_seq: None } => Value::Search(numbers.iter().collect()),
        other => panic!("{other:?}"),
    }
}

fn fetch(number: u32, items: &[FetchItem]) -> Value {
    let mut of = Flags { number, uid: 0, flags: Default::default(), modseq: 0 };
    for item in items {
        match item {
            FetchItem::Envelope(one) => return Value::Envelope(envelope(one.view())),
            FetchItem::BodyStructure(one) => return Value::BodyStructure(body(one.root())),
            FetchItem::Flags(flags) => {
                of.flags = flags.iter().map(|flag| flag.to_string().to_lowercase()).collect();
            }
            FetchItem::Uid(uid) => of.uid = uid.get(),
            FetchItem::ModSeq(mod_seq) => of.modseq = mod_seq.get(),
            other => panic!("{other:?}"),
        }
    }
    Value::Flags(of)
}

fn envelope(one: EnvelopeView<'_>) -> Envelope {
    let text = |text: Option<&[u8]>| text.map(<[u8]>::to_vec);
    let addresses = |list: Addresses<'_>| {
        list.map(|one| Address([one.name, one.route, one.mailbox, one.host].map(text))).collect()
    };
    Envelope {
        date: text(one.date()),
        subject: text(one.subject()),
        addresses: [one.from(), one.sender(), one.reply_to(), one.to(), one.cc(), one.bcc()]
            .map(addresses),
        in_reply_to: text(one.in_reply_to()),
        message_id: text(one.message_id()),
    }
}

fn body(one: Part<'_>) -> Body {
    let text = |text: Option<&[u8]>| text.map(<[u8]>::to_vec);
    let extension = Extension {
        disposition: one.disposition().map(|one| (one.kind.to_vec(), parameters(one.parameters))),
        language: one.language().map(<[u8]>::to_vec).collect(),
        location: text(one.location()),
    };
    let subtype = one.subtype().to_vec();
    let list = parameters(one.parameters());
    if one.kind() == PartKind::Multipart {
        let parts = one.parts().map(body).collect();
        return Body::Multi { parts, subtype, parameters: list, extension };
    }
    let inner = one.envelope().zip(one.parts().next());
    Body::Single(Single {
        media_type: one.media_type().to_ascii_uppercase(),
        subtype,
        parameters: list,
        id: text(one.id()),
        description: text(one.description()),
        encoding: one.encoding().to_ascii_uppercase(),
        octets: one.octets(),
        message: inner.map(|(inner, part)| Box::new((envelope(inner), body(part)))),
        lines: one.lines(),
        md5: text(one.md5()),
        extension,
    })
}

fn parameters(list: postrider_imap::Parameters<'_>) -> Parameters {
    list.map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
}

/// What it reads of a command.
pub fn command_value(wire: &[u8]) -> Value {
    let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
    let step = reader.read(wire);
    let Some(CommandPart::Command(TaggedCommand { tag, command })) = step.part else {
        panic!("{}: {:?}", wire.escape_ascii(), step.part)
    };
    let Command::Fetch { set: MessageSet::Set(set), uid: true, attributes, modifiers } = command
    else {
        panic!("{command:?}")
    };
    let range = |range: &SequenceRange| match *range {
        SequenceRange::One(one) => (number(one), number(one)),
        SequenceRange::Between(first, last) => (number(first), number(last)),
        ref other => panic!("{other:?}"),
    };
    let items = match attributes {
        FetchAttributes::All => vec!["ALL".to_owned()],
        FetchAttributes::Fast => vec!["FAST".to_owned()],
        FetchAttributes::Full => vec!["FULL".to_owned()],
        FetchAttributes::List(list) => list.iter().map(item).collect(),
    };
    Value::Fetch(Fetch {
        tag: String::from_utf8_lossy(tag.as_bytes()).into_owned(),
        set: set.ranges().iter().map(range).collect(),
        items,
        changed_since: modifiers.changed_since.map(|mod_seq| mod_seq.get()),
        vanished: modifiers.vanished,
    })
}

fn number(one: SequenceNumber) -> u32 {
    one.value(STAR)
}

/// An attribute as it stands in a command.
fn item(one: &FetchAttribute) -> String {
    let command = Command::Fetch {
        set: SequenceSet::one(1).expect("1 is a number").into(),
        uid: true,
        attributes: one.clone().into(),
        modifiers: Default::default(),
    };
    let alone = TaggedCommand { tag: Tag::new("a").expect("a is a tag"), command };
    let written = alone.encode(WriteOptions::default());
    let wire = String::from_utf8_lossy(written.octets.expose()).into_owned();
    let item = wire.strip_prefix("a UID FETCH 1 ").and_then(|wire| wire.strip_suffix("\r\n"));
    let item = item.expect("that is how it is written");
    item.strip_prefix('(').and_then(|item| item.strip_suffix(')')).unwrap_or(item).to_owned()
}
