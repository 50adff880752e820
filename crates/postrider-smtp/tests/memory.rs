//! What payload and an idle session cost: 64 MiB through every payload path with at most one copy, and
//! at most 1 KiB for a session that waits.

use crate::common;

use allocation_counter::{AllocationInfo, measure};
use bytes::{Buf, Bytes};
use common::{client, name, server};
use postrider_smtp::client::{Client, Event as Told, Outcome};
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{ForwardPath, Limits, MailParameters, ReversePath};
use postrider_wire::{Demand, Inbox, Machine, Policy, Progress, Security};

const TOTAL: u64 = 64 << 20;
/// What one piece of the source has.
const PIECE: usize = 32 * 1024;
const SLACK: u64 = 64 * 1024;
/// Octets of one line.
const LINE: u64 = 76;

/// The octet at this place of the mail: lines of text that differ, CRLF at the end of each.
fn octet_at(place: u64) -> u8 {
    match place % LINE {
        74 => b'\r',
        75 => b'\n',
        column => b'a' + ((place / LINE + column) % 23) as u8,
    }
}

/// The mail is a whole number of lines.
const SIZE: u64 = TOTAL / LINE * LINE;

fn piece(from: u64) -> Bytes {
    let size = (SIZE - from).min(PIECE as u64);
    (from..from + size).map(octet_at).collect::<Vec<_>>().into()
}

/// Checks content by its place, and keeps nothing.
#[derive(Default)]
struct Sink(u64);

impl Sink {
    fn take(&mut self, octets: &[u8]) {
        for (nth, octet) in octets.iter().enumerate() {
            assert_eq!(*octet, octet_at(self.0 + nth as u64), "at {}", self.0 + nth as u64);
        }
        self.0 += octets.len() as u64;
    }
}

/// How a mail travels: behind `DATA`, or in chunks of this size.
#[derive(Clone, Copy, Debug)]
enum Transport {
    Data,
    Chunks(u64),
}

const TRANSPORTS: [Transport; 3] =
    [Transport::Data, Transport::Chunks(SIZE), Transport::Chunks(10_000_000)];

impl Transport {
    /// What stands before the octets at this place, if anything does.
    fn announcement(self, place: u64) -> Option<String> {
        match self {
            Self::Data => (place == 0).then(|| "DATA\r\n".into()),
            Self::Chunks(size) if place.is_multiple_of(size) => {
                let left = SIZE - place;
                let last = if left <= size { " LAST" } else { "" };
                Some(format!("BDAT {}{last}\r\n", left.min(size)))
            }
            Self::Chunks(_) => None,
        }
    }

    /// Where the octets end that follow on this place without anything between.
    fn run_end(self, place: u64) -> u64 {
        match self {
            Self::Data => SIZE,
            Self::Chunks(size) => (place / size + 1).saturating_mul(size).min(SIZE),
        }
    }
}

fn report(title: &str, cost: &AllocationInfo) {
    let (peak, total) = (cost.bytes_max, cost.bytes_total);
    eprintln!("{title}: peak {peak} octets, {total} in all, {} allocations", cost.count_total);
}

// --- into the server ---

/// Sends the mail to a server as fast as it reads.
fn receive(transport: Transport) {
    let limits = Limits::server().with_message(SIZE);
    let config = Config::new(name("foo.com"), Security::StartTls(Policy::Never));
    let mut server = Server::new(config.with_limits(limits));
    let mut inbox = server.new_inbox();
    inbox.extend(b"HELO b\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@foo.com>\r\n");
    let (mut place, mut said_at, mut sink) = (0, None, Sink::default());
    let (mut lent, mut shared) = (0..0, 0_u64);
    loop {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(Event::Chunk(octets)) => {
                let start = octets.as_ptr() as usize;
                if lent.contains(&start) && start + octets.len() <= lent.end {
                    shared += octets.len() as u64;
                }
                sink.take(&octets);
            }
            Progress::Event(Event::DataEnd) => {
                server.accept().unwrap();
                assert_eq!(sink.0, SIZE);
                // Every chunk is a part of what was read; a few octets of a boundary may not be.
                assert!(shared * 1000 >= SIZE * 999, "{shared} of {SIZE}");
                return;
            }
            Progress::Event(_) => server.accept().unwrap(),
            _ if server.outbox().has_remaining() => {
                let n = server.outbox().remaining();
                server.outbox().advance(n);
            }
            _ if said_at != Some(place) && transport.announcement(place).is_some() => {
                said_at = Some(place);
                inbox.extend(transport.announcement(place).unwrap().as_bytes());
            }
            _ if place == SIZE => _ = inbox.extend(b".\r\n"),
            _ => {
                assert_eq!(inbox.demand(), Demand::Payload);
                let spare = inbox.spare_init().unwrap();
                lent = spare.as_ptr() as usize..spare.as_ptr() as usize + spare.len();
                let n = spare.len().min((transport.run_end(place) - place) as usize);
                for (nth, octet) in spare[..n].iter_mut().enumerate() {
                    *octet = octet_at(place + nth as u64);
                }
                inbox.commit(n);
                place += n as u64;
            }
        }
    }
}

