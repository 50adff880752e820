//! Every method in every state: it is legal, or it is misuse that changes nothing.

use bytes::{Buf, Bytes};
use postrider_imap::server::{Compression, Config, Event, Feature, SelectData, Server};
use postrider_imap::{
    BodySection, Command, Error, FetchItem, Flag, MessageNumber, Response, Section, Status, Uid,
    UidSet,
};
use postrider_sasl::server::Credential;
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Security, TimerKind};

type Method = (&'static str, fn(&mut Server) -> Result<(), Error>);

/// A method that is never misuse.
type End = (&'static str, fn(&mut Server));

fn section() -> BodySection {
    BodySection::Section(Section::all())
}

fn one() -> MessageNumber {
    MessageNumber::new(1).unwrap()
}

const METHODS: [Method; 20] = [
    ("accept", Server::accept),
    ("accept_select", |server| server.accept_select(&SelectData::new(1))),
    ("accept_append", |server| server.accept_append(1.into(), UidSet::one(Uid::new(7).unwrap()))),
    ("reject", |server| server.reject(Status::no("no"))),
    ("reject with OK", |server| server.reject(Status::ok("yes"))),
    ("discard", |server| server.discard(&Status::no("no"))),
    ("exists", |server| server.update(&Response::Exists(1))),
    ("recent", |server| server.update(&Response::Recent(1))),
    ("expunge", |server| server.update(&Response::Expunge(one()))),
    ("fetch_items", |server| server.fetch_items(one(), &[FetchItem::Flags([Flag::Seen].into())])),
    ("body_begin", |server| server.body_begin(one(), &section(), None, 3)),
    ("body_nil", |server| server.body_nil(one(), &section(), None)),
    ("write_payload", |server| server.write_payload(&mut Bytes::from_static(b"abc")).map(|_| ())),
    ("finish_payload", Server::finish_payload),
    ("accept_with", |server| server.accept_with(Status::ok("yes"))),
    ("begin_select", |server| server.begin_select(&SelectData::new(1))),
    ("respond", |server| server.respond(&Response::Status(Status::ok("soon")))),
    ("inform", |server| server.update(&Response::Status(Status::ok("soon")))),
    ("progress", |server| server.progress(None)),
    ("credential", |server| server.credential(Credential::Unknown)),
];

/// What brings a server into a state, and which methods are legal there.
type Place = (&'static str, &'static str, &'static [&'static str]);

const LOGIN: &str = "a login mrc secret\r\n";
/// What is legal while a question waits; the last only where a verdict completes the command.
const SAID: [&str; 5] = ["accept", "reject", "respond", "inform", "accept_with"];
const TOLD: [&str; 4] = ["exists", "recent", "expunge", "fetch_items"];

const PLACES: [Place; 17] = [
    ("greeted", "", &[]),
    ("a command half said", "a log", &[]),
    ("login asked", "?a login mrc secret\r\n", &[SAID[0], SAID[1], SAID[2], SAID[3], SAID[4]]),
    ("logged in", LOGIN, &[]),
    (
        "noop asked, nothing selected",
        "a login mrc secret\r\n?b noop\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3], SAID[4]],
    ),
    (
        "select asked",
        "a login mrc secret\r\n?b select inbox\r\n",
        &["accept_select", "begin_select", SAID[1], SAID[2], SAID[3]],
    ),
    ("selected", "a login mrc secret\r\nb select inbox\r\n", &[]),
    (
        "noop asked",
        "a login mrc secret\r\nb select inbox\r\n?c noop\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3], SAID[4], TOLD[0], TOLD[1], TOLD[2], TOLD[3]],
    ),
    (
        "fetch asked",
        "a login mrc secret\r\nb select inbox\r\n?c fetch 1 body[]\r\n",
        &[
            SAID[0],
            SAID[1],
            SAID[2],
            SAID[3],
            SAID[4],
            TOLD[0],
            TOLD[1],
            TOLD[3],
            "body_begin",
            "body_nil",
        ],
    ),
    (
        "store asked",
        "a login mrc secret\r\nb select inbox\r\n?c store 1 flags (\\Seen)\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3], SAID[4], TOLD[0], TOLD[1], TOLD[3]],
    ),
    (
        "idle asked",
        "a login mrc secret\r\nb select inbox\r\n?c idle\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3], TOLD[0], TOLD[1], TOLD[2], TOLD[3]],
    ),
    (
        "idling",
        "a login mrc secret\r\nb select inbox\r\nc idle\r\nDO",
        &[SAID[3], TOLD[0], TOLD[1], TOLD[2], TOLD[3]],
    ),
    ("idling, nothing selected", "a login mrc secret\r\nb idle\r\n", &[SAID[3]]),
    (
        "append asked",
        "a login mrc secret\r\n?b append inbox {3+}\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3]],
    ),
    ("a message comes", "a login mrc secret\r\nb append inbox {3+}\r\na", &["discard"]),
    (
        "messages are whole",
        "a login mrc secret\r\nb append inbox {3+}\r\nabc?\r\n",
        &[SAID[0], SAID[1], SAID[2], SAID[3], SAID[4], "accept_append"],
    ),
    ("logged out", "a logout\r\n", &[]),
];

/// Lets everything be, up to the question behind the mark.
fn reach(script: &str) -> (Server, Inbox) {
    let config = Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_compression(Compression::Offer)
        .with_features([Feature::Idle, Feature::MultiAppend, Feature::UidPlus]);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    let (before, asked) = script.split_once('?').unwrap_or((script, ""));
    go(&mut server, &mut inbox, true);
    inbox.extend(before.as_bytes());
    go(&mut server, &mut inbox, true);
    inbox.extend(asked.as_bytes());
    go(&mut server, &mut inbox, asked.is_empty());
    (server, inbox)
}

fn go(server: &mut Server, inbox: &mut Inbox, answers: bool) {
    loop {
        match server.poll(inbox) {
            Ok(Progress::Event(_)) if !answers => return,
            Ok(Progress::Event(Event::Command(Command::Select { .. }))) => {
                server.accept_select(&SelectData::new(1)).unwrap();
            }
            Ok(Progress::Event(
                Event::AppendBegin { .. }
                | Event::Chunk(_)
                | Event::IdleEnd
                | Event::Aborted(_)
                | Event::AppendNext { .. },
            )) => {}
            Ok(Progress::Event(_)) => server.accept().unwrap(),
            Ok(Progress::Wait { .. }) => {
                let written = server.outbox().remaining();
                server.outbox().advance(written);
                if written == 0 && !let_go(server) {
                    return;
                }
            }
            Ok(Progress::Closed) | Err(_) => return,
            Ok(Progress::StartTls(_)) => panic!("TLS is off"),
        }
    }
}

#[test]
fn every_method_in_every_state_is_legal_or_misuse_without_effect() {
    for (place, script, legal) in PLACES {
        for (name, method) in METHODS {
            let (mut server, mut inbox) = reach(script);
            let before = (format!("{server:?}"), server.room(), server.timers().to_vec());
            let answer = method(&mut server);
            assert_eq!(answer.is_ok(), legal.contains(&name), "{name} when {place}: {answer:?}");
            if answer.is_err() {
                assert!(matches!(answer, Err(Error::Misuse(_))), "{name} when {place}");
                let after = (format!("{server:?}"), server.room(), server.timers().to_vec());
                assert_eq!(before, after, "{name} when {place}");
            }
            // Whatever it was, the session comes to its end.
            finish(&mut server, &mut inbox, &format!("{name} when {place}"));
        }
    }
}

#[test]
fn decline_abort_and_shutdown_are_legal_in_every_state() {
    let methods: [End; 3] = [
        ("decline", |server| server.decline()),
        ("abort", Server::abort),
        ("shutdown", |server| server.shutdown()),
    ];
    for (place, script, _) in PLACES {
        for (name, method) in methods {
            let (mut server, mut inbox) = reach(script);
            method(&mut server);
            method(&mut server);
            if name == "shutdown" {
                server.decline();
                go(&mut server, &mut inbox, true);
                assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed), "{place}");
            }
            finish(&mut server, &mut inbox, &format!("{name} when {place}"));
        }
    }
}

