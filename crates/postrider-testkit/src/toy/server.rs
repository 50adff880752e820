//! The server.

use core::time::Duration;

use bytes::Bytes;
use postrider_wire::dot::{BareNewlines, Unstuffed, Unstuffer};
use postrider_wire::{
    AbortReason, Chassis, Inbox, Line, LineReader, Machine, MachineEvent, Outbox, Policy, Progress,
    Secret, Security, Tap, Terminator, Timer, TimerKind, TlsInfo, TlsUpgrade, Unit,
};

use super::{Error, LINE, OUTBOX};
use crate::scenario::{Embedder, Role};

/// How long the client may be silent.
const IDLE: Duration = Duration::from_secs(300);
/// How long it may be silent inside a payload.
const PROGRESS: Duration = Duration::from_secs(60);
/// How long a farewell may take.
const FLUSH: Duration = Duration::from_secs(10);
/// Payload is read in pieces of up to so many octets.
const READ: usize = 4096;

/// What the server asks or tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ServerEvent {
    /// `SAY`: waits for [`Server::answer`].
    Said(String),
    /// `LOGIN`: waits for [`Server::answer`].
    Login(Secret<String>),
    /// A payload begins.
    Begin,
    /// A piece of it.
    Chunk(Bytes),
    /// It arrived whole.
    End,
    /// It will not.
    Aborted(AbortReason),
}

impl ServerEvent {
    /// What it means to a payload: for [`crate::Scenario::classify`].
    #[must_use]
    pub fn role(&self) -> Role {
        match self {
            Self::Begin => Role::Begin,
            Self::End => Role::End,
            Self::Aborted(_) => Role::Aborted,
            Self::Said(_) | Self::Login(_) | Self::Chunk(_) => Role::Other,
        }
    }
}

impl MachineEvent for ServerEvent {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(chunk) = self { Some(chunk) } else { None }
    }
}

/// A server of the toy protocol.
#[derive(Debug)]
pub struct Server {
    chassis: Chassis<Error>,
    lines: LineReader,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before or between commands.
    Ready,
    /// The embedder is asked.
    Asking,
    /// Inside a payload that is fit to be taken.
    Taking(Unstuffer),
    /// Inside a payload that was aborted.
    Swallowing(Unstuffer),
    /// A payload that is being taken will not come; to be told.
    Aborting(AbortReason, Error),
    /// The session ends like this, and nothing is open any more.
    Failing(Error),
    /// Goodbye was said.
    Over,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A server that is about to greet.
    #[must_use]
    pub fn new() -> Self {
        let security = Security::StartTls(Policy::Opportunistic);
        let mut chassis = Chassis::new(OUTBOX, &security, FLUSH);
        // An empty outbox takes a line.
        let _ = chassis.send(b"+ toy ready\r\n");
        chassis.timers.start(TimerKind::Idle, IDLE);
        let lines = LineReader::new(Terminator::CrLf, LINE);
        Self { chassis, lines, state: State::Ready }
    }

    /// A server whose embedder repeats what was said and likes every password.
    #[must_use]
    pub fn with_embedder() -> (Self, Box<dyn Embedder<Self>>) {
        (Self::new(), Box::new(Repeats))
    }

    /// Sets the tap.
    pub fn set_tap(&mut self, tap: Box<dyn Tap + Send>) {
        self.chassis.set_tap(tap);
    }

    /// Answers what was asked.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] when nothing was asked, or `text` is more than a line.
    pub fn answer(&mut self, text: &str) -> Result<(), Error> {
        self.reply(&format!("+ {text}"))
    }

    fn reply(&mut self, line: &str) -> Result<(), Error> {
        if !matches!(self.state, State::Asking) || line.contains(['\r', '\n']) {
            return Err(Error::Misuse);
        }
        // A command is taken only while there is room for its reply.
        let _ = self.chassis.send(format!("{line}\r\n").as_bytes());
        self.state = State::Ready;
        self.chassis.timers.start(TimerKind::Idle, IDLE);
        Ok(())
    }

    fn command(&mut self, line: &Bytes, rx: &Inbox) -> Result<Option<ServerEvent>, Error> {
        let text = String::from_utf8_lossy(line);
        let (verb, rest) = text.split_once(' ').unwrap_or((&text, ""));
        let secret = verb.len().saturating_add(1)..line.len();
        let shown = if verb == "LOGIN" && !rest.is_empty() { vec![secret] } else { Vec::new() };
        self.chassis.show_line_in(line, &shown);
        self.chassis.timers.start(TimerKind::Idle, IDLE);
        let reply: &[u8] = match (verb, rest) {
            ("SAY", said) => {
                self.state = State::Asking;
                return Ok(Some(ServerEvent::Said(said.to_owned())));
            }
            ("LOGIN", password) => {
                self.state = State::Asking;
                return Ok(Some(ServerEvent::Login(Secret::new(password.to_owned()))));
            }
            ("MAIL", "") => {
                self.state = State::Taking(Unstuffer::new(BareNewlines::Reject));
                self.chassis.timers.stop(TimerKind::Idle);
                self.chassis.timers.start(TimerKind::Progress, PROGRESS);
                let _ = self.chassis.send(b"= go ahead\r\n");
                return Ok(Some(ServerEvent::Begin));
            }
            ("STARTTLS", "") if !self.chassis.tls.is_established() => {
                self.chassis.tls.agree(rx)?;
                b"+ go ahead\r\n"
            }
            ("QUIT", "") => {
                self.state = State::Over;
                self.chassis.send_farewell(b"+ bye\r\n");
                return Ok(None);
            }
            _ => b"- unknown\r\n",
        };
        let _ = self.chassis.send(reply);
        Ok(None)
    }

