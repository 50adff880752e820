//! Envelopes and structures of messages.

use postrider::imap::{Address, BodyStructure, EnvelopeView, Part, PartKind};
use serde_json::{Map, Value, json};

use super::text::{maybe, text, texts};

pub(crate) fn envelope(envelope: EnvelopeView<'_>) -> Value {
    let addresses = |all: postrider::imap::Addresses<'_>| all.map(address).collect::<Value>();
    json!({
        "date": maybe(envelope.date()),
        "subject": maybe(envelope.subject()),
        "from": addresses(envelope.from()),
        "sender": addresses(envelope.sender()),
        "reply-to": addresses(envelope.reply_to()),
        "to": addresses(envelope.to()),
        "cc": addresses(envelope.cc()),
        "bcc": addresses(envelope.bcc()),
        "in-reply-to": maybe(envelope.in_reply_to()),
        "message-id": maybe(envelope.message_id()),
    })
}

/// As RFC 9051 §7.5.2 has it: without a host it begins a group, without anything it ends one.
fn address(address: Address<'_>) -> Value {
    let Address { name, route, mailbox, host } = address;
    let mut value = Map::new();
    for (key, octets) in [("name", name), ("route", route), ("mailbox", mailbox), ("host", host)] {
        if let Some(octets) = octets {
            value.insert(key.into(), text(octets));
        }
    }
    value.into()
}

/// The parts in a flat list, each with the number by which FETCH knows it (RFC 9051 §6.4.5.1): readers
/// of JSON bound how deep it is.
pub(crate) fn structure(structure: &BodyStructure) -> Value {
    let mut parts = Vec::new();
    let root = structure.root();
    // A message that is no multipart has one part.
    let number = if root.kind() == PartKind::Multipart { "" } else { "1" };
    let mut left = vec![(root, String::from(number))];
    while let Some((of, number)) = left.pop() {
        parts.push(part(of, &number));
        let is_message = of.kind() == PartKind::Message;
        let mut children = Vec::new();
        for (at, child) in of.parts().enumerate() {
            // The multipart of an attached message has the number of the message.
            children.push(match (is_message, child.kind()) {
                (true, PartKind::Multipart) => (child, number.clone()),
                _ if number.is_empty() => (child, (at + 1).to_string()),
                _ => (child, format!("{number}.{}", at + 1)),
            });
        }
        left.extend(children.into_iter().rev());
    }
    parts.into()
}

fn part(part: Part<'_>, number: &str) -> Value {
    let mut value = Map::new();
    let mut put = |key: &str, that: Value| {
        let is_empty = that.is_null() || that.as_array().is_some_and(Vec::is_empty);
        if !is_empty && that.as_object().is_none_or(|object| !object.is_empty()) {
            value.insert(key.into(), that);
        }
    };
    let parameters = |all: postrider::imap::Parameters<'_>| -> Value {
        all.map(|(name, value)| json!({"name": text(name), "value": text(value)})).collect()
    };
    put("part", number.into());
    put("type", text(part.media_type()));
    put("subtype", text(part.subtype()));
    put("parameters", parameters(part.parameters()));
    put("id", maybe(part.id()));
    put("description", maybe(part.description()));
    if part.kind() != PartKind::Multipart {
        put("encoding", text(part.encoding()));
        put("octets", part.octets().into());
    }
    put("lines", part.lines().map_or(Value::Null, Value::from));
    put("envelope", part.envelope().map_or(Value::Null, envelope));
    put("md5", maybe(part.md5()));
    if let Some(disposition) = part.disposition() {
        let kind = text(disposition.kind);
        put("disposition", json!({"type": kind, "parameters": parameters(disposition.parameters)}));
    }
    put("language", texts(part.language()));
    put("location", maybe(part.location()));
    value.into()
}
