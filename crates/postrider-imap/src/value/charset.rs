//! The charset of a search.

use core::fmt;

use bytes::Bytes;

use super::InvalidValue;
use super::text::{Lossy, is_line_octet};

/// The name of a charset (RFC 9051 §9 `charset = atom / quoted`).
///
/// ```
/// use postrider_imap::Charset;
///
/// assert!(Charset::utf8().is("utf-8"));
/// assert!(Charset::new("UTF-8\r\n").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Charset(Bytes);

impl Charset {
    /// A name.
    ///
    /// # Errors
    ///
    /// When CR, LF or NUL stands in it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if name.iter().all(|&octet| is_line_octet(octet)) {
            Ok(Self(name))
        } else {
            Err(InvalidValue::Octet)
        }
    }

    /// `UTF-8`
    #[must_use]
    pub fn utf8() -> Self {
        Self(Bytes::from_static(b"UTF-8"))
    }

    /// `US-ASCII`
    #[must_use]
    pub fn us_ascii() -> Self {
        Self(Bytes::from_static(b"US-ASCII"))
    }

    /// The name as it was written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is this name, in any case of letters.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
