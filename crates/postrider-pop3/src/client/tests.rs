extern crate std;
use alloc::vec::Vec;

use bytes::Buf;
use postrider_wire::{
    AbortReason, Inbox, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo, TlsUpgrade,
};
use proptest::prelude::*;

use super::{Client, Config, Event};
use crate::{Error, Keyword, Misuse, State};

fn client(security: Security) -> (Client, Inbox) {
    let client = Client::new(Config::new(security));
    let inbox = client.new_inbox();
    (client, inbox)
}

fn implicit() -> Security {
    Security::Implicit(TlsInfo::new())
}

fn step(client: &mut Client, rx: &mut Inbox, input: &str) -> Result<Progress<Event>, Error> {
    let n = client.outbox().remaining();
    client.outbox().advance(n);
    assert_eq!(rx.extend(input.as_bytes()), input.len());
    client.poll(rx)
}

fn logged_in() -> (Client, Inbox) {
    let (mut client, mut rx) = client(implicit());
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.login("mrose", Secret::new("secret".into())).unwrap();
    let waits = step(&mut client, &mut rx, "+OK\r\n");
    assert_eq!(waits, Ok(Progress::Wait { input: true, app: false }));
    assert!(matches!(
        step(&mut client, &mut rx, "+OK\r\n"),
        Ok(Progress::Event(Event::LoggedIn(_)))
    ));
    (client, rx)
}

const NOT_NOW: Result<(), Error> = Err(Error::Misuse(Misuse::NotNow));

#[test]
fn a_command_is_misuse_before_the_greeting_and_while_another_is_in_flight() {
    let (mut client, mut rx) = client(implicit());
    assert_eq!(client.capa(), NOT_NOW);
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    assert!(client.is_ready());
    assert_eq!(client.stat(), NOT_NOW, "nobody is logged in");
    client.capa().unwrap();
    assert_eq!(client.capa(), NOT_NOW);
    assert_eq!(client.outbox().chunk(), b"CAPA\r\n");
}

#[test]
fn a_reply_is_looked_at_only_when_its_command_has_left() {
    let (mut client, mut rx) = logged_in();
    client.noop().unwrap();
    rx.extend(b"+OK\r\n");
    assert_eq!(client.poll(&mut rx), Ok(Progress::Wait { input: false, app: false }));
    let done = step(&mut client, &mut rx, "");
    assert!(matches!(done, Ok(Progress::Event(Event::Done { command: Keyword::Noop, .. }))));
}

#[test]
fn a_cut_message_is_aborted_and_then_the_error_comes() {
    let (mut client, mut rx) = logged_in();
    client.retr(7).unwrap();
    let begin = step(&mut client, &mut rx, "+OK\r\nHello\r\n.");
    assert_eq!(
        begin,
        Ok(Progress::Event(Event::RetrieveBegin { message: 7, lines: None, declared: None }))
    );
    rx.set_eof();
    assert!(matches!(step(&mut client, &mut rx, ""), Ok(Progress::Event(Event::Chunk(_)))));
    let aborted = Event::Aborted(AbortReason::Eof);
    assert_eq!(step(&mut client, &mut rx, ""), Ok(Progress::Event(aborted)));
    let error = step(&mut client, &mut rx, "").unwrap_err();
    assert!(matches!(error, Error::Eof { .. }));
    assert_eq!(step(&mut client, &mut rx, ""), Err(error), "and again");
}

#[test]
fn a_slow_message_is_aborted_and_then_the_timeout_comes() {
    let (mut client, mut rx) = logged_in();
    client.retr(1).unwrap();
    let _ = step(&mut client, &mut rx, "+OK 5 octets\r\nab");
    let _ = step(&mut client, &mut rx, "");
    let timer = client.timers()[0];
    assert_eq!(timer.kind, TimerKind::Progress);
    client.on_timeout(timer);
    let aborted = Event::Aborted(AbortReason::Timeout);
    assert_eq!(step(&mut client, &mut rx, "\r\n.\r\n"), Ok(Progress::Event(aborted)));
    assert_eq!(step(&mut client, &mut rx, ""), Err(Error::Timeout));
}

#[test]
fn what_is_discarded_is_swallowed_to_its_end_and_not_told() {
    let (mut client, mut rx) = logged_in();
    assert!(client.discard().is_err(), "nothing is coming in");
    client.retr(1).unwrap();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.discard().unwrap();
    assert!(client.discard().is_err(), "once is enough");
    let waiting = step(&mut client, &mut rx, "thrown away\r\n..\r\n.\r\n");
    assert_eq!(waiting, Ok(Progress::Wait { input: true, app: true }));
    assert!(client.is_ready());
}

