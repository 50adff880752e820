//! The server's end of a session.

mod auth;
mod commands;
mod config;
mod event;
mod language;
mod machine;
mod top;
mod verdicts;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use postrider_sasl::server::Identity;
use postrider_wire::dot::Stuffer;
use postrider_wire::{Chassis, LineReader, Tap, Terminator, TlsInfo};

pub use config::{Config, TopCommand, UserCommand};
pub use event::Event;

use self::auth::{Due, Login};
use self::top::TopEnd;
use crate::{Error, Expire, Keyword, LoginDelay, Maildrop, Reply, State, Status, UserName};

/// Room for the largest answer that is not streamed: a `CAPA` reply.
const REPLY_ROOM: usize = 1024;

/// A POP3 server without I/O. The crate page shows how it is driven.
pub struct Server {
    chassis: Chassis<Error>,
    config: Config,
    lines: LineReader,
    state: State,
    phase: Phase,
    ending: Ending,
    user: Option<UserName>,
    maildrop: Maildrop,
    bad_commands: u32,
    failed_logins: u32,
    /// A login by `AUTH`.
    login: Option<Box<Login>>,
    /// Who logged in by `AUTH`.
    identity: Option<Box<Identity>>,
    /// How many logins by `AUTH` were begun.
    logins: u32,
    encoding: Encoding,
    speech: Speech,
}

/// What messages may hold (RFC 6856 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Ascii,
    Utf8,
}

/// The language of replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    /// That of this machine.
    Own,
    /// This one of the configuration.
    Chosen(u16),
}

/// What the server is doing.
#[derive(Debug)]
enum Phase {
    /// The greeting is due.
    Greeting,
    /// A command is due.
    Command,
    /// A verdict is due.
    Asking(Question),
    /// A step of a login is to be carried out.
    Step(Box<Due>),
    /// A login by this command was refused in these words, which are held back.
    Delayed(Keyword, Reply),
    /// A listing is being written; this message is next.
    Listing { list: List, next: u32 },
    /// A message is being written.
    Payload(Payload),
    /// Nothing more is said.
    Over,
}

/// The question that waits for its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Login,
    /// What is known of a user, for `AUTH`.
    Credential,
    /// Whether one who proved who it is may in.
    Identity,
    Apop,
    /// A message of so many octets: all of it, or its top with so many lines of the body.
    Retrieve {
        octets: u64,
        lines: Option<u32>,
    },
    Commit,
}

/// Which listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Languages,
    Scan,
    UniqueId,
}

/// A message on its way out.
#[derive(Debug)]
struct Payload {
    stuffer: Stuffer,
    declared: u64,
    /// Where it ends, if only its top is asked for.
    top: Option<TopEnd>,
    stage: Stage,
}

/// How far a message on its way out is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The embedder writes it.
    Writing,
    /// All was written but for the final dot, which waits for room.
    Finishing,
}

/// How the session is to end, once it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Not yet.
    No,
    /// [`postrider_wire::Machine::shutdown`] was called.
    Shutdown,
    /// A timer ran out.
    Timeout,
}

impl Server {
    /// A session at its very beginning: the greeting leaves with the first poll.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let limits = &config.limits;
        let outbox = limits.outbox.max(REPLY_ROOM.saturating_mul(2));
        Self {
            chassis: Chassis::new(outbox, &config.security, limits.flush_time),
            lines: LineReader::new(Terminator::CrLf, limits.line).with_secrets(),
            state: State::Authorization,
            phase: Phase::Greeting,
            ending: Ending::No,
            user: None,
            maildrop: Maildrop::new(),
            bad_commands: 0,
            failed_logins: 0,
            login: None,
            identity: None,
            logins: 0,
            encoding: Encoding::Ascii,
            speech: Speech::Own,
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

    /// Sets how often this user may log in, as `CAPA` tells from now on: where
    /// [`Config::with_login_delay`] could only tell the strictest (RFC 2449 §6.5), to be said along with
    /// [`Server::accept_login`].
    pub fn announce_login_delay(&mut self, delay: LoginDelay) {
        self.config.set_login_delay(delay);
    }

    /// Sets how long mail of this user is kept, as `CAPA` tells from now on: where
    /// [`Config::with_expire`] could only tell the strictest (RFC 2449 §6.7), to be said along with
    /// [`Server::accept_login`].
    pub fn announce_expire(&mut self, expire: Expire) {
        self.config.set_expire(expire);
    }

    /// What is known of the TLS layer, if one stands.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.chassis.tls.info()
    }

    fn say(&mut self, reply: &Reply) {
        // A command is taken only while there is room for its reply.
        let _ = self.chassis.send(&reply.to_line());
    }

    /// `+OK` with what programs read.
    fn say_numbers(&mut self, text: impl Into<String>) {
        self.say(&Reply::own(Status::Ok, text));
    }

    /// `+OK` in our own words.
    fn say_ok(&mut self, text: impl Into<String>) {
        let reply = self.in_words(Status::Ok, text);
        self.say(&reply);
    }

    /// `-ERR` in our own words.
    fn say_err(&mut self, text: impl Into<String>) {
        let reply = self.in_words(Status::Err, text);
        self.say(&reply);
    }

    fn in_words(&self, status: Status, text: impl Into<String>) -> Reply {
        if self.speaks_english() { Reply::own(status, text) } else { Reply::own(status, "") }
    }

    /// Ends the session with a last line. What was marked as deleted stays.
    fn farewell(&mut self, reply: &Reply) {
        self.chassis.send_farewell(&reply.to_line());
        self.over();
    }

    fn over(&mut self) {
        self.user = None;
        self.login = None;
        self.state = State::Over;
        self.phase = Phase::Over;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("chassis", &self.chassis)
            .field("state", &self.state)
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
