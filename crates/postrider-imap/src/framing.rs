//! Framing before grammar: a line with its literals is one unit.

use crate::syntax::{LiteralHead, literal_at_end};

/// What ends a line here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// CRLF alone: what a server takes.
    CrLf,
    /// LF with or without a CR: what a client forgives.
    Lf,
}

/// Finds the end of a unit without looking at an octet twice. It holds no octets, only places in
/// the inbox, relative to its first octet.
#[derive(Clone, Debug)]
pub(crate) struct Framer {
    end: LineEnd,
    /// Where the line behind the last literal begins.
    line: usize,
    /// Up to where was searched. Beyond the inbox while a literal arrives.
    seen: usize,
    /// Where the lines before the last one end.
    pieces: alloc::vec::Vec<usize>,
}

/// What stands at the front of the inbox.
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
    pub(crate) fn new(end: LineEnd) -> Self {
        Self { end, line: 0, seen: 0, pieces: alloc::vec::Vec::new() }
    }

    /// Where the current line of the unit begins.
    pub(crate) fn line(&self) -> usize {
        self.line
    }

    /// Where the lines before literals end, in order.
    pub(crate) fn pieces(&self) -> &[usize] {
        &self.pieces
    }

    /// Looks on. `literals` tells whether the line up to here may announce a literal.
    pub(crate) fn step(
        &mut self,
        octets: &[u8],
        limit: usize,
        literals: impl Fn(&[u8]) -> bool,
    ) -> Framed {
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
            let text = match (line.strip_suffix(b"\r"), self.end) {
                (Some(text), _) => text,
                (None, LineEnd::Lf) => line,
                (None, LineEnd::CrLf) => {
                    self.seen = next;
                    continue;
                }
            };
            let end = self.line.saturating_add(text.len());
            return match literal_at_end(text) {
                Some(head) if literals(octets.get(..end).unwrap_or_default()) => {
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
}

/// Shows a received unit to the tap, line by line: `pieces` are the ends of the lines before
/// literals. From `secret` on it is a credential.
pub(crate) fn show_in<E: postrider_wire::MachineError>(
    chassis: &mut postrider_wire::Chassis<E>,
    unit: &[u8],
    pieces: &[usize],
    secret: Option<usize>,
) {
    let mut from = 0_usize;
    for &end in pieces.iter().chain([&unit.len()]) {
        let line = unit.get(from..end).unwrap_or_default();
        let hidden = secret.map(|at| at.max(from)).filter(|at| *at < end);
        let hidden = hidden.map(|at| at.saturating_sub(from)..line.len());
        chassis.show_line_in(line, hidden.as_slice());
        from = end;
    }
}
