//! What the values of tags say: numbers, octets, lists.

use alloc::{borrow::Cow, vec::Vec};

use encodify::base64;
use memchr::memchr;

use super::Tag;
use crate::{Lexer, RawValue, Token, fields::grammar::hex_octet, text::lossy};

/// The instance of an ARC set: a number from 1 to 50, comments around it.
pub(in crate::fields) fn instance(value: &[u8]) -> Option<u8> {
    let digits = core::str::from_utf8(first_atom(value)?).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && (1..=50).contains(number))
}

pub(super) fn first_atom(value: &[u8]) -> Option<&[u8]> {
    match Lexer::mime(RawValue::new(value)).next_solid()?.token {
        Token::Atom(atom) => Some(atom),
        _ => None,
    }
}

pub(super) fn octets(tag: &Tag<'_>) -> Option<Vec<u8>> {
    base64::STANDARD.decode(tag.compact()).ok()
}

pub(super) fn number(tag: &Tag<'_>) -> Option<u64> {
    let value = core::str::from_utf8(tag.value()).ok()?;
    let plain = value.bytes().all(|digit| digit.is_ascii_digit());
    if plain { value.parse().ok() } else { None }
}

pub(super) fn colons<'t>(tag: Option<&'t Tag<'_>>) -> impl Iterator<Item = Cow<'t, str>> {
    let items = tag.map(|tag| tag.value().split(|&octet| octet == b':'));
    items.into_iter().flatten().map(|name| lossy(Cow::Borrowed(name.trim_ascii())))
}

pub(super) fn copied<'t>(
    tag: Option<&'t Tag<'_>>,
) -> impl Iterator<Item = (Cow<'t, str>, Vec<u8>)> {
    let items = tag.map(|tag| tag.value().split(|&octet| octet == b'|'));
    items.into_iter().flatten().filter_map(|field| {
        let colon = memchr(b':', field)?;
        let (name, value) = field.split_at_checked(colon)?;
        Some((lossy(Cow::Borrowed(name.trim_ascii())), unquoted(value.get(1..)?)))
    })
}

/// `dkim-quoted-printable` (RFC 6376 §2.11): white space is dropped, `=` and two digits are an
/// octet. An equals sign that starts none is a character.
pub(super) fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match after {
            [high, low, after @ ..] if octet == b'=' => match hex_octet(*high, *low) {
                Some(decoded) => {
                    out.push(decoded);
                    rest = after;
                }
                None => out.push(octet),
            },
            _ if octet.is_ascii_whitespace() => {}
            _ => out.push(octet),
        }
    }
    out
}
