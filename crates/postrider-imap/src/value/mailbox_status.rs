//! STATUS: what is asked and told of a mailbox that is not selected.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::text::Lossy;
use super::{Atom, MailboxName, ModSeq, Raw, Uid, UidValidity};

/// What STATUS asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusItem {
    /// `MESSAGES`
    Messages,
    /// `RECENT`
    Recent,
    /// `UIDNEXT`
    UidNext,
    /// `UIDVALIDITY`
    UidValidity,
    /// `UNSEEN`
    Unseen,
    /// `DELETED` (RFC 9051)
    Deleted,
    /// `SIZE` (RFC 8438)
    Size,
    /// `HIGHESTMODSEQ` (RFC 7162)
    HighestModSeq,
    /// `APPENDLIMIT` (RFC 7889)
    AppendLimit,
    /// `MAILBOXID` (RFC 8474)
    MailboxId,
    /// `DELETED-STORAGE` (RFC 9208)
    DeletedStorage,
    /// Another.
    Other(Atom),
}

/// The items that have a name here.
const KNOWN: [(StatusItem, &str); 11] = [
    (StatusItem::Messages, "MESSAGES"),
    (StatusItem::Recent, "RECENT"),
    (StatusItem::UidNext, "UIDNEXT"),
    (StatusItem::UidValidity, "UIDVALIDITY"),
    (StatusItem::Unseen, "UNSEEN"),
    (StatusItem::Deleted, "DELETED"),
    (StatusItem::Size, "SIZE"),
    (StatusItem::HighestModSeq, "HIGHESTMODSEQ"),
    (StatusItem::AppendLimit, "APPENDLIMIT"),
    (StatusItem::MailboxId, "MAILBOXID"),
    (StatusItem::DeletedStorage, "DELETED-STORAGE"),
];

impl StatusItem {
    /// The item of this name, which an atom is, in any case of letters.
    pub(crate) fn read(name: &[u8]) -> Self {
        let known = KNOWN.iter().find(|(_, known)| known.as_bytes().eq_ignore_ascii_case(name));
        known.map_or_else(|| Self::Other(Atom::read(name)), |(item, _)| item.clone())
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Other(name) => name.as_bytes(),
            known => {
                let row = KNOWN.iter().find(|(item, _)| item == known);
                row.map_or(b"", |(_, name)| name.as_bytes())
            }
        }
    }
}

impl fmt::Display for StatusItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(self.name()).fmt(f)
    }
}

/// What a STATUS response tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailboxStatus {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// What of it, in order.
    pub items: Vec<StatusValue>,
}

impl MailboxStatus {
    /// What is told of a mailbox.
    #[must_use]
    pub fn new(mailbox: MailboxName, items: Vec<StatusValue>) -> Self {
        Self { mailbox, items }
    }
}

/// One thing that a STATUS response tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusValue {
    /// `MESSAGES`
    Messages(u32),
    /// `RECENT`
    Recent(u32),
    /// `UIDNEXT`
    UidNext(Uid),
    /// `UIDVALIDITY`
    UidValidity(UidValidity),
    /// `UNSEEN`
    Unseen(u32),
    /// `DELETED`
    Deleted(u32),
    /// `SIZE`, in octets
    Size(u64),
    /// `HIGHESTMODSEQ`
    HighestModSeq(ModSeq),
    /// `APPENDLIMIT`, in octets; `None`: no limit. RFC 7889 has 32 bits for it; more are read where
    /// that is forgiven.
    AppendLimit(Option<u64>),
    /// `MAILBOXID`
    MailboxId(Bytes),
    /// `DELETED-STORAGE`, in octets
    DeletedStorage(u64),
    /// What this crate does not know, or what breaks the grammar: name and value.
    Unparsed(Raw),
}
