//! Mailboxes: their names, and what SELECT tells of them.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::text::Lossy;
use super::{Flag, InvalidValue};

/// The name of a mailbox as it crosses the wire (RFC 3501 §5.1). `INBOX` is one name in any case of
/// letters.
///
/// Octets are sent as they are given. A server that speaks RFC 3501 wants a name that is not ASCII
/// in modified UTF-7 (§5.1.3), which this crate does not write or read yet.
///
/// ```
/// use postrider_imap::MailboxName;
///
/// assert_eq!(MailboxName::new("Inbox")?, MailboxName::inbox());
/// assert!(MailboxName::new("a\r\nb").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailboxName(Bytes);

impl MailboxName {
    /// A name.
    ///
    /// # Errors
    ///
    /// When a control character stands in it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if name.iter().any(u8::is_ascii_control) {
            return Err(InvalidValue::Octet);
        }
        Ok(if name.eq_ignore_ascii_case(b"INBOX") { Self::inbox() } else { Self(name) })
    }

    /// `INBOX`.
    #[must_use]
    pub fn inbox() -> Self {
        Self(Bytes::from_static(b"INBOX"))
    }

    /// The name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a server tells of a mailbox that it selects (RFC 3501 §6.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectData {
    /// How many messages there are.
    pub exists: u32,
    /// How many of them are `\Recent`.
    pub recent: u32,
    /// The flags in use.
    pub flags: Vec<Flag>,
    /// The flags that stay; without it, all do.
    pub permanent_flags: Option<Vec<Flag>>,
    /// The number of the first message that is not `\Seen`.
    pub unseen: Option<u32>,
    /// The validity value of the UIDs.
    pub uid_validity: Option<u32>,
    /// The UID that the next message will get.
    pub uid_next: Option<u32>,
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
