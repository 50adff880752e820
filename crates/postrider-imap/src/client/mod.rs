//! The client machine.

mod append;
mod commands;
mod config;
mod event;
mod idle;
mod read;
mod resync;
mod selected;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{
    AbortReason, Chassis, Inbox, Machine, Outbox, Policy, Progress, Security, Tap, Timer,
    TimerKind, TlsInfo, TlsUpgrade,
};

pub use config::Config;
pub use event::Event;
pub use resync::{Change, Resync, ResyncError, SyncState};
pub use selected::{Contradiction, KnownMessage, Selected};

use self::append::Upload;
use self::idle::Idling;
use self::read::Reading;
use crate::compress::Inflater;
use crate::error::Fault;
use crate::{
    Atom, Capabilities, Capability, Command, CommandName, EncodedCommand, Error, Limits, Literals,
    Misuse, Refused, State, Tag, TaggedCommand, WriteOptions,
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
    sending: Option<Sending>,
    /// The messages of an APPEND in flight.
    upload: Option<Box<Upload>>,
    /// What reads the wire once it is compressed.
    inflater: Option<Box<Inflater>>,
    tags: u64,
    capabilities: Option<Vec<Capability>>,
    /// What was enabled, by ENABLE: most sessions need no room for that.
    enabled: Option<Box<Enabled>>,
    events: VecDeque<Event>,
    /// The error that comes behind the events that are still to be told.
    doom: Option<Error>,
    ending: Ending,
    tapped: bool,
}

/// The extensions that the server enabled.
#[derive(Clone, Debug, Default)]
struct Enabled {
    names: Vec<Atom>,
}

/// What the client is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The greeting is due.
    Greeting,
    /// The machine's own commands on the way to TLS, or right behind it.
    Preparing,
    /// A command of the embedder may come.
    Ready,
    /// A command of the embedder is in flight.
    Busy,
    /// IDLE is.
    Idling(Idling),
    /// APPEND is.
    Appending,
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

/// A command of which some is still to be sent.
#[derive(Debug)]
struct Sending {
    command: EncodedCommand,
    sent: usize,
}

