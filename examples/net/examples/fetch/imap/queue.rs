//! What is to be fetched, in turn.

use std::collections::{HashMap, VecDeque};

use postrider::{
    imap::{
        InvalidValue, NumberList, SequenceSet, Uid, UidValidity,
        client::{Handle, SyncState},
    },
    pop3::{SeenUids, UniqueId},
};

use crate::fetch::store::Wanted;
use postrider_net::program::failure::{Code, Failure};

/// Mails of a mailbox. What they are known by is `UIDVALIDITY.UID`.
#[derive(Debug, Default)]
pub(super) struct Queue {
    validity: Option<UidValidity>,
    /// UIDs, ascending.
    fetch: VecDeque<Uid>,
    /// Those whose answer is due.
    asked: HashMap<Handle, Asked>,
}

/// A mail whose answer is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) uid: Uid,
    /// Whether it came.
    pub(super) came: bool,
}

impl Queue {
    /// All that is in the mailbox is told, and these mails are new: takes those that were not fetched, and
    /// forgets what the server no longer has. Returns how many were fetched before.
    pub(super) fn fill(
        &mut self,
        state: &SyncState,
        mut new: Vec<Uid>,
        seen: &mut SeenUids,
    ) -> Result<usize, Failure> {
        self.validity = Some(state.validity());
        seen.begin_listing();
        let mut known = 0_usize;
        for uid in state.known().iter() {
            known = known.saturating_add(usize::from(!seen.is_new(&self.key(uid)?)));
        }
        new.sort_unstable();
        for uid in new {
            if !seen.contains(&self.key(uid.get())?) {
                self.fetch.push_back(uid);
            }
        }
        Ok(known)
    }

    fn key(&self, uid: u32) -> Result<UniqueId, Failure> {
        let validity = self.validity.map_or(0, UidValidity::get);
        UniqueId::new(&format!("{validity}.{uid}"))
            .map_err(|error| Failure::new(Code::Protocol, error.to_string()))
    }

    /// Only these.
    pub(super) fn keep(&mut self, uids: &NumberList) {
        let (mut found, mut at): (Vec<_>, _) = (uids.ranges().to_vec(), 0_usize);
        found.sort_unstable_by_key(|range| range.first());
        self.fetch.retain(|uid| {
            while found.get(at).is_some_and(|range| range.last() < uid.nonzero()) {
                at = at.saturating_add(1);
            }
            found.get(at).is_some_and(|range| range.first() <= uid.nonzero())
        });
    }

    /// From the first to the last.
    pub(super) fn span(&self) -> Result<SequenceSet, InvalidValue> {
        let end = |uid: Option<&Uid>| uid.map_or(0, |uid| uid.get());
        SequenceSet::between(end(self.fetch.front()), end(self.fetch.back()))
    }

    /// All of them.
    pub(super) fn all(&self) -> Result<SequenceSet, InvalidValue> {
        SequenceSet::try_from(&self.fetch.iter().copied().collect::<NumberList>())
    }

    /// The next mail to ask for, if fewer than `most` are asked for.
    pub(super) fn next(&mut self, most: usize) -> Option<Uid> {
        if self.asked.len() < most { self.fetch.pop_front() } else { None }
    }

    pub(super) fn asked(&mut self, handle: Handle, uid: Uid) {
        self.asked.insert(handle, Asked { uid, came: false });
    }

    /// The mail that this command asks for.
    pub(super) fn asked_by(&self, handle: Handle) -> Option<Uid> {
        self.asked.get(&handle).map(|asked| asked.uid)
    }

    /// This mail, if it was asked for and did not come before.
    pub(super) fn due(&self, uid: Uid) -> Result<Option<Wanted>, Failure> {
        if !self.asked.values().any(|asked| asked.uid == uid && !asked.came) {
            return Ok(None);
        }
        Ok(Some(Wanted { message: uid.get(), uid: self.key(uid.get())? }))
    }

    /// The mail came.
    pub(super) fn came(&mut self, uid: Uid) {
        for asked in self.asked.values_mut().filter(|asked| asked.uid == uid) {
            asked.came = true;
        }
    }

    /// The command was answered.
    pub(super) fn answered(&mut self, handle: Handle) -> Option<Asked> {
        self.asked.remove(&handle)
    }

    /// Whether nothing is to be asked for any more, and no answer is due.
    pub(super) fn is_empty(&self) -> bool {
        self.fetch.is_empty() && self.asked.is_empty()
    }
}
