//! The login: which way, and what is said in turn (RFC 5034, RFC 1939 §7).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_sasl::client::{
    Choice, Credentials, Exchange, LineExchange, LineFault, LineStep, NoMechanism,
};
use postrider_sasl::scram::DerivedKey;
use postrider_sasl::{ChannelBinding, Error as SaslError, Mechanism};
use postrider_wire::{AbortReason, ClearTextLogin, Inbox, Progress, Secret, TimerKind};

use super::{Client, Ending, Event, InFlight, Phase, Sent};
use crate::syntax::response;
use crate::{
    ApopName, Capabilities, Command, Error, Keyword, Misuse, Password, Reply, State, UserName,
    Utf8, ValueError,
};

/// Longest line of `AUTH`, CRLF included: with more, the initial response has to wait for an empty
/// challenge (RFC 5034 §4).
const LINE: usize = 255;

/// What to log in with, and how.
///
/// ```
/// use postrider_pop3::client::{Login, LoginBy};
/// use postrider_sasl::client::Credentials;
/// use postrider_wire::Secret;
///
/// # let entropy = [7; 32];
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// // AUTH, and USER with PASS where the server has no mechanism that could be used.
/// let login = Login::new(tim, entropy).with_login_by([LoginBy::Auth, LoginBy::UserPass]);
/// assert!(!format!("{login:?}").contains("tanstaaf"));
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// Who logs in, and what proves it.
    pub credentials: Credentials,
    /// Which mechanisms `AUTH` may use. As it is, none that reveals a secret without TLS.
    pub choice: Choice,
    /// Which ways may be taken; `AUTH` alone where it is not set. Their order counts for nothing: it is
    /// that of [`LoginBy`]. The next is taken where the server does not have the one before, never after
    /// it refused the credentials.
    pub login_by: Vec<LoginBy>,
    /// Octets for nonces.
    pub entropy: Secret<[u8; 32]>,
}

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LoginBy {
    /// `AUTH` (RFC 5034), by a mechanism that [`Login::choice`] allows.
    Auth,
    /// `APOP` (RFC 1939 §7), where the greeting has a timestamp and did not come in the clear before TLS.
    /// MD5 protects little here (CVE-2007-1558): without TLS it needs the word of
    /// [`Choice::cram_md5`], whose weakness it shares, and is [`NoMechanism::NeedsTls`] otherwise.
    Apop,
    /// `USER` and `PASS`, which [`super::Config::clear_text_login`] rules.
    UserPass,
}

impl Login {
    /// By the strongest mechanism that both ends have, and in no other way. The entropy is to be new for
    /// each session, from a generator made for secrets.
    #[must_use]
    pub fn new(credentials: Credentials, entropy: [u8; 32]) -> Self {
        let (choice, login_by) = (Choice::default(), Vec::from([LoginBy::Auth]));
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

/// Why a login did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginFault {
    /// Nothing that the server offers may be used. Nothing was said.
    #[error(transparent)]
    NoMechanism(NoMechanism),
    /// The exchange failed: the server did not prove itself, or spoke nonsense.
    #[error(transparent)]
    Exchange(SaslError),
    /// Name or password cannot stand in `USER`, `PASS` or `APOP`. Nothing was said.
    #[error(transparent)]
    Value(ValueError),
    /// Name or password are not ASCII, and the server takes no others in `USER`, `PASS` and `APOP`
    /// (RFC 6856 §2.2). Nothing was said.
    #[error("the server takes credentials in ascii alone")]
    NotAscii,
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

/// What the server announced, as far as a login depends on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Offers {
    mechanisms: Vec<Mechanism>,
    /// Mechanisms that nobody here knows.
    others: bool,
    utf8: bool,
}

impl Offers {
    pub(super) fn of(capabilities: &Capabilities) -> Self {
        let mut offers = Self::default();
        for name in capabilities.sasl() {
            match Mechanism::from_name(name) {
                Some(known) if offers.mechanisms.contains(&known) => {}
                Some(known) => offers.mechanisms.push(known),
                None => offers.others = true,
            }
        }
        offers.utf8 = capabilities.utf8() == Some(Utf8::MessagesAndLogins);
        offers
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        // What is not known counts as offered, and can never be chosen.
        let others = self.others.then_some("X");
        self.mechanisms.iter().map(|mechanism| mechanism.name()).chain(others)
    }
}

/// A login that is under way.
pub(super) struct LoggingIn {
    login: Login,
    /// That of `AUTH`, once it is the way that is taken.
    exchange: Option<LineExchange>,
}

impl Client {
    /// Logs in, in the best way that [`Login`] allows and the server has; asks what it has (`CAPA`) unless
    /// that is known. Answer: [`Event::LoggedIn`], [`Event::Refused`] with the command that was, or
    /// [`Event::LoginFailed`]; before it [`Event::DeriveKey`] and [`Event::NeedToken`] may come, which are
    /// questions. After a refusal the login may be tried again.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`].
    pub fn login_with(&mut self, login: Login) -> Result<(), Error> {
        if !self.is_ready() || self.state.row(Keyword::Auth).is_none() {
            return Err(Misuse::NotNow.into());
        }
        if self.offers.is_none() {
            self.send(&Command::Capa, Sent::Offers).map_err(|_| Misuse::NotNow)?;
        }
        self.login = Some(Box::new(LoggingIn { login, exchange: None }));
        if self.offers.is_some() {
            self.next = self.choose_way();
        }
        Ok(())
    }

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

