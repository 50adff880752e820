//! Texts as numbers: each is kept once, and compared once.

use alloc::{boxed::Box, collections::BTreeMap};

/// The number of what is not there.
pub(super) const NONE: u32 = u32::MAX;

/// An index as a number. There are fewer: each has memory of its own.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(NONE)
}

/// A number as an index.
pub(super) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What is at a place; [`NONE`] where there is no such place.
pub(super) fn get(list: &[u32], place: u32) -> u32 {
    list.get(index(place)).copied().unwrap_or(NONE)
}

/// Changes a place, if it is there.
pub(super) fn set(list: &mut [u32], place: u32, to: u32) {
    if let Some(slot) = list.get_mut(index(place)) {
        *slot = to;
    }
}

/// Texts in the order in which they came. An ordered map, whose worst case nobody can reach by
/// choosing texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Identifiers(BTreeMap<Box<str>, u32>);

impl Identifiers {
    pub(super) fn number_of(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.0.get(text) {
            return known;
        }
        let next = number(self.0.len());
        self.0.insert(text.into(), next);
        next
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
