extern crate std;
use alloc::string::String;
use alloc::vec::Vec;

use bytes::{Buf, Bytes};
use postrider_sasl::server::Credential;
use postrider_wire::dot::OutgoingNewlines;
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, OutboxWriter, Progress, Security, TimerKind, TlsInfo,
    TlsUpgrade,
};
use proptest::prelude::*;

use super::{Config, Event, Server, TopCommand};
use crate::{Error, Limits, Maildrop, Misuse, Reply, State, UniqueId, Utf8};

fn server(config: Config) -> (Server, Inbox) {
    let server = Server::new(config);
    let inbox = server.new_inbox();
    (server, inbox)
}

fn config() -> Config {
    Config::new(Security::Implicit(TlsInfo::new()))
}

fn maildrop(sizes: &[u64]) -> Maildrop {
    let mut maildrop = Maildrop::new();
    for (n, size) in sizes.iter().enumerate() {
        maildrop.push(*size, UniqueId::new(&alloc::format!("u{n}")).unwrap());
    }
    maildrop
}

/// Polls until something is asked or waited for, and returns that with what was said.
fn step(
    server: &mut Server,
    rx: &mut Inbox,
    input: &str,
) -> (Result<Progress<Event>, Error>, String) {
    assert_eq!(rx.extend(input.as_bytes()), input.len());
    let progress = server.poll(rx);
    let n = server.outbox().remaining();
    let said = server.outbox().copy_to_bytes(n);
    (progress, String::from_utf8(said.to_vec()).unwrap())
}

fn logged_in(config: Config, sizes: &[u64]) -> (Server, Inbox) {
    let (mut server, mut rx) = server(config);
    let (asked, _) = step(&mut server, &mut rx, "USER mrose\r\nPASS secret\r\n");
    assert!(matches!(asked, Ok(Progress::Event(Event::Login { .. }))));
    server.accept_login(maildrop(sizes)).unwrap();
    (server, rx)
}

#[test]
fn a_verdict_that_nothing_waits_for_is_misuse_and_changes_nothing() {
    let (mut server, mut rx) = server(config());
    let none = Err(Error::Misuse(Misuse::NothingPending));
    let check = |server: &mut Server| {
        assert_eq!(server.accept(), none);
        assert_eq!(server.accept_login(Maildrop::new()), none);
        assert_eq!(server.reject(Reply::err("no").unwrap()), none);
        assert_eq!(
            server.write_payload(&mut Bytes::from_static(b"x")),
            Err(Error::Misuse(Misuse::NothingPending))
        );
        assert_eq!(server.finish_payload(), none);
        assert_eq!(server.abort(), none);
        server.decline();
    };
    check(&mut server);
    let (_, said) = step(&mut server, &mut rx, "");
    assert_eq!(said, "+OK POP3 server ready\r\n");
    check(&mut server);
    let (progress, said) = step(&mut server, &mut rx, "STAT\r\n");
    assert_eq!(said, "-ERR STAT not possible now\r\n");
    assert_eq!(progress, Ok(Progress::Wait { input: true, app: false }));
}

#[test]
fn the_wrong_verdict_is_misuse_and_the_question_stays() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let (asked, _) = step(&mut server, &mut rx, "RETR 1\r\n");
    assert_eq!(asked, Ok(Progress::Event(Event::Retrieve { message: 1, lines: None })));
    assert!(server.accept_login(Maildrop::new()).is_err());
    let ok = Reply::ok("yes").unwrap();
    assert_eq!(server.reject(ok), Err(Error::Misuse(Misuse::NotARefusal)));
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Wait { input: true, app: true }));
    server.reject(Reply::err("gone").unwrap()).unwrap();
    assert_eq!(step(&mut server, &mut rx, "").1, "-ERR gone\r\n");
}

#[test]
fn declining_says_no_to_each_question() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let _ = step(&mut server, &mut rx, "RETR 1\r\n");
    server.decline();
    assert_eq!(step(&mut server, &mut rx, "").1, "-ERR message not available\r\n");
    let (asked, _) = step(&mut server, &mut rx, "DELE 1\r\nQUIT\r\n");
    assert_eq!(asked, Ok(Progress::Event(Event::Commit { deleted: Vec::from([1]) })));
    server.decline();
    // RFC 1939 §6
    let (_, said) = step(&mut server, &mut rx, "");
    assert_eq!(said, "-ERR some deleted messages not removed\r\n");
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Closed));
}

