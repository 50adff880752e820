//! Base64 (RFC 2045 §6.8), in pieces.
//!
//! A body is lines of whole quanta, nearly always. So blocks of whole lines go to the SIMD decoder
//! that skips white space; the number of line ends then proves that nothing else was skipped. Where
//! the proof fails, the block is decoded again, run by run.

use alloc::vec::Vec;
use core::slice::ChunksExact;

use encodify::base64::{self, LENIENT};
use memchr::{memchr, memchr2_iter, memrchr};

use super::problem::Problems;
use crate::code;

/// Octets that are decoded at once, which is what one octet that does not belong there costs.
const BLOCK: usize = 128 << 10;

/// Undoes the encoding of a whole body.
pub(super) fn decode(body: &[u8], problems: &mut Problems) -> Vec<u8> {
    // The decoder asks for room as if no octet were a line end.
    let mut out = Vec::with_capacity(super::three_quarters(body.len()));
    let mut decoder = Base64::new();
    decoder.feed(body, true, &mut out, problems);
    decoder.finish(&mut out, problems);
    out
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Base64 {
    symbols: base64::Decoder,
    /// Symbols of the quantum that has begun, 0 to 3.
    begun: usize,
    /// Padding was seen, and no symbol since.
    padded: bool,
    /// Padding characters the last quantum still lacks.
    lacks: usize,
    at: u64,
    /// The octet before was no line end.
    in_line: bool,
}

impl Base64 {
    pub(super) fn new() -> Self {
        Self {
            symbols: LENIENT.decoder(),
            begun: 0,
            padded: false,
            lacks: 0,
            at: 0,
            in_line: false,
        }
    }

    pub(super) fn decode(&mut self, chunk: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        self.feed(chunk, false, out, problems);
    }

    /// `whole` where nothing follows, so that the last line needs no end to be whole.
    fn feed(&mut self, chunk: &[u8], whole: bool, out: &mut Vec<u8>, problems: &mut Problems) {
        let mut rest = chunk;
        // To the start of a line, where the last chunk was cut inside one: the decoder of lines
        // measures the first.
        if !self.is_between_quanta() || self.in_line {
            let line = memchr(b'\n', rest).map_or(rest.len(), |lf| lf.saturating_add(1));
            let (line, after) = rest.split_at_checked(line).unwrap_or((rest, &[]));
            self.by_runs(line, out, problems);
            rest = after;
        }
        while !rest.is_empty() {
            let window = rest.get(..BLOCK).unwrap_or(rest);
            let lines = match whole && window.len() == rest.len() {
                true => window.len(),
                false => memrchr(b'\n', window).map_or(window.len(), |lf| lf.saturating_add(1)),
            };
            let (block, after) = rest.split_at_checked(lines).unwrap_or((rest, &[]));
            let is_lines = self.is_between_quanta() && (whole || block.ends_with(b"\n"));
            if !(is_lines && self.by_lines(block, out)) {
                self.by_runs(block, out, problems);
            }
            rest = after;
        }
        self.in_line = chunk.last().map_or(self.in_line, |last| *last != b'\n');
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>, problems: &mut Problems) {
        if self.begun != 0 || self.lacks != 0 {
            problems.tell(&code::INCOMPLETE_BASE64, self.at);
        }
        self.symbols.finish(out);
        *self = Self { at: self.at, ..Self::new() };
    }

    const fn is_between_quanta(&self) -> bool {
        self.begun == 0 && !self.padded
    }

    /// Decodes a block that is whole quanta in lines, perhaps with padding at its end. False, and
    /// nothing done, where it is anything else.
    fn by_lines(&mut self, block: &[u8], out: &mut Vec<u8>) -> bool {
        let core = match block.trim_ascii_end() {
            [core @ .., b'=', b'='] | [core @ .., b'='] => core,
            core => core,
        };
        let padding = block.trim_ascii_end().len().saturating_sub(core.len());
        let start = out.len();
        let Ok(octets) = LENIENT.decode_append(block, out) else { return false };
        let symbols = core.len().saturating_sub(line_ends(core));
        // Were anything else skipped, there were fewer symbols, and each of these counts of octets
        // needs the last one.
        let expected = symbols.saturating_mul(3) / 4;
        let whole = matches!((symbols % 4, padding), (0, 0) | (2, 2) | (3, 1));
        if !whole || octets != expected {
            out.truncate(start);
            return false;
        }
        self.padded = padding != 0;
        self.advance(block.len());
        true
    }

    /// Decodes run after run of symbols; what is none is ignored, and told unless it is white space.
    fn by_runs(&mut self, block: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        let mut rest = block;
        loop {
            let run = self.symbols.decode_symbols(rest, out);
            if run > 0 {
                self.after_padding(problems);
                self.begun = self.begun.wrapping_add(run) % 4;
                self.advance(run);
            }
            rest = rest.get(run..).unwrap_or_default();
            let [octet, after @ ..] = rest else { return };
            match octet {
                b'=' if self.padded => self.lacks = self.lacks.saturating_sub(1),
                b'=' => {
                    self.lacks = match self.begun {
                        0 => 0,
                        1 => {
                            problems.tell(&code::INCOMPLETE_BASE64, self.at);
                            0
                        }
                        // This one is the first of two, or the only one.
                        begun => 3_usize.saturating_sub(begun),
                    };
                    self.symbols.pad(out);
                    (self.padded, self.begun) = (true, 0);
                }
                b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => {}
                _ => problems.tell(&code::NOT_BASE64, self.at),
            }
            self.advance(1);
            rest = after;
        }
    }

    /// Symbols begin here: what padding left open is told.
    fn after_padding(&mut self, problems: &mut Problems) {
        if !self.padded {
            return;
        }
        if self.lacks != 0 {
            problems.tell(&code::INCOMPLETE_BASE64, self.at);
        }
        problems.tell(&code::AFTER_PADDING, self.at);
        (self.padded, self.lacks) = (false, 0);
    }

    fn advance(&mut self, octets: usize) {
        self.at = self.at.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
    }
}

/// How many octets are line ends. In lines of one length, which is what programs write, only the
/// places where they must be are looked at: others would be octets that the decoder skipped.
fn line_ends(lines: &[u8]) -> usize {
    let every = || memchr2_iter(b'\r', b'\n', lines).count();
    let Some(lf) = memchr(b'\n', lines) else { return every() };
    let line = lines.chunks_exact(lf.saturating_add(1));
    let number = line.len();
    let (count, regular) = match lines.get(..lf) {
        Some([.., b'\r']) => (number.saturating_mul(2), all_end_with(line, *b"\r\n")),
        _ => (number, all_end_with(line, *b"\n")),
    };
    if regular { count } else { every() }
}

/// Whether all these lines do, without a branch for each.
fn all_end_with<const N: usize>(lines: ChunksExact<'_, u8>, end: [u8; N]) -> bool {
    let differs = |line: &[u8]| match line.last_chunk::<N>() {
        Some(last) => last.iter().zip(end).fold(0, |seen, (octet, end)| seen | (octet ^ end)),
        None => 1,
    };
    lines.fold(0, |seen, line| seen | differs(line)) == 0
}
