//! The client's end of an exchange.
//!
//! | step | answer |
//! |---|---|
//! | [`Input::None`], once, at the beginning | [`Step::Respond`] with the first message, [`Step::Wait`] where the server has the first word, or [`Step::NeedToken`] |
//! | [`Input::Challenge`] | [`Step::Respond`], or [`Step::DeriveKey`] |
//! | [`Input::Key`], after `DeriveKey` | [`Step::Respond`] |
//! | [`Input::Token`], after `NeedToken`, and after a token was refused | [`Step::Respond`] with a first message: the command is given again |
//! | [`Input::Done`], when the protocol said success | [`Step::Complete`], or an error where the server has not proven itself |

mod choice;
mod credentials;
mod oauth;
mod password;
mod scram;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::Secret;

pub use self::choice::{Choice, NoMechanism};
pub use self::credentials::Credentials;
pub use self::oauth::TokenRefusal;

use self::oauth::OAuth;
use self::password::{CramMd5, Login};
use self::scram::Scram;
use crate::scram::{DeriveKey, DerivedKey};
use crate::{ChannelBinding, Error, Mechanism};

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// Nothing yet: the exchange begins.
    None,
    /// The server sent a message, decoded.
    Challenge(&'a [u8]),
    /// The derivation that [`Step::DeriveKey`] asked for.
    Key(DerivedKey),
    /// A token, or a fresh one.
    Token(Secret<String>),
    /// The server announced success.
    Done,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Send this message. It may be empty.
    Respond(Secret<Vec<u8>>),
    /// The server has the first word: name the mechanism and wait for a challenge.
    Wait,
    /// Derive a key, here or elsewhere, and come back with [`Input::Key`].
    DeriveKey(DeriveKey),
    /// Get a token and come back with [`Input::Token`].
    NeedToken,
    /// The client is logged in, and the server is who it claims to be as far as the mechanism tells.
    Complete,
}

/// An exchange under way.
pub struct Exchange {
    mechanism: Mechanism,
    flow: Flow,
    begun: bool,
}

enum Flow {
    /// One message, and nothing that could be answered: PLAIN, EXTERNAL, ANONYMOUS.
    One(Option<Secret<Vec<u8>>>),
    Login(Login),
    CramMd5(CramMd5),
    OAuth(Box<OAuth>),
    Scram(Box<Scram>),
    Over,
}

impl Exchange {
    /// Begins. `plus_offered` tells whether the server offers the `-PLUS` form too, so that an
    /// attacker who takes it from the list is found out (RFC 5802 §6). The entropy must be new for
    /// each exchange.
    ///
    /// # Errors
    ///
    /// [`Error::WrongCredentials`] when these credentials are none for this mechanism,
    /// [`Error::NoBinding`] for a `-PLUS` mechanism without a channel, [`Error::Unprepared`].
    pub fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        binding: &ChannelBinding,
        plus_offered: bool,
        entropy: &[u8; 32],
    ) -> Result<Self, Error> {
        if !credentials.fit(mechanism) {
            return Err(Error::WrongCredentials);
        }
        let flow = match mechanism {
            Mechanism::Plain => Flow::One(Some(credentials.plain_message())),
            Mechanism::External | Mechanism::Anonymous => {
                Flow::One(Some(Secret::new(credentials.open_message().into())))
            }
            Mechanism::Login => Flow::Login(Login::new(credentials)),
            Mechanism::CramMd5 => Flow::CramMd5(CramMd5::new(credentials)),
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
                Flow::OAuth(Box::new(OAuth::new(credentials, mechanism)))
            }
            _ => {
                let scram = Scram::new(mechanism, credentials, binding, plus_offered, entropy)?;
                Flow::Scram(Box::new(scram))
            }
        };
        Ok(Self { mechanism, flow, begun: false })
    }

    /// The mechanism.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Why the server refused the token, once it told.
    #[must_use]
    pub fn refusal(&self) -> Option<&TokenRefusal> {
        match &self.flow {
            Flow::OAuth(oauth) => oauth.refusal(),
            _ => None,
        }
    }

    /// Goes on. The table of the module tells what answers what.
    ///
    /// # Errors
    ///
    /// [`Error`]: the exchange is over then, and is to be cancelled where the protocol waits for a
    /// response.
    pub fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        let begins = matches!(input, Input::None);
        let step = match &mut self.flow {
            Flow::Over => return Err(Error::Over),
            _ if begins && self.begun => Err(Error::OutOfOrder),
            Flow::One(message) => one(message, &input),
            Flow::Login(login) => login.step(&input),
            Flow::CramMd5(cram) => cram.step(&input),
            Flow::OAuth(oauth) => oauth.step(input),
            Flow::Scram(scram) => scram.step(input),
        };
        self.begun = true;
        if matches!(step, Err(_) | Ok(Step::Complete)) {
            self.flow = Flow::Over;
        }
        step
    }
}

/// The one message goes with the command, or answers an empty challenge.
fn one(message: &mut Option<Secret<Vec<u8>>>, input: &Input<'_>) -> Result<Step, Error> {
    match (input, message.take()) {
        (Input::None | Input::Challenge(b""), Some(message)) => Ok(Step::Respond(message)),
        (Input::Done, None) => Ok(Step::Complete),
        _ => Err(Error::OutOfOrder),
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}
