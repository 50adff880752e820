//! Sequence sets: ranges, never expanded.

use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU32;
use core::ops::RangeInclusive;

use super::{InvalidValue, MessageNumber, NumberList, Uid, UidSet};

/// A set of message numbers or UIDs (RFC 3501 §9 `sequence-set`), as it was written.
///
/// ```
/// use postrider_imap::SequenceSet;
///
/// let set = SequenceSet::parse("9,2:4,12:*")?;
/// assert_eq!(set.to_string(), "9,2:4,12:*");
/// // In a mailbox of 10 messages `*` is 10, and `12:*` reads as `10:12`.
/// assert_eq!(set.resolve(10), [2..=4, 9..=10]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SequenceSet(Vec<SequenceRange>);

/// Which messages a command is about: a set, or what the last search saved (RFC 5182).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of the grammar")]
pub enum MessageSet {
    /// These.
    Set(SequenceSet),
    /// `$`
    Saved,
}

impl From<SequenceSet> for MessageSet {
    fn from(set: SequenceSet) -> Self {
        Self::Set(set)
    }
}

impl From<Uid> for MessageSet {
    fn from(uid: Uid) -> Self {
        Self::Set(uid.into())
    }
}

impl From<MessageNumber> for MessageSet {
    fn from(number: MessageNumber) -> Self {
        Self::Set(number.into())
    }
}

impl fmt::Display for MessageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(set) => set.fmt(f),
            Self::Saved => f.write_str("$"),
        }
    }
}

/// One member of a set: a number, or two in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SequenceRange {
    /// One number.
    One(SequenceNumber),
    /// All numbers between two, both included.
    Between(SequenceNumber, SequenceNumber),
}

/// A number in a set, or `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of the grammar")]
pub enum SequenceNumber {
    /// A number above zero.
    Number(NonZeroU32),
    /// `*`, the largest number in use.
    Last,
}

impl SequenceSet {
    /// One message.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when it is zero.
    pub fn one(number: u32) -> Result<Self, InvalidValue> {
        Ok(Self([SequenceRange::One(number.try_into()?)].into()))
    }

    /// All messages between two, both included.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Number`] when one of them is zero.
    pub fn between(first: u32, last: u32) -> Result<Self, InvalidValue> {
        Ok(Self([SequenceRange::Between(first.try_into()?, last.try_into()?)].into()))
    }

    /// All messages, `1:*`.
    #[must_use]
    pub fn all() -> Self {
        let first = SequenceNumber::Number(NonZeroU32::MIN);
        Self([SequenceRange::Between(first, SequenceNumber::Last)].into())
    }

    /// The union of these ranges.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] when there are none.
    pub fn new(ranges: Vec<SequenceRange>) -> Result<Self, InvalidValue> {
        if ranges.is_empty() { Err(InvalidValue::Empty) } else { Ok(Self(ranges)) }
    }

    /// The first `n` ranges, of which there is at least one, and the others if there are any.
    pub(crate) fn split(mut self, n: usize) -> (Self, Option<Self>) {
        let others = self.0.split_off(n.max(1).min(self.0.len()));
        let others = (!others.is_empty()).then_some(Self(others));
        (self, others)
    }

