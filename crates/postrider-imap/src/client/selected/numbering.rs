//! Which message has which number and which UID.

use alloc::vec::Vec;

use crate::{FlagSet, ModSeq, Uid};

/// What is known of a message in the selected mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownMessage {
    /// Its UID.
    pub uid: Uid,
    /// Its flags, if they were told.
    pub flags: Option<FlagSet>,
    /// Its MODSEQ, if that was told.
    pub mod_seq: Option<ModSeq>,
}

/// What was told does not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd;

/// The messages by their numbers. Those of which nothing is known take no memory, however many the
/// server says there are; and what stands far behind a message need not be moved when it goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering {
    /// How many messages there are.
    exists: u32,
    /// The known ones in their order, in pieces of no more than [`BLOCK`], none of them empty.
    blocks: Vec<Block>,
    known: usize,
    /// How many numbers the blocks cover, all together.
    covered: u32,
}

/// Entries of one block.
const BLOCK: usize = if cfg!(test) { 8 } else { 512 };

/// Some messages that follow one another.
#[derive(Clone, Debug)]
struct Block {
    entries: Vec<Entry>,
    /// How many numbers it covers: its messages, and the unknown ones before each of them.
    span: u32,
}

#[derive(Clone, Debug)]
struct Entry {
    /// How many unknown messages stand right before it.
    gap: u32,
    message: KnownMessage,
}

/// Where a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is this entry of this block.
    At(usize, usize),
    /// It is among the unknown messages before this entry, behind so many of them.
    Before(usize, usize, u32),
    /// It is behind all entries, and behind so many unknown messages.
    Behind(u32),
}

impl Block {
    fn last(&self) -> u32 {
        self.entries.last().map_or(0, |entry| entry.message.uid.get())
    }
}

impl Numbering {
    pub(super) fn exists(&self) -> u32 {
        self.exists
    }

    /// How many are known.
    pub(super) fn known(&self) -> usize {
        self.known
    }

    /// So many messages, of which nothing is known.
    pub(super) fn unknown(exists: u32) -> Self {
        Self { exists, ..Self::default() }
    }

    /// There are so many now: never fewer, for those that go are told of.
    pub(super) fn set_exists(&mut self, exists: u32) -> Result<(), Odd> {
        if exists < self.exists {
            *self = Self::unknown(exists);
            return Err(Odd);
        }
        self.exists = exists;
        Ok(())
    }

    /// The message of this number.
    pub(super) fn get(&self, number: u32) -> Option<&KnownMessage> {
        match self.find(number)? {
            Place::At(block, entry) => {
                self.blocks.get(block)?.entries.get(entry).map(|entry| &entry.message)
            }
            _ => None,
        }
    }

