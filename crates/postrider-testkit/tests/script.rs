//! Scripted peers and dialogues, against the toy and against machines that recite RFC dialogues.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use postrider_testkit::toy::{Error, Server, ServerEvent};
use postrider_testkit::{Declines, Dialogue, Outcome, Script, read_shared};
use postrider_wire::{
    Chassis, Inbox, Line, LineReader, Machine, Outbox, Policy, Progress, Security, Side,
    Terminator, Timer, TimerKind, TlsInfo, TlsUpgrade,
};

fn toy(script: &Script) -> Result<Outcome<Error>, postrider_testkit::Mismatch> {
    let (server, embedder) = Server::with_embedder();
    script.play(server, embedder).map(|run| run.outcome().clone())
}

#[test]
fn a_script_names_the_step_that_was_not_followed() {
    let script = Script::new().expect("+ toy ready\r\n").send("SAY a\r\n").expect("+ b\r\n");
    let mismatch = toy(&script).unwrap_err();
    assert_eq!(mismatch.to_string(), r"step 3: expected `+ b\r\n`, heard `+ a\r\n`");
}

#[test]
fn what_is_said_unasked_is_a_mismatch() {
    let mismatch = toy(&Script::new().send("QUIT\r\n")).unwrap_err();
    assert_eq!((mismatch.step, &mismatch.heard[..]), (1, r"+ toy ready\r\n"));
    let mismatch = toy(&Script::new()).unwrap_err();
    assert_eq!((mismatch.step, &mismatch.expected[..]), (1, "nothing more"));
}

#[test]
fn an_expected_line_that_never_comes_is_a_mismatch() {
    let mismatch = toy(&Script::new().expect_line("+ ").expect_line("- ")).unwrap_err();
    assert_eq!((mismatch.step, &mismatch.expected[..]), (2, "`- ...`"));
}

#[test]
fn a_script_goes_on_across_tls() {
    let script = Script::new().expect_line("+ toy").send("STARTTLS\r\n").expect_line("+ ").tls();
    let script = script.send("SAY safe\r\nQUIT\r\n").expect("+ safe\r\n+ bye\r\n");
    assert_eq!(toy(&script), Ok(Outcome::Closed));
    assert!(toy(&Script::new().expect_line("+ ").tls()).is_err());
}

