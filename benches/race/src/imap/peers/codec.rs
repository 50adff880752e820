//! `imap-codec`.

use std::{collections::BTreeSet, hint::black_box};

use imap_codec::{
    CommandCodec, ResponseCodec,
    decode::Decoder,
    encode::{Encoder, Fragment},
    imap_types::{
        body::{self, BodyStructure, SpecificFields},
        command::{Command, CommandBody, FetchModifier},
        core::{AString, IString},
        envelope,
        fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName},
        flag::FlagFetch,
        mailbox::Mailbox,
        response::{Data, Response},
        sequence::{SeqOrUid, Sequence},
    },
};

use crate::imap::{
    Unit,
    commands::STAR,
    values::{
        Address, Body, Envelope, Extension, Fetch, Flags, List, NString, Parameters, Single, Value,
    },
    writing::Written,
};

pub const NAME: &str = "imap-codec";

/// Reads it, builds its value and drops it.
pub fn response(unit: &Unit) -> usize {
    let (rest, response) = ResponseCodec::new().decode(&unit.wire).expect("it is well-formed");
    black_box(&response);
    rest.len()
}

/// The same of a command.
pub fn command(unit: &Unit) -> usize {
    let (rest, command) = CommandCodec::new().decode(&unit.wire).expect("it is well-formed");
    black_box(&command);
    rest.len()
}

/// Writes it, as pieces that own their octets: what this library gives without copying them again.
pub fn write(written: &Written) -> usize {
    let pieces = ResponseCodec::new().encode(&written.codec);
    let length = |piece: Fragment| match black_box(piece) {
        Fragment::Line { data } | Fragment::Literal { data, .. } => data.len(),
    };
    pieces.map(length).sum()
}

/// Reads a response, to write it again.
pub fn read(wire: &[u8]) -> Response<'static> {
    let (rest, response) = ResponseCodec::new().decode_static(wire).expect("it is well-formed");
    assert!(rest.is_empty());
    response
}

/// The octets of a response.
pub fn written(response: &Response<'_>) -> Vec<u8> {
    ResponseCodec::new().encode(response).dump()
}

/// What it reads of a command.
pub fn command_value(wire: &[u8]) -> Value {
    let (rest, command) = CommandCodec::new()
        .decode(wire)
        .unwrap_or_else(|fault| panic!("{}: {fault:?}", wire.escape_ascii()));
    assert!(rest.is_empty());
    let tag = command.tag.as_ref().to_owned();
    let CommandBody::Fetch { sequence_set, macro_or_item_names, uid: true, modifiers } =
        command.body
    else {
        panic!("{command:?}")
    };
    let range = |one: &Sequence| match *one {
        Sequence::Single(one) => (number(one), number(one)),
        Sequence::Range(first, last) => (number(first), number(last)),
    };
    let items = match &macro_or_item_names {
        MacroOrMessageDataItemNames::Macro(one) => vec![one.to_string()],
        MacroOrMessageDataItemNames::MessageDataItemNames(list) => list.iter().map(item).collect(),
    };
    let since = |one: &FetchModifier| match one {
        FetchModifier::ChangedSince(modseq) => Some(modseq.get()),
        FetchModifier::Vanished => None,
    };
    Value::Fetch(Fetch {
        tag,
        set: sequence_set.0.as_ref().iter().map(range).collect(),
        items,
        changed_since: modifiers.iter().find_map(since),
        vanished: modifiers.iter().any(|one| matches!(one, FetchModifier::Vanished)),
    })
}

fn number(one: SeqOrUid) -> u32 {
    match one {
        SeqOrUid::Value(number) => number.get(),
        SeqOrUid::Asterisk => STAR,
    }
}

/// An attribute as it stands in a command.
fn item(one: &MessageDataItemName<'_>) -> String {
    let alone = CommandBody::fetch("1", vec![one.clone()], true).expect("1 is a set");
    let alone = Command::new("a", alone).expect("a is a tag");
    let wire = CommandCodec::new().encode(&alone).dump();
    let wire = String::from_utf8(wire).expect("it is ASCII");
    let item = wire.strip_prefix("a UID FETCH 1 ").and_then(|wire| wire.strip_suffix("\r\n"));
    item.expect("that is how it is written").to_owned()
}

/// What it reads.
pub fn value(wire: &[u8]) -> Value {
    let (rest, response) = ResponseCodec::new()
        .decode(wire)
        .unwrap_or_else(|fault| panic!("{}: {fault:?}", wire.escape_ascii()));
    assert!(rest.is_empty());
    match response {
        Response::Data(Data::Fetch { seq, items }) => fetch(seq.get(), items.as_ref()),
        Response::Data(Data::List { items, delimiter, mailbox }) => Value::List(List {
            attributes: items.iter().map(|item| item.to_string().to_lowercase()).collect(),
            delimiter: delimiter.map(|delimiter| delimiter.inner() as u8),
            name: name(&mailbox),
        }),
        Response::Data(Data::Search(ids, None)) => {
            Value::Search(ids.iter().map(|id| id.get()).collect())
        }
        other => panic!("{other:?}"),
    }
}

