//! The client's end of a session.

mod asides;
mod commands;
mod config;
mod event;
mod flight;
mod login;
mod machine;
mod offers;
mod payload;
mod replies;
mod report;
mod sending;
mod transaction;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use core::fmt;

use postrider_wire::{Chassis, LineReader, Tap, Terminator, TimerKind, TlsInfo};

pub use config::Config;
pub use event::{Event, Outcome};
pub use login::{Login, LoginFault};
pub use report::{
    Delivery, Failure, FailureKind, LeftOut, Phase, RecipientOutcome, RecipientReport, Report,
};
pub use transaction::{Chunking, Content, Partial, Recipient, Transaction};

use self::login::LoggingIn;
use self::payload::Payload;
use self::sending::Sending;
use crate::newlines::{Newlines, Nul};

use crate::{Capabilities, Error, ForwardPath, Keyword, Reply, State};

/// An SMTP client without I/O. The crate page shows how it is driven.
pub struct Client {
    chassis: Chassis<Error>,
    config: Config,
    lines: LineReader,
    state: State,
    awaits: Awaits,
    ending: Ending,
    /// What is still to be told.
    events: VecDeque<Event>,
    capabilities: Capabilities,
    /// The reply that is coming in, of which some lines are here.
    partial: Option<Box<Reply>>,
    /// Octets of text in it.
    partial_text: usize,
    /// The open transaction.
    extent: Option<Extent>,
    /// The line ends of the mail that goes out in chunks.
    newlines: Newlines,
    /// The mail that goes out is no lines at all (RFC 3030 §3).
    binary: bool,
    /// `MAIL` said `SMTPUTF8`: paths of recipients may hold more than ASCII.
    utf8: bool,
    /// The mail that [`Client::send`] was given.
    sending: Option<Box<Sending>>,
    /// The login that is under way.
    login: Option<Box<LoggingIn>>,
    /// Transactions that were begun in this session.
    begun: u32,
    /// The domains of their recipients, where the server counts them.
    domains: BTreeSet<String>,
    /// How far the session was when it ended.
    last_phase: Phase,
    /// Where the last reply began, in what is received.
    began: u64,
    /// Up to where octets had come when the last command had not left: no reply that began before is an
    /// answer to it.
    heard: u64,
    /// While a mail is on its way: which replies came too early to be about it.
    marks: Option<Box<Marks>>,
}

/// Places in the streams, by which a reply to a mail is told from one that was said before.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// The place behind what announced the mail, in what is sent.
    announced: u64,
    /// Up to where octets had come when the mail had not left to its end: no reply that began before is
    /// a verdict on it.
    early: u64,
    /// The same of what announced the mail: no reply that began before is a refusal of it.
    unread: u64,
}

/// What the client waits for.
enum Awaits {
    /// A reply.
    Reply(Sent),
    /// Answers to what [`Sending`] says.
    Answers,
    /// A command from the embedder.
    Ready,
    /// What the embedder brings for the login.
    Embedder,
    /// TLS.
    Upgrading,
    /// Payload from the embedder.
    Payload(Box<Payload>),
    /// The end: the session is over.
    Over,
}

/// What is in flight, as far as its reply depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sent {
    /// Nothing yet: the greeting is due.
    Nothing,
    Ehlo,
    Helo,
    /// With the reply to `EHLO`, in case the session stays in the clear.
    StartTls(Box<Reply>),
    Mail,
    Rcpt(ForwardPath),
    Data,
    /// The mail and its final dot.
    Dot,
    /// A chunk, the last one or not.
    Bdat {
        last: bool,
    },
    /// `RSET` at the embedder's wish.
    Rset,
    /// `RSET` because `DATA` or a chunk was refused.
    Tidy,
    Noop,
    Quit,
    /// A line of the login.
    Auth,
    /// A command that tells the embedder something.
    Aside(Keyword),
    /// `EHLO` behind `XCLIENT`, with the reply to that.
    HelloAgain(Box<Reply>),
}

impl Sent {
    fn phase(&self) -> Phase {
        match self {
            Self::Nothing | Self::Ehlo | Self::Helo => Phase::Hello,
            Self::StartTls(_) => Phase::Tls,
            Self::Auth => Phase::Login,
            Self::Mail => Phase::Mail,
            Self::Rcpt(_) => Phase::Recipients,
            Self::Data => Phase::Data,
            Self::Bdat { last: false } => Phase::Content,
            Self::Dot | Self::Bdat { last: true } => Phase::Verdict,
            Self::Rset | Self::Tidy | Self::Noop | Self::Aside(_) | Self::HelloAgain(_) => {
                Phase::Ready
            }
            Self::Quit => Phase::Over,
        }
    }
}

/// How far a transaction is, as far as its outcome depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Extent {
    /// The mail is not whole, or goes to nobody.
    Partial,
    /// The mail is whole once the driver has sent so many octets.
    Whole(u64),
    /// It was refused, and is being tidied up.
    Refused(Box<Reply>),
}

/// How the session is to end, once it can.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ending {
    /// Not yet.
    No,
    /// [`postrider_wire::Machine::shutdown`] was called: `QUIT` at the next legal place.
    Shutdown,
    /// With this error, as soon as everything was told.
    Failed(Error),
}

impl Client {
    /// A session at its very beginning: the greeting is due. `EHLO`, and the upgrade to TLS where
    /// policy wants it, follow by themselves.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let limits = &config.limits;
        let mut chassis = Chassis::new(limits.outbox, &config.security, limits.flush_time);
        chassis.timers.start(TimerKind::Reply, limits.reply_time);
        Self {
            chassis,
            lines: LineReader::new(Terminator::Lf, limits.line),
            state: State::Start,
            awaits: Awaits::Reply(Sent::Nothing),
            ending: Ending::No,
            events: VecDeque::new(),
            capabilities: Capabilities::default(),
            partial: None,
            partial_text: 0,
            extent: None,
            newlines: Newlines::new(Nul::Passes),
            binary: false,
            utf8: false,
            sending: None,
            login: None,
            begun: 0,
            domains: BTreeSet::new(),
            last_phase: Phase::Hello,
            began: 0,
            heard: 0,
            marks: None,
            config,
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

    /// Whether a command would be taken now.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!((&self.awaits, &self.ending), (Awaits::Ready, Ending::No))
            && self.state != State::Start
    }

    /// How far the session is; at its end, how far it was.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.awaits {
            Awaits::Over => self.last_phase,
            Awaits::Upgrading => Phase::Tls,
            Awaits::Embedder => Phase::Login,
            Awaits::Payload(_) => Phase::Content,
            Awaits::Answers => self.sending.as_ref().map_or(Phase::Ready, |one| one.phase()),
            Awaits::Ready if self.state == State::Start => Phase::Hello,
            Awaits::Ready => Phase::Ready,
            Awaits::Reply(sent) => sent.phase(),
        }
    }

    /// What the server offers. Nothing before `EHLO` was answered.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What is known of the TLS layer, if one stands.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.chassis.tls.info()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("chassis", &self.chassis)
            .field("state", &self.state)
            .field("ready", &self.is_ready())
            .finish_non_exhaustive()
    }
}
