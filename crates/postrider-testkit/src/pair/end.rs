//! One end of a simulated connection: a machine, its embedder, its clock.

use core::time::Duration;

use bytes::Buf;
use postrider_wire::{Inbox, Machine, Progress, Timer, TimerKind, TlsInfo, TlsUpgrade};

use super::pipe::Pipe;
use crate::random::Random;
use crate::run::{Outcome, Run, Told};
use crate::scenario::Embedder;

pub(crate) struct End<M: Machine> {
    machine: M,
    embedder: Box<dyn Embedder<M>>,
    inbox: Inbox,
    run: Run<M>,
    deadlines: Vec<(Timer, Duration)>,
    token: Option<TlsUpgrade>,
    over: bool,
    /// Whether what it tells and sends is kept.
    forgets: bool,
    /// Octets that it sent.
    sent: usize,
}

impl<M: Machine> End<M> {
    pub(crate) fn new((machine, embedder): (M, Box<dyn Embedder<M>>), forgets: bool) -> Self {
        let (inbox, run) = (machine.new_inbox(), Run::new());
        let deadlines = Vec::new();
        let (token, over, sent) = (None, false, 0);
        Self { machine, embedder, inbox, run, deadlines, token, over, forgets, sent }
    }

    /// Does one thing; false when there is nothing to do before something arrives or fires.
    pub(crate) fn step(
        &mut self,
        now: Duration,
        rx: &mut Pipe,
        tx: &mut Pipe,
        random: &mut Random,
    ) -> bool {
        if self.over {
            return self.hang_up(now, rx, tx, random);
        }
        if self.token.is_some() {
            return false;
        }
        match self.machine.poll(&mut self.inbox) {
            Ok(Progress::Event(event)) => {
                self.embedder.on_event(&mut self.machine, &event);
                if !self.forgets {
                    self.run.record(event);
                }
                true
            }
            Ok(Progress::Wait { input, app }) => {
                self.run.outcome = Outcome::Waiting { input, app };
                self.keep_time(now);
                self.write(now, tx, random)
                    || (app && self.is_flushed() && self.embedder.on_wait(&mut self.machine))
                    || (input && self.read(now, rx, random))
            }
            Ok(Progress::StartTls(token)) => {
                self.token = Some(token);
                true
            }
            Ok(Progress::Closed) => self.end(Outcome::Closed, now),
            Err(error) => self.end(Outcome::Failed(error), now),
        }
    }

    fn end(&mut self, outcome: Outcome<M::Error>, now: Duration) -> bool {
        self.run.outcome = outcome;
        self.over = true;
        self.keep_time(now);
        true
    }

    /// Sends what is left, then closes.
    fn hang_up(
        &mut self,
        now: Duration,
        rx: &mut Pipe,
        tx: &mut Pipe,
        random: &mut Random,
    ) -> bool {
        rx.abandon();
        if self.is_flushed() {
            tx.close(now);
            return false;
        }
        self.write(now, tx, random)
    }

    fn write(&mut self, now: Duration, tx: &mut Pipe, random: &mut Random) -> bool {
        let outbox = self.machine.outbox();
        let most = outbox.chunk().len().min(tx.room());
        let n = cut(most, random);
        tx.write(&outbox.chunk()[..n], now);
        if !self.forgets {
            self.run.output.extend_from_slice(&outbox.chunk()[..n]);
        }
        self.sent += n;
        outbox.advance(n);
        n > 0
    }

    fn read(&mut self, now: Duration, rx: &mut Pipe, random: &mut Random) -> bool {
        assert!(!self.inbox.is_full(), "law 8: the machine waits for input with a full inbox");
        let octets = rx.read(cut(self.inbox.room(), random), now);
        if octets.is_empty() {
            let ends = rx.at_end(now);
            assert!(!(ends && self.inbox.is_eof()), "law 2: waits for input after its end");
            if ends {
                self.inbox.set_eof();
            }
            return ends;
        }
        self.inbox.extend(&octets);
        true
    }

    // --- time ---

    fn keep_time(&mut self, now: Duration) {
        if self.over && self.is_flushed() {
            self.deadlines.clear();
            return;
        }
        let timers = self.machine.timers();
        let known = |timer: &Timer, deadlines: &[(Timer, Duration)]| {
            deadlines.iter().any(|(old, _)| old.kind == timer.kind && old.arm == timer.arm)
        };
        self.deadlines.retain(|(old, _)| timers.contains(old));
        for timer in timers {
            if !known(timer, &self.deadlines) {
                self.deadlines.push((*timer, now + timer.after));
            }
        }
    }

    /// When the next timer runs out: the next that is set on purpose, unless `any` will do.
    pub(crate) fn deadline(&self, any: bool) -> Option<Duration> {
        let due = |(timer, at): &(Timer, Duration)| {
            (any || timer.kind == TimerKind::Delay).then_some(*at)
        };
        self.deadlines.iter().filter_map(due).min()
    }

    pub(crate) fn fire_due(&mut self, now: Duration, any: bool) {
        let due: Vec<_> = self.deadlines.iter().filter(|(_, at)| *at <= now).copied().collect();
        for (timer, _) in due {
            if any || timer.kind == TimerKind::Delay {
                self.machine.on_timeout(timer);
            }
        }
        self.keep_time(now);
    }

    // --- TLS ---

    pub(crate) fn wants_tls(&self) -> bool {
        self.token.is_some()
    }

    pub(crate) fn establish(&mut self, now: Duration) {
        let Some(token) = self.token.take() else { return };
        let plain = core::mem::replace(&mut self.inbox, Inbox::new(1));
        self.run.told.push(Told::Tls);
        match self.machine.tls_established(token, TlsInfo::new(), plain) {
            Ok(fresh) => self.inbox = fresh,
            Err(error) => {
                self.end(Outcome::Failed(error), now);
            }
        }
    }

    fn is_flushed(&mut self) -> bool {
        !self.machine.outbox().has_remaining()
    }

    /// Octets that went in or out.
    pub(crate) fn moved(&self) -> usize {
        10 * (self.sent + self.inbox.offset() as usize)
    }

    pub(crate) fn is_over(&mut self) -> bool {
        self.over && self.is_flushed()
    }

    pub(crate) fn into_run(self) -> Run<M> {
        self.run
    }
}

/// How many of `most` octets go at once: often one, often all, else some.
fn cut(most: usize, random: &mut Random) -> usize {
    match random.below(4) {
        0 => most.min(1),
        1 => most,
        _ => most.min(1 + random.below(most)),
    }
}
