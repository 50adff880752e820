//! `send()` against our server: what goes in comes out, and what both ends know agrees, however the
//! connection is cut, and wherever it breaks.

use crate::common;
use crate::talk;

use std::cell::RefCell;
use std::rc::Rc;

use allocation_counter::measure;
use bytes::Bytes;
use common::{name, server, takes_mail};
use postrider_smtp::client::{
    Chunking, Client, Config, Content, Delivery, Event, RecipientOutcome, Report,
};
use postrider_smtp::server::{self, Server};
use postrider_testkit::{Embedder, Outcome as End, Pair, PairEnd, embedder};
use postrider_wire::{Inbox, Machine, Policy, Progress, Security};
use talk::mail_to;

const TO: &[&str] = &["Jones@foo.com", "Green@foo.com", "Postmaster"];

fn config(policy: Policy) -> Config {
    Config::new(name("bar.com"), Security::StartTls(policy))
}

/// How a mail is given to the client.
#[derive(Clone, Copy, Debug)]
enum Given {
    Whole,
    Streamed,
}

/// Sends these mails one after the other, then quits.
struct Sends {
    mails: Vec<Bytes>,
    given: Given,
    to: &'static [&'static str],
    next: usize,
    payload: Option<Bytes>,
    begun: usize,
    reports: Rc<RefCell<Vec<Report>>>,
}

impl Sends {
    fn new(mails: &[&[u8]], given: Given) -> Self {
        let mails = mails.iter().map(|mail| Bytes::copy_from_slice(mail)).collect();
        let reports = Rc::default();
        Self { mails, given, to: TO, next: 0, payload: None, begun: 0, reports }
    }

    fn next_mail(&mut self, client: &mut Client) {
        let Some(mail) = self.mails.get(self.next).cloned() else {
            client.shutdown();
            return;
        };
        let content = match self.given {
            Given::Whole => Content::whole(mail),
            Given::Streamed => Content::streamed(None),
        };
        if client.send(mail_to(self.to, content)).is_ok() {
            self.begun += 1;
        }
    }
}

impl Embedder<Client> for Sends {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        match event {
            Event::Ready { .. } => self.next_mail(client),
            Event::Payload => self.payload = self.mails.get(self.next).cloned(),
            Event::Sent(report) => {
                self.payload = None;
                self.reports.borrow_mut().push(report.clone());
                self.next += 1;
                self.next_mail(client);
            }
            _ => {}
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let Some(payload) = &mut self.payload else { return false };
        if !payload.is_empty() {
            return client.write_payload(payload).is_ok_and(|n| n > 0);
        }
        self.payload = None;
        client.finish_payload().is_ok()
    }
}

#[test]
fn mails_arrive_unharmed_however_they_are_cut() {
    let first = "Dear Bob\r\n.\r\n..and so on\r\n\r\n".repeat(300);
    let large = "Dear Bob\r\n.x\r\n".repeat(6000);
    for (capacity, policy) in [
        (1, Policy::Required),
        (7, Policy::Never),
        (4096, Policy::Required),
        (100_000, Policy::Never),
    ] {
        for given in [Given::Whole, Given::Streamed] {
            for chunking in [Chunking::Never, Chunking::WhenUseful, Chunking::Always] {
                for pipelining in [true, false] {
                    let last = if capacity > 7 { large.clone() } else { String::from("x\r\n") };
                    let mails = [first.clone(), String::from(".\r\n"), String::new(), last];
                    let expected = mails.concat();
                    let make = move || {
                        let config = config(policy).with_chunking(chunking);
                        let mails: Vec<&[u8]> = mails.iter().map(String::as_bytes).collect();
                        let client = Client::new(config.with_pipelining(pipelining));
                        let sends = Sends::new(&mails, given);
                        (client, Box::new(sends) as Box<dyn Embedder<Client>>)
                    };
                    let pair = Pair::new(make, move || (server(policy), takes_mail()));
                    let run = pair.capacity(capacity).run(capacity as u64);
                    let how = format!("{capacity} {given:?} {chunking:?} {pipelining}");
                    assert_eq!(run.end, PairEnd::Finished, "{how}");
                    assert!(run.server.payload() == expected.as_bytes(), "{how}");
                    assert_eq!(run.client.outcome(), &End::Closed, "{how}");
                    let reports = run.client.events().filter_map(|event| match event {
                        Event::Sent(report) => Some(report),
                        _ => None,
                    });
                    let mut count = 0;
                    for report in reports {
                        let taken = report.recipients.iter().map(|one| one.outcome.delivery());
                        let expected = [Delivery::Accepted, Delivery::NotSent, Delivery::Accepted];
                        assert_eq!(taken.collect::<Vec<_>>(), expected, "{how}");
                        count += 1;
                    }
                    assert_eq!(count, 4, "{how}");
                }
            }
        }
    }
}

// --- connections that break ---

/// A server that keeps what it took, and refuses spam.
struct Taken {
    mail: Vec<u8>,
    taken: Vec<Vec<u8>>,
}

