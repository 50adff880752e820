//! Messages one after the other, or run by run.

use core::iter::FusedIterator;
use core::slice::Iter;

use postrider_imap::{MessageNumber, Uid};

use super::UidRange;
use super::block::{Block, Runs};

/// Number and UID of messages, in ascending order.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    blocks: Iter<'a, Block>,
    runs: Runs<'a>,
    /// The next UID of the run that is told, and the last.
    run: Option<(u32, u32)>,
    number: u32,
    left: u32,
}

impl<'a> Walk<'a> {
    /// `left` messages, the first of which has this number.
    pub(super) fn new(blocks: Iter<'a, Block>, runs: Runs<'a>, number: u32, left: u32) -> Self {
        Self { blocks, runs, run: None, number, left }
    }

    /// The number of a message and its UID, and the UID of the last of its run, or of a piece of the
    /// run.
    #[inline]
    pub(super) fn next_run(&mut self) -> Option<(u32, u32, u32)> {
        if self.left == 0 {
            return None;
        }
        let (first, last) = self.open_run()?;
        let number = self.number;
        let len = last.saturating_sub(first).saturating_add(1).min(self.left);
        self.left = self.left.saturating_sub(len);
        self.number = self.number.saturating_add(len);
        Some((number, first, first.saturating_add(len.saturating_sub(1))))
    }

    /// What is left of the run that is told, or the next.
    #[inline]
    fn open_run(&mut self) -> Option<(u32, u32)> {
        loop {
            if let Some(run) = self.run.take().or_else(|| self.runs.next_run()) {
                return Some(run);
            }
            self.runs = self.blocks.next()?.runs(0);
        }
    }

    /// The UIDs alone, in ranges between which there are no others.
    pub fn ranges(self) -> Ranges<'a> {
        Ranges { walk: self, open: None }
    }
}

impl Iterator for Walk<'_> {
    type Item = (MessageNumber, Uid);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let (uid, last) = self.open_run()?;
        self.run = (uid < last).then(|| (uid.saturating_add(1), last));
        let number = self.number;
        self.number = number.saturating_add(1);
        self.left = self.left.saturating_sub(1);
        Some((MessageNumber::new(number).ok()?, Uid::new(uid).ok()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Walk<'_> {}
impl FusedIterator for Walk<'_> {}

/// UIDs in ascending ranges that do not touch.
#[derive(Debug, Clone)]
pub struct Ranges<'a> {
    walk: Walk<'a>,
    open: Option<(u32, u32)>,
}

impl Iterator for Ranges<'_> {
    type Item = UidRange;

    fn next(&mut self) -> Option<UidRange> {
        while let Some((_, first, last)) = self.walk.next_run() {
            match &mut self.open {
                Some(open) if open.1.wrapping_add(1) == first => open.1 = last,
                open => {
                    if let Some((first, last)) = open.replace((first, last)) {
                        return UidRange::from_ends(first, last);
                    }
                }
            }
        }
        let (first, last) = self.open.take()?;
        UidRange::from_ends(first, last)
    }
}
