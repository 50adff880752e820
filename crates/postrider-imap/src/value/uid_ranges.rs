//! A set of UIDs as ranges.

use alloc::collections::BTreeMap;
use core::num::NonZeroU32;

use super::{NumberList, NumberRange, Uid};

/// UIDs in ascending order, each once, of which those that follow one another are one range: what is
/// added and taken away costs by the ranges that are met, never by the UIDs in them.
///
/// ```
/// use postrider_imap::{NumberRange, Uid, UidRanges};
///
/// let mut uids = UidRanges::new();
/// uids.insert(NumberRange::new(Uid::new(1)?.nonzero(), Uid::new(9)?.nonzero()));
/// let gone = uids.remove(NumberRange::one(Uid::new(4)?.nonzero()));
/// assert_eq!(gone.to_string(), "4");
/// assert_eq!(uids.list().to_string(), "1:3,5:9");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidRanges(BTreeMap<u32, u32>);

impl UidRanges {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many ranges there are.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.0.len()
    }

    /// How many UIDs there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.ranges().map(NumberRange::len).fold(0, u64::saturating_add)
    }

    /// From the first to the last of them.
    #[must_use]
    pub fn ends(&self) -> Option<NumberRange> {
        let first = self.0.first_key_value().map(|(first, _)| *first)?;
        let last = self.0.last_key_value().map(|(_, last)| *last)?;
        Some(NumberRange::new(NonZeroU32::new(first)?, NonZeroU32::new(last)?))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(&self, uid: u32) -> bool {
        self.0.range(..=uid).next_back().is_some_and(|(_, last)| *last >= uid)
    }

    /// Adds those that are not there yet.
    pub fn insert(&mut self, range: NumberRange) {
        let (mut first, mut last) = (range.first().get(), range.last().get());
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
    pub fn remove(&mut self, range: NumberRange) -> NumberList {
        let (first, last) = (range.first().get(), range.last().get());
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

    /// Each range, in order. They do not touch.
    pub fn ranges(&self) -> impl Iterator<Item = NumberRange> + Clone {
        let number = |number: &u32| NonZeroU32::new(*number).unwrap_or(NonZeroU32::MIN);
        self.0.iter().map(move |(first, last)| NumberRange::new(number(first), number(last)))
    }

    /// As a list.
    #[must_use]
    pub fn list(&self) -> NumberList {
        self.ranges().collect()
    }
}

impl From<&NumberList> for UidRanges {
    fn from(list: &NumberList) -> Self {
        list.ranges().iter().copied().collect()
    }
}

impl FromIterator<NumberRange> for UidRanges {
    fn from_iter<I: IntoIterator<Item = NumberRange>>(ranges: I) -> Self {
        let mut all = Self::new();
        all.extend(ranges);
        all
    }
}

impl FromIterator<Uid> for UidRanges {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        uids.into_iter().map(|uid| NumberRange::one(uid.nonzero())).collect()
    }
}

impl Extend<NumberRange> for UidRanges {
    fn extend<I: IntoIterator<Item = NumberRange>>(&mut self, ranges: I) {
        ranges.into_iter().for_each(|range| self.insert(range));
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
            let (mut ranges, mut set) = (UidRanges::default(), BTreeSet::new());
            for (insert, first, more) in steps {
                let last = first + more;
                let number = |number| NonZeroU32::new(number).unwrap();
                let range = NumberRange::new(number(first), number(last));
                if insert {
                    ranges.insert(range);
                    set.extend(first..=last);
                } else {
                    let gone: Vec<u32> = ranges.remove(range).iter().collect();
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
