//! Which mail is new.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::{UniqueId, ValueError};

/// What an entry costs besides its unique-id, in octets.
const ENTRY: usize = 64;

/// The unique-ids of the mail that was fetched already: tells new mail from seen (RFC 1939 §7, `UIDL`).
///
/// It is kept as text between sessions, a unique-id a line. A listing of the server goes through it once
/// in each session, which also forgets what the server no longer has, so that it does not grow for ever:
///
/// ```
/// use postrider_pop3::{SeenUids, UniqueId};
///
/// let mut seen = SeenUids::parse("whqtswO00WBw418f9t5JxYwZ\nQhdPYR:00WBw1Ph7x7\n")?;
/// seen.begin_listing();
/// // Event::UniqueIdListing: message 1 is known, message 2 is to be fetched.
/// assert!(!seen.is_new(&UniqueId::new("QhdPYR:00WBw1Ph7x7")?));
/// let second = UniqueId::new("new")?;
/// assert!(seen.is_new(&second));
/// // Event::UidlEnd: the other one is gone.
/// assert_eq!(seen.end_listing(), 1);
/// // Event::RetrieveEnd, and the message is safely on disk.
/// seen.insert(second)?;
/// assert_eq!(seen.to_text(), "QhdPYR:00WBw1Ph7x7\nnew\n");
/// # Ok::<(), postrider_pop3::ValueError>(())
/// ```
///
/// Unique-ids hold for one account of one server. There are servers that give the same one to equal
/// messages: both are seen, or neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenUids {
    uids: BTreeMap<UniqueId, Mark>,
    /// What they cost.
    octets: usize,
    most: usize,
}

/// Whether the listing that goes on has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Listed,
    Missing,
}

impl Default for SeenUids {
    fn default() -> Self {
        Self { uids: BTreeMap::new(), octets: 0, most: Self::MOST }
    }
}

impl SeenUids {
    /// Octets that it may cost where nothing else is said: some 600,000 unique-ids.
    pub const MOST: usize = 64 << 20;

    /// Nothing was seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what it may cost in octets: each unique-id counts with its length and 64 more. What is there
    /// already stays.
    #[must_use]
    pub fn with_most(mut self, octets: usize) -> Self {
        self.most = octets;
        self
    }

    /// Reads what [`SeenUids::to_text`] wrote. Line ends may be CRLF, and empty lines are passed over.
    ///
    /// # Errors
    ///
    /// [`ValueError::Forbidden`] with the place of a line that is no unique-id, and
    /// [`ValueError::TooLong`] when there are more of them than [`SeenUids::MOST`] octets.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let (mut seen, mut at) = (Self::new(), 0_usize);
        for line in text.split('\n') {
            let word = line.strip_suffix('\r').unwrap_or(line);
            if !word.is_empty() {
                let uid = UniqueId::received(word.as_bytes());
                seen.insert(uid.ok_or(ValueError::Forbidden { at })?)?;
            }
            at = at.saturating_add(line.len()).saturating_add(1);
        }
        Ok(seen)
    }

    /// All of them, a line each, in ascending order.
    #[must_use]
    pub fn to_text(&self) -> String {
        let lines = self.uids.keys().flat_map(|uid| [uid.as_str(), "\n"]);
        lines.collect()
    }

    /// A listing of all messages begins.
    pub fn begin_listing(&mut self) {
        for mark in self.uids.values_mut() {
            *mark = Mark::Missing;
        }
    }

    /// Whether a message that the server lists was not seen. It is not seen by this: see
    /// [`SeenUids::insert`].
    pub fn is_new(&mut self, uid: &UniqueId) -> bool {
        match self.uids.get_mut(uid) {
            Some(mark) => {
                *mark = Mark::Listed;
                false
            }
            None => true,
        }
    }

    /// The listing of all messages is complete: forgets what it did not have, and tells how many. Not to
    /// be called for a listing that was cut short, or was of one message.
    pub fn end_listing(&mut self) -> usize {
        let before = self.uids.len();
        self.uids.retain(|_, mark| *mark == Mark::Listed);
        self.octets = self.uids.keys().fold(0, |sum, uid| sum.saturating_add(cost(uid)));
        before.saturating_sub(self.uids.len())
    }

    /// A message is seen: once it is safe, not before.
    ///
    /// # Errors
    ///
    /// [`ValueError::TooLong`] when there is no room for it. It stays new then.
    pub fn insert(&mut self, uid: UniqueId) -> Result<(), ValueError> {
        if !self.uids.contains_key(&uid) {
            let octets = self.octets.saturating_add(cost(&uid));
            if octets > self.most {
                return Err(ValueError::TooLong { most: self.most });
            }
            self.octets = octets;
        }
        self.uids.insert(uid, Mark::Listed);
        Ok(())
    }

    /// Forgets a message, as after its deletion. Tells whether it was there.
    pub fn remove(&mut self, uid: &UniqueId) -> bool {
        let known = self.uids.remove(uid).is_some();
        if known {
            self.octets = self.octets.saturating_sub(cost(uid));
        }
        known
    }

    /// Whether it was seen, in a listing or out of one.
    #[must_use]
    pub fn contains(&self, uid: &UniqueId) -> bool {
        self.uids.contains_key(uid)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.uids.len()
    }

    /// Whether nothing was seen yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.uids.is_empty()
    }
}

