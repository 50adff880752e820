//! The server machine.

mod append;
mod commands;
mod compress;
mod config;
mod demands;
mod event;
mod features;
mod fetch;
mod foreign;
mod idle;
mod login;
mod peek;
mod phrase;
mod read;
mod respond;
mod select;
#[cfg(test)]
mod tests;
mod verdicts;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use postrider_sasl::server::Identity;
use postrider_wire::{
    AbortReason, Chassis, Direction, Inbox, Machine, Outbox, Progress, Tap, Timer, TimerKind,
    TlsInfo, TlsState, TlsUpgrade, Unit,
};

pub use config::{Compression, Config, LoginCommand};
pub use event::Event;
pub use features::{Feature, Features};
pub use phrase::Phrase;
pub use select::SelectData;

use self::compress::Layer;
use self::fetch::OpenFetch;
use self::login::Login;
use self::read::{Credentials, Reading};
use self::respond::Notified;
use self::verdicts::Verdict;
use crate::compress::Stream;
use crate::{Code, Response, Status, Tag, Text, WriteOptions};
use crate::{CommandName, Error, State};

/// An IMAP server: questions out, verdicts in.
///
/// Each [`Event`] that is a question waits for one verdict; until then the next command stays in the
/// inbox. The crate page shows a session.
pub struct Server {
    chassis: Chassis<Error>,
    config: Box<Config>,
    state: State,
    stage: Stage,
    reading: Reading,
    layer: Layer,
    /// How the compressed input stands, once there is any.
    inflating: Option<Stream>,
    credentials: Credentials,
    /// AUTHENTICATE, while it is under way.
    login: Option<Box<Login>>,
    /// Who logged in by it.
    identity: Option<Box<Identity>>,
    /// The question that waits for its verdict.
    asked: Option<Asked>,
    /// The verdict, where it is not to take effect yet.
    held: Option<Box<Verdict>>,
    delay: Delay,
    /// The FETCH response that is being written.
    open: Option<OpenFetch>,
    /// Lines that wait for room in the outbox; while there are any, no command is taken.
    deferred: VecDeque<(Vec<u8>, Said)>,
    /// Memory for the next line.
    line: Vec<u8>,
    /// What the outbox ends with.
    said: Said,
    access: Access,
    /// Whether the selected mailbox has modification sequences.
    has_mod_seqs: bool,
    /// What the client has enabled.
    enabled: Features,
    /// What of it the embedder has not heard.
    news: Features,
    notified: Notified,
    /// Bad commands and failed logins so far, of all times before a login.
    bad_before_login: u32,
    /// Bad commands after it.
    bad: u32,
    failed_logins: u32,
    /// Exchanges of AUTHENTICATE so far.
    logins: u32,
    /// Where the last command began in the input.
    offset: u64,
    /// How much had left the outbox when the progress timer was last started.
    sent: u64,
    /// What the embedder is told before anything else.
    notice: Option<Notice>,
    /// The question that comes behind the notices.
    next: Option<Box<Event>>,
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
    /// Whether no message may be told to be gone meanwhile.
    holds_numbers: bool,
    selecting: Selecting,
    /// Of NOTIFY: what is told unasked once it is accepted.
    notify: Notified,
}

/// How far a mailbox is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Selecting {
    /// The command is another.
    Nothing,
    /// Nothing was told of the mailbox.
    Asked,
    /// It was told what is there; more may follow.
    Told,
}

/// What leaves no sooner than the timer of delays says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delay {
    /// Nothing is held back.
    None,
    /// A refusal.
    Refusal,
    /// Any verdict.
    Any,
}

