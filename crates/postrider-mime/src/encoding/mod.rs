//! Transfer encodings (RFC 2045 §6): which one, undoing it and doing it, whole or in pieces.

mod base64;
mod decoder;
mod encoder;
mod problem;
mod quoted_printable;
mod scan;
mod uuencode;
mod whole;

use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use encodify::{base64::MIME, qp};
use memchr::memchr_iter;
use postrider_message::{Defects, Parsed, Span};

use crate::code;
pub use decoder::Decoder;
pub use encoder::{Encoder, Lines};
pub use problem::Problem;
use problem::Problems;
pub use scan::{Scan, Transport};
pub use uuencode::{UuBlock, uuencoded};
pub(crate) use whole::Whole;

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
    /// `x-uuencode`, `uuencode`, `x-uue` or `uue`: the encoding that older mail has, which no RFC
    /// defines.
    UuEncode,
    /// A name that is none of these; the octets are taken as they stand.
    Unknown,
}

impl TransferEncoding {
    /// The encoding of this name, in any case.
    pub fn of(name: &str) -> Self {
        const NAMES: [(&str, TransferEncoding); 9] = [
            ("7bit", TransferEncoding::SevenBit),
            ("8bit", TransferEncoding::EightBit),
            ("quoted-printable", TransferEncoding::QuotedPrintable),
            ("base64", TransferEncoding::Base64),
            ("binary", TransferEncoding::Binary),
            ("x-uuencode", TransferEncoding::UuEncode),
            ("uuencode", TransferEncoding::UuEncode),
            ("x-uue", TransferEncoding::UuEncode),
            ("uue", TransferEncoding::UuEncode),
        ];
        let found = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        found.map_or(Self::Unknown, |(_, encoding)| *encoding)
    }

