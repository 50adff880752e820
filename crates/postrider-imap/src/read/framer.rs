//! A line with its literals is one unit.

use alloc::vec::Vec;

use super::literal::{LiteralHead, literal_at_end};

/// Who speaks: what ends a line, and where a literal may stand, differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A client. CRLF alone ends a line; a literal does not stand inside quotes.
    Command,
    /// A server. An LF without its CR is forgiven. There are no literals in texts. A line that ends
    /// with the announcement of a literal inside quotes is broken either way, and what servers mean
    /// by it is the literal.
    Response,
}

/// Finds the end of a unit without looking for it twice in the same octets. It holds no octets, only
/// places, relative to the first octet of the unit.
#[derive(Clone, Debug)]
pub(crate) struct Framer {
    side: Side,
    /// Where the line behind the last literal begins.
    line: usize,
    /// Up to where was searched. Beyond the octets that are there while a literal arrives.
    seen: usize,
    /// Where the lines before the last one end.
    pieces: Vec<usize>,
    /// Whether an LF without its CR stands in a line of a command.
    bare: bool,
}

/// What stands at the front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Framed {
    /// Nothing whole yet.
    More,
    /// A whole unit: its octets without the line end, and with it.
    Unit { text: usize, next: usize },
    /// A line that announces a literal, up to `next`. It waits for [`Framer::take_literal`].
    Literal { head: LiteralHead, next: usize },
    /// The unit goes past the limit.
    TooLong,
}

impl Framer {
    pub(crate) fn new(side: Side) -> Self {
        Self { side, line: 0, seen: 0, pieces: Vec::new(), bare: false }
    }

    /// Where the current line of the unit begins.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// Where the lines before literals end, in order.
    pub(crate) fn pieces(&self) -> &[usize] {
        &self.pieces
    }

    /// Whether an LF that ends no line stands in a command, outside of its literals. To some readers
    /// it ends one, so no command may hold it, and no announcement of a literal.
    pub(crate) fn has_bare_lf(&self) -> bool {
        self.bare
    }

    /// Looks on, up to `limit` octets.
    pub(crate) fn step(&mut self, octets: &[u8], limit: usize) -> Framed {
        loop {
            let found = octets.get(self.seen..).and_then(|unseen| memchr::memchr(b'\n', unseen));
            let Some(lf) = found.map(|at| self.seen.saturating_add(at)) else {
                self.seen = self.seen.max(octets.len());
                return if octets.len() >= limit { Framed::TooLong } else { Framed::More };
            };
            let next = lf.saturating_add(1);
            if next > limit {
                return Framed::TooLong;
            }
            let line = octets.get(self.line..lf).unwrap_or_default();
            let text = match (line.strip_suffix(b"\r"), self.side) {
                (Some(text), _) => text,
                (None, Side::Response) => line,
                (None, Side::Command) => {
                    self.bare = true;
                    self.seen = next;
                    continue;
                }
            };
            let end = self.line.saturating_add(text.len());
            return match literal_at_end(text) {
                Some(head) if self.may_stand(octets, text, head.at) => {
                    let at = self.line.saturating_add(head.at);
                    Framed::Literal { head: LiteralHead { at, ..head }, next }
                }
                _ => Framed::Unit { text: end, next },
            };
        }
    }

    /// Takes the announced literal as part of the unit: goes on behind it.
    pub(crate) fn take_literal(&mut self, next: usize, octets: usize) {
        self.pieces.push(next);
        self.line = next.saturating_add(octets);
        self.seen = self.line;
    }

    /// Whether a literal may be announced at `at` of the line.
    fn may_stand(&self, unit: &[u8], line: &[u8], at: usize) -> bool {
        stands_apart(line, at)
            && match self.side {
                Side::Response => may_hold_literal(unit),
                Side::Command => !is_inside_quotes(line.get(..at).unwrap_or_default()),
            }
    }
}