#[test]
fn a_message_of_another_size_than_declared_cannot_be_finished() {
    let (mut server, mut rx) = logged_in(config(), &[5]);
    let _ = step(&mut server, &mut rx, "RETR 1\r\n");
    server.accept().unwrap();
    server.write_payload(&mut Bytes::from_static(b".")).unwrap();
    let mismatch = Misuse::SizeMismatch { declared: 5, written: 3 };
    assert_eq!(server.finish_payload(), Err(Error::Misuse(mismatch)));
    server.write_payload(&mut Bytes::from_static(b"\n\n")).unwrap();
    server.finish_payload().unwrap();
    let (progress, said) = step(&mut server, &mut rx, "");
    assert_eq!(said, "+OK 5 octets\r\n..\r\n\r\n.\r\n");
    assert_eq!(progress, Ok(Progress::Wait { input: true, app: false }));
}

#[test]
fn a_message_can_be_finished_while_the_outbox_is_full() {
    // `+OK 2033 octets`, CRLF, 2031 octets: 2048, which is all that the outbox takes.
    let limits = Limits::server().with_outbox(2048);
    let (mut server, mut rx) = logged_in(config().with_limits(limits), &[2033]);
    let _ = step(&mut server, &mut rx, "RETR 1\r\nNOOP\r\n");
    server.accept().unwrap();
    let mut mail = Bytes::from(Vec::from([b'x'; 2031]));
    assert_eq!(server.write_payload(&mut mail), Ok(2031));
    server.finish_payload().unwrap();
    let again = server.finish_payload();
    assert_eq!(again, Err(Error::Misuse(Misuse::NothingPending)));
    let (progress, said) = step(&mut server, &mut rx, "");
    assert_eq!(progress, Ok(Progress::Wait { input: false, app: false }));
    assert!(said.ends_with('x'));
    assert_eq!(step(&mut server, &mut rx, "").1, "\r\n.\r\n+OK\r\n");
}

#[test]
fn a_message_can_be_finished_whenever_its_last_octet_was_taken() {
    let limits = Limits::server().with_outbox(2048);
    for octets in (2000..2070).chain(4070..4110) {
        let (mut server, mut rx) = logged_in(config().with_limits(limits.clone()), &[octets + 2]);
        let _ = step(&mut server, &mut rx, "RETR 1\r\n");
        server.accept().unwrap();
        let body = Bytes::from("x".repeat(usize::try_from(octets).unwrap()));
        let (mut payload, mut said) = (body.clone(), String::new());
        loop {
            server.write_payload(&mut payload).unwrap();
            if payload.is_empty() {
                server.finish_payload().unwrap();
                break;
            }
            said += &step(&mut server, &mut rx, "").1;
        }
        said += &step(&mut server, &mut rx, "").1;
        said += &step(&mut server, &mut rx, "").1;
        let sent =
            alloc::format!("+OK {} octets\r\n{}\r\n.\r\n", octets + 2, "x".repeat(body.len()));
        assert!(said == sent, "{octets}");
    }
}

#[test]
fn a_bare_newline_breaks_a_retrieval_off_where_policy_refuses_it() {
    let (mut server, mut rx) = logged_in(config().with_newlines(OutgoingNewlines::Refuse), &[5]);
    let _ = step(&mut server, &mut rx, "DELE 1\r\nRSET\r\nRETR 1\r\n");
    server.accept().unwrap();
    let broken = server.write_payload(&mut Bytes::from_static(b"ab\ncd"));
    assert_eq!(broken, Err(Error::BareNewline { offset: 2 }));
    let (_, said) = step(&mut server, &mut rx, "QUIT\r\n");
    assert!(said.ends_with("5 octets\r\nab"), "{said}");
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Closed));
}

