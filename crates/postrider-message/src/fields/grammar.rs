//! What the structured fields share: tokens as text, and their writing.

use alloc::borrow::Cow;

use crate::{
    InvalidValue, Lexeme, Token,
    write::{quoted, refuse_controls},
};

/// `token = 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials>` (RFC 2045 §5.1)
pub(crate) const fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(
            octet,
            b'(' | b')'
                | b'<'
                | b'>'
                | b'@'
                | b','
                | b';'
                | b':'
                | b'\\'
                | b'"'
                | b'/'
                | b'['
                | b']'
                | b'?'
                | b'='
        )
}

/// Whether this is one token of RFC 2045 §5.1.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&octet| is_token_octet(octet))
}

/// The text of a lexeme that is a token of ASCII without controls.
pub(crate) fn token<'a>(lexeme: &Lexeme<'a>) -> Option<&'a str> {
    let Token::Atom(text) = lexeme.token else { return None };
    let ascii = text.iter().all(u8::is_ascii_graphic);
    if ascii { core::str::from_utf8(text).ok() } else { None }
}

/// `value = token / quoted-string` (RFC 2045 §5.1)
pub(crate) fn value(text: &str) -> Cow<'_, str> {
    if is_token(text.as_bytes()) { Cow::Borrowed(text) } else { Cow::Owned(quoted(text)) }
}

/// Text that a comment can hold: ASCII without control characters but tabs.
pub(crate) fn comment_text(text: Cow<'_, str>) -> Result<Cow<'_, str>, InvalidValue> {
    refuse_controls(&text)?;
    if text.is_ascii() { Ok(text) } else { Err(InvalidValue::Grammar) }
}

/// The octet of two hexadecimal digits.
pub(crate) fn hex_octet(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    u8::try_from(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?).ok()
}
