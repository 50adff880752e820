//! The login: which way, and what is said in turn (RFC 9051 §6.2.2, RFC 4959).

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::str;

use bytes::Bytes;
use postrider_sasl::client::{
    Choice, Credentials, Exchange, LineExchange, LineFault, LineStep, NoMechanism,
};
use postrider_sasl::scram::DerivedKey;
use postrider_sasl::{ChannelBinding, Error as SaslError, Mechanism};
use postrider_wire::{ClearTextLogin, Secret, TimerKind};

use super::pending::{Flight, Task};
use super::servers::Way;
use super::{Client, Ending, Event, Handle, Unsent};
use crate::{
    Capabilities, Code, Command, CommandName, Error, Misuse, PlainCode, Status, StatusKind,
};

/// Longest command with an initial response: what servers take for a line at least (RFC 7162 §4). A
/// longer one waits for the server to ask.
const LINE: usize = 8192;

/// What to log in with, and how.
///
/// ```
/// use postrider_imap::client::{Login, LoginBy};
/// use postrider_sasl::client::Credentials;
/// use postrider_wire::Secret;
///
/// # let entropy = [7; 32];
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// // AUTHENTICATE, and LOGIN where the server has no mechanism that could be used.
/// let login = Login::new(tim, entropy).with_login_by([LoginBy::Authenticate, LoginBy::Login]);
/// assert!(!format!("{login:?}").contains("tanstaaf"));
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// Who logs in, and what proves it.
    pub credentials: Credentials,
    /// Which mechanisms AUTHENTICATE may use. As it is, none that reveals a secret without TLS.
    pub choice: Choice,
    /// Which ways may be taken; AUTHENTICATE alone where it is not set. Their order counts for nothing:
    /// it is that of [`LoginBy`]. The next is taken where the server does not have the one before, never
    /// after it refused the credentials.
    pub login_by: Vec<LoginBy>,
    /// Octets for nonces.
    pub entropy: Secret<[u8; 32]>,
}

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LoginBy {
    /// AUTHENTICATE, by a mechanism that [`Login::choice`] allows.
    Authenticate,
    /// LOGIN, unless the server says LOGINDISABLED; which
    /// [`Config::with_clear_text_login`](super::Config::with_clear_text_login) rules.
    Login,
}

impl Login {
    /// By the strongest mechanism that both ends have, and in no other way. The entropy is to be new for
    /// each session, from a generator made for secrets.
    #[must_use]
    pub fn new(credentials: Credentials, entropy: [u8; 32]) -> Self {
        let (choice, login_by) = (Choice::default(), Vec::from([LoginBy::Authenticate]));
        Self { credentials, choice, login_by, entropy: Secret::new(entropy) }
    }

    /// Sets which mechanisms may be used.
    #[must_use]
    pub fn with_choice(mut self, choice: Choice) -> Self {
        self.choice = choice;
        self
    }

    /// Sets which ways may be taken.
    #[must_use]
    pub fn with_login_by(mut self, ways: impl IntoIterator<Item = LoginBy>) -> Self {
        self.login_by = ways.into_iter().collect();
        self
    }
}

/// Why a login did not come about, other than that the server refused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginFault {
    /// Nothing that the server offers may be used. Nothing was said.
    #[error(transparent)]
    NoMechanism(NoMechanism),
    /// The exchange failed: the server did not prove itself, or spoke nonsense.
    #[error(transparent)]
    Exchange(SaslError),
    /// Name or password cannot stand in LOGIN: they hold a NUL. Nothing was said.
    #[error("a name or password with a nul")]
    Value,
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

/// Whether another token may help: not where the server says that it is something else.
fn is_about_the_token(status: &Status) -> bool {
    let code = match &status.code {
        None => true,
        Some(Code::Plain(code)) => {
            matches!(code, PlainCode::AuthenticationFailed | PlainCode::Expired | PlainCode::Alert)
        }
        Some(_) => false,
    };
    code && status.kind == StatusKind::No
}

