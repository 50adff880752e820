//! What goes along with the command that begins a login.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::Secret;

use crate::{Error, line};

/// Longest text: with CRLF it is a line that may be.
const MOST: usize = line::LONGEST - 2;

/// An initial response as it stands behind the command and its mechanism: base64, or `=` for an empty one
/// (RFC 4954 §4, RFC 5034 §4, RFC 4959). What came in is one printable word, so that it cannot break a
/// line; whether it can be decoded shows when it is.
///
/// ```
/// use postrider_sasl::InitialResponse;
///
/// let response = InitialResponse::encode(b"\0tim\0tanstaaftanstaaf");
/// assert_eq!(response.expose(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
/// assert_eq!(format!("{response:?}"), "[secret]");
/// assert!(InitialResponse::parse("AHRp\r\nQUIT").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct InitialResponse(Secret<String>);

impl InitialResponse {
    /// The text for a message.
    #[must_use]
    pub fn encode(message: &[u8]) -> Self {
        Self(line::encode_initial(message))
    }

    /// Takes the text.
    ///
    /// # Errors
    ///
    /// [`Error::Base64`] when it is empty or more than one printable word, [`Error::MessageTooLong`]
    /// beyond 12286 octets.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > MOST {
            return Err(Error::MessageTooLong { most: MOST });
        }
        if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err(Error::Base64);
        }
        Ok(Self(Secret::new(String::from(text))))
    }

    /// The text. Every use of this is a place where it could leak.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The message.
    ///
    /// # Errors
    ///
    /// As [`line::decode_initial`], for messages of at most [`line::MOST`] octets.
    pub fn decode(&self) -> Result<Secret<Vec<u8>>, Error> {
        line::decode_initial(self.expose().as_bytes(), line::MOST)
    }
}

impl fmt::Debug for InitialResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
