//! Telling a session what it has not been told, in the right order.

use postrider_imap::{MessageNumber, NumberList, Uid, UidSet};

use super::{Permit, UidRange, Update, View};

/// The most ranges of one VANISHED: what is more is told by another, so that no line is longer than
/// some 22,000 octets.
const VANISHED: usize = 1000;

impl View {
    /// The next that may be told now, which from then on the session knows. Call it until there is no
    /// more, and send each update at once or never: it is not told again.
    ///
    /// First come EXPUNGE or VANISHED, lower numbers first, then EXISTS, RECENT and FETCH. FETCH is
    /// never told of a message that is gone.
    pub fn tell(&mut self, permit: Permit) -> Option<Update> {
        let gone = if permit.may_expunge() { self.tell_gone() } else { None };
        gone.or_else(|| self.tell_size()).or_else(|| self.tell_changed())
    }

    /// Whether [`tell`](Self::tell) would give anything.
    #[must_use]
    pub fn has_news(&self, permit: Permit) -> bool {
        (permit.may_expunge() && !self.gone.is_empty())
            || self.numbering.len() > self.known
            || self.tells_recent()
            || !self.changed.is_empty()
    }

    fn tell_gone(&mut self) -> Option<Update> {
        if self.vanished {
            return self.tell_vanished();
        }
        let (first, _) = self.gone.first()?;
        let number = self.numbering.before(first).saturating_add(1);
        self.forget(first, first);
        let next = self.numbering.select(number);
        self.gone.begin_at(next);
        Some(Update::Expunge(MessageNumber::new(number).ok()?))
    }

    fn tell_vanished(&mut self) -> Option<Update> {
        let mut uids = NumberList::new();
        while let Some((first, last)) = self.gone.first()
            && uids.ranges().len() < VANISHED
        {
            let range = UidRange::from_ends(first, last)?;
            let mut through = last;
            let mut ranges = self.numbering.among(range).ranges();
            for range in ranges.by_ref() {
                uids.push_range(range.into());
                if uids.ranges().len() >= VANISHED {
                    through = range.last().get();
                    break;
                }
            }
            let next = ranges.next().map(|range| range.first().get());
            self.forget(first, through);
            self.gone.begin_at(next);
        }
        UidSet::new(uids).ok().map(Update::Vanished)
    }

    fn tell_size(&mut self) -> Option<Update> {
        if self.numbering.len() > self.known {
            let before = self.horizon;
            self.known = self.numbering.len();
            self.horizon = self.numbering.highest().map_or(0, Uid::get);
            self.claim(before);
            return Some(Update::Exists(self.known));
        }
        if self.tells_recent() {
            self.recent_told = self.recent_count;
            return Some(Update::Recent(self.recent_count));
        }
        None
    }

    fn tells_recent(&self) -> bool {
        self.recent_count != self.recent_told && !self.rev2
    }

    fn tell_changed(&mut self) -> Option<Update> {
        let (first, _) = self.changed.first()?;
        let number = self.numbering.before(first).saturating_add(1);
        let next = self.numbering.select(number.saturating_add(1));
        self.changed.begin_at(next);
        let uid = Uid::new(first).ok()?;
        if self.uid_only {
            return Some(Update::UidFetch(uid));
        }
        Some(Update::Fetch { number: MessageNumber::new(number).ok()?, uid })
    }

    /// Takes known messages out of all that is kept of them, but for the mark that they are gone.
    fn forget(&mut self, first: u32, last: u32) {
        let recent = self.recent.count(first, last, &self.numbering);
        self.recent_count = self.recent_count.saturating_sub(recent);
        if let Some(range) = UidRange::from_ends(first, last) {
            self.known = self.known.saturating_sub(self.numbering.remove(range));
        }
        self.recent.settle(first, last, &self.numbering);
    }
}
