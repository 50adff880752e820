//! The client machine.

mod config;
mod event;
mod items;
mod read;
mod skip;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use postrider_wire::{
    AbortReason, Chassis, ClearTextLogin, Inbox, Machine, Outbox, Policy, Progress, Secret,
    Security, Tap, Timer, TimerKind, TlsInfo, TlsUpgrade,
};

pub use config::Config;
pub use event::Event;

use self::read::Reading;
use crate::command::{Command, Piece, Tag, encode};
use crate::{
    Capability, CommandName, Error, FetchAttributes, Flag, InvalidValue, MailboxName, Misuse,
    Refused, SequenceSet, State, StoreMode,
};

/// An IMAP client: commands in, events out.
///
/// Commands are methods; what comes of them is told by [`Event`]s, in the order of the wire, and
/// ends with [`Event::Completed`]. One command is in flight at a time. The crate page shows a
/// session.
pub struct Client {
    chassis: Chassis<Error>,
    config: Config,
    state: State,
    stage: Stage,
    reading: Reading,
    /// The command in flight.
    flight: Option<Flight>,
    /// What is left of it to be sent, each piece when the server says `+`.
    pieces: VecDeque<Piece>,
    tags: u64,
    capabilities: Option<Vec<Capability>>,
    events: VecDeque<Event>,
    /// The error that comes behind the events that are still to be told.
    doom: Option<Error>,
    ending: Ending,
    tapped: bool,
}

/// What the client is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The greeting is due.
    Greeting,
    /// The machine's own commands on the way to TLS, or right behind it.
    Preparing,
    /// A command of the embedder may come.
    Idle,
    /// A command of the embedder is in flight.
    Busy,
    /// LOGOUT is in flight.
    LoggingOut,
    /// The session is over.
    Over,
}

/// Whether the embedder wants the session to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    NotYet,
    /// [`Machine::shutdown`] was called: LOGOUT at the next legal place.
    Wanted,
}

/// A command that waits for its tagged response.
#[derive(Clone, Debug)]
struct Flight {
    tag: Tag,
    name: CommandName,
}

impl Flight {
    /// Whether a line begins with its tag.
    fn begins(&self, line: &[u8]) -> bool {
        let rest = line.strip_prefix(self.tag.as_bytes());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
    }
}