    /// The mechanism that the session was opened by; none before, and none where it was no `AUTH`.
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        self.mechanism
    }

    fn resume(
        &mut self,
        bring: impl FnOnce(&mut LineExchange) -> Option<LineStep>,
    ) -> Result<(), Error> {
        // Not before the question was told.
        let asked = matches!(self.phase, Phase::Embedder) && self.next.is_none();
        let step = self.exchange().filter(|_| asked).and_then(bring);
        self.next = self.take_step(step.ok_or(Misuse::NothingPending)?);
        Ok(())
    }

    fn exchange(&mut self) -> Option<&mut LineExchange> {
        self.login.as_mut()?.exchange.as_mut()
    }

    /// What was offered is known, and nothing is in flight.
    pub(super) fn choose_way(&mut self) -> Option<Event> {
        let tls = self.chassis.tls.info();
        let (Some(under_way), Some(offers)) = (&self.login, &self.offers) else { return None };
        if self.ending != Ending::No {
            return Some(self.login_failed(LoginFault::GivenUp));
        }
        let Login { credentials, choice, login_by, .. } = &under_way.login;
        let may = |way| login_by.contains(&way);
        let mut fault = NoMechanism::NoneOffered;
        if may(LoginBy::Auth) {
            match choice.choose(offers.names(), credentials, tls) {
                Ok(mechanism) => return self.begin_auth(mechanism),
                Err(why) => fault = why,
            }
        }
        if choice.require_binding {
            // No other way is bound to anything.
            return Some(self.login_failed(LoginFault::NoMechanism(NoMechanism::NotBound)));
        }
        let Some((user, password)) = credentials.as_password() else {
            return Some(self.login_failed(LoginFault::NoMechanism(fault)));
        };
        let ascii = user.is_ascii() && password.expose().is_ascii();
        let clear = tls.is_none();
        let weak = clear && choice.cram_md5 == ClearTextLogin::Refuse;
        let (command, sent) = match &self.stamp {
            Some(stamp) if may(LoginBy::Apop) && !weak => {
                let digest = stamp.digest(password);
                let name = ApopName::new(user);
                (name.map(|name| Command::Apop(name, digest)), Sent::Apop)
            }
            _ if may(LoginBy::UserPass) && !self.may_login() => {
                return Some(self.login_failed(LoginFault::NoMechanism(NoMechanism::NeedsTls)));
            }
            _ if may(LoginBy::UserPass) => {
                let password = Password::from_text(password.clone());
                let both = UserName::new(user).and_then(|name| password.map(|word| (name, word)));
                let name = both.map(|(name, word)| {
                    self.password = Some(word);
                    Command::User(name)
                });
                (name, Sent::User)
            }
            // It is there, and there is no other.
            Some(_) if may(LoginBy::Apop) && fault == NoMechanism::NoneOffered => {
                return Some(self.login_failed(LoginFault::NoMechanism(NoMechanism::NeedsTls)));
            }
            _ => return Some(self.login_failed(LoginFault::NoMechanism(fault))),
        };
        let command = match command {
            Ok(command) if ascii || offers.utf8 => command,
            Ok(_) => return Some(self.login_failed(LoginFault::NotAscii)),
            Err(fault) => return Some(self.login_failed(LoginFault::Value(fault))),
        };
        self.login = None;
        // The outbox is empty: everything before was answered.
        let _ = self.send(&command, sent);
        None
    }

    fn begin_auth(&mut self, mechanism: Mechanism) -> Option<Event> {
        let binding = self.chassis.tls.info().map(ChannelBinding::from).unwrap_or_default();
        let plus = self.offers.iter().flat_map(|offers| &offers.mechanisms).any(|m| m.is_plus());
        let login = self.login.as_mut()?;
        let entropy = *login.login.entropy.expose();
        match Exchange::new(mechanism, &login.login.credentials, &binding, plus, entropy) {
            Ok(exchange) => {
                let exchange = LineExchange::new(exchange, "AUTH", LINE);
                let step = login.exchange.insert(exchange).begin();
                self.expect_answer();
                self.take_step(step)
            }
            Err(fault) => Some(self.login_failed(LoginFault::Exchange(fault))),
        }
    }

    /// `AUTH` is the command in flight, from its very beginning to its outcome.
    fn expect_answer(&mut self) {
        self.in_flight.push_back(InFlight {
            sent: Sent::Auth,
            end: self.chassis.out.queued(),
            heard: self.heard,
        });
    }

