//! Which messages a command names.

use alloc::vec::{IntoIter, Vec};
use core::iter::FusedIterator;
use core::ops::RangeInclusive;

use postrider_imap::{
    MessageNumber, MessageSet, NumberList, SequenceNumber, SequenceRange, SequenceSet, Uid,
};

use super::session::mark;
use super::{UidRange, View, Walk};

/// A set names a message number that no message has: the command is answered with BAD
/// (RFC 9051 §9 `seq-number`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message number is larger than the number of messages")]
#[non_exhaustive]
pub struct NoSuchNumber;

impl View {
    /// Number and UID of the messages that a command names, ascending, each once. `by_uid` is
    /// whether the set is one of UIDs, as in UID FETCH; `$` means the same in both.
    ///
    /// The set is not expanded: what it costs depends on its ranges and on the messages that are
    /// walked. A message that is [gone](View::is_gone) is named all the same, but not by `$`.
    ///
    /// `*` is the last message, and `9:*` names it in a mailbox whose UIDs are all less. UIDs that are
    /// not there name nothing.
    ///
    /// # Errors
    ///
    /// [`NoSuchNumber`] for a number above [`exists`](View::exists), which `*` is in an empty
    /// mailbox; not where UIDs are meant, and not for `$`.
    ///
    /// ```
    /// use postrider_imap::{SequenceSet, Uid};
    /// use postrider_mailbox::view::{Numbering, View};
    ///
    /// let uids = [7, 15, 16, 40].map(|uid| Uid::new(uid).unwrap());
    /// let view = View::new(Numbering::new(uids)?);
    /// let named = view.messages(&SequenceSet::parse("10:20,99:*")?.into(), true)?;
    /// assert_eq!(named.map(|(number, _)| number.get()).collect::<Vec<_>>(), [2, 3, 4]);
    /// assert!(view.messages(&SequenceSet::parse("2:5")?.into(), false).is_err());
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn messages(&self, set: &MessageSet, by_uid: bool) -> Result<Named<'_>, NoSuchNumber> {
        let runs: Vec<(u32, u32)> = match set {
            MessageSet::Set(set) if by_uid => {
                let largest = self.highest().map_or(0, Uid::get);
                let ranges = set.resolve(largest).into_iter();
                self.numbers(ranges.map(RangeInclusive::into_inner)).collect()
            }
            MessageSet::Set(set) => {
                self.has_numbers(set).then_some(()).ok_or(NoSuchNumber)?;
                let ranges = set.resolve(self.exists()).into_iter();
                ranges.map(RangeInclusive::into_inner).collect()
            }
            MessageSet::Saved => return Ok(self.saved()),
        };
        Ok(Named::new(self, runs))
    }

    /// Whether all message numbers of a set are those of messages; else the command is BAD. A set of
    /// UIDs, and `$`, may name what is not there.
    #[must_use]
    pub fn has(&self, set: &MessageSet, by_uid: bool) -> bool {
        match set {
            MessageSet::Set(set) if !by_uid => self.has_numbers(set),
            _ => true,
        }
    }

    fn has_numbers(&self, set: &SequenceSet) -> bool {
        let has = |number: SequenceNumber| (1..=self.known).contains(&number.value(self.known));
        set.ranges().iter().all(|range| match *range {
            SequenceRange::One(number) => has(number),
            SequenceRange::Between(one, other) => has(one) && has(other),
            _ => false,
        })
    }

    /// Keeps what SEARCH with SAVE has found, in any order, as `$` (RFC 5182 §2.1): UIDs, or ranges of
    /// them. What was saved before is no more. UIDs that the session does not know, or that are gone,
    /// are left out.
    ///
    /// Memory depends on the gaps between the messages that were found, and is never more than some
    /// octets for each of the messages that there are.
    pub fn save<R: Into<UidRange>>(&mut self, found: impl IntoIterator<Item = R>) {
        self.saved.clear();
        // What ascends from message to message is one range: (first, last, number of the last).
        let mut open: Option<(u32, u32, u32)> = None;
        for range in found {
            let (first, last) = range.into().ends();
            let last = last.min(self.horizon);
            let (before, through) = (self.numbering.before(first), self.numbering.through(last));
            if before >= through {
                continue;
            }
            open = match open {
                Some((start, _, number)) if number == before => Some((start, last, through)),
                _ => {
                    self.save_range(open);
                    Some((first, last, through))
                }
            };
        }
        self.save_range(open);
    }

    fn save_range(&mut self, range: Option<(u32, u32, u32)>) {
        if let Some((first, last, _)) = range {
            mark(&mut self.saved, &self.gone, (first, last), &self.numbering);
        }
    }

    /// The same of what [`Returns::saved`](crate::results::Returns::saved) gives.
    pub fn save_list(&mut self, found: &NumberList) {
        self.save(found.ranges().iter().copied());
    }

    /// Nothing is saved any more: a SEARCH with SAVE was answered with NO (RFC 5182 §2.1). One that
    /// was answered with BAD leaves `$` as it was.
    pub fn clear_saved(&mut self) {
        self.saved.clear();
    }

    /// Number and UID of the messages of `$`.
    pub fn saved(&self) -> Named<'_> {
        Named::new(self, self.numbers(self.saved.ranges()).collect())
    }

    /// The same as ranges of UIDs, between whose ends every message that the session knows is saved.
    pub(crate) fn saved_uids(&self) -> impl Iterator<Item = RangeInclusive<u32>> {
        self.saved.ranges().map(|(first, last)| first..=last)
    }

    /// Ranges of UIDs as ranges of numbers.
    fn numbers(
        &self,
        ranges: impl Iterator<Item = (u32, u32)>,
    ) -> impl Iterator<Item = (u32, u32)> {
        ranges
            .map(|(first, last)| {
                let through = self.numbering.through(last.min(self.horizon));
                (self.numbering.before(first).saturating_add(1), through)
            })
            .filter(|(first, last)| first <= last)
    }
}

/// Number and UID of the messages that a command names.
#[derive(Debug, Clone)]
pub struct Named<'a> {
    view: &'a View,
    runs: IntoIter<(u32, u32)>,
    walk: Walk<'a>,
    left: u32,
}

impl<'a> Named<'a> {
    /// The runs ascend, and do not touch.
    fn new(view: &'a View, runs: Vec<(u32, u32)>) -> Self {
        let len = |&(first, last): &(u32, u32)| last.saturating_sub(first).saturating_add(1);
        let left = runs.iter().map(len).fold(0, u32::saturating_add);
        Self { view, runs: runs.into_iter(), walk: view.numbering.walk(1, 0), left }
    }

    /// Whether one of these messages is [gone](View::is_gone): the command is then answered with
    /// `[EXPUNGEISSUED]`.
    #[must_use]
    pub fn any_gone(&self) -> bool {
        // The session knows all that it walks over.
        let gone = &self.view.gone;
        !gone.is_empty() && self.clone().any(|(_, uid)| gone.contains(uid.get()))
    }
}

impl Iterator for Named<'_> {
    type Item = (MessageNumber, Uid);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(message) = self.walk.next() {
                self.left = self.left.saturating_sub(1);
                return Some(message);
            }
            let (first, last) = self.runs.next()?;
            self.walk = self.view.numbering.walk(first, last);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Named<'_> {}
impl FusedIterator for Named<'_> {}
