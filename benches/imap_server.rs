//! FETCH of 10,000 messages from our server to our client over a connection in memory, and what of it is
//! the server's, measured against a copy of the same octets.

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use bytes::{Buf, Bytes};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::imap::client::{self, Client};
use postrider::imap::server::{self, SelectData, Server};
use postrider::imap::{
    BodySection, Command, CommandName, FetchAttribute, FetchItem, Flag, FlagSet, MailboxName,
    MessageNumber, Misuse, Response, Section, SequenceSet, State, Uid,
};
use postrider::wire::{Inbox, Machine, Progress, Secret, Security, TlsInfo};
use postrider_testkit::{Embedder, Pair, PairEnd};

const COUNT: u32 = 10_000;
const READ: usize = 64 << 10;
const LINE: &[u8] =
    b"The quick brown fox jumps over the lazy dog, and then it goes to sleep again.\r\n";

/// What is told of each message.
#[derive(Clone, Copy)]
enum Kind {
    Flags,
    Bodies,
}

impl Kind {
    fn attributes(self) -> Vec<FetchAttribute> {
        match self {
            Self::Flags => vec![FetchAttribute::Uid, FetchAttribute::Flags],
            Self::Bodies => vec![FetchAttribute::Uid, FetchAttribute::peek(Section::all())],
        }
    }
}

/// Tells of one message after the other, as far as there is room.
struct Telling {
    kind: Kind,
    mail: Bytes,
    section: BodySection,
    flags: [FlagSet; 3],
    next: u32,
    /// What of a payload is still to be written.
    left: Option<Bytes>,
}

impl Telling {
    fn new(kind: Kind) -> Self {
        let flags =
            [[].into(), [Flag::Seen].into(), [Flag::Seen, Flag::Answered, Flag::Flagged].into()];
        let (mail, section) = (LINE.repeat(6).into(), BodySection::Section(Section::all()));
        Self { kind, mail, section, flags, next: 1, left: None }
    }

    /// The items that stand in the line.
    fn items(&self, number: u32) -> Vec<FetchItem> {
        let uid = FetchItem::Uid(Uid::new(number + 1000).expect("not 0"));
        match self.kind {
            Kind::Flags => vec![uid, FetchItem::Flags(self.flags[number as usize % 3].clone())],
            Kind::Bodies => vec![uid],
        }
    }

    /// Whether all was told.
    fn tell(&mut self, server: &mut Server) -> bool {
        loop {
            if let Some(left) = &mut self.left {
                server.write_payload(left).expect("it is open");
                if !left.is_empty() {
                    return false;
                }
                self.left = None;
                server.finish_payload().expect("it is whole");
                self.next += 1;
            }
            if self.next > COUNT {
                return true;
            }
            let number = MessageNumber::new(self.next).expect("counted from 1");
            match server.fetch_items(number, &self.items(self.next)) {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(error, Misuse::Full.into());
                    return false;
                }
            }
            match self.kind {
                Kind::Flags => self.next += 1,
                Kind::Bodies => {
                    let octets = self.mail.len() as u64;
                    let begun = server.body_begin(number, &self.section, None, octets);
                    begun.expect("the line of items is not queued before");
                    self.left = Some(self.mail.clone());
                }
            }
        }
    }
}

struct Host {
    kind: Kind,
    telling: Option<Telling>,
}

impl Host {
    fn go_on(&mut self, server: &mut Server) -> bool {
        let Some(telling) = &mut self.telling else { return false };
        let before = telling.next;
        if telling.tell(server) {
            server.accept().expect("it was asked");
            self.telling = None;
            return true;
        }
        telling.next != before
    }
}

impl Embedder<Server> for Host {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        match event {
            server::Event::Command(Command::Select { .. }) => {
                server.accept_select(&SelectData::new(COUNT)).expect("it was asked");
            }
            server::Event::Command(Command::Fetch { .. }) => {
                self.telling = Some(Telling::new(self.kind));
                self.go_on(server);
            }
            _ => server.accept().expect("it was asked"),
        }
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        self.go_on(server)
    }
}

struct Guest {
    kind: Kind,
    told: Rc<Cell<u32>>,
}

impl Embedder<Client> for Guest {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        use client::Event;
        let done = match event {
            Event::Ready if client.state() == State::NotAuthenticated => {
                client.login("mrc", Secret::new("secret".into()))
            }
            Event::Completed { command: CommandName::Login, .. } => {
                client.select(MailboxName::inbox())
            }
            Event::Completed { command: CommandName::Select, .. } => {
                client.fetch(SequenceSet::all(), self.kind.attributes())
            }
            Event::Completed { command: CommandName::Fetch, .. } => client.logout(),
            Event::FetchEnd { .. } => {
                self.told.set(self.told.get() + 1);
                return;
            }
            _ => return,
        };
        done.expect("it may");
    }
}