fn name(mailbox: &Mailbox<'_>) -> Vec<u8> {
    match mailbox {
        Mailbox::Inbox => b"INBOX".to_vec(),
        Mailbox::Other(other) => match other.inner() {
            AString::Atom(atom) => atom.as_ref().as_bytes().to_vec(),
            AString::String(string) => text(string),
        },
    }
}

fn fetch(number: u32, items: &[MessageDataItem<'_>]) -> Value {
    let mut of = Flags { number, uid: 0, flags: BTreeSet::new(), modseq: 0 };
    for item in items {
        match item {
            MessageDataItem::Envelope(one) => return Value::Envelope(envelope(one)),
            MessageDataItem::BodyStructure(one) => return Value::BodyStructure(body(one)),
            MessageDataItem::Flags(flags) => {
                let flag = |flag: &FlagFetch<'_>| match flag {
                    FlagFetch::Flag(flag) => flag.to_string().to_lowercase(),
                    FlagFetch::Recent => "\\recent".into(),
                };
                of.flags = flags.iter().map(flag).collect();
            }
            MessageDataItem::Uid(uid) => of.uid = uid.get(),
            MessageDataItem::ModSeq(modseq) => of.modseq = modseq.get(),
            other => panic!("{other:?}"),
        }
    }
    Value::Flags(of)
}

fn text(string: &IString<'_>) -> Vec<u8> {
    string.as_ref().to_vec()
}

fn texts(string: &imap_codec::imap_types::core::NString<'_>) -> NString {
    string.0.as_ref().map(text)
}

fn envelope(one: &envelope::Envelope<'_>) -> Envelope {
    let addresses = |list: &Vec<envelope::Address<'_>>| {
        let address = |one: &envelope::Address<'_>| {
            Address([&one.name, &one.adl, &one.mailbox, &one.host].map(texts))
        };
        list.iter().map(address).collect()
    };
    Envelope {
        date: texts(&one.date),
        subject: texts(&one.subject),
        addresses: [&one.from, &one.sender, &one.reply_to, &one.to, &one.cc, &one.bcc]
            .map(addresses),
        in_reply_to: texts(&one.in_reply_to),
        message_id: texts(&one.message_id),
    }
}

fn body(one: &BodyStructure<'_>) -> Body {
    match one {
        BodyStructure::Single { body: part, extension_data } => {
            let tail = extension_data.as_ref().and_then(|data| data.tail.as_ref());
            let md5 = extension_data.as_ref().and_then(|data| texts(&data.md5));
            Body::Single(single(part, md5, extension(tail)))
        }
        BodyStructure::Multi { bodies, subtype, extension_data } => {
            let tail = extension_data.as_ref().and_then(|data| data.tail.as_ref());
            let list = extension_data.as_ref().map(|data| parameters(&data.parameter_list));
            Body::Multi {
                parts: bodies.as_ref().iter().map(body).collect(),
                subtype: text(subtype),
                parameters: list.unwrap_or_default(),
                extension: extension(tail),
            }
        }
    }
}

fn single(part: &body::Body<'_>, md5: NString, extension: Extension) -> Single {
    let (media_type, subtype, message, lines) = match &part.specific {
        SpecificFields::Basic { r#type, subtype } => {
            (text(r#type).to_ascii_uppercase(), text(subtype), None, None)
        }
        SpecificFields::Message { envelope: inner, body_structure, number_of_lines } => {
            let message = Box::new((envelope(inner), body(body_structure)));
            (b"MESSAGE".to_vec(), b"RFC822".to_vec(), Some(message), Some(*number_of_lines))
        }
        SpecificFields::Text { subtype, number_of_lines } => {
            (b"TEXT".to_vec(), text(subtype), None, Some(*number_of_lines))
        }
    };
    Single {
        media_type,
        subtype,
        parameters: parameters(&part.basic.parameter_list),
        id: texts(&part.basic.id),
        description: texts(&part.basic.description),
        encoding: text(&part.basic.content_transfer_encoding).to_ascii_uppercase(),
        octets: part.basic.size.into(),
        message,
        lines: lines.map(u64::from),
        md5,
        extension,
    }
}

fn extension(tail: Option<&body::Disposition<'_>>) -> Extension {
    let Some(tail) = tail else { return Extension::default() };
    let language = tail.tail.as_ref();
    let location = language.and_then(|language| language.tail.as_ref());
    assert!(location.is_none_or(|location| location.extensions.is_empty()));
    Extension {
        disposition: tail.disposition.as_ref().map(|(kind, list)| (text(kind), parameters(list))),
        language: language.iter().flat_map(|one| &one.language).map(text).collect(),
        location: location.and_then(|location| texts(&location.location)),
    }
}

fn parameters(list: &[(IString<'_>, IString<'_>)]) -> Parameters {
    list.iter().map(|(name, value)| (text(name), text(value))).collect()
}