/// A login that is under way.
#[derive(Debug)]
pub(super) struct LoggingIn {
    login: Login,
    /// Whose it is, once it has begun.
    handle: Option<Handle>,
    /// That of AUTHENTICATE, once it is the way that is taken, and the number of its tag.
    exchange: Option<(LineExchange, u64)>,
    /// Whether a key or a token is due from the embedder.
    asks: bool,
    /// Whether a token was asked for because the one before was refused.
    renewed: bool,
}

impl Client {
    /// Logs in, in the best way that [`Login`] allows and the server has; asks what it has (CAPABILITY)
    /// unless that is known. Outcome: [`Event::Completed`] with AUTHENTICATE or LOGIN, or
    /// [`Event::LoginFailed`]; before it [`Event::DeriveKey`] and [`Event::NeedToken`] may come, which
    /// are questions. A token that is refused is asked for once more, also where the credentials had one,
    /// unless the server says that something else is wrong.
    ///
    /// What was refused is not tried by another way: a mechanism that is offered and does not work can
    /// be left out the next time ([`Choice::with_mechanisms`]). PLAIN and others that reveal the password
    /// need TLS unless [`Choice::with_clear_text`] allows them without; LOGIN has
    /// [`Config::with_clear_text_login`](super::Config::with_clear_text_login) for that.
    ///
    /// ```
    /// use postrider_imap::client::{Client, Config, Event, Login};
    /// use postrider_sasl::client::Credentials;
    /// use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
    ///
    /// let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    /// let mut inbox = client.new_inbox();
    /// inbox.extend(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] hi\r\n");
    /// while let Progress::Event(_) = client.poll(&mut inbox)? {}
    ///
    /// // Tokens run out: it is asked for when it is due, and again when the server refuses it.
    /// let login = Login::new(Credentials::token_on_demand("mrc@example.com")?, [7; 32]);
    /// let handle = client.login_with(login)?;
    /// let Progress::Event(Event::NeedToken(None)) = client.poll(&mut inbox)? else { panic!() };
    /// client.token(Secret::new("vF9dft4qmT".into()))?;
    /// # let written = client.outbox().len();
    /// # bytes::Buf::advance(client.outbox(), written);
    /// inbox.extend(b"a001 OK [CAPABILITY IMAP4rev1 IDLE] welcome\r\n");
    /// let Progress::Event(Event::Completed { handle: done, .. }) = client.poll(&mut inbox)? else {
    ///     panic!()
    /// };
    /// assert_eq!(done, handle);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn login_with(&mut self, login: Login) -> Result<Handle, Error> {
        let logging_in =
            LoggingIn { login, handle: None, exchange: None, asks: false, renewed: false };
        self.give(Task::LogIn(Box::new(logging_in)))
    }

    /// Answers [`Event::DeriveKey`] with the derived key: `client.key(due.derive())`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no key is due.
    pub fn key(&mut self, key: DerivedKey) -> Result<(), Error> {
        self.resume(|exchange| exchange.key(key))
    }

    /// Answers [`Event::NeedToken`] with a token.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no token is due. What cannot be a token ends the login
    /// ([`Event::LoginFailed`]).
    pub fn token(&mut self, token: Secret<String>) -> Result<(), Error> {
        self.resume(|exchange| exchange.token(token))
    }

    /// The mechanism that the session was opened by; none before, and none where it was LOGIN.
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        self.mechanism
    }

    fn resume(
        &mut self,
        bring: impl FnOnce(&mut LineExchange) -> Option<LineStep>,
    ) -> Result<(), Error> {
        // Not before the question was told.
        let asked = self.asks() && self.events.is_empty() && self.doom.is_none();
        let step = self.exchange().filter(|_| asked).and_then(bring);
        let step = step.ok_or(Misuse::NothingPending)?;
        self.take_step(step);
        Ok(())
    }

    fn exchange(&mut self) -> Option<&mut LineExchange> {
        Some(&mut self.login.as_mut()?.exchange.as_mut()?.0)
    }

    /// Whether a key or a token is due from the embedder.
    pub(super) fn asks(&self) -> bool {
        self.login.as_ref().is_some_and(|login| login.asks)
    }

    /// Whether the command of the login is in flight.
    pub(super) fn login_is_said(&self) -> bool {
        self.flights.iter().any(|flight| flight.name == CommandName::Authenticate)
    }

    /// Nothing else is in flight.
    pub(super) fn begin_login(&mut self, handle: Handle, mut login: Box<LoggingIn>) {
        login.handle = Some(handle);
        self.login = Some(login);
        if self.capabilities.is_none() {
            self.say_own(Command::Capability);
        } else {
            self.choose_way();
        }
    }

    /// What the server offers is known, or it does not say; a login may be under way.
    pub(super) fn choose_way(&mut self) {
        let Some(under_way) = &self.login else { return };
        if under_way.exchange.is_some() {
            return;
        }
        if self.ending != Ending::NotYet {
            return self.login_failed(LoginFault::GivenUp);
        }
        let Login { credentials, choice, login_by, .. } = &under_way.login;
        let offers = Capabilities::new(self.capabilities.as_deref().unwrap_or_default());
        let tls = self.chassis.tls.info();
        let mut fault = NoMechanism::NoneOffered;
        if login_by.contains(&LoginBy::Authenticate) {
            // What is not known counts as offered, and can never be chosen.
            let names = offers.mechanisms().map(|name| str::from_utf8(name).unwrap_or("X"));
            match choice.choose(names, credentials, tls) {
                Ok(mechanism) => return self.begin_exchange(mechanism),
                Err(why) => fault = why,
            }
        }
        if choice.require_binding {
            // LOGIN is bound to nothing.
            fault = NoMechanism::NotBound;
        } else if let Some((user, password)) = credentials.as_password()
            && login_by.contains(&LoginBy::Login)
            && !offers.contains("LOGINDISABLED")
        {
            if tls.is_none() && self.config.clear_text_login == ClearTextLogin::Refuse {
                return self.login_failed(LoginFault::NoMechanism(NoMechanism::NeedsTls));
            }
            if user.bytes().chain(password.expose().bytes()).any(|octet| octet == 0) {
                return self.login_failed(LoginFault::Value);
            }
            let user = Bytes::copy_from_slice(user.as_bytes());
            let password = Secret::new(password.expose().as_bytes().to_vec());
            let handle = under_way.handle;
            self.login = None;
            return self.say_login_way(handle, user, password);
        }
        self.login_failed(LoginFault::NoMechanism(fault));
    }

    /// LOGIN, as the way of a login.
    fn say_login_way(&mut self, handle: Option<Handle>, user: Bytes, password: Secret<Vec<u8>>) {
        let options = self.write_options();
        self.say_for(handle, CommandName::Login, |tag| {
            let command = Command::Login { user, password };
            crate::TaggedCommand { tag: tag.clone(), command }.encode(options)
        });
    }

    fn begin_exchange(&mut self, mechanism: Mechanism) {
        let offers = Capabilities::new(self.capabilities.as_deref().unwrap_or_default());
        let binding = self.chassis.tls.info().map(ChannelBinding::from).unwrap_or_default();
        let plus = offers.mechanisms().filter_map(|name| str::from_utf8(name).ok());
        let plus = plus.filter_map(Mechanism::from_name).any(Mechanism::is_plus);
        let initial = offers.contains("SASL-IR") && !self.ways.has(Way::NoInitialResponse);
        let (number, tag) = self.next_tag();
        let Some(under_way) = &mut self.login else { return };
        let Login { credentials, entropy, .. } = &under_way.login;
        match Exchange::new(mechanism, credentials, &binding, plus, *entropy.expose()) {
            Ok(exchange) => {
                let command = format!("{tag} AUTHENTICATE");
                let exchange = LineExchange::new(exchange, command, if initial { LINE } else { 0 });
                let (exchange, _) = under_way.exchange.insert((exchange, number));
                let step = exchange.begin();
                self.take_step(step);
            }
            Err(fault) => self.login_failed(LoginFault::Exchange(fault)),
        }
    }

    fn take_step(&mut self, step: LineStep) {
        let Some(login) = &mut self.login else { return };
        login.asks = matches!(step, LineStep::DeriveKey(_) | LineStep::NeedToken(_));
        let ours = login.exchange.as_ref().map(|(_, number)| *number).zip(login.handle);
        match step {
            LineStep::Say(line) => {
                if self.chassis.send_secret(line.as_bytes(), line.secret()).is_err() {
                    return self.doom(Error::Misuse(Misuse::Full));
                }
                if let Some((number, handle)) = ours
                    && self.flights.is_empty()
                {
                    self.fly_line(number, handle, CommandName::Authenticate);
                }
                self.chassis.timers.start(TimerKind::Reply, self.config.reply);
            }
            LineStep::DeriveKey(due) => self.ask(Event::DeriveKey(due)),
            LineStep::NeedToken(why) => self.ask(Event::NeedToken(why)),
            LineStep::Failed(fault) => {
                self.flights.clear();
                self.login_failed(fault.into());
            }
        }
    }

    fn ask(&mut self, event: Event) {
        self.chassis.timers.stop(TimerKind::Reply);
        self.events.push_back(event);
    }

    /// The server says `+`. Whether a login waited for it.
    pub(super) fn challenged(&mut self, unit: &[u8]) -> bool {
        let goes_on = self.ending == Ending::NotYet;
        if self.asks() || !self.login_is_said() {
            return false;
        }
        let Some(exchange) = self.exchange() else { return false };
        if let Some(fault) = exchange.cancelled() {
            // It did not hear, or does not want to.
            self.flights.clear();
            self.login_failed(fault.into());
            self.over();
            return true;
        }
        let text = unit.strip_prefix(b"+").unwrap_or(unit);
        let text = text.strip_prefix(b" ").unwrap_or(text);
        let step =
            if goes_on { exchange.challenge(Some(text)) } else { exchange.decline_challenge() };
        self.take_step(step);
        true
    }

    /// The server answers AUTHENTICATE. What is left to tell, if the login is over by that.
    pub(super) fn login_answered(&mut self, flight: &Flight, status: Status) -> Option<Status> {
        if flight.name != CommandName::Authenticate {
            return Some(status);
        }
        let Some(mut login) = self.login.take() else { return Some(status) };
        login.asks = false;
        let Some((exchange, number)) = &mut login.exchange else { return Some(status) };
        if status.is_ok() {
            return match exchange.accepted() {
                Ok(()) => {
                    self.mechanism = Some(exchange.mechanism());
                    Some(status)
                }
                // Who lets in without the proof that is due may be anybody: nothing more is said to it.
                Err(fault) => {
                    self.login = Some(login);
                    self.login_failed(LoginFault::Exchange(fault));
                    self.over();
                    None
                }
            };
        }
        if let Some(fault) = exchange.cancelled() {
            self.login = Some(login);
            self.login_failed(fault.into());
            return None;
        }
        // Once: who gets two refused in a row does not get in by a third.
        let again = !login.renewed && is_about_the_token(&status) && self.ending == Ending::NotYet;
        if let (step @ LineStep::NeedToken(_), true) = (exchange.refused(), again) {
            login.renewed = true;
            let (next, tag) = self.next_tag();
            exchange.set_command(format!("{tag} AUTHENTICATE"));
            *number = next;
            self.login = Some(login);
            self.take_step(step);
            return None;
        }
        Some(status)
    }

    /// What [`postrider_wire::Machine::decline`] does, and `shutdown`. Whether something was.
    pub(super) fn give_up_login(&mut self) -> bool {
        if !self.asks() {
            return false;
        }
        let Some(step) = self.exchange().map(LineExchange::give_up) else { return false };
        self.take_step(step);
        true
    }

    fn login_failed(&mut self, fault: LoginFault) {
        if let Some(handle) = self.login.take().and_then(|login| login.handle) {
            self.outcome(Event::LoginFailed { handle, fault });
        }
        self.settle_expected(CommandName::Authenticate);
    }

    /// The session is over. Where AUTHENTICATE is in flight, that is lost.
    pub(super) fn lose_login(&mut self) {
        if let Some(handle) = self.login.take().and_then(|login| login.handle)
            && !self.login_is_said()
        {
            let command = CommandName::Authenticate;
            self.outcome(Event::Unsent { handle, command, why: Unsent::Closed });
        }
    }
}
