//! What every machine carries: outbox, timers, TLS state, tap and the sticky end.

use alloc::boxed::Box;
use core::fmt;
use core::ops::Range;
use core::time::Duration;

use bytes::Bytes;

use crate::dot::{StuffError, Stuffer};
use crate::{
    Direction, Full, Inbox, MachineError, OutboxWriter, Progress, Security, Tap, Timer, TimerKind,
    Timers, TlsInfo, TlsState, TlsUpgrade, Unit, UpgradeFault,
};

/// The parts that all machines share, so that their rules are written once.
pub struct Chassis<E> {
    /// The writing end of the outbox.
    pub out: OutboxWriter,
    /// The running timers.
    pub timers: Timers,
    /// Where the session stands between clear text and TLS.
    pub tls: TlsState,
    tap: Option<Box<dyn Tap + Send>>,
    failed: Option<E>,
    flush: Duration,
    /// How much had left the outbox when that was last looked at.
    sent: u64,
}

impl<E: MachineError> Chassis<E> {
    /// An outbox of `outbox` octets, and `flush` as the time that a farewell may take.
    #[must_use]
    pub fn new(outbox: usize, security: &Security, flush: Duration) -> Self {
        Self {
            out: OutboxWriter::new(outbox),
            timers: Timers::new(),
            tls: TlsState::new(security),
            tap: None,
            failed: None,
            flush,
            sent: 0,
        }
    }

    /// Sets the tap that sees every unit from now on.
    pub fn set_tap(&mut self, tap: Box<dyn Tap + Send>) {
        self.tap = Some(tap);
    }

    /// Shows a unit to the tap. Units in are shown when they are consumed, units out when they are
    /// queued; [`Chassis::send`] shows its line itself.
    pub fn show(&mut self, direction: Direction, unit: Unit<'_>) {
        if let Some(tap) = &mut self.tap {
            tap.unit(direction, unit);
        }
    }

    /// Shows a received line in which the octets of `secret` are credentials.
    pub fn show_line_in(&mut self, octets: &[u8], secret: &[Range<usize>]) {
        self.show(Direction::In, Unit::Line { octets, secret });
    }

    /// Queues a line.
    ///
    /// # Errors
    ///
    /// [`Full`], with nothing queued.
    pub fn send(&mut self, line: &[u8]) -> Result<(), Full> {
        self.out.queue(line)?;
        self.show(Direction::Out, Unit::Line { octets: line, secret: &[] });
        Ok(())
    }

    /// Queues a line in which the octets of `secret` are credentials; it is wiped once it was sent.
    ///
    /// # Errors
    ///
    /// [`Full`], with nothing queued.
    pub fn send_secret(&mut self, line: &[u8], secret: &[Range<usize>]) -> Result<(), Full> {
        if secret.is_empty() {
            return self.send(line);
        }
        self.out.queue_secret(line)?;
        self.show(Direction::Out, Unit::Line { octets: line, secret });
        Ok(())
    }

    /// Queues the last line of a session into the room kept for it. When even that is used up the
    /// line is dropped: the peer has not been reading anyway.
    pub fn send_farewell(&mut self, line: &[u8]) {
        if self.out.queue_farewell(line).is_ok() {
            self.show(Direction::Out, Unit::Line { octets: line, secret: &[] });
        }
    }

    /// Moves what fits of a payload into the outbox, shows it, and returns how many octets that were.
    pub fn send_payload(&mut self, payload: &mut Bytes) -> usize {
        let mut shown = payload.clone();
        let n = self.out.queue_payload(payload);
        shown.truncate(n);
        self.show(Direction::Out, Unit::Payload(&shown));
        n
    }

    /// The same through dot-stuffing.
    ///
    /// # Errors
    ///
    /// As [`Stuffer::encode`]; nothing is shown then.
    pub fn send_stuffed(
        &mut self,
        stuffer: &mut Stuffer,
        payload: &mut Bytes,
    ) -> Result<usize, StuffError> {
        let mut shown = payload.clone();
        let n = stuffer.encode(payload, &mut self.out)?;
        shown.truncate(n);
        self.show(Direction::Out, Unit::Payload(&shown));
        Ok(n)
    }

    /// The error that ended this machine, if one did.
    #[must_use]
    pub fn failed(&self) -> Option<&E> {
        self.failed.as_ref()
    }

    /// Ends the machine: this error is the answer from now on, unless an earlier one is. What waits
    /// in the outbox may still be flushed, within the flush time.
    pub fn fail(&mut self, error: E) -> E {
        let error = self.failed.get_or_insert(error).clone();
        self.timers.stop_all();
        if !self.out.is_empty() {
            self.timers.start(TimerKind::Flush, self.flush);
        }
        error
    }

    /// The answer of a machine whose session is over: flush within the flush time, then closed.
    pub fn close<Ev>(&mut self) -> Progress<Ev> {
        if self.out.is_empty() {
            self.timers.stop_all();
            return Progress::Closed;
        }
        self.timers.stop_all_but(TimerKind::Flush);
        self.timers.ensure(TimerKind::Flush, self.flush);
        Progress::Wait { input: false, app: false }
    }

    /// The part of [`crate::Machine::tls_established`] that all machines share: ends the upgrade and
    /// shows it to the tap. What was learned in clear text is the machine's to forget.
    ///
    /// # Errors
    ///
    /// The error that ended this machine, if one did. What `error` makes of
    /// [`UpgradeFault::NotDue`], which is the embedder's fault and ends nothing that is open here;
    /// and of plaintext behind the upgrade, which ends the machine.
    pub fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: &Inbox,
        error: impl FnOnce(UpgradeFault) -> E,
    ) -> Result<(), E> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        match self.tls.establish(token, tls, plain) {
            Ok(()) => {
                self.show(Direction::In, Unit::Tls);
                Ok(())
            }
            Err(UpgradeFault::NotDue) => Err(error(UpgradeFault::NotDue)),
            Err(fault) => Err(self.fail(error(fault))),
        }
    }

    /// Runs [`TimerKind::Progress`] while something waits to be read by the peer, anew whenever some
    /// of it was: a peer may be slow, but not stand still. With an empty outbox it is not the peer
    /// that is waited for.
    pub fn watch_flush(&mut self, progress: Duration) {
        let moved = core::mem::replace(&mut self.sent, self.out.sent()) != self.out.sent();
        if self.out.is_empty() {
            self.timers.stop(TimerKind::Progress);
        } else if moved {
            self.timers.start(TimerKind::Progress, progress);
        } else {
            self.timers.ensure(TimerKind::Progress, progress);
        }
    }

    /// Takes a fired timer off the list. A stale one and [`TimerKind::Flush`], which is handled
    /// here by giving up on the outbox, come back as `None`.
    pub fn fired(&mut self, timer: Timer) -> Option<TimerKind> {
        match self.timers.take_fired(timer)? {
            TimerKind::Flush => {
                self.out.clear();
                None
            }
            kind => Some(kind),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Chassis<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chassis")
            .field("out", &self.out)
            .field("timers", &self.timers.as_slice())
            .field("tls", &self.tls)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
