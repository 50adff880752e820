//! Quoted-printable (RFC 2045 §6.7), whole and in pieces.
//!
//! Whole lines go to the SIMD decoder of encodify. Where a piece was cut inside an escape, a soft
//! line break or white space that may end its line, a small machine steps octet by octet with the
//! same rules, until it stands between octets that need no memory.

use alloc::{borrow::Cow, vec::Vec};

use encodify::qp;
use memchr::memrchr;

use super::problem::Problems;
use crate::code;

/// White space that is held back because a line end may follow it. A longer run is text: the lines
/// of this encoding have at most 76 octets.
pub(super) const BLANKS: usize = 1024;

/// How far from the end of a piece without line ends a place to cut is looked for.
const TAIL: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between octets; white space may be held.
    Text,
    /// Behind a CR that is part of a line end, or dropped.
    Cr,
    /// Behind `=`.
    Equals,
    /// Behind `=` and this hexadecimal digit.
    Digit(u8),
    /// Behind `=` and white space, which is held.
    Soft,
    /// The same, and a CR.
    SoftCr,
}

#[derive(Debug, Clone)]
pub(super) struct QuotedPrintable {
    state: State,
    held: Vec<u8>,
    at: u64,
    /// Where the last equals sign stood.
    equals: u64,
}

/// Undoes the encoding of a whole body. Borrowed where nothing is encoded in it.
pub(super) fn decode<'a>(body: &'a [u8], problems: &mut Problems) -> Cow<'a, [u8]> {
    if has_long_blanks(body) {
        let (mut decoder, mut out) = (QuotedPrintable::new(), Vec::with_capacity(body.len()));
        decoder.by_octets(body, &mut out, problems);
        decoder.finish(&mut out, problems);
        return Cow::Owned(out);
    }
    match qp::BODY.strict().decode(body) {
        Ok(value) => value,
        Err(error) => {
            problems.tell(&code::NOT_QUOTED_PRINTABLE, offset(equals_before(body, &error)));
            // Lenient decoding has no errors.
            qp::BODY.decode(body).unwrap_or(Cow::Borrowed(body))
        }
    }
}

impl QuotedPrintable {
    pub(super) const fn new() -> Self {
        Self { state: State::Text, held: Vec::new(), at: 0, equals: 0 }
    }

    pub(super) fn decode(&mut self, chunk: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        let mut rest = chunk;
        while let ([octet, after @ ..], false) = (rest, self.is_between()) {
            self.step(*octet, out, problems);
            rest = after;
        }
        let (piece, tail) = rest.split_at_checked(cut(rest)).unwrap_or((&[], rest));
        if has_long_blanks(piece) {
            self.by_octets(piece, out, problems);
        } else {
            self.by_lines(piece, out, problems);
        }
        self.by_octets(tail, out, problems);
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>, problems: &mut Problems) {
        match self.state {
            // White space at the end is dropped, and the last line may end softly.
            State::Text | State::Cr | State::Equals | State::Soft => {}
            State::Digit(digit) => self.keep(&[b'=', digit], out, problems),
            State::SoftCr => self.not_soft(out, problems),
        }
        self.held.clear();
        self.state = State::Text;
    }

    fn is_between(&self) -> bool {
        self.state == State::Text && self.held.is_empty()
    }

