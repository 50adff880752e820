//! The client.

use core::time::Duration;

use bytes::Bytes;
use postrider_wire::dot::{OutgoingNewlines, Stuffer};
use postrider_wire::{
    Chassis, Inbox, Line, LineReader, Machine, MachineEvent, Outbox, Policy, Progress, Security,
    Terminator, Timer, TimerKind, TlsInfo, TlsState, TlsUpgrade,
};

use super::{Error, LINE, OUTBOX};

/// How long a reply may take.
const REPLY: Duration = Duration::from_secs(60);
/// How long a farewell may take.
const FLUSH: Duration = Duration::from_secs(10);

/// What the client tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ClientEvent {
    /// The greeting, or the answer to the command in flight. Now the next may be sent.
    #[non_exhaustive]
    Replied {
        /// Whether the server agreed.
        ok: bool,
        /// What else it said.
        text: String,
    },
    /// The server wants the payload: [`Client::write_payload`], [`Client::finish_payload`].
    GoAhead,
    /// TLS stands.
    Secured,
}

impl MachineEvent for ClientEvent {
    fn payload(&self) -> Option<&Bytes> {
        None
    }
}

/// A client of the toy protocol.
#[derive(Debug)]
pub struct Client {
    chassis: Chassis<Error>,
    lines: LineReader,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Before the greeting, or before the reply to a command.
    Waiting(Asked),
    /// Nothing is in flight.
    Ready,
    /// Sending a payload.
    Sending(Stuffer),
    /// TLS stands, which is to be told.
    Secured,
    /// Goodbye was said on both sides.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The reply is just told.
    Plain,
    Mail,
    StartTls,
    Quit,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A client that waits for the greeting.
    #[must_use]
    pub fn new() -> Self {
        let security = Security::StartTls(Policy::Opportunistic);
        let mut chassis = Chassis::new(OUTBOX, &security, FLUSH);
        chassis.timers.start(TimerKind::Reply, REPLY);
        let lines = LineReader::new(Terminator::CrLf, LINE);
        Self { chassis, lines, state: State::Waiting(Asked::Plain) }
    }

    /// Sends `SAY text`.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] while a command is in flight, or when `text` is more than a line.
    pub fn say(&mut self, text: &str) -> Result<(), Error> {
        self.command(&format!("SAY {text}"), Asked::Plain)
    }

    /// Sends `MAIL`; the payload follows at [`ClientEvent::GoAhead`].
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] while a command is in flight.
    pub fn mail(&mut self) -> Result<(), Error> {
        self.command("MAIL", Asked::Mail)
    }

    /// Sends `STARTTLS`.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] while a command is in flight.
    pub fn start_tls(&mut self) -> Result<(), Error> {
        self.command("STARTTLS", Asked::StartTls)
    }

    /// Sends `QUIT`.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] while a command is in flight.
    pub fn quit(&mut self) -> Result<(), Error> {
        self.command("QUIT", Asked::Quit)
    }

    /// Takes what fits of the payload.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] when no payload is wanted.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let State::Sending(stuffer) = &mut self.state else { return Err(Error::Misuse) };
        stuffer.encode(payload, &mut self.chassis.out).map_err(|_| Error::Misuse)
    }

    /// Ends the payload.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] when no payload is wanted, or the outbox must be flushed first.
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        let State::Sending(stuffer) = &mut self.state else { return Err(Error::Misuse) };
        stuffer.finish(&mut self.chassis.out).map_err(|_| Error::Misuse)?;
        self.wait_for(Asked::Plain);
        Ok(())
    }

    fn command(&mut self, line: &str, asked: Asked) -> Result<(), Error> {
        if !matches!(self.state, State::Ready) || line.contains(['\r', '\n']) {
            return Err(Error::Misuse);
        }
        self.chassis.send(format!("{line}\r\n").as_bytes()).map_err(|_| Error::Misuse)?;
        self.wait_for(asked);
        Ok(())
    }

    fn wait_for(&mut self, asked: Asked) {
        self.state = State::Waiting(asked);
        self.chassis.timers.start(TimerKind::Reply, REPLY);
    }

    fn reply(
        &mut self,
        line: &[u8],
        asked: Asked,
        rx: &Inbox,
    ) -> Result<Option<ClientEvent>, Error> {
        let text = String::from_utf8_lossy(line.get(1..).unwrap_or_default()).trim().to_owned();
        self.chassis.timers.stop(TimerKind::Reply);
        self.state = State::Ready;
        let ok = match (line.first(), asked) {
            (Some(b'='), Asked::Mail) => {
                self.state = State::Sending(Stuffer::new(OutgoingNewlines::Normalize));
                return Ok(Some(ClientEvent::GoAhead));
            }
            (Some(b'+'), Asked::StartTls) => {
                self.chassis.tls.agree(rx)?;
                return Ok(None);
            }
            (Some(b'+'), _) => true,
            (Some(b'-'), _) => false,
            _ => return Err(Error::Protocol),
        };
        if asked == Asked::Quit {
            self.state = State::Over;
        }
        Ok(Some(ClientEvent::Replied { ok, text }))
    }

    fn step(&mut self, rx: &mut Inbox) -> Result<Option<Progress<ClientEvent>>, Error> {
        if let Some(token) = self.chassis.tls.poll(rx, &self.chassis.out)? {
            return Ok(Some(Progress::StartTls(token)));
        }
        let input = !rx.is_full() && !rx.is_eof();
        match &self.state {
            State::Ready if matches!(self.chassis.tls, TlsState::Agreed) => {
                Ok(Some(Progress::Wait { input: false, app: false }))
            }
            State::Secured => {
                self.state = State::Ready;
                Ok(Some(Progress::Event(ClientEvent::Secured)))
            }
            State::Over => Ok(Some(self.chassis.close())),
            State::Waiting(asked) => {
                let asked = *asked;
                match self.lines.next(rx) {
                    Some(Line::Complete(line)) => {
                        Ok(self.reply(&line, asked, rx)?.map(Progress::Event))
                    }
                    Some(_) => Err(Error::Protocol),
                    None if rx.is_eof() => Err(Error::Eof),
                    None => Ok(Some(Progress::Wait { input: true, app: false })),
                }
            }
            State::Ready if rx.is_eof() && rx.is_empty() => {
                self.state = State::Over;
                Ok(None)
            }
            State::Sending(_) if rx.is_eof() => Err(Error::Eof),
            // What comes unasked waits for the next question.
            State::Ready if rx.is_eof() => Err(Error::Protocol),
            State::Ready | State::Sending(_) => Ok(Some(Progress::Wait { input, app: true })),
        }
    }
}

impl Machine for Client {
    type Event = ClientEvent;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<ClientEvent>, Error> {
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
        if self.chassis.fired(fired).is_some() {
            self.chassis.fail(Error::Timeout);
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        self.chassis.tls_established(token, tls, &plain, Error::from)?;
        self.state = State::Secured;
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        // While something is in flight, nothing can be said.
        if self.quit().is_err() {
            self.state = State::Over;
        }
    }

    fn decline(&mut self) {}
}
