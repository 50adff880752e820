//! Verdicts that come late, clients that do not wait, clients that do not read, and shutdown in every
//! state.

mod common;

use std::time::Duration;

use bytes::{Buf, Bytes};
use common::{Sends, client, name, server, takes_mail};
use postrider_smtp::server::{Config, EarlyTalkers, Event, Server};
use postrider_smtp::{Error, Limits, Misuse, Reply};
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd, Role, Run, Scenario, embedder, laws};
use postrider_wire::{AbortReason, Inbox, Machine, Policy, Progress, Security, TimerKind};

fn config() -> Config {
    Config::new(name("foo.com"), Security::StartTls(Policy::Never))
}

fn role(event: &Event) -> Role {
    match event {
        Event::DataBegin => Role::Begin,
        Event::DataEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

fn codes(output: &[u8]) -> Vec<String> {
    let said = String::from_utf8(output.to_vec()).unwrap();
    said.lines().map(|line| line[..3].to_owned()).collect()
}

// --- verdicts that are held back ---

/// Answers as `takes_mail` does, a second late.
fn tarpit() -> Box<dyn Embedder<Server>> {
    let mut verdicts = takes_mail();
    let on_event = move |server: &mut Server, event: &Event| {
        let question = !matches!(event, Event::Chunk(_) | Event::Aborted(_) | Event::Reset);
        assert_eq!(server.delay(Duration::from_secs(1)).is_ok(), question);
        verdicts.on_event(server, event);
    };
    embedder(on_event, |_| false)
}

const MAIL: &str = "MAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\n";

#[test]
fn a_verdict_that_is_held_back_is_said_when_its_time_has_come() {
    let (mut server, mut inbox) = (Server::new(config()), Inbox::new(4096));
    assert_eq!(server.delay(Duration::from_secs(1)), Err(Error::Misuse(Misuse::NothingPending)));
    inbox.extend(b"HELO b\r\nNOOP\r\n");
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Event(Event::Ehlo { .. }))));
    server.delay(Duration::from_secs(3)).unwrap();
    server.accept().unwrap();
    assert_eq!(server.accept(), Err(Error::Misuse(Misuse::NothingPending)), "it was given");
    server.decline();
    let n = server.outbox().remaining();
    server.outbox().advance(n);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
    let [timer] = *server.timers() else { panic!("{:?}", server.timers()) };
    assert_eq!((timer.kind, timer.after.as_secs()), (TimerKind::Delay, 3));
    assert!(!server.outbox().has_remaining());
    server.on_timeout(timer);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
    assert_eq!(codes(server.outbox().chunk()), ["250", "250"]);
}

#[test]
fn the_server_keeps_the_laws_while_verdicts_are_held_back() {
    let make = || (Server::new(config()), tarpit());
    let scenario = |title: &str| Scenario::new(title, make).classify(role).state_limit(12 * 1024);
    let group = format!("HELO b\r\n{MAIL}RCPT TO:<Green@foo.com>\r\nDATA\r\nHi\r\n.\r\nQUIT\r\n");
    laws::all(&scenario("group").turn(group));
    laws::all(
        &scenario("chunks").turn(format!("HELO b\r\n{MAIL}BDAT 2\r\nHiBDAT 0 LAST\r\nNOOP\r\n")),
    );
    let turns = scenario("turns").turn("HELO b\r\n").turn(MAIL).turn("DATA\r\n");
    laws::all(&turns.turn("Hi\r\n.\r\n").turn("QUIT\r\n"));
}

#[test]
fn a_patient_client_gets_through_a_tarpit() {
    let make = || {
        let to = ["b@foo.com", "Green@foo.com"];
        (client(Policy::Never), Sends::new("a@bar.com", &to, &[b"Hi\r\n"]).boxed())
    };
    let run = Pair::new(make, || (Server::new(config()), tarpit())).run(1);
    assert_eq!((run.end, run.server.payload()), (PairEnd::Finished, b"Hi\r\n".to_vec()));
    // EHLO, MAIL, two RCPT, DATA and the mail.
    assert!(run.elapsed >= Duration::from_secs(6), "{:?}", run.elapsed);
}

// --- 50 commands in one segment ---

