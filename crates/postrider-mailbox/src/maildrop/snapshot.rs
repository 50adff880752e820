//! The messages of a mailbox, numbered for a session of POP3.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::{Flag, Uid, UidValidity};
use postrider_pop3::{Maildrop, UniqueId};

use crate::{Messages, Metadata};

/// Which messages POP3 shows, and what their sizes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Whether messages with `\Deleted` are hidden.
    pub hides_deleted: bool,
    /// Whether [`Metadata::size`] is that of what is sent.
    pub stored_as_sent: bool,
}

impl Policy {
    /// All messages are shown, and all are read to count what is sent.
    #[must_use]
    pub const fn new() -> Self {
        Self { hides_deleted: false, stored_as_sent: false }
    }

    /// The same without the messages that have `\Deleted`.
    #[must_use]
    pub const fn hiding_deleted(mut self) -> Self {
        self.hides_deleted = true;
        self
    }

    /// The same of a store where each line of each message ends in CRLF, the last one too, and none
    /// holds a CR or LF of its own: the size it keeps is that of what is sent, and no message is read.
    #[must_use]
    pub const fn stored_as_sent(mut self) -> Self {
        self.stored_as_sent = true;
        self
    }
}

/// The messages of a mailbox as they were when it was locked, numbered from 1 by their UIDs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    validity: UidValidity,
    messages: Vec<(Uid, u64)>,
}

impl Snapshot {
    /// Messages with these UIDs and sizes as sent, in any order. Of two with one UID the first counts.
    pub fn new(validity: UidValidity, messages: impl IntoIterator<Item = (Uid, u64)>) -> Self {
        let mut messages: Vec<(Uid, u64)> = messages.into_iter().collect();
        messages.sort_by_key(|(uid, _)| *uid);
        messages.dedup_by_key(|(uid, _)| *uid);
        Self { validity, messages }
    }

    /// Reads those messages with these UIDs that a store has, and that are to be shown.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    pub fn open<M: Messages>(
        store: &M,
        validity: UidValidity,
        uids: impl IntoIterator<Item = Uid>,
        policy: Policy,
    ) -> Result<Self, M::Error> {
        let mut messages = Vec::new();
        for uid in uids {
            let Some(metadata) = store.metadata(uid)? else { continue };
            let deleted = || metadata.flags.contains(&Flag::Deleted);
            if policy.hides_deleted && deleted() {
                continue;
            }
            if let Some(octets) = size(store, &metadata, policy)? {
                messages.push((uid, octets));
            }
        }
        Ok(Self::new(validity, messages))
    }

    /// The maildrop for [`accept_login`](postrider_pop3::server::Server::accept_login).
    #[must_use]
    pub fn maildrop(&self) -> Maildrop {
        self.maildrop_with(|uid| unique_id(self.validity, uid))
    }

    /// The same with unique-ids of another rule. They have to be different, and stay the same.
    pub fn maildrop_with(&self, mut unique_id: impl FnMut(Uid) -> UniqueId) -> Maildrop {
        let mut maildrop = Maildrop::with_capacity(self.messages.len());
        for (uid, octets) in &self.messages {
            maildrop.push(*octets, unique_id(*uid));
        }
        maildrop
    }

    /// The UIDVALIDITY that the mailbox had.
    #[must_use]
    pub const fn uid_validity(&self) -> UidValidity {
        self.validity
    }

    /// The UID of the message of this number.
    #[must_use]
    pub fn uid(&self, message: u32) -> Option<Uid> {
        self.message(message).map(|(uid, _)| uid)
    }

    fn message(&self, message: u32) -> Option<(Uid, u64)> {
        let at = usize::try_from(message.checked_sub(1)?).ok()?;
        self.messages.get(at).copied()
    }

    /// The UIDs of the messages to be removed, ascending, each once: those that
    /// [`Commit`](postrider_pop3::server::Event::Commit) names. A number that no message has names none.
    #[must_use]
    pub fn uids(&self, deleted: &[u32]) -> Vec<Uid> {
        let mut uids: Vec<Uid> = deleted.iter().filter_map(|&message| self.uid(message)).collect();
        uids.sort_unstable();
        uids.dedup();
        uids
    }

    /// The octets of the message of this number, for
    /// [`Retrieve`](postrider_pop3::server::Event::Retrieve); `None` when it was expunged meanwhile.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    pub fn octets<M: Messages>(&self, store: &M, message: u32) -> Result<Option<Bytes>, M::Error> {
        match self.uid(message) {
            Some(uid) => store.octets(uid),
            None => Ok(None),
        }
    }

    /// How many messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// The size of a message as sent; `None` when it is gone.
fn size<M: Messages>(
    store: &M,
    metadata: &Metadata,
    policy: Policy,
) -> Result<Option<u64>, M::Error> {
    if policy.stored_as_sent {
        return Ok(Some(metadata.size));
    }
    let octets = store.octets(metadata.uid)?;
    Ok(octets.map(|octets| Maildrop::octets_as_sent(&octets)))
}

/// The unique-id of a message: UIDVALIDITY and UID, each in eight hexadecimal digits.
///
/// ```
/// use postrider_imap::{Uid, UidValidity};
/// use postrider_mailbox::maildrop::unique_id;
///
/// let id = unique_id(UidValidity::new(38505), Uid::new(3955)?);
/// assert_eq!(id.as_str(), "0000966900000f73");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[must_use]
pub fn unique_id(validity: UidValidity, uid: Uid) -> UniqueId {
    UniqueId::from(u64::from(validity.get()) << 32 | u64::from(uid.get()))
}
