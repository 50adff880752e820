//! One run of a scenario: a driver that is as mean as its plan.

use core::fmt;

use bytes::Buf;
use postrider_wire::{
    Demand, Inbox, Machine, MachineEvent, Progress, Side, Timer, TimerKind, TlsInfo, TlsUpgrade,
    Transcript, TranscriptLog,
};

use crate::run::{Outcome, Run, Told};
use crate::scenario::{Embedder, Role, Scenario};
use crate::secrets;

/// How a run differs from the plain one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) cuts: Cuts,
    /// Only so many octets of the stream arrive.
    pub(crate) until: Option<usize>,
    pub(crate) end: PeerEnd,
    /// The end of input is seen together with its last octets.
    pub(crate) early_end: bool,
    pub(crate) flush: Flush,
    /// The embedder hears of questions only when nothing else is left to do in this turn.
    pub(crate) late_embedder: bool,
    /// Poll twice at every wait (law 5).
    pub(crate) repoll: bool,
    /// Fire timers of other arms at every quiescent point (law 3).
    pub(crate) stale: bool,
    pub(crate) fire: Option<Fire>,
    /// Call `shutdown()`, twice, when so many octets have arrived.
    pub(crate) shutdown: Option<Shutdown>,
    /// Look for secrets in every rendering (law 12).
    pub(crate) render: bool,
    /// Throw events and output away (law 6).
    pub(crate) forget: bool,
}

/// Where the stream is cut, besides the ends of turns.
#[derive(Clone, Debug, Default)]
pub(crate) enum Cuts {
    #[default]
    None,
    Every,
    /// Ascending.
    At(Vec<usize>),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PeerEnd {
    /// As the scenario says.
    #[default]
    Given,
    Eof,
    Silent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flush {
    /// All at once.
    #[default]
    All,
    /// An octet, then a poll.
    Octet,
    /// Only when nothing else is left to do in this turn.
    Late,
}

/// Fire the `nth` running timer when `at` octets have arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fire {
    pub(crate) at: usize,
    pub(crate) nth: usize,
    /// While the outbox waits to be flushed, instead of after.
    pub(crate) stalled: bool,
}

/// Call `shutdown()` when `at` octets have arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shutdown {
    pub(crate) at: usize,
    /// While the outbox waits to be flushed, instead of after.
    pub(crate) stalled: bool,
}

pub(crate) struct Drive<'a, M: Machine> {
    scenario: &'a Scenario<M>,
    plan: &'a Plan,
    machine: M,
    embedder: Box<dyn Embedder<M>>,
    inbox: Inbox,
    run: Run<M>,
    /// Octets of the stream that arrived.
    fed: usize,
    sent: usize,
    polls: usize,
    fired: bool,
    shut_down: bool,
    payload_open: bool,
    log: Option<TranscriptLog>,
    /// A question that a late embedder has not heard of.
    unheard: Option<M::Event>,
    /// How many events that are no payload came.
    events: usize,
}

