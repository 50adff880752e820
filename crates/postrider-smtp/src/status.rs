//! Enhanced status codes (RFC 3463, RFC 2034).

use core::fmt;

use crate::ValueError;

/// Largest subject and detail (RFC 3463 §2).
const MOST: u16 = 999;

/// `class.subject.detail`, such as `5.1.1`: why, where a reply code says only whether.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnhancedStatusCode {
    class: u8,
    subject: u16,
    detail: u16,
}

impl EnhancedStatusCode {
    /// A code of its three numbers: class 2, 4 or 5, subject and detail up to 999.
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`].
    pub const fn new(class: u8, subject: u16, detail: u16) -> Result<Self, ValueError> {
        if !matches!(class, 2 | 4 | 5) || subject > MOST || detail > MOST {
            return Err(ValueError::Range);
        }
        Ok(Self { class, subject, detail })
    }

    pub(crate) const fn own(class: u8, subject: u16, detail: u16) -> Self {
        Self { class, subject, detail }
    }

    /// 2 for success, 4 for a failure that may pass, 5 for one that does not.
    #[must_use]
    pub const fn class(self) -> u8 {
        self.class
    }

    /// What the status is about: 1 addresses, 2 mailboxes, 3 the mail system, 4 the network, 5 the
    /// protocol, 6 content, 7 security.
    #[must_use]
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// The condition itself.
    #[must_use]
    pub const fn detail(self) -> u16 {
        self.detail
    }
}

impl fmt::Display for EnhancedStatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}
