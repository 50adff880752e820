//! The server's end: settings, questions to the embedder, and the exchange.

mod config;
mod cram_md5;
mod credential;
mod lines;
mod login;
mod oauth;
mod once;
mod plain;
mod scram;
mod verify;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{Secret, TlsInfo};

pub use config::{Config, Kept};
pub use credential::{Credential, Failure, Identity, Presented, Request};
pub use lines::{LineExchange, LineFault, LineStep};

use cram_md5::CramMd5;
use login::Login;
use oauth::OAuth;
use once::Once;
use plain::Plain;
use scram::Scram;
use verify::Verifier;

use crate::{Error, MOST, Mechanism};

/// What happened, as the server is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The exchange begins without an initial response.
    None,
    /// What the client sent, decoded from base64: its initial response, or the answer to a challenge.
    Response(&'a [u8]),
    /// The answer to [`Step::NeedCredential`].
    Credential(Credential),
}

/// What the server does next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Send this.
    Challenge(Secret<Vec<u8>>),
    /// Look up what is known of the user, and come back with [`Input::Credential`].
    NeedCredential(Request),
    /// The client is who it says.
    #[non_exhaustive]
    Success {
        /// Who it is, and whom it wants to act as; whether it may is for the embedder to say.
        identity: Identity,
        /// The server's own proof (SCRAM). It must arrive: along with the success where the protocol
        /// has room for it, else as one more challenge, which the client answers with nothing.
        data: Option<Vec<u8>>,
    },
    /// The login has failed.
    Failure(Failure),
}

/// One login as the server sees it, by any mechanism.
///
/// | step | PLAIN, EXTERNAL, ANONYMOUS | LOGIN | CRAM-MD5 | SCRAM | OAuth |
/// |---|---|---|---|---|---|
/// | [`Input::None`] | empty challenge | `Username:` | challenge | empty challenge | empty challenge |
/// | response | `NeedCredential` | `Password:` | `NeedCredential` | `NeedCredential` | `NeedCredential` |
/// | response | | `NeedCredential` | | | |
/// | credential | `Success` or `Failure` | same | same | challenge | `Success`, or reasons as a challenge |
/// | response | | | | `Success` with data, or `Failure` | `Failure` |
///
/// What the client does wrong is a [`Failure`], never an error. After the end each step is
/// [`Error::Over`].
pub struct Exchange {
    mechanism: Mechanism,
    /// Nothing was told yet.
    is_new: bool,
    state: State,
}

enum State {
    Plain(Box<Plain>),
    Login(Box<Login>),
    CramMd5(Box<CramMd5>),
    Scram(Box<Scram>),
    OAuth(Box<OAuth>),
    Once(Box<Once>),
    Over(Error),
}

