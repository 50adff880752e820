//! What stands in a maildrop: listings and unique-ids (RFC 1939 §5 and §7).

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use crate::ValueError;

/// A drop listing, the answer to `STAT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DropListing {
    /// Messages that are not marked as deleted.
    pub messages: u32,
    /// Their size as sent, in octets.
    pub octets: u64,
}

/// A scan listing, one line of the answer to `LIST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ScanListing {
    /// The message, from 1.
    pub message: u32,
    /// Its size as sent, in octets. Servers in the field miscount.
    pub octets: u64,
}

/// A unique-id: 1 to 70 octets of `!` to `~` that name a message for ever (RFC 1939 §7).
///
/// ```
/// use postrider_pop3::UniqueId;
///
/// assert!(UniqueId::new("whqtswO00WBw418f9t5JxYwZ").is_ok());
/// assert!(UniqueId::new("two words").is_err());
/// assert!(UniqueId::new("a\r\nDELE 1").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueId(Box<str>);

impl UniqueId {
    /// The bound of RFC 1939 §7.
    const MOST: usize = 70;

    /// Takes a unique-id.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not in the grammar of RFC 1939 §7.
    pub fn new(uid: &str) -> Result<Self, ValueError> {
        if uid.is_empty() {
            return Err(ValueError::Empty);
        }
        if uid.len() > Self::MOST {
            return Err(ValueError::TooLong { most: Self::MOST });
        }
        match uid.find(|c: char| !c.is_ascii_graphic()) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(uid.into())),
        }
    }

    /// As a server sent it: of any length that the line has.
    pub(crate) fn received(word: &[u8]) -> Option<Self> {
        let word = core::str::from_utf8(word).ok()?;
        let graphic = !word.is_empty() && word.chars().all(|c| c.is_ascii_graphic());
        graphic.then(|| Self(word.into()))
    }

    /// The unique-id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u64> for UniqueId {
    /// A number as its 16 hexadecimal digits, such as UIDVALIDITY and UID of IMAP together.
    ///
    /// ```
    /// use postrider_pop3::UniqueId;
    ///
    /// assert_eq!(UniqueId::from(38_505 << 32 | 3_955).as_str(), "0000966900000f73");
    /// ```
    fn from(number: u64) -> Self {
        Self(format!("{number:016x}").into())
    }
}

impl fmt::Debug for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A maildrop as it was when it was locked: what an embedder opens for a user. Its messages are
/// numbered from 1, in the order in which they are pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maildrop {
    entries: Vec<Entry>,
    /// Not before something is marked or, in a long maildrop, summed up.
    sums: Option<Box<Sums>>,
}

/// How many messages are summed up anew each time.
const FEW: usize = 64;

/// What is known of all messages, so that no command of a few octets goes through all of them: a client
/// may say a thousand in one breath.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sums {
    /// The messages marked as deleted, in the order of their `DELE`.
    deleted: Vec<u32>,
    /// Octets of the others: of `u64` no sum of so many overflows.
    octets: u128,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    octets: u64,
    uid: UniqueId,
    mark: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Kept,
    Deleted,
}

/// Why a message number names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMessage {
    OutOfRange,
    Deleted,
}

impl Maildrop {
    /// An empty maildrop.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty maildrop with room for so many messages. Each costs 32 octets and those of its
    /// unique-id.
    #[must_use]
    pub fn with_capacity(messages: usize) -> Self {
        Self { entries: Vec::with_capacity(messages), ..Self::default() }
    }

    /// Adds a message: its size as sent (every line end CRLF, the last line complete, dots not
    /// doubled; [`Maildrop::octets_as_sent`] counts them), and its unique-id.
    pub fn push(&mut self, octets: u64, uid: UniqueId) {
        if let Some(sums) = &mut self.sums {
            sums.octets = sums.octets.saturating_add(octets.into());
        }
        self.entries.push(Entry { octets, uid, mark: Mark::Kept });
    }

    /// Adds a message that is in memory, whose size is counted. Its octets are not kept.
    pub fn push_message(&mut self, message: &[u8], uid: UniqueId) {
        self.push(Self::octets_as_sent(message), uid);
    }

