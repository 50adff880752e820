//! What `AUTH` carries (RFC 5034 §4).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_sasl::{Error as SaslError, line};
use postrider_wire::Secret;

use crate::ValueError;

/// The name of a SASL mechanism, in upper case: 1 to 20 of `A` to `Z`, `0` to `9`, `-` and `_`
/// (RFC 4422 §3.1).
///
/// ```
/// use postrider_pop3::MechanismName;
///
/// assert_eq!(MechanismName::parse("scram-sha-1")?.as_str(), "SCRAM-SHA-1");
/// assert!(MechanismName::parse("PLAIN\r\nQUIT").is_err());
/// # Ok::<(), postrider_pop3::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MechanismName(String);

impl MechanismName {
    const MOST: usize = 20;

    /// Takes a name in any case.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not in the grammar of RFC 4422 §3.1.
    pub fn parse(name: &str) -> Result<Self, ValueError> {
        if name.is_empty() {
            return Err(ValueError::Empty);
        }
        if name.len() > Self::MOST {
            return Err(ValueError::TooLong { most: Self::MOST });
        }
        let forbidden = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_';
        match name.find(forbidden) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(name.to_ascii_uppercase())),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<postrider_sasl::Mechanism> for MechanismName {
    fn from(mechanism: postrider_sasl::Mechanism) -> Self {
        Self(String::from(mechanism.name()))
    }
}

impl fmt::Display for MechanismName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An initial response as it stands behind `AUTH` and its mechanism: base64, or `=` for an empty one
/// (RFC 5034 §4). It is text in base64's alphabet; whether it can be decoded shows when it is.
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
    /// [`ValueError`] when it is empty, longer than 12286 octets, or has an octet that is not of base64.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        const MOST: usize = line::LONGEST - 2;
        if text.is_empty() {
            return Err(ValueError::Empty);
        }
        if text.len() > MOST {
            return Err(ValueError::TooLong { most: MOST });
        }
        let forbidden = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '=');
        match text.find(forbidden) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(Secret::new(String::from(text)))),
        }
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
    /// As [`line::decode_initial`], for messages of at most 9216 octets.
    pub fn decode(&self) -> Result<Secret<Vec<u8>>, SaslError> {
        line::decode_initial(self.expose().as_bytes(), line::MOST)
    }
}

impl fmt::Debug for InitialResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
