//! Postrider. A response is framed first and read then, as a client does it; the others find its end
//! while they read.

use std::{cell::RefCell, hint::black_box, sync::LazyLock};

use memchr::memchr;
use postrider_imap::{
    Limits,
    language::{
        Command, FetchAttribute, FetchAttributes, FetchItem, MessageSet, NumberList, Quirks,
        Response, SequenceNumber, SequenceRange, SequenceSet, Tag, TaggedCommand, WriteOptions,
    },
};

use crate::imap::{
    Unit,
    commands::STAR,
    values::{Fetch, Flags, List, Value},
    writing::Written,
};

pub const NAME: &str = "postrider";

static LIMITS: LazyLock<Limits> = LazyLock::new(Limits::new);

/// Reads it, builds its value and drops it.
pub fn response(unit: &Unit) -> usize {
    let read = Response::parse(framed(&unit.wire), &LIMITS, Quirks::tolerant());
    let (response, quirks) = read.expect("it is well-formed");
    black_box(&response);
    quirks.is_empty().into()
}

/// The same of a command.
pub fn command(unit: &Unit) -> usize {
    let read = TaggedCommand::parse(framed(&unit.wire), &LIMITS, Quirks::strict());
    let (command, quirks) = read.expect("it is well-formed");
    black_box(&command);
    quirks.is_empty().into()
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
    Response::parse(framed(wire), &LIMITS, Quirks::tolerant()).expect("it is well-formed").0
}

/// The octets of a response.
pub fn written(response: &Response) -> Vec<u8> {
    let mut out = Vec::new();
    response.write(&mut out);
    out
}

/// The first unit of some octets, literals included.
fn framed(wire: &[u8]) -> &[u8] {
    let mut end = 0;
    loop {
        let Some(lf) = memchr(b'\n', &wire[end..]) else { return wire };
        let line = &wire[end..end + lf];
        end += lf + 1;
        match line.strip_suffix(b"}\r") {
            Some(line) => {
                let begin = line.iter().rposition(|octet| *octet == b'{').map_or(0, |at| at + 1);
                let digits = std::str::from_utf8(&line[begin..]).unwrap_or_default();
                end += digits.parse::<usize>().unwrap_or_default();
            }
            None => return &wire[..end],
        }
    }
}

/// What it reads.
pub fn value(wire: &[u8]) -> Value {
    let shown = wire.escape_ascii();
    assert_eq!(framed(wire), wire);
    let read = Response::parse(framed(wire), &LIMITS, Quirks::tolerant());
    let (response, quirks) = read.unwrap_or_else(|fault| panic!("{shown}: {fault}"));
    assert!(quirks.is_empty(), "{shown}: {quirks:?}");
    match response {
        Response::Fetch { number, items } => fetch(number.get(), &items),
        Response::List(list) => Value::List(List {
            attributes: std::collections::BTreeSet::new(),
            delimiter: list.delimiter,
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

/// What it reads of a command.
pub fn command_value(wire: &[u8]) -> Value {
    let shown = wire.escape_ascii();
    let read = TaggedCommand::parse(framed(wire), &LIMITS, Quirks::strict());
    let (TaggedCommand { tag, command }, _) =
        read.unwrap_or_else(|fault| panic!("{shown}: {fault}"));
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
