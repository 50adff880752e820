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

pub mod blocking;
#[cfg(feature = "tokio")]
pub mod tokio;

use core::time::Duration;
use std::io;
use std::vec::Vec;

use bytes::Buf;

use crate::wire::{Inbox, Machine, MachineError, Timer, TlsInfo, TlsUpgrade};

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

    /// Fires what ran out and takes over new timers.
    fn tick(&mut self, now: Duration) {
        self.deadlines.fire(&mut self.machine, now);
        self.deadlines.sync(self.machine.timers(), now);
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
