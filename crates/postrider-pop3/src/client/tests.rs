extern crate std;
use alloc::vec::Vec;

use bytes::Buf;
use postrider_sasl::client::Credentials;
use postrider_wire::{
    AbortReason, Inbox, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo, TlsUpgrade,
};
use proptest::prelude::*;

use super::{Client, Config, Event, Login};
use crate::{Error, Keyword, LanguageRange, Limits, Misuse, State};

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
    // It had begun by then, and so is no answer.
    let lost = step(&mut client, &mut rx, "");
    assert!(matches!(lost, Ok(Progress::Event(Event::Lost { command: Keyword::Noop, .. }))));
    assert!(matches!(client.poll(&mut rx), Err(Error::Unsolicited { .. })));
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
    fn no_order_of_calls_panics(operations in proptest::collection::vec((0u8..28, any::<u8>()), 0..80)) {
        let (mut client, mut rx) = client(implicit());
        let mut sent = Vec::new();
        for (operation, octet) in operations {
            let replies = ["+OK 1 2\r\n", "-ERR\r\n", ".\r\n", "1 2\r\n"];
            let more = ["+ \r\n", "+ YQ==\r\n", "SASL OAUTHBEARER LOGIN\r\n"];
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
                17 => { rx.extend(more[usize::from(octet) % 3].as_bytes()); Ok(()) }
                18 => {
                    let user = if octet < 128 {
                        Credentials::token_on_demand("u")
                    } else {
                        Credentials::password("u", Secret::new("p".into()))
                    };
                    client.login_with(Login::new(user.unwrap(), [octet; 32]))
                }
                19 => client.token(Secret::new("token".into())),
                20 if octet < 64 => { client.decline(); Ok(()) }
                21 => client.lang((octet < 128).then_some(LanguageRange::Preferred)),
                22 => client.utf8(),
                _ => client.poll(&mut rx).map(drop),
            };
        }
        let first = client.poll(&mut rx);
        if first.is_err() {
            prop_assert_eq!(client.poll(&mut rx), first);
        }
    }
}

/// A client that may overlap its commands, and has no more than so many octets of them unanswered.
fn overlapping(in_flight: usize) -> (Client, Inbox) {
    let limits = Limits::client().with_in_flight(in_flight);
    let config = Config::new(implicit()).with_limits(limits);
    let mut client = Client::new(config);
    let mut rx = client.new_inbox();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.capa().unwrap();
    assert_eq!(client.capa(), NOT_NOW, "nothing is known yet");
    let _ = step(&mut client, &mut rx, "+OK\r\nPIPELINING\r\n.\r\n");
    client.login("mrose", Secret::new("secret".into())).unwrap();
    assert_eq!(client.noop(), NOT_NOW, "a login is one step after the other");
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    (client, rx)
}

#[test]
fn commands_overlap_once_the_server_offered_it() {
    let (mut client, _) = overlapping(2048);
    for n in 1..=10 {
        client.retr(n).unwrap();
    }
    client.quit().unwrap();
    assert_eq!(client.in_flight(), 11);
    assert_eq!(client.noop(), NOT_NOW, "behind QUIT is nothing");
    assert!(client.outbox().chunk().ends_with(b"RETR 9\r\nRETR 10\r\nQUIT\r\n"));
}

#[test]
fn a_client_is_idle_when_everything_has_had_its_end() {
    let mut client = Client::new(Config::new(implicit()));
    let mut rx = client.new_inbox();
    assert!(!client.is_idle(), "the greeting is due");
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    assert!(client.is_idle());
    let (mut client, mut rx) = overlapping(2048);
    client.retr(1).unwrap();
    assert!(client.is_ready() && !client.is_idle());
    let _ = step(&mut client, &mut rx, "+OK\r\nHi\r\n");
    assert_eq!(client.in_flight(), 0);
    assert!(client.is_ready() && !client.is_idle(), "the message is coming in");
    let chunk = step(&mut client, &mut rx, ".\r\n");
    assert!(matches!(chunk, Ok(Progress::Event(Event::Chunk(_)))));
    assert_eq!(step(&mut client, &mut rx, ""), Ok(Progress::Event(Event::RetrieveEnd)));
    assert!(client.is_idle());
    client.quit().unwrap();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    assert!(!client.is_idle(), "it is over");
}