#[test]
fn shutdown_tells_the_end_of_what_was_begun() {
    for (script, end) in [
        ("a login mrc secret\r\nb select inbox\r\nc idle\r\nDO", Event::IdleEnd),
        (
            "a login mrc secret\r\nb append inbox {3+}\r\na",
            Event::Aborted(postrider_wire::AbortReason::Discarded),
        ),
        (
            "a login mrc secret\r\nb append inbox {3+}\r\nabc (",
            Event::Aborted(postrider_wire::AbortReason::Discarded),
        ),
    ] {
        let (mut server, mut inbox) = reach(script);
        server.shutdown();
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(end)));
        let written = server.outbox().remaining();
        let said = server.outbox().copy_to_bytes(written);
        assert_eq!(said, "* BYE server is shutting down\r\n");
        assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed));
    }
}

/// Time passes until what is held back may leave. Whether anything was.
fn let_go(server: &mut Server) -> bool {
    let delay = server.timers().iter().find(|timer| timer.kind == TimerKind::Delay).copied();
    delay.map(|timer| server.on_timeout(timer)).is_some()
}

/// The peer closes; the machine ends.
fn finish(server: &mut Server, inbox: &mut Inbox, what: &str) {
    inbox.set_eof();
    for _ in 0..20 {
        match server.poll(inbox) {
            Ok(Progress::Closed) | Err(_) => return,
            Ok(Progress::Wait { app, .. }) => {
                let written = server.outbox().remaining();
                server.outbox().advance(written);
                if app && written == 0 {
                    server.decline();
                } else if written == 0 {
                    let_go(server);
                }
            }
            Ok(_) => server.decline(),
        }
    }
    panic!("it does not end: {what}");
}