    /// The message of this number, to learn more of it.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut KnownMessage> {
        match self.find(number)? {
            Place::At(block, entry) => {
                let entry = self.blocks.get_mut(block)?.entries.get_mut(entry)?;
                Some(&mut entry.message)
            }
            _ => None,
        }
    }

    /// The number of the message of this UID.
    pub(super) fn number_of(&self, uid: u32) -> Option<u32> {
        let at = self.block_of(uid);
        let before = self.blocks.get(..at).unwrap_or_default();
        let mut number = before.iter().fold(0, |sum: u32, block| sum.saturating_add(block.span));
        for entry in &self.blocks.get(at)?.entries {
            number = number.saturating_add(entry.gap).saturating_add(1);
            match entry.message.uid.get() {
                this if this == uid => return Some(number),
                this if this > uid => return None,
                _ => {}
            }
        }
        None
    }

    /// The known messages and their numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &KnownMessage)> {
        let mut number = 0_u32;
        self.blocks.iter().flat_map(|block| &block.entries).map(move |entry| {
            number = number.saturating_add(entry.gap).saturating_add(1);
            (number, &entry.message)
        })
    }

    /// The message of this number has this UID. `None` when no more than `most` are to be known.
    pub(super) fn learn(
        &mut self,
        number: u32,
        uid: Uid,
        most: usize,
    ) -> Result<Option<&mut KnownMessage>, Odd> {
        let place = self.find(number).ok_or(Odd)?;
        if !matches!(place, Place::At(..)) && self.known >= most {
            return Ok(None);
        }
        let entry = |gap| Entry { gap, message: KnownMessage { uid, flags: None, mod_seq: None } };
        let (at, index) = match place {
            Place::At(at, index) => {
                let known = self.blocks.get_mut(at).and_then(|block| block.entries.get_mut(index));
                let same = known.filter(|known| known.message.uid == uid);
                return same.map(|known| Some(&mut known.message)).ok_or(Odd);
            }
            Place::Before(at, index, offset) => {
                let before = match index.checked_sub(1) {
                    Some(index) => self.uid_at(at, index),
                    None => at.checked_sub(1).and_then(|at| self.blocks.get(at)).map(Block::last),
                };
                let block = self.blocks.get_mut(at).ok_or(Odd)?;
                let next = block.entries.get_mut(index).ok_or(Odd)?;
                if before.is_some_and(|before| before >= uid.get()) || next.message.uid <= uid {
                    return Err(Odd);
                }
                next.gap = next.gap.saturating_sub(offset).saturating_sub(1);
                block.entries.insert(index, entry(offset));
                (at, index)
            }
            Place::Behind(offset) => {
                if self.blocks.last().is_some_and(|block| block.last() >= uid.get()) {
                    return Err(Odd);
                }
                if self.blocks.last().is_none_or(|block| block.entries.len() >= BLOCK) {
                    self.blocks.push(Block { entries: Vec::new(), span: 0 });
                }
                let at = self.blocks.len().saturating_sub(1);
                let block = self.blocks.last_mut().ok_or(Odd)?;
                block.entries.push(entry(offset));
                block.span = block.span.saturating_add(offset).saturating_add(1);
                self.covered = self.covered.saturating_add(offset).saturating_add(1);
                (at, block.entries.len().saturating_sub(1))
            }
        };
        self.known = self.known.saturating_add(1);
        let (at, index) = self.split(at, index);
        let entry = self.blocks.get_mut(at).and_then(|block| block.entries.get_mut(index));
        entry.map(|entry| Some(&mut entry.message)).ok_or(Odd)
    }

    /// The message of this number is gone: what was known of it.
    pub(super) fn expunge(&mut self, number: u32) -> Result<Option<KnownMessage>, Odd> {
        let place = self.find(number).ok_or(Odd)?;
        self.exists = self.exists.saturating_sub(1);
        match place {
            Place::Behind(_) => Ok(None),
            Place::Before(at, index, _) => {
                self.shrink(at, index, 1);
                Ok(None)
            }
            Place::At(at, index) => Ok(self.remove(at, index)),
        }
    }

    /// The messages of these UIDs are gone. Each of them was there.
    pub(super) fn vanish(&mut self, first: u32, last: u32) -> Result<(), Odd> {
        let count = last.saturating_sub(first).saturating_add(1);
        if count > self.exists {
            return Err(Odd);
        }
        let mut from = first;
        loop {
            // Those before the next known one stand in the gap before that.
            let at = self.block_of(from);
            let Some(block) = self.blocks.get(at) else {
                return self.vanish_behind(last.saturating_sub(from).saturating_add(1));
            };
            let index = block.entries.partition_point(|entry| entry.message.uid.get() < from);
            let Some(next) = block.entries.get(index) else { return Err(Odd) };
            let uid = next.message.uid.get();
            let unknown = uid.min(last.saturating_add(1)).saturating_sub(from);
            if unknown > next.gap {
                return Err(Odd);
            }
            self.exists = self.exists.saturating_sub(unknown);
            self.shrink(at, index, unknown);
            if uid > last {
                return Ok(());
            }
            self.exists = self.exists.saturating_sub(1);
            self.remove(at, index);
            if uid == last {
                return Ok(());
            }
            from = uid.saturating_add(1);
        }
    }

    /// So many of the messages behind the last known one are gone.
    fn vanish_behind(&mut self, unknown: u32) -> Result<(), Odd> {
        if unknown > self.exists.saturating_sub(self.covered) {
            return Err(Odd);
        }
        self.exists = self.exists.saturating_sub(unknown);
        Ok(())
    }

    /// The first block whose last UID is not below this one.
    fn block_of(&self, uid: u32) -> usize {
        self.blocks.partition_point(|block| block.last() < uid)
    }

    fn uid_at(&self, block: usize, entry: usize) -> Option<u32> {
        Some(self.blocks.get(block)?.entries.get(entry)?.message.uid.get())
    }

    /// Where a number is; `None` when there is no such message.
    fn find(&self, number: u32) -> Option<Place> {
        if number == 0 || number > self.exists {
            return None;
        }
        // How many numbers are to be passed over before it.
        let mut left = number.saturating_sub(1);
        if let Some(offset) = left.checked_sub(self.covered) {
            return Some(Place::Behind(offset));
        }
        for (at, block) in self.blocks.iter().enumerate() {
            if left >= block.span {
                left = left.saturating_sub(block.span);
                continue;
            }
            for (index, entry) in block.entries.iter().enumerate() {
                if left < entry.gap {
                    return Some(Place::Before(at, index, left));
                }
                left = left.saturating_sub(entry.gap);
                if left == 0 {
                    return Some(Place::At(at, index));
                }
                left = left.saturating_sub(1);
            }
        }
        None
    }

    /// So many of the unknown messages before an entry are gone.
    fn shrink(&mut self, at: usize, index: usize, by: u32) {
        if let Some(block) = self.blocks.get_mut(at) {
            block.span = block.span.saturating_sub(by);
            self.covered = self.covered.saturating_sub(by);
            if let Some(entry) = block.entries.get_mut(index) {
                entry.gap = entry.gap.saturating_sub(by);
            }
        }
    }

    /// Takes an entry out. The unknown messages before it stand before the next one then.
    fn remove(&mut self, at: usize, index: usize) -> Option<KnownMessage> {
        let block = self.blocks.get_mut(at).filter(|block| index < block.entries.len())?;
        let gone = block.entries.remove(index);
        self.known = self.known.saturating_sub(1);
        block.span = block.span.saturating_sub(1);
        self.covered = self.covered.saturating_sub(1);
        if let Some(next) = block.entries.get_mut(index) {
            next.gap = next.gap.saturating_add(gone.gap);
            self.join(at);
            return Some(gone.message);
        }
        block.span = block.span.saturating_sub(gone.gap);
        let mut next = at.saturating_add(1);
        if block.entries.is_empty() {
            self.blocks.remove(at);
            next = at;
        }
        let Some(block) = self.blocks.get_mut(next) else {
            // They stand behind all entries.
            self.covered = self.covered.saturating_sub(gone.gap);
            return Some(gone.message);
        };
        block.span = block.span.saturating_add(gone.gap);
        if let Some(first) = block.entries.first_mut() {
            first.gap = first.gap.saturating_add(gone.gap);
        }
        self.join(at);
        Some(gone.message)
    }

    /// Makes one of a block and the next, where both are small: many that hold little would be slow.
    fn join(&mut self, at: usize) {
        let len = |at: usize| self.blocks.get(at).map(|block| block.entries.len());
        let next = at.saturating_add(1);
        if len(at).zip(len(next)).is_none_or(|(one, other)| one.saturating_add(other) > BLOCK / 2) {
            return;
        }
        let joined = self.blocks.remove(next);
        if let Some(block) = self.blocks.get_mut(at) {
            block.entries.extend(joined.entries);
            block.span = block.span.saturating_add(joined.span);
        }
    }

    /// Makes two of a block that has too many entries. Where an entry of it is then.
    fn split(&mut self, at: usize, index: usize) -> (usize, usize) {
        let Some(block) = self.blocks.get_mut(at).filter(|block| block.entries.len() > BLOCK)
        else {
            return (at, index);
        };
        let half = block.entries.len() / 2;
        let entries = block.entries.split_off(half);
        let count = |entries: &[Entry]| {
            entries.iter().fold(0_u32, |sum, entry| sum.saturating_add(entry.gap).saturating_add(1))
        };
        let span = count(&entries);
        block.span = block.span.saturating_sub(span);
        self.blocks.insert(at.saturating_add(1), Block { entries, span });
        match index.checked_sub(half) {
            Some(index) => (at.saturating_add(1), index),
            None => (at, index),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;

    fn uid(number: u32) -> Uid {
        Uid::new(number).unwrap()
    }

    /// What happens in a mailbox.
    #[derive(Clone, Debug)]
    enum Step {
        /// So many new messages, with steps between their UIDs.
        Arrive(Vec<u32>),
        /// The message at this place, of so many thousandths, tells its UID.
        Tell(u32),
        Expunge(u32),
        /// Some that follow one another.
        Vanish(u32, u32),
    }

    fn step() -> impl Strategy<Value = Step> {
        let steps = proptest::collection::vec(1..4_u32, 1..300);
        prop_oneof![
            1 => steps.prop_map(Step::Arrive),
            12 => (0..1000_u32).prop_map(Step::Tell),
            4 => (0..1000_u32).prop_map(Step::Expunge),
            2 => (0..1000_u32, 0..9_u32).prop_map(|(at, more)| Step::Vanish(at, more)),
        ]
    }

    /// The mailbox as the server has it: all UIDs, in order.
    #[derive(Default)]
    struct Mailbox(Vec<u32>);

    impl Mailbox {
        fn at(&self, thousandth: u32) -> Option<usize> {
            let len = self.0.len();
            (len > 0).then(|| (thousandth as usize * len / 1000).min(len - 1))
        }
    }

    proptest! {
        #[test]
        fn what_is_known_of_a_number_is_what_the_server_has(
            steps in proptest::collection::vec(step(), 1..400),
        ) {
            let (mut mailbox, mut ours) = (Mailbox::default(), Numbering::default());
            let mut told = std::collections::BTreeSet::new();
            let mut next = 0;
            for step in steps {
                match step {
                    Step::Arrive(steps) => {
                        for step in steps {
                            next += step;
                            mailbox.0.push(next);
                        }
                        ours.set_exists(mailbox.0.len() as u32).unwrap();
                    }
                    Step::Tell(at) => if let Some(at) = mailbox.at(at) {
                        let this = uid(mailbox.0[at]);
                        told.insert(mailbox.0[at]);
                        let known = ours.learn(at as u32 + 1, this, usize::MAX).unwrap();
                        prop_assert_eq!(known.unwrap().uid, this);
                    },
                    Step::Expunge(at) => if let Some(at) = mailbox.at(at) {
                        let gone = mailbox.0.remove(at);
                        let known = ours.expunge(at as u32 + 1).unwrap();
                        prop_assert_eq!(known.map(|known| known.uid.get()), told.take(&gone));
                    },
                    Step::Vanish(at, more) => if let Some(at) = mailbox.at(at) {
                        let end = (at + 1 + more as usize).min(mailbox.0.len());
                        // Ranges, as a server writes them.
                        let gone: Vec<u32> = mailbox.0.drain(at..end).collect();
                        for range in gone.chunk_by(|one, other| one + 1 == *other) {
                            ours.vanish(range[0], *range.last().unwrap()).unwrap();
                        }
                        gone.iter().for_each(|uid| { told.remove(uid); });
                    },
                }
                prop_assert_eq!(ours.exists() as usize, mailbox.0.len());
                prop_assert_eq!(ours.known(), told.len());
            }
            for (at, &this) in mailbox.0.iter().enumerate() {
                let number = at as u32 + 1;
                let known = told.contains(&this);
                prop_assert_eq!(ours.get(number).map(|one| one.uid.get()), known.then_some(this));
                prop_assert_eq!(ours.number_of(this), known.then_some(number));
            }
            let all: Vec<u32> = ours.iter().map(|(_, one)| one.uid.get()).collect();
            prop_assert_eq!(all, told.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_contradicts_is_odd() {
        let mut ours = Numbering::default();
        ours.set_exists(10).unwrap();
        for (number, this) in [(3, 30), (7, 70)] {
            ours.learn(number, uid(this), 9).unwrap().unwrap();
        }
        let odd = |number, this| ours.clone().learn(number, uid(this), 9).is_err();
        assert!(odd(3, 31) && odd(5, 30) && odd(5, 70) && odd(2, 30) && odd(8, 70) && odd(11, 99));
        assert!(!odd(5, 50) && !odd(2, 20) && !odd(8, 71) && !odd(3, 30));
        // Three messages stand between them, and three behind.
        let vanish = |first, last| ours.clone().vanish(first, last);
        assert_eq!(vanish(40, 42), Ok(()));
        assert_eq!(vanish(40, 43), Err(Odd));
        assert_eq!(vanish(71, 73), Ok(()));
        assert_eq!(vanish(71, 74), Err(Odd));
        assert_eq!(vanish(1, u32::MAX), Err(Odd));
        assert_eq!(ours.expunge(11), Err(Odd));
        assert_eq!(ours.set_exists(9), Err(Odd));
        assert_eq!((ours.exists(), ours.known()), (9, 0));
    }

    #[test]
    fn so_many_messages_as_a_server_claims_take_no_memory() {
        let mut ours = Numbering::default();
        ours.set_exists(u32::MAX).unwrap();
        for number in [u32::MAX, 1, 4_000_000] {
            assert!(ours.learn(number, uid(number), 3).unwrap().is_some());
        }
        assert_eq!(ours.learn(5, uid(5), 3), Ok(None));
        ours.vanish(2, 3_999_999).unwrap();
        assert_eq!(ours.number_of(4_000_000), Some(2));
        assert_eq!(ours.number_of(u32::MAX), Some(u32::MAX - 3_999_998));
        ours.vanish(1, u32::MAX - 4_000_000).unwrap_err();
    }
}
