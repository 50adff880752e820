//! The client machine.

mod append;
mod attribution;
mod commands;
mod config;
mod event;
mod idle;
mod login;
mod machine;
mod pending;
mod read;
mod reconnect;
mod resync;
mod rules;
mod selected;
mod servers;
mod split;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use postrider_sasl::Mechanism;
use postrider_wire::{AbortReason, Chassis, Policy, Security, Tap, TimerKind, TlsInfo};

pub use config::Config;
pub use event::{Event, Unsent};
pub use login::{Login, LoginBy, LoginFault};
pub use pending::Handle;
pub use reconnect::{Backoff, Decision, Ended, Reason};
pub use resync::{Change, Resync, ResyncError, SyncState, SyncWay};
pub use selected::{Contradiction, KnownMessage, Selected};

use self::append::Upload;
use self::attribution::Fetching;
use self::idle::Idling;
use self::login::LoggingIn;
use self::pending::{Flight, Sending, Waiting};
use self::read::Reading;
use self::servers::Ways;
use crate::compress::Inflater;
use crate::{
    Atom, Capabilities, Capability, Command, Error, Limits, Literals, MailboxEncoding, Misuse,
    Refused, State, WriteOptions,
};

/// An IMAP client: commands in, events out.
///
/// Commands are methods, which return a [`Handle`]; what comes of them is told by [`Event`]s, in the
/// order of the wire, and each has one outcome. Commands may be given before the answer to those before
/// them: [`Client::send`] tells when they are said. The crate page shows a session.
pub struct Client {
    chassis: Chassis<Error>,
    config: Config,
    state: State,
    stage: Stage,
    reading: Reading,
    /// The commands that wait for their tagged response, oldest first.
    flights: VecDeque<Flight>,
    /// Their octets.
    unanswered: usize,
    /// What is left of the last of them to be sent, each piece when the server says `+`.
    sending: Option<Sending>,
    /// The commands that are still to be said.
    waiting: VecDeque<Waiting>,
    /// Whether the first of them has to wait until one in flight is answered.
    is_blocked: bool,
    /// How many handles there were,
    handles: u64,
    /// and how many of them have no outcome yet.
    open: usize,
    /// What the state will be when everything that is pending went well.
    expected: State,
    /// The FETCH response that is being read.
    fetching: Fetching,
    /// An IDLE in flight.
    idling: Option<Idling>,
    /// A login under way.
    login: Option<Box<LoggingIn>>,
    /// How the session was opened, if by AUTHENTICATE.
    mechanism: Option<Mechanism>,
    /// What this server needs that others do not.
    ways: Ways,
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
    /// Commands of the embedder may come.
    Ready,
    /// The session is over.
    Over,
}

/// Whether the embedder wants the session to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    NotYet,
    /// `shutdown` was called: LOGOUT at the next legal place.
    Wanted,
    /// LOGOUT was said for that.
    Said,
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
            flights: VecDeque::new(),
            unanswered: 0,
            sending: None,
            waiting: VecDeque::new(),
            is_blocked: false,
            handles: 0,
            open: 0,
            expected: State::NotAuthenticated,
            fetching: Fetching::default(),
            idling: None,
            login: None,
            mechanism: None,
            ways: Ways::default(),
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

    /// What is known of the TLS layer, if one stands.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.chassis.tls.info()
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

    /// How the names of mailboxes are written in this session: modified UTF-7, until `IMAP4rev2` or
    /// `UTF8=ACCEPT` is enabled.
    #[must_use]
    pub fn mailbox_encoding(&self) -> MailboxEncoding {
        match self.write_options().utf8 {
            true => MailboxEncoding::Utf8,
            false => MailboxEncoding::ModifiedUtf7,
        }
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

    /// Whether the server said that it can do this.
    fn offered(&self, capability: &str) -> Result<(), Error> {
        if self.can(capability) { Ok(()) } else { Err(Misuse::NotOffered.into()) }
    }

    /// How commands are written, as far as the server is known. Before login every literal waits: a
    /// server may refuse a LOGIN before the password is sent.
    fn write_options(&self) -> WriteOptions {
        let offered = Capabilities::new(self.capabilities().unwrap_or_default()).literals();
        let literals = match (self.state, self.config.literals, offered) {
            (State::NotAuthenticated, ..) | (_, Literals::Wait, _) => Literals::Wait,
            (_, Literals::Minus, Literals::Plus) => Literals::Minus,
            _ => offered,
        };
        // RFC 9755 §3, RFC 9051 §6.3.1
        let is_utf8 = |name: &Atom| name.is("UTF8=ACCEPT") || name.is("IMAP4rev2");
        WriteOptions { literals, utf8: self.enabled().iter().any(is_utf8) }
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
            self.stage = Stage::Preparing;
            self.say_own(Command::Capability);
        } else if self.can("STARTTLS") {
            self.stage = Stage::Preparing;
            self.say_own(Command::StartTls);
        } else if required {
            self.doom(Error::Refused(Refused::NotOffered));
        } else {
            self.ready();
        }
    }

    fn ready(&mut self) {
        self.stage = Stage::Ready;
        self.expected = self.state;
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
        self.lose_flights();
        self.doom = Some(error);
    }

    /// The session is over, in order as far as the protocol goes.
    fn over(&mut self) {
        self.stage = Stage::Over;
        self.discard();
        self.lose_flights();
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("state", &self.state)
            .field("stage", &self.stage)
            .field("flights", &self.flights.len())
            .field("waiting", &self.waiting.len())
            .field("chassis", &self.chassis)
            .finish_non_exhaustive()
    }
}

/// Whether a line that could not be read may tell that messages went.
fn may_renumber(unit: &[u8]) -> bool {
    let mut words = unit.split(|octet| !octet.is_ascii_alphanumeric()).take(6);
    words
        .any(|word| word.eq_ignore_ascii_case(b"EXPUNGE") || word.eq_ignore_ascii_case(b"VANISHED"))
}
