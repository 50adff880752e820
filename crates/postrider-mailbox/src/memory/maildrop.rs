//! INBOX over POP3.

use core::convert::Infallible;

use bytes::Bytes;
use postrider_imap::{MailboxName, Uid};

use super::Mailbox;
use super::account::Account;
use crate::Refused;
use crate::maildrop::{InUse, Lock, Policy, Snapshot};

/// INBOX as one session of POP3 has it: with its lock.
#[derive(Debug)]
pub struct LockedMaildrop {
    lock: Lock<MailboxName>,
    snapshot: Snapshot,
}

impl LockedMaildrop {
    /// The messages, by their numbers.
    #[must_use]
    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Account {
    /// INBOX for a session of POP3, until it is given back by [`Account::commit`] or
    /// [`Account::give_up`].
    ///
    /// # Errors
    ///
    /// [`InUse`] while another session has it.
    pub fn maildrop(&mut self, policy: Policy) -> Result<LockedMaildrop, InUse> {
        let lock = self.locks.lock(MailboxName::inbox())?;
        let snapshot = match self.mailbox(&MailboxName::inbox()) {
            Some(inbox) => {
                let uids = inbox.iter().map(|one| one.uid);
                let Ok(snapshot) = Snapshot::open(inbox, inbox.uid_validity(), uids, policy);
                snapshot
            }
            None => Snapshot::new(0.into(), []),
        };
        Ok(LockedMaildrop { lock, snapshot })
    }

    /// The octets of the message of this number; `None` when it was expunged meanwhile.
    #[must_use]
    pub fn retrieve(&self, drop: &LockedMaildrop, message: u32) -> Option<Bytes> {
        let inbox = self.mailbox(&MailboxName::inbox())?;
        let octets: Result<_, Infallible> = drop.snapshot.octets(inbox, message);
        let Ok(octets) = octets;
        octets
    }

    /// The session ended by QUIT: these messages are removed, and the maildrop is free.
    ///
    /// # Errors
    ///
    /// The maildrop is no longer the session's, or INBOX is another mailbox now; nothing is removed.
    pub fn commit(&mut self, drop: LockedMaildrop, deleted: &[u32]) -> Result<(), Refused> {
        let uids = drop.snapshot.uids(deleted);
        let validity = drop.snapshot.uid_validity();
        let same = self.mailbox(&MailboxName::inbox()).map(Mailbox::uid_validity) == Some(validity);
        if !self.locks.unlock(drop.lock) || !same {
            return Err(Refused::bad("The maildrop is no longer the same."));
        }
        self.expunge_inbox(&uids)
    }

    /// The session ended in another way: nothing is removed, and the maildrop is free.
    pub fn give_up(&mut self, drop: LockedMaildrop) {
        self.locks.unlock(drop.lock);
    }

    fn expunge_inbox(&mut self, uids: &[Uid]) -> Result<(), Refused> {
        let Some(inbox) = self.key(&MailboxName::inbox()) else { return Ok(()) };
        self.expunge_from(inbox, uids).map(|_| ())
    }
}
