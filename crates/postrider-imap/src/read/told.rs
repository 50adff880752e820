//! What a reader has found out and its caller has not taken yet.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::step::{Consumed, Step, Used};
use crate::quirks::Quirks;

/// The parts that wait for the caller of a reader, and what is known of the last of them.
#[derive(Debug)]
pub(super) struct Told<P> {
    parts: VecDeque<P>,
    met: Quirks,
    /// Where the lines before literals end in the unit that was read last.
    pieces: Vec<usize>,
}

impl<P> Told<P> {
    pub(super) fn new() -> Self {
        Self { parts: VecDeque::new(), met: Quirks::strict(), pieces: Vec::new() }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn push(&mut self, part: P) {
        self.parts.push_back(part);
    }

    /// What was forgiven in what was read last.
    pub(super) fn quirks(&self) -> Quirks {
        self.met
    }

    /// Begins to note what is forgiven.
    pub(super) fn set_quirks(&mut self, met: Quirks) {
        self.met = met;
    }

    /// Notes what else was forgiven.
    pub(super) fn add_quirks(&mut self, met: Quirks) {
        for quirk in met.iter() {
            self.met = self.met.with(quirk);
        }
    }

    pub(super) fn pieces(&self) -> &[usize] {
        &self.pieces
    }

    pub(super) fn set_pieces(&mut self, pieces: &[usize]) {
        self.pieces.clear();
        self.pieces.extend_from_slice(pieces);
    }

    /// The part that waits longest, without any octets.
    pub(super) fn next(&mut self) -> Option<Step<P>> {
        let part = self.parts.pop_front()?;
        Some(Step { octets: 0, consumed: Consumed::Text, part: Some(part) })
    }

    /// The step that used so much; `None` when the reader goes on. Whether it is `between` units.
    pub(super) fn step(
        &mut self,
        used: Used,
        consumed: Consumed,
        between: bool,
    ) -> Option<Step<P>> {
        match used {
            Used::Starved => {
                if between {
                    // Whoever waits for hours holds no queue meanwhile.
                    self.parts = VecDeque::new();
                }
                Some(Step::starved())
            }
            Used::Octets(0) => None,
            Used::Octets(octets) => Some(Step { octets, consumed, part: self.parts.pop_front() }),
        }
    }
}