impl Taken {
    fn on_event(&mut self, server: &mut Server, event: server::Event) {
        match event {
            server::Event::Rcpt { path, .. } if path.to_string().starts_with("<Green@") => {
                server.reject(postrider_smtp::Reply::new(550, "no").unwrap()).unwrap();
            }
            server::Event::Chunk(octets) => self.mail.extend_from_slice(&octets),
            server::Event::Aborted(_) | server::Event::Reset => self.mail.clear(),
            server::Event::DataEnd if self.mail.starts_with(b"SPAM") => {
                self.mail.clear();
                server.reject(postrider_smtp::Reply::new(554, "spam").unwrap()).unwrap();
            }
            server::Event::DataEnd => {
                self.taken.push(std::mem::take(&mut self.mail));
                server.accept().unwrap();
            }
            _ => server.accept().unwrap(),
        }
    }
}

const MAILS: [&[u8]; 3] = [b"first\r\n.\r\n", b"SPAM\r\n", b"third\r\n"];

/// The session over a connection that breaks when one end wants to send more than it is allowed: the
/// reports of the client, what the server took, and how many octets went up and down.
fn broken(
    config: Config,
    given: Given,
    most_up: usize,
    most_down: usize,
) -> (Sends, Taken, [usize; 2]) {
    let (mut client, mut server) = (Client::new(config), server(Policy::Never));
    let (mut down, mut up) = (client.new_inbox(), server.new_inbox());
    let mut sends = Sends::new(&MAILS, given);
    let mut taken = Taken { mail: Vec::new(), taken: Vec::new() };
    let (mut moved_up, mut moved_down, mut alive) = (0, 0, true);
    let mut over = [false; 2];
    for _ in 0..100_000 {
        while !over[0] {
            match client.poll(&mut down) {
                Ok(Progress::Event(event)) => sends.on_event(&mut client, &event),
                Ok(Progress::Wait { app: true, .. }) if sends.on_wait(&mut client) => {}
                Ok(Progress::Wait { .. }) => break,
                _ => over[0] = true,
            }
        }
        while !over[1] {
            match server.poll(&mut up) {
                Ok(Progress::Event(event)) => taken.on_event(&mut server, event),
                Ok(Progress::Wait { .. }) => break,
                _ => over[1] = true,
            }
        }
        if over == [true; 2] {
            break;
        }
        let before = (moved_up, moved_down);
        if alive {
            alive = carry(&mut client, &mut up, &mut moved_up, most_up)
                && carry(&mut server, &mut down, &mut moved_down, most_down)
                && !over.contains(&true);
        }
        if !alive {
            for (outbox, inbox) in [(client.outbox(), &mut down), (server.outbox(), &mut up)] {
                outbox.abandon();
                inbox.set_eof();
            }
        } else if before == (moved_up, moved_down) && sends.next >= MAILS.len() {
            alive = false;
        }
    }
    assert_eq!(over, [true; 2], "the session ends");
    (sends, taken, [moved_up, moved_down])
}

/// Moves what is allowed; whether the connection still lives.
fn carry<M: Machine>(from: &mut M, to: &mut Inbox, moved: &mut usize, most: usize) -> bool {
    use bytes::Buf;
    loop {
        let chunk = from.outbox().chunk().to_vec();
        let allowed = chunk.len().min(most - *moved);
        let n = to.extend(&chunk[..allowed]);
        from.outbox().advance(n);
        *moved += n;
        if n < allowed || chunk.is_empty() {
            return true;
        }
        if allowed < chunk.len() {
            return false;
        }
    }
}

#[test]
fn what_both_ends_know_agrees_wherever_the_connection_breaks() {
    for (chunking, pipelining) in
        [(Chunking::Never, true), (Chunking::Never, false), (Chunking::Always, true)]
    {
        for given in [Given::Whole, Given::Streamed] {
            let make = || config(Policy::Never).with_chunking(chunking).with_pipelining(pipelining);
            let (_, _, [up, down]) = broken(make(), given, usize::MAX, usize::MAX);
            assert!(up > 200 && down > 200);
            let cuts = (0..=up).map(|up| (up, usize::MAX));
            let mut unknown = 0;
            for (most_up, most_down) in cuts.chain((0..=down).map(|down| (usize::MAX, down))) {
                let how = format!("{given:?} {chunking:?} {most_up} {most_down}");
                let (sends, taken, _) = broken(make(), given, most_up, most_down);
                let reports = sends.reports.borrow();
                assert_eq!(reports.len(), sends.begun, "{how}: a report for each");
                for (mail, report) in MAILS.iter().zip(reports.iter()) {
                    let server_has = taken.taken.iter().any(|one| one == mail);
                    assert_eq!(report.recipients.len(), TO.len());
                    for one in &report.recipients {
                        match one.outcome.delivery() {
                            Delivery::Accepted => assert!(server_has, "{how}: lost"),
                            Delivery::NotSent if one.path.to_string() != "<Green@foo.com>" => {
                                assert!(!server_has, "{how}: would be sent twice");
                            }
                            Delivery::Unknown => unknown += 1,
                            _ => {}
                        }
                    }
                }
            }
            assert!(unknown > 0, "where the answer is cut off, nobody knows");
        }
    }
}

