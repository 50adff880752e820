//! Mechanisms of one message: PLAIN, EXTERNAL, ANONYMOUS.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{Input, Step};
use crate::Error;

/// A message that is due, or was sent.
pub(super) struct Once(Option<Secret<Vec<u8>>>);

impl Once {
    pub(super) fn new(message: Secret<Vec<u8>>) -> Self {
        Self(Some(message))
    }

    /// ```text
    /// message = [authzid] UTF8NUL authcid UTF8NUL passwd
    /// ```
    ///
    /// RFC 4616 §2
    pub(super) fn plain(authzid: &str, authcid: &str, password: &Secret<String>) -> Self {
        let parts = [authzid.as_bytes(), b"\0", authcid.as_bytes(), b"\0"];
        let password = password.expose().as_bytes();
        // `concat` allocates once, so that no copy of the password is left behind.
        let [a, b, c, d] = parts;
        Self::new(Secret::new([a, b, c, d, password].concat()))
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match (input, self.0.take()) {
            (Input::None, Some(message)) => Ok(Step::Respond(message)),
            (Input::Done, None) => Ok(Step::Complete),
            (Input::Done, Some(_)) => Err(Error::Premature),
            (Input::Challenge(_), _) => Err(Error::UnexpectedChallenge),
            _ => Err(Error::OutOfOrder),
        }
    }
}
