//! What a client knows of a mailbox, and what it is told for it.

use core::num::NonZeroU32;

use postrider_imap::{
    ModSeq, NumberRange, Qresync, SequenceMatch, Uid, UidRanges, UidSet, UidValidity,
};

use super::Expunged;
use crate::Metadata;

/// What a client knows of a mailbox: the QRESYNC parameter of SELECT, or UID FETCH with CHANGEDSINCE
/// and VANISHED (RFC 7162 §3.2.5 and §3.2.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    mod_seq: ModSeq,
    /// `None`: every UID there was.
    uids: Option<UidRanges>,
    matched: Option<SequenceMatch>,
}

impl Known {
    /// All messages, as they were at this MODSEQ.
    #[must_use]
    pub const fn new(mod_seq: ModSeq) -> Self {
        Self { mod_seq, uids: None, matched: None }
    }

    /// These messages alone.
    #[must_use]
    pub fn with_uids(mut self, uids: UidRanges) -> Self {
        self.uids = Some(uids);
        self
    }

    /// What SELECT said; `None` when the mailbox is another one now, so that all that the client
    /// knows is void, and it is told nothing but the UIDVALIDITY (RFC 7162 §3.2.5).
    #[must_use]
    pub fn from_select(qresync: &Qresync, validity: UidValidity) -> Option<Self> {
        (qresync.validity == validity).then(|| Self {
            mod_seq: qresync.mod_seq,
            uids: qresync.known.as_ref().map(|known| known.as_list().into()),
            matched: qresync.matched.clone(),
        })
    }

    /// Whether the client is told of this message: it knows it, and it changed since.
    #[must_use]
    pub fn is_changed(&self, metadata: &Metadata) -> bool {
        self.uids.as_ref().is_none_or(|uids| uids.contains(metadata.uid.get()))
            && metadata.mod_seq.is_none_or(|mod_seq| mod_seq > self.mod_seq)
    }

    /// What VANISHED (EARLIER) tells, if there is something to tell; it goes before every FETCH. The
    /// mailbox has the messages `exist`, in ascending ranges that do not touch, and gives out `next`
    /// as the next UID.
    ///
    /// Where the mailbox remembers what went since, that is told. Where it does not, all that the
    /// client knows and that is not there, but for the part that it shows to be in step
    /// (RFC 7162 §3.2.5.2).
    pub fn vanished(
        &self,
        expunged: &Expunged,
        exist: impl Iterator<Item = NumberRange> + Clone,
        next: Uid,
    ) -> Option<UidSet> {
        let mut gone = match expunged.since(self.mod_seq) {
            Some(gone) => match &self.uids {
                Some(uids) => intersection(&gone, uids),
                None => gone,
            },
            None => {
                let mut gone = self.uids.clone().unwrap_or_else(|| below(next));
                if let Some(in_step) = self.in_step(exist.clone()) {
                    gone.remove(NumberRange::new(NonZeroU32::MIN, in_step));
                }
                gone
            }
        };
        // A response never names what exists, or never existed (RFC 7162 §3.2.10).
        for range in exist {
            gone.remove(range);
        }
        gone.remove(NumberRange::new(next.nonzero(), NonZeroU32::MAX));
        UidSet::new(gone.list()).ok()
    }

    /// The highest UID that has the number which the client gives it: nothing before it is gone of
    /// which the client does not know. By ranges, for a client may name every number there is.
    fn in_step(&self, exist: impl Iterator<Item = NumberRange>) -> Option<NonZeroU32> {
        let matched = self.matched.as_ref()?;
        let mut runs = Runs::new(matched).peekable();
        let mut in_step = None;
        // How many messages stand before the range.
        let mut before = 0_u32;
        for range in exist {
            let (first, last) = (range.first().get(), range.last().get());
            while let Some(run) = runs.peek() {
                let (from, to) = (run.uid.max(first), run.last_uid().min(last));
                let number = from.checked_sub(run.uid).map(|at| run.number.saturating_add(at));
                let place = from.saturating_sub(first).saturating_add(before).saturating_add(1);
                // Both count on by one from here.
                if from <= to && number == Some(place) {
                    in_step = in_step.max(NonZeroU32::new(to));
                }
                if run.last_uid() > last {
                    break;
                }
                runs.next();
            }
            before = before.saturating_add(last.saturating_sub(first)).saturating_add(1);
        }
        in_step
    }
}

/// Numbers and the UIDs they have, which ascend together by one.
struct Run {
    number: u32,
    uid: u32,
    len: u32,
}

impl Run {
    fn last_uid(&self) -> u32 {
        self.uid.saturating_add(self.len.saturating_sub(1))
    }
}

/// What a client matches, run by run, as long as it ascends.
struct Runs<'a> {
    numbers: core::slice::Iter<'a, NumberRange>,
    uids: core::slice::Iter<'a, NumberRange>,
    /// What is left of the range of each.
    left: Option<[(u32, u32); 2]>,
    last: u32,
}

impl<'a> Runs<'a> {
    fn new(matched: &'a SequenceMatch) -> Self {
        let (numbers, uids) = (matched.numbers().ranges(), matched.uids().as_list().ranges());
        Self { numbers: numbers.iter(), uids: uids.iter(), left: Some([(1, 0); 2]), last: 0 }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let [numbers, uids] = self.left?;
        let fill = |left: (u32, u32), ranges: &mut core::slice::Iter<'_, NumberRange>| {
            if left.0 <= left.1 {
                return Some(left);
            }
            ranges.next().map(|range| (range.first().get(), range.last().get()))
        };
        let both = fill(numbers, &mut self.numbers).zip(fill(uids, &mut self.uids));
        let Some((numbers, uids)) = both.filter(|(_, uids)| uids.0 > self.last) else {
            self.left = None;
            return None;
        };
        let more = |left: (u32, u32)| left.1.saturating_sub(left.0);
        let more = more(numbers).min(more(uids));
        let run = Run { number: numbers.0, uid: uids.0, len: more.saturating_add(1) };
        let rest = |left: (u32, u32)| {
            // Behind the highest number there is nothing left.
            left.0.checked_add(run.len).map_or((1, 0), |first| (first, left.1))
        };
        self.left = Some([rest(numbers), rest(uids)]);
        self.last = run.last_uid();
        Some(run)
    }
}

/// All UIDs below this one.
fn below(next: Uid) -> UidRanges {
    let last = next.get().checked_sub(1).and_then(NonZeroU32::new);
    last.map(|last| NumberRange::new(NonZeroU32::MIN, last)).into_iter().collect()
}

/// What is in both; by the ranges of the one and those of the other that they meet.
fn intersection(one: &UidRanges, other: &UidRanges) -> UidRanges {
    let mut rest = other.clone();
    let mut both = UidRanges::new();
    for range in one.ranges() {
        both.extend(rest.remove(range).ranges().iter().copied());
    }
    both
}
