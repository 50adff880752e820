//! The server machine.

mod answer;
mod append;
mod compress;
mod config;
mod event;
mod fetch;
mod idle;
mod peek;
mod read;
mod select;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{
    AbortReason, Chassis, ClearTextLogin, Direction, Inbox, Machine, Outbox, Policy, Progress,
    Security, Tap, Timer, TimerKind, TlsInfo, TlsState, TlsUpgrade, Unit,
};

pub use config::{Compression, Config};
pub use event::Event;
pub use select::SelectData;

use self::compress::Layer;
use self::fetch::OpenFetch;
use self::read::{Credentials, Reading};
use crate::compress::Stream;
use crate::{Capability, Code, Response, Status, Tag};
use crate::{CommandName, Error, State};

/// An IMAP server: questions out, verdicts in.
///
/// Each [`Event`] is a question that waits for one verdict; until then the next command stays in
/// the inbox. The crate page shows a session.
pub struct Server {
    chassis: Chassis<Error>,
    config: Config,
    state: State,
    stage: Stage,
    reading: Reading,
    layer: Layer,
    /// How the compressed input stands, once there is any.
    inflating: Option<Stream>,
    credentials: Credentials,
    /// The question that waits for its verdict.
    asked: Option<Asked>,
    /// The FETCH response that is being written.
    open: Option<OpenFetch>,
    /// Lines that wait for room in the outbox; while there are any, no command is taken.
    deferred: VecDeque<(Vec<u8>, Said)>,
    /// What the outbox ends with.
    said: Said,
    access: Access,
    /// Bad commands and failed logins so far.
    bad: u32,
    /// Where the last command began in the input.
    offset: u64,
    /// How much had left the outbox when the progress timer was last started.
    sent: u64,
    /// What the embedder is told before anything else.
    notice: Option<Notice>,
    /// The error that comes behind the farewell.
    doom: Option<Error>,
    ending: Ending,
}

/// What the server is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The greeting is still to be said.
    Greeting,
    /// It takes commands.
    Serving,
    /// The session is over.
    Over,
}

/// Whether the embedder wants the session to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    NotYet,
    /// [`Machine::shutdown`] was called: BYE between two commands.
    Wanted,
}

/// How much of a response was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Whole,
    /// A FETCH response up to the end of an item, or up to a literal.
    Part,
}

/// Whether the selected mailbox may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    ReadWrite,
    ReadOnly,
}

/// The end of what the embedder has heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notice {
    /// [`Event::IdleEnd`]
    IdleEnd,
    /// [`Event::Aborted`]
    Aborted(AbortReason),
}

/// A question that waits for its verdict.
#[derive(Clone, Debug)]
struct Asked {
    tag: Tag,
    name: CommandName,
    uid: bool,
}

