//! What stands in response codes: words that no quotes and no literals protect.

use core::fmt;

use bytes::Bytes;

use super::text::Lossy;
use super::{InvalidValue, is_line_octet};

/// A response code that this crate does not know, or whose arguments break the grammar: what stands
/// between the brackets (RFC 9051 §9 `atom [SP 1*<any TEXT-CHAR except "]">]`).
///
/// A closing bracket stands in it inside quotes alone, so that a reader finds its end.
///
/// ```
/// use postrider_imap::RawCode;
///
/// let code = RawCode::new(&b"WEBALERT https://example.com/"[..])?;
/// assert_eq!(code.name(), b"WEBALERT");
/// assert_eq!(code.arguments(), Some(&b"https://example.com/"[..]));
/// assert!(RawCode::new(&b"X] OK [Y"[..]).is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawCode(Bytes);

impl RawCode {
    /// A code as it stands between its brackets.
    ///
    /// # Errors
    ///
    /// When it is empty, holds CR, LF or NUL, or would not end where it ends; and
    /// [`InvalidValue::Combination`] when it is a code that this crate knows, which has a value of
    /// its own.
    pub fn new(code: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let code = code.into();
        if code.is_empty() {
            return Err(InvalidValue::Empty);
        }
        let balanced = {
            let mut closed = alloc::vec::Vec::with_capacity(code.len().saturating_add(1));
            closed.extend_from_slice(&code);
            closed.push(b']');
            // A closing bracket that is found although quotes are open is found by guessing.
            end_in_quotes(&closed) == Some(code.len())
        };
        if !balanced || !code.iter().all(|&octet| is_line_octet(octet)) {
            return Err(InvalidValue::Octet);
        }
        if crate::syntax::is_known_code(&code) {
            return Err(InvalidValue::Combination);
        }
        Ok(Self(code))
    }

    /// A code that was found in a framed line.
    pub(crate) fn read(code: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(code))
    }

    /// The octets between the brackets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first word.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.0.split(|&octet| octet == b' ').next().unwrap_or_default()
    }

    /// What stands behind the first blank.
    #[must_use]
    pub fn arguments(&self) -> Option<&[u8]> {
        let blank = memchr::memchr(b' ', &self.0)?;
        self.0.get(blank.saturating_add(1)..)
    }
}

/// How long the code is that begins here, behind `[`: up to the closing bracket outside of quotes,
/// or to the first one where the quotes are none. `None` when no bracket closes it.
pub(crate) fn code_len(input: &[u8]) -> Option<usize> {
    end_in_quotes(input).or_else(|| memchr::memchr(b']', input))
}

/// The place of the first closing bracket outside of quoted strings; `None` when there is none, or
/// a quoted string has no end.
fn end_in_quotes(input: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    loop {
        let found = memchr::memchr2(b']', b'"', input.get(at..)?)?;
        at = at.saturating_add(found);
        if input.get(at) == Some(&b']') {
            return Some(at);
        }
        at = at.saturating_add(1);
        loop {
            let found = memchr::memchr2(b'"', b'\\', input.get(at..)?)?;
            at = at.saturating_add(found);
            if input.get(at) == Some(&b'"') {
                break;
            }
            at = at.saturating_add(2);
        }
        at = at.saturating_add(1);
    }
}

/// A URL as response codes have it: printable ASCII without blanks, quotes and closing brackets
/// (RFC 4469 §5 `url-resp-text`, RFC 2193 §4).
///
/// ```
/// use postrider_imap::UrlText;
///
/// assert!(UrlText::new(&b"imap://user@server2/INBOX"[..]).is_ok());
/// assert!(UrlText::new(&b"imap://[::1]/"[..]).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UrlText(Bytes);

impl UrlText {
    /// A URL.
    ///
    /// # Errors
    ///
    /// When it is empty, or holds an octet that no code can hold.
    pub fn new(url: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let url = url.into();
        if url.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if url.iter().all(|&octet| is_url_octet(octet)) {
            Ok(Self(url))
        } else {
            Err(InvalidValue::Octet)
        }
    }

    /// The URL.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn is_url_octet(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b']' | b'"')
}

/// An identifier of a mailbox, a message or a thread (RFC 8474 §7 `objectid`): up to 255 letters,
/// digits, `_` and `-`, compared with regard to the case of letters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ObjectId(Bytes);

impl ObjectId {
    /// An identifier.
    ///
    /// # Errors
    ///
    /// When it is empty or too long, or holds another octet.
    pub fn new(id: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let id = id.into();
        match id.len() {
            0 => Err(InvalidValue::Empty),
            1..=255 if id.iter().all(|&octet| is_object_octet(octet)) => Ok(Self(id)),
            1..=255 => Err(InvalidValue::Octet),
            _ => Err(InvalidValue::Number),
        }
    }

    /// The identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn is_object_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-')
}

/// Shown as the octets that they are.
macro_rules! shown {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Lossy(&self.0).fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

shown!(RawCode UrlText ObjectId);