#[test]
fn a_shutdown_says_quit_at_the_next_legal_place() {
    let (mut client, mut rx) = logged_in();
    client.retr(1).unwrap();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.shutdown();
    let aborted = Event::Aborted(AbortReason::Discarded);
    assert_eq!(step(&mut client, &mut rx, "the rest\r\n"), Ok(Progress::Event(aborted)));
    let _ = step(&mut client, &mut rx, ".\r\n");
    assert_eq!(client.outbox().chunk(), b"QUIT\r\n");
    let done = step(&mut client, &mut rx, "+OK\r\n");
    assert!(matches!(done, Ok(Progress::Event(Event::Done { command: Keyword::Quit, .. }))));
    assert_eq!(step(&mut client, &mut rx, ""), Ok(Progress::Closed));
    assert_eq!(client.state(), State::Over);
}

#[test]
fn a_shutdown_before_the_password_keeps_the_password() {
    let (mut client, mut rx) = client(implicit());
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.login("mrose", Secret::new("tanstaaf".into())).unwrap();
    let _ = step(&mut client, &mut rx, "");
    client.shutdown();
    // The login has an outcome all the same.
    let lost = Event::Lost { command: Keyword::Pass, message: None };
    assert_eq!(step(&mut client, &mut rx, "+OK\r\n"), Ok(Progress::Event(lost)));
    let _ = step(&mut client, &mut rx, "");
    assert_eq!(client.outbox().chunk(), b"QUIT\r\n");
}

#[test]
fn a_token_that_nobody_asked_for_is_misuse_and_changes_nothing() {
    let (mut other, mut rx) = client(Security::StartTls(Policy::Required));
    let _ = step(&mut other, &mut rx, "+OK\r\n");
    let Ok(Progress::StartTls(token)) = step(&mut other, &mut rx, "+OK\r\n") else { panic!() };
    let (mut client, mut own) = logged_in();
    client.retr(7).unwrap();
    let begin = Event::RetrieveBegin { message: 7, lines: None, declared: None };
    assert_eq!(step(&mut client, &mut own, "+OK\r\n"), Ok(Progress::Event(begin)));
    let error = client.tls_established(token, TlsInfo::new(), rx).unwrap_err();
    assert_eq!(error, Error::Misuse(Misuse::NoUpgrade));
    assert_eq!(step(&mut client, &mut own, ".\r\n"), Ok(Progress::Event(Event::RetrieveEnd)));
    assert!(client.is_ready());
}

#[test]
fn polling_in_the_middle_of_an_upgrade_is_misuse() {
    let (mut client, mut rx) = client(Security::StartTls(Policy::Required));
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    let Ok(Progress::StartTls(token)) = step(&mut client, &mut rx, "+OK\r\n") else { panic!() };
    let _: TlsUpgrade = token;
    assert!(!client.is_ready());
    assert_eq!(client.poll(&mut rx), Err(Error::Misuse(Misuse::NoUpgrade)));
}

proptest! {
    /// Whatever is called in whatever order, and whatever the server says, nothing panics.
    #[test]
    fn no_order_of_calls_panics(operations in proptest::collection::vec((0u8..20, any::<u8>()), 0..80)) {
        let (mut client, mut rx) = client(implicit());
        let mut sent = Vec::new();
        for (operation, octet) in operations {
            let replies = ["+OK 1 2\r\n", "-ERR\r\n", ".\r\n", "1 2\r\n"];
            let _ = match operation {
                0..=3 => { rx.extend(replies[usize::from(operation)].as_bytes()); Ok(()) }
                4 => { rx.extend(&[octet]); Ok(()) }
                5 => client.login("a", Secret::new("b".into())),
                6 => client.capa(),
                7 => client.list(None),
                8 => client.uidl(Some(1)),
                9 => client.retr(1),
                10 => client.discard(),
                11 => client.dele(1),
                12 if octet < 8 => client.quit(),
                13 if octet < 4 => { client.shutdown(); Ok(()) }
                14 if octet < 4 => { rx.set_eof(); Ok(()) }
                15 if octet < 4 => {
                    if let Some(timer) = client.timers().first().copied() {
                        client.on_timeout(timer);
                    }
                    Ok(())
                }
                16 => { let n = client.outbox().remaining(); sent.extend_from_slice(&client.outbox().copy_to_bytes(n)); Ok(()) }
                _ => client.poll(&mut rx).map(drop),
            };
        }
        let first = client.poll(&mut rx);
        if first.is_err() {
            prop_assert_eq!(client.poll(&mut rx), first);
        }
    }
}
