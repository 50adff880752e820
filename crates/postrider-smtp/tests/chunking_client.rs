//! CHUNKING (RFC 3030) at the client: sizes that hold, and refusals that leave the session in sync.

use crate::common;

use std::cell::RefCell;
use std::rc::Rc;

use bytes::{Buf, Bytes};
use common::{Sends, client, name, server};
use postrider_smtp::client::{Client, Config, Event, Outcome};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{
    Error, ForwardPath, Limits, MailParameters, Misuse, Reply, ReversePath, State,
};
use postrider_testkit::{Embedder, Outcome as End, Pair, PairEnd, Role, Scenario, embedder, laws};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security};

/// A session in which a recipient was accepted, driven by hand.
struct Session {
    client: Client,
    inbox: Inbox,
    said: String,
}

impl Session {
    fn new(keywords: &str) -> Self {
        let limits = Limits::client().with_outbox(64);
        let config = Config::new(name("bar.com"), Security::StartTls(Policy::Never));
        let client = Client::new(config.with_limits(limits));
        let inbox = client.new_inbox();
        let mut session = Self { client, inbox, said: String::new() };
        session.hear("220 foo.com\r\n");
        session.hear(&format!("250-foo.com\r\n250 {keywords}\r\n"));
        session.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
        session.hear("250 OK\r\n");
        session
    }

    fn chunking() -> Self {
        let mut session = Self::new("CHUNKING");
        session.client.rcpt(ForwardPath::parse("b@foo.com").unwrap()).unwrap();
        session.hear("250 OK\r\n");
        session.said.clear();
        session
    }

    fn hear(&mut self, octets: &str) -> Vec<Event> {
        let mut told = self.flush();
        self.inbox.extend(octets.as_bytes());
        told.extend(self.flush());
        told
    }

    fn flush(&mut self) -> Vec<Event> {
        let mut told = Vec::new();
        loop {
            match self.client.poll(&mut self.inbox) {
                Ok(Progress::Event(event)) => told.push(event),
                Ok(Progress::Wait { .. }) if self.client.outbox().has_remaining() => {
                    let n = self.client.outbox().remaining();
                    let octets = self.client.outbox().copy_to_bytes(n);
                    self.said.push_str(str::from_utf8(&octets).unwrap());
                }
                _ => return told,
            }
        }
    }

    /// Writes all of it, in as many goes as it takes.
    fn write(&mut self, octets: &'static str) {
        let mut octets = Bytes::from_static(octets.as_bytes());
        while !octets.is_empty() {
            assert!(self.client.write_payload(&mut octets).is_ok());
            self.flush();
        }
    }
}

const NOTHING: Error = Error::Misuse(Misuse::NothingPending);
const NOT_NOW: Error = Error::Misuse(Misuse::NotNow);

#[test]
fn bdat_is_said_where_it_is_offered_and_somebody_gets_the_mail() {
    let mut session = Session::new("SIZE");
    let not_offered = Error::Misuse(Misuse::ChunkingNotOffered);
    assert_eq!(session.client.bdat(1, true), Err(not_offered));
    let mut session = Session::new("chunking");
    assert_eq!(session.client.bdat(1, true), Err(Error::Misuse(Misuse::NoRecipient)));
    session.client.rset().unwrap();
    session.hear("250 OK\r\n");
    assert_eq!(session.client.bdat(1, true), Err(NOT_NOW));
}