#[test]
fn fifty_commands_in_one_segment_are_answered_late_and_in_order() {
    let mut lines = String::from("EHLO b\r\n");
    let mut expected = Vec::from(["250"; 1]);
    for nth in 0..12 {
        let (to, code) = if nth % 3 == 0 { ("Green", "550") } else { ("b", "250") };
        lines += &format!("MAIL FROM:<a@bar.com>\r\nRCPT TO:<{to}@foo.com>\r\nNOOP\r\nRSET\r\n");
        expected.extend(["250", code, "250", "250"]);
    }
    lines += "QUIT\r\n";
    expected.push("221");
    assert_eq!(lines.lines().count(), 50);
    for embedder in [takes_mail as fn() -> Box<dyn Embedder<Server>>, tarpit] {
        let scenario = Scenario::new("fifty", move || (Server::new(config()), embedder()));
        let scenario = scenario.turn(lines.clone()).classify(role).state_limit(12 * 1024);
        // Behind the greeting; the reply to EHLO counts as its last line.
        let run = scenario.run();
        let said = String::from_utf8(run.output().to_vec()).unwrap();
        let finals = said.lines().filter(|line| line.as_bytes()[3] == b' ').skip(1);
        assert_eq!(finals.map(|line| &line[..3]).collect::<Vec<_>>(), expected);
        assert_eq!(run.outcome(), &Outcome::Closed);
        laws::cuts(&scenario);
        laws::flushing(&scenario);
        laws::waiting(&scenario);
        laws::end_of_input(&scenario);
        laws::memory(&scenario);
    }
}

// --- early talkers ---

fn strict() -> Config {
    config().with_early_talkers(EarlyTalkers::Refuse)
}

fn strict_scenario(title: &str, late: bool) -> Scenario<Server> {
    let make = move || (Server::new(strict()), if late { tarpit() } else { takes_mail() });
    Scenario::new(title, make).classify(role).in_one_breath().state_limit(12 * 1024)
}

