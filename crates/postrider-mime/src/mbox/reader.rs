//! The push reader: a mailbox of any size in bounded memory.

use alloc::vec::Vec;

use super::{
    Event, Format,
    scanner::{Scanner, Step},
};

/// Reads a mailbox that comes in chunks. See the [module](super) for how.
#[derive(Debug)]
pub struct Reader {
    scanner: Scanner,
    /// Octets that were not told from `start` on: what they are is not known yet.
    held: Vec<u8>,
    start: usize,
    /// Before so many are held, nothing can be told.
    wanted: usize,
}

impl Reader {
    /// How far ahead [`new`](Self::new) looks for the end that a `Content-Length` tells: 1 MiB.
    pub const LOOKAHEAD: usize = 1 << 20;

    /// Octets by which what is held grows at least until it is known what it is.
    const PIECE: usize = 1024;

    /// A reader of a mailbox that has not begun.
    pub const fn new(format: Format) -> Self {
        Self::with_lookahead(format, Self::LOOKAHEAD)
    }

    /// A reader that looks so many octets ahead where a mail seems to begin in a body whose
    /// `Content-Length` tells a later end. It holds as many and 3 KiB then, in a buffer of up to four
    /// times that. An end that lies farther ahead is believed.
    pub const fn with_lookahead(format: Format, octets: usize) -> Self {
        Self { scanner: Scanner::new(format, octets), held: Vec::new(), start: 0, wanted: 0 }
    }

    /// Octets of the input that were told in events so far. A few more may be held.
    pub const fn offset(&self) -> u64 {
        self.scanner.offset()
    }

    /// Takes the next octets of the mailbox and tells what they are.
    pub fn push(&mut self, mut chunk: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        while !self.held.is_empty() && !chunk.is_empty() {
            let before = self.held.len().saturating_sub(self.start);
            let piece = chunk.len().min(self.wanted.saturating_sub(before).max(Self::PIECE));
            let (piece, rest) = chunk.split_at_checked(piece).unwrap_or((chunk, &[]));
            self.held.extend_from_slice(piece);
            let told = self.advance_held(false, tell);
            if let Some(of_chunk) = told.checked_sub(before) {
                self.held.clear();
                self.start = 0;
                chunk = chunk.get(of_chunk..).unwrap_or_default();
            } else {
                self.forget(told);
                chunk = rest;
            }
        }
        if !chunk.is_empty() {
            let told = self.advance(chunk, false, tell);
            self.held.extend_from_slice(chunk.get(told..).unwrap_or_default());
        }
    }

    /// Tells what is held, and ends the last mail: nothing follows.
    pub fn finish(mut self, tell: &mut impl FnMut(Event<'_>)) {
        self.advance_held(true, tell);
    }

    /// Forgets what was told of what is held; what remains is moved only where it is less.
    fn forget(&mut self, told: usize) {
        self.start = self.start.saturating_add(told);
        if self.start > self.held.len() / 2 {
            self.held.drain(..self.start);
            self.start = 0;
        }
    }

    fn advance_held(&mut self, last: bool, tell: &mut impl FnMut(Event<'_>)) -> usize {
        let held = core::mem::take(&mut self.held);
        let told = match held.get(self.start..) {
            Some(octets) if last || octets.len() >= self.wanted => self.advance(octets, last, tell),
            _ => 0,
        };
        self.held = held;
        told
    }

    /// Tells as many of these octets as it can.
    fn advance(&mut self, octets: &[u8], last: bool, tell: &mut impl FnMut(Event<'_>)) -> usize {
        let mut at = 0_usize;
        loop {
            match self.scanner.step(octets.get(at..).unwrap_or_default(), last, tell) {
                Step::On(told) => at = at.saturating_add(told),
                Step::Wait(wanted) => {
                    self.wanted = wanted;
                    return at;
                }
            }
        }
    }
}
