//! What is passed on as it came.

use core::fmt;

use bytes::Bytes;

use super::InvalidValue;

/// Octets in the grammar of IMAP whose meaning this crate does not know: words, strings, literals
/// and lists, as they stand on the wire. They frame as one piece: what follows them on the wire is
/// not changed by what they hold.
///
/// ```
/// use postrider_imap::language::Raw;
///
/// assert!(Raw::new(&b"(X-FUTURE \"a b\" {3}\r\nabc)"[..]).is_ok());
/// assert!(Raw::new(&b"two\r\nlines"[..]).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Raw(Bytes);

impl Raw {
    /// Octets that frame as one piece: no line end but behind the announcement of a literal, with
    /// the octets of the literal behind it, and no announcement at the end.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when they do not.
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let octets = octets.into();
        if frames(&octets) { Ok(Self(octets)) } else { Err(InvalidValue::Octet) }
    }

    /// Octets that the framer has found to be one unit, or a part of it between two values.
    pub(crate) fn read(octets: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(octets))
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether these octets, put into a line, leave its framing alone.
fn frames(octets: &[u8]) -> bool {
    let mut rest = octets;
    loop {
        let Some(at) = memchr::memchr3(b'\r', b'\n', 0, rest) else {
            return crate::language::read::literal_at_end(rest).is_none();
        };
        let (line, behind) = rest.split_at_checked(at).unwrap_or_default();
        let Some(behind) = behind.strip_prefix(b"\r\n") else { return false };
        let Some(head) = crate::language::read::literal_at_end(line) else { return false };
        let size = head.octets.and_then(|octets| usize::try_from(octets).ok());
        let Some(behind) = size.and_then(|size| behind.get(size..)) else { return false };
        rest = behind;
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
