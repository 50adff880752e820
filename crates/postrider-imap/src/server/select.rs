//! What a server tells of a mailbox that it selects.

use crate::{Flag, FlagSet, ListResponse, ModSeq, ObjectId, Uid, UidValidity};

/// What a server tells of a mailbox that it selects (RFC 9051 §6.3.2). What belongs to a feature that
/// the server does not have, or that the client has not enabled, is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectData {
    /// How many messages there are.
    pub exists: u32,
    /// How many of them are `\Recent`. Not told to clients of IMAP4rev2.
    pub recent: u32,
    /// The flags in use.
    pub flags: FlagSet,
    /// The flags that stay; without it, all do.
    pub permanent_flags: Option<FlagSet>,
    /// The number of the first message that is not `\Seen`. Not told to clients of IMAP4rev2.
    pub unseen: Option<u32>,
    /// The validity value of the UIDs.
    pub uid_validity: Option<UidValidity>,
    /// The UID that the next message will get.
    pub uid_next: Option<Uid>,
    /// The highest MODSEQ (CONDSTORE); without it NOMODSEQ is told.
    pub highest_mod_seq: Option<ModSeq>,
    /// The MAILBOXID (OBJECTID).
    pub mailbox_id: Option<ObjectId>,
    /// What LIST tells of it, which clients of IMAP4rev2 are told.
    pub list: Option<ListResponse>,
    /// Whether the mailbox may be changed in this session. EXAMINE makes it read-only in any case.
    pub read_write: bool,
}

impl SelectData {
    /// A mailbox of so many messages, with the five system flags, that may be changed.
    #[must_use]
    pub fn new(exists: u32) -> Self {
        use Flag::{Answered, Deleted, Draft, Flagged, Seen};
        Self {
            exists,
            flags: [Answered, Flagged, Deleted, Seen, Draft].into(),
            read_write: true,
            ..Self::default()
        }
    }
}
