//! How many messages lie before a block: a Fenwick tree over the counts of the blocks.

use alloc::vec::Vec;

/// Slot `i` holds the sum of the last `lowest_bit(i + 1)` counts up to and including count `i`.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(Vec<u32>);

/// The value of the lowest bit that is set.
fn lowest_bit(n: usize) -> usize {
    n & n.wrapping_neg()
}

impl Counts {
    /// Of all blocks, in one pass.
    pub(super) fn build(counts: impl IntoIterator<Item = u32>) -> Self {
        let mut tree: Vec<u32> = counts.into_iter().collect();
        for place in 1..=tree.len() {
            let sum = tree.get(place.saturating_sub(1)).copied().unwrap_or(0);
            let parent = place.saturating_add(lowest_bit(place));
            if let Some(slot) = tree.get_mut(parent.saturating_sub(1)) {
                *slot = slot.saturating_add(sum);
            }
        }
        Self(tree)
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a block at the end.
    pub(super) fn push(&mut self, count: u32) {
        let place = self.0.len().saturating_add(1);
        let start = place.saturating_sub(lowest_bit(place));
        let before = self.before(place.saturating_sub(1)).saturating_sub(self.before(start));
        self.0.push(before.saturating_add(count));
    }

    /// How many messages the blocks before `block` have.
    pub(super) fn before(&self, block: usize) -> u32 {
        let (mut place, mut sum) = (block.min(self.0.len()), 0_u32);
        while place > 0 {
            sum = sum.saturating_add(self.slot(place));
            place = place.saturating_sub(lowest_bit(place));
        }
        sum
    }

    /// The block has so many messages more.
    pub(super) fn add(&mut self, block: usize, count: u32) {
        self.change(block, |slot| slot.saturating_add(count));
    }

    /// The block has so many messages less.
    pub(super) fn sub(&mut self, block: usize, count: u32) {
        self.change(block, |slot| slot.saturating_sub(count));
    }

    /// The block with the message that has `before` messages before it, and how many of these lie in
    /// the block. Where there is no such message: behind the last block.
    pub(super) fn find(&self, before: u32) -> (usize, u32) {
        let (mut place, mut rest) = (0_usize, before);
        let mut step = self.0.len().checked_ilog2().map_or(0, |log| 1_usize << log);
        while step > 0 {
            let next = place.saturating_add(step);
            if next <= self.0.len() && self.slot(next) <= rest {
                rest = rest.saturating_sub(self.slot(next));
                place = next;
            }
            step >>= 1;
        }
        (place, rest)
    }

    fn slot(&self, place: usize) -> u32 {
        self.0.get(place.wrapping_sub(1)).copied().unwrap_or(0)
    }

    fn change(&mut self, block: usize, change: impl Fn(u32) -> u32) {
        let mut place = block.saturating_add(1);
        while let Some(slot) = self.0.get_mut(place.wrapping_sub(1)) {
            *slot = change(*slot);
            place = place.saturating_add(lowest_bit(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_a_plain_loop_however_the_tree_was_made() {
        let plain: Vec<u32> = (0..100).map(|n| n * 7 % 5).collect();
        let mut pushed = Counts::default();
        plain.iter().for_each(|&count| pushed.push(count));
        for counts in [pushed, Counts::build(plain.iter().copied())] {
            for block in 0..=plain.len() {
                let sum: u32 = plain[..block].iter().sum();
                assert_eq!(counts.before(block), sum);
            }
            let all = plain.iter().sum::<u32>();
            for before in 0..all {
                let (block, rest) = counts.find(before);
                assert!(rest < plain[block]);
                assert_eq!(plain[..block].iter().sum::<u32>() + rest, before);
            }
            assert_eq!(counts.find(all).0, plain.len());
        }
    }

    #[test]
    fn a_changed_count_moves_what_is_behind_it() {
        let mut counts = Counts::build([5; 20]);
        counts.sub(7, 5);
        counts.add(19, 1);
        assert_eq!(counts.before(7), 35);
        assert_eq!(counts.before(8), 35);
        assert_eq!(counts.before(20), 96);
        assert_eq!(counts.find(35), (8, 0));
    }
}
