//! Many strings and numbers in one buffer.
//!
//! An envelope has some twenty strings, a body structure many more. As values of their own, each
//! would cost an allocation or a reference count to make and another to drop, which is most of the
//! time that reading takes. Here all of them lie in one buffer: first a table of words, then the
//! octets of which the words tell the places.

use alloc::vec::Vec;
use core::num::NonZeroU64;

/// The most octets that a structure may be read from or made of: all places fit their words, with a
/// bit to spare.
pub(crate) const LARGEST: usize = 1 << 28;

/// Marks of a place: the string stands in the text, behind it, or there is none.
const IN_TEXT: u32 = 1 << 30;
const BEHIND: u32 = 1 << 31;
const NONE: u32 = 1 << 29;

/// The bits of a place without its marks.
const PLACE: u32 = NONE - 1;

/// The octets of one word.
const WORD: usize = 4;

/// Where a string stands: its place with a mark in the low half, its length in the high half. Never
/// zero, so that it fits one register, wanting or not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(NonZeroU64);

impl Span {
    /// No string: `NIL`.
    pub(crate) const NIL: Self = Self(match NonZeroU64::new(NONE as u64) {
        Some(none) => none,
        None => NonZeroU64::MIN,
    });

    /// Octets of the text.
    #[inline]
    pub(crate) fn new(start: usize, len: usize) -> Self {
        Self::marked(IN_TEXT, start, len)
    }

    #[inline]
    fn marked(mark: u32, start: usize, len: usize) -> Self {
        let span = (len as u64) << 32 | start as u64 | u64::from(mark);
        NonZeroU64::new(span).map_or(Self::NIL, Self)
    }

    /// As two words.
    #[inline]
    pub(crate) fn words(self) -> [u32; 2] {
        [self.0.get() as u32, (self.0.get() >> 32) as u32]
    }

    /// Whether there is a string.
    pub(crate) fn is_some(self) -> bool {
        self.0 != Self::NIL.0
    }
}

/// A number that [`LARGEST`] bounds.
pub(crate) fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A table in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableBuilder {
    octets: Vec<u8>,
    /// Strings that do not stand in the text as they are.
    behind: Vec<u8>,
}

impl TableBuilder {
    /// With room for so many octets.
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self { octets: Vec::with_capacity(octets), behind: Vec::new() }
    }

    /// Where the next words come to stand.
    pub(crate) fn place(&self) -> u32 {
        word(self.octets.len())
    }

    /// Appends words.
    #[inline(always)]
    pub(crate) fn push<const N: usize>(&mut self, words: [u32; N]) {
        self.octets.extend_from_slice(words.map(u32::to_ne_bytes).as_flattened());
    }

    /// Puts other words in the place of those `offset` words behind `place`.
    pub(crate) fn set<const N: usize>(&mut self, place: u32, offset: usize, words: [u32; N]) {
        let at = octet_at(place, offset);
        let end = at.saturating_add(N.saturating_mul(WORD));
        if let Some(slot) = self.octets.get_mut(at..end) {
            slot.copy_from_slice(words.map(u32::to_ne_bytes).as_flattened());
        }
    }

    /// The word `offset` words behind `place`.
    pub(crate) fn get(&self, place: u32, offset: usize) -> u32 {
        read_word(&self.octets, octet_at(place, offset))
    }

    /// Forgets the words from `place` on.
    pub(crate) fn truncate(&mut self, place: u32) {
        self.octets.truncate(octet_at(place, 0));
    }

    /// A string that does not stand in the text as it is; `write` appends it.
    pub(crate) fn string_behind(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Span {
        let start = self.behind.len();
        write(&mut self.behind);
        Span::marked(BEHIND, start, self.behind.len().saturating_sub(start))
    }

    /// The table, with the text to which the spans refer.
    #[inline(always)]
    pub(crate) fn finish(self, text: &[u8]) -> Table {
        let Self { mut octets, behind: strings } = self;
        let start = word(octets.len());
        octets.reserve_exact(text.len().saturating_add(strings.len()));
        octets.extend_from_slice(text);
        let behind = word(octets.len());
        octets.extend_from_slice(&strings);
        Table { octets, text: start, behind }
    }
}

fn octet_at(place: u32, offset: usize) -> usize {
    (place as usize).wrapping_add(offset.wrapping_mul(WORD))
}

fn read_word(octets: &[u8], at: usize) -> u32 {
    let word = octets.get(at..).and_then(|rest| rest.first_chunk::<WORD>());
    word.map_or(0, |word| u32::from_ne_bytes(*word))
}

/// Words, and the strings of which they tell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    octets: Vec<u8>,
    /// Where the text begins.
    text: u32,
    /// Where the strings behind it begin.
    behind: u32,
}

impl Table {
    /// The word `offset` words behind `place`; zero where there is none.
    pub(crate) fn word(&self, place: u32, offset: usize) -> u32 {
        read_word(&self.octets, octet_at(place, offset))
    }

    /// Two words as one number, the low one first.
    pub(crate) fn long(&self, place: u32, offset: usize) -> u64 {
        let high = self.word(place, offset.wrapping_add(1));
        u64::from(high) << 32 | u64::from(self.word(place, offset))
    }

    /// The text.
    pub(crate) fn text(&self) -> &[u8] {
        self.octets.get(self.text as usize..self.behind as usize).unwrap_or_default()
    }

    /// The string whose span stands `offset` words behind `place`.
    pub(crate) fn string(&self, place: u32, offset: usize) -> Option<&[u8]> {
        let start = self.word(place, offset);
        let base = match start & (IN_TEXT | BEHIND) {
            0 => return None,
            IN_TEXT => self.text,
            _ => self.behind,
        };
        let from = base.saturating_add(start & PLACE);
        let len = self.word(place, offset.wrapping_add(1)) as usize;
        self.octets.get(from as usize..)?.get(..len)
    }
}

/// A number as two words, the low one first.
pub(crate) fn long(number: u64) -> [u32; 2] {
    let low = u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default();
    let high = u32::try_from(number >> 32).unwrap_or_default();
    [low, high]
}