/// RFC 1939 §3: "the server should close the TCP connection without removing any messages or
/// sending any response to the client".
#[test]
fn autologout_closes_without_a_word_and_removes_nothing() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let _ = step(&mut server, &mut rx, "DELE 1\r\n");
    // It counts from when the reply was read.
    let _ = step(&mut server, &mut rx, "");
    let idle = server.timers()[0];
    assert_eq!(idle.kind, TimerKind::Idle);
    assert!(idle.after >= core::time::Duration::from_secs(600));
    server.on_timeout(idle);
    assert_eq!(step(&mut server, &mut rx, "QUIT\r\n"), (Err(Error::Timeout), String::new()));
}

#[test]
fn any_command_restarts_the_autologout_timer() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let _ = step(&mut server, &mut rx, "");
    let _ = step(&mut server, &mut rx, "");
    let before = server.timers()[0];
    assert_eq!(before.kind, TimerKind::Idle);
    let _ = step(&mut server, &mut rx, "NOOP\r\n");
    let _ = step(&mut server, &mut rx, "");
    assert_eq!(server.timers()[0].kind, TimerKind::Idle);
    assert_ne!(server.timers()[0].arm, before.arm);
    server.on_timeout(before);
    assert_eq!(step(&mut server, &mut rx, "NOOP\r\n").1, "+OK\r\n", "a stale timer does nothing");
}

#[test]
fn a_shutdown_waits_for_the_verdict_and_then_says_goodbye() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let _ = step(&mut server, &mut rx, "DELE 1\r\nRETR 1\r\nRSET\r\nRETR 1\r\n");
    server.shutdown();
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Wait { input: true, app: true }));
    server.decline();
    let (_, said) = step(&mut server, &mut rx, "QUIT\r\n");
    assert_eq!(said, "-ERR message not available\r\n-ERR server shutting down\r\n");
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Closed));
    assert_eq!(server.state(), State::Over);
}

#[test]
fn patience_ends_with_too_many_bad_commands() {
    let limits = Limits::server().with_patience(3, 1);
    let (mut server, mut rx) = server(config().with_limits(limits));
    let (_, said) = step(&mut server, &mut rx, "X\r\nX\r\nX\r\nX\r\n");
    assert!(said.ends_with("-ERR unknown command\r\n-ERR too many bad commands\r\n"), "{said}");
    assert_eq!(step(&mut server, &mut rx, "").0, Ok(Progress::Closed));
}

#[test]
fn a_client_that_reads_nothing_while_a_verdict_is_pending_is_cut_off() {
    let waits = Ok(Progress::Wait { input: true, app: true });
    let (mut server, mut rx) = logged_in(config(), &[3]);
    // The answer to PASS, and one more, are unread when the question comes.
    rx.extend(b"NOOP\r\nRETR 1\r\n");
    assert_eq!(
        server.poll(&mut rx),
        Ok(Progress::Event(Event::Retrieve { message: 1, lines: None }))
    );
    assert_eq!(server.poll(&mut rx), waits);
    let timer = server.timers().iter().copied().find(|timer| timer.kind == TimerKind::Progress);
    // Once all was read, the embedder may take any time.
    assert_eq!(step(&mut server, &mut rx, "").0, waits);
    assert_eq!(server.poll(&mut rx), waits);
    assert!(server.timers().iter().all(|timer| timer.kind != TimerKind::Progress));
    server.on_timeout(timer.unwrap());
    assert_eq!(server.poll(&mut rx), waits, "a stale timer does nothing");

    let (mut server, mut rx) = logged_in(config(), &[3]);
    rx.extend(b"RETR 1\r\n");
    assert_eq!(
        server.poll(&mut rx),
        Ok(Progress::Event(Event::Retrieve { message: 1, lines: None }))
    );
    assert_eq!(server.poll(&mut rx), waits);
    let timer = server.timers().iter().copied().find(|timer| timer.kind == TimerKind::Progress);
    server.on_timeout(timer.unwrap());
    assert_eq!(server.poll(&mut rx), Err(Error::Timeout));
}

