//! Every transaction and every recipient has exactly one outcome, wherever and however the session ends.

use crate::common;

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Buf;
use common::{Log, Sends, client};
use postrider_smtp::client::Outcome;
use postrider_wire::{Machine, Policy, Progress};

/// Two mails, the second refused.
const TURNS: &[&str] = &[
    "220 foo.com\r\n",
    "250-foo.com\r\n250 SIZE\r\n",
    "250 OK\r\n",
    "250 OK\r\n",
    "354 go\r\n",
    "250 taken\r\n",
    "250 OK\r\n",
    "250 OK\r\n",
    "354 go\r\n",
    "554 spam\r\n",
    "221 bye\r\n",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Eof,
    Timeout,
    Shutdown,
}

/// Runs the session until so many octets of the server came, then ends it; the outcomes.
fn run(octets: usize, end: End) -> Rc<RefCell<Log>> {
    let sends = Sends::new("a@bar.com", &["b@foo.com"], &[b"first", b"second"]);
    let log = sends.log.clone();
    let (mut client, mut embedder) = (client(Policy::Never), sends.boxed());
    let mut inbox = client.new_inbox();
    let (mut turns, mut left) = (TURNS.iter(), octets);
    for _ in 0..1000 {
        match client.poll(&mut inbox) {
            Ok(Progress::Event(event)) => embedder.on_event(&mut client, &event),
            Ok(Progress::Wait { .. }) if client.outbox().has_remaining() => {
                let n = client.outbox().remaining();
                client.outbox().advance(n);
            }
            Ok(Progress::Wait { app: true, .. }) if embedder.on_wait(&mut client) => {}
            Ok(Progress::Wait { .. }) => {
                let turn = turns.next().map_or("", |turn| &turn[..left.min(turn.len())]);
                left -= turn.len();
                inbox.extend(turn.as_bytes());
                if !turn.is_empty() {
                    continue;
                }
                let timer = client.timers().first().copied();
                match (end, timer) {
                    (End::Timeout, Some(timer)) => client.on_timeout(timer),
                    (End::Shutdown, _) if !inbox.is_eof() => client.shutdown(),
                    _ => {}
                }
                inbox.set_eof();
            }
            Ok(Progress::StartTls(_)) => panic!("policy says never"),
            Ok(Progress::Closed) | Err(_) => return log,
        }
    }
    panic!("the session does not end")
}

#[test]
fn each_transaction_has_one_outcome_wherever_the_session_ends() {
    let length: usize = TURNS.iter().map(|turn| turn.len()).sum();
    for end in [End::Eof, End::Timeout, End::Shutdown] {
        for octets in 0..=length {
            let log = run(octets, end);
            let log = log.borrow();
            assert_eq!(log.outcomes.len(), log.begun, "{octets}: {log:?}");
            assert_eq!(log.answered, log.asked, "{octets}: each recipient too: {log:?}");
        }
    }
}

#[test]
fn the_outcome_says_what_is_known() {
    let reached = |turns: usize| TURNS[..turns].iter().map(|turn| turn.len()).sum();
    let outcome = |turns| {
        let log = run(reached(turns), End::Eof);
        let log = log.borrow();
        log.outcomes.clone()
    };
    let accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted(_));
    let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
    assert_eq!(outcome(1), []);
    for before_the_mail in 2..5 {
        assert_eq!(outcome(before_the_mail), [Outcome::NotSent]);
    }
    assert_eq!(outcome(5), [Outcome::Unknown], "sent to its end, and no answer");
    let both = outcome(9);
    assert!(accepted(&both[0]) && both[1] == Outcome::Unknown, "{both:?}");
    let both = outcome(11);
    assert!(accepted(&both[0]) && refused(&both[1]), "{both:?}");
}