    /// A step between commands.
    fn ready(&mut self, rx: &mut Inbox) -> Result<Option<Progress<ServerEvent>>, Error> {
        rx.expect_units(2 * LINE);
        if let Some(token) = self.chassis.tls.poll(rx, &self.chassis.out)? {
            return Ok(Some(Progress::StartTls(token)));
        }
        let agreed = matches!(self.chassis.tls, postrider_wire::TlsState::Agreed);
        if agreed || self.chassis.out.room() == 0 {
            return Ok(Some(Progress::Wait { input: false, app: false }));
        }
        match self.lines.next(rx) {
            Some(Line::Complete(line)) => Ok(self.command(&line, rx)?.map(Progress::Event)),
            Some(_) => {
                let _ = self.chassis.send(b"- too long\r\n");
                Ok(None)
            }
            None if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: false })),
            None if !self.lines.is_inside_line(rx) => {
                self.state = State::Over;
                Ok(None)
            }
            None => Err(Error::Eof),
        }
    }

    /// A step inside a payload.
    fn payload(&mut self, rx: &mut Inbox) -> Result<Option<Progress<ServerEvent>>, Error> {
        rx.expect_payload(READ);
        let (unstuffer, taking) = match &mut self.state {
            State::Taking(unstuffer) => (unstuffer, true),
            State::Swallowing(unstuffer) => (unstuffer, false),
            _ => return Ok(None),
        };
        let event = match unstuffer.poll(rx) {
            Unstuffed::Payload(chunk) => {
                self.chassis.timers.start(TimerKind::Progress, PROGRESS);
                self.chassis.show(postrider_wire::Direction::In, Unit::Payload(&chunk));
                taking.then_some(ServerEvent::Chunk(chunk))
            }
            Unstuffed::Fault(_) => {
                self.state = State::Swallowing(unstuffer.clone());
                Some(ServerEvent::Aborted(AbortReason::BareNewline))
            }
            Unstuffed::End => {
                self.chassis.show(postrider_wire::Direction::In, Unit::PayloadEnd);
                self.chassis.timers.stop(TimerKind::Progress);
                self.chassis.timers.start(TimerKind::Idle, IDLE);
                self.state = State::Ready;
                let _ =
                    self.chassis.send(if taking { b"+ taken\r\n" } else { b"- bare newline\r\n" });
                taking.then_some(ServerEvent::End)
            }
            _ if !rx.is_eof() => return Ok(Some(Progress::Wait { input: true, app: false })),
            _ => {
                self.cut_off(AbortReason::Eof, Error::Eof);
                None
            }
        };
        Ok(event.map(Progress::Event))
    }

    /// Ends a session that is inside a payload.
    fn cut_off(&mut self, why: AbortReason, error: Error) {
        self.state = match self.state {
            State::Taking(_) => State::Aborting(why, error),
            _ => State::Failing(error),
        };
    }

    fn step(&mut self, rx: &mut Inbox) -> Result<Option<Progress<ServerEvent>>, Error> {
        match &self.state {
            State::Ready => self.ready(rx),
            State::Asking => {
                let input = !rx.is_full() && !rx.is_eof();
                Ok(Some(Progress::Wait { input, app: true }))
            }
            State::Taking(_) | State::Swallowing(_) => self.payload(rx),
            State::Aborting(why, error) => {
                let event = ServerEvent::Aborted(*why);
                self.state = State::Failing(*error);
                Ok(Some(Progress::Event(event)))
            }
            State::Failing(error) => Err(*error),
            State::Over => Ok(Some(self.chassis.close())),
        }
    }
}

impl Machine for Server {
    type Event = ServerEvent;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<ServerEvent>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(*error);
        }
        loop {
            match self.step(rx) {
                Ok(Some(progress)) => return Ok(progress),
                Ok(None) => {}
                Err(error) => return Err(self.chassis.fail(error)),
            }
        }
    }

    fn new_inbox(&self) -> Inbox {
        Inbox::new(2 * LINE)
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.chassis.out.reader()
    }

    fn timers(&self) -> &[Timer] {
        self.chassis.timers.as_slice()
    }

    fn on_timeout(&mut self, fired: Timer) {
        match self.chassis.fired(fired) {
            None => {}
            Some(TimerKind::Progress) => self.cut_off(AbortReason::Timeout, Error::Timeout),
            Some(_) => self.shutdown(),
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        self.chassis.tls_established(token, tls, &plain, Error::from)?;
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        match self.state {
            State::Ready | State::Asking => {
                self.chassis.send_farewell(b"+ bye\r\n");
                self.state = State::Over;
            }
            // Inside a payload the client does not read before its end.
            State::Taking(_) | State::Swallowing(_) => {
                self.cut_off(AbortReason::Discarded, Error::Misuse);
            }
            State::Aborting(..) | State::Failing(_) | State::Over => {}
        }
    }

    fn decline(&mut self) {
        // Without a question: nothing.
        let _ = self.reply("- declined");
    }
}

/// Repeats what was said and likes every password.
struct Repeats;

impl Embedder<Server> for Repeats {
    fn on_event(&mut self, machine: &mut Server, event: &ServerEvent) {
        let _ = match event {
            ServerEvent::Said(text) => machine.answer(text),
            ServerEvent::Login(_) => machine.answer("welcome"),
            _ => Ok(()),
        };
    }
}