fn cost(uid: &UniqueId) -> usize {
    uid.as_str().len().saturating_add(ENTRY)
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn uid(text: &str) -> UniqueId {
        UniqueId::new(text).unwrap()
    }

    #[test]
    fn what_arrives_during_a_listing_is_not_forgotten_at_its_end() {
        let mut seen = SeenUids::new();
        seen.begin_listing();
        seen.insert(uid("a")).unwrap();
        assert_eq!(seen.end_listing(), 0);
        seen.begin_listing();
        assert_eq!(seen.end_listing(), 1);
        assert!(seen.is_empty());
    }

    #[test]
    fn a_line_that_is_no_unique_id_is_told_with_its_place() {
        assert_eq!(SeenUids::parse("a\r\n\r\nb").unwrap().to_text(), "a\nb\n");
        assert_eq!(SeenUids::parse("a\nb c\n"), Err(ValueError::Forbidden { at: 2 }));
        assert_eq!(SeenUids::parse("\u{e9}"), Err(ValueError::Forbidden { at: 0 }));
    }

    #[test]
    fn there_are_no_more_than_may_be_and_what_is_forgotten_makes_room() {
        let mut seen = SeenUids::new().with_most(2 * (ENTRY + 1));
        seen.insert(uid("a")).unwrap();
        seen.insert(uid("b")).unwrap();
        assert!(seen.insert(uid("c")).is_err() && seen.is_new(&uid("c")));
        seen.insert(uid("a")).unwrap();
        assert!(seen.remove(&uid("a")) && !seen.remove(&uid("a")));
        seen.insert(uid("c")).unwrap();
        seen.begin_listing();
        assert!(!seen.is_new(&uid("c")));
        assert_eq!(seen.end_listing(), 1);
        seen.insert(uid("d")).unwrap();
        assert!(seen.insert(uid("e")).is_err());
    }

    proptest! {
        #[test]
        fn over_many_sessions_new_is_what_was_not_fetched(
            sessions in prop::collection::vec(prop::collection::btree_set(0u8..12, 0..8), 0..8),
        ) {
            let name = |n: &u8| uid(&alloc::format!("uid-{n}"));
            let (mut seen, mut model) = (SeenUids::new(), BTreeSet::new());
            for listed in sessions {
                seen.begin_listing();
                let new: Vec<u8> =
                    listed.iter().copied().filter(|n| seen.is_new(&name(n))).collect();
                seen.end_listing();
                let expected: Vec<u8> = listed.difference(&model).copied().collect();
                prop_assert_eq!(&new, &expected);
                for n in &new {
                    seen.insert(name(n)).unwrap();
                }
                model = listed;
                seen = SeenUids::parse(&seen.to_text()).unwrap();
                prop_assert_eq!(seen.len(), model.len());
            }
        }
    }
}
