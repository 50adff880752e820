//! FETCH: what is asked, and what is told.

use postrider::imap::{
    BodySection, FetchAttribute, FetchAttributes, FetchItem, FetchModifiers, Partial, PartialRange,
    Raw,
};
use serde_json::{Map, Value, json};

use super::body::{envelope, structure};
use super::text::{all_shown, maybe, shown, text, texts};

/// An item as `{"NAME": value}`.
pub(crate) fn item(item: &FetchItem) -> Value {
    let (name, value) = match item {
        FetchItem::Envelope(it) => ("ENVELOPE".into(), envelope(it.view())),
        FetchItem::Flags(flags) => ("FLAGS".into(), all_shown(flags.iter())),
        FetchItem::InternalDate(date) => ("INTERNALDATE".into(), date.map_or(Value::Null, shown)),
        FetchItem::Rfc822Size(octets) => ("RFC822.SIZE".into(), (*octets).into()),
        FetchItem::Uid(uid) => ("UID".into(), uid.get().into()),
        FetchItem::Body(it) => ("BODY".into(), structure(it)),
        FetchItem::BodyStructure(it) => ("BODYSTRUCTURE".into(), structure(it)),
        FetchItem::BinarySize(part, octets) => {
            (format!("BINARY.SIZE[{}]", dotted(part)), (*octets).into())
        }
        FetchItem::ModSeq(mod_seq) => ("MODSEQ".into(), mod_seq.get().into()),
        FetchItem::EmailId(id) => ("EMAILID".into(), text(id)),
        FetchItem::ThreadId(id) => ("THREADID".into(), maybe(id.as_ref())),
        FetchItem::SaveDate(date) => ("SAVEDATE".into(), date.map_or(Value::Null, shown)),
        FetchItem::Preview(preview) => ("PREVIEW".into(), maybe(preview.as_ref())),
        FetchItem::GmailMessageId(id) => ("X-GM-MSGID".into(), (*id).into()),
        FetchItem::GmailThreadId(id) => ("X-GM-THRID".into(), (*id).into()),
        FetchItem::GmailLabels(labels) => ("X-GM-LABELS".into(), texts(labels)),
        FetchItem::Unparsed(raw) => ("unparsed".into(), text(raw.as_bytes())),
        // Of a later version.
        other => ("unparsed".into(), format!("{other:?}").into()),
    };
    json!({ name: value })
}

/// Octets of a message, which are counted, as `{"BODY[TEXT]": {"octets": 5}}`.
pub(crate) fn octets(section: &BodySection, origin: Option<u64>, octets: Option<u64>) -> Value {
    let mut value = Map::new();
    if let Some(origin) = origin {
        value.insert("origin".into(), origin.into());
    }
    value.insert("octets".into(), octets.map_or(Value::Null, Value::from));
    json!({ section_name(section): value })
}

fn section_name(section: &BodySection) -> String {
    match section {
        BodySection::Section(section) => format!("BODY[{section}]"),
        BodySection::Binary(part) => format!("BINARY[{}]", dotted(part)),
        BodySection::Rfc822 => "RFC822".into(),
        BodySection::Rfc822Header => "RFC822.HEADER".into(),
        BodySection::Rfc822Text => "RFC822.TEXT".into(),
    }
}

fn dotted(part: &[u32]) -> String {
    part.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

pub(crate) fn attributes(attributes: &FetchAttributes) -> Value {
    match attributes {
        FetchAttributes::All => json!(["ALL"]),
        FetchAttributes::Fast => json!(["FAST"]),
        FetchAttributes::Full => json!(["FULL"]),
        FetchAttributes::List(list) => list.iter().map(attribute).collect(),
    }
}

/// As it is written.
pub(crate) fn attribute(attribute: &FetchAttribute) -> Value {
    let peek = |peek: &bool| if *peek { ".PEEK" } else { "" };
    let partial = |partial: &Option<Partial>| {
        partial.map_or(String::new(), |it| format!("<{}.{}>", it.origin(), it.octets()))
    };
    let name = match attribute {
        FetchAttribute::Envelope => "ENVELOPE",
        FetchAttribute::Flags => "FLAGS",
        FetchAttribute::InternalDate => "INTERNALDATE",
        FetchAttribute::Rfc822Size => "RFC822.SIZE",
        FetchAttribute::Uid => "UID",
        FetchAttribute::Body => "BODY",
        FetchAttribute::BodyStructure => "BODYSTRUCTURE",
        FetchAttribute::BodySection { section, peek: it, partial: range } => {
            return format!("BODY{}[{section}]{}", peek(it), partial(range)).into();
        }
        FetchAttribute::Binary { part, peek: it, partial: range } => {
            return format!("BINARY{}[{}]{}", peek(it), dotted(part), partial(range)).into();
        }
        FetchAttribute::BinarySize(part) => {
            return format!("BINARY.SIZE[{}]", dotted(part)).into();
        }
        FetchAttribute::Rfc822 => "RFC822",
        FetchAttribute::Rfc822Header => "RFC822.HEADER",
        FetchAttribute::Rfc822Text => "RFC822.TEXT",
        FetchAttribute::ModSeq => "MODSEQ",
        FetchAttribute::EmailId => "EMAILID",
        FetchAttribute::ThreadId => "THREADID",
        FetchAttribute::SaveDate => "SAVEDATE",
        FetchAttribute::Preview { lazy: false } => "PREVIEW",
        FetchAttribute::Preview { lazy: true } => "PREVIEW (LAZY)",
        FetchAttribute::GmailMessageId => "X-GM-MSGID",
        FetchAttribute::GmailThreadId => "X-GM-THRID",
        FetchAttribute::GmailLabels => "X-GM-LABELS",
        FetchAttribute::Other(raw) => return text(raw.as_bytes()),
        other => return format!("{other:?}").into(),
    };
    name.into()
}

pub(crate) fn modifiers(modifiers: &FetchModifiers) -> Value {
    let mut value = Map::new();
    if let Some(mod_seq) = modifiers.changed_since {
        value.insert("CHANGEDSINCE".into(), mod_seq.get().into());
    }
    if modifiers.vanished {
        value.insert("VANISHED".into(), true.into());
    }
    if let Some(range) = modifiers.partial {
        value.insert("PARTIAL".into(), partial_range(range));
    }
    others(&mut value, &modifiers.others);
    value.into()
}

/// Parameters that have no name here, as they stand.
pub(crate) fn others(
    value: &mut Map<String, Value>,
    others: &[(postrider::imap::Atom, Option<Raw>)],
) {
    for (name, raw) in others {
        value
            .insert(name.to_string(), raw.as_ref().map_or(Value::Null, |raw| text(raw.as_bytes())));
    }
}

pub(crate) fn partial_range(range: PartialRange) -> Value {
    match range {
        PartialRange::First(from, to) => format!("{from}:{to}").into(),
        PartialRange::Last(from, to) => format!("-{from}:-{to}").into(),
    }
}
