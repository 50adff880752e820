//! The server's end of a session.

mod auth;
mod commands;
mod config;
mod event;
mod incoming;
mod lmtp;
mod machine;
mod offers;
mod payload;
mod peer;
mod verdicts;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use postrider_sasl::server::Identity;
use postrider_wire::{AbortReason, Chassis, Direction, LineReader, Tap, Terminator, TlsInfo, Unit};

pub use config::{Config, EarlyTalkers, Protocol, Verification};
pub use event::Event;

use self::auth::{Due, Login};
use self::incoming::{Announced, Between, Incoming};
use self::lmtp::Deliveries;
use self::peer::Told;
use crate::{Attributes, EhloName, Error, ForwardPath, Reply, State};

/// Room for the largest reply of the server's own: the one to `EHLO`.
const REPLY_ROOM: usize = 1024;

/// An SMTP server without I/O. The crate page shows how it is driven.
pub struct Server {
    chassis: Chassis<Error>,
    config: Config,
    lines: LineReader,
    state: State,
    phase: Phase,
    ending: Ending,
    /// Still to be told: that the mail which was begun is aborted.
    aborted: Option<AbortReason>,
    client: Option<Greeted>,
    /// Who logged in.
    identity: Option<Box<Identity>>,
    /// A login under way.
    login: Option<Box<Login>>,
    /// Logins that were begun.
    logins: u32,
    failed_logins: u32,
    /// What the open transaction is about.
    traits: Traits,
    /// Recipients of the open transaction.
    recipients: Recipients,
    /// In LMTP, those that were accepted and have no reply to the mail yet.
    deliveries: Option<Box<Deliveries>>,
    /// What a trusted peer told.
    told: Option<Box<Told>>,
    bad_commands: u32,
    /// A mail in chunks, between two of them.
    between: Between,
    /// How long the verdict on the question at hand is held back.
    delay: Duration,
    turn: Turn,
}

/// What the client said of itself.
#[derive(Debug)]
struct Greeted {
    name: EhloName,
    extended: bool,
}

/// What the server is doing.
#[derive(Debug)]
enum Phase {
    /// A header of the PROXY protocol is due.
    Proxy,
    /// The greeting is due.
    Greeting,
    /// A command is due.
    Command,
    /// A verdict is due.
    Asking(Question),
    /// A verdict was given, and is said when its time has come.
    Held(Box<(Question, Verdict)>),
    /// The mechanism of a login wants something done.
    Step(Box<Due>),
    /// Octets of a mail are coming in, up to the final dot or the end of a chunk.
    Payload(Box<Incoming>),
    /// Recipients are answered, one by one.
    Delivering,
    /// Nothing more is said.
    Over,
}

/// The question that waits for its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Hello {
        name: EhloName,
        extended: bool,
    },
    Credential,
    Identity(Box<Identity>),
    Mail(Traits),
    /// With the recipient, if it will be answered at the end.
    Rcpt(Option<ForwardPath>),
    Data,
    Bdat(Announced),
    Verdict,
    Deliver,
    /// Whether the answer may be in UTF-8.
    Vrfy {
        utf8: bool,
    },
    /// The same.
    Expn {
        utf8: bool,
    },
    Help,
    Xclient(Attributes),
    Xforward(Attributes),
    Extension,
}

/// What `MAIL` said of the whole transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Traits {
    /// `SMTPUTF8`.
    utf8: bool,
    /// `BODY=BINARYMIME`.
    binary: bool,
}

/// What the embedder answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    /// Yes, in these words or in the server's.
    Accepted(Option<Reply>),
    /// No, in these words.
    Refused(Reply),
}

/// Whether the client may speak (RFC 2920 §3.1: some replies must be waited for).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// At any time.
    Free,
    /// Not before it has read the reply that is said next.
    BehindNextReply,
    /// Not before so many octets were sent.
    Behind(u64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Recipients {
    accepted: u32,
    refused: u32,
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
        let lines = LineReader::new(Terminator::CrLf, limits.line);
        let lines = if config.auth.is_some() { lines.with_secrets() } else { lines };
        Self {
            chassis: Chassis::new(outbox, &config.security, limits.flush_time),
            lines,
            state: State::Start,
            phase: if config.proxy { Phase::Proxy } else { Phase::Greeting },
            ending: Ending::No,
            aborted: None,
            client: None,
            identity: None,
            login: None,
            logins: 0,
            failed_logins: 0,
            traits: Traits::default(),
            recipients: Recipients::default(),
            deliveries: None,
            told: None,
            bad_commands: 0,
            between: Between::Nothing,
            delay: Duration::ZERO,
            turn: Turn::BehindNextReply,
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

    /// What the client calls itself, once that was accepted. Forgotten at a TLS upgrade.
    #[must_use]
    pub fn client_name(&self) -> Option<&EhloName> {
        self.client.as_ref().map(|client| &client.name)
    }

    /// Whether that was said with `EHLO` or `LHLO`, not `HELO`: then `with ESMTP` stands in the `Received` field
    /// (RFC 5321 §4.4).
    #[must_use]
    pub fn is_extended(&self) -> bool {
        self.client.as_ref().is_some_and(|client| client.extended)
    }

    /// What is known of the TLS layer, if one stands.
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.chassis.tls.info()
    }

    /// Whether the session is over: `Closed` follows once everything is flushed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Queues a reply with or without enhanced code, as was announced, and in UTF-8 within a
    /// transaction that is (RFC 6531 §3.7.4.1).
    fn say(&mut self, reply: Reply) {
        self.say_in(reply, self.traits.utf8);
    }

    /// The same, in UTF-8 or in ASCII.
    fn say_in(&mut self, mut reply: Reply, utf8: bool) {
        if self.config.enhanced_status_codes {
            reply.enhance();
        } else {
            reply.strip();
        }
        if !utf8 {
            reply.make_ascii();
        }
        self.say_plain(&reply);
    }

    /// Queues a reply as it is: one unit, shown line by line.
    fn say_plain(&mut self, reply: &Reply) {
        let text: String = reply.wire_lines().collect();
        // A command is taken only while there is room for its reply.
        if self.chassis.out.queue(text.as_bytes()).is_ok() {
            for line in reply.wire_lines() {
                let unit = Unit::Line { octets: line.as_bytes(), secret: &[] };
                self.chassis.show(Direction::Out, unit);
            }
        }
        self.mark_turn();
    }

    /// Ends the session with a last reply.
    fn farewell(&mut self, mut reply: Reply) {
        if !self.config.enhanced_status_codes {
            reply.strip();
        }
        reply.make_ascii();
        let text: String = reply.wire_lines().collect();
        self.chassis.send_farewell(text.as_bytes());
        self.over();
    }

    fn over(&mut self) {
        self.break_off(AbortReason::Discarded);
        self.login = None;
        self.deliveries = None;
        self.state = State::Over;
        self.phase = Phase::Over;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("chassis", &self.chassis)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
