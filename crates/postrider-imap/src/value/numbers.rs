//! Results: numbers in an order, held as ranges.

use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU32;

use super::{InvalidValue, MessageNumber, Uid};

/// Message numbers or UIDs in an order that means something, such as that of SORT. What ascends by
/// one is held as a range, so that the results of a search take little memory.
///
/// ```
/// use postrider_imap::NumberList;
///
/// let found: NumberList = [2_u32, 3, 4, 9].into_iter().collect();
/// assert_eq!(found.len(), 4);
/// assert_eq!(found.to_string(), "2:4,9");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NumberList(Vec<NumberRange>);

/// Numbers that ascend by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberRange {
    first: NonZeroU32,
    last: NonZeroU32,
}

impl NumberRange {
    /// One number.
    #[must_use]
    pub fn one(number: NonZeroU32) -> Self {
        Self { first: number, last: number }
    }

    /// From the one to the other, in either order.
    #[must_use]
    pub fn new(one: NonZeroU32, other: NonZeroU32) -> Self {
        Self { first: one.min(other), last: one.max(other) }
    }

    /// The smallest.
    #[must_use]
    pub fn first(self) -> NonZeroU32 {
        self.first
    }

    /// The largest.
    #[must_use]
    pub fn last(self) -> NonZeroU32 {
        self.last
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> u64 {
        u64::from(self.last.get().saturating_sub(self.first.get())).saturating_add(1)
    }

    /// Never: a range has its ends.
    #[must_use]
    pub fn is_empty(self) -> bool {
        false
    }
}

impl NumberList {
    /// No numbers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one at the end.
    pub fn push(&mut self, number: NonZeroU32) {
        self.push_range(NumberRange::one(number));
    }

    /// Adds a range at the end.
    #[inline]
    pub fn push_range(&mut self, range: NumberRange) {
        match self.0.last_mut() {
            Some(before) if before.last.checked_add(1) == Some(range.first) => {
                before.last = range.last;
            }
            _ => self.0.push(range),
        }
    }

    /// Adds what `next` gives at the end, until it gives no more or there are more than `most`
    /// ranges, which is checked now and then. Nothing is asked of it while the list is empty.
    ///
    /// Whether a number goes on with the range before it cannot be foreseen, so nothing here
    /// branches on it: each range is stored, and counts when the next number begins another.
    #[inline]
    pub(crate) fn extend_from(
        &mut self,
        most: usize,
        mut next: impl FnMut() -> Option<NonZeroU32>,
    ) {
        let Some(mut open) = self.0.pop() else { return };
        let mut batch = [open; 64];
        let mut len = 0_usize;
        while let Some(number) = next() {
            let goes_on = open.last.get().wrapping_add(1) == number.get();
            if let Some(slot) = batch.get_mut(len) {
                *slot = open;
            }
            len = len.wrapping_add(usize::from(!goes_on));
            open = NumberRange { first: if goes_on { open.first } else { number }, last: number };
            if len == batch.len() {
                self.0.extend_from_slice(&batch);
                len = 0;
                if self.0.len() > most {
                    break;
                }
            }
        }
        self.0.extend_from_slice(batch.get(..len).unwrap_or_default());
        self.0.push(open);
    }

    /// The ranges in their order.
    #[must_use]
    pub fn ranges(&self) -> &[NumberRange] {
        &self.0
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.iter().fold(0, |sum, range| sum.saturating_add(range.len()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the number is in the list.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.0.iter().any(|range| (range.first.get()..=range.last.get()).contains(&number))
    }

    /// Each number in its order, one at a time. A peer that tells a range can make this long.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().flat_map(|range| range.first.get()..=range.last.get())
    }
}

impl FromIterator<NonZeroU32> for NumberList {
    fn from_iter<I: IntoIterator<Item = NonZeroU32>>(numbers: I) -> Self {
        let mut list = Self::new();
        for number in numbers {
            list.push(number);
        }
        list
    }
}

impl FromIterator<NumberRange> for NumberList {
    fn from_iter<I: IntoIterator<Item = NumberRange>>(ranges: I) -> Self {
        let mut list = Self::new();
        for range in ranges {
            list.push_range(range);
        }
        list
    }
}

impl FromIterator<Uid> for NumberList {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        uids.into_iter().map(Uid::nonzero).collect()
    }
}

impl FromIterator<MessageNumber> for NumberList {
    fn from_iter<I: IntoIterator<Item = MessageNumber>>(numbers: I) -> Self {
        numbers.into_iter().map(MessageNumber::nonzero).collect()
    }
}

impl FromIterator<u32> for NumberList {
    /// Zeros, which are no numbers of messages, are left out.
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        numbers.into_iter().filter_map(NonZeroU32::new).collect()
    }
}

impl fmt::Display for NumberList {
    /// As a set, in the order of the list.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            if range.first == range.last {
                write!(f, "{}", range.first)?;
            } else {
                write!(f, "{}:{}", range.first, range.last)?;
            }
        }
        Ok(())
    }
}

/// UIDs that a server tells, in an order: never `*`, never expanded (RFC 4315 §4 `uid-set`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UidSet(NumberList);

impl UidSet {
    /// These UIDs in this order.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] when there are none.
    pub fn new(uids: NumberList) -> Result<Self, InvalidValue> {
        if uids.is_empty() { Err(InvalidValue::Empty) } else { Ok(Self(uids)) }
    }

    /// One UID.
    #[must_use]
    pub fn one(uid: Uid) -> Self {
        Self([uid.nonzero()].into_iter().collect())
    }

    /// The numbers as a list.
    #[must_use]
    pub fn as_list(&self) -> &NumberList {
        &self.0
    }

    /// How many UIDs there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether there are none, which no server tells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each UID in its order, one at a time.
    pub fn iter(&self) -> impl Iterator<Item = Uid> {
        self.0.iter().filter_map(|uid| Uid::new(uid).ok())
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