    /// Its name as the RFC writes it; `x-unknown` where it is unknown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
            Self::UuEncode => "x-uuencode",
            Self::Unknown => "x-unknown",
        }
    }

    /// Whether the body is the content as it stands.
    pub const fn is_identity(self) -> bool {
        matches!(self, Self::SevenBit | Self::EightBit | Self::Binary)
    }

    /// Undoes the encoding of a body that lies at `span`. Never fails: what does not belong to
    /// the encoding is a defect, the first of each kind. Borrowed where there is nothing to undo.
    ///
    /// - Base64: what is outside the alphabet is ignored, and what follows padding is decoded too
    ///   (RFC 2045 §6.8).
    /// - Quoted-printable: white space at the end of a line is removed, lower-case digits count, a
    ///   CR without LF is dropped, and an equals sign that starts no escape is kept with the octet
    ///   behind it (RFC 2045 §6.7).
    /// - Uuencode: what stands between the first `begin` line and its `end` line.
    ///
    /// White space of one kibibyte and more before a line end of quoted-printable is text: no line
    /// may have more than 76 octets.
    pub fn decode(self, body: &[u8], span: Span, limit: usize) -> Parsed<'_, Cow<'_, [u8]>> {
        let mut problems = Problems::default();
        let value = match self {
            Self::SevenBit | Self::EightBit | Self::Binary | Self::Unknown => Cow::Borrowed(body),
            Self::QuotedPrintable => quoted_printable::decode(body, &mut problems),
            Self::Base64 => Cow::Owned(base64::decode(body, &mut problems)),
            Self::UuEncode => {
                let mut out = Vec::with_capacity(three_quarters(body.len()));
                let mut decoder = uuencode::UuEncode::new();
                decoder.decode(body, &mut out, &mut problems);
                decoder.finish(&mut out, &mut problems);
                Cow::Owned(out)
            }
        };
        Parsed::new(value, self.defects(&problems, span, limit), body)
    }

    /// The length of what [`decode`](Self::decode) gives, without making it.
    pub fn decoded_len(self, body: &[u8]) -> usize {
        let known = match self {
            Self::SevenBit | Self::EightBit | Self::Binary | Self::Unknown => Some(body.len()),
            Self::Base64 => encodify::base64::LENIENT.decoded_len(body).ok(),
            Self::QuotedPrintable | Self::UuEncode => None,
        };
        known.unwrap_or_else(|| {
            let (mut decoder, mut piece) = (Decoder::new(self), Vec::new());
            let mut length = 0_usize;
            for chunk in body.chunks(PIECE) {
                decoder.decode(chunk, &mut piece);
                length = length.saturating_add(piece.len());
                piece.clear();
            }
            decoder.finish(&mut piece);
            length.saturating_add(piece.len())
        })
    }

    /// The length of what an [`Encoder`] for these lines writes of the whole content, without making
    /// it.
    ///
    /// ```
    /// use postrider_mime::{TransferEncoding, encoding::Lines};
    ///
    /// let length = |encoding: TransferEncoding| encoding.encoded_len(b"1 = 1\n", Lines::Text);
    /// assert_eq!(length(TransferEncoding::SevenBit), "1 = 1\r\n".len());
    /// assert_eq!(length(TransferEncoding::QuotedPrintable), "1 =3D 1\r\n".len());
    /// assert_eq!(length(TransferEncoding::Base64), "MSA9IDENCg==".len());
    /// ```
    pub fn encoded_len(self, content: &[u8], lines: Lines) -> usize {
        let text = || match lines {
            Lines::Text => content.len().saturating_add(bare_lfs(content)),
            Lines::Octets => content.len(),
        };
        match (self, lines) {
            (Self::SevenBit | Self::EightBit | Self::Binary, _) => text(),
            (Self::UuEncode | Self::Unknown, _) => content.len(),
            // But for the line end behind the last line.
            (Self::Base64, _) => MIME.encoded_len(text()).saturating_sub(2),
            (Self::QuotedPrintable, Lines::Text) => qp::BODY.encoded_len(content),
            (Self::QuotedPrintable, Lines::Octets) => qp::BINARY.encoded_len(content),
        }
    }

    /// Appends to `out` what an [`Encoder`] for these lines writes of the whole content.
    pub(crate) fn encode(self, content: &[u8], lines: Lines, out: &mut Vec<u8>) {
        match (self, lines) {
            (Self::Base64, Lines::Octets) => {
                MIME.encode_append(content, out);
                // The encoder ends every line.
                if !content.is_empty() {
                    out.truncate(out.len().saturating_sub(2));
                }
            }
            (Self::QuotedPrintable, Lines::Text) => {
                qp::BODY.encode_append(content, out);
            }
            (Self::QuotedPrintable, Lines::Octets) => {
                qp::BINARY.encode_append(content, out);
            }
            _ => {
                let mut encoder = Encoder::new(self, lines);
                encoder.push(content, out);
                encoder.finish(out);
            }
        }
    }

    fn defects(self, problems: &Problems, span: Span, limit: usize) -> Defects {
        let mut defects = Defects::with_limit(limit);
        if self == Self::Unknown {
            defects.push(&code::UNKNOWN_ENCODING, span);
        }
        for problem in problems.iter() {
            let offset = usize::try_from(problem.offset()).unwrap_or(usize::MAX);
            let at = span.start().saturating_add(offset).min(span.end());
            let end = at.saturating_add(1).min(span.end());
            defects.push(problem.code(), Span::from_range(at..end));
        }
        defects
    }
}

/// By its [`name`](TransferEncoding::name).
impl fmt::Display for TransferEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Octets that are decoded at once where only the length is asked for.
const PIECE: usize = 8 << 10;

/// LFs without CR.
fn bare_lfs(content: &[u8]) -> usize {
    let is_bare = |lf: &usize| lf.checked_sub(1).and_then(|at| content.get(at)) != Some(&b'\r');
    memchr_iter(b'\n', content).filter(is_bare).count()
}

/// Three octets for each four, begun ones too.
const fn three_quarters(length: usize) -> usize {
    length.div_ceil(4).saturating_mul(3)
}