#[test]
fn a_chunk_has_the_octets_that_were_announced_and_no_other() {
    let mut session = Session::chunking();
    session.client.bdat(6, false).unwrap();
    assert_eq!(session.client.state(), State::Bdat);
    let mut octets = Bytes::from_static(b"..\r\n.\r\n");
    assert_eq!(session.client.write_payload(&mut octets.split_to(3)), Ok(3));
    let few = session.client.finish_payload().unwrap_err();
    assert!(
        matches!(few, Error::Misuse(Misuse::SizeMismatch { declared: 6, written: 3, .. })),
        "{few}"
    );
    assert_eq!(session.client.write_payload(&mut octets), Ok(3));
    assert_eq!(&octets[..], b"\n", "too much");
    assert_eq!(session.client.write_payload(&mut octets), Ok(0));
    session.client.finish_payload().unwrap();
    assert_eq!(session.client.finish_payload(), Err(NOTHING));
    assert_eq!(session.client.bdat(1, true), Err(NOT_NOW), "one chunk at a time");
    let told = session.hear("250 6 octets\r\n");
    assert!(matches!(&told[..], [Event::Bdat(reply)] if reply.code() == 250), "{told:?}");
    assert_eq!(session.client.data(), Err(NOT_NOW), "RFC 3030 §2: not in the same transaction");
    assert_eq!(session.client.rcpt(ForwardPath::postmaster()), Err(NOT_NOW));
    session.client.bdat(1, false).unwrap();
    session.write("\n");
    session.client.finish_payload().unwrap();
    session.hear("250\r\n");
    session.client.bdat(0, true).unwrap();
    assert_eq!(session.client.write_payload(&mut octets), Ok(0));
    session.client.finish_payload().unwrap();
    let told = session.hear("250 taken\r\n");
    assert!(matches!(&told[..], [Event::End(Outcome::Accepted(_))]), "{told:?}");
    assert_eq!(session.said, "BDAT 6\r\n..\r\n.\rBDAT 1\r\n\nBDAT 0 LAST\r\n");
    assert_eq!(session.client.state(), State::Greeted);
}

#[test]
fn a_bare_newline_in_a_chunk_breaks_the_mail_off_because_its_size_would_be_wrong() {
    for (first, second, offset) in
        [("a\nb\r\n", "", 1), ("a\rb\r\n", "", 1), ("abcd\r", "x\r\n", 4), ("ab\r\n\r", "", 4)]
    {
        let mut session = Session::chunking();
        let mut result = Ok(());
        for (octets, last) in [(first, second.is_empty()), (second, true)] {
            if octets.is_empty() || result.is_err() {
                break;
            }
            session.client.bdat(octets.len() as u64, last).unwrap();
            let mut octets = Bytes::from_static(octets.as_bytes());
            result = session.client.write_payload(&mut octets).map(drop);
            result = result.and_then(|()| session.client.finish_payload());
            if result.is_ok() {
                session.hear("250 OK\r\n");
            }
        }
        let said = result.unwrap_err().to_string();
        assert_eq!(said, format!("bare CR or LF at octet {offset} of the payload"));
        assert_eq!(session.hear(""), [Event::End(Outcome::NotSent)]);
        assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
    }
}

#[test]
fn an_aborted_chunk_is_never_whole() {
    for octets in ["", "Hi", "Hi\r\n"] {
        let mut session = Session::chunking();
        session.client.bdat(4, true).unwrap();
        session.write(octets);
        session.client.abort().unwrap();
        assert_eq!(session.hear(""), [Event::End(Outcome::NotSent)]);
        let sent = session.said.strip_prefix("BDAT 4 LAST\r\n").unwrap();
        assert!(sent.len() < 4, "the last octet is kept back: {sent:?}");
        assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
    }
    let mut session = Session::chunking();
    session.client.bdat(4, true).unwrap();
    session.write("Hi\r\n");
    session.client.shutdown();
    assert_eq!(session.hear(""), [Event::End(Outcome::NotSent)]);
    assert!(session.said.ends_with("Hi\r"));
}

/// Between two chunks there is a better way than to close.
#[test]
fn rset_between_chunks_gives_up_the_mail_and_keeps_the_session() {
    let mut session = Session::chunking();
    session.client.bdat(2, false).unwrap();
    session.write("Hi");
    session.client.finish_payload().unwrap();
    session.hear("250 OK\r\n");
    assert_eq!(session.client.abort(), Err(NOTHING));
    session.client.rset().unwrap();
    let told = session.hear("250 OK\r\n");
    assert!(matches!(&told[..], [Event::End(Outcome::NotSent), Event::Reset(_)]), "{told:?}");
    session.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
}