#[test]
fn a_server_takes_64_mib_where_they_were_read_to() {
    let limits = Limits::server();
    for transport in TRANSPORTS {
        let cost = measure(|| receive(transport));
        report(&format!("in, {transport:?}"), &cost);
        assert!(cost.bytes_max <= (limits.read + limits.outbox) as u64 + SLACK, "{cost:?}");
        // The read buffers themselves, and next to nothing beside them.
        assert!(cost.bytes_total <= SIZE + SIZE / 50, "{cost:?}");
    }
}

// --- out of the client ---

struct Upload {
    client: Client,
    transport: Transport,
    place: u64,
    /// Where the octets end that were announced.
    end: u64,
    piece: Bytes,
    /// Where the piece lies.
    source: std::ops::Range<usize>,
    shared: u64,
    outcome: Option<Outcome>,
}

impl Upload {
    fn event(&mut self, event: Told) {
        let client = &mut self.client;
        match event {
            Told::Ready { .. } => client.mail(ReversePath::null(), MailParameters::new()).unwrap(),
            Told::Mail(_) => client.rcpt(ForwardPath::parse("b@foo.com").unwrap()).unwrap(),
            Told::Rcpt { .. } | Told::Bdat(_) => self.announce(),
            Told::End(outcome) => self.outcome = Some(outcome),
            _ => {}
        }
    }

    fn announce(&mut self) {
        match self.transport {
            Transport::Data => {
                self.end = SIZE;
                self.client.data().unwrap();
            }
            Transport::Chunks(_) => {
                self.end = self.transport.run_end(self.place);
                self.client.bdat(self.end - self.place, self.end == SIZE).unwrap();
            }
        }
    }

    fn write(&mut self) {
        if self.piece.is_empty() {
            if self.place == self.end {
                return self.client.finish_payload().unwrap();
            }
            self.piece = piece(self.place);
            self.piece.truncate((self.end - self.place).min(PIECE as u64) as usize);
            let start = self.piece.as_ptr() as usize;
            self.source = start..start + self.piece.len();
        }
        self.place += self.client.write_payload(&mut self.piece).unwrap() as u64;
    }

    /// What left, checked: the octets behind `from` others.
    fn drain(&mut self, sink: &mut Sink, from: usize) {
        let mut skip = from;
        let outbox = self.client.outbox();
        while outbox.has_remaining() {
            let chunk = outbox.chunk();
            let (start, n) = (chunk.as_ptr() as usize, chunk.len());
            if self.source.contains(&start) && start + n <= self.source.end {
                self.shared += n as u64;
            }
            let left = (SIZE - sink.0) as usize;
            let content = &chunk[skip.min(n)..];
            sink.take(&content[..content.len().min(left)]);
            skip = skip.saturating_sub(n);
            outbox.advance(n);
        }
    }
}