#[test]
fn a_token_that_is_not_due_changes_nothing_and_the_message_goes_on() {
    let (mut server, mut rx) = logged_in(config(), &[4]);
    let _ = step(&mut server, &mut rx, "RETR 1\r\n");
    server.accept().unwrap();
    server.write_payload(&mut Bytes::from_static(b"H")).unwrap();
    let token = TlsUpgrade::when_quiet(&Inbox::new(1), &OutboxWriter::new(1)).unwrap();
    let answer = server.tls_established(token, TlsInfo::new(), Inbox::new(1));
    assert_eq!(answer.unwrap_err(), Error::Misuse(Misuse::NoUpgrade));
    server.write_payload(&mut Bytes::from_static(b"i\r\n")).unwrap();
    server.finish_payload().unwrap();
    let (progress, said) = step(&mut server, &mut rx, "");
    assert_eq!(progress, Ok(Progress::Wait { input: true, app: false }));
    assert_eq!(said, "+OK 4 octets\r\nHi\r\n.\r\n");
}

fn operations() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(0u8..30, 0..60)
}

proptest! {
    /// Whatever is called in whatever order, nothing panics, and there is always a way on.
    #[test]
    fn no_order_of_calls_panics(operations in operations()) {
        let limits = Limits::server().with_patience(100, 100).with_outbox(2048);
        let auth = postrider_sasl::server::Config::new([1; 32]).with_clear_text(ClearTextLogin::Allow);
        let (mut server, mut rx) = server(config().with_limits(limits).with_auth(auth).with_utf8(Utf8::Messages));
        for operation in operations {
            let logins = ["AUTH PLAIN\r\n", "AUTH PLAIN AHRpbQB0\r\n", "AHRpbQB0\r\n", "*\r\n", "UTF8\r\n"];
            let lines = ["USER a\r\n", "PASS b\r\n", "RETR 1\r\n", "DELE 1\r\n", "LIST\r\n", "QUIT\r\n", "CAPA\r\n", "X"];
            match operation {
                0..=7 => { rx.extend(lines[usize::from(operation)].as_bytes()); }
                8 => { let _ = server.accept(); }
                9 => { let _ = server.accept_login(maildrop(&[4, 5])); }
                10 => { let _ = server.reject(Reply::err("no").unwrap()); }
                11 => server.decline(),
                12 => { let _ = server.write_payload(&mut Bytes::from_static(b"ab\r\n")); }
                13 => { let _ = server.finish_payload(); }
                14 => { let _ = server.abort(); }
                15 if rx.len() > 30 => server.shutdown(),
                16 if rx.len() > 60 => {
                    if let Some(timer) = server.timers().first().copied() {
                        server.on_timeout(timer);
                    }
                }
                17 if rx.len() > 50 => rx.set_eof(),
                18 => { let n = server.outbox().remaining(); server.outbox().advance(n); }
                19..=23 => { rx.extend(logins[usize::from(operation) % 5].as_bytes()); }
                24 => { let _ = server.credential(Credential::Verified); }
                _ => { let _ = server.poll(&mut rx); }
            }
        }
        let n = server.outbox().remaining();
        server.outbox().advance(n);
        let first = server.poll(&mut rx);
        if first.is_err() {
            prop_assert_eq!(server.poll(&mut rx), first);
        }
    }
}

/// What was said to it is 64 KiB at most, and a client may take its time to read that.
#[test]
fn autologout_counts_from_when_all_was_read_and_a_slow_reader_is_no_idle_one() {
    let (mut server, mut rx) = logged_in(config(), &[3]);
    rx.extend(b"NOOP\r\n");
    let kinds =
        |server: &Server| server.timers().iter().map(|timer| timer.kind).collect::<Vec<_>>();
    for _ in 0..5 {
        assert_eq!(server.poll(&mut rx), Ok(Progress::Wait { input: true, app: false }));
        assert_eq!(kinds(&server), [TimerKind::Progress]);
        let before = server.timers()[0];
        assert!(server.poll(&mut rx).is_ok());
        assert_eq!(server.timers(), [before], "nothing was read");
        server.outbox().advance(1);
        assert!(server.poll(&mut rx).is_ok());
        assert_ne!(server.timers(), [before], "an octet was read");
    }
    let _ = step(&mut server, &mut rx, "");
    let _ = step(&mut server, &mut rx, "");
    assert_eq!(kinds(&server), [TimerKind::Idle]);
}

