//! Octets that are swallowed do not hold a session for ever, however they trickle in.

use bytes::Buf;
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{EhloName, Error};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security, Timer, TimerKind};

/// Polls until the server waits, flushed; says yes to everything. What it said.
fn settle(server: &mut Server, inbox: &mut Inbox) -> Result<String, Error> {
    let mut said = String::new();
    loop {
        match server.poll(inbox)? {
            Progress::Event(Event::Chunk(_) | Event::Aborted(_)) => {}
            Progress::Event(_) => server.accept().unwrap(),
            Progress::Wait { .. } if server.outbox().has_remaining() => {
                let n = server.outbox().remaining();
                said += &String::from_utf8_lossy(&server.outbox().copy_to_bytes(n));
            }
            _ => return Ok(said),
        }
    }
}

fn timer(server: &Server, kind: TimerKind) -> Option<Timer> {
    server.timers().iter().find(|timer| timer.kind == kind).copied()
}

fn server() -> (Server, Inbox) {
    let name = EhloName::parse("mx.example").unwrap();
    let server = Server::new(Config::new(name, Security::StartTls(Policy::Never)));
    let mut inbox = server.new_inbox();
    let mut server = server;
    settle(&mut server, &mut inbox).unwrap();
    (server, inbox)
}

/// Octets arrive one by one; the timer that bounds them all runs on and ends the session.
fn trickles_to_its_end(mut server: Server, mut inbox: Inbox) {
    let bound = timer(&server, TimerKind::Idle).expect("what is swallowed is bounded");
    for _ in 0..10 {
        let before = timer(&server, TimerKind::Progress);
        inbox.extend(b"x");
        assert_eq!(settle(&mut server, &mut inbox).unwrap(), "");
        assert_ne!(timer(&server, TimerKind::Progress), before, "each octet is progress");
        assert_eq!(timer(&server, TimerKind::Idle), Some(bound), "and none begins the bound anew");
    }
    server.on_timeout(bound);
    assert_eq!(settle(&mut server, &mut inbox), Err(Error::Timeout));
    let n = server.outbox().remaining();
    assert!(server.outbox().copy_to_bytes(n).starts_with(b"421 "));
}

#[test]
fn a_chunk_that_was_refused_from_its_announcement() {
    let (mut server, mut inbox) = server();
    inbox.extend(b"BDAT 18446744073709551615 LAST\r\n");
    settle(&mut server, &mut inbox).unwrap();
    trickles_to_its_end(server, inbox);
}

#[test]
fn a_mail_that_is_no_longer_wanted() {
    let (mut server, mut inbox) = server();
    for line in ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@b.example>", "DATA", "a\rb"] {
        inbox.extend(line.as_bytes());
        inbox.extend(b"\r\n");
        settle(&mut server, &mut inbox).unwrap();
    }
    trickles_to_its_end(server, inbox);
}

#[test]
fn what_is_wanted_has_no_bound_but_progress() {
    let (mut server, mut inbox) = server();
    for line in ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<b@b.example>", "DATA", "ab"] {
        inbox.extend(line.as_bytes());
        inbox.extend(b"\r\n");
        settle(&mut server, &mut inbox).unwrap();
    }
    assert_eq!(timer(&server, TimerKind::Idle), None);
}