impl Client {
    /// A client that waits for the greeting.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let mut chassis = Chassis::new(config.limits.outbox, &config.security, config.flush);
        chassis.timers.start(TimerKind::Reply, config.reply);
        Self {
            chassis,
            config,
            state: State::NotAuthenticated,
            stage: Stage::Greeting,
            reading: Reading::unit(),
            flight: None,
            pieces: VecDeque::new(),
            tags: 0,
            capabilities: None,
            events: VecDeque::new(),
            doom: None,
            ending: Ending::NotYet,
            tapped: false,
        }
    }

    /// Sets the tap that sees every unit from now on.
    pub fn set_tap(&mut self, tap: Box<dyn Tap + Send>) {
        self.tapped = true;
        self.chassis.set_tap(tap);
    }

    /// Where the session stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// What the server can do, as far as it said so since TLS was established and since login.
    #[must_use]
    pub fn capabilities(&self) -> Option<&[Capability]> {
        self.capabilities.as_deref()
    }

    /// Asks what the server can do.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] when the client waits for something else; nothing is sent then. The same
    /// holds for all commands.
    pub fn capability(&mut self) -> Result<(), Error> {
        self.command(Command::Capability)
    }

    /// Lets the server tell what is new.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn noop(&mut self) -> Result<(), Error> {
        self.command(Command::Noop)
    }

    /// Logs in.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; [`Misuse::Login`] without TLS unless the configuration allows
    /// that, or when the server disabled LOGIN; a NUL in one of the strings.
    pub fn login(
        &mut self,
        user: &str,
        password: &Secret<alloc::string::String>,
    ) -> Result<(), Error> {
        let clear = !self.chassis.tls.is_established();
        let disabled = self.can(&Capability::LoginDisabled);
        if disabled || (clear && self.config.clear_text_login == ClearTextLogin::Refuse) {
            return Err(Misuse::Login.into());
        }
        let password = password.expose().as_bytes();
        if user.bytes().chain(password.iter().copied()).any(|octet| octet == 0) {
            return Err(InvalidValue::Octet.into());
        }
        let user = Bytes::copy_from_slice(user.as_bytes());
        self.command(Command::Login { user, password: Secret::new(password.to_vec()) })
    }

    /// Selects a mailbox.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn select(&mut self, mailbox: MailboxName) -> Result<(), Error> {
        self.command(Command::Select { mailbox, read_only: false })
    }

    /// Selects a mailbox for reading only.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn examine(&mut self, mailbox: MailboxName) -> Result<(), Error> {
        self.command(Command::Select { mailbox, read_only: true })
    }

    /// Fetches from the messages with these numbers.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; an empty list of attributes.
    pub fn fetch(
        &mut self,
        set: SequenceSet,
        attributes: impl Into<FetchAttributes>,
    ) -> Result<(), Error> {
        self.fetch_command(set, attributes.into(), false)
    }

    /// Fetches from the messages with these UIDs.
    ///
    /// # Errors
    ///
    /// As [`Client::fetch`].
    pub fn uid_fetch(
        &mut self,
        set: SequenceSet,
        attributes: impl Into<FetchAttributes>,
    ) -> Result<(), Error> {
        self.fetch_command(set, attributes.into(), true)
    }

    /// Changes flags of the messages with these numbers. `silent`: the server need not tell the
    /// flags that come of it.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; a flag that no client may set.
    pub fn store(
        &mut self,
        set: SequenceSet,
        mode: StoreMode,
        silent: bool,
        flags: Vec<Flag>,
    ) -> Result<(), Error> {
        self.store_command(Command::Store { set, mode, silent, flags, uid: false })
    }

    /// Changes flags of the messages with these UIDs.
    ///
    /// # Errors
    ///
    /// As [`Client::store`].
    pub fn uid_store(
        &mut self,
        set: SequenceSet,
        mode: StoreMode,
        silent: bool,
        flags: Vec<Flag>,
    ) -> Result<(), Error> {
        self.store_command(Command::Store { set, mode, silent, flags, uid: true })
    }

    /// Ends the session. [`Progress::Closed`] comes once the server agreed.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`].
    pub fn logout(&mut self) -> Result<(), Error> {
        self.command(Command::Logout)
    }

    /// Throws the rest of the open payload away: [`Event::Aborted`] comes next, and what still
    /// arrives of it is swallowed. Without an open payload: nothing.
    pub fn discard(&mut self) {
        if self.reading.discard() {
            self.events.push_back(Event::Aborted(AbortReason::Discarded));
        }
    }

    fn fetch_command(
        &mut self,
        set: SequenceSet,
        attributes: FetchAttributes,
        uid: bool,
    ) -> Result<(), Error> {
        if matches!(&attributes, FetchAttributes::List(list) if list.is_empty()) {
            return Err(InvalidValue::Empty.into());
        }
        self.command(Command::Fetch { set, attributes, uid })
    }

    fn store_command(&mut self, command: Command) -> Result<(), Error> {
        match &command {
            Command::Store { flags, .. } if !flags.iter().all(Flag::is_storable) => {
                Err(InvalidValue::Combination.into())
            }
            _ => self.command(command),
        }
    }

    /// Sends a command of the embedder.
    fn command(&mut self, command: Command) -> Result<(), Error> {
        let ready = self.stage == Stage::Idle
            && self.ending == Ending::NotYet
            && self.doom.is_none()
            && self.chassis.failed().is_none();
        if !ready {
            return Err(Misuse::NotReady.into());
        }
        if !self.state.allows(command.name()) {
            return Err(Misuse::State.into());
        }
        let stage =
            if command.name() == CommandName::Logout { Stage::LoggingOut } else { Stage::Busy };
        self.start(&command).map_err(|_| Misuse::Full)?;
        self.stage = stage;
        Ok(())
    }

    /// Sends a command up to its first literal.
    fn start(&mut self, command: &Command) -> Result<(), postrider_wire::Full> {
        let number = self.tags.saturating_add(1);
        let tag = alloc::format!("{}{number:03}", self.config.tag_prefix);
        // The prefix is made of letters and digits.
        let Ok(tag) = Tag::new(tag) else { return Ok(()) };
        self.pieces = encode(&tag, command).into();
        if let Err(full) = self.send_piece() {
            // What was refused is not sent later.
            self.pieces.clear();
            return Err(full);
        }
        self.tags = number;
        self.flight = Some(Flight { tag, name: command.name() });
        self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        Ok(())
    }

    fn send_piece(&mut self) -> Result<(), postrider_wire::Full> {
        if let Some(piece) = self.pieces.front() {
            self.chassis.send_secret(piece.octets.expose(), &piece.secret)?;
            self.pieces.pop_front();
        }
        Ok(())
    }

    /// Sends one of the machine's own commands; the outbox has room for it, since the server has
    /// just answered.
    fn start_own(&mut self, command: &Command, stage: Stage) {
        if self.start(command).is_err() {
            self.doom(Error::Misuse(Misuse::Full));
        }
        self.stage = stage;
    }

    /// The policy, as long as it asks for something.
    fn policy(&self) -> Policy {
        match &self.config.security {
            Security::StartTls(policy) if !self.chassis.tls.is_established() => *policy,
            _ => Policy::Never,
        }
    }

    fn can(&self, capability: &Capability) -> bool {
        self.capabilities.as_ref().is_some_and(|all| all.contains(capability))
    }

    /// The next step from the greeting towards readiness.
    fn prepare(&mut self) {
        let required = self.policy() == Policy::Required;
        if self.policy() == Policy::Never {
            self.ready();
        } else if self.state != State::NotAuthenticated {
            if required { self.doom(Error::Refused(Refused::PreAuth)) } else { self.ready() }
        } else if self.capabilities.is_none() {
            self.start_own(&Command::Capability, Stage::Preparing);
        } else if self.can(&Capability::StartTls) {
            self.start_own(&Command::StartTls, Stage::Preparing);
        } else if required {
            self.doom(Error::Refused(Refused::NotOffered));
        } else {
            self.ready();
        }
    }

    fn ready(&mut self) {
        self.stage = Stage::Idle;
        self.chassis.timers.stop(TimerKind::Reply);
        self.events.push_back(Event::Ready);
    }

    /// Ends the session with this error, once everything was told.
    fn doom(&mut self, error: Error) {
        if self.doom.is_some() {
            return;
        }
        if self.reading.discard() {
            let reason = match error {
                Error::Eof { .. } => AbortReason::Eof,
                Error::Timeout => AbortReason::Timeout,
                _ => AbortReason::Protocol,
            };
            self.events.push_back(Event::Aborted(reason));
        }
        self.lose_flight();
        self.doom = Some(error);
    }

    /// The session is over, in order as far as the protocol goes.
    fn over(&mut self) {
        self.stage = Stage::Over;
        self.lose_flight();
    }

    /// A command whose answer will not come has that for its outcome. The machine's own commands are
    /// nobody's.
    fn lose_flight(&mut self) {
        self.pieces.clear();
        if let Some(flight) = self.flight.take()
            && self.stage != Stage::Preparing
        {
            self.events.push_back(Event::Lost { command: flight.name });
        }
    }

    /// What to answer when nothing can be read: the end of the stream, or what would help.
    fn starved(&mut self, rx: &Inbox) -> Option<Progress<Event>> {
        if !rx.is_eof() {
            let app = self.stage == Stage::Idle && !self.reading.inside();
            return Some(Progress::Wait { input: !rx.is_full(), app });
        }
        let inside = self.reading.inside() || !rx.is_empty();
        let orderly = self.stage == Stage::Idle || self.state == State::Logout;
        if inside || !orderly {
            let offset = rx.offset().saturating_add(rx.len() as u64);
            self.doom(Error::Eof { offset });
        } else {
            self.over();
        }
        None
    }
}

