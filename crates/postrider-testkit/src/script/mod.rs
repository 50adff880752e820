//! A peer that says and expects what is written down.

mod dialogue;
mod stage;
mod stream;

pub use dialogue::Dialogue;
pub use stage::Mismatch;
pub use stream::ScriptStream;

use bytes::Buf;
use postrider_wire::{Inbox, Machine, Progress, Timer, TimerKind, TlsInfo, TlsUpgrade};

use self::stage::{Stage, Step};
use crate::run::{Outcome, Run, Told};
use crate::scenario::Embedder;

/// What a peer says and expects, step by step.
///
/// ```
/// use postrider_testkit::toy::Server;
/// use postrider_testkit::{Outcome, Script};
///
/// let script = Script::new()
///     .expect_line("+ ")
///     .send("MAIL\r\n")
///     .expect("= go ahead\r\n")
///     .send("Dear Bob\r\n")
///     .eof();
/// let (server, embedder) = Server::with_embedder();
/// let run = script.play(server, embedder)?;
/// assert_eq!(run.payload(), b"Dear Bob\r\n");
/// assert!(matches!(run.outcome(), Outcome::Failed(_)));
/// # Ok::<(), postrider_testkit::Mismatch>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Script {
    steps: Vec<Step>,
}

impl Script {
    /// A peer that says and expects nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The peer sends these octets.
    #[must_use]
    pub fn send(self, octets: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Send(octets.into()))
    }

    /// The machine's next octets must be these.
    #[must_use]
    pub fn expect(self, octets: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Expect(octets.into()))
    }

    /// The machine's next line must begin with these octets.
    #[must_use]
    pub fn expect_line(self, prefix: impl Into<Vec<u8>>) -> Self {
        self.step(Step::ExpectLine(prefix.into()))
    }

    /// The machine must ask for TLS now, which is then established.
    #[must_use]
    pub fn tls(self) -> Self {
        self.step(Step::Tls)
    }

    /// The peer sends nothing more.
    #[must_use]
    pub fn eof(self) -> Self {
        self.step(Step::Eof)
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Plays the peer against `machine` until the machine ends, or waits when the script is over.
    ///
    /// # Errors
    ///
    /// The first step that the machine did not follow, or what it said unasked.
    pub fn play<M: Machine>(
        &self,
        machine: M,
        embedder: Box<dyn Embedder<M>>,
    ) -> Result<Run<M>, Mismatch> {
        let inbox = machine.new_inbox();
        let stage = Stage::new(&self.steps);
        Play { machine, embedder, inbox, stage, run: Run::new() }.play()
    }

    /// The peer as a stream, for drivers.
    #[must_use]
    pub fn stream(&self) -> ScriptStream {
        ScriptStream::new(Stage::new(&self.steps))
    }
}

struct Play<M: Machine> {
    machine: M,
    embedder: Box<dyn Embedder<M>>,
    inbox: Inbox,
    stage: Stage,
    run: Run<M>,
}

impl<M: Machine> Play<M> {
    fn play(mut self) -> Result<Run<M>, Mismatch> {
        let outcome = loop {
            match self.machine.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => {
                    self.embedder.on_event(&mut self.machine, &event);
                    self.run.record(event);
                }
                Ok(Progress::Wait { input, app }) => {
                    if !self.wait(input, app)? {
                        break Outcome::Waiting { input, app };
                    }
                }
                Ok(Progress::StartTls(token)) => {
                    if let Err(error) = self.upgrade(token)? {
                        break Outcome::Failed(error);
                    }
                }
                Ok(Progress::Closed) => break Outcome::Closed,
                Err(error) => break Outcome::Failed(error),
            }
        };
        self.flush()?;
        if !matches!(outcome, Outcome::Waiting { .. }) {
            self.stage.expects_nothing()?;
        }
        self.stage.heard_nothing_else()?;
        self.run.outcome = outcome;
        Ok(self.run)
    }

    /// Does what the machine needs; false when there is nothing that could be done.
    fn wait(&mut self, input: bool, app: bool) -> Result<bool, Mismatch> {
        if self.flush()? || (app && self.embedder.on_wait(&mut self.machine)) {
            return Ok(true);
        }
        if !input {
            // Held back on purpose: let the time pass.
            let earliest = self.machine.timers().iter().copied().min_by_key(|timer| timer.after);
            let waits = if app { None } else { earliest };
            return Ok(waits.map(|timer| self.machine.on_timeout(timer)).is_some());
        }
        if self.stage.expects_more() && self.let_delay_pass() {
            return Ok(true);
        }
        self.stage.expects_nothing()?;
        if let Some(octets) = self.stage.to_send() {
            let n = self.inbox.extend(octets);
            self.stage.sent(n);
            return Ok(n > 0);
        }
        let ends = self.stage.at_eof() && !self.inbox.is_eof();
        if ends {
            self.inbox.set_eof();
            self.stage.passed_eof();
        }
        Ok(ends)
    }

    /// A reply that is held back on purpose is waited for, as in [`crate::Pair`].
    fn let_delay_pass(&mut self) -> bool {
        let is_delay = |timer: &&Timer| timer.kind == TimerKind::Delay;
        let delay = self.machine.timers().iter().find(is_delay).copied();
        delay.map(|timer| self.machine.on_timeout(timer)).is_some()
    }

    fn flush(&mut self) -> Result<bool, Mismatch> {
        let outbox = self.machine.outbox();
        let octets = outbox.copy_to_bytes(outbox.remaining());
        self.run.output.extend_from_slice(&octets);
        self.stage.hear(&octets)?;
        Ok(!octets.is_empty())
    }

    fn upgrade(&mut self, token: TlsUpgrade) -> Result<Result<(), M::Error>, Mismatch> {
        self.stage.upgrade()?;
        self.run.told.push(Told::Tls);
        let plain = core::mem::replace(&mut self.inbox, Inbox::new(1));
        let fresh = self.machine.tls_established(token, TlsInfo::new(), plain);
        Ok(fresh.map(|fresh| self.inbox = fresh))
    }
}
