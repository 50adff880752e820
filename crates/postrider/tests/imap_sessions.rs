//! The IMAP client against the IMAP server: APPEND of ten, IDLE, FETCH of what was appended, plain
//! and compressed, through a `Pair` with random latency, over loopback by both drivers, and with
//! every wait cancelled.

mod common;

use core::time::Duration;
use std::collections::VecDeque;

use common::Made;
use postrider::imap::client::{self, Client};
use postrider::imap::server::{self, Compression, Feature, SelectData, Server};
use postrider::imap::{
    AppendMessage, Command, CommandName, FetchAttribute, Flag, MailboxName, MessageNumber,
    MessageSet, Response, Section, SequenceSet, State,
};
use postrider::wire::{Bytes, ClearTextLogin, Policy, Secret, Security};
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd};

/// What the client knows of the server, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It asks for nothing: literals are synchronised, and mails are appended one by one.
    Plain,
    /// It asks for the capabilities: one APPEND of all, without waiting; IDLE.
    Eager,
    /// The same, compressed.
    Compressed,
}

/// Octets that look like the protocol, by their place: ten mails, one of them empty but for a line
/// end, one larger than every buffer.
fn mails() -> Vec<Bytes> {
    let octets = |n: usize| b")\r\na003 OK\r\n{3}\r\nDONE\r\n".iter().copied().cycle().take(n);
    let sizes = [2, 100, 4096, 70_000, 1, 300_000, 512, 511, 65_536, 23];
    sizes.iter().map(|&n| octets(n).collect()).collect()
}

/// Appends all mails, idles until the server tells of them, fetches them and leaves.
struct Guest {
    manner: Manner,
    todo: VecDeque<Bytes>,
    payload: Option<Bytes>,
}

impl Guest {
    fn append(&mut self, client: &mut Client) -> Result<(), postrider::imap::Error> {
        let whole = self.manner != Manner::Plain;
        let now = if whole { self.todo.len() } else { 1 };
        let messages = self
            .todo
            .iter()
            .take(now)
            .map(|mail| AppendMessage::new(mail.len() as u64).with_flags([Flag::Seen]));
        client.append(MailboxName::inbox(), messages.collect()).map(drop)
    }
}

impl Embedder<Client> for Guest {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        use client::Event;
        let eager = self.manner != Manner::Plain;
        match event {
            Event::Ready => client.login("mrc", Secret::new("secret".to_owned())).map(drop),
            Event::Completed { command, status, .. } => {
                assert!(status.is_ok(), "{command}: {status:?}");
                match command {
                    CommandName::Login if eager => client.capability().map(drop),
                    CommandName::Capability if self.manner == Manner::Compressed => {
                        client.compress().map(drop)
                    }
                    CommandName::Login | CommandName::Capability | CommandName::Compress => {
                        client.select(MailboxName::inbox()).map(drop)
                    }
                    CommandName::Select => self.append(client),
                    CommandName::Append if !self.todo.is_empty() => self.append(client),
                    CommandName::Append if eager => client.idle().map(drop),
                    CommandName::Append | CommandName::Idle => client
                        .fetch(SequenceSet::all(), FetchAttribute::peek(Section::all()))
                        .map(drop),
                    CommandName::Fetch => client.logout().map(drop),
                    _ => Ok(()),
                }
            }
            Event::AppendBegin { .. } => {
                self.payload = self.todo.pop_front();
                Ok(())
            }
            Event::Exists(10) if client.state() == State::Selected && self.todo.is_empty() => {
                // It may also be told with the APPEND, when nobody idles.
                client.done().or(Ok(()))
            }
            _ => Ok(()),
        }
        .expect("allowed here");
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let Some(rest) = &mut self.payload else { return false };
        if rest.is_empty() {
            self.payload = None;
            client.finish_payload().expect("whole");
            return true;
        }
        client.write_payload(rest).expect("due") > 0
    }
}

/// Keeps what is appended, tells of it in IDLE, and gives it back.
#[derive(Default)]
struct Host {
    stored: Vec<Bytes>,
    coming: Vec<Vec<u8>>,
    /// Messages that FETCH still has to answer, the first perhaps in part.
    due: VecDeque<(u32, Option<Bytes>)>,
}

