//! Bob's mailbox: what his server keeps.

use postrider::imap::{Flag, FlagSet};

use crate::journey::spool::Spool;

/// A mail at rest.
#[derive(Debug)]
pub(crate) struct StoredMail {
    pub(crate) spool: Spool,
    /// When it arrived, in seconds since 1970.
    pub(crate) arrived: i64,
    pub(crate) flags: FlagSet,
}

/// One mailbox, and the one user who may open it.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) mails: Vec<StoredMail>,
}

/// Bob's login.
pub(crate) const USER: &str = "bob";
/// Bob's password. The transcripts must not show it.
pub(crate) const PASSWORD: &str = "saddle-and-horn";

impl Store {
    /// A mailbox with these mails, seen already.
    pub(crate) fn with(mails: &[&str], arrived: i64) -> std::io::Result<Self> {
        let mut store = Self::default();
        for mail in mails {
            let mut spool = Spool::new()?;
            spool.push(mail.as_bytes())?;
            store.mails.push(StoredMail { spool, arrived, flags: [Flag::Seen].into() });
        }
        Ok(store)
    }

    /// The mail with this number, from 1.
    pub(crate) fn mail(&self, number: u32) -> Option<&StoredMail> {
        self.mails.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// The same, to change its flags.
    pub(crate) fn mail_mut(&mut self, number: u32) -> Option<&mut StoredMail> {
        self.mails.get_mut(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// How many mails there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.mails.len()).unwrap_or(u32::MAX)
    }

    /// Whether this user may open it.
    pub(crate) fn admits(user: &[u8], password: &[u8]) -> bool {
        user == USER.as_bytes() && password == PASSWORD.as_bytes()
    }
}
