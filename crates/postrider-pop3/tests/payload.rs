//! Long messages: without a copy, within bounds, and at any pace.

mod common;

use core::ops::Range;
use core::time::Duration;

use allocation_counter::measure;
use common::{client_config, server_config};
use postrider_pop3::client::{self, Client};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Error, Limits, Maildrop, UniqueId};
use postrider_wire::{AbortReason, Buf, Bytes, Inbox, Machine, Progress, Secret, Timer};

const MEBIBYTE: u64 = 1024 * 1024;
const SLACK: usize = 64 * 1024;

/// A text without end: 997 lines over and over, none like another, one of which begins with a dot.
/// A period is no power of two, so that octets at the wrong place are wrong octets.
struct Text {
    period: Bytes,
    /// As it stands on the wire, the dot doubled.
    stuffed: Bytes,
}

impl Text {
    fn new() -> Self {
        let (mut period, mut stuffed) = (Vec::new(), Vec::new());
        for n in 0..997 {
            let line = format!(
                "{}line {n} of a text that is as long as it is said to be\r\n",
                if n == 500 { "." } else { "" }
            );
            if n == 500 {
                stuffed.push(b'.');
            }
            period.extend_from_slice(line.as_bytes());
            stuffed.extend_from_slice(line.as_bytes());
        }
        Self { period: period.into(), stuffed: stuffed.into() }
    }

    /// So many whole periods as come next to `octets`.
    fn size_near(&self, octets: u64) -> u64 {
        let period = self.period.len() as u64;
        octets / period * period
    }

    /// What stands at `at`, up to the end of a period.
    fn at(period: &Bytes, at: u64) -> Bytes {
        let from = usize::try_from(at % period.len() as u64).unwrap();
        period.slice(from..)
    }

    /// Holds what came at `at` against the text.
    fn check(period: &Bytes, mut at: u64, mut octets: &[u8]) {
        while !octets.is_empty() {
            let expected = Self::at(period, at);
            let n = expected.len().min(octets.len());
            assert!(expected[..n] == octets[..n], "other octets at {at}");
            at += n as u64;
            octets = &octets[n..];
        }
    }
}

fn addresses(octets: &[u8]) -> Range<usize> {
    let range = octets.as_ptr_range();
    range.start as usize..range.end as usize
}

fn lies_within(octets: &[u8], whole: &Range<usize>) -> bool {
    let range = addresses(octets);
    whole.start <= range.start && range.end <= whole.end
}

fn flush(machine: &mut impl Machine) -> Vec<u8> {
    let octets = machine.outbox().remaining();
    machine.outbox().copy_to_bytes(octets).to_vec()
}

