//! Drivers: the loop between a [`Machine`] and a transport that everyone would otherwise write.
//!
//! [`blocking::Driver`] runs over anything that is `Read + Write` with timeouts;
//! `tokio::Driver` (feature `tokio`) over one `AsyncRead + AsyncWrite` stream. Both know the
//! contract of [`crate::wire`] and no protocol. They write on `Wait`, not on `Event`, so the replies
//! to a pipelined group leave together; they keep partial writes, deadlines and what was read
//! behind an upgrade.
//!
//! A transport that fails is the end of the input to the machine: it still tells what became of
//! every mail, and the [`DriveError`] that follows carries the I/O error too.
//!
//! # TLS
//!
//! A machine asks for the upgrade with [`Next::StartTls`]. `upgrade` of the driver takes the token
//! and a function that turns the transport into a protected one; octets that were read ahead come
//! with it. When it fails, the transport is gone: nothing falls back. Here the "engine" protects
//! nothing, a real one is rustls or the like:
//!
//! ```
//! use std::net::TcpStream;
//! use postrider::drive::{DriveError, Next, blocking::Driver};
//! use postrider::pop3::client::{Client, Event};
//! use postrider::pop3::Error;
//! use postrider::wire::{Bytes, TlsInfo};
//!
//! fn handshake(plain: TcpStream, ahead: Bytes) -> std::io::Result<(TcpStream, TlsInfo)> {
//!     # let _ = ahead;
//!     Ok((plain, TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256")))
//! }
//!
//! fn ready(mut driver: Driver<Client, TcpStream>) -> Result<Driver<Client, TcpStream>, DriveError<Error>> {
//!     loop {
//!         match driver.next()? {
//!             Next::StartTls(token) => driver = driver.upgrade(token, handshake)?,
//!             Next::Event(Event::Ready { .. }) | Next::Closed => return Ok(driver),
//!             Next::Event(_) | Next::App => {}
//!         }
//!     }
//! }
//! ```
//!
//! A real engine makes another type of the socket, and with the type of the transport that of the
//! driver would change. Keep both: let the transport be an enum of "plain" and "under TLS" that
//! implements [`Transport`] (blocking) or `AsyncRead + AsyncWrite`, born plain, and let `handshake`
//! take it apart and put it together; the loop above is then all there is. `examples/net` has one of
//! each over rustls, ready to be taken, and these are the rules they keep: what was read ahead is given
//! to the engine before anything from the socket; the handshake ends by a deadline of its own, since
//! no timer of the machine runs meanwhile; a timeout in the middle of a record loses none of it, and
//! bounds a call as a whole, not each read of the socket; an end without `close_notify` is
//! `UnexpectedEof`, which the drivers take for the end of the input (the [`DriveError`] that follows
//! carries it); and closing says `close_notify`: [`Transport::close`], or `poll_shutdown`, which the
//! drivers call at the end of every session. What an engine has taken counts as sent; a peer that
//! stops reading is noticed when the engine takes no more.
//!
//! [`Transport`]: blocking::Transport
//! [`Transport::close`]: blocking::Transport::close
//!
//! TLS from the first octet is told to the config instead: `Security::Implicit(TlsInfo)`.
//!
//! # In tokio
//!
//! The same loop with `.await`. To stop a session, `select!` on `next()` and a signal, then call
//! `machine().shutdown()` and go on to [`Next::Closed`]: the machine says its 421 or BYE at the next
//! legal place. (With the blocking driver, look for the signal between calls of `next_timeout`.) And
//! beside slow work of the embedder, `tend()` keeps the connection alive:
//!
#![cfg_attr(feature = "tokio", doc = "```")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! use postrider::drive::{Next, tokio::Driver};
//! use postrider::imap::server::{Event, Server};
//! use ::tokio::net::TcpStream;
//!
//! async fn is_known(user: &[u8]) -> bool {
//!     # let _ = user;
//!     true // asks a database, and takes its time
//! }
//!
//! async fn serve(server: Server, stream: TcpStream) -> Result<(), Box<dyn std::error::Error>> {
//!     let mut driver = Driver::new(server, stream);
//!     loop {
//!         match driver.next().await? {
//!             Next::Event(Event::Login { user, .. }) => {
//!                 let mut verdict = std::pin::pin!(is_known(&user));
//!                 let known = ::tokio::select! {
//!                     known = &mut verdict => known,
//!                     // The session ended on its own, by a timer for example: `next` tells. A peer
//!                     // that hangs up is noticed when the verdict is given: what it asked before
//!                     // it hung up is still answered.
//!                     ended = driver.tend() => { ended?; continue }
//!                 };
//!                 if known { driver.machine().accept()? } else { postrider::wire::Machine::decline(driver.machine()) }
//!             }
//!             Next::Event(_) => postrider::wire::Machine::decline(driver.machine()),
//!             Next::Closed => return Ok(()),
//!             Next::App | Next::StartTls(_) => {}
//!         }
//!     }
//! }
//! ```

