//! The messages of a mailbox in the order of their UIDs.

use alloc::vec::Vec;

use postrider_imap::{MessageNumber, Uid};

use super::block::{Block, FEW};
use super::counts::Counts;
use super::{UidRange, Walk};

/// Which UIDs there are in a mailbox, and which message number each has.
///
/// Messages stand in blocks of up to 512: a run of UIDs is its ends, a run with holes has a bit for
/// each UID, UIDs that lie far from each other are a list. A million messages take less than 100 kB where
/// there are no gaps, and never more than 4.2 octets each; those that are left when others have gone
/// take at most 6.5. A tree over the counts of the blocks finds a message, or takes it out, in O(log n).
///
/// ```
/// use postrider_imap::{MessageNumber, Uid};
/// use postrider_mailbox::view::Numbering;
///
/// let uids = [504, 505, 507, 508].map(|uid| Uid::new(uid).unwrap());
/// let mut numbering = Numbering::new(uids)?;
/// assert_eq!(numbering.number(uids[2]), Some(MessageNumber::new(3)?));
/// numbering.remove(uids[1]);
/// assert_eq!(numbering.uid(MessageNumber::new(2)?), Some(uids[2]));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    blocks: Vec<Block>,
    /// No UID of a block is less than this, nor than any of the blocks before it.
    starts: Vec<u32>,
    counts: Counts,
    len: u32,
    /// The largest UID that ever was here.
    newest: u32,
}

/// UIDs did not ascend. A mailbox gives each message a larger UID than any before it
/// (RFC 3501 §2.3.1.1), be that expunged or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a new message does not have the largest UID")]
#[non_exhaustive]
pub struct NotAscending;

impl Numbering {
    /// These messages: UIDs, or ranges of them, in ascending order. An empty range adds none.
    ///
    /// # Errors
    ///
    /// [`NotAscending`]
    pub fn new<R: Into<UidRange>>(uids: impl IntoIterator<Item = R>) -> Result<Self, NotAscending> {
        let mut numbering = Self::default();
        let ends = uids.into_iter().map(|uids| uids.into().ends());
        let mut uids = ends.filter(|(first, last)| first <= last);
        let mut open = uids.next();
        while let Some((first, mut last)) = open {
            open = None;
            for next in uids.by_ref() {
                if next.0 == last.wrapping_add(1) {
                    last = next.1;
                } else {
                    open = Some(next);
                    break;
                }
            }
            numbering.place(first, last)?;
        }
        numbering.count_blocks();
        Ok(numbering)
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The UID of a message.
    #[must_use]
    pub fn uid(&self, number: MessageNumber) -> Option<Uid> {
        Uid::new(self.select(number.get())?).ok()
    }

    /// The number of a message; `None` where there is none of that UID.
    #[must_use]
    pub fn number(&self, uid: Uid) -> Option<MessageNumber> {
        let at = self.block_of(uid.get())?;
        let inside = self.blocks.get(at)?.position(uid.get())?;
        let before = self.counts.before(at).saturating_add(inside);
        MessageNumber::new(before.saturating_add(1)).ok()
    }

    /// Whether there is a message of that UID.
    #[must_use]
    pub fn contains(&self, uid: Uid) -> bool {
        let block = self.block_of(uid.get()).and_then(|at| self.blocks.get(at));
        block.is_some_and(|block| block.position(uid.get()).is_some())
    }

    /// How many messages there are in a range.
    #[must_use]
    pub fn count(&self, range: impl Into<UidRange>) -> u32 {
        let (first, last) = range.into().ends();
        self.through(last).saturating_sub(self.before(first))
    }

    /// The first UID.
    #[must_use]
    pub fn lowest(&self) -> Option<Uid> {
        Uid::new(self.select(1)?).ok()
    }

    /// The last UID.
    #[must_use]
    pub fn highest(&self) -> Option<Uid> {
        Uid::new(self.select(self.len)?).ok()
    }

    /// Adds messages at the end. An empty range adds none.
    ///
    /// # Errors
    ///
    /// [`NotAscending`], with nothing changed, when a message had this UID or a larger one.
    pub fn push(&mut self, uids: impl Into<UidRange>) -> Result<(), NotAscending> {
        let (first, last) = uids.into().ends();
        let open = self.blocks.len().saturating_sub(1);
        let before = self.blocks.get(open).map_or(0, Block::len);
        self.place(first, last)?;
        let after = self.blocks.get(open).map_or(0, Block::len);
        let known = self.counts.len();
        if open < known {
            self.counts.add(open, after.saturating_sub(before));
        }
        for block in self.blocks.get(known..).unwrap_or_default() {
            self.counts.push(block.len());
        }
        Ok(())
    }

    /// Takes messages out; how many there were.
    pub fn remove(&mut self, uids: impl Into<UidRange>) -> u32 {
        let (first, last) = uids.into().ends();
        if first > last {
            return 0;
        }
        let mut removed = 0_u32;
        let from = self.block_of(first).unwrap_or(0);
        let through = self.starts.partition_point(|&start| start <= last);
        for at in from..through {
            let Some(block) = self.blocks.get_mut(at) else { break };
            let gone = block.remove(first, last);
            if gone > 0 {
                self.counts.sub(at, gone);
                removed = removed.saturating_add(gone);
            }
        }
        self.len = self.len.saturating_sub(removed);
        if removed > 0 {
            self.sweep();
        }
        removed
    }

    /// Number and UID of each message, in order.
    pub fn iter(&self) -> Walk<'_> {
        self.walk(1, self.len)
    }

