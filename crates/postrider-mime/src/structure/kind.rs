//! What a part is, from its header section.

use alloc::vec::Vec;

use postrider_message::{Code, FieldValue, RawValue, plain};

use super::delimiter::LONGEST_LINE;
use crate::{ContentType, TransferEncoding, code};

/// The longest boundary: what fits between the hyphens of a closing delimiter. RFC 2046 §5.1.1 allows
/// 70 characters.
pub(crate) const LONGEST_BOUNDARY: usize = LONGEST_LINE - b"----\r\n".len();

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
    if let Some((ty, subtype)) = media_type(raw.bytes())
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
    let (ty, rest) = plain::word(plain::trim_start(value))?;
    let (subtype, rest) = plain::word(rest.strip_prefix(b"/")?)?;
    let ended = matches!(rest, [] | [b';' | b' ' | b'\t' | b'\r' | b'\n', ..]);
    ended.then_some((ty, subtype))
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

/// Whether a field of this name says what a body is: "Any RFC 822 header field which begins with
/// the string "Content-"" (RFC 2045 §9).
pub(crate) fn is_content_field(name: &[u8]) -> bool {
    const START: &[u8] = b"Content-";
    name.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START))
}
