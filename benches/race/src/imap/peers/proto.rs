//! `imap-proto`. It leaves the backslashes in quoted strings and knows no literal from a quoted string;
//! no literal of ours has a backslash, so what it gives is compared without them.

use std::{borrow::Cow, collections::BTreeSet, hint::black_box};

use imap_proto::{
    AttributeValue, BodyContentCommon, BodyContentSinglePart, BodyParams, BodyStructure,
    ContentEncoding, MailboxDatum, NameAttribute, Response,
};

use crate::imap::{
    Unit,
    values::{Address, Body, Envelope, Extension, Flags, List, NString, Parameters, Single, Value},
};

pub const NAME: &str = "imap-proto";

/// Reads it, builds its value and drops it.
pub fn response(unit: &Unit) -> usize {
    let (rest, response) = Response::parse(&unit.wire).expect("it is well-formed");
    black_box(&response);
    rest.len()
}

/// What it reads.
pub fn value(wire: &[u8]) -> Value {
    let (rest, response) =
        Response::parse(wire).unwrap_or_else(|fault| panic!("{}: {fault}", wire.escape_ascii()));
    assert!(rest.is_empty());
    match response {
        Response::Fetch(number, items) => fetch(number, items),
        Response::MailboxData(MailboxDatum::List(list)) => Value::List(List {
            attributes: list.name_attributes.iter().map(attribute).collect(),
            delimiter: list.delimiter.and_then(|text| text.bytes().next()),
            name: text(&list.name),
        }),
        Response::MailboxData(MailboxDatum::Search(ids)) => Value::Search(ids),
        other => panic!("{other:?}"),
    }
}

fn fetch(number: u32, items: Vec<AttributeValue<'_>>) -> Value {
    let mut of = Flags { number, uid: 0, flags: BTreeSet::new(), modseq: 0 };
    for item in items {
        match item {
            AttributeValue::Envelope(one) => return Value::Envelope(envelope(&one)),
            AttributeValue::BodyStructure(one) => return Value::BodyStructure(body(&one)),
            AttributeValue::Flags(flags) => {
                of.flags = flags.iter().map(|flag| flag.to_lowercase()).collect();
            }
            AttributeValue::Uid(uid) => of.uid = uid,
            AttributeValue::ModSeq(modseq) => of.modseq = modseq,
            other => panic!("{other:?}"),
        }
    }
    Value::Flags(of)
}

fn attribute(one: &NameAttribute<'_>) -> String {
    let name = match one {
        NameAttribute::NoSelect => "\\noselect",
        NameAttribute::Marked => "\\marked",
        NameAttribute::Unmarked => "\\unmarked",
        NameAttribute::All => "\\all",
        NameAttribute::Drafts => "\\drafts",
        NameAttribute::Junk => "\\junk",
        NameAttribute::Archive => "\\archive",
        NameAttribute::Sent => "\\sent",
        NameAttribute::Trash => "\\trash",
        NameAttribute::Extension(name) => name,
        other => panic!("{other:?}"),
    };
    name.to_lowercase()
}

/// Without the backslashes of a quoted string.
fn unescaped(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut octets = octets.iter();
    while let Some(octet) = octets.next() {
        out.extend(if *octet == b'\\' { octets.next() } else { Some(octet) });
    }
    out
}

fn text(text: &Cow<'_, str>) -> Vec<u8> {
    unescaped(text.as_bytes())
}

fn texts(text: &Option<Cow<'_, str>>) -> NString {
    text.as_ref().map(self::text)
}

fn envelope(one: &imap_proto::Envelope<'_>) -> Envelope {
    let text = |text: &Option<Cow<'_, [u8]>>| text.as_deref().map(unescaped);
    let addresses = |list: &Option<Vec<imap_proto::Address<'_>>>| {
        let address = |one: &imap_proto::Address<'_>| {
            Address([&one.name, &one.adl, &one.mailbox, &one.host].map(text))
        };
        list.iter().flatten().map(address).collect()
    };
    Envelope {
        date: text(&one.date),
        subject: text(&one.subject),
        addresses: [&one.from, &one.sender, &one.reply_to, &one.to, &one.cc, &one.bcc]
            .map(addresses),
        in_reply_to: text(&one.in_reply_to),
        message_id: text(&one.message_id),
    }
}

fn body(one: &BodyStructure<'_>) -> Body {
    match one {
        BodyStructure::Basic { common, other, extension: None } => {
            Body::Single(single(common, other))
        }
        BodyStructure::Text { common, other, lines, extension: None } => {
            Body::Single(Single { lines: Some((*lines).into()), ..single(common, other) })
        }
        BodyStructure::Message { common, other, envelope: inner, body, lines, extension: None } => {
            Body::Single(Single {
                message: Some(Box::new((envelope(inner), self::body(body)))),
                lines: Some((*lines).into()),
                ..single(common, other)
            })
        }
        BodyStructure::Multipart { common, bodies, extension: None } => Body::Multi {
            parts: bodies.iter().map(body).collect(),
            subtype: text(&common.ty.subtype),
            parameters: parameters(&common.ty.params),
            extension: extension(common),
        },
        other => panic!("{other:?}"),
    }
}

fn single(common: &BodyContentCommon<'_>, other: &BodyContentSinglePart<'_>) -> Single {
    let encoding = match &other.transfer_encoding {
        ContentEncoding::SevenBit => b"7BIT".to_vec(),
        ContentEncoding::EightBit => b"8BIT".to_vec(),
        ContentEncoding::Binary => b"BINARY".to_vec(),
        ContentEncoding::Base64 => b"BASE64".to_vec(),
        ContentEncoding::QuotedPrintable => b"QUOTED-PRINTABLE".to_vec(),
        ContentEncoding::Other(other) => text(other).to_ascii_uppercase(),
    };
    Single {
        media_type: text(&common.ty.ty).to_ascii_uppercase(),
        subtype: text(&common.ty.subtype),
        parameters: parameters(&common.ty.params),
        id: texts(&other.id),
        description: texts(&other.description),
        encoding,
        octets: other.octets.into(),
        message: None,
        lines: None,
        md5: texts(&other.md5),
        extension: extension(common),
    }
}

fn extension(common: &BodyContentCommon<'_>) -> Extension {
    Extension {
        disposition: common
            .disposition
            .as_ref()
            .map(|one| (text(&one.ty), parameters(&one.params))),
        language: common.language.iter().flatten().map(text).collect(),
        location: texts(&common.location),
    }
}

fn parameters(list: &BodyParams<'_>) -> Parameters {
    list.iter().flatten().map(|(name, value)| (text(name), text(value))).collect()
}
