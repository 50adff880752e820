//! What is to be fetched and deleted, in turn.

use std::collections::{HashMap, HashSet, VecDeque};

use postrider::pop3::{ScanListing, SeenUids, UniqueId};

use crate::fetch::store::Wanted;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    sizes: HashMap<u32, u64>,
    listed: Vec<Wanted>,
    /// Unique-ids of several mails.
    shared: HashSet<UniqueId>,
    fetch: VecDeque<Wanted>,
    /// Those whose reply is due, oldest first.
    asked: VecDeque<Wanted>,
    delete: VecDeque<u32>,
}

impl Queue {
    pub(crate) fn size(&mut self, listing: ScanListing) {
        self.sizes.insert(listing.message, listing.octets);
    }

    pub(crate) fn listed(&mut self, message: u32, uid: UniqueId) {
        self.listed.push(Wanted { message, uid });
    }

    /// All mails are listed: parts new from known. Returns how many were known. These are deleted, if it is
    /// asked for.
    pub(crate) fn part(&mut self, seen: &mut SeenUids, delete: bool) -> usize {
        let mut met = HashSet::with_capacity(self.listed.len());
        for wanted in &self.listed {
            if !met.insert(&wanted.uid) {
                self.shared.insert(wanted.uid.clone());
            }
        }
        seen.begin_listing();
        let mut known = 0_usize;
        for wanted in core::mem::take(&mut self.listed) {
            if seen.is_new(&wanted.uid) {
                self.fetch.push_back(wanted);
                continue;
            }
            known = known.saturating_add(1);
            if delete {
                self.fetched(&wanted);
            }
        }
        known
    }

    /// A mail is safe, and may be deleted. One that has its unique-id in common with others may not: they
    /// are the same to a server that goes by the book (RFC 1939 §7), and who knows whether it does.
    pub(crate) fn fetched(&mut self, wanted: &Wanted) {
        if !self.shared.contains(&wanted.uid) {
            self.delete.push_back(wanted.message);
        }
    }

    /// Octets that are to come, as far as the server told.
    pub(crate) fn octets(&self) -> u64 {
        let sizes = self.fetch.iter().filter_map(|wanted| self.sizes.get(&wanted.message));
        sizes.fold(0, |sum, octets| sum.saturating_add(*octets))
    }

    pub(crate) fn next_delete(&mut self) -> Option<u32> {
        self.delete.pop_front()
    }

    /// The next mail to ask for; it counts as asked for.
    pub(crate) fn next_fetch(&mut self) -> Option<u32> {
        let wanted = self.fetch.pop_front()?;
        let message = wanted.message;
        self.asked.push_back(wanted);
        Some(message)
    }

    /// The mail whose reply came.
    pub(crate) fn answered(&mut self) -> Option<Wanted> {
        self.asked.pop_front()
    }

    /// Whether nothing is to be asked for any more.
    pub(crate) fn is_empty(&self) -> bool {
        self.fetch.is_empty() && self.asked.is_empty() && self.delete.is_empty()
    }
}
