//! The driver for blocking transports.

use core::time::Duration;
use std::io::{self, IoSlice};
use std::time::Instant;

use bytes::Buf;

pub use super::transport::Transport;
use super::{DriveError, LAST_FLUSH, Next, Rig, SMALL};
use crate::wire::{Demand, Inbox, Machine, Progress, TlsInfo, TlsUpgrade};

/// While the transport holds octets back that it took, flushing and reading take turns of this length.
const TURN: Duration = Duration::from_millis(100);

/// A machine, its inbox and its transport.
#[derive(Debug)]
pub struct Driver<M, T> {
    rig: Rig<M>,
    transport: T,
    began: Instant,
    /// What was written may still sit in a buffer of the transport.
    unflushed: bool,
}

impl<M: Machine, T: Transport> Driver<M, T> {
    /// Puts a fresh machine onto a connected transport.
    pub fn new(machine: M, transport: T) -> Self {
        let inbox = machine.new_inbox();
        Self::resume(machine, inbox, transport)
    }

    /// Goes on with the parts of a driver, over the same transport or another.
    pub fn resume(machine: M, inbox: Inbox, transport: T) -> Self {
        let rig = Rig::new(machine, inbox);
        Self { rig, transport, began: Instant::now(), unflushed: false }
    }

    /// Takes the driver apart.
    pub fn into_parts(self) -> (M, Inbox, T) {
        (self.rig.machine, self.rig.inbox, self.transport)
    }

    /// The machine, to give it commands, verdicts and payload.
    pub fn machine(&mut self) -> &mut M {
        &mut self.rig.machine
    }

    /// The transport, to ask it for the address of the peer.
    pub fn transport(&mut self) -> &mut T {
        &mut self.transport
    }

    /// Runs until there is something for the embedder. [`Next::App`] comes once after anything
    /// happened: an embedder that has nothing to do calls again, and the driver listens to the peer.
    ///
    /// # Errors
    ///
    /// When the machine ended with an error; its farewell is written out before.
    #[expect(clippy::should_implement_trait, reason = "the name that quinn and tokio taught")]
    pub fn next(&mut self) -> Result<Next<M::Event>, DriveError<M::Error>> {
        self.run(None)
    }

    /// As [`Driver::next`], but where the machine waits for peer and embedder alike, listens to the
    /// peer for up to `patience` before it answers [`Next::App`].
    ///
    /// # Errors
    ///
    /// As [`Driver::next`].
    pub fn next_timeout(
        &mut self,
        patience: Duration,
    ) -> Result<Next<M::Event>, DriveError<M::Error>> {
        self.run(Some(self.began.elapsed().saturating_add(patience)))
    }

    /// Carries out the upgrade behind [`Next::StartTls`]: `handshake` turns the transport into a
    /// protected one. Octets that were read ahead are its second argument. No timer of the machine
    /// runs meanwhile: the handshake must know a deadline of its own.
    ///
    /// # Errors
    ///
    /// [`DriveError::Handshake`], or what the machine says.
    pub fn upgrade<U: Transport>(
        mut self,
        token: TlsUpgrade,
        handshake: impl FnOnce(T, bytes::Bytes) -> io::Result<(U, TlsInfo)>,
    ) -> Result<Driver<M, U>, DriveError<M::Error>> {
        if self.unflushed {
            // The peer begins only when it has the last word in clear text. Should this fail, so does
            // the handshake.
            self.last(T::flush);
        }
        let ahead = self.rig.inbox.take_tls_prefix(&token);
        let (transport, tls) = handshake(self.transport, ahead).map_err(DriveError::Handshake)?;
        let (machine, inbox) = self.rig.upgraded(token, tls)?;
        Ok(Driver::resume(machine, inbox, transport))
    }

