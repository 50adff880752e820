//! `multipart/signed` and `multipart/encrypted` (RFC 1847).

use alloc::borrow::Cow;

use postrider_message::{Defects, Parsed, Span};

use super::{Canonical, canonical};
use crate::{ContentType, Part, code};

/// What signs or encrypts, by the `protocol` of the multipart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// `application/pgp-signature`, `application/pgp-encrypted` (RFC 3156).
    OpenPgp,
    /// `application/pkcs7-signature`, or `x-pkcs7-signature` (RFC 8551 §3.5.3).
    Smime,
    /// Another one, or none.
    Other,
}

/// A `multipart/signed` (RFC 1847 §2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<'a> {
    ty: ContentType<'a>,
    content: Option<Part<'a>>,
    signature: Option<Part<'a>>,
}

/// A `multipart/encrypted` (RFC 1847 §2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encrypted<'a> {
    ty: ContentType<'a>,
    control: Option<Part<'a>>,
    data: Option<Part<'a>>,
}

impl<'a> Signed<'a> {
    /// The part that was signed, which is the first; `None` where the multipart has no parts.
    pub const fn content(&self) -> Option<Part<'a>> {
        self.content
    }

    /// The part with the signature, which is the second. [`Part::decoded`] gives the signature
    /// itself.
    pub const fn signature(&self) -> Option<Part<'a>> {
        self.signature
    }

    /// What was signed, as it stands: the first part from behind the line of its delimiter to the
    /// line end before the next one, which "is conceptually attached to the boundary" (RFC 2046
    /// §5.1.1; RFC 3156 §5 has the same). Empty where there is no part.
    pub fn raw_content(&self) -> &'a [u8] {
        self.content.map(Part::encapsulated).unwrap_or_default()
    }

    /// What was signed, with CRLF at the ends of lines, in slices: the octets whose digest a
    /// signature is about. With OpenPGP they are those of a signature of a binary document, and,
    /// since "no trailing whitespace is present" (RFC 3156 §3), of one of text too.
    pub fn canonical(&self) -> Canonical<'a> {
        canonical(self.raw_content())
    }

    /// The `protocol` parameter: the media type of the signature.
    pub fn protocol_name(&self) -> Option<Cow<'_, [u8]>> {
        self.ty.parameters().octets("protocol")
    }

    /// What the `protocol` parameter stands for; where there is none, what the signature is.
    pub fn protocol(&self) -> Protocol {
        protocol(&self.ty, self.signature)
    }

    /// The `micalg` parameter: how the digest is made, as `pgp-sha256` or `sha-256`. It "may be a
    /// comma (",") separated list of tokens".
    pub fn micalg(&self) -> Option<Cow<'_, [u8]>> {
        self.ty.parameters().octets("micalg")
    }
}

impl<'a> Encrypted<'a> {
    /// The part with "the control information necessary to decrypt", which is the first; with
    /// OpenPGP it says `Version: 1`.
    pub const fn control(&self) -> Option<Part<'a>> {
        self.control
    }

    /// The part with the encrypted data, which is the second. [`Part::decoded`] gives the data
    /// itself; what it decrypts to is a part with fields of its own.
    pub const fn data(&self) -> Option<Part<'a>> {
        self.data
    }

    /// The `protocol` parameter: the media type of the control part.
    pub fn protocol_name(&self) -> Option<Cow<'_, [u8]>> {
        self.ty.parameters().octets("protocol")
    }

    /// What the `protocol` parameter stands for; where there is none, what the control part is.
    pub fn protocol(&self) -> Protocol {
        protocol(&self.ty, self.control)
    }
}

impl<'a> Part<'a> {
    /// The two parts of a `multipart/signed`; `None` where this is another type. Told with the
    /// defects of its `Content-Type`, with [`NOT_TWO_PARTS`](code::NOT_TWO_PARTS) and with
    /// [`OTHER_PROTOCOL`](code::OTHER_PROTOCOL).
    pub fn signed(self) -> Option<Parsed<'a, Signed<'a>>> {
        let (ty, [content, signature]) = self.secured("signed", |[_, signature]| signature)?;
        Some(ty.map(|ty| Signed { ty, content, signature }))
    }

    /// The two parts of a `multipart/encrypted`; `None` where this is another type. Told with the
    /// defects that [`signed`](Self::signed) has.
    pub fn encrypted(self) -> Option<Parsed<'a, Encrypted<'a>>> {
        let (ty, [control, data]) = self.secured("encrypted", |[control, _]| control)?;
        Some(ty.map(|ty| Encrypted { ty, control, data }))
    }

