//! What is asked next, and what the answers come to.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Change, Resync, ResyncError, Step, SyncState, SyncWay};
use crate::client::selected::Fetched;
use crate::{
    Capabilities, Command, CommandName, FetchAttribute, FetchAttributes, FetchModifiers, ModSeq,
    NumberList, NumberRange, Qresync, SelectParameters, SequenceNumber, SequenceRange, SequenceSet,
    UidRanges, UidSet, UidValidity,
};

impl Resync {
    /// What the server offers, if it was asked.
    pub(super) fn offered(&mut self, list: &[crate::Capability]) {
        if let Some(asks) = self.asks.take_if(|_| self.step == Step::Ask) {
            self.choose(asks, Capabilities::new(list));
        }
    }

    /// The name of the command of this step.
    pub(super) fn name(&self) -> CommandName {
        match self.step {
            Step::Ask => CommandName::Capability,
            Step::Enable => CommandName::Enable,
            Step::Select => self.select,
            Step::Search => CommandName::Search,
            Step::Changed | Step::New | Step::All | Step::Done => CommandName::Fetch,
        }
    }

    pub(super) fn parameters(&self) -> SelectParameters {
        let parameters = SelectParameters::new();
        let before = self.before.as_ref();
        let since = before.and_then(|before| Some((before.validity, before.mod_seq?)));
        match (self.way, since, self.known.ends()) {
            (SyncWay::Compare, ..) => parameters,
            (SyncWay::Qresync, Some((validity, mod_seq)), Some(ends)) => {
                // From the first to the last: the ranges may be more than a command line holds
                // (RFC 7162 §4), and what else is gone was not known.
                let mut qresync = Qresync::new(validity, mod_seq);
                qresync.known = UidSet::new([ends].into_iter().collect()).ok();
                parameters.with_qresync(qresync)
            }
            _ => parameters.with_condstore(),
        }
    }

    /// From the first to the last message that is known.
    pub(super) fn all_known(&self) -> Option<SequenceSet> {
        let ends = self.known.ends()?;
        SequenceSet::between(ends.first().get(), ends.last().get()).ok()
    }

    /// The command of this step is done.
    pub(super) fn go_on(&mut self) {
        let next = match self.step {
            // It does not say: all is asked for then.
            Step::Ask => self.first_step(),
            Step::Enable => {
                if !self.enabled {
                    self.way = SyncWay::Condstore;
                }
                Step::Select
            }
            Step::Select => {
                self.told = (self.selected.validity(), self.mod_seq());
                if !self.counted {
                    self.outcome = Some(Err(ResyncError::Unread));
                    return;
                }
                self.behind_select()
            }
            Step::Changed => {
                self.found = UidRanges::default();
                Step::Search
            }
            // Without an answer, nobody knows what is still there.
            Step::Search if !self.searched => Step::All,
            // What is there and was not known: the account is wrong somewhere.
            Step::Search if self.has_found_more() => Step::All,
            Step::Search => {
                self.gone_but_found();
                Step::New
            }
            Step::All => {
                self.gone_but_found();
                Step::Done
            }
            Step::New | Step::Done => Step::Done,
        };
        self.come_to(next);
    }

    /// Begins a step, if there is anything to do in it.
    pub(super) fn come_to(&mut self, step: Step) {
        self.step = step;
        if self.step == Step::New && self.has_nothing_new() {
            self.step = Step::Done;
        }
        if self.step == Step::All {
            self.found = UidRanges::default();
        }
        if self.step == Step::Done {
            let (validity, mod_seq) = self.told;
            self.outcome = Some(if self.selected.validity() == validity {
                // Without one, no UID outlasts the session; zero is no UIDVALIDITY (RFC 3501 §9).
                let validity = validity.unwrap_or_else(|| UidValidity::new(0));
                if !self.unsure {
                    self.selected.learn_all(&self.known.list());
                }
                Ok(SyncState { validity, mod_seq, known: self.known.clone() })
            } else {
                Err(ResyncError::Unread)
            });
        }
    }

