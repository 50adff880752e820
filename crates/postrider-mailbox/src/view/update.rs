//! What a session is told.

use alloc::vec::Vec;

use postrider_imap::{FetchItem, MessageNumber, Response, Uid, UidSet};

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

impl Update {
    /// The response. `items` gives what FETCH tells of a message: its flags as they are now, and what
    /// else the session hears of each change; [`Tells::items`](crate::flags::Tells::items) makes it.
    /// `None` for a FETCH of nothing, such as of a message that has gone since.
    ///
    /// ```
    /// use postrider_imap::{MessageNumber, Response};
    /// use postrider_mailbox::view::Update;
    ///
    /// let update = Update::Expunge(MessageNumber::new(3)?);
    /// let mut out = Vec::new();
    /// if let Some(response) = update.response(|_| vec![]) {
    ///     response.write(&mut out);
    /// }
    /// assert_eq!(out, b"* 3 EXPUNGE\r\n");
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    pub fn response(self, items: impl FnOnce(Uid) -> Vec<FetchItem>) -> Option<Response> {
        let some = |items: Vec<FetchItem>| if items.is_empty() { None } else { Some(items) };
        Some(match self {
            Self::Expunge(number) => Response::Expunge(number),
            Self::Vanished(uids) => Response::Vanished { earlier: false, uids },
            Self::Exists(messages) => Response::Exists(messages),
            Self::Recent(messages) => Response::Recent(messages),
            Self::Fetch { number, uid } => Response::Fetch { number, items: some(items(uid))? },
            Self::UidFetch(uid) => Response::UidFetch { uid, items: some(items(uid))? },
        })
    }
}

/// What a session has enabled that changes how it is told of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Extension {
    /// QRESYNC: VANISHED stands for EXPUNGE. Not for a mailbox that answered NOMODSEQ
    /// (RFC 7162 §3.2.10).
    Qresync,
    /// CONDSTORE: each FETCH tells the MODSEQ (RFC 7162 §3.1.2), which QRESYNC asks for as well.
    CondStore,
    /// UIDONLY: no message numbers are told (RFC 9586).
    UidOnly,
    /// IMAP4rev2, which has no RECENT (RFC 9051 Appendix E).
    Imap4Rev2,
}