fn ends_in_554(run: &Run<Server>, before: &[&str]) {
    let said = codes(run.output());
    assert_eq!(said[..said.len() - 1], *before);
    assert!(run.output().ends_with(b"554 5.5.0 you spoke before it was your turn\r\n"));
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn octets_before_a_reply_that_must_be_read_first_end_the_session() {
    for late in [false, true] {
        for (title, turns, before) in [
            ("HELO", &["HELO b\r\nMAIL FROM:<>\r\n"][..], &["220", "250"][..]),
            ("an octet", &["HELO b\r\nM"], &["220", "250"]),
            ("DATA", &["HELO b\r\n", MAIL, "DATA\r\nHi"], &["220", "250", "250", "250", "354"]),
            (
                "refused",
                &["HELO b\r\n", "MAIL FROM:<>\r\nDATA\r\nHi"],
                &["220", "250", "250", "503"],
            ),
        ] {
            let scenario =
                turns.iter().fold(strict_scenario(title, late), |all, turn| all.turn(*turn));
            let run = scenario.run();
            ends_in_554(&run, before);
            assert_eq!(run.payload(), b"", "nothing of it is told");
            let aborted = Event::Aborted(AbortReason::Protocol);
            assert_eq!(
                run.events().filter(|e| **e == aborted).count(),
                usize::from(title == "DATA")
            );
            laws::all(&scenario);
        }
    }
}

#[test]
fn who_waits_where_it_must_may_pipeline_the_rest() {
    let scenario = strict_scenario("good", false)
        .turn("EHLO b\r\n")
        .turn(format!("{MAIL}RCPT TO:<c@foo.com>\r\nDATA\r\n"))
        .turn(format!("Hi\r\n.\r\n{MAIL}BDAT 2\r\nHiBDAT 0 LAST\r\nRSET\r\n{MAIL}DATA\r\n"))
        .turn(".\r\nQUIT\r\n");
    let run = scenario.run();
    assert_eq!((run.outcome(), run.payload()), (&Outcome::Closed, b"Hi\r\nHi".to_vec()));
    assert!(codes(run.output()).iter().all(|code| code != "554"));
    laws::all(&scenario);
    let make = || {
        let mails: [&[u8]; 2] = [b"Hi\r\n", b"again\r\n"];
        (client(Policy::Never), Sends::new("a@bar.com", &["b@foo.com"], &mails).boxed())
    };
    let pair = Pair::new(make, || (Server::new(strict()), tarpit())).capacity(3);
    for seed in 0..20 {
        let run = pair.run(seed);
        assert_eq!(run.server.payload(), b"Hi\r\nagain\r\n");
    }
}

#[test]
fn who_speaks_before_the_greeting_has_left_is_sent_away() {
    for octets in [&b"E"[..], b"EHLO b\r\n"] {
        for flushed in [false, true] {
            let mut server = Server::new(strict());
            let mut inbox = server.new_inbox();
            assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
            // All but one octet of the greeting left, or all of it.
            let n = server.outbox().remaining() - usize::from(!flushed);
            server.outbox().advance(n);
            inbox.extend(octets);
            let answer = server.poll(&mut inbox);
            assert_eq!(server.is_over(), !flushed, "{answer:?}");
        }
    }
}

#[test]
fn by_default_early_octets_are_answered_in_order() {
    let group = format!("HELO b\r\n{MAIL}DATA\r\nHi\r\n.\r\nQUIT\r\n");
    let run = Scenario::new("early", || (server(Policy::Never), takes_mail())).turn(group).run();
    assert_eq!(codes(run.output()), ["220", "250", "250", "250", "354", "250", "221"]);
}

// --- a peer that never reads ---

#[test]
fn a_client_that_never_reads_costs_an_outbox_and_is_sent_away() {
    let limits = Limits::server();
    for flood in ["NOOP\r\n", "EHLO b\r\n", "WHAT\r\n", "MAIL FROM:<>\r\nRSET\r\n", "VRFY x\r\n"] {
        let config = config().with_limits(limits.clone().with_bad_commands(u32::MAX));
        let (mut server, mut verdicts) = (Server::new(config), takes_mail());
        let mut inbox = server.new_inbox();
        let mut waits = 0;
        let ended = loop {
            inbox.extend(flood.as_bytes());
            match server.poll(&mut inbox) {
                Ok(Progress::Event(event)) => verdicts.on_event(&mut server, &event),
                Ok(Progress::Wait { input: false, app: false }) => {
                    waits += 1;
                    assert!(inbox.len() <= limits.inbox && waits < 10);
                    let timers = server.timers();
                    let slow = timers.iter().find(|timer| timer.kind == TimerKind::Progress);
                    let slow = *slow.expect("RFC 5321 §4.5.3.2.5: it must make progress");
                    server.on_timeout(slow);
                }
                Ok(Progress::Wait { .. }) => {}
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
            assert!(server.outbox().remaining() <= limits.outbox + 1024, "{flood}");
        };
        assert_eq!(ended, Error::Timeout);
    }
}

// --- shutdown ---

/// What is left to say after a shutdown behind these octets, and the rest of the session.
fn shut_down_behind(before: &str, rest: &str) -> (Vec<Event>, Vec<String>) {
    let (mut server, mut verdicts) = (Server::new(config()), takes_mail());
    let mut inbox = server.new_inbox();
    inbox.extend(before.as_bytes());
    let (mut told, mut said, mut state) = (Vec::new(), Vec::new(), 0);
    loop {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(event) => {
                verdicts.on_event(&mut server, &event);
                told.push(event);
            }
            Progress::Closed => return (told, codes(&said)),
            _ if server.outbox().has_remaining() => {
                let n = server.outbox().remaining();
                said.extend_from_slice(&server.outbox().copy_to_bytes(n));
            }
            _ if state == 0 => {
                state = 1;
                (told, said) = (Vec::new(), Vec::new());
                server.shutdown();
            }
            _ => _ = inbox.extend(rest.as_bytes()),
        }
    }
}

/// RFC 5321 §3.8: 421 "can be issued after the server receives any command or, if necessary,
/// asynchronously from command receipt". What has begun to come in is taken to its end, for there is
/// no place for a reply before (RFC 3030 §2: "can only be reported after the BDAT segment has been
/// received").
#[test]
fn a_shutdown_is_said_at_the_next_place_for_a_reply() {
    let data = format!("HELO b\r\n{MAIL}DATA\r\nHi");
    let chunk = format!("HELO b\r\n{MAIL}BDAT 4\r\nHi");
    let last = format!("HELO b\r\n{MAIL}BDAT 4 LAST\r\nHi");
    let between = format!("HELO b\r\n{MAIL}BDAT 2\r\nHi");
    let refused = "HELO b\r\nBDAT 4\r\nHi".to_owned();
    let discarded = Event::Aborted(AbortReason::Discarded);
    let chunk_of = |octets: &'static [u8]| Event::Chunk(Bytes::from_static(octets));
    let table: Vec<(String, &str, Vec<Event>, &[&str])> = vec![
        (String::new(), "", vec![], &["421"]),
        ("HELO b\r\n".into(), "", vec![], &["421"]),
        (format!("HELO b\r\n{MAIL}"), "", vec![], &["421"]),
        ("HELO b\r\nNO".into(), "", vec![], &["421"]),
        (data, "\r\n.\r\nNOOP\r\n", vec![chunk_of(b"\r\n"), Event::DataEnd], &["250", "421"]),
        (last, "\r\nNOOP\r\n", vec![chunk_of(b"\r\n"), Event::DataEnd], &["250", "421"]),
        (chunk, "\r\nBDAT 0 LAST\r\n", vec![chunk_of(b"\r\n"), discarded.clone()], &["421"]),
        (between, "BDAT 0 LAST\r\n", vec![discarded], &["421"]),
        (refused, "\r\nNOOP\r\n", vec![], &["503", "421"]),
    ];
    for (before, rest, told, said) in table {
        assert_eq!(
            shut_down_behind(&before, rest),
            (told, said.iter().map(|s| (*s).into()).collect()),
            "{before}"
        );
    }
}

#[test]
fn a_shutdown_while_a_verdict_is_due_or_held_back_comes_behind_it() {
    for held in [false, true] {
        let mut server = Server::new(config());
        let mut inbox = server.new_inbox();
        inbox.extend(b"HELO b\r\nNOOP\r\n");
        let Ok(Progress::Event(_)) = server.poll(&mut inbox) else { panic!() };
        if held {
            server.delay(Duration::from_secs(100)).unwrap();
            server.accept().unwrap();
            server.shutdown();
        } else {
            server.shutdown();
            assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
            server.accept().unwrap();
        }
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
        assert_eq!(codes(server.outbox().chunk()), ["220", "250", "421"]);
    }
}

#[test]
fn the_server_keeps_the_laws_when_it_is_shut_down_behind_any_event() {
    for nth in 0..9 {
        let make = move || {
            let (mut verdicts, mut events) = (takes_mail(), 0);
            let on_event = move |server: &mut Server, event: &Event| {
                events += usize::from(!matches!(event, Event::Chunk(_)));
                if events == nth {
                    server.shutdown();
                }
                verdicts.on_event(server, event);
            };
            (Server::new(config()), embedder(on_event, |_| false))
        };
        let lines = format!("HELO b\r\n{MAIL}DATA\r\nHi\r\n.\r\n{MAIL}BDAT 2\r\nHiBDAT 0 LAST\r\n");
        let scenario = Scenario::new("shutdown", make).classify(role).turn(lines).turn("NOOP\r\n");
        laws::waiting(&scenario);
        laws::payload_ends(&scenario);
        laws::end_of_input(&scenario);
        laws::timeouts(&scenario);
    }
}

/// An embedder in a hurry need not wait for the end of a mail to refuse it.
#[test]
fn a_mail_can_be_cut_short_by_421() {
    let make = || {
        let mut verdicts = takes_mail();
        let on_event = move |server: &mut Server, event: &Event| match event {
            Event::Chunk(_) => server.discard(Reply::new(421, "shutting down").unwrap()).unwrap(),
            _ => verdicts.on_event(server, event),
        };
        (Server::new(config()), embedder(on_event, |_| false))
    };
    for mail in ["DATA\r\nHi\r\n.\r\nNOOP\r\n", "BDAT 4\r\nHi\r\nNOOP\r\n"] {
        let scenario =
            Scenario::new("421", make).classify(role).turn(format!("HELO b\r\n{MAIL}{mail}"));
        assert_eq!(codes(scenario.run().output()).last().unwrap(), "421");
        assert_eq!(scenario.run().outcome(), &Outcome::Closed);
    }
}
