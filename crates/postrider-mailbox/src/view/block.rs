//! Up to 512 consecutive messages of a mailbox.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::bits::{self, Bits};

/// The most messages of a block, and the UIDs that its window of bits spans.
const SPAN: u32 = 512;

/// A block with fewer messages than this is not left behind for another: it becomes a list and goes
/// on. So every block but the last begins with as many at least, and a message costs at most the
/// four octets of its UID and a part of the block.
pub(super) const FEW: u32 = 64;

/// How much room a list keeps for UIDs that have gone.
const SLACK: usize = 8;

/// Ascending UIDs, in the form that takes the least memory.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// All UIDs from `first`; the only form that may be empty.
    Whole { first: u32, len: u32 },
    /// Some of the UIDs from `base`: a bit for each of 512.
    Holes { base: u32, len: u32, bits: Box<Bits> },
    /// UIDs that lie far from each other.
    List(Vec<u32>),
}

impl Block {
    /// No messages: what is pushed begins it.
    pub(super) const EMPTY: Self = Self::Whole { first: 0, len: 0 };

    pub(super) fn len(&self) -> u32 {
        match self {
            Self::Whole { len, .. } | Self::Holes { len, .. } => *len,
            Self::List(list) => length(list),
        }
    }

    /// How many of its UIDs are less than this one.
    pub(super) fn rank(&self, uid: u32) -> u32 {
        match self {
            Self::Whole { first, len } => uid.saturating_sub(*first).min(*len),
            Self::Holes { base, bits, .. } => bits::rank(bits, uid.saturating_sub(*base)),
            Self::List(list) => place(list.partition_point(|&other| other < uid)),
        }
    }

    /// The same, if the UID is here.
    pub(super) fn position(&self, uid: u32) -> Option<u32> {
        match self {
            Self::Whole { first, len } => uid.checked_sub(*first).filter(|at| at < len),
            Self::Holes { base, bits, .. } => {
                let at = uid.checked_sub(*base)?;
                bits::is_set(bits, at).then(|| bits::rank(bits, at))
            }
            Self::List(list) => list.binary_search(&uid).ok().map(place),
        }
    }

    /// The UID that has so many before it.
    pub(super) fn select(&self, before: u32) -> Option<u32> {
        match self {
            Self::Whole { first, len } => (before < *len).then(|| first.saturating_add(before)),
            Self::Holes { base, bits, .. } => {
                bits::select(bits, before).map(|at| base.saturating_add(at))
            }
            Self::List(list) => list.get(usize::try_from(before).ok()?).copied(),
        }
    }

    /// Takes as much of a run of UIDs, which lie behind its own, as belongs into this block: how
    /// many. None at all when a new block is to begin.
    #[inline]
    pub(super) fn push(&mut self, first: u32, last: u32) -> u32 {
        match self {
            Self::List(list) if first == last && length(list) < SPAN => {
                list.push(first);
                1
            }
            Self::Holes { base, len, bits }
                if first == last && first.saturating_sub(*base) < SPAN =>
            {
                bits::set_one(bits, first.saturating_sub(*base));
                *len = len.saturating_add(1);
                1
            }
            _ => self.push_run(first, last),
        }
    }

    fn push_run(&mut self, first: u32, last: u32) -> u32 {
        let wanted = last.saturating_sub(first).saturating_add(1);
        match self {
            Self::Whole { first: start, len: len @ 0 } => {
                *start = first;
                *len = wanted.min(SPAN);
                return *len;
            }
            Self::Whole { first: start, len } => {
                let at = first.saturating_sub(*start);
                let take = wanted.min(SPAN.saturating_sub(at));
                if at == *len {
                    *len = len.saturating_add(take);
                    return take;
                }
                if take > 0 {
                    let mut bits = Box::new([0; 8]);
                    bits::set(&mut bits, 0, *len);
                    bits::set(&mut bits, at, at.saturating_add(take));
                    *self = Self::Holes { base: *start, len: len.saturating_add(take), bits };
                    return take;
                }
            }
            Self::Holes { base, len, bits } => {
                let at = first.saturating_sub(*base);
                let take = wanted.min(SPAN.saturating_sub(at));
                if take > 0 {
                    bits::set(bits, at, at.saturating_add(take));
                    *len = len.saturating_add(take);
                    return take;
                }
            }
            Self::List(list) => {
                let take = wanted.min(SPAN.saturating_sub(length(list)));
                list.extend((0..take).map(|at| first.saturating_add(at)));
                return take;
            }
        }
        if self.len() >= FEW {
            return 0;
        }
        let mut list = Vec::with_capacity(usize::try_from(FEW).unwrap_or_default());
        let mut runs = self.runs(0);
        while let Some((first, last)) = runs.next_run() {
            list.extend(first..=last);
        }
        *self = Self::List(list);
        self.push(first, last)
    }