/// A server that was asked for a message of so many octets and said yes.
fn server_with(octets: u64) -> (Server, Inbox) {
    let mut server = Server::new(server_config());
    let mut rx = server.new_inbox();
    rx.extend(b"USER mrose\r\nPASS tanstaaf\r\nRETR 1\r\n");
    loop {
        match server.poll(&mut rx).unwrap() {
            Progress::Event(server::Event::Login { .. }) => {
                let mut maildrop = Maildrop::new();
                maildrop.push(octets, UniqueId::new("long").unwrap());
                server.accept_login(maildrop).unwrap();
            }
            Progress::Event(server::Event::Retrieve { .. }) => {
                server.accept().unwrap();
                let said = flush(&mut server);
                assert!(said.ends_with(format!("+OK {octets} octets\r\n").as_bytes()));
                return (server, rx);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A client that is about to hear of a message.
fn client_behind_retr() -> (Client, Inbox) {
    let mut client = Client::new(client_config());
    let mut rx = client.new_inbox();
    for reply in ["+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n"] {
        rx.extend(reply.as_bytes());
        loop {
            match client.poll(&mut rx).unwrap() {
                Progress::Event(client::Event::Ready { .. }) => {
                    client.login("mrose", Secret::new("tanstaaf".into())).unwrap();
                }
                Progress::Event(client::Event::LoggedIn(_)) => client.retr(1).unwrap(),
                Progress::Event(client::Event::RetrieveBegin { .. }) => return (client, rx),
                Progress::Event(other) => panic!("{other:?}"),
                _ if client.outbox().has_remaining() => _ = flush(&mut client),
                _ => break,
            }
        }
    }
    panic!("no message began");
}

#[test]
fn a_message_of_64_mebibytes_leaves_the_server_without_a_copy() {
    let text = Text::new();
    let size = text.size_near(64 * MEBIBYTE);
    let source = addresses(&text.period);
    let (mut server, mut rx) = server_with(size);
    let (mut written, mut sent, mut copied) = (0_u64, 0_u64, 0_u64);
    let periods = size / text.period.len() as u64;
    let wire = periods * text.stuffed.len() as u64;
    let cost = measure(|| {
        while sent < wire {
            let mut piece = Text::at(&text.period, written);
            while written < size {
                match server.write_payload(&mut piece).unwrap() {
                    0 => break,
                    n => written += n as u64,
                }
                if piece.is_empty() {
                    piece = Text::at(&text.period, written);
                }
            }
            assert!(matches!(server.poll(&mut rx), Ok(Progress::Wait { .. })));
            while server.outbox().has_remaining() {
                let chunk = (*server.outbox()).chunk();
                if !lies_within(chunk, &source) {
                    copied += chunk.len() as u64;
                }
                Text::check(&text.stuffed, sent, chunk);
                let n = chunk.len();
                sent += n as u64;
                server.outbox().advance(n);
            }
        }
    });
    server.finish_payload().unwrap();
    assert_eq!(flush(&mut server), b".\r\n");
    // Only what stands close to the dotted line of each period.
    assert!(copied <= periods * 512, "{copied} octets were copied");
    assert!(cost.bytes_total <= size / 8, "{cost:?}");
    let limits = Limits::server();
    let bound = limits.inbox_logged_in + limits.outbox + SLACK;
    assert!(cost.bytes_max <= bound as u64, "{cost:?}");
    eprintln!("server: 64 MiB out, {copied} octets copied, peak {} of {bound}", cost.bytes_max);
}

#[test]
fn a_message_of_64_mebibytes_reaches_the_embedder_of_the_client_without_a_copy() {
    let text = Text::new();
    let size = text.size_near(64 * MEBIBYTE);
    let wire = size / text.period.len() as u64 * text.stuffed.len() as u64;
    let (mut client, mut rx) = client_behind_retr();
    let (mut received, mut told, mut elsewhere) = (0_u64, 0_u64, 0_u64);
    let cost = measure(|| {
        while told < size {
            match client.poll(&mut rx).unwrap() {
                Progress::Wait { input: true, .. } => {
                    let spare = rx.spare_init().unwrap();
                    let piece = Text::at(&text.stuffed, received);
                    let left = usize::try_from(wire - received).unwrap_or(usize::MAX);
                    let n = piece.len().min(spare.len()).min(left);
                    spare[..n].copy_from_slice(&piece[..n]);
                    let lent = addresses(&spare[..n]);
                    rx.commit(n);
                    received += n as u64;
                    while let Progress::Event(client::Event::Chunk(chunk)) =
                        client.poll(&mut rx).unwrap()
                    {
                        if !lies_within(&chunk, &lent) {
                            elsewhere += chunk.len() as u64;
                        }
                        Text::check(&text.period, told, &chunk);
                        told += chunk.len() as u64;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    });
    rx.extend(b".\r\n");
    assert_eq!(client.poll(&mut rx), Ok(Progress::Event(client::Event::RetrieveEnd)));
    assert_eq!(elsewhere, 0, "octets that do not lie where they were read");
    let limits = Limits::client();
    let bound = limits.read + limits.outbox + SLACK;
    assert!(cost.bytes_max <= bound as u64, "{cost:?}");
    eprintln!("client: 64 MiB in, none copied, peak {} of {bound}", cost.bytes_max);
}

// --- at any pace ---

/// The timers of a machine in virtual time, as a driver keeps them.
#[derive(Default)]
struct Deadlines(Vec<(Timer, Duration)>);

impl Deadlines {
    fn keep(&mut self, machine: &mut impl Machine, now: Duration) {
        while let Some(at) = self.0.iter().position(|(_, due)| *due <= now) {
            let (timer, _) = self.0.swap_remove(at);
            machine.on_timeout(timer);
        }
        let timers = machine.timers();
        self.0.retain(|(timer, _)| timers.contains(timer));
        for timer in timers {
            if !self.0.iter().any(|(known, _)| known == timer) {
                self.0.push((*timer, now + timer.after));
            }
        }
    }
}

/// How a reader reads: so many octets at a time, so much time apart, and no more than so many.
#[derive(Clone, Copy)]
struct Pace {
    octets: usize,
    apart: Duration,
    stops_at: u64,
}

#[derive(Debug)]
struct Road {
    delivered: u64,
    server: Result<(), Error>,
    aborted: Option<AbortReason>,
    elapsed: Duration,
    peak: u64,
}

/// A message on its way from a server to a client whose octets are carried by a reader of that pace.
fn carry(size: u64, text: &Text, pace: Pace) -> Road {
    let (mut server, mut server_rx) = server_with(size);
    let (mut client, mut client_rx) = client_behind_retr();
    let (mut at_server, mut at_client) = (Deadlines::default(), Deadlines::default());
    let mut road =
        Road { delivered: 0, server: Ok(()), aborted: None, elapsed: Duration::ZERO, peak: 0 };
    let (mut written, mut carried) = (0_u64, 0_u64);
    let mut rest = Bytes::new();
    let cost = measure(|| {
        'road: loop {
            road.elapsed += pace.apart;
            // The server fills its outbox.
            loop {
                at_server.keep(&mut server, road.elapsed);
                match server.poll(&mut server_rx) {
                    Ok(Progress::Wait { app: true, .. }) if written < size => {
                        if rest.is_empty() {
                            rest = Text::at(&text.period, written);
                        }
                        match server.write_payload(&mut rest).unwrap() {
                            0 => break,
                            n => written += n as u64,
                        }
                    }
                    Ok(Progress::Wait { app: true, .. }) => server.finish_payload().unwrap(),
                    Ok(_) => break,
                    Err(error) => {
                        road.server = Err(error);
                        client_rx.set_eof();
                        break;
                    }
                }
            }
            at_server.keep(&mut server, road.elapsed);
            // Some of it is carried over.
            let most = usize::try_from(pace.stops_at.saturating_sub(carried)).unwrap_or(usize::MAX);
            let mut most = pace.octets.min(most);
            loop {
                match client.poll(&mut client_rx) {
                    Ok(Progress::Event(client::Event::Chunk(chunk))) => {
                        Text::check(&text.period, road.delivered, &chunk);
                        road.delivered += chunk.len() as u64;
                    }
                    Ok(Progress::Event(client::Event::RetrieveEnd)) => break 'road,
                    Ok(Progress::Event(client::Event::Aborted(why))) => road.aborted = Some(why),
                    Ok(Progress::Event(other)) => panic!("{other:?}"),
                    Ok(Progress::Wait { .. }) if most > 0 && server.outbox().has_remaining() => {
                        let spare = client_rx.spare_init().unwrap();
                        let chunk = (*server.outbox()).chunk();
                        let n = chunk.len().min(spare.len()).min(most);
                        spare[..n].copy_from_slice(&chunk[..n]);
                        client_rx.commit(n);
                        server.outbox().advance(n);
                        (most, carried) = (most - n, carried + n as u64);
                        assert_eq!(server.poll(&mut server_rx).err(), None);
                    }
                    Ok(Progress::Wait { .. }) => break,
                    Ok(Progress::Closed | Progress::StartTls(_)) | Err(_) => break 'road,
                }
            }
            if road.server.is_ok() {
                at_client.keep(&mut client, road.elapsed);
            }
        }
    });
    road.peak = cost.bytes_max;
    road
}

/// Nearly as slow as may be: four minutes between two pieces, where five are the end.
const STEADY: Pace = Pace { octets: 200_000, apart: Duration::from_secs(240), stops_at: u64::MAX };

fn both_bounds() -> u64 {
    let (server, client) = (Limits::server(), Limits::client());
    let inboxes = server.inbox_logged_in + client.read;
    (inboxes + server.outbox + client.outbox + 2 * SLACK) as u64
}

fn carry_whole(octets: u64) {
    let text = Text::new();
    let size = text.size_near(octets);
    let began = std::time::Instant::now();
    let road = carry(size, &text, STEADY);
    assert_eq!((road.delivered, &road.server, road.aborted), (size, &Ok(()), None));
    assert!(road.peak <= both_bounds(), "{road:?}");
    assert!(road.peak < 16 * MEBIBYTE, "whatever the bounds");
    eprintln!("{} MiB to a slow reader in {:?}: {road:?}", octets / MEBIBYTE, began.elapsed());
}

#[test]
fn a_message_of_64_mebibytes_reaches_a_reader_that_is_slow_but_steady() {
    carry_whole(64 * MEBIBYTE);
}

#[test]
fn a_message_of_two_gibibytes_reaches_a_reader_that_is_slow_but_steady() {
    carry_whole(2048 * MEBIBYTE);
}

#[test]
fn a_reader_that_takes_an_octet_at_a_time_is_borne_as_long_as_it_takes_one() {
    let text = Text::new();
    let size = text.period.len() as u64;
    // The client is told of no octet of the end, which is three.
    let road = carry(size, &text, Pace { octets: 1, apart: Duration::from_secs(90), ..STEADY });
    assert_eq!((road.delivered, road.server, road.aborted), (size, Ok(()), None));
    assert!(road.elapsed > Duration::from_secs(86_400 * 30), "a month");
}

#[test]
fn a_reader_that_stops_for_good_is_cut_off_and_the_message_is_aborted() {
    let text = Text::new();
    let size = text.size_near(64 * MEBIBYTE);
    let road = carry(size, &text, Pace { stops_at: MEBIBYTE, ..STEADY });
    assert_eq!(road.server, Err(Error::Timeout));
    // The client counts five minutes, too.
    assert_eq!(road.aborted, Some(AbortReason::Timeout));
    assert!(road.delivered <= MEBIBYTE && road.delivered > MEBIBYTE - 1024, "{road:?}");
    // 1 MiB takes 16 steps, an outbox each; five minutes behind the last of them is the end.
    assert!(road.elapsed <= Duration::from_secs(16 * 240 + 300 + 2 * 240), "{road:?}");
    assert!(road.peak <= both_bounds(), "{road:?}");
}