fn send(transport: Transport) {
    let client = client(Policy::Never);
    let mut inbox = client.new_inbox();
    inbox.extend(b"220 foo.com\r\n");
    let opening = ["250-foo.com\r\n250 CHUNKING\r\n", "250 OK\r\n", "250 OK\r\n"];
    let mut opening = opening.iter();
    let mut sink = Sink::default();
    let (piece, source) = (Bytes::new(), 0..0);
    let mut upload =
        Upload { client, transport, place: 0, end: 0, piece, source, shared: 0, outcome: None };
    while upload.outcome.is_none() {
        match upload.client.poll(&mut inbox).unwrap() {
            Progress::Event(event) => upload.event(event),
            Progress::Wait { app: true, .. }
                if upload.client.state() != postrider_smtp::State::Data
                    && upload.client.state() != postrider_smtp::State::Bdat => {}
            Progress::Wait { app: true, .. } => {
                // The line of BDAT leaves before the first octet.
                let announced = upload.client.outbox().remaining();
                upload.write();
                upload.drain(&mut sink, announced);
            }
            _ if upload.client.outbox().has_remaining() => {
                let payload = upload.place > 0;
                let n = upload.client.outbox().remaining();
                upload.drain(&mut sink, if payload { 0 } else { n });
            }
            _ => {
                let data = matches!(transport, Transport::Data) && sink.0 == 0;
                let reply = opening.next().copied();
                let reply = reply.unwrap_or(if data { "354 go\r\n" } else { "250 OK\r\n" });
                inbox.extend(reply.as_bytes());
            }
        }
    }
    assert!(matches!(upload.outcome, Some(Outcome::Accepted(_))), "{:?}", upload.outcome);
    assert_eq!(sink.0, SIZE);
    assert!(upload.shared * 1000 >= SIZE * 999, "{} of {SIZE}", upload.shared);
}

#[test]
fn a_client_sends_64_mib_from_where_they_lie() {
    let limits = Limits::client();
    for transport in TRANSPORTS {
        let cost = measure(|| send(transport));
        report(&format!("out, {transport:?}"), &cost);
        assert!(cost.bytes_max <= (limits.inbox + limits.outbox) as u64 + SLACK, "{cost:?}");
        // The pieces of the source, and next to nothing beside them.
        assert!(cost.bytes_total <= SIZE + SIZE / 50, "{cost:?}");
    }
}

// --- idle ---

/// Keeps the session of a machine alive while it is counted.
fn idle_cost<M: Machine>(title: &str, make: impl Fn() -> (M, Inbox)) -> usize {
    let mut kept = None;
    let cost = measure(|| kept = Some(make()));
    let heap = usize::try_from(cost.bytes_current).unwrap();
    let (machine, inbox) = (size_of::<M>(), size_of::<Inbox>());
    eprintln!("idle {title}: machine {machine}, inbox {inbox}, heap {heap} octets");
    drop(kept);
    machine + inbox + heap
}

fn drained<M: Machine>(machine: &mut M) {
    let n = machine.outbox().remaining();
    machine.outbox().advance(n);
}

fn idle_server() -> (Server, Inbox) {
    let mut server = server(Policy::Opportunistic);
    let mut inbox = server.new_inbox();
    inbox.extend(b"EHLO mail.client.example.com\r\n");
    while let Ok(Progress::Event(_)) = server.poll(&mut inbox) {
        server.accept().unwrap();
    }
    drained(&mut server);
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: true, app: false }));
    (server, inbox)
}

fn idle_client() -> (Client, Inbox) {
    let mut client = client(Policy::Opportunistic);
    let mut inbox = client.new_inbox();
    for turn in [
        "220 mx.server.example.com ESMTP service ready\r\n",
        "250-mx.server.example.com greets you\r\n250-PIPELINING\r\n250-SIZE 104857600\r\n\
         250-8BITMIME\r\n250-CHUNKING\r\n250-SMTPUTF8\r\n250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n",
    ] {
        inbox.extend(turn.as_bytes());
        while let Ok(Progress::Event(_)) = client.poll(&mut inbox) {}
        drained(&mut client);
    }
    assert_eq!(client.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
    (client, inbox)
}

#[test]
fn an_idle_session_takes_a_kibibyte_at_most() {
    for (title, cost) in
        [("server", idle_cost("server", idle_server)), ("client", idle_cost("client", idle_client))]
    {
        assert!(cost <= 1024, "{title}: {cost}");
    }
}
