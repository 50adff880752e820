//! Which messages of a numbering something is true of.

use alloc::collections::BTreeMap;

use super::Numbering;

/// Messages, as ranges of UIDs from one that is there to another: it is all those of the numbering
/// that lie between. What is not there cannot come later, since new UIDs are the largest. So the
/// messages 5, 7 and 9 are one range where there is none between them.
///
/// Where messages are taken out under it ([`settle`](Self::settle)), an end may be one that has gone.
///
/// No range is without messages, so there are never more than there are messages in the numbering.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(BTreeMap<u32, u32>);

impl Marks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a UID lies in a range. That there is such a message is another question.
    pub(super) fn contains(&self, uid: u32) -> bool {
        self.0.range(..=uid).next_back().is_some_and(|(_, &last)| uid <= last)
    }

    /// The first range.
    pub(super) fn first(&self) -> Option<(u32, u32)> {
        self.0.first_key_value().map(|(&first, &last)| (first, last))
    }

    /// The ranges that reach into the UIDs between two, both included.
    pub(super) fn within(&self, first: u32, last: u32) -> impl Iterator<Item = (u32, u32)> {
        let around = self.0.range(..first).next_back().filter(|&(_, &end)| end >= first);
        let inside = (first <= last).then(|| self.0.range(first..=last)).into_iter().flatten();
        around.into_iter().chain(inside).map(|(&start, &end)| (start, end))
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().map(|(&first, &last)| (first, last))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first range begins with this message instead, or is no more.
    pub(super) fn begin_at(&mut self, uid: Option<u32>) {
        let last = self.0.pop_first().map(|(_, last)| last);
        if let (Some(uid), Some(last)) = (uid, last)
            && uid <= last
        {
            self.0.insert(uid, last);
        }
    }

    /// Marks the messages between two UIDs, both included.
    pub(super) fn insert(&mut self, first: u32, last: u32, numbering: &Numbering) {
        let Some((mut first, mut last)) = numbering.clip(first, last) else { return };
        // Nothing of the numbering lies between two ranges when as many lie before the one as
        // through the other.
        let mut before = numbering.before(first);
        while let Some((&start, &end)) = self.0.range(..=last).next_back()
            && (end >= first || numbering.through(end) >= before)
        {
            self.0.remove(&start);
            last = last.max(end);
            if start < first {
                first = start;
                before = numbering.before(first);
            }
        }
        if let Some((&start, &end)) = self.0.range(last..).next()
            && numbering.before(start) <= numbering.through(last)
        {
            self.0.remove(&start);
            last = end;
        }
        self.0.insert(first, last);
    }

    /// Unmarks the messages between two UIDs, both included.
    pub(super) fn remove(&mut self, first: u32, last: u32, numbering: &Numbering) {
        while let Some((&start, &end)) = self.0.range(..=last).next_back()
            && end >= first
        {
            self.0.remove(&start);
            if end > last
                && let Some((start, end)) = numbering.clip(last.saturating_add(1), end)
            {
                self.0.insert(start, end);
            }
            if start < first
                && let Some((start, end)) = numbering.clip(start, first.saturating_sub(1))
            {
                self.0.insert(start, end);
            }
        }
    }

    /// How many messages between two UIDs, both included, are marked.
    pub(super) fn count(&self, first: u32, last: u32, numbering: &Numbering) -> u32 {
        let count = |(start, end): (u32, u32)| {
            let before = numbering.before(start.max(first));
            numbering.through(end.min(last)).saturating_sub(before)
        };
        self.within(first, last).map(count).fold(0, u32::saturating_add)
    }

    /// Drops ranges that have lost their messages, after those between two UIDs were taken out of the
    /// numbering.
    pub(super) fn settle(&mut self, first: u32, last: u32, numbering: &Numbering) {
        let mut from = last;
        while let Some((&start, &end)) = self.0.range(..=from).next_back()
            && end >= first
        {
            if numbering.before(start) == numbering.through(end) {
                self.0.remove(&start);
            }
            let Some(before) = start.checked_sub(1) else { break };
            from = before;
        }
    }
}