fn secure() -> Security {
    Security::Implicit(TlsInfo::new())
}

fn pair(kind: Kind, told: &Rc<Cell<u32>>) -> Pair<Client, Server> {
    let told = told.clone();
    let client = move || {
        let guest = Guest { kind, told: told.clone() };
        (Client::new(client::Config::new(secure())), Box::new(guest) as Box<dyn Embedder<Client>>)
    };
    let server = move || {
        let host = Host { kind, telling: None };
        (Server::new(server::Config::new(secure())), Box::new(host) as Box<dyn Embedder<Server>>)
    };
    Pair::new(client, server).capacity(READ).latency(Duration::ZERO).forgetful()
}

/// A server that was asked to FETCH, and its inbox.
fn asked() -> (Server, Inbox) {
    let mut server = Server::new(server::Config::new(secure()));
    let mut inbox = server.new_inbox();
    inbox
        .extend(b"a login mrc secret\r\nb select inbox\r\nc fetch 1:* (uid flags body.peek[])\r\n");
    loop {
        match server.poll(&mut inbox).expect("the client is right") {
            Progress::Event(server::Event::Command(Command::Fetch { .. })) => break,
            Progress::Event(server::Event::Command(_)) => {
                server.accept_select(&SelectData::new(COUNT)).expect("it was asked");
            }
            Progress::Event(_) => server.accept().expect("it was asked"),
            other => panic!("{other:?}"),
        }
    }
    drain(&mut server, |_| {});
    (server, inbox)
}

fn drain(server: &mut Server, mut sink: impl FnMut(&[u8])) {
    let outbox = server.outbox();
    while outbox.has_remaining() {
        let n = outbox.chunk().len();
        sink(outbox.chunk());
        outbox.advance(n);
    }
}

/// The server alone: all that it says to FETCH.
fn serve(kind: Kind, mut sink: impl FnMut(&[u8])) {
    let (mut server, _inbox) = asked();
    let mut telling = Telling::new(kind);
    while !telling.tell(&mut server) {
        drain(&mut server, &mut sink);
    }
    server.accept().expect("it was asked");
    drain(&mut server, &mut sink);
}

/// The same of the values alone.
fn write(responses: &[Response], out: &mut Vec<u8>) {
    out.clear();
    for response in responses {
        response.write(out);
    }
}

/// What cannot be avoided: from where the server has it to where the client has it.
fn copy(wire: &[u8], buffer: &mut [u8]) {
    for piece in wire.chunks(READ) {
        buffer[..piece.len()].copy_from_slice(piece);
        black_box(&mut *buffer);
    }
}

fn imap_server(criterion: &mut Criterion) {
    for (name, kind) in [("flags", Kind::Flags), ("small bodies", Kind::Bodies)] {
        let mut wire = Vec::new();
        serve(kind, |octets| wire.extend_from_slice(octets));
        let told = Rc::new(Cell::new(0));
        let pair = pair(kind, &told);
        assert_eq!(pair.run(1).end, PairEnd::Finished);
        assert_eq!(told.get(), COUNT, "all that was asked for comes");

        let mut group = criterion.benchmark_group(format!("imap_server/{name} of {COUNT}"));
        group.sample_size(20).throughput(Throughput::Bytes(wire.len() as u64));
        let mut buffer = vec![0; READ];
        group.bench_function("memcpy", |bencher| {
            bencher.iter(|| copy(black_box(&wire), &mut buffer));
        });
        group.bench_function("client and server", |bencher| bencher.iter(|| pair.run(1).elapsed));
        group.bench_function("server", |bencher| {
            bencher.iter(|| serve(kind, |octets| _ = black_box(octets)));
        });
        if let Kind::Flags = kind {
            let telling = Telling::new(kind);
            let response = |number| {
                let items = telling.items(number);
                Response::Fetch { number: MessageNumber::new(number).expect("not 0"), items }
            };
            let responses: Vec<Response> = (1..=COUNT).map(response).collect();
            let mut out = Vec::new();
            write(&responses, &mut out);
            assert!(wire.starts_with(&out), "the same octets");
            group.bench_function("responses written", |bencher| {
                bencher.iter(|| write(black_box(&responses), &mut out));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, imap_server);
criterion_main!(benches);