impl Host {
    /// Writes what fits; whether that was anything.
    fn work(&mut self, server: &mut Server) -> bool {
        let mut worked = false;
        while let Some((seq, rest)) = self.due.front_mut() {
            let Some(rest) = rest else {
                let mail = self.stored[*seq as usize - 1].clone();
                let number = MessageNumber::new(*seq).expect("not 0");
                let section = FetchAttribute::peek(Section::all()).body_request().unwrap().name;
                if server.body_begin(number, &section, None, mail.len() as u64).is_err() {
                    return worked;
                }
                (*rest, worked) = (Some(mail), true);
                continue;
            };
            worked |= server.write_payload(rest).expect("open") > 0;
            if !rest.is_empty() {
                return worked;
            }
            server.finish_payload().expect("whole");
            self.due.pop_front();
            if self.due.is_empty() {
                server.accept().expect("the answer is whole");
            }
        }
        worked
    }
}

impl Embedder<Server> for Host {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        use server::Event;
        let exists = u32::try_from(self.stored.len()).unwrap();
        match event {
            Event::Login { password, .. } => {
                assert_eq!(password.expose(), b"secret");
                server.accept()
            }
            Event::Command(Command::Select { .. }) => {
                server.accept_select(&SelectData::new(exists))
            }
            Event::Append { .. } => server.accept(),
            Event::AppendBegin { message, .. } | Event::AppendNext { message, .. } => {
                assert_eq!(message.flags, [Flag::Seen].into());
                self.coming.push(Vec::new());
                Ok(())
            }
            Event::Chunk(octets) => {
                self.coming.last_mut().expect("begun").extend_from_slice(octets);
                Ok(())
            }
            Event::AppendEnd => {
                self.stored.extend(self.coming.drain(..).map(Bytes::from));
                server.accept()
            }
            Event::Command(Command::Idle) => {
                server.accept().and_then(|()| server.update(&Response::Exists(exists)))
            }
            Event::Command(Command::Fetch { set: MessageSet::Set(set), .. }) => {
                let all = set.resolve(exists).into_iter().flatten();
                self.due = all.map(|seq| (seq, None)).collect();
                Ok(())
            }
            _ => Ok(()),
        }
        .expect("allowed here");
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        self.work(server)
    }
}

fn client(manner: Manner) -> Made<Client> {
    let config = client::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow);
    let guest = Guest { manner, todo: mails().into(), payload: None };
    (Client::new(config), Box::new(guest))
}

fn server() -> Made<Server> {
    let config = server::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_compression(Compression::Offer)
        .with_features([Feature::Idle, Feature::MultiAppend]);
    (Server::new(config), Box::<Host>::default())
}

const MANNERS: [Manner; 3] = [Manner::Plain, Manner::Eager, Manner::Compressed];

#[test]
fn what_was_appended_is_fetched_whatever_the_latency() {
    for manner in MANNERS {
        for (capacity, seed) in [(64 * 1024, 1), (4096, 2), (100, 3)] {
            let pair = Pair::new(move || client(manner), server)
                .capacity(capacity)
                .jitter(Duration::from_millis(200));
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished, "{manner:?} {seed}: {:?}", run.client);
            assert_eq!(run.client.outcome(), &Outcome::Closed);
            assert_eq!(run.server.outcome(), &Outcome::Closed);
            assert_eq!(run.server.payload(), mails().concat(), "{manner:?} {seed}");
            assert_eq!(run.client.payload(), mails().concat(), "{manner:?} {seed}");
            let lost = |event: &&client::Event| matches!(event, client::Event::Lost { .. });
            assert_eq!(run.client.events().filter(lost).count(), 0);
            let clear = String::from_utf8_lossy(run.client.output()).contains("FETCH");
            assert_eq!(clear, manner != Manner::Compressed);
        }
    }
}

fn check((client, server): (common::Ended<Client>, common::Ended<Server>), manner: Manner) {
    client.outcome.expect("in order");
    server.outcome.expect("in order");
    assert_eq!(server.payload, mails().concat(), "{manner:?}");
    assert_eq!(client.payload, mails().concat(), "{manner:?}");
}

#[test]
fn what_was_appended_is_fetched_over_the_blocking_driver() {
    for manner in MANNERS {
        check(common::over_blocking(|| client(manner), server), manner);
    }
}

#[cfg(feature = "tokio")]
#[test]
fn what_was_appended_is_fetched_over_tokio_cancelled_or_not() {
    for manner in MANNERS {
        check(common::over_tokio(|| client(manner), server), manner);
        for (capacity, seed) in [(333, 1), (4096, 2), (1 << 20, 3)] {
            check(common::over_tokio_cancelled(|| client(manner), server, capacity, seed), manner);
        }
    }
}

