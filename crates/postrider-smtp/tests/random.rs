//! Law 11: no input and no sequence of calls makes a machine panic, hang or break its contract.

use crate::common;

use bytes::{Buf, Bytes};
use common::{client, name, server};
use postrider_smtp::client::{self, Client};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{ForwardPath, MailParameters, Reply, ReversePath, State};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security, TlsInfo};
use proptest::prelude::*;

/// What happens next to a machine.
#[derive(Clone, Debug)]
enum Step {
    Hear(Vec<u8>),
    Eof,
    Flush,
    Fire(usize),
    Shutdown,
    Decline,
    /// A call of the embedder, by number.
    Call(u8),
}

fn step(lines: &'static [&'static str]) -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select(lines).prop_map(|line| Step::Hear(line.as_bytes().to_vec())),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Hear),
        1 => prop::collection::vec(any::<u8>(), 3000..3001).prop_map(Step::Hear),
        6 => Just(Step::Flush),
        1 => Just(Step::Eof),
        1 => (0usize..4).prop_map(Step::Fire),
        1 => Just(Step::Shutdown),
        1 => Just(Step::Decline),
        12 => any::<u8>().prop_map(Step::Call),
    ]
}

const FROM_CLIENTS: &[&str] = &[
    "EHLO b\r\n",
    "HELO b\r\n",
    "MAIL FROM:<a@b>\r\n",
    "MAIL FROM:<> SIZE=9\r\n",
    "RCPT TO:<c@d>\r\n",
    "RCPT TO:<Postmaster>\r\n",
    "DATA\r\n",
    "Hi\r\n",
    "\r\n.\r\n",
    ".\r\n",
    "\n.\n",
    "\r",
    "BDAT 4\r\n",
    "BDAT 4\r\nHi\r\n",
    "BDAT 0 LAST\r\n",
    "BDAT 3 LAST\r\na\nb",
    "BDAT 18446744073709551615\r\n",
    "BDAT x\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "QUIT\r\n",
    "STARTTLS\r\n",
    "VRFY x\r\n",
    "WHAT\r\n",
];

const FROM_SERVERS: &[&str] = &[
    "220 foo\r\n",
    "250-foo\r\n250-SIZE\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
    "250-foo\r\n250 CHUNKING\r\n",
    "250 OK\r\n",
    "250-x\r\n",
    "354 go\r\n",
    "421 bye\r\n",
    "451 later\r\n",
    "500 what\r\n",
    "550 5.1.1 no\r\n",
    "221 bye\r\n",
    "250 OK\r\n250 OK\r\n",
    "2",
    "\r\n",
];

fn call_server(server: &mut Server, call: u8) {
    let reply = |code| Reply::new(code, "so").unwrap();
    let _ = match call % 9 {
        8 => server.delay(core::time::Duration::from_secs(1)).and_then(|()| server.accept()),
        0 => server.reject(reply(550)),
        1 => server.reject(reply(421)),
        2 => server.discard(reply(554)),
        3 => server.accept_with(reply(251)),
        _ => server.accept(),
    };
}

fn call_client(client: &mut Client, call: u8) {
    let chunk = client.state() == State::Bdat;
    let mut payload = Bytes::from_static(if chunk { b"a\r\n.\r\n" } else { b"a\n.\r\n.b\rc" });
    let _ = match call % 14 {
        12 => client.bdat(u64::from(call / 14), call > 128),
        13 => client.write_payload(&mut payload).and_then(|_| client.finish_payload()),
        0 | 1 => client.mail(ReversePath::null(), MailParameters::new().with_size(3)),
        2 | 3 => client.rcpt(ForwardPath::parse("c@d").unwrap()),
        4 | 5 => client.data(),
        6 | 7 => client.write_payload(&mut payload).map(drop),
        8 => client.finish_payload(),
        9 => client.rset(),
        10 => client.noop(),
        _ if call > 240 => client.abort(),
        _ if call > 220 => client.quit(),
        _ => Ok(()),
    };
}

