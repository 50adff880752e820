//! CRAM-MD5 (RFC 2195).

use alloc::string::String;
use core::mem;

use postrider_wire::Secret;

use super::{Input, Step};
use crate::Error;
use crate::mac::cram_md5;

/// Octets of a challenge.
const MOST_CHALLENGE: usize = 1024;

/// The password keys a hash of the challenge.
pub(super) struct CramMd5 {
    authcid: String,
    /// Until the response was made.
    password: Option<Secret<String>>,
}

impl CramMd5 {
    pub(super) fn new(authcid: &str, password: &Secret<String>) -> Self {
        Self { authcid: String::from(authcid), password: Some(password.clone()) }
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match (input, self.password.take()) {
            (Input::Challenge(challenge), Some(_)) if challenge.len() > MOST_CHALLENGE => {
                Err(Error::MessageTooLong { most: MOST_CHALLENGE })
            }
            // Nothing to be hashed is nothing that is new.
            (Input::Challenge(b""), Some(_)) => Err(Error::Malformed),
            (Input::Challenge(challenge), Some(password)) => {
                let digest = cram_md5(password.expose(), challenge);
                let mut response = mem::take(&mut self.authcid);
                response.push(' ');
                response.push_str(&digest);
                Ok(Step::Respond(Secret::new(response.into_bytes())))
            }
            (Input::Challenge(_), None) => Err(Error::UnexpectedChallenge),
            (Input::Done, None) => Ok(Step::Complete),
            (Input::Done, Some(_)) => Err(Error::Premature),
            _ => Err(Error::OutOfOrder),
        }
    }
}