#[test]
fn commands_do_not_overlap_where_the_server_did_not_offer_it() {
    let (mut client, mut rx) = overlapping(2048);
    client.capa().unwrap();
    client.noop().unwrap();
    let told = step(&mut client, &mut rx, "+OK\r\nTOP\r\n.\r\n");
    assert!(matches!(told, Ok(Progress::Event(Event::Capabilities(_)))));
    assert_eq!(client.noop(), NOT_NOW, "it takes the offer back");
    let (mut client, _) = logged_in();
    client.noop().unwrap();
    assert_eq!(client.noop(), NOT_NOW, "nobody asked it");
}

/// DESIGN: "clients cap unanswered octets, because a blocking driver writes before it reads".
#[test]
fn no_more_octets_are_unanswered_than_the_limit_allows() {
    let (mut client, mut rx) = overlapping(100);
    let mut asked = 0;
    while client.is_ready() {
        client.retr(7).unwrap();
        asked += 1;
    }
    // 80 octets are in flight, and the longest command has 27.
    assert_eq!(asked, 10);
    assert_eq!(client.retr(7), NOT_NOW);
    let begin = step(&mut client, &mut rx, "+OK\r\n");
    assert!(matches!(begin, Ok(Progress::Event(Event::RetrieveBegin { .. }))));
    // The server has read that one: another may go, while its answer comes in.
    client.retr(8).unwrap();
    assert_eq!(client.retr(9), NOT_NOW);
    let (mut client, _) = overlapping(0);
    client.retr(1).unwrap();
    assert_eq!(client.retr(2), NOT_NOW, "one always may");
}

#[test]
fn a_reply_is_not_looked_at_before_its_command_left_though_others_did() {
    let (mut client, mut rx) = overlapping(2048);
    client.noop().unwrap();
    client.dele(1).unwrap();
    client.outbox().advance(8);
    rx.extend(b"+OK\r\n-ERR too early\r\n");
    assert!(matches!(
        client.poll(&mut rx),
        Ok(Progress::Event(Event::Done { command: Keyword::Noop, .. }))
    ));
    assert_eq!(client.poll(&mut rx), Ok(Progress::Wait { input: false, app: true }));
    // It had begun by then, and so refuses nothing.
    assert!(matches!(
        step(&mut client, &mut rx, ""),
        Ok(Progress::Event(Event::Lost { command: Keyword::Dele, message: Some(1) }))
    ));
    assert!(matches!(client.poll(&mut rx), Ok(Progress::Event(Event::Rejected(_)))));
    assert_eq!(client.poll(&mut rx), Ok(Progress::Closed));
}

#[test]
fn what_a_server_offered_in_the_clear_is_forgotten_at_the_upgrade() {
    let config = Config::new(Security::StartTls(Policy::Required));
    let mut client = Client::new(config);
    client.overlap = super::Overlap::Offered;
    let mut rx = client.new_inbox();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    let Ok(Progress::StartTls(token)) = step(&mut client, &mut rx, "+OK\r\n") else { panic!() };
    let mut rx = client.tls_established(token, TlsInfo::new(), rx).unwrap();
    let _ = step(&mut client, &mut rx, "");
    client.login("mrose", Secret::new("secret".into())).unwrap();
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    client.noop().unwrap();
    assert_eq!(client.noop(), NOT_NOW);
}

/// While a message comes in its pace is watched, and not the wait for the replies behind it.
#[test]
fn the_wait_for_a_reply_runs_only_while_one_is_due_next() {
    let (mut client, mut rx) = overlapping(2048);
    let kinds =
        |client: &Client| client.timers().iter().map(|timer| timer.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&client), []);
    client.retr(1).unwrap();
    client.noop().unwrap();
    assert_eq!(kinds(&client), [TimerKind::Reply]);
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    assert_eq!(kinds(&client), [TimerKind::Progress]);
    client.stat().unwrap();
    assert_eq!(kinds(&client), [TimerKind::Progress]);
    let _ = step(&mut client, &mut rx, ".\r\n");
    assert_eq!(kinds(&client), [TimerKind::Reply]);
    let _ = step(&mut client, &mut rx, "+OK\r\n");
    assert_eq!(kinds(&client), [TimerKind::Reply]);
    let _ = step(&mut client, &mut rx, "+OK 1 2\r\n");
    assert_eq!(kinds(&client), []);
}