    /// The size of a message as sent, in octets: a bare CR and a bare LF become CRLF, a last line that
    /// is not complete gets one, and dots are not doubled (RFC 1939 §11). To be kept next to a message
    /// that is not in memory.
    ///
    /// ```
    /// use postrider_pop3::Maildrop;
    ///
    /// assert_eq!(Maildrop::octets_as_sent(b".Hi\n\nBye"), 12); // .Hi, CRLF, CRLF, Bye, CRLF
    /// ```
    #[must_use]
    pub fn octets_as_sent(message: &[u8]) -> u64 {
        let mut octets = message.len() as u64;
        let mut rest = message;
        while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
            let line_end = rest.get(at..).unwrap_or_default();
            rest = match line_end.strip_prefix(b"\r\n") {
                Some(next) => next,
                None => {
                    octets = octets.saturating_add(1);
                    line_end.get(1..).unwrap_or_default()
                }
            };
        }
        if rest.is_empty() { octets } else { octets.saturating_add(2) }
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Octets of all messages: nothing is marked while there are no sums.
    fn octets(&self) -> u128 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.octets.into()))
    }

    fn sums(&mut self) -> &mut Sums {
        let octets = if self.sums.is_none() { self.octets() } else { 0 };
        self.sums.get_or_insert_with(|| Box::new(Sums { deleted: Vec::new(), octets }))
    }

    pub(crate) fn drop_listing(&mut self) -> DropListing {
        let few = self.sums.is_none() && self.entries.len() <= FEW;
        let (deleted, octets) = if few {
            (0, self.octets())
        } else {
            let sums = self.sums();
            (sums.deleted.len(), sums.octets)
        };
        let messages = self.entries.len().saturating_sub(deleted);
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        DropListing { messages, octets: u64::try_from(octets).unwrap_or(u64::MAX) }
    }

    fn at(message: u32) -> Option<usize> {
        usize::try_from(message.checked_sub(1)?).ok()
    }

    /// Size and unique-id of a message that is not marked as deleted.
    pub(crate) fn get(&self, message: u32) -> Result<(u64, &UniqueId), NoMessage> {
        let entry = Self::at(message).and_then(|at| self.entries.get(at));
        let entry = entry.ok_or(NoMessage::OutOfRange)?;
        match entry.mark {
            Mark::Kept => Ok((entry.octets, &entry.uid)),
            Mark::Deleted => Err(NoMessage::Deleted),
        }
    }

    pub(crate) fn delete(&mut self, message: u32) -> Result<(), NoMessage> {
        let (octets, _) = self.get(message)?;
        let sums = self.sums();
        sums.octets = sums.octets.saturating_sub(octets.into());
        sums.deleted.push(message);
        self.mark(message, Mark::Deleted);
        Ok(())
    }

    /// Marks a message, and tells its size.
    fn mark(&mut self, message: u32, mark: Mark) -> u64 {
        let entry = Self::at(message).and_then(|at| self.entries.get_mut(at));
        entry.map_or(0, |entry| {
            entry.mark = mark;
            entry.octets
        })
    }

    /// Takes back all marks, and goes through those alone.
    pub(crate) fn undelete(&mut self) {
        let Some(mut sums) = self.sums.take() else { return };
        for message in core::mem::take(&mut sums.deleted) {
            let octets = self.mark(message, Mark::Kept);
            sums.octets = sums.octets.saturating_add(octets.into());
        }
        self.sums = Some(sums);
    }

    /// The numbers of the messages marked as deleted, ascending.
    pub(crate) fn deleted(&self) -> Vec<u32> {
        let mut deleted = self.sums.as_ref().map_or_else(Vec::new, |sums| sums.deleted.clone());
        deleted.sort_unstable();
        deleted
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use bytes::Bytes;
    use postrider_wire::OutboxWriter;
    use postrider_wire::dot::{OutgoingNewlines, Stuffer};
    use proptest::prelude::*;

    use super::Maildrop;

    proptest! {
        /// What is counted beforehand is what the server finds when it has sent the message.
        #[test]
        fn the_size_as_sent_is_that_which_is_sent(
            message in proptest::collection::vec(prop::sample::select(b"a.\r\n".to_vec()), 0..40),
        ) {
            let mut out = OutboxWriter::new(4096);
            let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
            let mut payload = Bytes::from(Vec::clone(&message));
            stuffer.encode(&mut payload, &mut out).unwrap();
            prop_assert!(payload.is_empty());
            prop_assert_eq!(Maildrop::octets_as_sent(&message), stuffer.content());
        }
    }
}
