//! Undoing a transfer encoding in pieces.

use alloc::vec::Vec;

use super::{
    TransferEncoding,
    base64::Base64,
    problem::{Problem, Problems},
    quoted_printable::QuotedPrintable,
    uuencode::UuEncode,
};

/// Undoes a transfer encoding of a body that comes in pieces. It gives the same octets and tells the
/// same problems as [`TransferEncoding::decode`] does of the whole body, wherever that is cut, and
/// holds back at most one kibibyte.
///
/// ```
/// use postrider_mime::{TransferEncoding, encoding::Decoder};
///
/// let mut decoder = Decoder::new(TransferEncoding::QuotedPrintable);
/// let mut out = Vec::new();
/// for chunk in [&b"Andr=E"[..], b"9 and =", b"\r\nmore \t ", b"\r\n"] {
///     decoder.decode(chunk, &mut out);
/// }
/// decoder.finish(&mut out);
/// assert_eq!(out, b"Andr\xe9 and more\r\n");
/// assert_eq!(decoder.problems().count(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    engine: Engine,
    problems: Problems,
}

#[derive(Debug, Clone)]
enum Engine {
    Identity,
    Base64(Base64),
    QuotedPrintable(QuotedPrintable),
    UuEncode(UuEncode),
}

impl Decoder {
    /// At the start of a body.
    pub fn new(encoding: TransferEncoding) -> Self {
        let engine = match encoding {
            TransferEncoding::Base64 => Engine::Base64(Base64::new()),
            TransferEncoding::QuotedPrintable => Engine::QuotedPrintable(QuotedPrintable::new()),
            TransferEncoding::UuEncode => Engine::UuEncode(UuEncode::new()),
            TransferEncoding::SevenBit
            | TransferEncoding::EightBit
            | TransferEncoding::Binary
            | TransferEncoding::Unknown => Engine::Identity,
        };
        Self { engine, problems: Problems::default() }
    }

    /// Whether [`decode`](Self::decode) copies its input: the body is the content as it stands.
    pub const fn is_identity(&self) -> bool {
        matches!(self.engine, Engine::Identity)
    }

    /// Appends to `out` what `chunk` adds to the content.
    pub fn decode(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let problems = &mut self.problems;
        match &mut self.engine {
            Engine::Identity => out.extend_from_slice(chunk),
            Engine::Base64(engine) => engine.decode(chunk, out, problems),
            Engine::QuotedPrintable(engine) => engine.decode(chunk, out, problems),
            Engine::UuEncode(engine) => engine.decode(chunk, out, problems),
        }
    }

    /// The body ends here: appends what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let problems = &mut self.problems;
        match &mut self.engine {
            Engine::Identity => {}
            Engine::Base64(engine) => engine.finish(out, problems),
            Engine::QuotedPrintable(engine) => engine.finish(out, problems),
            Engine::UuEncode(engine) => engine.finish(out, problems),
        }
    }

    /// What was wrong so far, the first of each kind.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        self.problems.iter()
    }
}
