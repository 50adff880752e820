//! The client's end: credentials, the choice of a mechanism, and the exchange.

mod choice;
mod cram_md5;
mod credentials;
mod lines;
mod login;
mod oauth;
mod once;
mod scram;
mod token;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::Secret;

pub use choice::{Choice, NoMechanism};
pub use credentials::Credentials;
pub use lines::{LineExchange, LineFault, LineStep};
pub use token::TokenRejected;

use cram_md5::CramMd5;
use credentials::Kind;
use login::Login;
use oauth::OAuth;
use once::Once;
use scram::{Account, Scram};

use crate::scram::{DeriveKey, DerivedKey};
use crate::{ChannelBinding, Error, Mechanism};

/// What happened, as the client is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The exchange begins. It may also begin with the empty challenge of a server that was not sent an
    /// initial response.
    None,
    /// A challenge, decoded from base64.
    Challenge(&'a [u8]),
    /// The answer to [`Step::DeriveKey`].
    Key(DerivedKey),
    /// The answer to [`Step::NeedToken`].
    Token(Secret<String>),
    /// The protocol tells success.
    Done,
    /// The protocol tells failure.
    Failed,
}

/// What the client does next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Send this: as the initial response if it comes first, else as the answer to the challenge.
    Respond(Secret<Vec<u8>>),
    /// Derive the key, in another thread where one must not stand still, and come back with
    /// [`Input::Key`].
    DeriveKey(DeriveKey),
    /// Get a token, and come back with [`Input::Token`]. With a reason, the last one was refused and its
    /// login has failed: what is sent next is the initial response of a new one.
    NeedToken(Option<TokenRejected>),
    /// The server has the first word: wait for a challenge.
    Nothing,
    /// Logged in, and the server has proven itself if the mechanism has a proof for that.
    Complete,
}

/// One login as the client sees it, by any mechanism.
///
/// | step | PLAIN, EXTERNAL, ANONYMOUS | LOGIN | CRAM-MD5 | SCRAM | OAuth |
/// |---|---|---|---|---|---|
/// | [`Input::None`] | message | `Nothing` | `Nothing` | first message | token, or [`Step::NeedToken`] |
/// | challenge | | name | proof | [`Step::DeriveKey`] → proof | reasons: dummy answer |
/// | challenge | | password | | empty answer to the server's proof | |
/// | [`Input::Done`] | `Complete` | `Complete` | `Complete` | `Complete`, once proven | `Complete` |
/// | [`Input::Failed`] | [`Error::Refused`] | same | same | same | [`Step::NeedToken`] |
pub struct Exchange {
    mechanism: Mechanism,
    /// Nothing was told yet.
    is_new: bool,
    state: State,
}

enum State {
    Once(Once),
    Login(Login),
    CramMd5(CramMd5),
    Scram(Box<Scram>),
    OAuth(Box<OAuth>),
    Over { proven: bool, error: Error },
}

