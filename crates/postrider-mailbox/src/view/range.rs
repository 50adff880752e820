//! Ranges of UIDs.

use core::ops::RangeInclusive;

use postrider_imap::{NumberRange, Uid};

/// UIDs from one to another, both included, whether or not there are such messages. A range whose
/// end lies before its start is empty, as in [`RangeInclusive`].
///
/// ```
/// use postrider_imap::Uid;
/// use postrider_mailbox::view::UidRange;
///
/// let (three, five) = (Uid::new(3)?, Uid::new(5)?);
/// assert!(UidRange::from(three..=five).contains(Uid::new(4)?));
/// assert!(UidRange::from(five..=three).is_empty());
/// assert_eq!(UidRange::from(three), UidRange::new(three, three));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UidRange {
    first: Uid,
    last: Uid,
}

impl UidRange {
    /// All UIDs between two, both included.
    #[must_use]
    pub const fn new(first: Uid, last: Uid) -> Self {
        Self { first, last }
    }

    /// All UIDs there can be.
    #[must_use]
    pub fn all() -> Self {
        Self { first: core::num::NonZeroU32::MIN.into(), last: core::num::NonZeroU32::MAX.into() }
    }

    /// The first.
    #[must_use]
    pub const fn first(self) -> Uid {
        self.first
    }

    /// The last.
    #[must_use]
    pub const fn last(self) -> Uid {
        self.last
    }

    /// Whether the end lies before the start.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.last < self.first
    }

    /// Whether a UID is among them.
    #[must_use]
    pub fn contains(self, uid: Uid) -> bool {
        self.first <= uid && uid <= self.last
    }

    /// As two plain numbers.
    pub(super) fn ends(self) -> (u32, u32) {
        (self.first.get(), self.last.get())
    }

    /// Zero, which is no UID, gives nothing.
    pub(super) fn from_ends(first: u32, last: u32) -> Option<Self> {
        Some(Self { first: Uid::new(first).ok()?, last: Uid::new(last).ok()? })
    }
}

impl From<Uid> for UidRange {
    fn from(uid: Uid) -> Self {
        Self::new(uid, uid)
    }
}

impl From<RangeInclusive<Uid>> for UidRange {
    fn from(range: RangeInclusive<Uid>) -> Self {
        Self::new(*range.start(), *range.end())
    }
}

impl From<NumberRange> for UidRange {
    fn from(range: NumberRange) -> Self {
        Self::new(range.first().into(), range.last().into())
    }
}

impl From<UidRange> for NumberRange {
    /// An empty range has no such form, and is read backwards.
    fn from(range: UidRange) -> Self {
        Self::new(range.first.nonzero(), range.last.nonzero())
    }
}