    fn by_lines(&mut self, piece: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        let strict = match problems.has(&code::NOT_QUOTED_PRINTABLE) {
            true => None,
            false => Some(qp::BODY.strict().decode_append(piece, out)),
        };
        match strict {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                let at = self.at.saturating_add(offset(equals_before(piece, &error)));
                problems.tell(&code::NOT_QUOTED_PRINTABLE, at);
                lenient(piece, out);
            }
            None => lenient(piece, out),
        }
        self.at = self.at.saturating_add(offset(piece.len()));
    }

    fn by_octets(&mut self, octets: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        octets.iter().for_each(|octet| self.step(*octet, out, problems));
    }

    fn step(&mut self, octet: u8, out: &mut Vec<u8>, problems: &mut Problems) {
        self.state = match (self.state, octet) {
            (State::Text, b'\n') => self.end_line(b"\n", out),
            (State::Cr, b'\n') => self.end_line(b"\r\n", out),
            (State::Text | State::Cr, _) => self.text(octet, out),
            (State::Equals, _) if octet.is_ascii_hexdigit() => State::Digit(octet),
            (State::Equals | State::Soft, b' ' | b'\t') => self.soft_blank(octet, out, problems),
            (State::Equals | State::Soft | State::SoftCr, b'\n') => self.end_line(b"", out),
            (State::Equals | State::Soft, b'\r') => State::SoftCr,
            (State::Equals, _) => {
                self.keep(&[b'=', octet], out, problems);
                State::Text
            }
            (State::Digit(high), low) => match (value(high), value(low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    State::Text
                }
                _ => {
                    self.keep(&[b'=', high], out, problems);
                    self.again(octet, out)
                }
            },
            (State::Soft | State::SoftCr, _) => {
                self.not_soft(out, problems);
                self.text(octet, out)
            }
        };
        self.at = self.at.saturating_add(1);
    }

    /// An octet that is no LF, in text.
    fn text(&mut self, octet: u8, out: &mut Vec<u8>) -> State {
        match octet {
            b'\r' => return State::Cr,
            b' ' | b'\t' => {
                self.held.push(octet);
                if self.held.len() >= BLANKS {
                    self.release(out);
                }
                return State::Text;
            }
            _ => self.release(out),
        }
        if octet == b'=' {
            self.equals = self.at;
            return State::Equals;
        }
        out.push(octet);
        State::Text
    }

    /// The octet behind a broken escape.
    fn again(&mut self, octet: u8, out: &mut Vec<u8>) -> State {
        match octet {
            b'\n' => self.end_line(b"\n", out),
            _ => self.text(octet, out),
        }
    }

    fn soft_blank(&mut self, octet: u8, out: &mut Vec<u8>, problems: &mut Problems) -> State {
        self.held.push(octet);
        if self.held.len() < BLANKS {
            return State::Soft;
        }
        self.not_soft(out, problems);
        self.release(out);
        State::Text
    }

    /// A line ends: white space before it is dropped (RFC 2045 §6.7, rule 3).
    fn end_line(&mut self, end: &[u8], out: &mut Vec<u8>) -> State {
        self.held.clear();
        out.extend_from_slice(end);
        State::Text
    }

    fn release(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }

    /// No line end followed `=` and white space: the sign and the first blank are text, and the
    /// others may still end a line.
    fn not_soft(&mut self, out: &mut Vec<u8>, problems: &mut Problems) {
        self.keep(b"=", out, problems);
        if !self.held.is_empty() {
            out.push(self.held.remove(0));
        }
    }

    fn keep(&self, octets: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        problems.tell(&code::NOT_QUOTED_PRINTABLE, self.equals);
        out.extend_from_slice(octets);
    }
}

fn lenient(piece: &[u8], out: &mut Vec<u8>) {
    if qp::BODY.decode_append(piece, out).is_err() {
        out.extend_from_slice(piece);
    }
}

/// Where a piece can be cut so that its start decodes alone: behind its last line end, or else near
/// its end where no escape, white space or CR stands before.
fn cut(piece: &[u8]) -> usize {
    if let Some(lf) = memrchr(b'\n', piece) {
        let line = lf.saturating_add(1);
        return line.saturating_add(cut_line(piece.get(line..).unwrap_or_default()));
    }
    cut_line(piece)
}

fn cut_line(line: &[u8]) -> usize {
    let near = line.len().saturating_sub(TAIL);
    let open = |octet: &u8| matches!(octet, b'=' | b' ' | b'\t' | b'\r');
    let tail = line.get(near..).unwrap_or_default();
    let closed = tail.windows(2).rposition(|pair| !pair.iter().any(open));
    closed.map_or(0, |pair| near.saturating_add(pair).saturating_add(2))
}

/// Whether white space and CRs stand in a run that is as long as white space is held.
fn has_long_blanks(body: &[u8]) -> bool {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t' | b'\r');
    // A run that long covers the last octet of a block.
    body.chunks_exact(BLANKS).enumerate().any(|(number, block)| {
        let after = number.saturating_add(1).saturating_mul(BLANKS);
        let before = block.iter().rev().take_while(|octet| blank(octet)).count();
        let more = || {
            let rest = body.get(after..).unwrap_or_default();
            rest.iter().take(BLANKS).take_while(|octet| blank(octet)).count()
        };
        before > 0 && before.saturating_add(more()) >= BLANKS
    })
}

/// The equals sign that an error of the strict decoder is about.
fn equals_before(body: &[u8], error: &encodify::Error) -> usize {
    let before = error.offset().and_then(|at| body.get(..at)).unwrap_or(body);
    memrchr(b'=', before).unwrap_or_default()
}

fn value(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

fn offset(octets: usize) -> u64 {
    u64::try_from(octets).unwrap_or(u64::MAX)
}
