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
//! with it. Here the "engine" protects nothing, a real one is rustls or the like:
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
//! TLS from the first octet is told to the config instead: `Security::Implicit(TlsInfo)`.
//!
//! # In tokio
//!
//! The same loop with `.await`; and beside slow work of the embedder, `tend()` keeps the connection
//! alive:
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
//!                     // The peer hung up, or a timer ended the session: `next` tells.
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

use core::time::Duration;
use std::io;
use std::vec::Vec;

use bytes::Buf;

use crate::wire::{Inbox, Machine, MachineError, Progress, Timer, TlsInfo, TlsUpgrade};

/// While a machine expects small units, it is read for through an array of this size, and an idle
/// connection owns no buffer.
const SMALL: usize = 2048;

/// What a driver hands to its embedder.
#[must_use]
#[derive(Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "an embedder must handle each")]
pub enum Next<E> {
    /// The machine tells something.
    Event(E),
    /// The machine waits for the embedder: a command, a verdict or payload. What was queued is
    /// flushed.
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
}

impl<M: Machine> Rig<M> {
    fn new(machine: M, inbox: Inbox) -> Self {
        Self { machine, inbox, deadlines: Deadlines::default(), io: None }
    }

    /// Polls, with the timers that ran out fired before and the new ones taken over after: an answer
    /// from before a timer fired must not be acted on.
    fn poll(&mut self, now: Duration) -> Result<Progress<M::Event>, M::Error> {
        self.deadlines.fire(&mut self.machine, now);
        let answer = self.machine.poll(&mut self.inbox);
        self.deadlines.sync(self.machine.timers(), now);
        answer
    }

    fn has_output(&mut self) -> bool {
        self.machine.outbox().has_remaining()
    }

    /// The transport failed: to the machine that is the end of the peer.
    fn lose(&mut self, error: io::Error) {
        let unsent = self.machine.outbox().remaining();
        self.machine.outbox().advance(unsent);
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