impl Sending {
    /// Where the next piece ends.
    fn end(&self) -> usize {
        let stop = self.command.stops.iter().find(|stop| **stop > self.sent);
        stop.copied().unwrap_or_else(|| self.command.octets.expose().len())
    }
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
        let limits = config.limits;
        let mut chassis = Chassis::new(config.limits.outbox, &config.security, config.flush);
        chassis.timers.start(TimerKind::Reply, config.reply);
        Self {
            chassis,
            config,
            state: State::NotAuthenticated,
            stage: Stage::Greeting,
            reading: Reading::new(&limits),
            flight: None,
            sending: None,
            upload: None,
            inflater: None,
            tags: 0,
            capabilities: None,
            enabled: None,
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

    /// What the server said it enabled (RFC 5161), until UNAUTHENTICATE.
    #[must_use]
    pub fn enabled(&self) -> &[Atom] {
        self.enabled.as_ref().map_or(&[], |enabled| &enabled.names)
    }

    /// The bounds of this client.
    pub(crate) fn limits(&self) -> &Limits {
        &self.config.limits
    }

    /// Throws the rest of the open payload away: [`Event::Aborted`] comes next, and what still
    /// arrives of it is swallowed. Without an open payload: nothing.
    pub fn discard(&mut self) {
        if self.reading.discard() {
            self.events.push_back(Event::Aborted(AbortReason::Discarded));
        }
    }

    /// Whether a command may be said now.
    fn check(&self, name: CommandName) -> Result<(), Error> {
        let ready = self.stage == Stage::Ready
            && self.ending == Ending::NotYet
            && self.doom.is_none()
            && self.chassis.failed().is_none()
            && self.state.allows(name);
        if ready { Ok(()) } else { Err(Misuse::NotNow.into()) }
    }

    /// Whether the server said that it can do this.
    fn offered(&self, capability: &str) -> Result<(), Error> {
        if self.can(capability) { Ok(()) } else { Err(Misuse::NotOffered.into()) }
    }

    /// Sends a command of the embedder.
    fn command(&mut self, command: Command) -> Result<(), Error> {
        let name = CommandName::of(&command);
        self.check(name)?;
        self.start(name, command).map_err(|_| Misuse::Full)?;
        self.stage = if name == CommandName::Logout { Stage::LoggingOut } else { Stage::Busy };
        Ok(())
    }

    /// Sends a command up to its first literal.
    fn start(&mut self, name: CommandName, command: Command) -> Result<(), postrider_wire::Full> {
        let options = self.write_options();
        self.launch(name, |tag| TaggedCommand { tag: tag.clone(), command }.encode(options))
    }

    /// How commands are written, as far as the server is known. Before login every literal waits: a
    /// server may refuse a LOGIN before the password is sent.
    fn write_options(&self) -> WriteOptions {
        let literals = match self.state {
            State::NotAuthenticated => Literals::Wait,
            _ => Capabilities::new(self.capabilities().unwrap_or_default()).literals(),
        };
        // RFC 9755 §3, RFC 9051 §6.3.1
        let is_utf8 = |name: &Atom| name.is("UTF8=ACCEPT") || name.is("IMAP4rev2");
        WriteOptions { literals, utf8: self.enabled().iter().any(is_utf8) }
    }

    fn launch(
        &mut self,
        name: CommandName,
        write: impl FnOnce(&Tag) -> EncodedCommand,
    ) -> Result<(), postrider_wire::Full> {
        let number = self.tags.saturating_add(1);
        let tag = alloc::format!("{}{number:03}", self.config.tag_prefix);
        // The prefix is made of letters and digits.
        let Ok(tag) = Tag::new(tag) else { return Ok(()) };
        self.sending = Some(Sending { command: write(&tag), sent: 0 });
        if let Err(full) = self.send_piece() {
            // What was refused is not sent later.
            self.sending = None;
            return Err(full);
        }
        self.tags = number;
        self.flight = Some(Flight { tag, name });
        self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        Ok(())
    }

    /// Sends the next piece of the command in flight; behind the last there is nothing to send.
    fn send_piece(&mut self) -> Result<(), postrider_wire::Full> {
        let Some(sending) = &mut self.sending else { return Ok(()) };
        let (from, to) = (sending.sent, sending.end());
        let octets = sending.command.octets.expose().get(from..to).unwrap_or_default();
        let inside = |range: &core::ops::Range<usize>| {
            let (start, end) = (range.start.max(from), range.end.min(to));
            (start < end).then(|| start.saturating_sub(from)..end.saturating_sub(from))
        };
        let secrets: Vec<_> = sending.command.secrets.iter().filter_map(inside).collect();
        self.chassis.send_secret(octets, &secrets)?;
        sending.sent = to;
        if to >= sending.command.octets.expose().len() {
            self.sending = None;
        }
        Ok(())
    }

    /// Sends one of the machine's own commands; the outbox has room for it, since the server has
    /// just answered.
    fn start_own(&mut self, name: CommandName, command: Command, stage: Stage) {
        if self.start(name, command).is_err() {
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

    fn can(&self, capability: &str) -> bool {
        self.capabilities.as_ref().is_some_and(|all| all.iter().any(|one| one.is(capability)))
    }

    /// The next step from the greeting towards readiness.
    fn prepare(&mut self) {
        let required = self.policy() == Policy::Required;
        if self.policy() == Policy::Never {
            self.ready();
        } else if self.state != State::NotAuthenticated {
            if required { self.doom(Error::Refused(Refused::PreAuth)) } else { self.ready() }
        } else if self.capabilities.is_none() {
            self.start_own(CommandName::Capability, Command::Capability, Stage::Preparing);
        } else if self.can("STARTTLS") {
            self.start_own(CommandName::StartTls, Command::StartTls, Stage::Preparing);
        } else if required {
            self.doom(Error::Refused(Refused::NotOffered));
        } else {
            self.ready();
        }
    }

    fn ready(&mut self) {
        self.stage = Stage::Ready;
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
        self.sending = None;
        self.break_upload();
        if let Some(flight) = self.flight.take()
            && self.stage != Stage::Preparing
        {
            self.events.push_back(Event::Lost { command: flight.name });
        }
    }

    /// Whether the embedder is waited for.
    fn waits_for_app(&self) -> bool {
        match self.stage {
            Stage::Ready => true,
            Stage::Idling(idling) => idling.may_be_done(),
            Stage::Appending => self.left().is_some() && self.chassis.out.room() > 0,
            _ => false,
        }
    }

    /// Whether the server has something to answer.
    fn waits_for_reply(&self) -> bool {
        let silent = matches!(self.stage, Stage::Idling(idling) if idling.is_on());
        self.flight.is_some() && !silent && !self.is_uploading()
    }

    /// The stream is over: in order only between responses, and when nothing is in flight.
    fn input_ended(&mut self, ended: Ended, corrupt: bool) {
        let orderly = self.stage == Stage::Ready || self.state == State::Logout;
        let Ended { offset, inside } = ended;
        if corrupt {
            self.doom(Error::Protocol { fault: Fault::Compression, offset });
        } else if inside || !orderly {
            self.doom(Error::Eof { offset });
        } else {
            self.over();
        }
    }

    /// One poll of what reads uncompressed octets.
    fn step(&mut self, rx: &mut Inbox) -> Result<Step, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Step::Answer(Progress::Event(event)));
            }
            if let Some(error) = self.doom.take() {
                return Err(self.chassis.fail(error));
            }
            match self.chassis.tls.poll(rx, &self.chassis.out) {
                Ok(Some(token)) => return Ok(Step::Answer(Progress::StartTls(token))),
                Ok(None) => {}
                Err(fault) => return Err(self.chassis.fail(fault.into())),
            }
            if matches!(self.chassis.tls, postrider_wire::TlsState::Agreed) {
                return Ok(Step::Answer(Progress::Wait { input: false, app: false }));
            }
            if self.stage == Stage::Over {
                return Ok(Step::Answer(self.chassis.close()));
            }
            if self.ends() || self.say_done() || self.go_on() {
                continue;
            }
            self.expect(rx);
            if self.read(rx) {
                continue;
            }
            if rx.is_eof() {
                let offset = rx.offset().saturating_add(rx.len() as u64);
                let inside = self.reading.inside() || !rx.is_empty();
                return Ok(Step::Ended(Ended { offset, inside }));
            }
            self.watch_upload();
            let wait = Progress::Wait { input: !rx.is_full(), app: self.waits_for_app() };
            return Ok(Step::Answer(wait));
        }
    }

    /// Does what [`Machine::shutdown`] asked for, as soon as it may be done. Whether something was.
    fn ends(&mut self) -> bool {
        if self.ending == Ending::NotYet {
            return false;
        }
        match self.stage {
            Stage::Ready if self.chassis.out.room() > 0 => {
                self.start_own(CommandName::Logout, Command::Logout, Stage::LoggingOut);
            }
            Stage::Idling(idling) if idling.may_be_done() => _ = self.done(),
            // The rest of the message is not waited for.
            Stage::Appending if self.left().is_some() => self.over(),
            _ => return false,
        }
        true
    }
}

