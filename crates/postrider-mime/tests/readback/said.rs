//! What a message says, as JSON: of the generator, and of our reader.
//!
//! `fields` has the fields of the message; `parts` has every part in order, multiparts and nested
//! messages too: its type, and `name`, `id`, `description`, `disposition` where it has them. A part
//! that has no parts has its `content`, in hexadecimal; that of text has LF line ends.

use postrider_message::{AddressList, FieldName, Headers};
use postrider_mime::{Message, Part, TransferEncoding};
use serde_json::{Map, Value, json};

/// A message, and what it must say.
pub(crate) struct Letter {
    pub(crate) octets: Vec<u8>,
    pub(crate) says: Value,
}

pub(crate) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Whether line ends of such content are line ends of text.
pub(crate) fn is_text(ty: &str) -> bool {
    ty.starts_with("text/") || ty.starts_with("message/") || ty.starts_with("application/pgp-")
}

pub(crate) fn content(ty: &str, octets: &[u8]) -> String {
    if !is_text(ty) {
        return hexadecimal(octets);
    }
    let mut out = Vec::with_capacity(octets.len());
    for (at, octet) in octets.iter().enumerate() {
        if *octet != b'\r' || octets.get(at + 1) != Some(&b'\n') {
            out.push(*octet);
        }
    }
    hexadecimal(&out)
}

/// What our reader reads.
pub(crate) fn read(octets: &[u8]) -> Value {
    let message = Message::parse(octets).unwrap();
    // Octets that are no lines are told of binary contents too.
    let is_binary = message.root().transfer_encoding() == TransferEncoding::Binary;
    assert!(is_binary || message.all_defects().is_empty(), "{}", octets.escape_ascii());
    assert!(message.section_defects().next().is_none(), "{}", octets.escape_ascii());
    let parts: Vec<Value> = message.parts().map(part).collect();
    json!({ "fields": fields(message.headers()), "parts": parts })
}

fn fields(headers: Headers<'_>) -> Value {
    let people = |name: FieldName| -> Vec<Value> {
        let list = headers.read::<AddressList<'_>>(name);
        let shown = list.iter().flat_map(|list| list.value.mailboxes()).map(|one| {
            let addr = one.addr_spec();
            let address = format!("{}@{}", addr.local_part(), addr.domain());
            json!([one.name().unwrap_or_default(), address])
        });
        shown.collect()
    };
    let ids = headers.message_id();
    json!({
        "subject": headers.subject().map(|text| text.value.as_str().to_owned()),
        "from": people(FieldName::From),
        "to": people(FieldName::To),
        "cc": people(FieldName::Cc),
        "date": headers.date().and_then(|date| date.value).map(|date| date.unix()),
        "id": ids.and_then(|ids| Some(ids.value.ids().first()?.as_str().to_owned())),
    })
}

fn part(part: Part<'_>) -> Value {
    let ty = part.content_type().value;
    let ty = format!("{}/{}", ty.ty(), ty.subtype());
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            out.insert(key.to_owned(), Value::String(value));
        }
    };
    put("name", part.file_name());
    put("disposition", part.disposition().map(|one| one.value.ty().to_owned()));
    put("id", part.id().map(|id| String::from_utf8_lossy(&id).trim_matches(['<', '>']).to_owned()));
    put("description", part.description().map(|text| text.value.as_str().to_owned()));
    if !part.is_multipart() && part.message().is_none() {
        put("content", Some(content(&ty, &part.decoded().value)));
    }
    out.insert("type".to_owned(), Value::String(ty));
    Value::Object(out)
}
