//! What a session is told.

use postrider_imap::{MessageNumber, Uid, UidSet};

/// What the server machine allows to be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the rule of RFC 3501 §7.4.1 has two sides")]
pub enum Permit {
    /// All.
    All,
    /// All but EXPUNGE and VANISHED: no command is in progress, or one that numbers messages.
    WithoutExpunge,
}

impl Permit {
    /// By the answer to the question whether messages may go now.
    #[must_use]
    pub const fn new(may_expunge: bool) -> Self {
        if may_expunge { Self::All } else { Self::WithoutExpunge }
    }

    /// Whether messages may go.
    #[must_use]
    pub const fn may_expunge(self) -> bool {
        matches!(self, Self::All)
    }
}

/// One untagged response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Update {
    /// `* 3 EXPUNGE`: the message that has this number now is gone, and those behind it move up.
    Expunge(MessageNumber),
    /// `* VANISHED 505,507`: the same by UIDs (RFC 7162 §3.2.10.2), all of which the session knew.
    Vanished(UidSet),
    /// `* 4 EXISTS`: new messages came.
    Exists(u32),
    /// `* 1 RECENT`: another number of messages is `\Recent`.
    Recent(u32),
    /// `* 2 FETCH (...)`: tell the flags of this message as they are now, its UID, and its MODSEQ
    /// where the session has CONDSTORE enabled.
    Fetch {
        /// The number it has now.
        number: MessageNumber,
        /// Its UID.
        uid: Uid,
    },
    /// `* 505 UIDFETCH (...)`: the same where the session has UIDONLY enabled (RFC 9586).
    UidFetch(Uid),
}

/// What a session has enabled that changes how it is told of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Extension {
    /// QRESYNC: VANISHED stands for EXPUNGE. Not for a mailbox that answered NOMODSEQ
    /// (RFC 7162 §3.2.10).
    Qresync,
    /// UIDONLY: no message numbers are told (RFC 9586).
    UidOnly,
    /// IMAP4rev2, which has no RECENT (RFC 9051 Appendix E).
    Imap4Rev2,
}
