//! Timers without a clock.

use core::time::Duration;

/// How many timers a machine may run at once.
const MOST: usize = 4;

/// A timer that a machine asks its driver to keep.
///
/// A driver keeps `(kind, arm) → deadline`: it starts counting when it first sees the pair and
/// forgets it when the pair is gone. A machine restarts a timer by giving it a new `arm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Timer {
    /// What it bounds.
    pub kind: TimerKind,
    /// How long after the driver first sees it.
    pub after: Duration,
    /// Which start of this kind it is.
    pub arm: u32,
}

/// What a timer bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimerKind {
    /// The wait of a client for the reply that is due (RFC 5321 §4.5.3.2).
    Reply,
    /// The wait of a server for the next command: autologout (RFC 1939 §3, RFC 9051 §5.4).
    Idle,
    /// The wait for the next piece of a payload, in either direction: against slow peers.
    Progress,
    /// A reply that is held back on purpose; when it fires, the reply leaves.
    Delay,
    /// What keeps a session alive is due again, such as the IDLE of a client (RFC 2177). Nothing is
    /// wrong when it fires.
    Renewal,
    /// The time left to flush a farewell; when it fires, the peer is dead.
    Flush,
}

/// The timers of one machine: at most four, and at most one of a kind.
#[derive(Clone, Debug)]
pub struct Timers {
    slots: [Timer; MOST],
    running: usize,
    arms: u32,
}

impl Default for Timers {
    fn default() -> Self {
        let unused = Timer { kind: TimerKind::Reply, after: Duration::ZERO, arm: 0 };
        Self { slots: [unused; MOST], running: 0, arms: 0 }
    }
}

impl Timers {
    /// No timer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts, or restarts, the timer of this kind. A fifth kind at once is not started; no machine
    /// of ours needs one.
    pub fn start(&mut self, kind: TimerKind, after: Duration) {
        self.stop(kind);
        self.arms = self.arms.wrapping_add(1);
        if let Some(slot) = self.slots.get_mut(self.running) {
            *slot = Timer { kind, after, arm: self.arms };
            self.running = self.running.saturating_add(1);
        }
    }

    /// Starts the timer of this kind unless it runs.
    pub fn ensure(&mut self, kind: TimerKind, after: Duration) {
        if !self.is_running(kind) {
            self.start(kind, after);
        }
    }

    /// Stops the timer of this kind, if it runs.
    pub fn stop(&mut self, kind: TimerKind) {
        if let Some(at) = self.as_slice().iter().position(|timer| timer.kind == kind) {
            self.running = self.running.saturating_sub(1);
            self.slots.swap(at, self.running);
        }
    }

    /// Stops all.
    pub fn stop_all(&mut self) {
        self.running = 0;
    }

    /// Stops all of other kinds.
    pub fn stop_all_but(&mut self, kind: TimerKind) {
        let kept = self.as_slice().iter().find(|timer| timer.kind == kind).copied();
        self.running = 0;
        if let (Some(kept), Some(slot)) = (kept, self.slots.first_mut()) {
            *slot = kept;
            self.running = 1;
        }
    }

    /// Whether a timer of this kind runs.
    #[must_use]
    pub fn is_running(&self, kind: TimerKind) -> bool {
        self.as_slice().iter().any(|timer| timer.kind == kind)
    }

    /// Takes a fired timer off the list and returns its kind, or `None` when it is stale: stopped or
    /// restarted since.
    pub fn take_fired(&mut self, fired: Timer) -> Option<TimerKind> {
        let current = |timer: &Timer| timer.kind == fired.kind && timer.arm == fired.arm;
        if !self.as_slice().iter().any(current) {
            return None;
        }
        self.stop(fired.kind);
        Some(fired.kind)
    }

    /// All that run.
    #[must_use]
    pub fn as_slice(&self) -> &[Timer] {
        self.slots.get(..self.running).unwrap_or_default()
    }
}
