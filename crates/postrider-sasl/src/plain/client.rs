//! The client's end.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::MOST;
use crate::{Error, Part};

/// One exchange as the client sees it.
#[derive(Clone, Debug)]
pub struct Client(State);

#[derive(Clone, Debug)]
enum State {
    /// The message is still to be sent.
    Due(Secret<Vec<u8>>),
    /// It was sent.
    Over,
}

impl Client {
    /// An exchange for the user `authcid`.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`], [`Error::Nul`] or [`Error::TooLong`] for identity or password.
    pub fn new(authcid: &str, password: &Secret<String>) -> Result<Self, Error> {
        Self::build("", authcid, password)
    }

    /// An exchange for the user `authcid`, who wants to act as `authzid`.
    ///
    /// # Errors
    ///
    /// As [`Client::new`], for either identity.
    pub fn acting_as(
        authzid: &str,
        authcid: &str,
        password: &Secret<String>,
    ) -> Result<Self, Error> {
        check(authzid, Part::AuthorizationIdentity)?;
        Self::build(authzid, authcid, password)
    }

    fn build(authzid: &str, authcid: &str, password: &Secret<String>) -> Result<Self, Error> {
        let password = password.expose();
        check(authcid, Part::AuthenticationIdentity)?;
        check(password, Part::Password)?;
        let octets = [authzid, authcid, password].iter().map(|part| part.len()).sum::<usize>();
        // Never grown, so that no copy of the password is left behind.
        let mut message = Vec::with_capacity(octets.saturating_add(2));
        message.extend_from_slice(authzid.as_bytes());
        message.push(0);
        message.extend_from_slice(authcid.as_bytes());
        message.push(0);
        message.extend_from_slice(password.as_bytes());
        Ok(Self(State::Due(Secret::new(message))))
    }

    /// The message, to be sent with the command that starts the exchange.
    ///
    /// # Errors
    ///
    /// [`Error::Over`] when it was sent already.
    pub fn initial_response(&mut self) -> Result<Secret<Vec<u8>>, Error> {
        match core::mem::replace(&mut self.0, State::Over) {
            State::Due(message) => Ok(message),
            State::Over => Err(Error::Over),
        }
    }

    /// The message as the answer to a challenge, which must be an empty one.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedChallenge`] to one that is not empty: nothing is given away then.
    /// [`Error::Over`] when the message was sent already.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Secret<Vec<u8>>, Error> {
        if !challenge.is_empty() {
            return Err(Error::UnexpectedChallenge);
        }
        self.initial_response()
    }
}

fn check(value: &str, part: Part) -> Result<(), Error> {
    if value.is_empty() {
        return Err(Error::Empty(part));
    }
    if value.len() > MOST {
        return Err(Error::TooLong(part));
    }
    if value.contains('\0') {
        return Err(Error::Nul(part));
    }
    Ok(())
}