    /// Reads the form in which it is written.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when it does not follow the grammar.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, InvalidValue> {
        crate::syntax::whole(text.as_ref(), crate::syntax::sequence_set).ok_or(InvalidValue::Octet)
    }

    /// The ranges as they were written.
    #[must_use]
    pub fn ranges(&self) -> &[SequenceRange] {
        &self.0
    }

    /// The set in a mailbox whose largest number is `largest`: ascending ranges that do not touch,
    /// between 1 and `largest`. The cost depends on the number of ranges alone.
    #[must_use]
    pub fn resolve(&self, largest: u32) -> Vec<RangeInclusive<u32>> {
        if largest == 0 {
            return Vec::new();
        }
        let mut spans: Vec<(u32, u32)> = self
            .0
            .iter()
            .map(|range| range.span(largest))
            .filter(|&(first, _)| first <= largest)
            .map(|(first, last)| (first.max(1), last.min(largest)))
            .collect();
        merge(&mut spans);
        spans.into_iter().map(|(first, last)| first..=last).collect()
    }

    /// The same messages in ascending ranges that do not meet, with `*` at the end.
    pub(crate) fn ascending(&self) -> Self {
        // `*` is behind every number.
        let place = |number| match number {
            SequenceNumber::Number(number) => u64::from(number.get()),
            SequenceNumber::Last => u64::MAX,
        };
        let number = |place: u64| {
            let number = u32::try_from(place).ok().and_then(NonZeroU32::new);
            number.map_or(SequenceNumber::Last, SequenceNumber::Number)
        };
        let span = |range: &SequenceRange| {
            let (one, other) = match *range {
                SequenceRange::One(one) => (place(one), place(one)),
                SequenceRange::Between(one, other) => (place(one), place(other)),
            };
            (one.min(other), one.max(other))
        };
        let mut spans: Vec<(u64, u64)> = self.0.iter().map(span).collect();
        merge(&mut spans);
        let range = |(first, last): (u64, u64)| match first == last {
            true => SequenceRange::One(number(first)),
            false => SequenceRange::Between(number(first), number(last)),
        };
        Self(spans.into_iter().map(range).collect())
    }

    /// Whether the set holds `number` in a mailbox whose largest number is `largest`.
    #[must_use]
    pub fn contains(&self, number: u32, largest: u32) -> bool {
        self.0.iter().any(|range| {
            let (first, last) = range.span(largest);
            (first..=last).contains(&number)
        })
    }
}

/// Sorts spans and joins those that touch.
fn merge<T: Copy + Into<u64> + Ord>(spans: &mut Vec<(T, T)>) {
    spans.sort_unstable();
    spans.dedup_by(|next, before| {
        let touches = next.0.into() <= before.1.into().saturating_add(1);
        if touches {
            before.1 = before.1.max(next.1);
        }
        touches
    });
}

impl From<SequenceRange> for SequenceSet {
    fn from(range: SequenceRange) -> Self {
        Self([range].into())
    }
}

impl From<NonZeroU32> for SequenceSet {
    fn from(number: NonZeroU32) -> Self {
        Self([SequenceRange::One(SequenceNumber::Number(number))].into())
    }
}

impl From<MessageNumber> for SequenceSet {
    fn from(number: MessageNumber) -> Self {
        number.nonzero().into()
    }
}

impl From<Uid> for SequenceSet {
    fn from(uid: Uid) -> Self {
        uid.nonzero().into()
    }
}

impl TryFrom<&NumberList> for SequenceSet {
    type Error = InvalidValue;

    /// What was found, for the next command.
    fn try_from(list: &NumberList) -> Result<Self, InvalidValue> {
        let number = SequenceNumber::Number;
        Self::new(
            list.ranges()
                .iter()
                .map(|range| match (range.first(), range.last()) {
                    (first, last) if first == last => SequenceRange::One(number(first)),
                    (first, last) => SequenceRange::Between(number(first), number(last)),
                })
                .collect(),
        )
    }
}

impl TryFrom<&UidSet> for SequenceSet {
    type Error = InvalidValue;

    fn try_from(set: &UidSet) -> Result<Self, InvalidValue> {
        set.as_list().try_into()
    }
}

impl SequenceRange {
    /// First and last number; empty mailboxes make `*` zero.
    fn span(self, largest: u32) -> (u32, u32) {
        let (one, other) = match self {
            Self::One(number) => (number, number),
            Self::Between(one, other) => (one, other),
        };
        let (one, other) = (one.value(largest), other.value(largest));
        (one.min(other), one.max(other))
    }
}

impl SequenceNumber {
    /// The number, where `*` is `largest`.
    #[must_use]
    pub fn value(self, largest: u32) -> u32 {
        match self {
            Self::Number(number) => number.get(),
            Self::Last => largest,
        }
    }
}

impl TryFrom<u32> for SequenceNumber {
    type Error = InvalidValue;

    fn try_from(number: u32) -> Result<Self, InvalidValue> {
        NonZeroU32::new(number).map(Self::Number).ok_or(InvalidValue::Number)
    }
}

impl fmt::Display for SequenceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, range) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match range {
                SequenceRange::One(number) => write!(f, "{number}")?,
                SequenceRange::Between(one, other) => write!(f, "{one}:{other}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Last => f.write_str("*"),
        }
    }
}
