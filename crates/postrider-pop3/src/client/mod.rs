//! The client's end of a session.

mod commands;
mod config;
mod event;
mod login;
mod machine;
mod replies;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::fmt;

use postrider_sasl::Mechanism;
use postrider_wire::dot::Unstuffer;
use postrider_wire::{Chassis, LineReader, Tap, Terminator, TimerKind, TlsInfo, TlsState};

pub use config::{Config, Pipelining};
pub use event::Event;
pub use login::{Login, LoginBy, LoginFault};

use self::login::{LoggingIn, Offers};
use crate::{ApopStamp, Capabilities, Error, Password, Reply, State};

/// A POP3 client without I/O. The crate page shows how it is driven.
pub struct Client {
    chassis: Chassis<Error>,
    config: Config,
    lines: LineReader,
    state: State,
    phase: Phase,
    ending: Ending,
    /// The commands without an outcome, oldest first; a message that is coming in is none of them.
    in_flight: VecDeque<InFlight>,
    /// How far in the output those commands reach whose reply began.
    answered: u64,
    /// How far the input reached at the last poll.
    heard: u64,
    /// Whether the last `CAPA` told of `PIPELINING`.
    overlap: Overlap,
    /// What is still to be told: the second of two events at once.
    next: Option<Event>,
    /// What is to be said once `USER` was accepted.
    password: Option<Password>,
    /// The greeting, until it is told or forgotten.
    greeting: Option<Reply>,
    /// What a login depends on, until there is one: what the last `CAPA` told, on this side of TLS,
    offers: Option<Box<Offers>>,
    /// and the timestamp of the greeting.
    stamp: Option<Box<ApopStamp>>,
    /// A login that chooses its way.
    login: Option<Box<LoggingIn>>,
    /// Whether `UTF8` was accepted.
    encoding: Encoding,
    /// How the session was opened, if by `AUTH`.
    mechanism: Option<Mechanism>,
}

/// What the session speaks (RFC 6856 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Ascii,
    Utf8,
}

/// What comes in next.
enum Phase {
    /// The greeting.
    Greeting,
    /// The first line of the reply to the oldest command, if any is in flight.
    Replies,
    /// A key or a token, from the embedder.
    Embedder,
    /// The next line of a listing, of which so many came.
    Listing(Listing, u32),
    /// The next piece of a message.
    Payload(Unstuffer, Fate),
    /// The end: the session is over.
    Over,
}

/// A command without an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InFlight {
    sent: Sent,
    /// Where it ends in the output.
    end: u64,
    /// How far the input reached when it had not left yet: no answer to it begins before.
    heard: u64,
}

/// A command, as far as its reply depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Apop,
    Auth,
    Capa,
    Dele(u32),
    /// `LANG`: of a language, or for a listing.
    Lang(Lang),
    List(Option<u32>),
    Noop,
    /// `CAPA`, for a login.
    Offers,
    Pass,
    Quit,
    Retr(u32),
    Rset,
    Stat,
    Stls,
    Top(u32, u32),
    Uidl(Option<u32>),
    User,
    Utf8,
}

/// What `LANG` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lang {
    Choose,
    List,
}

/// What the server said of commands that do not wait for the replies before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overlap {
    Unknown,
    Offered,
}

/// Which listing is coming in.
enum Listing {
    Capabilities(Capabilities),
    /// The same, for a login.
    Offers(Capabilities),
    Languages,
    Scan,
    UniqueId,
}

/// What becomes of a message that is coming in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is handed on.
    Told,
    /// It is swallowed: its end was told already, or need not be.
    Swallowed,
}

/// How the session is to end, once it can.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ending {
    /// Not yet.
    No,
    /// [`postrider_wire::Machine::shutdown`] was called: `QUIT` at the next legal place.
    Shutdown,
    /// With this error, as soon as a message that was begun has had its end.
    Failed(Error),
    /// In order, with these words of the server, as soon as each command has had its outcome.
    Rejected(Box<Reply>),
}

impl Client {
    /// A session at its very beginning: the greeting is due.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let limits = &config.limits;
        let mut chassis = Chassis::new(limits.outbox, &config.security, limits.flush_time);
        chassis.timers.start(TimerKind::Reply, limits.reply_time);
        Self {
            chassis,
            lines: LineReader::new(Terminator::Lf, limits.line),
            state: State::Authorization,
            phase: Phase::Greeting,
            ending: Ending::No,
            in_flight: VecDeque::new(),
            answered: 0,
            heard: 0,
            overlap: Overlap::Unknown,
            next: None,
            password: None,
            greeting: None,
            offers: None,
            stamp: None,
            login: None,
            encoding: Encoding::Ascii,
            mechanism: None,
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

    /// Whether a command would be taken now: none is in flight, or the state is TRANSACTION and
    /// [`Pipelining`] lets another follow, within [`crate::Limits::in_flight`].
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let upgrading = matches!(self.chassis.tls, TlsState::Agreed | TlsState::Upgrading);
        self.ending == Ending::No
            && self.next.is_none()
            && !upgrading
            && (self.is_at_rest() || self.may_pipeline())
    }

    /// Whether a command would be taken now, and nothing is to come of those before it: each has its
    /// outcome, and no message is coming in. The moment for `QUIT`.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.is_ready() && self.is_at_rest()
    }

    fn is_at_rest(&self) -> bool {
        matches!(self.phase, Phase::Replies) && self.in_flight.is_empty()
    }

    /// How many commands have no outcome yet, a message that is coming in not counted:
    /// [`Client::is_idle`] counts it.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Whether the session is in UTF-8 mode (RFC 6856 §2.1).
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.encoding == Encoding::Utf8
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