// --- many ---

/// Sends so many mails through one session, over pipes of 4 KiB; the most octets that were held.
fn most_held(mails: usize, seed: u64) -> u64 {
    let told = Rc::new(RefCell::new(0));
    let kept = told.clone();
    let make = move || {
        let mail = Bytes::from_static(b"Subject: lunch\r\n\r\n.at noon\r\n");
        let told = kept.clone();
        let mut sent = 0;
        let on_event = move |client: &mut Client, event: &Event| {
            match event {
                Event::Ready { .. } => {}
                Event::Sent(report) => {
                    let outcomes: Vec<_> =
                        report.recipients.iter().map(|one| &one.outcome).collect();
                    assert!(matches!(
                        outcomes[..],
                        [
                            RecipientOutcome::Accepted(_),
                            RecipientOutcome::Failed(_),
                            RecipientOutcome::Accepted(_)
                        ]
                    ));
                    *told.borrow_mut() += 1;
                }
                _ => return,
            }
            if sent == mails {
                return client.shutdown();
            }
            sent += 1;
            client.send(mail_to(TO, Content::whole(mail.clone()))).unwrap();
        };
        let client = Client::new(config(Policy::Never).with_chunking(Chunking::Never));
        (client, embedder(on_event, |_: &mut Client| false))
    };
    let pair = Pair::new(make, || (server(Policy::Never), takes_mail())).forgetful();
    let cost = measure(|| {
        let run = pair.run(seed);
        assert_eq!(run.end, PairEnd::Finished);
        assert_eq!(run.client.outcome(), &End::Closed);
    });
    assert_eq!(*told.borrow(), mails);
    eprintln!("{mails} mails: {} octets at most, {} in all", cost.bytes_max, cost.bytes_total);
    cost.bytes_max
}

#[test]
fn ten_thousand_transactions_take_no_more_memory_than_a_thousand() {
    // How octets are cut is random, and so is how much is under way at worst: it is a little more where
    // there are more chances, and far from an octet a transaction.
    let (few, many) = (most_held(1000, 1), most_held(10_000, 1));
    assert!(many < few + 4096 && many < 8 * 1024, "{few} and {many}");
}

// --- large ---

/// Sends a mail of 32 MiB that is at hand; what that cost.
fn upload(mail: &Bytes, extensions: &str, replies: &[&str]) -> allocation_counter::AllocationInfo {
    use bytes::Buf;
    measure(|| {
        let mut client = Client::new(config(Policy::Never));
        let mut inbox = client.new_inbox();
        let hello = format!("250-foo.com\r\n{extensions}250 SIZE\r\n");
        let mut turns = ["220 foo.com\r\n", &hello].into_iter().chain(replies.iter().copied());
        let (mut sent, mut octets, mut lent) = (None, 0, 0);
        let source = mail.as_ptr() as usize..mail.as_ptr() as usize + mail.len();
        while sent.is_none() {
            match client.poll(&mut inbox).unwrap() {
                Progress::Event(Event::Ready { .. }) => {
                    client.send(mail_to(&["b@foo.com"], Content::whole(mail.clone()))).unwrap();
                }
                Progress::Event(Event::Sent(report)) => sent = Some(report.is_accepted()),
                Progress::Event(_) => {}
                _ if client.outbox().has_remaining() => {
                    let outbox = client.outbox();
                    let (start, n) = (outbox.chunk().as_ptr() as usize, outbox.chunk().len());
                    lent += if source.contains(&start) { n } else { 0 };
                    octets += n;
                    outbox.advance(n);
                }
                _ => _ = inbox.extend(turns.next().unwrap().as_bytes()),
            }
        }
        assert_eq!(sent, Some(true));
        assert!(octets >= mail.len() && lent * 1000 >= mail.len() * 999, "{lent} of {octets}");
    })
}

#[test]
fn a_mail_that_is_at_hand_goes_out_from_where_it_lies() {
    let line = "seventy octets and a line end make up a line of a mail that is large\r\n";
    let mail = Bytes::from(line.repeat((32 << 20) / line.len()));
    let data = upload(&mail, "", &["250\r\n", "250\r\n", "354\r\n", "250\r\n"]);
    let chunk = upload(&mail, "250-CHUNKING\r\n", &["250\r\n", "250\r\n", "250\r\n"]);
    for cost in [data, chunk] {
        let (most, all) = (cost.bytes_max, cost.bytes_total);
        eprintln!("32 MiB: {most} octets at most, {all} in all");
        assert!(most < 16 * 1024 && all < mail.len() as u64 / 50, "{cost:?}");
    }
}