#[test]
fn a_client_that_does_not_read_the_answer_to_stls_is_cut_off() {
    let (mut server, mut rx) =
        server(Config::new(Security::StartTls(postrider_wire::Policy::Required)));
    let _ = step(&mut server, &mut rx, "");
    rx.extend(b"STLS\r\n");
    assert_eq!(server.poll(&mut rx), Ok(Progress::Wait { input: false, app: false }));
    let timer = server.timers()[0];
    server.on_timeout(timer);
    assert_eq!(server.poll(&mut rx), Err(Error::Timeout));
}

const MAIL: &str = "A: b\r\n\r\n1\r\n.2\r\n3\r\n";

/// The embedder writes the whole message in pieces of so many octets.
fn top_of(lines: u32, piece: usize, outbox: usize) -> String {
    let limits = Limits::server().with_outbox(outbox);
    let (mut server, mut rx) = logged_in(config().with_limits(limits), &[MAIL.len() as u64]);
    let _ = step(&mut server, &mut rx, "");
    let (asked, _) = step(&mut server, &mut rx, &alloc::format!("TOP 1 {lines}\r\n"));
    assert_eq!(asked, Ok(Progress::Event(Event::Retrieve { message: 1, lines: Some(lines) })));
    server.accept().unwrap();
    let mut said = String::new();
    for piece in MAIL.as_bytes().chunks(piece) {
        let mut piece = Bytes::copy_from_slice(piece);
        while !piece.is_empty() && server.write_payload(&mut piece).unwrap() == 0 {
            said.push_str(&step(&mut server, &mut rx, "").1);
        }
    }
    server.finish_payload().unwrap();
    said.push_str(&step(&mut server, &mut rx, "").1);
    said.push_str(&step(&mut server, &mut rx, "").1);
    said
}

/// RFC 1939 §7: the header section, the blank line, and so many lines of the body.
#[test]
fn a_top_is_cut_by_the_server_whatever_is_written() {
    let tops = ["", "1\r\n", "1\r\n..2\r\n", "1\r\n..2\r\n3\r\n", "1\r\n..2\r\n3\r\n"];
    for (lines, body) in (0..).zip(tops) {
        for piece in 1..=MAIL.len() {
            let said = top_of(lines, piece, 2048);
            let expected = alloc::format!("+OK top of message follows\r\nA: b\r\n\r\n{body}.\r\n");
            assert_eq!(said, expected, "{lines} lines, pieces of {piece}");
        }
    }
}

#[test]
fn a_top_that_is_neither_complete_nor_the_whole_message_cannot_be_finished() {
    let (mut server, mut rx) = logged_in(config(), &[MAIL.len() as u64]);
    let _ = step(&mut server, &mut rx, "TOP 1 2\r\n");
    server.accept().unwrap();
    server.write_payload(&mut Bytes::from_static(b"A: b\r\n\r\n1\r\n")).unwrap();
    assert!(!server.is_payload_complete());
    let mismatch = Misuse::SizeMismatch { declared: MAIL.len() as u64, written: 11 };
    assert_eq!(server.finish_payload(), Err(Error::Misuse(mismatch)));
    server.write_payload(&mut Bytes::from_static(b".2\r\n3\r\n")).unwrap();
    assert!(server.is_payload_complete());
    server.finish_payload().unwrap();
}

#[test]
fn top_can_be_withheld_and_is_then_not_announced() {
    let (mut server, mut rx) = logged_in(config().with_top(TopCommand::Withheld), &[3]);
    let (_, said) = step(&mut server, &mut rx, "CAPA\r\nTOP 1 1\r\n");
    assert!(said.ends_with(".\r\n-ERR TOP not available\r\n") && !said.contains("\r\nTOP\r\n"));
    let (mut server, mut rx) = logged_in(config(), &[3]);
    let (_, said) = step(&mut server, &mut rx, "CAPA\r\nTOP 2 1\r\n");
    assert!(said.contains("\r\nTOP\r\n") && said.contains("\r\nPIPELINING\r\n"), "{said}");
    assert!(said.ends_with("-ERR no such message, only 1 messages in maildrop\r\n"), "{said}");
}