impl Server {
    /// A server that is about to greet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let reading = Reading::new(&config.limits);
        Self {
            chassis: Chassis::new(config.limits.outbox, &config.security, config.flush),
            config: Box::new(config),
            state: State::NotAuthenticated,
            stage: Stage::Greeting,
            reading,
            layer: Layer::Plain,
            inflating: None,
            credentials: Credentials::NotDue,
            login: None,
            identity: None,
            asked: None,
            held: None,
            delay: Delay::None,
            open: None,
            deferred: VecDeque::new(),
            line: Vec::new(),
            said: Said::Whole,
            access: Access::ReadOnly,
            has_mod_seqs: false,
            enabled: Features::none(),
            news: Features::none(),
            notified: Notified::Nothing,
            bad_before_login: 0,
            bad: 0,
            failed_logins: 0,
            logins: 0,
            offset: 0,
            sent: 0,
            notice: None,
            next: None,
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

    /// What the client has enabled, by ENABLE or by a command that does so.
    #[must_use]
    pub fn enabled_features(&self) -> Features {
        self.enabled
    }

    /// Whether the selected mailbox may be changed.
    #[must_use]
    pub fn is_read_write(&self) -> bool {
        self.state == State::Selected && self.access == Access::ReadWrite
    }

    /// Sets the words of the machine from now on: for a user who reads another language.
    pub fn set_phrases(&mut self, phrases: fn(Phrase) -> Text) {
        self.config.phrases = phrases;
    }

    fn words(&self, phrase: Phrase) -> Text {
        (self.config.phrases)(phrase)
    }

    /// RFC 9051 §4.3, RFC 9755 §3: quoted strings may hold UTF-8 once one of them is enabled.
    fn write_options(&self) -> WriteOptions {
        let utf8 = [Feature::Imap4Rev2, Feature::Utf8Accept];
        if utf8.iter().any(|feature| self.enabled.contains(*feature)) {
            WriteOptions::new().with_utf8()
        } else {
            WriteOptions::new()
        }
    }

    fn greet(&mut self) {
        let greeting = match &self.config.greeting {
            Some(text) => Status::ok(text.clone()),
            None => Status::ok(self.words(Phrase::Ready))
                .with_code(Code::Capability(self.capabilities())),
        };
        self.say_status(greeting);
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

    /// The session is over: nothing is told any more, not even news that NOTIFY asked for.
    fn over(&mut self) {
        self.stage = Stage::Over;
        self.notified = Notified::Nothing;
    }

    /// Says BYE and ends the session; with an error, if there is one to tell.
    fn bye(&mut self, phrase: Phrase, error: Option<Error>) {
        if self.stage == Stage::Over {
            return;
        }
        // The line of a FETCH response that was begun must end before another can.
        let mut line = match self.said {
            Said::Whole => Vec::new(),
            Said::Part => Vec::from(*b")\r\n"),
        };
        Response::Status(Status::bye(self.words(phrase))).write(&mut line);
        // Inside a literal BYE would be payload.
        if !self.in_payload() {
            self.chassis.send_farewell(&line);
        }
        self.end_open(match error {
            None => AbortReason::Discarded,
            Some(Error::Timeout) => AbortReason::Timeout,
            Some(_) => AbortReason::Protocol,
        });
        self.over();
        self.asked = None;
        self.held = None;
        self.next = None;
        self.login = None;
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
            if self.stage != Stage::Over
                && let Some(feature) = self.news.pop()
            {
                return Ok(Progress::Event(Event::Enabled(feature)));
            }
            if let Some(event) = self.next.take() {
                return Ok(Progress::Event(*event));
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
            if let Some(verdict) = self.held.take_if(|_| self.delay == Delay::None) {
                self.carry_out(*verdict);
                continue;
            }
            if self.asked.is_some() {
                self.expect(rx);
                let input = !rx.is_full() && !rx.is_eof();
                return Ok(Progress::Wait { input, app: self.held.is_none() });
            }
            if self.in_payload() {
                // Octets of news: nothing may be said between them.
                return Ok(Progress::Wait { input: false, app: true });
            }
            if self.ending == Ending::Wanted {
                self.bye(Phrase::ShuttingDown, None);
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
                    let app = self.is_telling();
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
        let progress = self.poll_layer(rx);
        if let Ok(Progress::Wait { .. }) = progress {
            // Whoever waits for hours holds no memory meanwhile.
            self.line = Vec::new();
        }
        progress
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
            Some(TimerKind::Delay) => self.delay = Delay::None,
            // The client does not even read that it is over.
            Some(_) if self.stage == Stage::Over => {
                self.deferred.clear();
                self.chassis.out.clear();
            }
            Some(_) if self.chassis.failed().is_none() => {
                self.bye(Phrase::Autologout, Some(Error::Timeout));
            }
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
        self.chassis.timers.stop(TimerKind::Idle);
        self.reading = Reading::new(&self.config.limits);
        self.credentials = Credentials::NotDue;
        self.login = None;
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        self.ending = Ending::Wanted;
    }

    fn decline(&mut self) {
        if self.in_payload() {
            self.abort();
        } else if self.awaits_credential() {
            // It was asked, so this is no misuse.
            let _ = self.credential(postrider_sasl::server::Credential::Unknown);
        } else if self.pending().is_some() {
            // A question is asked and no payload is open, so this is no misuse.
            let _ = self.reject(Status::no(self.words(Phrase::Declined)));
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