/// How a step ends that does not go on.
#[derive(Debug)]
enum Outcome {
    /// The client's fault.
    Failure(Failure),
    /// The caller's.
    Error(Error),
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Request {
    fn new(mechanism: Mechanism, user: Option<String>, presented: Presented) -> Self {
        Self { mechanism, user, authzid: None, presented, host: None, port: None }
    }
}

impl Exchange {
    /// A login by this mechanism, whether or not it is in [`Config::mechanisms`]. `entropy` is to be new
    /// for each exchange: [`Config::entropy_for`].
    ///
    /// # Errors
    ///
    /// [`Error::NoChannel`] for `-PLUS` without a channel and for EXTERNAL without a peer that TLS has
    /// authenticated, [`Error::NoSaltSecret`], and [`Error::NeedsTls`] for what reveals a password or
    /// token without TLS when [`Config::clear_text`] does not allow it.
    pub fn new(
        mechanism: Mechanism,
        config: &Config,
        tls: Option<&TlsInfo>,
        entropy: [u8; 32],
    ) -> Result<Self, Error> {
        if !config.allows(mechanism, tls) {
            let scram = mechanism.scram_hash().is_some() && config.salt_secret().is_none();
            return Err(match mechanism {
                _ if scram => Error::NoSaltSecret,
                _ if mechanism.reveals_secret() => Error::NeedsTls,
                _ => Error::NoChannel,
            });
        }
        let entropy = Secret::new(entropy);
        let entropy = entropy.expose();
        let verifier = Verifier::new(config, entropy);
        let peer = || tls.and_then(|tls| tls.peer.clone());
        let state = match (mechanism, mechanism.scram_hash()) {
            (_, Some(hash)) => {
                State::Scram(Box::new(Scram::new((mechanism, hash), config, tls, entropy)?))
            }
            (Mechanism::Login, _) => State::Login(Box::new(Login::new(verifier))),
            (Mechanism::CramMd5, _) => {
                State::CramMd5(Box::new(CramMd5::new(config, entropy, verifier)))
            }
            (Mechanism::OAuthBearer | Mechanism::XOAuth2, _) => {
                State::OAuth(Box::new(OAuth::new(mechanism, config)))
            }
            (Mechanism::External, _) => {
                State::Once(Box::new(Once::External(peer().ok_or(Error::NoChannel)?)))
            }
            (Mechanism::Anonymous, _) => State::Once(Box::new(Once::Anonymous)),
            (_, None) => State::Plain(Box::new(Plain::new(verifier))),
        };
        Ok(Self { mechanism, is_new: true, state })
    }

    /// The mechanism.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Goes on. What the client does wrong is a [`Step::Failure`].
    ///
    /// # Errors
    ///
    /// [`Error::OutOfOrder`] for an input that is not due, which ends the exchange: each later step gives
    /// the same. [`Error::Over`] behind the end.
    pub fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        let begins = core::mem::replace(&mut self.is_new, false);
        let outcome = match (&mut self.state, input) {
            (State::Over(error), _) => return Err(*error),
            (state, Input::None) if begins => Ok(match state {
                State::Login(login) => login.begin(),
                State::CramMd5(cram_md5) => cram_md5.begin(),
                _ => Step::Challenge(Secret::new(Vec::new())),
            }),
            (_, Input::None) => Err(Error::OutOfOrder.into()),
            // The challenge that it would answer was not said. (Of LOGIN the prompt is known, and many
            // send the name along.)
            (State::CramMd5(_), Input::Response(_)) if begins => Err(Failure::Malformed.into()),
            (State::Plain(plain), input) => plain.step(input),
            (State::Login(login), input) => login.step(input),
            (State::CramMd5(cram_md5), input) => cram_md5.step(input),
            (State::Scram(scram), input) => scram.step(input),
            (State::OAuth(oauth), input) => oauth.step(input),
            (State::Once(once), input) => once.step(input),
        };
        match outcome {
            Ok(step) => {
                if let Step::Success { .. } = step {
                    self.state = State::Over(Error::Over);
                }
                Ok(step)
            }
            Err(Outcome::Failure(failure)) => {
                self.state = State::Over(Error::Over);
                Ok(Step::Failure(failure))
            }
            Err(Outcome::Error(error)) => {
                self.state = State::Over(error);
                Err(error)
            }
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("mechanism", &self.mechanism)
            .field("is_over", &matches!(self.state, State::Over(_)))
            .finish_non_exhaustive()
    }
}

/// A value in a message: UTF-8 without NUL, and not empty.
fn text(octets: &[u8]) -> Result<&str, Failure> {
    let text = core::str::from_utf8(octets).map_err(|_| Failure::Malformed)?;
    let sound = !text.is_empty() && text.len() <= MOST && !text.contains('\0');
    if sound { Ok(text) } else { Err(Failure::Malformed) }
}

/// A name, as the client's end takes it too: without control characters.
fn name(octets: &[u8]) -> Result<String, Failure> {
    let name = text(octets)?;
    if name.contains(char::is_control) { Err(Failure::Malformed) } else { Ok(String::from(name)) }
}
