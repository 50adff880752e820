//! Octets as JSON.

use serde_json::{Value, json};

/// What stands for a secret.
pub(crate) const SECRET: &str = "[secret]";

/// Octets as a text, where they are UTF-8; otherwise as `{"hex": ".."}`, so that none is lost.
pub(crate) fn text(octets: impl AsRef<[u8]>) -> Value {
    let octets = octets.as_ref();
    match str::from_utf8(octets) {
        Ok(text) => text.into(),
        Err(_) => {
            let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            json!({ "hex": hex })
        }
    }
}

pub(crate) fn texts<T: AsRef<[u8]>>(all: impl IntoIterator<Item = T>) -> Value {
    all.into_iter().map(text).collect()
}

/// `null` where there is none.
pub(crate) fn maybe<T: AsRef<[u8]>>(octets: Option<T>) -> Value {
    octets.map_or(Value::Null, text)
}

/// Anything that has a text of its own.
pub(crate) fn shown(value: impl ToString) -> Value {
    value.to_string().into()
}

pub(crate) fn all_shown<T: ToString>(all: impl IntoIterator<Item = T>) -> Value {
    all.into_iter().map(shown).collect()
}