impl Server {
    /// A server that is about to greet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let reading = Reading::new(&config.limits);
        Self {
            chassis: Chassis::new(config.limits.outbox, &config.security, config.flush),
            config,
            state: State::NotAuthenticated,
            stage: Stage::Greeting,
            reading,
            layer: Layer::Plain,
            inflating: None,
            credentials: Credentials::NotDue,
            asked: None,
            open: None,
            deferred: VecDeque::new(),
            said: Said::Whole,
            access: Access::ReadOnly,
            bad: 0,
            offset: 0,
            sent: 0,
            notice: None,
            doom: None,
            ending: Ending::NotYet,
        }
    }

    /// Sets the tap that sees every unit from now on.
    pub fn set_tap(&mut self, tap: Box<dyn Tap + Send>) {
        self.chassis.set_tap(tap);
    }

    /// Where the session stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// What is known of the TLS layer, if it stands.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.chassis.tls.info()
    }

    /// What may be offered as things stand.
    fn capabilities(&self) -> Vec<Capability> {
        let mut all = Vec::from(["IMAP4rev1", "LITERAL+"]);
        if self.state == State::NotAuthenticated {
            if self.offers_tls() {
                all.push("STARTTLS");
            }
            if !self.takes_login() {
                all.push("LOGINDISABLED");
            }
        } else {
            all.extend(["IDLE", "MULTIAPPEND"]);
            if self.offers_compression() {
                all.push("COMPRESS=DEFLATE");
            }
        }
        all.into_iter().map(Capability::from_static).collect()
    }

    fn offers_tls(&self) -> bool {
        let policy = match self.config.security {
            Security::StartTls(policy) => policy,
            Security::Implicit(_) => Policy::Never,
        };
        policy != Policy::Never && !self.chassis.tls.is_established()
    }

    /// Whether a password may cross this connection (RFC 3501 §6.2.3).
    fn takes_login(&self) -> bool {
        let required = matches!(self.config.security, Security::StartTls(Policy::Required));
        self.chassis.tls.is_established()
            || (!required && self.config.clear_text_login == ClearTextLogin::Allow)
    }

    fn greet(&mut self) {
        let greeting = match &self.config.greeting {
            Some(text) => Status::ok(text.clone()),
            None => Status::ok("ready").with_code(Code::Capability(self.capabilities())),
        };
        self.say_status(&greeting);
        self.stage = Stage::Serving;
    }

    /// Starts the clock of a silent client, unless it runs.
    fn keep_idle(&mut self) {
        if self.payload_due().is_some() {
            return;
        }
        let idle = match self.state {
            State::NotAuthenticated => self.config.idle_before_login,
            _ => self.config.idle,
        };
        self.chassis.timers.ensure(TimerKind::Idle, idle);
    }

    /// Starts the clock of a client that does not read, or sends no message it began, anew whenever
    /// it has read something.
    fn keep_progress(&mut self) {
        let (idle, sent) = (self.chassis.out.is_empty(), self.chassis.out.sent());
        if idle && self.payload_due().is_none() {
            self.chassis.timers.stop(TimerKind::Progress);
        } else if sent == self.sent {
            self.chassis.timers.ensure(TimerKind::Progress, self.config.progress);
        } else {
            self.sent = sent;
            self.chassis.timers.start(TimerKind::Progress, self.config.progress);
        }
    }

    /// Says BYE and ends the session; with an error, if there is one to tell.
    fn bye(&mut self, text: &'static str, error: Option<Error>) {
        if self.stage == Stage::Over {
            return;
        }
        // The line of a FETCH response that was begun must end before another can.
        let mut line = match self.said {
            Said::Whole => Vec::new(),
            Said::Part => Vec::from(*b")\r\n"),
        };
        Response::Status(Status::bye(text)).write(&mut line);
        // Inside a literal BYE would be payload.
        if !self.in_payload() {
            self.chassis.send_farewell(&line);
        }
        self.end_open(match error {
            None => AbortReason::Discarded,
            Some(Error::Timeout) => AbortReason::Timeout,
            Some(_) => AbortReason::Protocol,
        });
        self.stage = Stage::Over;
        self.asked = None;
        self.open = None;
        self.deferred.clear();
        self.doom = self.doom.or(error);
    }

    /// Ends what the embedder has heard of and not yet seen the end of.
    fn end_open(&mut self, reason: AbortReason) {
        if self.is_idling() {
            self.notice = Some(Notice::IdleEnd);
        } else if self.is_appending() {
            if self.payload_due().is_some() {
                self.chassis.show(Direction::In, Unit::PayloadEnd);
            }
            self.notice = Some(Notice::Aborted(reason));
        }
        self.reading = Reading::new(&self.config.limits);
    }

    fn poll_plain(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(*error);
        }
        loop {
            match self.notice.take() {
                Some(Notice::IdleEnd) => return Ok(Progress::Event(Event::IdleEnd)),
                Some(Notice::Aborted(why)) => return Ok(Progress::Event(Event::Aborted(why))),
                None => {}
            }
            if let Some(error) = self.doom.take() {
                return Err(self.chassis.fail(error));
            }
            self.flush_deferred();
            self.keep_progress();
            if self.stage == Stage::Over && self.deferred.is_empty() {
                return Ok(self.chassis.close());
            }
            if !self.deferred.is_empty() {
                return Ok(Progress::Wait { input: false, app: false });
            }
            match self.chassis.tls.poll(rx, &self.chassis.out) {
                Ok(Some(token)) => return Ok(Progress::StartTls(token)),
                Ok(None) => {}
                Err(fault) => return Err(self.chassis.fail(fault.into())),
            }
            if matches!(self.chassis.tls, TlsState::Agreed) {
                return Ok(Progress::Wait { input: false, app: false });
            }
            if matches!(self.layer, Layer::Agreed) {
                // Nothing may come before OK has left.
                if rx.is_empty() {
                    return Ok(Progress::Wait { input: false, app: false });
                }
                self.behind_compress(rx);
                continue;
            }
            if self.stage == Stage::Greeting {
                self.greet();
                continue;
            }
            if self.asked.is_some() {
                self.expect(rx);
                return Ok(Progress::Wait { input: !rx.is_full() && !rx.is_eof(), app: true });
            }
            if self.ending == Ending::Wanted {
                self.bye("server is shutting down", None);
                continue;
            }
            if self.chassis.out.room() == 0 {
                return Ok(Progress::Wait { input: false, app: false });
            }
            self.expect(rx);
            match self.read(rx) {
                read::Step::Event(event) => return Ok(Progress::Event(event)),
                read::Step::Again => {}
                read::Step::Starved if rx.is_eof() => self.ended(rx),
                read::Step::Starved => {
                    self.keep_idle();
                    let app = self.is_idling();
                    return Ok(Progress::Wait { input: !rx.is_full(), app });
                }
            }
        }
    }

    /// Moves lines that waited into the outbox.
    fn flush_deferred(&mut self) {
        while let Some((line, said)) = self.deferred.front() {
            if self.chassis.send(line).is_err() {
                return;
            }
            self.said = *said;
            self.deferred.pop_front();
        }
    }
}

impl Machine for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        self.poll_layer(rx)
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
            self.bye("autologout", Some(Error::Timeout));
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        self.chassis.tls_established(token, tls, &plain, Error::from)?;
        self.chassis.timers.stop(TimerKind::Idle);
        self.reading = Reading::new(&self.config.limits);
        self.credentials = Credentials::NotDue;
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        self.ending = Ending::Wanted;
    }

    fn decline(&mut self) {
        if self.in_payload() {
            self.abort();
        } else if self.asked.is_some() {
            // A question is asked and no payload is open, so this is no misuse.
            let _ = self.reject(Status::no("not supported here"));
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("state", &self.state)
            .field("stage", &self.stage)
            .field("asked", &self.asked)
            .field("chassis", &self.chassis)
            .finish_non_exhaustive()
    }
}