    fn take_step(&mut self, step: LineStep) -> Option<Event> {
        match step {
            LineStep::Say(line) => {
                // The outbox is empty: everything before was answered.
                let _ = self.chassis.send_secret(line.as_bytes(), line.secret());
                if let Some(auth) = self.in_flight.front_mut() {
                    (auth.end, auth.heard) = (self.chassis.out.queued(), self.heard);
                }
                self.await_reply();
                None
            }
            LineStep::DeriveKey(due) => Some(self.ask(Event::DeriveKey(due))),
            LineStep::NeedToken(why) => Some(self.ask(Event::NeedToken(why))),
            LineStep::Failed(fault) => {
                self.outcome_told();
                Some(self.login_failed(fault.into()))
            }
        }
    }

    fn ask(&mut self, event: Event) -> Event {
        self.chassis.timers.stop(TimerKind::Reply);
        self.phase = Phase::Embedder;
        event
    }

    /// A line in the course of `AUTH`.
    pub(super) fn auth_answered(
        &mut self,
        line: &[u8],
        rx: &Inbox,
    ) -> Result<Option<Event>, Error> {
        if let Some(challenge) = response::challenge(line) {
            return Ok(self.challenged(challenge));
        }
        let malformed = Error::Malformed { offset: rx.offset() };
        let reply = response::reply(line).ok_or(malformed)?;
        self.follow_table(Sent::Auth, reply.is_ok());
        self.outcome_told();
        self.await_reply();
        let Some(login) = self.login.take() else { return Ok(None) };
        let LoggingIn { login, exchange: Some(mut exchange) } = *login else { return Ok(None) };
        if reply.is_ok() {
            return Ok(Some(match exchange.accepted() {
                Ok(()) => {
                    self.mechanism = Some(exchange.mechanism());
                    self.logged_in(reply)
                }
                // Who lets in without the proof that is due may be anybody: nothing more is said to it.
                Err(fault) => {
                    self.over();
                    Event::LoginFailed(LoginFault::Exchange(fault))
                }
            }));
        }
        if let Some(fault) = exchange.cancelled() {
            return Ok(Some(Event::LoginFailed(fault.into())));
        }
        if let (step @ LineStep::NeedToken(_), Ending::No) = (exchange.refused(), &self.ending) {
            self.login = Some(Box::new(LoggingIn { login, exchange: Some(exchange) }));
            self.expect_answer();
            return Ok(self.take_step(step));
        }
        Ok(Some(Event::Refused { command: Keyword::Auth, message: None, reply }))
    }

    fn challenged(&mut self, text: &[u8]) -> Option<Event> {
        let goes_on = self.ending == Ending::No;
        let exchange = self.exchange()?;
        if let Some(fault) = exchange.cancelled() {
            // It did not hear, or does not want to.
            self.login = None;
            self.outcome_told();
            self.over();
            return Some(Event::LoginFailed(fault.into()));
        }
        let step =
            if goes_on { exchange.challenge(Some(text)) } else { exchange.decline_challenge() };
        self.take_step(step)
    }

    /// The maildrop is open; what mattered before is forgotten.
    pub(super) fn logged_in(&mut self, reply: Reply) -> Event {
        (self.offers, self.stamp) = (None, None);
        Event::LoggedIn(reply)
    }

    /// What [`postrider_wire::Machine::decline`] does.
    pub(super) fn give_up_login(&mut self) {
        if matches!(self.phase, Phase::Embedder) && self.next.is_none() {
            self.next = self.give_up();
        }
    }

    fn give_up(&mut self) -> Option<Event> {
        let step = self.exchange()?.give_up();
        self.take_step(step)
    }

    fn login_failed(&mut self, fault: LoginFault) -> Event {
        self.login = None;
        self.password = None;
        self.phase = Phase::Replies;
        Event::LoginFailed(fault)
    }

    /// A key or a token is due from the embedder.
    pub(super) fn poll_embedder(
        &mut self,
        rx: &mut Inbox,
    ) -> Result<Option<Progress<Event>>, Error> {
        if self.ending == Ending::Shutdown {
            return Ok(self.give_up().map(Progress::Event));
        }
        let line = match self.next_line(rx) {
            Ok(Some(line)) => line,
            Ok(None) if rx.is_eof() => {
                let error = Error::Eof { offset: rx.offset() };
                return self.fail(error, AbortReason::Eof).map(Some);
            }
            Ok(None) => return Ok(Some(Progress::Wait { input: true, app: true })),
            Err(error) => return self.fail(error, AbortReason::Protocol).map(Some),
        };
        let begun = self.exchange().is_some_and(|exchange| exchange.is_begun());
        match response::reply(&line) {
            // The server waited for too long, or ends the session.
            Some(reply) if !reply.is_ok() && begun => {
                self.login = None;
                self.follow_table(Sent::Auth, false);
                self.outcome_told();
                self.await_reply();
                let refused = Event::Refused { command: Keyword::Auth, message: None, reply };
                Ok(Some(Progress::Event(refused)))
            }
            Some(reply) if !reply.is_ok() => {
                self.outcome_told();
                self.over();
                self.state = State::Over;
                self.next = Some(Event::Rejected(reply));
                let lost = Event::Lost { command: Keyword::Auth, message: None };
                Ok(Some(Progress::Event(lost)))
            }
            _ => {
                let error = Error::Unsolicited { offset: rx.offset() };
                self.fail(error, AbortReason::Protocol).map(Some)
            }
        }
    }
}
