//! The shapes of RFC 8621 §4.1, and of what stands beside the `Email` object.

use serde_json::Value;

/// Whether a value is of a type.
type Type = fn(&Value) -> bool;

fn string(value: &Value) -> bool {
    value.is_string()
}

fn unsigned(value: &Value) -> bool {
    value.is_u64()
}

fn boolean(value: &Value) -> bool {
    value.is_boolean()
}

fn or_null(value: &Value, of: Type) -> bool {
    value.is_null() || of(value)
}

fn string_or_null(value: &Value) -> bool {
    or_null(value, string)
}

fn integer_or_null(value: &Value) -> bool {
    or_null(value, Value::is_i64)
}

fn boolean_or_null(value: &Value) -> bool {
    or_null(value, boolean)
}

fn list(value: &Value, of: Type) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(of))
}

fn strings_or_null(value: &Value) -> bool {
    or_null(value, |value| list(value, string))
}

/// Whether an object has these properties and no others.
fn object(value: &Value, properties: &[(&str, Type)]) -> bool {
    value.as_object().is_some_and(|object| {
        object.len() == properties.len()
            && properties.iter().all(|(name, of)| object.get(*name).is_some_and(of))
    })
}

/// `EmailAddress[]|null`
fn addresses(value: &Value) -> bool {
    or_null(value, |value| {
        list(value, |one| object(one, &[("name", string_or_null), ("email", string)]))
    })
}

/// `EmailHeader[]`
fn headers(value: &Value) -> bool {
    list(value, |one| object(one, &[("name", string), ("value", string)]))
}

const PART: [(&str, Type); 11] = [
    ("partId", string_or_null),
    ("blobId", Value::is_null),
    ("size", unsigned),
    ("name", string_or_null),
    ("type", media_type),
    ("charset", string_or_null),
    ("disposition", string_or_null),
    ("cid", string_or_null),
    ("language", strings_or_null),
    ("location", string_or_null),
    ("subParts", sub_parts),
];

fn media_type(value: &Value) -> bool {
    value.as_str().is_some_and(|ty| ty.split('/').count() >= 2)
}

/// `EmailBodyPart` of `bodyStructure`.
fn structure(value: &Value) -> bool {
    let properties = [&PART[..], &[("headers", headers)]].concat();
    // "This is null if, and only if, the part is of type multipart/*."
    object(value, &properties) && value["partId"].is_null() == value["subParts"].is_array()
}

fn sub_parts(value: &Value) -> bool {
    or_null(value, |value| list(value, structure))
}

/// `EmailBodyPart` of a list.
fn leaf(value: &Value) -> bool {
    object(value, &PART) && value["partId"].is_string() && value["subParts"].is_null()
}

fn leaves(value: &Value) -> bool {
    list(value, leaf)
}

/// `String[EmailBodyValue]`
fn body_values(value: &Value) -> bool {
    let properties =
        [("value", string as Type), ("isEncodingProblem", boolean), ("isTruncated", boolean)];
    value.as_object().is_some_and(|map| map.values().all(|one| object(one, &properties)))
}

/// RFC 8621 §4.1.4: "This MUST NOT be more than 256 characters in length."
fn preview(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.chars().count() <= 256)
}

/// `Date|null` (RFC 8620 §1.4): RFC 3339 with a `T`.
fn date(value: &Value) -> bool {
    or_null(value, |value| {
        value.as_str().is_some_and(|date| date.as_bytes().get(10) == Some(&b'T'))
    })
}

fn hop(value: &Value) -> bool {
    let properties = [
        ("from", string_or_null as Type),
        ("by", string_or_null),
        ("protocol", string_or_null),
        ("id", string_or_null),
        ("encrypted", boolean_or_null),
        ("date", date),
        ("delay", integer_or_null),
        ("lost", integer_or_null),
        ("skew", integer_or_null),
    ];
    object(value, &properties)
}

fn told(value: &Value) -> bool {
    let strings =
        ["code", "severity", "text", "reference"].iter().all(|name| string(&value[*name]));
    let numbers = ["start", "end", "line"].iter().all(|name| unsigned(&value[*name]));
    let part = value.get("part").is_none_or(string);
    strings && numbers && part && value["start"].as_u64() <= value["end"].as_u64()
}

fn imap(value: &Value) -> bool {
    object(value, &[("envelope", list_of_imap), ("bodystructure", list_of_imap)])
}

fn list_of_imap(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with('(') && text.ends_with(')'))
}

/// Fails where a line is no `Email` object, or what is beside it has another shape.
pub(crate) fn check(line: &Value) {
    let properties: [(&str, Type); 25] = [
        ("path", string),
        ("size", unsigned),
        ("messageId", strings_or_null),
        ("inReplyTo", strings_or_null),
        ("references", strings_or_null),
        ("sender", addresses),
        ("from", addresses),
        ("to", addresses),
        ("cc", addresses),
        ("bcc", addresses),
        ("replyTo", addresses),
        ("subject", string_or_null),
        ("sentAt", date),
        ("headers", headers),
        ("bodyStructure", structure),
        ("bodyValues", body_values),
        ("textBody", leaves),
        ("htmlBody", leaves),
        ("attachments", leaves),
        ("hasAttachment", boolean),
        ("preview", preview),
        ("hops", |value| list(value, hop)),
        ("defects", |value| list(value, told)),
        ("ambiguities", |value| list(value, told)),
        ("imap", imap),
    ];
    let object = line.as_object().expect("an object");
    for (name, of) in properties {
        assert!(object.get(name).is_some_and(of), "{name} of {}: {:?}", line["path"], line[name]);
    }
    assert_eq!(object.len(), properties.len(), "{:?}", object.keys());
    for list in ["textBody", "htmlBody", "attachments"] {
        for part in line[list].as_array().expect("a list") {
            let id = part["partId"].as_str().expect("a leaf");
            let is_text = part["type"].as_str().expect("a type").starts_with("text/");
            assert_eq!(line["bodyValues"].get(id).is_some(), is_text, "{id} of {}", line["path"]);
        }
    }
}
