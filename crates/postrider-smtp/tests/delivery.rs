//! What became of a mail, for a connection that breaks at every octet of both directions: nothing is
//! lost and called accepted, and `Unknown` is said exactly where nobody can know.

use crate::common;

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Buf;
use common::{Log, Sends, client, server};
use postrider_smtp::Reply;
use postrider_smtp::client::{Client, Event, Outcome};
use postrider_smtp::server::{self, Server};
use postrider_wire::{Inbox, Machine, Policy, Progress};

const MAILS: [&[u8]; 3] = [b"first\r\n.\r\n", b"SPAM\r\n", b"third\r\n"];
const TO: &[&str] = &["b@foo.com", "Green@foo.com", "c@foo.com"];

/// How mails travel.
#[derive(Clone, Copy, Debug)]
enum Transport {
    Data,
    Chunks(usize),
}

const TRANSPORTS: [Transport; 4] =
    [Transport::Data, Transport::Chunks(1000), Transport::Chunks(4), Transport::Chunks(1)];

/// One end, driven by hand.
struct End<M: Machine> {
    machine: M,
    inbox: Inbox,
    over: bool,
}

impl<M: Machine> End<M> {
    fn new(machine: M) -> Self {
        let inbox = machine.new_inbox();
        Self { machine, inbox, over: false }
    }

    /// Polls until it waits; whether anything was told or done.
    fn step(&mut self, mut on_event: impl FnMut(&mut M, Option<M::Event>) -> bool) -> bool {
        let mut moved = false;
        while !self.over {
            match self.machine.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => {
                    on_event(&mut self.machine, Some(event));
                }
                Ok(Progress::Wait { app, .. }) => {
                    let flushed = !self.machine.outbox().has_remaining();
                    if !(app && flushed && on_event(&mut self.machine, None)) {
                        return moved;
                    }
                }
                Ok(Progress::StartTls(_)) => panic!("policy says never"),
                Ok(Progress::Closed) | Err(_) => self.over = true,
            }
            moved = true;
        }
        moved
    }

    /// The connection is gone, and with it what was not sent.
    fn lose(&mut self) {
        self.machine.outbox().abandon();
        self.inbox.set_eof();
    }
}

/// What both ends know in the end.
struct Known {
    log: Rc<RefCell<Log>>,
    taken: Vec<Vec<u8>>,
    /// Octets that went up and down when each mail was told to the server as whole.
    whole_at: Vec<(usize, usize)>,
    /// Octets that had come down when the outcome of each mail was told to the client.
    told_at: Vec<usize>,
    up: usize,
    down: usize,
}

/// The session over a connection that breaks when one end wants to send more than it is allowed.
fn run(transport: Transport, most_up: usize, most_down: usize) -> Known {
    let mut sends = Sends::new("a@bar.com", TO, &MAILS);
    if let Transport::Chunks(octets) = transport {
        sends = sends.in_chunks(octets);
    }
    sends.perseveres = true;
    let (log, mut sends) = (sends.log.clone(), sends.boxed());
    let (mut client, mut server) =
        (End::<Client>::new(client(Policy::Never)), End::<Server>::new(server(Policy::Never)));
    let mut known = Known { log, taken: vec![], whole_at: vec![], told_at: vec![], up: 0, down: 0 };
    let (mut mail, mut alive) = (Vec::new(), true);
    for _ in 0..100_000 {
        let (up, down) = (known.up, known.down);
        let told_at = &mut known.told_at;
        let mut moved = client.step(|client, event| match event {
            Some(event) => {
                if let Event::End(_) = event {
                    told_at.push(down);
                }
                sends.on_event(client, &event);
                true
            }
            None => sends.on_wait(client),
        });
        let (taken, whole_at) = (&mut known.taken, &mut known.whole_at);
        moved |= server.step(|server, event| {
            if event == Some(server::Event::DataEnd) {
                whole_at.push((up, down));
            }
            decide(server, event, &mut mail, taken)
        });
        if alive && client.machine.outbox().has_remaining() {
            alive = known.up < most_up;
            known.up += usize::from(alive);
            moved = true;
            if alive {
                carry(&mut client.machine, &mut server.inbox);
            }
        }
        if alive && server.machine.outbox().has_remaining() {
            alive = known.down < most_down;
            known.down += usize::from(alive);
            moved = true;
            if alive {
                carry(&mut server.machine, &mut client.inbox);
            }
        }
        if !alive {
            client.lose();
            server.lose();
        }
        if client.over && server.over {
            return known;
        }
        if !moved {
            // One end is done and has hung up.
            client.inbox.set_eof();
            server.inbox.set_eof();
        }
    }
    panic!("the session does not end")
}

fn decide(
    server: &mut Server,
    event: Option<server::Event>,
    mail: &mut Vec<u8>,
    taken: &mut Vec<Vec<u8>>,
) -> bool {
    let no = || Reply::new(550, "no").unwrap();
    match event {
        None => return false,
        Some(server::Event::Chunk(octets)) => mail.extend_from_slice(&octets),
        Some(server::Event::Aborted(_) | server::Event::Reset) => mail.clear(),
        Some(server::Event::Rcpt { path, .. }) if path.to_string().starts_with("<Green") => {
            server.reject(no()).unwrap();
        }
        Some(server::Event::DataEnd) if mail.starts_with(b"SPAM") => {
            mail.clear();
            server.reject(no()).unwrap();
        }
        Some(server::Event::DataEnd) => {
            taken.push(std::mem::take(mail));
            server.accept().unwrap();
        }
        Some(_) => server.accept().unwrap(),
    }
    true
}

