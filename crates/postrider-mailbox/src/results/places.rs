//! Results in an order of their own, and the place of each.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Ordering;

use postrider_imap::Uid;

/// How many results are in one piece at most.
const MOST: usize = 1024;

/// UIDs in an order that is not theirs, in pieces. Of each is known in which piece it is, so a change
/// takes the time to go through one piece, and to count what is in those before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// In their order; none is empty.
    pieces: Vec<Piece>,
    /// The piece of each UID.
    homes: BTreeMap<Uid, u64>,
    /// What the next piece is called.
    next: u64,
}

#[derive(Debug, Clone)]
struct Piece {
    id: u64,
    uids: Vec<Uid>,
}

impl Places {
    /// These in this order.
    pub(super) fn new(uids: impl Iterator<Item = Uid>) -> Self {
        let mut places = Self::default();
        for uid in uids {
            places.insert(uid, |_| Ordering::Less);
        }
        places
    }

    pub(super) fn contains(&self, uid: Uid) -> bool {
        self.homes.contains_key(&uid)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Uid> {
        self.pieces.iter().flat_map(|piece| piece.uids.iter().copied())
    }

    /// Takes one out. How many were before it; `None` where it was not there.
    pub(super) fn remove(&mut self, uid: Uid) -> Option<usize> {
        let home = self.homes.remove(&uid)?;
        let at = self.pieces.iter().position(|piece| piece.id == home)?;
        let before = self.before(at);
        let uids = &mut self.pieces.get_mut(at)?.uids;
        let within = uids.iter().position(|&other| other == uid)?;
        uids.remove(within);
        if uids.is_empty() {
            self.pieces.remove(at);
        } else if uids.len() < uids.capacity() / 4 {
            uids.shrink_to(MOST / 4);
        }
        Some(before.saturating_add(within))
    }

    /// Puts one in that is not there, behind those that `order` says are before it. How many those
    /// are.
    pub(super) fn insert(&mut self, uid: Uid, order: impl Fn(Uid) -> Ordering) -> usize {
        let is_before = |other: &Uid| order(*other) == Ordering::Less;
        let behind = self.pieces.partition_point(|piece| piece.uids.last().is_some_and(is_before));
        // Behind all of them is at the end of the last.
        let at = behind.min(self.pieces.len().saturating_sub(1));
        let before = self.before(at);
        let Some(Piece { id, uids }) = self.pieces.get_mut(at) else {
            self.push(0, uid);
            return 0;
        };
        let within = uids.partition_point(is_before);
        let place = before.saturating_add(within);
        if uids.len() < MOST {
            uids.insert(within, uid);
            self.homes.insert(uid, *id);
        } else if within == uids.len() {
            self.push(at.saturating_add(1), uid);
        } else {
            let mut behind = uids.split_off(MOST / 2);
            let id = match within.checked_sub(uids.len()) {
                Some(within) => {
                    behind.insert(within, uid);
                    self.next
                }
                None => {
                    uids.insert(within, uid);
                    *id
                }
            };
            self.homes.insert(uid, id);
            self.homes.extend(behind.iter().map(|&moved| (moved, self.next)));
            self.add(at.saturating_add(1), behind);
        }
        place
    }

    /// How many are in the pieces before one.
    fn before(&self, at: usize) -> usize {
        let lengths = self.pieces.iter().take(at).map(|piece| piece.uids.len());
        lengths.fold(0, usize::saturating_add)
    }

    /// A piece with one UID.
    fn push(&mut self, at: usize, uid: Uid) {
        self.homes.insert(uid, self.next);
        self.add(at, [uid].into());
    }

    fn add(&mut self, at: usize, uids: Vec<Uid>) {
        let at = at.min(self.pieces.len());
        self.pieces.insert(at, Piece { id: self.next, uids });
        self.next = self.next.saturating_add(1);
    }
}
