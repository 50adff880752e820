//! Quoted-printable (RFC 2045 §6.7), in pieces.
//!
//! The SIMD encoder of encodify takes whole content. What it writes of a piece is what it writes of
//! the start of the content, if the piece begins where a line of the output does and ends in an octet
//! whose encoding the next one does not change. So a small machine with the same rules steps octet by
//! octet to such a place, and from the last one to the end of the piece.

use alloc::vec::Vec;

use encodify::qp;
use memchr::memrchr;

use super::Lines;

/// Columns of a line before the equals sign of a soft line break: "must not be more than 76
/// characters long" (RFC 2045 §6.7, rule 5).
const COLUMNS: usize = 75;

/// Columns of an encoded octet.
const ENCODED: usize = 3;

const FROM: &[u8; 5] = b"From ";

/// Octets that were read, and are written when the next one tells how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    /// A space or a tab, encoded at the end of a line.
    Blank(u8),
    /// A CR, which may be the start of a line end.
    Cr,
    BlankCr(u8),
    /// So many octets of `From ` at the start of a line.
    From(usize),
}

#[derive(Debug, Clone)]
pub(super) struct QuotedPrintable {
    text: bool,
    /// Lines may not start with a dot or `From `.
    guarded: bool,
    /// Columns that the line of the output has.
    column: usize,
    held: Held,
}

impl QuotedPrintable {
    pub(super) fn new(lines: Lines) -> Self {
        Self { text: lines == Lines::Text, guarded: false, column: 0, held: Held::Nothing }
    }

    pub(super) const fn guard_lines(&mut self) {
        self.guarded = true;
    }

    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut rest = piece;
        while let ([octet, after @ ..], false) = (rest, self.is_at_line()) {
            if self.breaks_before(*octet) {
                self.soft_break(out);
            } else {
                self.step(*octet, out);
                rest = after;
            }
        }
        let (known, tail) = rest.split_at_checked(self.known(rest)).unwrap_or((&[], rest));
        self.by_lines(known, out);
        tail.iter().for_each(|octet| self.step(*octet, out));
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        match core::mem::replace(&mut self.held, Held::Nothing) {
            Held::Blank(blank) => self.encoded(blank, out),
            held => self.release(held, out),
        }
        self.column = 0;
    }

    /// Whether the encoder of lines can begin here.
    fn is_at_line(&self) -> bool {
        self.column == 0 && self.held == Held::Nothing && !self.guarded
    }

    /// Whether a soft line break comes before this octet, whatever follows it.
    fn breaks_before(&self, octet: u8) -> bool {
        let columns = match octet {
            b' ' | b'\t' => return false,
            b'\r' | b'\n' if self.text => return false,
            _ if is_literal(octet) => 1,
            _ => ENCODED,
        };
        let line = self.column.saturating_add(columns);
        line > COLUMNS && self.held == Held::Nothing && !self.guarded
    }

    /// How many octets the encoder of lines writes as it would if it knew what follows.
    fn known(&self, octets: &[u8]) -> usize {
        if self.guarded {
            return 0;
        }
        let open = |octet: &u8| matches!(octet, b' ' | b'\t') || self.text && *octet == b'\r';
        let last = octets.iter().rposition(|octet| !open(octet));
        last.map_or(0, |last| last.saturating_add(1))
    }

    fn by_lines(&mut self, octets: &[u8], out: &mut Vec<u8>) {
        if octets.is_empty() {
            return;
        }
        let start = out.len();
        let engine = if self.text { qp::BODY } else { qp::BINARY };
        engine.encode_append(octets, out);
        let written = out.get(start..).unwrap_or_default();
        let line = memrchr(b'\n', written).map_or(0, |lf| lf.saturating_add(1));
        self.column = written.len().saturating_sub(line);
    }

    fn step(&mut self, octet: u8, out: &mut Vec<u8>) {
        let held = core::mem::replace(&mut self.held, Held::Nothing);
        if self.text && octet == b'\n' {
            return self.end_line(held, out);
        }
        if let Held::From(matched) = held
            && FROM.get(matched) == Some(&octet)
        {
            return self.from(matched.saturating_add(1), out);
        }
        if self.text && octet == b'\r' {
            self.held = match held {
                Held::Blank(blank) => Held::BlankCr(blank),
                held => {
                    self.release(held, out);
                    Held::Cr
                }
            };
            return;
        }
        self.release(held, out);
        match octet {
            b' ' | b'\t' => self.held = Held::Blank(octet),
            b'.' if self.guarded && self.is_next_at_start() => self.encoded(octet, out),
            b'F' if self.guarded && self.is_next_at_start() => self.held = Held::From(1),
            _ if is_literal(octet) => self.literal(octet, out),
            _ => self.encoded(octet, out),
        }
    }

    /// So many octets of `From ` were read: "=46rom " takes its place (RFC 2049 §3).
    fn from(&mut self, matched: usize, out: &mut Vec<u8>) {
        let [first, others @ .., blank] = FROM;
        if matched < FROM.len() {
            self.held = Held::From(matched);
            return;
        }
        self.encoded(*first, out);
        others.iter().for_each(|octet| self.literal(*octet, out));
        self.held = Held::Blank(*blank);
    }

    /// A line of the text ends.
    fn end_line(&mut self, held: Held, out: &mut Vec<u8>) {
        match held {
            Held::Blank(blank) | Held::BlankCr(blank) => self.encoded(blank, out),
            Held::From(_) => self.release(held, out),
            Held::Nothing | Held::Cr => {}
        }
        out.extend_from_slice(b"\r\n");
        self.column = 0;
    }

    /// What was held is followed by an octet of its line.
    fn release(&mut self, held: Held, out: &mut Vec<u8>) {
        match held {
            Held::Nothing => {}
            Held::Blank(blank) => self.literal(blank, out),
            Held::Cr => self.encoded(b'\r', out),
            Held::BlankCr(blank) => {
                self.literal(blank, out);
                self.encoded(b'\r', out);
            }
            Held::From(matched) => {
                FROM.iter().take(matched).for_each(|octet| self.literal(*octet, out));
            }
        }
    }

    /// Whether the next octet is the first of its line in the output.
    const fn is_next_at_start(&self) -> bool {
        self.column == 0 || self.column == COLUMNS
    }

    fn literal(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.make_room(1, out);
        out.push(octet);
    }

    fn encoded(&mut self, octet: u8, out: &mut Vec<u8>) {
        self.make_room(ENCODED, out);
        let digit = |value: u8| match value {
            0..=9 => b'0'.saturating_add(value),
            _ => b'A'.saturating_add(value.saturating_sub(10)),
        };
        out.extend_from_slice(&[b'=', digit(octet >> 4), digit(octet & 0xf)]);
    }

    fn make_room(&mut self, columns: usize, out: &mut Vec<u8>) {
        if self.column.saturating_add(columns) > COLUMNS {
            self.soft_break(out);
        }
        self.column = self.column.saturating_add(columns);
    }

    fn soft_break(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"=\r\n");
        self.column = 0;
    }
}

/// Whether an octet stands for itself, wherever it is (RFC 2045 §6.7, rule 2).
const fn is_literal(octet: u8) -> bool {
    matches!(octet, b'!'..=b'<' | b'>'..=b'~')
}