    /// `until`: when [`Next::App`] is due although the peer may say something; `None`: at once, but
    /// once only.
    fn run(&mut self, until: Option<Duration>) -> Result<Next<M::Event>, DriveError<M::Error>> {
        let mut tried = false;
        self.rig.back();
        loop {
            let answer = self.rig.poll(self.began.elapsed());
            let busy = self.rig.has_output();
            let turn = self.unflushed.then(|| self.began.elapsed().saturating_add(TURN));
            match answer {
                Ok(Progress::Event(event)) => return Ok(Next::Event(event)),
                Ok(Progress::StartTls(token)) => return Ok(Next::StartTls(token)),
                Ok(Progress::Closed) => {
                    self.last(T::close);
                    return Ok(Next::Closed);
                }
                Ok(Progress::Wait { .. }) | Err(_) if busy => self.flush(None),
                // What the transport itself holds is out of the machine's sight, and its timers: that
                // must not keep the embedder waiting.
                Ok(Progress::Wait { .. }) if self.unflushed && !tried => {
                    tried = true;
                    self.flush(turn);
                }
                Ok(Progress::Wait { input, app: true }) if !input || self.is_turn(until) => {
                    return Ok(Next::App);
                }
                Ok(Progress::Wait { input: true, app }) => {
                    self.fill(until.filter(|_| app).into_iter().chain(turn).min());
                    tried = false;
                }
                Ok(Progress::Wait { input: false, .. }) => {
                    std::thread::sleep(self.bound(turn).ok_or(DriveError::Stalled)?);
                    tried = false;
                }
                Err(error) => {
                    self.last(T::close);
                    return Err(self.rig.failed(error));
                }
            }
        }
    }

    /// Asks for the last octets to leave, when no timer of the machine bounds that any more. Should
    /// it fail or take too long, nothing is left to tell the peer.
    fn last(&mut self, ask: impl Fn(&mut T) -> io::Result<()>) {
        self.unflushed = false;
        let by = self.began.elapsed().saturating_add(LAST_FLUSH);
        loop {
            let left = by.saturating_sub(self.began.elapsed());
            let timed = self.transport.set_write_timeout(Some(left));
            let asked = timed.and_then(|()| ask(&mut self.transport));
            if left.is_zero() || !asked.is_err_and(|error| is_passing(&error)) {
                return;
            }
            // Sooner than asked for: not at once again.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn is_turn(&mut self, until: Option<Duration>) -> bool {
        until.map_or_else(|| self.rig.offer(), |until| until <= self.began.elapsed())
    }

    /// How long to wait at most: to the first deadline or to `patience`.
    fn bound(&self, patience: Option<Duration>) -> Option<Duration> {
        let due = self.rig.deadlines.earliest().into_iter().chain(patience).min()?;
        // A timeout of zero means "none" to sockets.
        Some(due.saturating_sub(self.began.elapsed()).max(Duration::from_millis(1)))
    }

    fn flush(&mut self, patience: Option<Duration>) {
        let bound = self.bound(patience);
        let flushed = self.transport.set_write_timeout(bound).and_then(|()| self.write());
        flushed.unwrap_or_else(|error| self.fault(error));
    }

    fn write(&mut self) -> io::Result<()> {
        if self.rig.has_output() {
            let mut slices = [IoSlice::new(&[]); 16];
            let filled = self.rig.machine.outbox().slices(&mut slices);
            let slices = slices.get(..filled).unwrap_or_default();
            self.unflushed = true;
            match self.transport.write_vectored(slices)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                n => self.rig.machine.outbox().advance(n),
            }
        }
        if !self.rig.has_output() {
            self.transport.flush()?;
            self.unflushed = false;
        }
        Ok(())
    }

    fn fill(&mut self, patience: Option<Duration>) {
        let bound = self.bound(patience);
        let mut small = [0; SMALL];
        let inbox = &mut self.rig.inbox;
        let direct = inbox.demand() == Demand::Payload;
        let read = self.transport.set_read_timeout(bound).and_then(|()| {
            if direct && let Some(spare) = inbox.spare_init() {
                let n = self.transport.read(spare)?;
                inbox.commit(n);
                return Ok(n);
            }
            let n = self
                .transport
                .read(small.get_mut(..inbox.room().min(SMALL)).unwrap_or_default())?;
            Ok(inbox.extend(small.get(..n).unwrap_or_default()))
        });
        match read {
            Err(error) if is_passing(&error) => {}
            read => self.rig.took(read),
        }
    }

    fn fault(&mut self, error: io::Error) {
        if !is_passing(&error) {
            self.unflushed = false;
            self.rig.lose(error);
        }
    }
}

/// A timeout is what the deadlines are for; anything else is the end of the peer.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}
