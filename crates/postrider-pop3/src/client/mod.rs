//! The client's end of a session.

mod commands;
mod config;
mod event;
mod machine;
mod replies;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use core::fmt;

use postrider_wire::dot::Unstuffer;
use postrider_wire::{Chassis, LineReader, Tap, Terminator, TimerKind, TlsInfo, TlsState};

pub use config::Config;
pub use event::Event;

use crate::{Capabilities, Error, Password, Reply, State};

/// A POP3 client without I/O. The crate page shows how it is driven.
pub struct Client {
    chassis: Chassis<Error>,
    config: Config,
    lines: LineReader,
    state: State,
    phase: Phase,
    ending: Ending,
    /// What is still to be told: the second of two events at once.
    next: Option<Event>,
    /// What is to be said once `USER` was accepted.
    password: Option<Password>,
    /// The greeting, until it is told or forgotten.
    greeting: Option<Reply>,
}

/// What the client waits for.
enum Phase {
    /// The greeting.
    Greeting,
    /// A command from the embedder.
    Ready,
    /// The first line of a reply.
    Reply(Sent),
    /// The next line of a listing, of which so many came.
    Listing(Listing, u32),
    /// The next piece of a message.
    Payload(Unstuffer, Fate),
    /// The end: the session is over.
    Over,
}

/// The command in flight, as far as its reply depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Capa,
    Dele,
    List,
    ListOne,
    Noop,
    Pass,
    Quit,
    Retr(u32),
    Rset,
    Stat,
    Stls,
    Uidl,
    UidlOne,
    User,
}

/// Which listing is coming in.
enum Listing {
    Capabilities(Capabilities),
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
            next: None,
            password: None,
            greeting: None,
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
        let upgrading = matches!(self.chassis.tls, TlsState::Agreed | TlsState::Upgrading);
        matches!((&self.phase, &self.ending), (Phase::Ready, Ending::No))
            && self.next.is_none()
            && !upgrading
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