impl Machine for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(*error);
        }
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Progress::Event(event));
            }
            if let Some(error) = self.doom.take() {
                return Err(self.chassis.fail(error));
            }
            match self.chassis.tls.poll(rx, &self.chassis.out) {
                Ok(Some(token)) => return Ok(Progress::StartTls(token)),
                Ok(None) => {}
                Err(fault) => return Err(self.chassis.fail(fault.into())),
            }
            if matches!(self.chassis.tls, postrider_wire::TlsState::Agreed) {
                return Ok(Progress::Wait { input: false, app: false });
            }
            if self.stage == Stage::Over {
                return Ok(self.chassis.close());
            }
            let room = self.chassis.out.room() > 0;
            if self.stage == Stage::Idle && self.ending == Ending::Wanted && room {
                self.start_own(&Command::Logout, Stage::LoggingOut);
                continue;
            }
            self.expect(rx);
            if !self.read(rx)
                && let Some(wait) = self.starved(rx)
            {
                return Ok(wait);
            }
        }
    }

    fn new_inbox(&self) -> Inbox {
        Inbox::new(self.unit_limit())
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.chassis.out.reader()
    }

    fn timers(&self) -> &[Timer] {
        self.chassis.timers.as_slice()
    }

    fn on_timeout(&mut self, fired: Timer) {
        if self.chassis.fired(fired).is_some() && self.chassis.failed().is_none() {
            self.doom(Error::Timeout);
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        self.chassis.tls_established(token, tls, &plain, Error::from)?;
        // What was said in clear text may have been anybody's (RFC 3501 §6.2.1).
        self.capabilities = None;
        self.events.clear();
        self.reading = Reading::unit();
        self.start_own(&Command::Capability, Stage::Preparing);
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        self.ending = Ending::Wanted;
    }

    /// Nothing: no event of a client asks for an answer.
    fn decline(&mut self) {}
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("state", &self.state)
            .field("stage", &self.stage)
            .field("flight", &self.flight)
            .field("chassis", &self.chassis)
            .finish_non_exhaustive()
    }
}
