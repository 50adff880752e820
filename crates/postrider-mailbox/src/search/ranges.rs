//! Numbers as ranges: never expanded, looked up by halving.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// Ascending ranges that do not meet. A clone is the same ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges(Arc<Vec<(u32, u32)>>);

impl Ranges {
    /// Of ranges in any order.
    pub(super) fn new(ranges: impl IntoIterator<Item = RangeInclusive<u32>>) -> Self {
        let mut ranges: Vec<(u32, u32)> =
            ranges.into_iter().map(RangeInclusive::into_inner).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, before| {
            let meets = next.0 <= before.1.saturating_add(1);
            if meets {
                before.1 = before.1.max(next.1);
            }
            meets
        });
        Self(Arc::new(ranges))
    }

    /// How many ranges there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = RangeInclusive<u32>> {
        self.0.iter().map(|&(first, last)| first..=last)
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let before = self.0.partition_point(|&(_, last)| last < number);
        self.0.get(before).is_some_and(|&(first, _)| first <= number)
    }
}

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn ranges_in_any_order_hold_what_is_in_one_of_them() {
        let ranges = Ranges::new([9..=12, 2..=3, 4..=4, 11..=15]);
        let held = [2, 3, 4, 9, 10, 11, 12, 13, 14, 15];
        for number in 0..20 {
            assert_eq!(ranges.contains(number), held.contains(&number), "{number}");
        }
        assert!(ranges.iter().eq([2..=4, 9..=15]));
    }
}