#[test]
fn a_script_is_a_stream_that_checks_what_is_written() {
    let script = Script::new().send("+ toy ready\r\n").expect("QUIT\r\n").send("+ bye\r\n").eof();
    let mut stream = script.stream();
    let mut buf = [0; 64];
    assert_eq!(stream.read(&mut buf).unwrap(), 13);
    assert_eq!(stream.read(&mut buf).unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.write_all(b"QU").unwrap();
    stream.write_all(b"IT\r\n").unwrap();
    assert_eq!(stream.read(&mut buf).unwrap(), 7);
    assert!(!stream.is_over());
    assert_eq!(stream.read(&mut buf).unwrap(), 0);
    assert!(stream.is_over());
    assert_eq!(stream.write(b"more").unwrap_err().kind(), ErrorKind::InvalidData);
    let mut wrong = script.stream();
    wrong.read_exact(&mut buf[..13]).unwrap();
    assert_eq!(wrong.write(b"QUITE").unwrap_err().kind(), ErrorKind::InvalidData);
}

#[test]
fn a_loose_dialogue_compares_first_words() {
    let dialogue = Dialogue::parse("S: + anything\nC: QUIT\nS: + goodbye\n");
    let play = |dialogue: &Dialogue| {
        let (server, embedder) = Server::with_embedder();
        dialogue.play(Side::Server, server, embedder).is_ok()
    };
    assert!(!play(&dialogue));
    assert!(play(&dialogue.loosely()));
}

/// A machine that says one side of a dialogue and waits for the other line by line.
struct Reciter {
    chassis: Chassis<Error>,
    lines: LineReader,
    parts: VecDeque<(Side, String)>,
    side: Side,
}

impl Reciter {
    fn new(side: Side, parts: Vec<(Side, String)>) -> Self {
        let security = Security::StartTls(Policy::Never);
        let chassis = Chassis::new(1024, &security, Duration::from_secs(1));
        let lines = LineReader::new(Terminator::CrLf, 1024);
        Self { chassis, lines, parts: parts.into(), side }
    }

    /// One that holds its first line back for a while, and listens meanwhile.
    fn hesitant(mut self) -> Self {
        self.chassis.timers.start(TimerKind::Delay, Duration::from_secs(2));
        self
    }
}

impl Machine for Reciter {
    type Event = ServerEvent;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<ServerEvent>, Error> {
        if self.chassis.timers.is_running(TimerKind::Delay) {
            return Ok(Progress::Wait { input: !rx.is_eof(), app: false });
        }
        while let Some((side, line)) = self.parts.front() {
            if *side == self.side {
                if self.chassis.send(format!("{line}\r\n").as_bytes()).is_err() {
                    return Ok(Progress::Wait { input: false, app: false });
                }
            } else {
                match self.lines.next(rx) {
                    Some(Line::Complete(heard)) if heard == line.as_bytes() => {}
                    Some(_) => return Err(Error::Protocol),
                    None if rx.is_eof() => return Err(Error::Eof),
                    None => return Ok(Progress::Wait { input: true, app: false }),
                }
            }
            self.parts.pop_front();
        }
        Ok(self.chassis.close())
    }

    fn new_inbox(&self) -> Inbox {
        Inbox::new(1024)
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.chassis.out.reader()
    }

    fn timers(&self) -> &[Timer] {
        self.chassis.timers.as_slice()
    }

    fn on_timeout(&mut self, fired: Timer) {
        let _ = self.chassis.fired(fired);
    }

    fn tls_established(&mut self, _: TlsUpgrade, _: TlsInfo, _: Inbox) -> Result<Inbox, Error> {
        Err(Error::Misuse)
    }

    fn shutdown(&mut self) {}

    fn decline(&mut self) {}
}

/// The parts of a dialogue in which every line names its speaker.
fn parts(text: &str) -> Vec<(Side, String)> {
    let part = |line: &str| {
        let client = line.strip_prefix("C: ").map(|said| (Side::Client, said.to_owned()));
        client.or_else(|| line.strip_prefix("S: ").map(|said| (Side::Server, said.to_owned())))
    };
    text.lines().filter_map(part).collect()
}

#[test]
fn what_is_held_back_on_purpose_is_waited_for() {
    let text = "S: +OK ready\nC: QUIT\nS: +OK\n";
    let reciter = Reciter::new(Side::Server, parts(text)).hesitant();
    let run = Dialogue::parse(text).play(Side::Server, reciter, Box::new(Declines)).unwrap();
    assert_eq!(run.outcome(), &Outcome::Closed);
}

/// From RFC 821 §4, RFC 1652 §4, RFC 1939 §10 and RFC 2821 §3.5.1: all lines have a speaker.
const DIALOGUES: [&str; 6] =
    ["rfc0821-14", "rfc0821-15", "rfc0821-16", "rfc1652-01", "rfc1939-17", "rfc2821-01"];

#[test]
fn dialogues_of_the_rfcs_play_against_machines_that_recite_them() {
    for name in DIALOGUES {
        let Some(text) = read_shared(&format!("vectors/rfc-sessions/{name}.txt")) else { return };
        let text = String::from_utf8(text).unwrap();
        for side in [Side::Client, Side::Server] {
            let reciter = Reciter::new(side, parts(&text));
            let run = Dialogue::parse(&text).play(side, reciter, Box::new(Declines));
            assert_eq!(run.expect(name).outcome(), &Outcome::Closed, "{name}");
        }
    }
}

#[test]
fn a_dialogue_with_one_word_changed_does_not_play() {
    for name in DIALOGUES {
        let Some(text) = read_shared(&format!("vectors/rfc-sessions/{name}.txt")) else { return };
        let text = String::from_utf8(text).unwrap();
        let dialogue = Dialogue::parse(&text);
        for (at, (side, line)) in parts(&text).iter().enumerate() {
            let mut changed = parts(&text);
            changed[at].1 = format!("{line}?");
            let run = dialogue.play(*side, Reciter::new(*side, changed), Box::new(Declines));
            assert!(run.is_err(), "{name}: {line}");
        }
    }
}
