//! The names of mailboxes.

#[cfg(feature = "std")]
use alloc::string::String;
use core::fmt;

use bytes::Bytes;

use super::InvalidValue;
use super::text::Lossy;

/// The name of a mailbox as it crosses the wire (RFC 3501 §5.1). `INBOX` is one name in any case of
/// letters.
///
/// Which text the octets stand for depends on the session: [`MailboxEncoding`]. The octets are
/// kept as they came, so that a name whose encoding is broken still names its mailbox.
///
/// ```
/// use postrider_imap::{MailboxEncoding, MailboxName};
///
/// assert_eq!(MailboxName::new("Inbox")?, MailboxName::inbox());
/// assert!(MailboxName::new("a\r\nb").is_err());
///
/// let name = MailboxName::encode("台北", MailboxEncoding::ModifiedUtf7)?;
/// assert_eq!(name.as_bytes(), b"&U,BTFw-");
/// assert_eq!(name.decode(MailboxEncoding::ModifiedUtf7)?, "台北");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailboxName(Bytes);

/// How the text of mailbox names is written in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 3501 has the one, RFC 9051 and 9755 the other")]
pub enum MailboxEncoding {
    /// Modified UTF-7 (RFC 3501 §5.1.3): IMAP4rev1 without UTF8=ACCEPT.
    ModifiedUtf7,
    /// UTF-8: after `ENABLE IMAP4rev2` (RFC 9051 §5.1) or `ENABLE UTF8=ACCEPT` (RFC 9755 §3).
    Utf8,
}

impl MailboxName {
    /// A name.
    ///
    /// # Errors
    ///
    /// When a control character stands in it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if has_control(&name) {
            return Err(InvalidValue::Octet);
        }
        Ok(if is_inbox(&name) { Self::inbox() } else { Self(name) })
    }

    /// A name that was read as an atom.
    pub(crate) fn read(name: &[u8]) -> Self {
        if is_inbox(name) { Self::inbox() } else { Self(Bytes::copy_from_slice(name)) }
    }

    /// `INBOX`.
    #[must_use]
    pub fn inbox() -> Self {
        Self(Bytes::from_static(b"INBOX"))
    }

    /// The name of a mailbox that is called this.
    ///
    /// # Errors
    ///
    /// When a control character stands in it. Modified UTF-7 could write it; servers may refuse it
    /// (RFC 9051 §5.1), and no reader needs it.
    #[cfg(feature = "std")]
    pub fn encode(text: &str, encoding: MailboxEncoding) -> Result<Self, InvalidValue> {
        if text.chars().any(char::is_control) {
            return Err(InvalidValue::Octet);
        }
        Self::new(match encoding {
            MailboxEncoding::ModifiedUtf7 => encodify::utf7::IMAP.encode(text),
            MailboxEncoding::Utf8 => String::from(text),
        })
    }

    /// What the mailbox is called. Two names never decode to one text: what can be written in
    /// another way than it is, is refused (RFC 3501 §5.1.3). Control characters can stand in it.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when the octets are not in that encoding.
    #[cfg(feature = "std")]
    pub fn decode(&self, encoding: MailboxEncoding) -> Result<String, InvalidValue> {
        match encoding {
            MailboxEncoding::ModifiedUtf7 => {
                encodify::utf7::IMAP.decode(&self.0).map_err(|_| InvalidValue::Octet)
            }
            MailboxEncoding::Utf8 => {
                core::str::from_utf8(&self.0).map(String::from).map_err(|_| InvalidValue::Octet)
            }
        }
    }

    /// What the mailbox may be called, for people to read: what is not in that encoding is read as
    /// far as it can be, or replaced. Text that names no mailbox again.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn decode_lossy(&self, encoding: MailboxEncoding) -> String {
        match encoding {
            MailboxEncoding::ModifiedUtf7 => encodify::utf7::IMAP.lenient().decode_lossy(&self.0),
            MailboxEncoding::Utf8 => String::from_utf8_lossy(&self.0).into_owned(),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

fn is_inbox(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"INBOX")
}

/// Looks at all octets, which is faster than to stop at the first.
fn has_control(name: &[u8]) -> bool {
    name.iter().fold(false, |found, octet| found | octet.is_ascii_control())
}

impl From<MailboxName> for Bytes {
    /// The name as it crosses the wire, such as for a pattern of LIST.
    fn from(name: MailboxName) -> Self {
        name.0
    }
}

impl fmt::Display for MailboxName {
    /// As it crosses the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
