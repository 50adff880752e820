//! What a server tells of a mailbox that it selects.

use crate::{Flag, FlagSet, Uid, UidValidity};

/// What a server tells of a mailbox that it selects (RFC 3501 §6.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectData {
    /// How many messages there are.
    pub exists: u32,
    /// How many of them are `\Recent`.
    pub recent: u32,
    /// The flags in use.
    pub flags: FlagSet,
    /// The flags that stay; without it, all do.
    pub permanent_flags: Option<FlagSet>,
    /// The number of the first message that is not `\Seen`.
    pub unseen: Option<u32>,
    /// The validity value of the UIDs.
    pub uid_validity: Option<UidValidity>,
    /// The UID that the next message will get.
    pub uid_next: Option<Uid>,
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