fn carry(from: &mut impl Machine, to: &mut Inbox) {
    let octet = from.outbox().chunk()[0];
    from.outbox().advance(1);
    assert_eq!(to.extend(&[octet]), 1);
}

/// What the two ends say of each mail fits together.
fn check(known: &Known, title: &str) {
    let log = known.log.borrow();
    assert_eq!(log.begun, log.outcomes.len(), "{title}: one outcome for each transaction");
    assert_eq!(log.asked, log.answered, "{title}: one outcome for each recipient");
    let mut taken = known.taken.iter();
    for (outcome, mail) in log.outcomes.iter().zip(MAILS) {
        match outcome {
            Outcome::Accepted(_) => {
                assert_eq!(taken.next().map(Vec::as_slice), Some(mail), "{title}: lost");
            }
            Outcome::Unknown if !mail.starts_with(b"SPAM") => {
                assert_eq!(taken.next().map(Vec::as_slice), Some(mail), "{title}: it was whole");
            }
            _ => {}
        }
    }
    assert_eq!(taken.next(), None, "{title}: taken, and the client says that nobody has it");
}

fn shape(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::NotSent => "not sent",
        Outcome::Unknown => "unknown",
        _ => "?",
    }
}

#[test]
fn the_outcome_is_exact_wherever_the_connection_breaks() {
    for transport in TRANSPORTS {
        let whole = run(transport, usize::MAX, usize::MAX);
        check(&whole, "unbroken");
        let outcomes: Vec<_> = whole.log.borrow().outcomes.iter().map(shape).collect();
        assert_eq!(outcomes, ["accepted", "refused", "accepted"], "{transport:?}");
        assert_eq!(whole.whole_at.len(), 3);
        for most in 0..=whole.up {
            let title = format!("{transport:?} broken behind {most} octets up");
            let known = run(transport, most, usize::MAX);
            check(&known, &title);
            // It breaks when the client wants to send more, so all answers before that came.
            for (nth, outcome) in known.log.borrow().outcomes.iter().enumerate() {
                let sent = most >= whole.whole_at[nth].0;
                assert_eq!(
                    shape(outcome),
                    if sent { outcomes[nth] } else { "not sent" },
                    "{title}"
                );
            }
        }
        for most in 0..=whole.down {
            let title = format!("{transport:?} broken behind {most} octets down");
            let known = run(transport, usize::MAX, most);
            check(&known, &title);
            for (nth, outcome) in known.log.borrow().outcomes.iter().enumerate() {
                let expected = match most {
                    _ if most < whole.whole_at[nth].1 => "not sent",
                    _ if most >= answer_end(&whole, nth, transport) => outcomes[nth],
                    _ => "unknown",
                };
                assert_eq!(shape(outcome), expected, "{title}");
            }
        }
    }
}

/// Where the answer to a mail ends in what the server says. A refused chunk is tidied up with `RSET`
/// before its end is told, so there it is the reply before that.
fn answer_end(whole: &Known, nth: usize, transport: Transport) -> usize {
    let reset = "250 2.0.0 OK\r\n".len();
    let refused = shape(&whole.log.borrow().outcomes[nth]) == "refused";
    match transport {
        Transport::Chunks(_) if refused => whole.told_at[nth] - reset,
        _ => whole.told_at[nth],
    }
}

/// A client that has sent all of its mail but the very last octet.
fn all_but_one_octet_sent(chunk: Option<usize>) -> (Client, Inbox) {
    let mut sends = Sends::new("a@bar.com", &["b@foo.com"], &[b"Hi\r\n"]);
    sends.chunk = chunk;
    let (mut client, mut sends) = (client(Policy::Never), sends.boxed());
    let mut inbox = client.new_inbox();
    let opening = ["220\r\n", "250-foo.com\r\n250 CHUNKING\r\n", "250\r\n", "250\r\n", "354\r\n"];
    let mut replies = opening.iter();
    loop {
        match client.poll(&mut inbox).unwrap() {
            Progress::Event(event) => sends.on_event(&mut client, &event),
            Progress::Wait { app: true, .. } if sends.on_wait(&mut client) => {}
            _ => {
                let n = client.outbox().remaining();
                let octets = client.outbox().copy_to_bytes(n.saturating_sub(1));
                let tail: &[u8] = if chunk.is_some() { b"Hi\r" } else { b"Hi\r\n.\r" };
                if octets.ends_with(tail) {
                    return (client, inbox);
                }
                client.outbox().advance(1);
                inbox.extend(replies.next().unwrap().as_bytes());
            }
        }
    }
}

/// A server that says yes to what it cannot have is not believed.
#[test]
fn a_positive_answer_before_the_last_octet_left_is_no_acceptance() {
    for chunk in [None, Some(100)] {
        let (mut client, mut inbox) = all_but_one_octet_sent(chunk);
        inbox.extend(b"250 taken\r\n");
        client.outbox().abandon();
        inbox.set_eof();
        let end = client.poll(&mut inbox);
        assert_eq!(end, Ok(Progress::Event(Event::End(Outcome::NotSent))), "{chunk:?}");
        assert!(client.poll(&mut inbox).is_err());
    }
}

/// Behind `Err` a driver still flushes; what it flushes then must not make the mail whole.
#[test]
fn a_mail_that_was_called_not_sent_does_not_leave_any_more() {
    for chunk in [None, Some(100)] {
        let (mut client, mut inbox) = all_but_one_octet_sent(chunk);
        let timer = client.timers()[0];
        client.on_timeout(timer);
        let end = client.poll(&mut inbox);
        assert_eq!(end, Ok(Progress::Event(Event::End(Outcome::NotSent))));
        assert!(client.poll(&mut inbox).is_err());
        assert!(!client.outbox().has_remaining(), "the last octet is gone");
    }
}