/// What reading uncompressed octets came to.
enum Step {
    Answer(Progress<Event>),
    /// They are over.
    Ended(Ended),
}

/// Where the stream ended, and whether inside something.
#[derive(Clone, Copy)]
struct Ended {
    offset: u64,
    inside: bool,
}

impl Machine for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(*error);
        }
        loop {
            let Some(mut inflater) = self.inflater.take() else {
                match self.step(rx)? {
                    Step::Answer(answer) => return Ok(answer),
                    Step::Ended(ended) => self.input_ended(ended, false),
                }
                continue;
            };
            let mut over = None;
            let read = self.config.limits.read;
            let answer = inflater.poll(rx, read, |inbox| {
                Ok(match self.step(inbox)? {
                    Step::Answer(answer) => answer,
                    Step::Ended(ended) => {
                        over = Some(ended);
                        Progress::Wait { input: false, app: false }
                    }
                })
            });
            let corrupt = inflater.is_corrupt();
            self.inflater = Some(inflater);
            match over {
                Some(ended) => self.input_ended(ended, corrupt),
                None => return answer,
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
        match self.chassis.fired(fired) {
            Some(TimerKind::Renewal) => self.renew(),
            Some(_) if self.chassis.failed().is_none() => self.doom(Error::Timeout),
            _ => {}
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
        self.reading = Reading::new(&self.config.limits);
        self.start_own(CommandName::Capability, Command::Capability, Stage::Preparing);
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