pub mod blocking;
#[cfg(feature = "tokio")]
pub mod tokio;
mod transport;

use core::time::Duration;
use std::io;
use std::vec::Vec;

use bytes::Buf;

use crate::wire::{Inbox, Machine, MachineError, Progress, Timer, TlsInfo, TlsUpgrade};

/// While a machine expects small units, it is read for through an array of this size, and an idle
/// connection owns no buffer.
const SMALL: usize = 2048;
/// How long the last octets may sit in a buffer of the transport itself, such as that of a TLS
/// engine, when the machine is over and runs no timer.
const LAST_FLUSH: Duration = Duration::from_secs(10);

/// What a driver hands to its embedder.
#[must_use]
#[derive(Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an embedder must handle each")]
pub enum Next<E> {
    /// The machine tells something.
    Event(E),
    /// The machine waits for the embedder: a command, a verdict or payload. What was queued is with
    /// the transport. Act on the machine, or, with nothing to say yet, call `next` again to listen to the
    /// peer, `next_timeout` to listen for a while, or `tend` beside other work.
    App,
    /// The handshake is due: see `upgrade` of the driver.
    StartTls(TlsUpgrade),
    /// The session ended in order.
    Closed,
}

/// Why a driver stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriveError<E: MachineError> {
    /// The machine ended with an error, after the transport failed if `io` says so.
    #[error("{error}{}", .io.as_ref().map(|io| format!(" ({io})")).unwrap_or_default())]
    #[non_exhaustive]
    Machine {
        /// What the machine says.
        error: E,
        /// What the transport said before.
        io: Option<io::Error>,
    },
    /// The TLS handshake failed; the machine is gone with the transport.
    #[error("tls handshake failed: {0}")]
    Handshake(io::Error),
    /// The machine waits for nothing that could ever come: it breaks the contract.
    #[error("the machine waits for nothing")]
    Stalled,
}

/// The deadlines of a machine's timers, as durations since the driver began.
#[derive(Debug, Default)]
struct Deadlines {
    running: Vec<(Timer, Duration)>,
}

impl Deadlines {
    /// Takes over what the machine wants now: new pairs of kind and arm start at `now`, gone ones
    /// are forgotten.
    fn sync(&mut self, wanted: &[Timer], now: Duration) {
        self.running.retain(|(timer, _)| wanted.contains(timer));
        for timer in wanted {
            if !self.running.iter().any(|(known, _)| known == timer) {
                self.running.push((*timer, now.saturating_add(timer.after)));
            }
        }
    }

    /// The earliest deadline.
    fn earliest(&self) -> Option<Duration> {
        self.running.iter().map(|(_, due)| *due).min()
    }

