//! The server's end.

use alloc::string::String;

use postrider_wire::Secret;

use super::{MOST, MOST_MESSAGE};
use crate::{Error, Part};

/// One exchange as the server sees it.
#[derive(Clone, Copy, Debug)]
pub struct Server(State);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The message is due. Without an initial response, an empty challenge asks for it.
    Due,
    /// It came, or the exchange failed.
    Over,
}

/// What the client gave. Whether it is right, and whether `authcid` may act as `authzid`, is for the
/// embedder to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// Whom to act as; without it, as the user.
    pub authzid: Option<String>,
    /// The user.
    pub authcid: String,
    /// The password.
    pub password: Secret<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A fresh exchange.
    #[must_use]
    pub fn new() -> Self {
        Self(State::Due)
    }

    /// The challenge that asks for the message: empty.
    #[must_use]
    pub fn challenge(&self) -> &'static [u8] {
        b""
    }

    /// Takes the message: an initial response or the answer to the challenge.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] when it has not three parts of which the last two are not empty;
    /// [`Error::MessageTooLong`], [`Error::TooLong`], [`Error::NotUtf8`]; [`Error::Over`] when a
    /// message came already.
    pub fn receive(&mut self, message: &[u8]) -> Result<Credentials, Error> {
        if core::mem::replace(&mut self.0, State::Over) == State::Over {
            return Err(Error::Over);
        }
        if message.len() > MOST_MESSAGE {
            return Err(Error::MessageTooLong { most: MOST_MESSAGE });
        }
        let mut parts = message.split(|&octet| octet == 0);
        let (Some(authzid), Some(authcid), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::Malformed);
        };
        if authcid.is_empty() || password.is_empty() {
            return Err(Error::Malformed);
        }
        let authzid = text(authzid, Part::AuthorizationIdentity)?;
        Ok(Credentials {
            authzid: (!authzid.is_empty()).then(|| authzid.into()),
            authcid: text(authcid, Part::AuthenticationIdentity)?.into(),
            password: Secret::new(text(password, Part::Password)?.into()),
        })
    }
}

fn text(octets: &[u8], part: Part) -> Result<&str, Error> {
    if octets.len() > MOST {
        return Err(Error::TooLong(part));
    }
    core::str::from_utf8(octets).map_err(|_| Error::NotUtf8(part))
}
