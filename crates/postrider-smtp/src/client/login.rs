//! The login: which mechanism, and what is said in turn (RFC 4954).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_sasl::client::{
    Choice, Credentials, Exchange, LineExchange, LineFault, LineStep, NoMechanism,
};
use postrider_sasl::scram::DerivedKey;
use postrider_sasl::{ChannelBinding, Error as SaslError, Mechanism};
use postrider_wire::{Inbox, Progress, Secret};

use super::{Awaits, Client, Delivery, Ending, Event, Failure, FailureKind, Phase, Sent};
use crate::{Command, Error, Keyword, Misuse, Reply};

/// Longest line of `AUTH`, CRLF included: with more, the initial response has to wait for an empty
/// challenge (RFC 4954 §4, RFC 5321 §4.5.3.1.4).
const LINE: usize = 512;

/// What to log in with, and how.
///
/// ```
/// use postrider_sasl::client::Credentials;
/// use postrider_smtp::client::Login;
/// use postrider_wire::Secret;
///
/// # let entropy = [7; 32];
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// let login = Login::new(tim, entropy);
/// assert!(!format!("{login:?}").contains("tanstaaf"));
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// Who logs in, and what proves it.
    pub credentials: Credentials,
    /// Which mechanisms may be used. As it is, none that reveals a secret without TLS.
    pub choice: Choice,
    /// Octets for nonces.
    pub entropy: Secret<[u8; 32]>,
}

impl Login {
    /// By the strongest mechanism that both ends have. The entropy is to be new for each session, from a
    /// generator made for secrets.
    #[must_use]
    pub fn new(credentials: Credentials, entropy: [u8; 32]) -> Self {
        Self { credentials, choice: Choice::default(), entropy: Secret::new(entropy) }
    }

    /// Sets which mechanisms may be used.
    #[must_use]
    pub fn with_choice(mut self, choice: Choice) -> Self {
        self.choice = choice;
        self
    }

    /// Other entropy for each attempt.
    fn entropy_for(&self, attempt: u8) -> [u8; 32] {
        let mut entropy = *self.entropy.expose();
        if let Some(first) = entropy.first_mut() {
            // The nonce is a keyed hash of this, so that a bit is enough.
            *first ^= attempt;
        }
        entropy
    }
}

/// Why a login did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginFault {
    /// Nothing that the server offers may be used. Nothing was said.
    #[error(transparent)]
    NoMechanism(NoMechanism),
    /// The exchange failed: the server refused the credentials, did not prove itself, or spoke nonsense.
    #[error(transparent)]
    Exchange(SaslError),
    /// The embedder gave up: [`postrider_wire::Machine::decline`] or `shutdown`.
    #[error("the login was given up")]
    GivenUp,
}

impl From<LineFault> for LoginFault {
    fn from(fault: LineFault) -> Self {
        match fault {
            LineFault::Exchange(fault) => Self::Exchange(fault),
            _ => Self::GivenUp,
        }
    }
}

/// A login that is under way.
pub(super) struct LoggingIn {
    /// The reply to `EHLO`.
    hello: Reply,
    exchange: LineExchange,
    /// Mechanisms that were not tried yet, the weakest first.
    others: Vec<Mechanism>,
    attempt: u8,
}

impl Client {
    /// Answers [`Event::DeriveKey`] with the derived key.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no key is due.
    pub fn key(&mut self, key: DerivedKey) -> Result<(), Error> {
        self.resume(|login| login.key(key))
    }

    /// Answers [`Event::NeedToken`] with a token.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no token is due. What cannot be a token ends the login
    /// ([`Event::LoginFailed`]).
    pub fn token(&mut self, token: Secret<String>) -> Result<(), Error> {
        self.resume(|login| login.token(token))
    }

    fn resume(
        &mut self,
        bring: impl FnOnce(&mut LineExchange) -> Option<LineStep>,
    ) -> Result<(), Error> {
        let login = self.login.as_mut().filter(|_| matches!(self.awaits, Awaits::Embedder));
        let step = login.and_then(|login| bring(&mut login.exchange));
        self.take_step(step.ok_or(Misuse::NothingPending)?);
        Ok(())
    }

    /// The session is secured as policy wants it: what is left is to log in, if that is wanted.
    pub(super) fn log_in_or_ready(&mut self, hello: Reply) {
        let Some(login) = &self.config.login else { return self.ready(hello) };
        let (offered, tls) = (self.capabilities.auth(), self.chassis.tls.info());
        if let Err(fault) = login.choice.choose(offered, &login.credentials, tls) {
            return self.login_failed(LoginFault::NoMechanism(fault), None);
        }
        let offered = self.capabilities.auth();
        let mut others = login.choice.candidates(offered, &login.credentials, tls);
        others.reverse();
        self.try_next(hello, others, 0);
    }

