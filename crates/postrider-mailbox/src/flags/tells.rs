//! What a FETCH response tells of flags.

use alloc::vec::Vec;

use postrider_imap::FetchItem;

use crate::Metadata;

/// What FETCH responses tell of the messages that were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tells {
    /// FLAGS: without `.SILENT`.
    pub flags: bool,
    /// MODSEQ: always after UNCHANGEDSINCE, even with `.SILENT` (RFC 7162 §3.1.3). A session that has
    /// CONDSTORE enabled hears it whenever it hears anything.
    pub mod_seq: bool,
    /// UID: after UID STORE (RFC 3501 §6.4.8).
    pub uid: bool,
}

impl Tells {
    /// Flags alone.
    #[must_use]
    pub const fn flags() -> Self {
        Self { flags: true, mod_seq: false, uid: false }
    }

    /// UID and MODSEQ too, where the session hears of them with every change
    /// ([`View::tells`](crate::view::View::tells)) and is told anything.
    #[must_use]
    pub const fn as_session(self, session: Self) -> Self {
        let tells = self.flags || self.mod_seq;
        let (uid, mod_seq) = (tells && session.uid, tells && session.mod_seq);
        Self { uid: self.uid || uid, mod_seq: self.mod_seq || mod_seq, ..self }
    }

    /// What a FETCH response tells of a message; nothing where nothing of it is told.
    #[must_use]
    pub fn items(self, metadata: &Metadata) -> Vec<FetchItem> {
        let mut items = Vec::new();
        if !self.flags && !self.mod_seq {
            return items;
        }
        if self.uid {
            items.push(FetchItem::Uid(metadata.uid));
        }
        if self.flags {
            items.push(FetchItem::Flags(metadata.flags.clone()));
        }
        items.extend(metadata.mod_seq.filter(|_| self.mod_seq).map(FetchItem::ModSeq));
        items
    }

    /// FLAGS and MODSEQ too.
    #[must_use]
    pub const fn with_all(self) -> Self {
        Self { flags: true, mod_seq: true, ..self }
    }
}
