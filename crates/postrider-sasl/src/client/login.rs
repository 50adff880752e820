//! LOGIN, which was never standardised (draft-murchison-sasl-login).

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{Input, Step};
use crate::Error;

/// Octets of a prompt.
const MOST_PROMPT: usize = 1024;

/// Name and password, as the server asks for one after the other. Its prompts are of any text:
/// `Username:`, `User Name` with a NUL behind it, or none at all.
pub(super) enum Login {
    Begin { authcid: String, password: Secret<String> },
    Named { password: Secret<String> },
    Sent,
}

impl Login {
    pub(super) fn new(authcid: &str, password: &Secret<String>) -> Self {
        Self::Begin { authcid: String::from(authcid), password: password.clone() }
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match (core::mem::replace(self, Self::Sent), input) {
            (Self::Begin { .. } | Self::Named { .. }, Input::Challenge(prompt))
                if prompt.len() > MOST_PROMPT =>
            {
                Err(Error::MessageTooLong { most: MOST_PROMPT })
            }
            (Self::Begin { authcid, password }, Input::Challenge(_)) => {
                *self = Self::Named { password };
                Ok(Step::Respond(Secret::new(authcid.into_bytes())))
            }
            (Self::Named { password }, Input::Challenge(_)) => {
                Ok(Step::Respond(Secret::new(Vec::from(password.expose().as_bytes()))))
            }
            (Self::Sent, Input::Done) => Ok(Step::Complete),
            (_, Input::Done) => Err(Error::Premature),
            (Self::Sent, Input::Challenge(_)) => Err(Error::UnexpectedChallenge),
            _ => Err(Error::OutOfOrder),
        }
    }
}