    /// Begins with the strongest mechanism that is left.
    fn try_next(&mut self, hello: Reply, mut others: Vec<Mechanism>, attempt: u8) {
        let Some(login) = &self.config.login else { return self.ready(hello) };
        let Some(mechanism) = others.pop() else {
            let fault = LoginFault::NoMechanism(NoMechanism::NoneShared);
            return self.login_failed(fault, None);
        };
        let binding = self.chassis.tls.info().map(ChannelBinding::from).unwrap_or_default();
        let offered = self.capabilities.auth();
        let plus = offered.filter_map(Mechanism::from_name).any(Mechanism::is_plus);
        let entropy = login.entropy_for(attempt);
        match Exchange::new(mechanism, &login.credentials, &binding, plus, entropy) {
            Ok(exchange) => {
                let mut exchange = LineExchange::new(exchange, "AUTH", LINE);
                let step = exchange.begin();
                self.login = Some(Box::new(LoggingIn { hello, exchange, others, attempt }));
                self.take_step(step);
            }
            Err(fault) => self.login_failed(LoginFault::Exchange(fault), None),
        }
    }

    fn take_step(&mut self, step: LineStep) {
        match step {
            LineStep::Say(line) => {
                // The outbox is empty here: everything before was answered.
                let _ = self.chassis.send_secret(line.as_bytes(), line.secret());
                self.await_reply(Sent::Auth);
            }
            LineStep::DeriveKey(due) => self.ask(Event::DeriveKey(due)),
            LineStep::NeedToken(why) => self.ask(Event::NeedToken(why)),
            LineStep::Failed(fault) => self.login_failed(fault.into(), None),
        }
    }

    fn ask(&mut self, event: Event) {
        self.awaits = Awaits::Embedder;
        self.events.push_back(event);
    }

    pub(super) fn auth_answered(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        let Some(login) = &mut self.login else { return Ok(()) };
        if let Some(fault) = login.exchange.cancelled() {
            let closing = Some(reply).filter(Reply::is_closing);
            self.login_failed(fault.into(), closing);
            return Ok(());
        }
        if reply.is_intermediate() {
            if reply.code() != 334 {
                return Err(Error::Unexpected { offset });
            }
            self.challenged(&reply);
            return Ok(());
        }
        if reply.is_positive() {
            match login.exchange.accepted() {
                Ok(()) => self.logged_in(reply),
                Err(fault) => self.login_failed(LoginFault::Exchange(fault), Some(reply)),
            }
            return Ok(());
        }
        self.login_refused(reply);
        Ok(())
    }

    fn challenged(&mut self, reply: &Reply) {
        let Some(login) = &mut self.login else { return };
        let mut lines = reply.lines();
        let step = match (&self.ending, lines.next(), lines.next()) {
            (Ending::No, Some(text), None) => {
                login.exchange.challenge(Some(text.trim_end().as_bytes()))
            }
            (Ending::No, ..) => login.exchange.challenge(None),
            _ => login.exchange.decline_challenge(),
        };
        self.take_step(step);
    }

    fn logged_in(&mut self, reply: Reply) {
        let Some(login) = self.login.take() else { return };
        let mechanism = login.exchange.mechanism();
        self.events.push_back(Event::LoggedIn { mechanism, reply });
        self.ready(login.hello);
    }

    fn login_refused(&mut self, reply: Reply) {
        let Some(mut login) = self.login.take() else { return };
        // RFC 4954 §4, §6: the mechanism is unknown, or too weak for this user, who may be known late:
        // "the client SHOULD retry with a new authentication mechanism".
        let another = match reply.code() {
            504 | 538 => !login.exchange.is_challenged(),
            code => code == 534,
        };
        if another && !login.others.is_empty() {
            let attempt = login.attempt.saturating_add(1);
            return self.try_next(login.hello, login.others, attempt);
        }
        let goes_on = !reply.is_closing() && self.ending == Ending::No;
        match login.exchange.refused() {
            step @ LineStep::NeedToken(_) if goes_on => {
                self.login = Some(login);
                self.take_step(step);
            }
            LineStep::Failed(fault) => self.login_failed(fault.into(), Some(reply)),
            _ => self.login_failed(LoginFault::Exchange(SaslError::Refused), Some(reply)),
        }
    }

    /// What [`postrider_wire::Machine::decline`] does.
    pub(super) fn give_up_login(&mut self) {
        let login = self.login.as_mut().filter(|_| matches!(self.awaits, Awaits::Embedder));
        if let Some(step) = login.map(|login| login.exchange.give_up()) {
            self.take_step(step);
        }
    }

    fn login_failed(&mut self, fault: LoginFault, reply: Option<Reply>) {
        self.login = None;
        let closing = reply.as_ref().is_some_and(Reply::is_closing);
        let failure = Failure {
            phase: Phase::Login,
            command: Some(Keyword::Auth),
            kind: FailureKind::Auth,
            reply,
            delivery: Delivery::NotSent,
        };
        self.events.push_back(Event::LoginFailed { failure, fault });
        if closing || self.say(&Command::Quit, Sent::Quit).is_err() {
            self.over();
        }
    }

    /// A key or a token is due from the embedder.
    pub(super) fn poll_embedder(
        &mut self,
        rx: &mut Inbox,
    ) -> Result<Option<Progress<Event>>, Error> {
        if self.ending == Ending::Shutdown {
            self.give_up_login();
            return Ok(None);
        }
        match self.next_reply(rx)? {
            Some(reply) if reply.is_closing() => {
                self.login_failed(LoginFault::Exchange(SaslError::Refused), Some(reply));
                Ok(None)
            }
            Some(_) => Err(Error::Unsolicited { offset: rx.offset() }),
            None if rx.is_eof() => Err(Error::Eof { offset: rx.offset() }),
            None => Ok(Some(Progress::Wait { input: true, app: true })),
        }
    }
}
