//! Octets of a message: where they lie, or, where they lie nowhere in one piece, themselves.

use core::ops::Range;

use bytes::Bytes;
use postrider_imap::Partial;
use postrider_mime::imap::Ranges;

/// What a body section holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they lie in the message, or they do not")]
pub enum Octets {
    /// A range of the message as it is stored: to be streamed from there.
    Stored(Range<u64>),
    /// Octets put together from pieces of a header section, or decoded.
    Assembled(Bytes),
}

impl Octets {
    /// A section that lies in one range.
    pub(crate) fn stored(mut ranges: Ranges<'_>) -> Self {
        let at = |offset| u64::try_from(offset).unwrap_or(u64::MAX);
        let range = ranges.next().unwrap_or_default();
        Self::Stored(at(range.start)..at(range.end))
    }

    /// A section of several ranges, put together.
    pub(crate) fn assembled(ranges: Ranges<'_>, storage: &[u8]) -> Self {
        Self::Assembled(crate::envelope::own(ranges.of(storage)))
    }

    /// How many.
    pub fn len(&self) -> u64 {
        match self {
            Self::Stored(range) => range.end.saturating_sub(range.start),
            Self::Assembled(octets) => u64::try_from(octets.len()).unwrap_or(u64::MAX),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The part that `<origin.octets>` asks for; empty where it begins behind the end
    /// (RFC 3501 §6.4.5).
    #[must_use]
    pub fn partial(self, partial: Partial) -> Self {
        let from = partial.origin().min(self.len());
        let to = partial.origin().saturating_add(partial.octets()).min(self.len());
        match self {
            Self::Stored(Range { start, .. }) => {
                Self::Stored(start.saturating_add(from)..start.saturating_add(to))
            }
            Self::Assembled(octets) => {
                let index = |at| usize::try_from(at).unwrap_or(octets.len());
                Self::Assembled(octets.slice(index(from)..index(to)))
            }
        }
    }

    /// The octets themselves, where the message is in memory. Empty where it is shorter than what
    /// these were found in.
    pub fn of<'a>(&'a self, message: &'a [u8]) -> &'a [u8] {
        match self {
            Self::Stored(range) => {
                let at = |offset| usize::try_from(offset).ok();
                let range = at(range.start).zip(at(range.end)).map(|(start, end)| start..end);
                range.and_then(|range| message.get(range)).unwrap_or_default()
            }
            Self::Assembled(octets) => octets,
        }
    }
}
