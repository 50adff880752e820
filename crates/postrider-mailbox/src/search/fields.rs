//! Header fields, as a search reads them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use memchr::memmem;
use postrider_imap::Date;
use postrider_message::{
    Address, AddressList, DateTime, Field, FieldName, FieldValue, Headers, Mailbox, RawValue, Text,
};

use super::Substring;

/// The day that the `Date` field tells, in its own zone; the first there is where it cannot be read.
pub(super) fn sent(headers: Headers<'_>) -> Option<Date> {
    let day = |date: DateTime| {
        let (year, month, day) = date.date();
        Date::new(year, month.into(), day.into()).ok()
    };
    headers.date()?.value.and_then(day).or_else(|| Date::new(0, 1, 1).ok())
}

/// `HEADER`
pub(super) fn named(headers: Headers<'_>, name: &[u8], string: &Substring) -> bool {
    headers.named(name).any(|field| string.is_empty() || string.is_in(&value(field)))
}

/// `SUBJECT`
pub(super) fn subject(headers: Headers<'_>, string: &Substring) -> bool {
    headers.all(FieldName::Subject).any(|field| {
        let value = value(field);
        string.is_in(&value) || squeezed(&value).is_some_and(|value| string.is_in(&value))
    })
}

/// `FROM`, `TO`, `CC`, `BCC`
pub(super) fn addresses(headers: Headers<'_>, name: FieldName, string: &Substring) -> bool {
    headers.all(name).any(|field| {
        string.is_empty()
            || string.is_in(&value(field))
            || string.is_in(&list(&AddressList::read(field.raw_value()).value))
    })
}

/// Whether a line of the header section has it.
pub(super) fn any(headers: Headers<'_>, string: &Substring) -> bool {
    headers.fields().any(|field| string.is_in(&line(field)))
}

/// The value as a text: unfolded, and encoded words are decoded.
fn value(field: Field<'_>) -> Cow<'_, str> {
    text(field.value())
}

/// Name, colon and value.
fn line(field: Field<'_>) -> Cow<'_, str> {
    let raw = field.raw();
    let raw = raw.strip_suffix(b"\n").map_or(raw, |raw| raw.strip_suffix(b"\r").unwrap_or(raw));
    let (before, value) = match raw.len().checked_sub(field.value().len()) {
        Some(before) => raw.split_at_checked(before).unwrap_or((raw, &[])),
        None => (raw, &[][..]),
    };
    if is_plain(value)
        && let Ok(line) = core::str::from_utf8(raw)
    {
        return Cow::Borrowed(line);
    }
    let blank = value.len().saturating_sub(value.trim_ascii_start().len());
    let blanks = if blank > 0 { " " } else { "" };
    let mut line = String::from_utf8_lossy(before).into_owned();
    line.push_str(blanks);
    line.push_str(&text(value));
    Cow::Owned(line)
}

/// Whether nothing is folded or encoded, so that the text is what stands there.
fn is_plain(value: &[u8]) -> bool {
    memchr::memchr2(b'\n', b'\r', value).is_none() && memmem::find(value, b"=?").is_none()
}

fn text(value: &[u8]) -> Cow<'_, str> {
    if is_plain(value)
        && let Ok(text) = core::str::from_utf8(value)
    {
        return Cow::Borrowed(text.trim_ascii());
    }
    let unfolded = unfolded(value);
    Cow::Owned(Text::read(RawValue::new(&unfolded)).value.into_cow().into_owned())
}

/// The value with a blank for each line end and the white space behind it, one octet of which belongs
/// to the line end.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    for (at, line) in value.split(|octet| *octet == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if at > 0 {
            out.push(b' ');
            line.get(1..).unwrap_or_default()
        } else {
            line
        };
        out.extend_from_slice(line);
    }
    out
}

/// With one blank for each run of white space; `None` where that is how it stands.
fn squeezed(text: &str) -> Option<String> {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let runs = || text.as_bytes().windows(2).any(|pair| pair.iter().all(is_blank));
    if !text.contains(['\t', '\r', '\n']) && !runs() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Some(out)
}

/// `name <local@domain>, name: local@domain;`
fn list(list: &AddressList<'_>) -> String {
    let mut out = String::new();
    for address in list.addresses() {
        if !out.is_empty() {
            out.push_str(", ");
        }
        match address {
            Address::Mailbox(mailbox) => push(mailbox, &mut out),
            Address::Group(group) => {
                out.push_str(group.name());
                out.push_str(": ");
                for (at, mailbox) in group.mailboxes().iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    push(mailbox, &mut out);
                }
                out.push(';');
            }
        }
    }
    out
}

fn push(mailbox: &Mailbox<'_>, out: &mut String) {
    let addr = mailbox.addr_spec();
    let (before, behind) = match mailbox.name() {
        Some(name) => {
            out.push_str(name);
            (" <", ">")
        }
        None => ("", ""),
    };
    out.extend([before, addr.local_part(), "@", addr.domain(), behind]);
}