/// RFC 3030 §2: "A RSET command MUST be issued to clear the transaction before additional commands
/// may be sent."
#[test]
fn a_refused_chunk_ends_the_mail_behind_rset() {
    for last in [false, true] {
        let mut session = Session::chunking();
        session.client.bdat(2, last).unwrap();
        session.write("Hi");
        session.client.finish_payload().unwrap();
        assert_eq!(session.hear("452 4.3.1 disk full\r\n"), []);
        assert!(session.said.ends_with("HiRSET\r\n"));
        let told = session.hear("250 OK\r\n");
        assert!(matches!(&told[..], [Event::End(Outcome::Refused(reply))] if reply.code() == 452));
        session.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
    }
}

/// "The receiver-SMTP MUST accept and discard the associated message data": so what was announced
/// goes out even when the server says no before it has it all.
#[test]
fn a_refusal_amid_a_chunk_leaves_the_session_in_sync() {
    for written in 0..=4 {
        let mut session = Session::chunking();
        session.client.bdat(4, false).unwrap();
        session.write(&"Hi\r\n"[..written]);
        assert_eq!(session.hear("552 5.3.4 enough\r\n"), []);
        session.write(&"Hi\r\n"[written..]);
        session.client.finish_payload().unwrap();
        assert_eq!(session.hear(""), []);
        assert!(session.said.ends_with("BDAT 4\r\nHi\r\nRSET\r\n"), "{}", session.said);
        let told = session.hear("250 OK\r\n");
        assert!(matches!(&told[..], [Event::End(Outcome::Refused(reply))] if reply.code() == 552));
        session.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
    }
    for end in ["421 bye\r\n", "abort"] {
        let mut session = Session::chunking();
        session.client.bdat(4, true).unwrap();
        session.write("Hi");
        assert_eq!(session.hear("552 enough\r\n"), []);
        let told = if end == "abort" {
            session.client.abort().unwrap();
            session.hear("")
        } else {
            session.hear(end)
        };
        assert!(matches!(&told[..], [Event::End(Outcome::Refused(reply))] if reply.code() == 552));
    }
}

// --- the laws ---

fn scenario(title: &str, chunk: usize) -> Scenario<Client> {
    let make = move || {
        let config = Config::new(name("bar.com"), Security::StartTls(Policy::Never));
        let limits = Limits::client().with_line(100).with_inbox(128).with_reply(8, 200);
        let sends = Sends::new("a@bar.com", &["b@foo.com"], &[b"Hi\r\n.\r\n", b"again\r\n"]);
        (Client::new(config.with_limits(limits)), sends.in_chunks(chunk).boxed())
    };
    Scenario::new(title, make)
        .classify(|_| Role::Other)
        .state_limit(8 * 1024)
        .debug()
        .tap(|client: &mut Client, tap| client.set_tap(tap))
        .turn("220 foo.com\r\n")
        .turn("250-foo.com\r\n250 CHUNKING\r\n")
        .turn("250 OK\r\n")
        .turn("250 OK\r\n")
}

#[test]
fn the_client_keeps_the_laws_in_chunks() {
    let taken = scenario("taken", 5).turn("250 2.0.0 5 octets\r\n").turn("250 2.0.0 taken\r\n");
    laws::all(
        &taken.turn("250\r\n").turn("250\r\n").turn("250 OK\r\n").turn("250\r\n").turn("221\r\n"),
    );
    for answer in ["452 4.3.1 later\r\n", "552-5.3.4 too\r\n552 5.3.4 much\r\n"] {
        laws::all(&scenario("refused", 5).turn(answer).turn("250 OK\r\n").turn("221\r\n"));
        let last = scenario("last refused", 5).turn("250 OK\r\n").turn(answer);
        laws::all(&last.turn("503 what?\r\n").turn("221\r\n"));
    }
    for answer in ["421 bye\r\n", "354 go\r\n", "nonsense\r\n"] {
        laws::all(&scenario("out of place", 5).turn(answer));
        laws::all(&scenario("out of place at the end", 100).turn(answer));
    }
}

