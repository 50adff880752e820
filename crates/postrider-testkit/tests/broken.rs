//! Each law catches the machine that breaks it, and names itself.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Buf;
use postrider_testkit::toy::{Error, Server, ServerEvent};
use postrider_testkit::{Embedder, Scenario, laws};
use postrider_wire::{Inbox, Machine, Outbox, Progress, Timer, TlsInfo, TlsUpgrade};

/// What is wrong with a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Tells more when a read ended with the command.
    SeesCuts,
    /// Takes the end of the stream for the end of the payload.
    EndsAtEof,
    /// Waits for more behind the end of the stream.
    WaitsAfterEof,
    /// Does nothing when a timer fires.
    IgnoresTimers,
    /// Does not look at the arm.
    IgnoresArms,
    /// Tells more while the outbox is not flushed.
    SeesFlushes,
    /// Restarts its timers at every poll.
    RestartsTimers,
    /// Keeps every payload.
    Hoards,
    /// Gives no reason to wait.
    WaitsForNothing,
    /// Wants more while its question is open, whether it fits or not.
    Greedy,
    /// Is closed when asked again.
    ForgetsErrors,
    /// Puts the password into an event.
    Leaks,
    /// Swallows `Aborted`.
    NeverAborts,
}

struct Broken {
    fault: Fault,
    toy: Server,
    timers: Vec<Timer>,
    polls: u32,
    hoard: Vec<Vec<u8>>,
    failed: bool,
}

impl Broken {
    fn new(fault: Fault) -> Self {
        let (toy, hoard) = (Server::new(), Vec::new());
        Self { fault, toy, timers: Vec::new(), polls: 0, hoard, failed: false }
    }

    fn worsen(&mut self, event: ServerEvent, rx: &Inbox) -> Option<ServerEvent> {
        Some(match (self.fault, event) {
            (Fault::SeesCuts, ServerEvent::Said(text)) if rx.is_empty() => {
                ServerEvent::Said(text + "!")
            }
            (Fault::SeesFlushes, ServerEvent::Said(text)) if self.toy.outbox().has_remaining() => {
                ServerEvent::Said(text + "!")
            }
            (Fault::EndsAtEof, ServerEvent::Aborted(_)) => ServerEvent::End,
            (Fault::NeverAborts, ServerEvent::Aborted(_)) => return None,
            (Fault::Leaks, ServerEvent::Login(password)) => {
                self.toy.answer("welcome").unwrap();
                ServerEvent::Said(password.expose().clone())
            }
            (Fault::Hoards, ServerEvent::Chunk(chunk)) => {
                self.hoard.push(chunk.to_vec());
                ServerEvent::Chunk(chunk)
            }
            (_, event) => event,
        })
    }
}

impl Machine for Broken {
    type Event = ServerEvent;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<ServerEvent>, Error> {
        if self.failed && self.fault == Fault::ForgetsErrors {
            return Ok(Progress::Closed);
        }
        let progress = loop {
            match self.toy.poll(rx) {
                Ok(Progress::Event(event)) => {
                    if let Some(event) = self.worsen(event, rx) {
                        break Ok(Progress::Event(event));
                    }
                }
                other => break other,
            }
        };
        self.failed = progress.is_err();
        self.polls += 1;
        self.timers = self.toy.timers().to_vec();
        match (self.fault, &progress) {
            (Fault::RestartsTimers, _) => {
                self.timers.iter_mut().for_each(|timer| timer.arm += self.polls);
            }
            (Fault::WaitsForNothing, Ok(Progress::Wait { .. })) => {
                self.timers.clear();
                return Ok(Progress::Wait { input: false, app: false });
            }
            (Fault::Greedy, Ok(Progress::Wait { app: true, .. })) => {
                return Ok(Progress::Wait { input: true, app: true });
            }
            (Fault::WaitsAfterEof, Ok(Progress::Closed)) => {
                return Ok(Progress::Wait { input: true, app: false });
            }
            _ => {}
        }
        progress
    }

    fn new_inbox(&self) -> Inbox {
        self.toy.new_inbox()
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.toy.outbox()
    }

    fn timers(&self) -> &[Timer] {
        &self.timers
    }

    fn on_timeout(&mut self, fired: Timer) {
        if self.fault == Fault::IgnoresTimers {
            return;
        }
        let known = self.toy.timers().iter().copied().find(|timer| timer.kind == fired.kind);
        let blind = matches!(self.fault, Fault::IgnoresArms | Fault::RestartsTimers);
        self.toy.on_timeout(if blind { known.unwrap_or(fired) } else { fired });
        self.timers = self.toy.timers().to_vec();
    }

    fn tls_established(&mut self, t: TlsUpgrade, i: TlsInfo, rx: Inbox) -> Result<Inbox, Error> {
        self.toy.tls_established(t, i, rx)
    }

    fn shutdown(&mut self) {
        self.toy.shutdown();
    }

    fn decline(&mut self) {
        self.toy.decline();
    }
}

struct Answers;