    /// Number and UID of each message in a range of UIDs.
    pub fn among(&self, range: impl Into<UidRange>) -> Walk<'_> {
        let (first, last) = range.into().ends();
        self.walk(self.before(first).saturating_add(1), self.through(last))
    }

    /// The same of the messages between two numbers, both included, which are counted from 1.
    pub(super) fn walk(&self, first: u32, last: u32) -> Walk<'_> {
        let (first, last) = (first.max(1), last.min(self.len));
        let left = last.saturating_add(1).saturating_sub(first);
        let (at, inside) = self.counts.find(first.saturating_sub(1));
        let mut blocks = self.blocks.get(at..).unwrap_or_default().iter();
        let runs = blocks.next().unwrap_or(&const { Block::EMPTY }).runs(inside);
        Walk::new(blocks, runs, first, left)
    }

    /// How many messages have a lesser UID.
    pub(super) fn before(&self, uid: u32) -> u32 {
        let Some(at) = self.block_of(uid) else { return 0 };
        let inside = self.blocks.get(at).map_or(0, |block| block.rank(uid));
        self.counts.before(at).saturating_add(inside)
    }

    /// How many messages have this UID or a lesser one.
    pub(super) fn through(&self, uid: u32) -> u32 {
        uid.checked_add(1).map_or(self.len, |next| self.before(next))
    }

    /// The UID of the message with this number.
    pub(super) fn select(&self, number: u32) -> Option<u32> {
        let (at, inside) = self.counts.find(number.checked_sub(1)?);
        self.blocks.get(at)?.select(inside)
    }

    /// The same messages between two that are there: a range without them at its ends.
    pub(super) fn clip(&self, first: u32, last: u32) -> Option<(u32, u32)> {
        let (before, through) = (self.before(first), self.through(last));
        (before < through).then_some(())?;
        Some((self.select(before.saturating_add(1))?, self.select(through)?))
    }

    /// The block in which the UID is, if it is anywhere.
    fn block_of(&self, uid: u32) -> Option<usize> {
        self.starts.partition_point(|&start| start <= uid).checked_sub(1)
    }

    /// Adds a run of UIDs to the blocks, without counting them in the tree.
    #[inline]
    fn place(&mut self, mut first: u32, last: u32) -> Result<(), NotAscending> {
        if first > last {
            return Ok(());
        }
        if first <= self.newest {
            return Err(NotAscending);
        }
        self.newest = last;
        self.len = self.len.saturating_add(last.saturating_sub(first).saturating_add(1));
        loop {
            let taken = self.blocks.last_mut().map_or(0, |block| block.push(first, last));
            if taken > last.saturating_sub(first) {
                return Ok(());
            }
            first = first.saturating_add(taken);
            if taken == 0 {
                self.blocks.push(Block::EMPTY);
                self.starts.push(first);
            }
        }
    }

    /// Makes the tree, when all blocks are there.
    fn count_blocks(&mut self) {
        self.blocks.shrink_to_fit();
        self.starts.shrink_to_fit();
        self.counts = Counts::build(self.blocks.iter().map(Block::len));
    }

    /// Puts the messages closer together when there are few in a block. As every block had `FEW` when
    /// another came behind it, as many messages have gone since as are moved now.
    fn sweep(&mut self) {
        let blocks = u32::try_from(self.blocks.len()).unwrap_or(u32::MAX);
        if blocks < 2 || self.len >= blocks.saturating_mul(FEW / 2) {
            return;
        }
        let mut swept = Self::default();
        let mut runs = self.iter();
        while let Some((_, first, last)) = runs.next_run() {
            // They ascend, as they did before.
            let _ = swept.place(first, last);
        }
        swept.count_blocks();
        swept.newest = self.newest;
        *self = swept;
    }
}

impl PartialEq for Numbering {
    /// Whether the same messages are there.
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Numbering {}
