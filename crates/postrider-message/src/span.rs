//! Byte ranges: what the index, the values and the defects point with.

use core::ops::Range;

/// A byte range of the storage, as two 32-bit offsets; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// A span of these offsets. An end before the start makes an empty span at the start.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// A span of a range, clamped to 4 GiB.
    pub fn from_range(range: Range<usize>) -> Self {
        Self::new(clamp(range.start), clamp(range.end))
    }

    /// The first octet.
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// One past the last octet.
    pub const fn end(self) -> usize {
        self.end as usize
    }

    /// The number of octets.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether it holds no octet.
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start()..self.end()
    }

    /// The octets it names in `bytes`; empty where `bytes` is too short for it.
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.range()).unwrap_or_default()
    }
}

fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
