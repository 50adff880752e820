//! The first lines of a page: who wrote what to whom, and how it begins.

use std::fmt::Write;

use postrider::{
    message::{AddressList, FieldName, Headers},
    mime::Message,
};

use super::{
    parts::lone_preamble,
    safe::{SHOWN, Safe},
};

/// Characters of a list of addresses that are shown; of a longer one, whole addresses.
const ADDRESSES: usize = 160;
/// Characters of a preview.
const PREVIEW: usize = 160;

/// Writes the fields that a person looks for. One that cannot be read is shown as it stands.
pub(crate) fn write<B: AsRef<[u8]>>(page: &mut String, message: &Message<B>) -> std::fmt::Result {
    let headers = message.headers();
    let names = [
        ("From", FieldName::From),
        ("Sender", FieldName::Sender),
        ("Reply-To", FieldName::ReplyTo),
        ("To", FieldName::To),
        ("Cc", FieldName::Cc),
        ("Bcc", FieldName::Bcc),
    ];
    for (label, name) in names {
        let list = headers.read::<AddressList<'_>>(name);
        line(page, label, headers, name, list.map(|list| addresses(&list.value)))?;
    }
    if let Some(subject) = headers.subject() {
        writeln!(page, "Subject: {}", Safe(subject.value.as_str(), SHOWN))?;
    }
    let date = headers.date().map(|date| date.value.map(|date| date.to_string()));
    line(page, "Date", headers, FieldName::Date, date.map(Option::unwrap_or_default))?;
    let ids = headers.message_id().map(|ids| {
        let ids = ids.value.ids().iter().map(|id| id.as_str().to_owned());
        ids.collect::<Vec<_>>().join(" ")
    });
    line(page, "Message-ID", headers, FieldName::MessageId, ids)?;
    let preview = message.preview(PREVIEW + 1);
    if !preview.is_empty() {
        return writeln!(page, "Preview: {}", Safe(&cut(&preview), SHOWN));
    }
    match lone_preamble(message.root()) {
        Some(text) => {
            let text = String::from_utf8_lossy(&text[..text.len().min(PREVIEW * 4)]);
            let words: Vec<_> = text.split_whitespace().collect();
            writeln!(page, "Preamble: {}", Safe(&cut(&words.join(" ")), SHOWN))
        }
        None => Ok(()),
    }
}

/// A line of a field that is there: what was read of it or, where that is nothing, all of it.
fn line(
    page: &mut String,
    label: &str,
    headers: Headers<'_>,
    name: FieldName,
    read: Option<String>,
) -> std::fmt::Result {
    let (Some(read), Some(field)) = (read, headers.get(name)) else { return Ok(()) };
    if !read.is_empty() {
        // Long lists were cut where an address ends.
        return writeln!(page, "{label}: {}", Safe(&read, ADDRESSES + 2 * SHOWN));
    }
    let raw = field.unfolded();
    match String::from_utf8_lossy(raw.trim_ascii()).as_ref() {
        "" => writeln!(page, "{label}: (empty)"),
        raw => writeln!(page, "{label}: {} (cannot be read)", Safe(raw, SHOWN)),
    }
}

fn addresses(list: &AddressList<'_>) -> String {
    let (mut shown, mut length) = (Vec::new(), 0);
    for one in list.addresses() {
        let one = Safe(&one.to_string(), SHOWN).to_string();
        length += one.chars().count() + 2;
        if length > ADDRESSES && !shown.is_empty() {
            break;
        }
        shown.push(one);
    }
    let list = match list.addresses().len() - shown.len() {
        0 => None,
        more => Some(format!(" and {more} more")),
    };
    shown.join(", ") + &list.unwrap_or_default()
}

/// The first characters of a text, to the end of a word where one ends near, and a mark where more
/// follows.
fn cut(text: &str) -> String {
    let Some((end, next)) = text.char_indices().nth(PREVIEW) else { return text.to_owned() };
    let start = &text[..end];
    let word = start.rfind(' ').filter(|blank| next != ' ' && *blank > end / 2);
    format!("{}…", start[..word.unwrap_or(end)].trim_end())
}
