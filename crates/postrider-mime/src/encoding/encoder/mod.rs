//! Putting content into a transfer encoding, in pieces.

mod base64;
mod line_ends;
mod quoted_printable;

use alloc::vec::Vec;

use super::TransferEncoding;
use base64::Base64;
use line_ends::LineEnds;
use quoted_printable::QuotedPrintable;

/// What LF and CRLF are in content that is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "content is text with line ends, or it is not")]
pub enum Lines {
    /// Text: both end a line, and are written as CRLF, the one line end of text (RFC 2046 §4.1.1).
    Text,
    /// No text: every octet is kept, so that quoted-printable encodes them.
    Octets,
}

/// Puts content that comes in pieces into a transfer encoding. Wherever it is cut, the same octets
/// are written; at most a few of them are held back.
///
/// - Quoted-printable has lines of at most 76 octets (RFC 2045 §6.7). A space or tab at the end of a
///   line, and of the content, is encoded.
/// - Base64 has lines of 76 octets with CRLF between them (RFC 2045 §6.8), and none behind the last:
///   the line end before a delimiter is the delimiter's (RFC 2046 §5.1.1). Of [`Lines::Text`] the
///   line ends are made CRLF first.
/// - With `7bit`, `8bit` and `binary` the line ends of [`Lines::Text`] are made CRLF, and nothing
///   else is done: whether the content fits the encoding is what [`Scan`](super::Scan) tells.
/// - [`UuEncode`](TransferEncoding::UuEncode) and [`Unknown`](TransferEncoding::Unknown) are not
///   written: the content is taken as one that has the encoding already, and kept as it stands.
///
/// ```
/// use postrider_mime::{TransferEncoding, encoding::{Encoder, Lines}};
///
/// let mut encoder = Encoder::new(TransferEncoding::QuotedPrintable, Lines::Text);
/// let mut out = Vec::new();
/// for piece in ["Andr", "é and more \n", "1 + 1 = 2"] {
///     encoder.push(piece.as_bytes(), &mut out);
/// }
/// encoder.finish(&mut out);
/// assert_eq!(out, b"Andr=C3=A9 and more=20\r\n1 + 1 =3D 2");
/// ```
#[derive(Debug, Clone)]
pub struct Encoder {
    engine: Engine,
}

#[derive(Debug, Clone)]
enum Engine {
    Identity,
    LineEnds(LineEnds),
    Base64(Base64),
    QuotedPrintable(QuotedPrintable),
}

impl Encoder {
    /// At the start of content.
    pub fn new(encoding: TransferEncoding, lines: Lines) -> Self {
        let engine = match (encoding, lines) {
            (TransferEncoding::Base64, _) => Engine::Base64(Base64::new(lines)),
            (TransferEncoding::QuotedPrintable, _) => {
                Engine::QuotedPrintable(QuotedPrintable::new(lines))
            }
            (TransferEncoding::UuEncode | TransferEncoding::Unknown, _) | (_, Lines::Octets) => {
                Engine::Identity
            }
            (_, Lines::Text) => Engine::LineEnds(LineEnds::default()),
        };
        Self { engine }
    }

    /// For content that is signed: in quoted-printable no line starts with `From `, which agents on
    /// the way put a `>` before (RFC 3156 §3), nor with a dot (RFC 2049 §3). Other encodings do not
    /// change; a [`Scan::for_signing`](super::Scan::for_signing) takes them only where they
    /// are safe.
    #[must_use]
    pub fn for_signing(mut self) -> Self {
        if let Engine::QuotedPrintable(engine) = &mut self.engine {
            engine.guard_lines();
        }
        self
    }

    /// Whether [`push`](Self::push) copies its input, so that the content can be written as it is.
    pub const fn is_identity(&self) -> bool {
        matches!(self.engine, Engine::Identity)
    }

    /// Appends to `out` what `piece` adds to the encoded body.
    #[inline]
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        match &mut self.engine {
            Engine::Identity => out.extend_from_slice(piece),
            Engine::LineEnds(engine) => engine.push(piece, out),
            Engine::Base64(engine) => engine.push(piece, out),
            Engine::QuotedPrintable(engine) => engine.push(piece, out),
        }
    }

    /// The content ends here: appends what was held back. The encoder stands at the start again.
    #[inline]
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        match &mut self.engine {
            Engine::Identity => {}
            Engine::LineEnds(engine) => *engine = LineEnds::default(),
            Engine::Base64(engine) => engine.finish(out),
            Engine::QuotedPrintable(engine) => engine.finish(out),
        }
    }
}