    /// Reports every timer that ran out to the machine.
    fn fire(&mut self, machine: &mut impl Machine, now: Duration) {
        while let Some(at) = self.running.iter().position(|(_, due)| *due <= now) {
            let (timer, _) = self.running.swap_remove(at);
            machine.on_timeout(timer);
        }
    }
}

/// What both drivers hold beside the transport.
#[derive(Debug)]
struct Rig<M> {
    machine: M,
    inbox: Inbox,
    deadlines: Deadlines,
    io: Option<io::Error>,
    /// How far the session was when the embedder was last given its turn.
    offered: Option<Progressed>,
    /// When the machine was last polled.
    polled: Duration,
    /// When it was last polled before the embedder had its turn, and how often since.
    away: (Duration, usize),
}

/// Polls behind a turn of the embedder in which the time of that turn does not count: until what it
/// did is written and flushed, the transport was looked at, and what the peer did meanwhile is found.
const LOOKS: usize = 4;

/// How far a session is: octets received, whether they ended, octets sent.
type Progressed = (u64, bool, u64);

impl<M: Machine> Rig<M> {
    fn new(machine: M, inbox: Inbox) -> Self {
        Self {
            machine,
            inbox,
            deadlines: Deadlines::default(),
            io: None,
            offered: None,
            polled: Duration::ZERO,
            away: (Duration::ZERO, LOOKS),
        }
    }

    /// The embedder had its turn, of whatever length.
    fn back(&mut self) {
        self.away = (self.polled, 0);
    }

    /// Polls, with the timers that ran out fired before and the new ones taken over after: an answer
    /// from before a timer fired must not be acted on. What ran out while the embedder was away waits
    /// until the peer was looked at once: the slowness was not the peer's.
    fn poll(&mut self, now: Duration) -> Result<Progress<M::Event>, M::Error> {
        let (left, looks) = self.away;
        self.deadlines.fire(&mut self.machine, if looks < LOOKS { left } else { now });
        self.away = (left, looks.saturating_add(1));
        self.polled = now;
        let answer = self.machine.poll(&mut self.inbox);
        self.deadlines.sync(self.machine.timers(), now);
        if matches!(answer, Ok(Progress::Event(_))) {
            self.offered = None;
        }
        answer
    }

    /// Whether anything happened since the embedder was last given its turn, which it then is. An
    /// embedder that does nothing with its turn must not keep the thread busy.
    fn offer(&mut self) -> bool {
        let received = self.inbox.offset().saturating_add(self.inbox.len() as u64);
        let progressed = (received, self.inbox.is_eof(), self.machine.outbox().sent());
        self.offered.replace(progressed) != Some(progressed)
    }

    fn has_output(&mut self) -> bool {
        self.machine.outbox().has_remaining()
    }

    /// What came of a read into the inbox: nothing at all is the end. A TLS layer that ends without
    /// `close_notify` says `UnexpectedEof`; that too ends only the input, for what was asked before
    /// it is still answered.
    fn took(&mut self, read: io::Result<usize>) {
        match read {
            Ok(0) => self.inbox.set_eof(),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.inbox.set_eof();
                self.io.get_or_insert(error);
            }
            Err(error) => self.lose(error),
        }
    }

    /// The transport failed: to the machine that is the end of the peer.
    fn lose(&mut self, error: io::Error) {
        self.machine.outbox().abandon();
        self.inbox.set_eof();
        self.io.get_or_insert(error);
    }

    fn failed(&mut self, error: M::Error) -> DriveError<M::Error> {
        DriveError::Machine { error, io: self.io.take() }
    }

    /// The machine and its new inbox, on the other side of an upgrade.
    fn upgraded(
        mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
    ) -> Result<(M, Inbox), DriveError<M::Error>> {
        match self.machine.tls_established(token, tls, self.inbox) {
            Ok(inbox) => Ok((self.machine, inbox)),
            Err(error) => Err(DriveError::Machine { error, io: None }),
        }
    }
}