impl Exchange {
    /// A login by this mechanism. `binding` is what the TLS layer gives; `offered_plus` whether the
    /// server offers the `-PLUS` form of the mechanism too, or any other one, which SCRAM tells it so
    /// that an offer that somebody took away is noticed. `entropy` is to be new for each exchange, from
    /// a generator made for secrets.
    ///
    /// # Errors
    ///
    /// [`Error::WrongCredentials`] when the mechanism cannot carry them ([`Credentials::fit`]),
    /// [`Error::NoChannel`] for `-PLUS` without a channel, [`Error::Scram`] for a name or password that
    /// SCRAM does not take.
    pub fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        binding: &ChannelBinding,
        offered_plus: bool,
        entropy: [u8; 32],
    ) -> Result<Self, Error> {
        let authzid = credentials.authzid.as_deref();
        let entropy = Secret::new(entropy);
        let state = match (&credentials.kind, mechanism, mechanism.scram_hash(), authzid) {
            (Kind::Password { authcid, password, .. }, Mechanism::Plain, ..) => {
                State::Once(Once::plain(authzid.unwrap_or_default(), authcid, password))
            }
            (Kind::Password { authcid, password, .. }, Mechanism::Login, _, None) => {
                State::Login(Login::new(authcid, password))
            }
            (Kind::Password { authcid, password, .. }, Mechanism::CramMd5, _, None) => {
                State::CramMd5(CramMd5::new(authcid, password))
            }
            (Kind::Password { authcid, password, key, bounds }, _, Some(hash), _) => {
                let (key, bounds) = (key.as_ref(), *bounds);
                let account = Account { authzid, authcid, password, key, bounds };
                let (mechanism, entropy) = ((mechanism, hash), entropy.expose());
                let scram = Scram::new(mechanism, &account, binding, offered_plus, entropy)?;
                State::Scram(Box::new(scram))
            }
            (Kind::Token { user, token, host, port }, Mechanism::OAuthBearer, ..) => {
                let (user, host) = (authzid.unwrap_or(user), host.as_deref());
                State::OAuth(Box::new(OAuth::bearer(user, host, *port, token.clone())))
            }
            (Kind::Token { user, token, .. }, Mechanism::XOAuth2, _, None) => {
                State::OAuth(Box::new(OAuth::xoauth2(user, token.clone())))
            }
            (Kind::External, Mechanism::External, ..) => {
                let authzid = Vec::from(authzid.unwrap_or_default());
                State::Once(Once::new(Secret::new(authzid)))
            }
            (Kind::Anonymous { trace }, Mechanism::Anonymous, _, None) => {
                State::Once(Once::new(Secret::new(Vec::from(trace.as_bytes()))))
            }
            _ => return Err(Error::WrongCredentials),
        };
        Ok(Self { mechanism, is_new: true, state })
    }

    /// The mechanism.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Whether the server has proven itself, or the mechanism has no such proof.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        match &self.state {
            State::Scram(scram) => scram.is_proven(),
            State::Over { proven, .. } => *proven,
            _ => true,
        }
    }

    /// Goes on.
    ///
    /// # Errors
    ///
    /// What the server did wrong, or the caller ([`Error::OutOfOrder`]). An error is the end: the secrets
    /// are wiped, and each later step gives the same; after [`Step::Complete`] it is [`Error::Over`].
    pub fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        let begins = core::mem::replace(&mut self.is_new, false);
        let server_first = !self.mechanism.is_client_first();
        let step = match (&mut self.state, input) {
            (State::Over { error, .. }, _) => return Err(*error),
            (_, Input::None) if !begins => Err(Error::OutOfOrder),
            (_, Input::None) if server_first => return Ok(Step::Nothing),
            (_, Input::Challenge(challenge)) if begins && !server_first => {
                let empty = challenge.is_empty();
                if empty { self.go(Input::None) } else { Err(Error::UnexpectedChallenge) }
            }
            (State::OAuth(_), Input::Failed) => self.go(Input::Failed),
            (_, Input::Failed) => Err(Error::Refused),
            (_, input) => self.go(input),
        };
        match &step {
            Ok(Step::Complete) => self.state = State::Over { proven: true, error: Error::Over },
            Err(error) => {
                let proven = self.is_proven();
                self.state = State::Over { proven, error: *error };
            }
            Ok(_) => {}
        }
        step
    }

    fn go(&mut self, input: Input<'_>) -> Result<Step, Error> {
        match &mut self.state {
            State::Once(once) => once.step(input),
            State::Login(login) => login.step(input),
            State::CramMd5(cram_md5) => cram_md5.step(input),
            State::Scram(scram) => scram.step(input),
            State::OAuth(oauth) => oauth.step(input),
            State::Over { error, .. } => Err(*error),
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("mechanism", &self.mechanism)
            .field("is_over", &matches!(self.state, State::Over { .. }))
            .finish_non_exhaustive()
    }
}
