//! Which messages are gone, and since when.

use alloc::collections::VecDeque;

use postrider_imap::{ModSeq, NumberRange, UidRanges};

/// The messages that went from one mailbox, with the MODSEQ of each (RFC 7162 §3.2.7: "For each
/// permanently removed message, the server MUST remember the incremented mod-sequence and
/// corresponding UID"). What went longest ago is forgotten first; a client that asks further back
/// learns of all that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expunged {
    /// Ranges, with the MODSEQ of each, which never goes down.
    ranges: VecDeque<(ModSeq, NumberRange)>,
    most: usize,
    /// The highest MODSEQ of what was forgotten: `minmodseq` of RFC 7162 §3.2.6.
    forgotten: ModSeq,
}

impl Expunged {
    /// Remembers at most so many ranges of UIDs, at 16 octets each.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { ranges: VecDeque::new(), most, forgotten: ModSeq::default() }
    }

    /// Nothing is known of what went up to this MODSEQ: a store that remembers what is gone only
    /// since then.
    #[must_use]
    pub const fn with_forgotten(mut self, mod_seq: ModSeq) -> Self {
        self.forgotten = mod_seq;
        self
    }

    /// These are gone, with this MODSEQ. It is not lower than that of any before; if it is, theirs counts.
    pub fn push(&mut self, mod_seq: ModSeq, uids: &UidRanges) {
        let mod_seq = self.ranges.back().map_or(mod_seq, |(last, _)| mod_seq.max(*last));
        for range in uids.ranges() {
            while self.ranges.len() >= self.most.max(1) {
                if let Some((mod_seq, _)) = self.ranges.pop_front() {
                    self.forgotten = self.forgotten.max(mod_seq);
                }
            }
            match self.most {
                0 => self.forgotten = self.forgotten.max(mod_seq),
                _ => self.ranges.push_back((mod_seq, range)),
            }
        }
    }

    /// Those that went with a higher MODSEQ than this; `None` when that is too long ago to know.
    #[must_use]
    pub fn since(&self, mod_seq: ModSeq) -> Option<UidRanges> {
        if mod_seq < self.forgotten {
            return None;
        }
        let newer = self.ranges.iter().rev().take_while(|(went, _)| *went > mod_seq);
        Some(newer.map(|(_, range)| *range).collect())
    }

    /// The ranges that are remembered, oldest first, for a store that keeps them.
    pub fn iter(&self) -> impl Iterator<Item = (ModSeq, NumberRange)> {
        self.ranges.iter().copied()
    }
}