impl<'a, M: Machine + 'static> Drive<'a, M> {
    pub(crate) fn new(scenario: &'a Scenario<M>, plan: &'a Plan) -> Self {
        let (mut machine, embedder) = (scenario.make)();
        let mut log = None;
        if let (true, Some(set_tap)) = (plan.render, &scenario.set_tap) {
            let text = TranscriptLog::new(1 << 20);
            set_tap(&mut machine, Box::new(Transcript::new(Side::Server, text.clone())));
            log = Some(text);
        }
        let inbox = machine.new_inbox();
        Self {
            scenario,
            plan,
            machine,
            embedder,
            inbox,
            run: Run::new(),
            fed: 0,
            sent: 0,
            polls: 0,
            fired: false,
            shut_down: false,
            payload_open: false,
            log,
            unheard: None,
            events: 0,
        }
    }

    /// Runs to the end; `None` when an event was taken for a question and was none: the scenario
    /// then knows that for the next try.
    pub(crate) fn run(mut self) -> Option<Run<M>> {
        let outcome = loop {
            match self.poll() {
                Ok(Progress::Event(_)) if self.unheard.is_some() => {
                    self.scenario.no_questions.borrow_mut().insert(self.events);
                    return None;
                }
                Ok(Progress::Event(event)) => self.event(event),
                Ok(Progress::Wait { input, app }) => {
                    if let Some(outcome) = self.wait(input, app) {
                        break outcome;
                    }
                }
                Ok(Progress::StartTls(token)) => {
                    if let Err(error) = self.upgrade(token) {
                        break Outcome::Failed(error);
                    }
                }
                Ok(Progress::Closed) => break Outcome::Closed,
                Err(error) => break Outcome::Failed(error),
            }
        };
        Some(self.finish(outcome))
    }

    fn poll(&mut self) -> Result<Progress<M::Event>, M::Error> {
        self.run.largest_inbox = self.run.largest_inbox.max(self.inbox.limit());
        self.polls += 1;
        if self.polls > 10_000 + 100 * (self.fed + self.sent) {
            self.broken(11, "the machine is polled without end and gets nowhere");
        }
        self.machine.poll(&mut self.inbox)
    }

    fn event(&mut self, event: M::Event) {
        self.check_role(&event);
        if self.plan.render && event.payload().is_none() {
            self.check_secrets("an event", &format!("{event:?} {event:#?}"));
        }
        self.events += usize::from(event.payload().is_none());
        let is_question = event.payload().is_none()
            && !self.scenario.no_questions.borrow().contains(&self.events);
        self.unheard = Some(event);
        if !self.plan.late_embedder || !is_question {
            self.tell_embedder();
        }
    }

    /// Lets the embedder hear of what it has not heard of; false when that is nothing.
    fn tell_embedder(&mut self) -> bool {
        let Some(event) = self.unheard.take() else { return false };
        self.embedder.on_event(&mut self.machine, &event);
        self.record(event);
        true
    }

    fn record(&mut self, event: M::Event) {
        if !self.plan.forget {
            self.run.record(event);
        }
    }

    /// Does what a waiting machine needs, the first of: flush, embedder, octets, end, time.
    fn wait(&mut self, input: bool, app: bool) -> Option<Outcome<M::Error>> {
        self.check_wait(input, app);
        if self.machine.outbox().has_remaining() {
            let late = self.plan.flush == Flush::Late || self.scenario.in_one_breath;
            if self.fire(true) || self.shut_down(true) || (late && input && self.feed_in_turn()) {
                return None;
            }
            self.flush();
            return None;
        }
        if self.fired
            && !app
            && let Some(withdrawn) = self.unheard.take()
        {
            self.record(withdrawn);
        }
        if self.unheard.is_some() {
            // The peer and the clock go on while the embedder is away.
            let _ = (app && (self.fire(false) || self.shut_down(false)))
                || (app && input && (self.feed_in_turn() || self.end_if_all_came()))
                || self.tell_embedder();
            return None;
        }
        if app && self.embedder.on_wait(&mut self.machine) {
            return None;
        }
        self.render_machine();
        if self.fire(false) || self.shut_down(false) {
            return None;
        }
        self.decline_nothing(app);
        self.fire_stale();
        if self.is_between_turns() && self.fire_delay() {
            return None;
        }
        if input && (self.feed() || self.end_input()) {
            return None;
        }
        if !input && !app {
            let earliest = self.machine.timers().iter().copied().min_by_key(|timer| timer.after);
            self.machine.on_timeout(earliest?);
            return None;
        }
        Some(Outcome::Waiting { input, app })
    }

    fn flush(&mut self) {
        let octet = self.plan.flush == Flush::Octet;
        loop {
            let outbox = self.machine.outbox();
            let chunk = outbox.chunk();
            let n = if octet { chunk.len().min(1) } else { chunk.len() };
            if !self.plan.forget {
                self.run.output.extend_from_slice(&chunk[..n]);
            }
            outbox.advance(n);
            self.sent += n;
            if octet || !outbox.has_remaining() {
                return;
            }
            if n == 0 {
                self.broken(4, "the outbox gives an empty chunk while octets remain");
            }
        }
    }

    /// Lets the next piece of the stream arrive; false when there is none.
    fn feed(&mut self) -> bool {
        let fed = self.feed_piece();
        if fed && self.plan.early_end {
            self.end_if_all_came();
        }
        fed
    }

    fn feed_piece(&mut self) -> bool {
        let end = self.next_cut();
        let fits = (end - self.fed).min(self.inbox.room());
        let piece = &self.scenario.stream[self.fed..self.fed + fits];
        if self.inbox.demand() == Demand::Payload {
            let Some(spare) = self.inbox.spare_init() else { return false };
            let n = spare.len().min(piece.len());
            spare[..n].copy_from_slice(&piece[..n]);
            self.inbox.commit(n);
            self.fed += n;
            return n > 0;
        }
        self.fed += self.inbox.extend(piece);
        fits > 0
    }

    fn feed_in_turn(&mut self) -> bool {
        self.fed > 0 && !self.scenario.ends.contains(&self.fed) && self.feed()
    }

    /// Whether all of a turn came and nothing of the next, or nothing more will come.
    fn is_between_turns(&self) -> bool {
        self.fed == 0 || self.scenario.ends.contains(&self.fed) || self.next_cut() == self.fed
    }

    /// The end of the piece that arrives next.
    fn next_cut(&self) -> usize {
        let last = self.plan.until.unwrap_or(usize::MAX).min(self.scenario.stream.len());
        let turn = self.turn_end().min(last);
        match &self.plan.cuts {
            Cuts::None => turn,
            Cuts::Every => turn.min(self.fed + 1),
            Cuts::At(cuts) => {
                let cut = cuts.iter().copied().find(|&cut| cut > self.fed);
                turn.min(cut.unwrap_or(usize::MAX))
            }
        }
        .max(self.fed)
    }

    fn turn_end(&self) -> usize {
        let end = self.scenario.ends.iter().copied().find(|&end| end > self.fed);
        end.unwrap_or(self.scenario.stream.len())
    }

    fn end_input(&mut self) -> bool {
        let eof = match self.plan.end {
            PeerEnd::Given => !self.scenario.held_open,
            PeerEnd::Eof => true,
            PeerEnd::Silent => false,
        };
        if !eof || self.inbox.is_eof() {
            return false;
        }
        self.inbox.set_eof();
        true
    }

    fn end_if_all_came(&mut self) -> bool {
        self.next_cut() == self.fed && self.end_input()
    }

    fn upgrade(&mut self, token: TlsUpgrade) -> Result<(), M::Error> {
        if self.machine.outbox().has_remaining() {
            self.broken(8, "TLS was asked for before the outbox was drained");
        }
        // What the peer sent behind the upgrade in the same breath goes to the TLS engine.
        let within_turn = self.fed > 0 && !self.scenario.ends.contains(&self.fed);
        if within_turn {
            let end = self.turn_end();
            self.run.behind_upgrade += end - self.fed;
            self.fed = end;
        }
        if !self.plan.forget {
            self.run.told.push(Told::Tls);
        }
        let eof = self.inbox.is_eof();
        let plain = core::mem::replace(&mut self.inbox, Inbox::new(1));
        self.inbox = self.machine.tls_established(token, TlsInfo::new(), plain)?;
        if eof {
            self.inbox.set_eof();
        }
        Ok(())
    }

    // --- time ---

    /// Fires the planned timer if its moment has come.
    fn fire(&mut self, stalled: bool) -> bool {
        let Some(fire) = self.plan.fire else { return false };
        if self.fired || fire.at != self.fed || fire.stalled != stalled {
            return false;
        }
        self.fired = true;
        let Some(&timer) = self.machine.timers().get(fire.nth) else { return false };
        self.machine.on_timeout(timer);
        self.run.fired = true;
        if self.machine.timers().contains(&timer) {
            self.broken(3, &format!("{timer:?} runs on after it fired"));
        }
        let before = self.fingerprint();
        self.machine.on_timeout(timer);
        if before != self.fingerprint() {
            self.broken(3, &format!("{timer:?} had an effect when it fired a second time"));
        }
        true
    }

    /// Lets the time pass for which something is held back on purpose: a peer that waits for its turn
    /// waits for that too.
    fn fire_delay(&mut self) -> bool {
        let mut timers = self.machine.timers().iter().copied();
        let Some(delay) = timers.find(|timer| timer.kind == TimerKind::Delay) else { return false };
        self.machine.on_timeout(delay);
        true
    }

    fn fire_stale(&mut self) {
        if !self.plan.stale {
            return;
        }
        for mut timer in self.machine.timers().to_vec() {
            for other in [timer.arm.wrapping_sub(1), timer.arm.wrapping_add(1)] {
                timer.arm = other;
                let before = self.fingerprint();
                self.machine.on_timeout(timer);
                let after = self.fingerprint();
                if before != after {
                    let what = format!(
                        "the stale {timer:?}, of another start than the one that runs, had an effect; \
                         octets in the outbox and timers: {before:?} before, {after:?} after"
                    );
                    self.broken(3, &what);
                }
            }
        }
    }

    /// Calls `shutdown()` if its planned moment has come; a second call says nothing more.
    fn shut_down(&mut self, stalled: bool) -> bool {
        let due = |plan: Shutdown| plan.at == self.fed && plan.stalled == stalled;
        if self.shut_down || !self.plan.shutdown.is_some_and(due) {
            return false;
        }
        self.shut_down = true;
        self.machine.shutdown();
        let before = self.fingerprint();
        self.machine.shutdown();
        if before != self.fingerprint() {
            self.broken(14, "a second shutdown() had an effect");
        }
        true
    }

    /// A machine that does not wait for its embedder has nothing to be declined.
    fn decline_nothing(&mut self, app: bool) {
        if self.plan.repoll && !app {
            let before = self.fingerprint();
            self.machine.decline();
            if before != self.fingerprint() {
                self.broken(5, "decline() had an effect while the machine waits for no embedder");
            }
        }
    }

    fn fingerprint(&mut self) -> (usize, Vec<Timer>) {
        (self.machine.outbox().remaining(), self.machine.timers().to_vec())
    }

    // --- the laws that every run checks ---

    fn check_wait(&mut self, input: bool, app: bool) {
        if input && self.inbox.is_full() {
            self.broken(8, "the machine waits for input with a full inbox");
        }
        if input && self.inbox.is_eof() {
            self.broken(2, "the machine waits for input after its end");
        }
        let flushed = !self.machine.outbox().has_remaining();
        if !input && !app && flushed && self.machine.timers().is_empty() {
            self.broken(8, "the machine waits for nothing: no input, no app, no outbox, no timer");
        }
        if input && !app && self.machine.timers().is_empty() {
            self.broken(3, "the machine waits for its peer, and no timer bounds that");
        }
        if self.machine.timers().len() > 4 {
            self.broken(3, "more than four timers run");
        }
        if self.plan.repoll {
            let before = self.fingerprint();
            let again = self.poll();
            let after = self.fingerprint();
            if again != Ok(Progress::Wait { input, app }) || before != after {
                let first = Progress::<()>::Wait { input, app };
                let what = format!(
                    "polled without news: first {first:?}, then {again:?}; \
                     octets in the outbox and timers: first {before:?}, then {after:?}"
                );
                self.broken(5, &what);
            }
        }
    }

    fn check_role(&mut self, event: &M::Event) {
        let Some(classify) = &self.scenario.classify else { return };
        let role = if event.payload().is_some() { None } else { Some(classify(event)) };
        match (self.payload_open, role) {
            (false, Some(Role::Begin)) => self.payload_open = true,
            (true, Some(Role::End | Role::Aborted)) => self.payload_open = false,
            (_, Some(Role::Other)) | (true, None) => {}
            (true, Some(Role::Begin)) => {
                self.broken(13, &format!("{event:?} begins a payload inside another"));
            }
            (false, _) => self.broken(13, &format!("{event:?} comes outside of a payload")),
        }
    }

    fn finish(mut self, outcome: Outcome<M::Error>) -> Run<M> {
        self.render_machine();
        if let Some(event) = self.unheard.take() {
            self.record(event);
        }
        match &outcome {
            Outcome::Closed if self.machine.outbox().has_remaining() => {
                self.broken(8, "closed with octets in the outbox");
            }
            Outcome::Closed => self.check_sticky(&Ok(Progress::Closed)),
            Outcome::Failed(error) => {
                if self.plan.render {
                    self.check_secrets("the error", &format!("{error:?} {error:#?} {error}"));
                }
                let error = error.clone();
                self.check_sticky(&Err(error));
                if self.machine.outbox().has_remaining() {
                    self.flush_rest();
                }
            }
            Outcome::Waiting { .. } => {}
        }
        if self.payload_open && !matches!(outcome, Outcome::Waiting { .. }) {
            self.broken(13, &format!("a payload is open at the end: {outcome:?}"));
        }
        if let Some(log) = &self.log {
            self.check_secrets("the transcript", &log.text());
        }
        self.run.outcome = outcome;
        if let Some(read) = self.scenario.read_output {
            self.run.output = read(&self.run.output);
        }
        self.run
    }

    fn flush_rest(&mut self) {
        while self.machine.outbox().has_remaining() {
            self.flush();
        }
    }

    fn check_sticky(&mut self, last: &Result<Progress<M::Event>, M::Error>) {
        for news in ["nothing new", "more octets", "the end of input"] {
            match news {
                "more octets" => {
                    self.inbox.extend(b"NOOP\r\n");
                }
                "the end of input" => self.inbox.set_eof(),
                _ => {}
            }
            let again = self.machine.poll(&mut self.inbox);
            if again != *last {
                self.broken(9, &format!("after {last:?} and {news}: {again:?}"));
            }
        }
    }

    // --- renderings ---

    fn render_machine(&self) {
        if let (true, Some(render)) = (self.plan.render, self.scenario.debug) {
            self.check_secrets("the machine's Debug", &render(&self.machine));
            self.check_secrets("the inbox's Debug", &format!("{:?}", self.inbox));
        }
    }

    fn check_secrets(&self, place: &str, text: &str) {
        if let Some(form) = secrets::found(&self.scenario.secrets, text) {
            self.broken(12, &format!("{place} shows a secret {form}"));
        }
    }

    fn broken(&self, law: u8, what: &str) -> ! {
        let so_far = Lines(self.run.lines());
        broken(law, self.scenario, self.plan, &format!("{what}\n{so_far}"))
    }
}

struct Lines(Vec<String>);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        self.0[..last].iter().rev().take(20).rev().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// Reports a broken law.
pub(crate) fn broken<M: Machine>(law: u8, on: &Scenario<M>, plan: &Plan, what: &str) -> ! {
    panic!("law {law} broken in scenario `{}` with {plan:?}: {what}", on.name)
}
