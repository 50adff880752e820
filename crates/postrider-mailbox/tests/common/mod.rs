//! The IMAP machines as writer and reader of values, and messages to read.
#![allow(dead_code, reason = "each test binary uses some of it")]

use bytes::Buf;
use postrider_imap::{
    BodyStructure, Command, FetchAttribute, FetchItem, MailboxName, MessageNumber, Part, PartKind,
    SequenceSet,
    client::{self, Client},
    server::{self, SelectData, Server},
};
use postrider_wire::{Inbox, Machine, Progress, Secret, Security, TlsInfo};

/// One end of a connection.
struct End<M: Machine> {
    machine: M,
    inbox: Inbox,
    /// Octets on their way here.
    coming: Vec<u8>,
}

impl<M: Machine> End<M> {
    fn new(machine: M) -> Self {
        let inbox = machine.new_inbox();
        Self { machine, inbox, coming: Vec::new() }
    }

    /// The next event, and what was written meanwhile. `None` where the machine waits.
    fn poll(&mut self, written: &mut Vec<u8>) -> Option<M::Event> {
        loop {
            let taken = self.inbox.extend(&self.coming);
            self.coming.drain(..taken);
            let progress = self.machine.poll(&mut self.inbox).expect("a sound session");
            let outbox = self.machine.outbox();
            let quiet = outbox.is_empty() && taken == 0;
            while outbox.has_remaining() {
                let chunk = outbox.chunk();
                written.extend_from_slice(chunk);
                let length = chunk.len();
                outbox.advance(length);
            }
            match progress {
                Progress::Event(event) => return Some(event),
                Progress::Wait { .. } if quiet => return None,
                Progress::Wait { .. } => {}
                other => panic!("not expected: {other:?}"),
            }
        }
    }
}

/// A client and a server in a selected mailbox: what the server writes, the client reads.
pub(crate) struct Wire {
    client: End<Client>,
    server: End<Server>,
}

impl Wire {
    pub(crate) fn new() -> Self {
        let security = || Security::Implicit(TlsInfo::new());
        let limits = postrider_imap::Limits::new().with_unit(8192, 16 << 20).with_outbox(16 << 20);
        let client = Client::new(client::Config::new(security()).with_limits(limits));
        let server = Server::new(server::Config::new(security()).with_limits(limits));
        let mut wire = Self { client: End::new(client), server: End::new(server) };
        wire.run(&[]);
        wire.client.machine.login("bob", Secret::new("secret".into())).expect("ready");
        wire.run(&[]);
        wire.client.machine.select(MailboxName::inbox()).expect("logged in");
        wire.run(&[]);
        wire
    }

    /// The items as they come back from the server's writer through the client's reader.
    pub(crate) fn through(&mut self, items: &[FetchItem]) -> Vec<FetchItem> {
        let set = SequenceSet::one(1).expect("a number");
        self.client.machine.fetch(set, FetchAttribute::Flags).expect("selected");
        self.run(items)
    }

    fn run(&mut self, items: &[FetchItem]) -> Vec<FetchItem> {
        let one = MessageNumber::new(1).expect("a number");
        let mut read = Vec::new();
        let mut before = usize::MAX;
        loop {
            let mut events = 0;
            while let Some(event) = self.client.poll(&mut self.server.coming) {
                events += 1;
                if let client::Event::FetchItems { items, .. } = event {
                    read.extend(items);
                }
            }
            while let Some(event) = self.server.poll(&mut self.client.coming) {
                events += 1;
                let server = &mut self.server.machine;
                match event {
                    server::Event::Command(Command::Select { .. }) => {
                        server.accept_select(&SelectData::new(1))
                    }
                    server::Event::Command(Command::Fetch { .. }) => {
                        server.fetch_items(one, items).expect("room");
                        server.accept()
                    }
                    _ => server.accept(),
                }
                .expect("asked");
            }
            let under_way = self.client.coming.len() + self.server.coming.len();
            if events == 0 && under_way == 0 && before == 0 {
                return read;
            }
            before = events + under_way;
        }
    }
}

/// The items of a FETCH response as the client reads them. `items` is the text between the
/// parentheses, folded as RFCs print it.
pub(crate) fn read(items: &str) -> Vec<FetchItem> {
    let items = items.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut client = End::new(Client::new(client::Config::new(Security::Implicit(TlsInfo::new()))));
    let mut read = Vec::new();
    let mut turn = |client: &mut End<Client>, said: &str| {
        client.coming.extend_from_slice(said.as_bytes());
        while let Some(event) = client.poll(&mut Vec::new()) {
            if let client::Event::FetchItems { items, .. } = event {
                read.extend(items);
            }
        }
    };
    turn(&mut client, "* PREAUTH ready\r\n");
    client.machine.select(MailboxName::inbox()).expect("logged in");
    turn(&mut client, "* 12 EXISTS\r\na001 OK [READ-WRITE] SELECT completed\r\n");
    client
        .machine
        .fetch(SequenceSet::one(12).expect("a number"), FetchAttribute::Flags)
        .expect("selected");
    turn(&mut client, &format!("* 12 FETCH ({items})\r\na002 OK FETCH completed\r\n"));
    read
}

/// The structure that the client reads from this text.
pub(crate) fn structure(text: &str) -> BodyStructure {
    match read(&format!("BODYSTRUCTURE {text}")).pop() {
        Some(FetchItem::BodyStructure(body)) => body,
        other => panic!("no structure: {other:?}"),
    }
}

/// A part that is no multipart.
pub(crate) fn single(body: &BodyStructure) -> Part<'_> {
    assert_ne!(body.root().kind(), PartKind::Multipart);
    body.root()
}

/// A body of so many octets in so many lines.
pub(crate) fn text(octets: usize, lines: usize) -> String {
    let rest = octets - (lines - 1) * 3 - 2;
    format!("{}{}\r\n", "x\r\n".repeat(lines - 1), "x".repeat(rest))
}