impl Embedder<Broken> for Answers {
    fn on_event(&mut self, machine: &mut Broken, event: &ServerEvent) {
        if let ServerEvent::Said(text) = event {
            let _ = machine.toy.answer(text);
        }
    }
}

fn scenario(fault: Fault, turns: &[&str]) -> Scenario<Broken> {
    let make = move || (Broken::new(fault), Box::new(Answers) as Box<dyn Embedder<Broken>>);
    let scenario = Scenario::new("broken", make).classify(ServerEvent::role);
    turns.iter().fold(scenario.state_limit(16 * 1024), |scenario, &turn| scenario.turn(turn))
}

#[track_caller]
fn breaks(number: u8, law: fn(&Scenario<Broken>), scenario: &Scenario<Broken>) {
    let broken = catch_unwind(AssertUnwindSafe(|| law(scenario))).expect_err("the law held");
    let message = broken.downcast_ref::<String>().expect("a message");
    assert!(message.starts_with(&format!("law {number} broken in scenario `broken`")), "{message}");
}

const SAY: &[&str] = &["SAY a\r\nSAY b\r\n"];
const MAIL: &[&str] = &["MAIL\r\n", "Dear Bob\r\n.\r\n"];

#[test]
fn law_1_catches_a_machine_that_sees_cuts() {
    breaks(1, laws::cuts, &scenario(Fault::SeesCuts, SAY));
}

#[test]
fn law_2_catches_an_end_made_up_with_and_without_classification() {
    breaks(2, laws::end_of_input, &scenario(Fault::EndsAtEof, MAIL));
    let make = || (Broken::new(Fault::EndsAtEof), Box::new(Answers) as Box<dyn Embedder<Broken>>);
    let plain = Scenario::new("broken", make).turn(MAIL[0]).turn(MAIL[1]);
    breaks(2, laws::end_of_input, &plain);
}

#[test]
fn law_2_catches_a_machine_that_waits_behind_the_end() {
    breaks(2, laws::end_of_input, &scenario(Fault::WaitsAfterEof, SAY));
}

#[test]
fn law_3_catches_a_machine_that_ignores_arms() {
    breaks(3, laws::timeouts, &scenario(Fault::IgnoresArms, SAY));
}

#[test]
fn law_3_catches_a_machine_that_ignores_its_timers() {
    breaks(3, laws::timeouts, &scenario(Fault::IgnoresTimers, SAY));
}

#[test]
fn law_4_catches_a_machine_that_sees_flushes() {
    breaks(4, laws::flushing, &scenario(Fault::SeesFlushes, SAY));
}

/// It asks what a server asks that refuses early talkers: whether its last reply has left.
#[test]
fn in_one_breath_the_same_machine_sees_the_same_conversation() {
    let scenario = scenario(Fault::SeesFlushes, SAY);
    breaks(1, laws::cuts, &scenario);
    let scenario = scenario.in_one_breath();
    laws::cuts(&scenario);
    laws::flushing(&scenario);
}

#[test]
fn law_5_catches_a_machine_that_restarts_its_timers() {
    breaks(5, laws::idempotent_poll, &scenario(Fault::RestartsTimers, SAY));
}

#[test]
fn law_6_catches_a_machine_that_hoards() {
    let mail = format!("{}.\r\n", "Dear Bob\r\n".repeat(10_000));
    let turns = ["MAIL\r\n", &mail];
    laws::memory(&scenario(Fault::NeverAborts, &turns));
    breaks(6, laws::memory, &scenario(Fault::Hoards, &turns));
}

#[test]
fn law_8_catches_a_machine_that_waits_for_nothing() {
    breaks(8, laws::waiting, &scenario(Fault::WaitsForNothing, SAY));
}

#[test]
fn laws_8_and_2_catch_a_machine_that_is_greedy_while_its_question_is_open() {
    let flood = "SAY a\r\n".repeat(60);
    breaks(8, laws::waiting, &scenario(Fault::Greedy, &[&flood]));
    breaks(2, laws::end_of_input, &scenario(Fault::Greedy, SAY));
}

#[test]
fn law_9_catches_a_machine_that_forgets_its_error() {
    breaks(9, laws::sticky_end, &scenario(Fault::ForgetsErrors, &["SAY cut of"]));
}

#[test]
fn law_12_catches_a_machine_that_leaks() {
    let scenario = scenario(Fault::Leaks, &["LOGIN sesame\r\n"]).secret(b"sesame");
    breaks(12, laws::secrets, &scenario);
}

#[test]
fn law_13_catches_a_payload_that_never_ends_and_a_scenario_that_does_not_say() {
    breaks(13, laws::payload_ends, &scenario(Fault::NeverAborts, &["MAIL\r\n", "cut of"]));
    let make = || (Broken::new(Fault::Hoards), Box::new(Answers) as Box<dyn Embedder<Broken>>);
    let unclassified = Scenario::new("broken", make).turn(MAIL[0]).turn(MAIL[1]);
    breaks(13, laws::payload_ends, &unclassified);
}
