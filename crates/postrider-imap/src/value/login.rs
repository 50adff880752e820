//! AUTHENTICATE.

use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{InvalidValue, is_base64};

/// The initial response of AUTHENTICATE as it is written: base64, or `=` for one that is empty (RFC
/// 4959 §3). It may be a password, so that nothing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialResponse(Secret<Vec<u8>>);

impl InitialResponse {
    /// An initial response.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] for nothing, which is written `=`, and [`InvalidValue::Octet`] for
    /// what is not base64.
    pub fn new(response: impl Into<Secret<Vec<u8>>>) -> Result<Self, InvalidValue> {
        let response = response.into();
        match response.expose().as_slice() {
            b"" => Err(InvalidValue::Empty),
            b"=" => Ok(Self(response)),
            octets if is_base64(octets) => Ok(Self(response)),
            _ => Err(InvalidValue::Octet),
        }
    }

    /// One that is empty: `=`.
    #[must_use]
    pub fn empty() -> Self {
        Self(Secret::new(b"=".to_vec()))
    }

    /// The octets as they are written.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The base64: what is written, or nothing for `=`.
    #[must_use]
    pub fn base64(&self) -> &[u8] {
        match self.0.expose().as_slice() {
            b"=" => b"",
            octets => octets,
        }
    }
}