    pub(super) fn behind_select(&mut self) -> Step {
        let validity = self.selected.validity();
        let same = self.before.as_ref().filter(|before| validity == Some(before.validity));
        let Some(same) = same else {
            if self.before.is_some() {
                self.changes.push_back(Change::Reset);
                self.known = UidRanges::default();
                self.before = None;
            }
            return if self.selected.exists() == 0 { Step::Done } else { Step::All };
        };
        let (since, now) = (same.mod_seq, self.mod_seq());
        if self.selected.exists() == 0 {
            self.gone(NumberRange::new(NonZeroU32::MIN, NonZeroU32::MAX));
            return Step::Done;
        }
        match self.way {
            // The other way round, and the server has forgotten something.
            _ if since.is_none() || now < since => Step::All,
            SyncWay::Compare => Step::All,
            _ if self.known.is_empty() => Step::New,
            SyncWay::Qresync => Step::New,
            // Neither flags nor new messages without another MODSEQ, and none are missing.
            SyncWay::Condstore
                if since == now && u64::from(self.selected.exists()) == self.known.len() =>
            {
                Step::Done
            }
            SyncWay::Condstore => Step::Changed,
        }
    }

    pub(super) fn mod_seq(&self) -> Option<ModSeq> {
        let some = |mod_seq: &ModSeq| mod_seq.get() > 0 && !self.selected.has_no_mod_seq();
        self.selected.highest_mod_seq().filter(some)
    }

    /// The first UID that was not known before.
    pub(super) fn first_new(&self) -> u32 {
        let ends = self.before.as_ref().and_then(|before| before.known.ends());
        ends.map_or(1, |ends| ends.last().get().saturating_add(1))
    }

    /// Whether the server said that no message came since.
    pub(super) fn has_nothing_new(&self) -> bool {
        self.selected.uid_next().is_some_and(|next| next.get() <= self.first_new())
    }

    pub(super) fn on_fetched(&mut self, fetched: Fetched) {
        let Some(uid) = fetched.uid(&self.selected) else {
            if fetched.broken {
                self.outcome = Some(Err(ResyncError::Unread));
            }
            return;
        };
        let this = uid.get();
        let is_new = !self.known.contains(this);
        if matches!(self.step, Step::All | Step::Search) {
            self.found.insert(NumberRange::one(uid.nonzero()));
        }
        self.known.insert(NumberRange::one(uid.nonzero()));
        let (flags, mod_seq) = (fetched.flags, fetched.mod_seq);
        self.changes.push_back(Change::Message { uid, flags, mod_seq, is_new });
    }

    pub(super) fn found_all(&mut self, numbers: &NumberList) {
        self.searched = true;
        for range in numbers.ranges() {
            self.found.insert(*range);
        }
    }

    pub(super) fn has_found_more(&self) -> bool {
        let mut more = self.found.clone();
        for range in self.known.ranges() {
            more.remove(range);
        }
        !more.is_empty()
    }

    /// What is known and was not found is gone.
    pub(super) fn gone_but_found(&mut self) {
        let mut gone = core::mem::take(&mut self.known);
        for range in core::mem::take(&mut self.found).ranges() {
            for there in gone.remove(range).ranges() {
                self.known.insert(*there);
            }
        }
        self.tell_gone(gone.list());
    }

    /// These are gone, as far as they were known.
    pub(super) fn gone(&mut self, range: NumberRange) {
        let gone = self.take_out(range);
        self.tell_gone(gone);
    }

    pub(super) fn take_out(&mut self, range: NumberRange) -> NumberList {
        self.found.remove(range);
        self.known.remove(range)
    }

    pub(super) fn tell_gone(&mut self, gone: NumberList) {
        if let Ok(gone) = UidSet::new(gone) {
            self.changes.push_back(Change::Gone(gone));
        }
    }
}

/// All messages from this UID on.
pub(super) fn from(first: u32) -> SequenceSet {
    let Ok(first) = SequenceNumber::try_from(first) else { return SequenceSet::all() };
    let range = SequenceRange::Between(first, SequenceNumber::Last);
    SequenceSet::new([range].into()).unwrap_or_else(|_| SequenceSet::all())
}

pub(super) fn fetch_flags(set: SequenceSet, modifiers: FetchModifiers) -> Command {
    let attributes = FetchAttributes::List(Vec::from([FetchAttribute::Flags]));
    Command::Fetch { set: set.into(), uid: true, attributes, modifiers }
}