#[test]
fn the_client_keeps_the_laws_when_a_chunk_is_interrupted() {
    let make = || {
        let mut sends = Sends::new("a@bar.com", &["b@foo.com"], &[b"Hi\r\n"]).in_chunks(10);
        // Whoever writes does so slowly: the first octet, and nothing before the server speaks.
        let slow = move |client: &mut Client, event: &Event| sends.on_event(client, event);
        let on_wait = |client: &mut Client| {
            client.state() == State::Bdat
                && client.write_payload(&mut Bytes::from_static(b"Hi")).is_ok_and(|n| n > 0)
        };
        let config = Config::new(name("bar.com"), Security::StartTls(Policy::Never));
        (Client::new(config), embedder(slow, on_wait))
    };
    for answer in
        ["552 enough\r\n", "552 enough\r\n552 enough\r\n", "421 bye\r\n", "250 thanks\r\n"]
    {
        let scenario = Scenario::new("interrupted", make).classify(|_| Role::Other);
        let scenario = scenario.turn("220\r\n").turn("250-foo.com\r\n250 CHUNKING\r\n");
        laws::all(&scenario.turn("250\r\n").turn("250\r\n").turn(answer));
    }
}

// --- against the server ---

/// A server that takes no mail with SPAM in it, and says so as soon as it sees it.
fn picky() -> (Server, Box<dyn Embedder<Server>>) {
    let no = || Reply::new(550, "no").unwrap();
    let on_event = move |server: &mut Server, event: &server::Event| {
        let verdict = match event {
            server::Event::Rcpt { path, .. } if path.to_string().starts_with("<Green") => {
                server.reject(no())
            }
            server::Event::Chunk(octets) if octets.contains(&b'!') => server.discard(no()),
            server::Event::Chunk(_) | server::Event::Aborted(_) | server::Event::Reset => return,
            _ => server.accept(),
        };
        verdict.unwrap();
    };
    (server(Policy::Never), embedder(on_event, |_| false))
}

/// Ten transactions over one connection: some mails refused half-way, some recipients not accepted,
/// once none.
#[test]
fn ten_transactions_go_over_one_connection() {
    let good = "good mail, and a long one\r\n".repeat(100);
    let spam = good.replacen("long", "long!", 50);
    for chunk in [None, Some(300), Some(1 << 20)] {
        let logs: Rc<RefCell<Vec<_>>> = Rc::default();
        let (kept, good, spam) = (logs.clone(), good.clone(), spam.clone());
        let make = move || {
            let mails = [&good, &spam, &good, &good, &spam, &spam, &good, &good, &good, &spam];
            let mails: Vec<&[u8]> = mails.iter().map(|mail| mail.as_bytes()).collect();
            let mut sends =
                Sends::new("a@bar.com", &["b@foo.com", "Green@foo.com", "c@foo.com"], &mails);
            (sends.chunk, sends.perseveres) = (chunk, true);
            kept.borrow_mut().push(sends.log.clone());
            (client(Policy::Never), sends.boxed())
        };
        for (capacity, seed) in [(50, 1), (4096, 2), (1 << 20, 3)] {
            let pair = Pair::new(make.clone(), picky).capacity(capacity);
            let run = pair.jitter(std::time::Duration::from_millis(300)).run(seed);
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!((run.client.outcome(), run.server.outcome()), (&End::Closed, &End::Closed));
            let log = logs.borrow_mut().pop().unwrap();
            let log = log.borrow();
            let taken = |outcome: &Outcome| match outcome {
                Outcome::Accepted(_) => true,
                Outcome::Refused(_) => false,
                other => panic!("{other:?}"),
            };
            let taken: Vec<_> = log.outcomes.iter().map(taken).collect();
            assert_eq!(taken, [true, false, true, true, false, false, true, true, true, false]);
            assert_eq!((log.begun, log.asked, log.answered), (10, 30, 30));
        }
    }
}

#[test]
fn where_nobody_is_accepted_nothing_is_sent_and_the_session_goes_on() {
    let log = Rc::default();
    let kept: Rc<RefCell<common::Log>> = Rc::clone(&log);
    let make = move || {
        let mut sends = Sends::new("a@bar.com", &["Green@foo.com", "Green@foo.com"], &[b"a", b"b"]);
        (sends.chunk, sends.log) = (Some(10), kept.clone());
        (client(Policy::Never), sends.boxed())
    };
    let run = Pair::new(make, picky).run(1);
    assert_eq!(run.end, PairEnd::Finished);
    assert_eq!(log.borrow().outcomes, [Outcome::NotSent]);
    assert!(!run.client.output().windows(4).any(|octets| octets == b"BDAT"));
}