/// Whether these octets, without the line end behind them, are one command to every reader: no line
/// ends in them but behind the announcement of a literal.
pub(crate) fn is_one_command(unit: &[u8]) -> bool {
    let mut framer = Framer::new(Side::Command);
    loop {
        match framer.step(unit, usize::MAX) {
            Framed::Literal { head, next } => {
                let size = head.octets.and_then(|size| usize::try_from(size).ok());
                framer.take_literal(next, size.unwrap_or(usize::MAX));
            }
            Framed::More => return !framer.has_bare_lf(),
            Framed::Unit { .. } | Framed::TooLong => return false,
        }
    }
}

/// Whether a literal may be announced at `at` of the line, by the octet before it. In a word, `{` is
/// only a brace.
pub(crate) fn stands_apart(line: &[u8], at: usize) -> bool {
    matches!(line.get(..at).and_then(<[u8]>::last), Some(b' ' | b'(') | None)
}

/// Whether what follows these octets of a line stands inside a quoted string. A string does not go
/// past the end of its line, so none is open where the line begins.
pub(crate) fn is_inside_quotes(line: &[u8]) -> bool {
    let mut rest = line;
    let mut inside = false;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let escape = inside && rest.get(at) == Some(&b'\\');
        inside ^= rest.get(at) == Some(&b'"');
        rest = rest.get(at.saturating_add(if escape { 2 } else { 1 })..).unwrap_or_default();
    }
    inside
}

/// Whether a response that begins like this may hold a literal: data. In texts braces are only
/// braces. It looks at the first words only, and no further than the longest of the names goes.
pub(crate) fn may_hold_literal(unit: &[u8]) -> bool {
    const TEXTS: [&[u8]; 7] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH", b"CAPABILITY", b"FLAGS"];
    const WORD: usize = 16;
    let Some(data) = unit.strip_prefix(b"* ") else { return false };
    let data = data.get(..WORD).unwrap_or(data);
    // Blanks may stand doubled; other octets that look like blanks are part of the word.
    let word = data.split(|octet| *octet == b' ').find(|word| !word.is_empty()).unwrap_or_default();
    !TEXTS.iter().any(|text| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    /// The units of a stream, with literals taken as they are announced.
    fn units(side: Side, mut octets: &[u8]) -> Vec<&[u8]> {
        let mut all = Vec::new();
        let mut framer = Framer::new(side);
        loop {
            match framer.step(octets, 1000) {
                Framed::Unit { text, next } => {
                    all.push(&octets[..text]);
                    octets = &octets[next..];
                    framer = Framer::new(side);
                }
                Framed::Literal { head, next } => {
                    framer.take_literal(next, usize::try_from(head.octets.unwrap()).unwrap());
                }
                Framed::More | Framed::TooLong => return all,
            }
        }
    }

    #[test]
    fn a_brace_in_a_text_is_no_literal() {
        // Issue text, and RFC 9051 §7.1: resp-text is TEXT-CHARs.
        let wire = b"a NO No such mailbox: x{10}\r\n* OK x {3}\r\n+ go {3}\r\nb OK\r\n";
        assert_eq!(units(Side::Response, wire).len(), 4);
    }

    #[test]
    fn a_literal_is_part_of_its_unit() {
        let wire = b"* LIST () \"/\" {3}\r\na\r\n\r\n* OK\r\n";
        assert_eq!(units(Side::Response, wire), [&wire[..22], b"* OK"]);
        let wire = b"a LOGIN {2+}\r\n{1 ~{1}\r\n}\r\nb NOOP\r\n";
        assert_eq!(units(Side::Command, wire), [&wire[..24], b"b NOOP"]);
    }

    #[test]
    fn a_literal_of_a_command_stands_neither_in_a_word_nor_in_quotes() {
        for line in ["a LOGIN x{3}", "a LOGIN \"b {3}", "a LOGIN \"b\\\" {3}", "a x}", "a {}"] {
            let wire = [line.as_bytes(), b"\r\nb NOOP\r\n"].concat();
            assert_eq!(units(Side::Command, &wire), [line.as_bytes(), b"b NOOP"], "{line}");
        }
    }

    #[test]
    fn a_bare_lf_ends_a_response_and_no_command() {
        assert_eq!(units(Side::Response, b"* OK a\n* OK b\r\n").len(), 2);
        assert_eq!(units(Side::Command, b"a NOOP\nb NOOP\r\n").len(), 1);
    }
}
