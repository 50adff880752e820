//! The field `Content-Length` of a mail, which tells the octets of its body in the mailbox.

const NAME: &[u8] = b"Content-Length";

/// Whether this is a `Content-Length` field, or may become one.
pub(super) fn begins_length(octets: &[u8]) -> bool {
    let length = octets.len().min(NAME.len());
    let (name, octets) = (NAME.get(..length), octets.get(..length));
    name.zip(octets).is_some_and(|(name, octets)| name.eq_ignore_ascii_case(octets))
}

/// What a line tells: `None` where it is no `Content-Length`, `Some(None)` where that is no number.
pub(super) fn content_length(line: &[u8]) -> Option<Option<u64>> {
    let (name, value) = line.split_at_checked(NAME.len())?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    let value = value.trim_ascii_start().strip_prefix(b":")?.trim_ascii();
    let digits = core::str::from_utf8(value).ok().filter(|value| !value.starts_with('+'));
    Some(digits.and_then(|digits| digits.parse().ok()))
}