/// Lets it happen; whether the machine still lives.
fn happen<M: Machine>(
    machine: &mut M,
    inbox: &mut Inbox,
    step: &Step,
    call: fn(&mut M, u8),
) -> bool {
    match step {
        Step::Hear(octets) if !inbox.is_eof() => {
            inbox.extend(octets);
        }
        Step::Hear(_) => {}
        Step::Eof => inbox.set_eof(),
        Step::Flush => {
            let n = machine.outbox().remaining();
            machine.outbox().advance(n);
        }
        Step::Fire(nth) => {
            if let Some(&timer) = machine.timers().get(*nth) {
                machine.on_timeout(timer);
            }
        }
        Step::Shutdown => machine.shutdown(),
        Step::Decline => machine.decline(),
        Step::Call(number) => call(machine, *number),
    }
    poll(machine, inbox)
}

fn poll<M: Machine>(machine: &mut M, inbox: &mut Inbox) -> bool {
    for _ in 0..10_000 {
        match machine.poll(inbox) {
            Ok(Progress::Event(event)) if event_ends_poll(&event) => return true,
            Ok(Progress::Event(_)) => {}
            Ok(Progress::Wait { input, app }) => {
                assert!(
                    !input || !(inbox.is_full() || inbox.is_eof()),
                    "waits for what cannot come"
                );
                let quiet = machine.outbox().is_empty() && machine.timers().is_empty();
                assert!(input || app || !quiet, "waits for nothing");
                return true;
            }
            Ok(Progress::StartTls(token)) => {
                assert!(machine.outbox().is_empty());
                let plain = std::mem::replace(inbox, Inbox::new(1));
                match machine.tls_established(token, TlsInfo::new(), plain) {
                    Ok(fresh) => *inbox = fresh,
                    Err(_) => return false,
                }
            }
            Ok(Progress::Closed) => {
                assert!(machine.outbox().is_empty());
                return false;
            }
            Err(error) => {
                assert_eq!(machine.poll(inbox), Err(error));
                return false;
            }
        }
    }
    panic!("polled without end")
}

/// Half of the events are answered only after something else happened.
fn event_ends_poll<E: std::fmt::Debug>(event: &E) -> bool {
    format!("{event:?}").len() % 2 == 0
}

fn policy() -> impl Strategy<Value = Policy> {
    prop::sample::select(vec![Policy::Never, Policy::Opportunistic, Policy::Required])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_server_survives_whatever_happens(
        policy in policy(),
        steps in prop::collection::vec(step(FROM_CLIENTS), 0..60),
    ) {
        let mut server = server(policy);
        let mut inbox = server.new_inbox();
        for step in &steps {
            if !happen(&mut server, &mut inbox, step, call_server) {
                break;
            }
        }
    }

    #[test]
    fn a_client_survives_whatever_happens(
        policy in policy(),
        steps in prop::collection::vec(step(FROM_SERVERS), 0..60),
    ) {
        let mut client = client(policy);
        let mut inbox = client.new_inbox();
        for step in &steps {
            if !happen(&mut client, &mut inbox, step, call_client) {
                break;
            }
        }
    }

    /// What a client that keeps the order says is never out of order for the server.
    #[test]
    fn what_the_client_calls_in_any_order_is_in_order_for_the_server(
        calls in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let never = || Security::StartTls(Policy::Never);
        let mut client = Client::new(client::Config::new(name("bar.com"), never()));
        let mut server = Server::new(server::Config::new(name("foo.com"), never()));
        let (mut up, mut down) = (server.new_inbox(), client.new_inbox());
        let mut calls = calls.into_iter();
        for _ in 0..2000 {
            let mut moved = carry(&mut client, &mut up) | carry(&mut server, &mut down);
            if let Ok(Progress::Event(event)) = server.poll(&mut up) {
                moved = true;
                if !matches!(event, server::Event::Chunk(_) | server::Event::Reset | server::Event::Aborted(_)) {
                    server.accept().unwrap();
                }
            }
            moved |= matches!(client.poll(&mut down), Ok(Progress::Event(_)));
            if !moved {
                let Some(call) = calls.next() else { break };
                call_client(&mut client, call);
            }
        }
    }
}

/// Moves what one says into the inbox of the other, and looks for complaints of the server.
fn carry<M: Machine>(from: &mut M, to: &mut Inbox) -> bool {
    let chunk = from.outbox().chunk().to_vec();
    let n = to.extend(&chunk);
    from.outbox().advance(n);
    let said = String::from_utf8_lossy(&chunk);
    assert!(!said.contains("503 ") && !said.contains("500 ") && !said.contains("501 "), "{said}");
    n > 0
}