    /// Type and parts of a multipart of this subtype whose `protocol` is the type of one of the
    /// two.
    fn secured(
        self,
        subtype: &str,
        named: fn([Option<Self>; 2]) -> Option<Self>,
    ) -> Option<(Parsed<'a, ContentType<'a>>, [Option<Self>; 2])> {
        if !self.is_multipart() || !self.media_type().is("multipart", subtype) {
            return None;
        }
        let mut ty = self.content_type();
        let mut parts = self.children();
        let two = [parts.next(), parts.next()];
        let mut defects = Defects::with_limit(self.limits().headers.defects);
        if two.contains(&None) || parts.next().is_some() {
            defects.push(&code::NOT_TWO_PARTS, self.span());
        }
        if !names(&ty.value, named(two)) {
            defects.push(&code::OTHER_PROTOCOL, self.header_span());
        }
        defects.append(&ty.defects);
        ty.defects = defects;
        Some((ty, two))
    }

    /// This part of a multipart as it stands between two delimiters: what RFC 2046 §5.1.1 calls
    /// `body-part`, with what stands before its fields. Where this is no part of a multipart, the
    /// same as [`span`](Self::span).
    pub(crate) fn encapsulated(self) -> &'a [u8] {
        let whole = self.span();
        let Some(parent) = self.parent().filter(|parent| parent.is_multipart()) else {
            return whole.of(self.storage());
        };
        let before = parent.children().take_while(|part| *part != self).last();
        let delimiter = match before {
            Some(part) => part.body_span().end(),
            None => parent.body_span().start().saturating_add(parent.preamble().len()),
        };
        let storage = self.storage();
        let rest = storage.get(delimiter..whole.end()).unwrap_or_default();
        let line_end =
            if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
        let line = rest.get(line_end..).unwrap_or_default();
        let line = memchr::memchr(b'\n', line).map_or(line.len(), |end| end.saturating_add(1));
        let start = delimiter.saturating_add(line_end).saturating_add(line);
        let octets = Span::from_range(start.min(whole.end())..whole.end()).of(storage);
        // Where the body is empty, the line end before the delimiter is that of the fields.
        match storage.get(whole.end()..) {
            Some([b'-', ..]) => match octets.strip_suffix(b"\n") {
                Some(shorter) => shorter.strip_suffix(b"\r").unwrap_or(shorter),
                None => octets,
            },
            _ => octets,
        }
    }
}

/// Whether the `protocol` of a multipart is the type of this part.
fn names(ty: &ContentType<'_>, part: Option<Part<'_>>) -> bool {
    let (Some(protocol), Some(part)) = (ty.parameters().octets("protocol"), part) else {
        return false;
    };
    let media_type = part.media_type();
    let (ty, subtype) = (media_type.ty().as_bytes(), bare(media_type.subtype().as_bytes()));
    let slash = memchr::memchr(b'/', &protocol).and_then(|slash| protocol.split_at_checked(slash));
    slash.is_some_and(|(left, right)| {
        let right = bare(right.get(1..).unwrap_or_default());
        left.eq_ignore_ascii_case(ty) && right.eq_ignore_ascii_case(subtype)
    })
}

/// A subtype without the `x-` that it had before it was registered.
fn bare(subtype: &[u8]) -> &[u8] {
    match subtype {
        [b'x' | b'X', b'-', rest @ ..] => rest,
        _ => subtype,
    }
}

fn protocol(ty: &ContentType<'_>, part: Option<Part<'_>>) -> Protocol {
    let told = ty.parameters().octets("protocol");
    let (family, subtype) = match (&told, part.map(Part::media_type)) {
        (Some(told), _) => match memchr::memchr(b'/', told) {
            Some(slash) => told.split_at_checked(slash).unwrap_or_default(),
            None => return Protocol::Other,
        },
        (None, Some(ty)) => (ty.ty().as_bytes(), ty.subtype().as_bytes()),
        (None, None) => return Protocol::Other,
    };
    let subtype = bare(subtype.strip_prefix(b"/").unwrap_or(subtype));
    let is = |name: &[u8]| subtype.eq_ignore_ascii_case(name);
    match family.eq_ignore_ascii_case(b"application") {
        true if is(b"pgp-signature") || is(b"pgp-encrypted") => Protocol::OpenPgp,
        true if is(b"pkcs7-signature") => Protocol::Smime,
        _ => Protocol::Other,
    }
}
