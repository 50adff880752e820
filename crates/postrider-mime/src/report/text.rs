//! `*text` of report fields: read as it stands, written so that it is read again as the same text.

use alloc::{borrow::Cow, string::String};

use postrider_message::{
    DateTime, Defects, FieldValue, Folder, HeaderBuilder, InvalidValue, RawValue, WriteValue,
};

/// The text of a value: white space that holds a line end is one blank, control characters are
/// blanks, what is not UTF-8 is U+FFFD, and the ends are trimmed. Comments stay; in text they cannot
/// be told from parentheses.
pub(super) fn text(raw: RawValue<'_>) -> Cow<'_, str> {
    let octets = raw.bytes().trim_ascii();
    match core::str::from_utf8(octets) {
        Ok(text) if !text.contains(is_refused) => Cow::Borrowed(text.trim_matches(BLANK)),
        _ => Cow::Owned(cleaned(&String::from_utf8_lossy(octets))),
    }
}

/// White space of `*text`.
const BLANK: [char; 2] = [' ', '\t'];

/// What no writer takes: control characters but tabs, and the line ends of other alphabets.
pub(super) fn is_refused(character: char) -> bool {
    (character.is_control() && character != '\t') || matches!(character, '\u{2028}' | '\u{2029}')
}

fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split('\n');
    if let Some(first) = lines.next() {
        push_plain(first.trim_end_matches('\r'), &mut out);
    }
    for line in lines {
        let end = out.trim_end_matches(BLANK).len();
        out.truncate(end);
        out.push(' ');
        push_plain(line.trim_end_matches('\r').trim_start_matches(BLANK), &mut out);
    }
    let end = out.trim_end_matches(BLANK).len();
    out.truncate(end);
    let start = out.len().saturating_sub(out.trim_start_matches(BLANK).len());
    out.drain(..start);
    out
}

fn push_plain(line: &str, out: &mut String) {
    out.extend(line.chars().map(|one| if is_refused(one) { ' ' } else { one }));
}

/// `date-time` (RFC 5322 §3.3).
pub(super) fn date(raw: RawValue<'_>, defects: &mut Defects) -> Option<DateTime> {
    let read = Option::<DateTime>::read(raw);
    defects.append(&read.defects);
    read.value
}

/// Text as it may be made into a value: without control characters, and without blanks at its ends,
/// which would not be read again.
pub(super) fn made<'a>(text: impl Into<Cow<'a, str>>) -> Result<Cow<'a, str>, InvalidValue> {
    let text = text.into();
    if text.contains(is_refused) {
        return Err(InvalidValue::ControlCharacter);
    }
    Ok(trimmed(text))
}

/// Text without blanks at its ends.
pub(super) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    let trimmed = text.trim_matches(BLANK);
    if trimmed.len() == text.len() { text } else { Cow::Owned(String::from(trimmed)) }
}

/// Writes text as it stands, folded at its single blanks.
pub(super) struct Plain<'t>(pub(super) &'t str);

impl WriteValue for Plain<'_> {
    fn write_value(&self, to: &mut Folder) {
        let mut start = 0;
        for (at, _) in self.0.match_indices(' ') {
            let beside = |place: Option<usize>| place.and_then(|at| self.0.as_bytes().get(at));
            let is_blank = |octet: Option<&u8>| octet.is_none_or(|octet| b" \t".contains(octet));
            if is_blank(beside(at.checked_sub(1))) || is_blank(beside(at.checked_add(1))) {
                continue;
            }
            to.token(self.0.get(start..at).unwrap_or_default()).blank();
            start = at.saturating_add(1);
        }
        to.token(self.0.get(start..).unwrap_or_default());
    }
}

/// Text and the comment behind it.
pub(super) struct Commented<'t>(pub(super) &'t str, pub(super) Option<&'t str>);

impl WriteValue for Commented<'_> {
    fn write_value(&self, to: &mut Folder) {
        Plain(self.0).write_value(to);
        if let Some(comment) = self.1 {
            to.blank().token("(");
            Plain(comment).write_value(to);
            to.token(")");
        }
    }
}

/// Writes a field that may be left out.
pub(super) fn optional(
    to: HeaderBuilder,
    name: &str,
    value: Option<&impl WriteValue>,
) -> Result<HeaderBuilder, InvalidValue> {
    match value {
        Some(value) => to.named(name, value),
        None => Ok(to),
    }
}

/// The fields of a group, without the empty line that ends a header section: none stands behind the
/// last group (RFC 3464 §2.1).
pub(super) fn group(fields: HeaderBuilder) -> String {
    let mut group = fields.finish();
    let end = group.len().saturating_sub("\r\n".len());
    group.truncate(end);
    group
}

/// Fills what is empty. Tells whether it was.
pub(super) fn once<T>(place: &mut Option<T>, read: impl FnOnce() -> Option<T>) -> bool {
    let is_empty = place.is_none();
    if is_empty {
        *place = read();
    }
    is_empty
}

/// An `atom` (RFC 822 §3.3): what a `-type` subfield is (RFC 3464 §2.1.2).
pub(super) fn is_atom(text: &str) -> bool {
    let is_atext = |octet: u8| octet.is_ascii_graphic() && !b"()<>@,;:\\\".[]".contains(&octet);
    !text.is_empty() && text.bytes().all(is_atext)
}

/// Text without the comment at its end, and that comment (RFC 822 §3.3): `5.0.0 (no such user)`.
pub(super) fn split_comment(text: &str) -> (&str, Option<&str>) {
    let Some(inside) = text.strip_suffix(')') else { return (text, None) };
    let mut depth = 1_usize;
    for (at, octet) in inside.bytes().enumerate().rev() {
        depth = match octet {
            b')' => depth.saturating_add(1),
            b'(' => depth.saturating_sub(1),
            _ => depth,
        };
        if depth == 0 {
            let before = inside.get(..at).unwrap_or_default();
            if !before.is_empty() && !before.ends_with(BLANK) {
                return (text, None);
            }
            let comment = inside.get(at.saturating_add(1)..).unwrap_or_default();
            return (before.trim_end_matches(BLANK), Some(comment));
        }
    }
    (text, None)
}

/// [`split_comment`] of text that may be borrowed.
pub(super) fn cut_comment(text: Cow<'_, str>) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    match text {
        Cow::Borrowed(text) => {
            let (before, comment) = split_comment(text);
            (Cow::Borrowed(before), comment.map(Cow::Borrowed))
        }
        Cow::Owned(text) => {
            let (before, comment) = split_comment(&text);
            (Cow::Owned(before.into()), comment.map(|comment| Cow::Owned(comment.into())))
        }
    }
}

/// A comment that can be written behind text: what [`split_comment`] finds again.
pub(super) fn made_comment<'a>(
    comment: impl Into<Cow<'a, str>>,
) -> Result<Cow<'a, str>, InvalidValue> {
    let comment = comment.into();
    if comment.contains(is_refused) {
        return Err(InvalidValue::ControlCharacter);
    }
    let mut depth = 0_usize;
    for octet in comment.bytes() {
        depth = match octet {
            b'(' => depth.saturating_add(1),
            b')' => depth.checked_sub(1).ok_or(InvalidValue::Grammar)?,
            _ => depth,
        };
    }
    if depth == 0 { Ok(comment) } else { Err(InvalidValue::Grammar) }
}
