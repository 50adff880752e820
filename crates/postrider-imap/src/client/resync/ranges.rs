//! A set of UIDs as ranges.

use alloc::collections::BTreeMap;
use core::num::NonZeroU32;

use crate::{NumberList, NumberRange};

/// UIDs in ascending order, of which those that follow one another are one range.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges(BTreeMap<u32, u32>);

impl Ranges {
    /// How many ranges there are.
    pub(super) fn pieces(&self) -> usize {
        self.0.len()
    }

    /// How many UIDs there are.
    pub(super) fn len(&self) -> u64 {
        let len =
            |(first, last): (&u32, &u32)| u64::from(last.saturating_sub(*first)).saturating_add(1);
        self.0.iter().map(len).fold(0, u64::saturating_add)
    }

    /// From the first to the last of them.
    pub(super) fn ends(&self) -> Option<NumberRange> {
        let first = self.0.first_key_value().map(|(first, _)| *first)?;
        let last = self.0.last_key_value().map(|(_, last)| *last)?;
        Some(NumberRange::new(NonZeroU32::new(first)?, NonZeroU32::new(last)?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, uid: u32) -> bool {
        self.0.range(..=uid).next_back().is_some_and(|(_, last)| *last >= uid)
    }

    pub(super) fn insert(&mut self, first: u32, last: u32) {
        let (mut first, mut last) = (first, last);
        // What touches it becomes part of it.
        while let Some((&from, &to)) = self.0.range(..=last.saturating_add(1)).next_back() {
            if to.saturating_add(1) < first {
                break;
            }
            first = first.min(from);
            last = last.max(to);
            self.0.remove(&from);
        }
        self.0.insert(first, last);
    }

    /// Takes these out; those that were there.
    pub(super) fn remove(&mut self, first: u32, last: u32) -> NumberList {
        let mut gone = Self::default();
        while let Some((&from, &to)) = self.0.range(..=last).next_back() {
            if to < first {
                break;
            }
            self.0.remove(&from);
            if from < first {
                self.0.insert(from, first.saturating_sub(1));
            }
            if to > last {
                self.0.insert(last.saturating_add(1), to);
            }
            gone.0.insert(from.max(first), to.min(last));
        }
        gone.list()
    }

    /// As a list.
    pub(super) fn list(&self) -> NumberList {
        let number = |number: &u32| NonZeroU32::new(*number).unwrap_or(NonZeroU32::MIN);
        self.0.iter().map(|(first, last)| NumberRange::new(number(first), number(last))).collect()
    }
}

impl From<&NumberList> for Ranges {
    fn from(list: &NumberList) -> Self {
        let mut ranges = Self::default();
        for range in list.ranges() {
            ranges.insert(range.first().get(), range.last().get());
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_are_a_set(
            steps in proptest::collection::vec((any::<bool>(), 1..60_u32, 0..9_u32), 0..60),
        ) {
            let (mut ranges, mut set) = (Ranges::default(), BTreeSet::new());
            for (insert, first, more) in steps {
                let last = first + more;
                if insert {
                    ranges.insert(first, last);
                    set.extend(first..=last);
                } else {
                    let gone: Vec<u32> = ranges.remove(first, last).iter().collect();
                    let theirs: Vec<u32> = set.range(first..=last).copied().collect();
                    theirs.iter().for_each(|uid| { set.remove(uid); });
                    prop_assert_eq!(gone, theirs);
                }
                let all: Vec<u32> = ranges.list().iter().collect();
                prop_assert_eq!(&all, &set.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(ranges.pieces(), ranges.list().ranges().len());
                prop_assert_eq!(ranges.len(), set.len() as u64);
                prop_assert!((0..80).all(|uid| ranges.contains(uid) == set.contains(&uid)));
                prop_assert_eq!(ranges.is_empty(), set.is_empty());
                let ends = ranges.ends().map(|ends| (ends.first().get(), ends.last().get()));
                prop_assert_eq!(ends, set.first().copied().zip(set.last().copied()));
            }
        }
    }
}
