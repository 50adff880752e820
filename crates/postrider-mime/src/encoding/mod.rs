//! Transfer encodings (RFC 2045 §6): which one, and undoing it.

use alloc::{borrow::Cow, vec::Vec};

use encodify::{base64, qp};
use memchr::memchr;
use postrider_message::{Defects, Parsed, Span};

use crate::code;

/// `Content-Transfer-Encoding` (RFC 2045 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferEncoding {
    /// Lines of ASCII; also what a part is that says nothing.
    SevenBit,
    /// Lines of any octets.
    EightBit,
    /// Any octets.
    Binary,
    /// RFC 2045 §6.8.
    Base64,
    /// RFC 2045 §6.7.
    QuotedPrintable,
    /// A name that is none of these; the octets are taken as they stand.
    Unknown,
}

impl TransferEncoding {
    /// The encoding of this name, in any case.
    pub fn of(name: &str) -> Self {
        const NAMES: [(&str, TransferEncoding); 5] = [
            ("7bit", TransferEncoding::SevenBit),
            ("8bit", TransferEncoding::EightBit),
            ("binary", TransferEncoding::Binary),
            ("base64", TransferEncoding::Base64),
            ("quoted-printable", TransferEncoding::QuotedPrintable),
        ];
        let found = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map_or(Self::Unknown, |(_, encoding)| *encoding)
    }

    /// Whether the body is the content as it stands.
    pub const fn is_identity(self) -> bool {
        matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }

    /// Undoes the encoding of a body that lies at `span`. Never fails: what does not belong to
    /// the encoding is a defect. Borrowed where there is nothing to undo.
    pub fn decode(self, body: &[u8], span: Span, limit: usize) -> Parsed<'_, Cow<'_, [u8]>> {
        let mut defects = Defects::with_limit(limit);
        let place = |offset: usize| {
            let at = span.start().saturating_add(offset);
            Span::from_range(at..at.saturating_add(1))
        };
        let value = match self {
            Self::SevenBit | Self::EightBit | Self::Binary => Cow::Borrowed(body),
            Self::Unknown => {
                defects.push(&code::UNKNOWN_ENCODING, span);
                Cow::Borrowed(body)
            }
            Self::Base64 => Cow::Owned(from_base64(body, &mut defects, place)),
            Self::QuotedPrintable => {
                match qp::BODY.strict().decode(body) {
                    Ok(value) => value,
                    Err(error) => {
                        let at = error.offset().unwrap_or_default();
                        defects.push(&code::NOT_QUOTED_PRINTABLE, place(at));
                        // Lenient decoding has no errors.
                        qp::BODY.decode(body).unwrap_or(Cow::Borrowed(body))
                    }
                }
            }
        };
        Parsed::new(value, defects, body)
    }
}

/// "Any characters outside of the base64 alphabet are to be ignored" (RFC 2045 §6.8); each run up
/// to its padding is decoded, and what follows padding is decoded too.
fn from_base64(body: &[u8], defects: &mut Defects, place: impl Fn(usize) -> Span) -> Vec<u8> {
    let in_alphabet = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    if let Some(padding) = memchr(b'=', body) {
        let rest = body.get(padding..).unwrap_or_default();
        if let Some(more) = rest.iter().position(in_alphabet) {
            defects.push(&code::AFTER_PADDING, place(padding.saturating_add(more)));
        }
    }
    match base64::LENIENT.decode(body) {
        Ok(value) => value,
        Err(error) => {
            defects.push(&code::NOT_BASE64, place(error.offset().unwrap_or_default()));
            let keep = |octet: &&u8| in_alphabet(octet) || **octet == b'=';
            let known: Vec<u8> = body.iter().filter(keep).copied().collect();
            base64::LENIENT.decode(&known).unwrap_or_default()
        }
    }
}