    /// Takes the UIDs between two out, both included: how many there were.
    pub(super) fn remove(&mut self, first: u32, last: u32) -> u32 {
        let removed = match self {
            Self::Whole { first: start, len } => {
                let from = first.saturating_sub(*start).min(*len);
                // The largest UID has none behind it.
                let to =
                    last.checked_add(1).map_or(*len, |next| next.saturating_sub(*start).min(*len));
                let removed = to.saturating_sub(from);
                if removed == 0 {
                    return 0;
                }
                if from == 0 {
                    *start = start.saturating_add(removed);
                } else if to < *len {
                    let mut bits = Box::new([0; 8]);
                    bits::set(&mut bits, 0, from);
                    bits::set(&mut bits, to, *len);
                    *self = Self::Holes { base: *start, len: len.saturating_sub(removed), bits };
                    return removed;
                }
                *len = len.saturating_sub(removed);
                removed
            }
            Self::Holes { base, len, bits } => {
                let from = first.saturating_sub(*base);
                if last < *base {
                    return 0;
                }
                let to = last.saturating_sub(*base).saturating_add(1);
                let removed = bits::clear(bits, from, to);
                *len = len.saturating_sub(removed);
                removed
            }
            Self::List(list) => {
                let from = list.partition_point(|&uid| uid < first);
                let to = list.partition_point(|&uid| uid <= last).max(from);
                list.drain(from..to);
                if list.capacity().saturating_sub(list.len()) > SLACK {
                    list.shrink_to_fit();
                }
                place(to.saturating_sub(from))
            }
        };
        if self.len() == 0 {
            *self = Self::EMPTY;
        }
        removed
    }

    /// Its UIDs in runs, without the first `skip`.
    pub(super) fn runs(&self, skip: u32) -> Runs<'_> {
        match self {
            Self::Whole { first, len } if skip < *len => {
                let last = first.saturating_add(len.saturating_sub(1));
                Runs::One(Some((first.saturating_add(skip), last)))
            }
            Self::Whole { .. } => Runs::One(None),
            Self::Holes { base, bits, .. } => {
                let at = bits::select(bits, skip).unwrap_or(SPAN);
                let words = bits.get(usize::try_from(at / 64).unwrap_or(8)..).unwrap_or_default();
                let (word, words) =
                    words.split_first().map_or((0, words), |(word, words)| (*word, words));
                let word = word & (u64::MAX << (at % 64));
                Runs::Bits { base: base.saturating_add(at & !63), word, words }
            }
            Self::List(list) => {
                let from = usize::try_from(skip).unwrap_or(usize::MAX);
                Runs::List(list.get(from..).unwrap_or_default())
            }
        }
    }
}

/// The UIDs of a block, run by run. A run may be told in pieces.
#[derive(Debug, Clone)]
pub(super) enum Runs<'a> {
    One(Option<(u32, u32)>),
    Bits {
        /// The UID of the lowest bit of `word`.
        base: u32,
        word: u64,
        words: &'a [u64],
    },
    List(&'a [u32]),
}

impl Runs<'_> {
    /// The first and the last UID of a run.
    #[inline]
    pub(super) fn next_run(&mut self) -> Option<(u32, u32)> {
        match self {
            Self::One(run) => run.take(),
            Self::Bits { base, word, words } => {
                while *word == 0 {
                    let (next, rest) = words.split_first()?;
                    (*word, *words) = (*next, rest);
                    *base = base.saturating_add(u64::BITS);
                }
                let start = word.trailing_zeros();
                let len = (*word >> start).trailing_ones();
                let end = start.saturating_add(len);
                *word = if end >= u64::BITS { 0 } else { *word & (u64::MAX << end) };
                let first = base.saturating_add(start);
                Some((first, first.saturating_add(len.saturating_sub(1))))
            }
            Self::List(list) => {
                let (&first, mut rest) = list.split_first()?;
                let mut last = first;
                while let Some((&next, behind)) = rest.split_first()
                    && next == last.wrapping_add(1)
                {
                    (last, rest) = (next, behind);
                }
                *list = rest;
                Some((first, last))
            }
        }
    }
}

/// Blocks are small.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(SPAN)
}

fn length(list: &[u32]) -> u32 {
    place(list.len())
}