/// Both timers of an IDLE at the same moment: the client renews it, and the server has had enough.
#[test]
fn renewal_and_autologout_at_once_end_in_one_outcome() {
    let moment = Duration::from_secs(29 * 60);
    let idles = move || {
        let config = client::Config::new(Security::StartTls(Policy::Never))
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_renewal(moment);
        let on_event = |client: &mut Client, event: &client::Event| {
            use client::Event;
            match event {
                Event::Ready => client.login("mrc", Secret::new("secret".to_owned())).map(drop),
                Event::Completed { command: CommandName::Login, .. } => {
                    client.capability().map(drop)
                }
                Event::Completed { command: CommandName::Capability, .. } => {
                    client.select(MailboxName::inbox()).map(drop)
                }
                Event::Completed { command: CommandName::Select, .. } => client.idle().map(drop),
                _ => Ok(()),
            }
            .expect("allowed here");
        };
        (Client::new(config), postrider_testkit::embedder(on_event, |_| false))
    };
    for late in [-40_i64, -1, 0, 1, 40] {
        let host = move || {
            let after = Duration::from_millis((moment.as_millis() as i64 + late) as u64);
            let config = server::Config::new(Security::StartTls(Policy::Never))
                .with_clear_text_login(ClearTextLogin::Allow)
                .with_idle(after, after)
                .with_features([Feature::Idle]);
            (Server::new(config), Box::<Host>::default() as Box<dyn Embedder<Server>>)
        };
        for seed in 0..10 {
            let pair = Pair::new(idles, host).jitter(Duration::from_millis(20)).patient();
            let run = pair.run(seed);
            assert_eq!(run.end, PairEnd::Finished, "{late} {seed}");
            let ends = |event: &&client::Event| match event {
                client::Event::Completed { command, .. } | client::Event::Lost { command, .. } => {
                    *command == CommandName::Idle
                }
                _ => false,
            };
            assert_eq!(run.client.events().filter(ends).count(), 1, "{late} {seed}: {run:?}");
            let idle =
                |event: &&server::Event| matches!(event, server::Event::Command(Command::Idle));
            let end = |event: &&server::Event| matches!(event, server::Event::IdleEnd);
            let (begun, ended) =
                (run.server.events().filter(idle).count(), run.server.events().filter(end).count());
            assert_eq!(begun, ended, "{late} {seed}: every IDLE has its end");
        }
    }
}

const THOUSAND: u32 = 1000;

fn thousand() -> Vec<Bytes> {
    (0..THOUSAND as usize)
        .map(|n| b"a002 OK )\r\n".iter().copied().cycle().take(n).collect())
        .collect()
}

/// Fetches flags, UID and body of a thousand mails, and takes its time over each of some chunks.
fn slow_reader(pause: Duration) -> Made<Client> {
    let config = client::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow);
    let mut chunks = 0;
    let on_event = move |client: &mut Client, event: &client::Event| {
        use client::Event;
        match event {
            Event::Ready => client.login("mrc", Secret::new("secret".to_owned())).map(drop),
            Event::Completed { command: CommandName::Login, .. } => {
                client.select(MailboxName::inbox()).map(drop)
            }
            Event::Completed { command: CommandName::Select, .. } => {
                client.fetch(SequenceSet::all(), FetchAttribute::peek(Section::all())).map(drop)
            }
            Event::Completed { command: CommandName::Fetch, .. } => client.logout().map(drop),
            Event::Chunk(_) => {
                chunks += 1;
                if chunks % 50 == 0 {
                    std::thread::sleep(pause);
                }
                Ok(())
            }
            _ => Ok(()),
        }
        .expect("allowed here");
    };
    (Client::new(config), postrider_testkit::embedder(on_event, |_| false))
}

fn full_house() -> Made<Server> {
    let config = server::Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow);
    (Server::new(config), Box::new(Host { stored: thousand(), ..Host::default() }))
}

fn bodies<'a>(events: impl Iterator<Item = &'a client::Event>) -> usize {
    events.filter(|event| matches!(event, client::Event::BodyEnd)).count()
}

#[test]
fn a_thousand_mails_stream_to_a_slow_reader() {
    let all = thousand().concat();
    let pair = Pair::new(|| slow_reader(Duration::ZERO), full_house)
        .capacity(16 * 1024)
        .jitter(Duration::from_millis(100));
    let run = pair.run(5);
    assert_eq!(run.end, PairEnd::Finished);
    assert_eq!(bodies(run.client.events()), THOUSAND as usize);
    assert_eq!(run.client.payload(), all);
    let pause = Duration::from_millis(10);
    let check = |(client, server): (common::Ended<Client>, common::Ended<Server>)| {
        client.outcome.expect("in order");
        server.outcome.expect("in order");
        assert_eq!(bodies(client.events.iter()), THOUSAND as usize);
        assert_eq!(client.payload, all);
    };
    check(common::over_blocking(|| slow_reader(pause), full_house));
    #[cfg(feature = "tokio")]
    check(common::over_tokio(|| slow_reader(pause), full_house));
}
