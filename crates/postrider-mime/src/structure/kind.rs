//! What a part is, from its header section.

use alloc::vec::Vec;

use postrider_message::{Code, FieldValue, RawValue};

use super::delimiter::LONGEST_LINE;
use crate::{ContentType, TransferEncoding, code};

/// The longest boundary: what fits between the hyphens of a closing delimiter. RFC 2046 §5.1.1 allows
/// 70 characters.
const LONGEST_BOUNDARY: usize = LONGEST_LINE - b"----\r\n".len();

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Octets that were not looked at.
    Leaf,
    /// Parts between delimiters.
    Multipart,
    /// One nested message, which is its only child.
    Message,
}

/// What a header section makes of a part.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    /// What delimits its parts, if anything does.
    pub(crate) boundary: Option<Vec<u8>>,
    /// Whether its parts are messages where they do not say what they are.
    pub(crate) is_digest: bool,
}

impl Shape {
    const fn of(kind: Kind) -> Self {
        Self { kind, boundary: None, is_digest: false }
    }
}

/// What a part is that has these values, in a digest or elsewhere. `refusal` is the limit that keeps
/// it from having parts; what is wrong is told to `tell`.
pub(crate) fn shape(
    content_type: Option<RawValue<'_>>,
    encoding: impl FnOnce() -> TransferEncoding,
    in_digest: bool,
    refusal: Option<&'static Code>,
    mut tell: impl FnMut(&'static Code),
) -> Shape {
    let Some(raw) = content_type else {
        return if in_digest {
            message(&encoding(), refusal, &mut tell)
        } else {
            Shape::of(Kind::Leaf)
        };
    };
    let plain = media_type(raw.bytes());
    if let Some((ty, subtype)) = plain
        && !ty.eq_ignore_ascii_case(b"multipart")
    {
        return match is_message(ty, subtype) {
            true => message(&encoding(), refusal, &mut tell),
            false => Shape::of(Kind::Leaf),
        };
    }
    let ty = ContentType::read(raw).value;
    if ty.is_type("multipart") {
        multipart(&ty, &encoding(), refusal, &mut tell)
    } else if is_message(ty.ty().as_bytes(), ty.subtype().as_bytes()) {
        message(&encoding(), refusal, &mut tell)
    } else {
        Shape::of(Kind::Leaf)
    }
}

/// Type and subtype where they stand as almost all write them: tokens of letters, digits and
/// `-._+`, blanks around them. Where this tells them, [`ContentType`] reads the same.
pub(crate) fn media_type(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = trim_start(value);
    let (ty, rest) = text.split_at_checked(word(text))?;
    let rest = rest.strip_prefix(b"/")?;
    let (subtype, rest) = rest.split_at_checked(word(rest))?;
    let ended = matches!(rest, [] | [b';' | b' ' | b'\t' | b'\r' | b'\n', ..]);
    (ended && !ty.is_empty() && !subtype.is_empty()).then_some((ty, subtype))
}

/// Octets of a plain word.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0_u8;
    while octet < 128 {
        #[expect(clippy::indexing_slicing, reason = "the table has all octets")]
        {
            table[octet as usize] =
                octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'+');
        }
        octet = octet.wrapping_add(1);
    }
    table
};

/// The length of the plain word that a text begins with.
pub(crate) fn word(text: &[u8]) -> usize {
    let is_plain = |octet: &u8| WORD.get(usize::from(*octet)).copied().unwrap_or_default();
    text.iter().take_while(|octet| is_plain(octet)).count()
}

/// Without the white space of a folded value before it.
pub(crate) fn trim_start(value: &[u8]) -> &[u8] {
    let blank = value.iter().take_while(|octet| b" \t\r\n".contains(octet)).count();
    value.get(blank..).unwrap_or_default()
}

/// `message/rfc822` (RFC 2046 §5.2.1) and `message/global` (RFC 6532 §3.7).
pub(crate) const fn is_message(ty: &[u8], subtype: &[u8]) -> bool {
    ty.eq_ignore_ascii_case(b"message")
        && (subtype.eq_ignore_ascii_case(b"rfc822") || subtype.eq_ignore_ascii_case(b"global"))
}

/// An encoded message is a leaf: what is in it is not in these octets.
fn message(
    encoding: &TransferEncoding,
    refusal: Option<&'static Code>,
    tell: &mut impl FnMut(&'static Code),
) -> Shape {
    if !encoding.is_identity() {
        return Shape::of(Kind::Leaf);
    }
    match refusal {
        None => Shape::of(Kind::Message),
        Some(code) => {
            tell(code);
            Shape::of(Kind::Leaf)
        }
    }
}

fn multipart(
    ty: &ContentType<'_>,
    encoding: &TransferEncoding,
    refusal: Option<&'static Code>,
    tell: &mut impl FnMut(&'static Code),
) -> Shape {
    let boundary = match ty.boundary() {
        Some(one) if one.len() <= LONGEST_BOUNDARY => one,
        one => {
            let is_there = one.is_some();
            tell(if is_there { &code::BOUNDARY_TOO_LONG } else { &code::NO_BOUNDARY });
            return Shape::of(Kind::Multipart);
        }
    };
    let whole = ty.parameters().octets("boundary");
    if whole.as_ref().is_some_and(|whole| whole.len() > boundary.len()) {
        tell(&code::BOUNDARY_SPACE);
    }
    if ty.parameters().get("boundary") != whole.as_deref() {
        tell(&code::EXTENDED_BOUNDARY);
    }
    if !encoding.is_identity() && *encoding != TransferEncoding::Unknown {
        tell(&code::ENCODED_CONTAINER);
    }
    if let Some(code) = refusal {
        tell(code);
        return Shape::of(Kind::Leaf);
    }
    Shape {
        kind: Kind::Multipart,
        boundary: Some(boundary.into_owned()),
        is_digest: ty.is("multipart", "digest"),
    }
}
