//! Addresses of the type `utf-8` in ASCII: `EmbeddedUnicodeChar = "\x{" HEXPOINT "}"` (RFC 6533 §3).

use alloc::{borrow::Cow, string::String};
use core::fmt::Write;

use super::text::is_refused;

const OPEN: &str = "\\x{";

/// Undoes it. What is none, or would be a control character, stays as it stands.
pub(super) fn decode(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(OPEN) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        out.push_str(before);
        match character(behind) {
            Some((character, behind)) => {
                out.push(character);
                rest = behind;
            }
            None => {
                out.push_str(OPEN);
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// `HEXPOINT` of 2 to 6 digits and the closing brace.
fn character(text: &str) -> Option<(char, &str)> {
    let digits = text.bytes().take(7).take_while(u8::is_ascii_hexdigit).count();
    let (point, behind) = text.split_at_checked(digits)?;
    let point = u32::from_str_radix(Some(point).filter(|_| (2..=6).contains(&digits))?, 16).ok()?;
    let character = char::from_u32(point).filter(|&one| !is_refused(one) && one != '\t')?;
    Some((character, behind.strip_prefix('}')?))
}

/// Writes it: in UTF-8 only what would be taken for it, in ASCII whatever is no `QCHAR`.
pub(super) fn encode(text: &str, utf8: bool) -> Cow<'_, str> {
    if utf8 {
        return if text.contains(OPEN) {
            Cow::Owned(text.replace(OPEN, "\\x{5C}x{"))
        } else {
            Cow::Borrowed(text)
        };
    }
    if text.chars().all(is_qchar) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    for one in text.chars() {
        if is_qchar(one) || one == '\t' {
            out.push(one);
        } else {
            // Writing to a `String` does not fail.
            let _ = write!(out, "{OPEN}{:02X}}}", u32::from(one));
        }
    }
    Cow::Owned(out)
}

/// `QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e`
const fn is_qchar(one: char) -> bool {
    one.is_ascii_graphic() && !matches!(one, '+' | '=' | '\\')
}
