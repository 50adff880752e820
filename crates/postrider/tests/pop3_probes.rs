//! POP3 over loopback TCP, under both drivers: bursts, long messages, held-back refusals, and peers
//! that stop.

mod common;

use core::time::Duration;
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use common::{Ended, Made, over_blocking, run_blocking};
use postrider::drive::DriveError;
use postrider::pop3::client::{self, Client, Pipelining};
use postrider::pop3::server::{self, Server};
use postrider::pop3::{Keyword, Limits, Maildrop, Reply, UniqueId};
use postrider::wire::{
    AbortReason, Bytes, ClearTextLogin, ErrorKind, Machine, MachineError, Policy, Secret, Security,
};
use postrider_testkit::Embedder;

fn clear() -> Security {
    Security::StartTls(Policy::Never)
}

fn client_of(limits: Limits, list: &[Do]) -> Made<Client> {
    let config = client::Config::new(clear())
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_limits(limits);
    let embedder = Fetcher { todo: list.iter().copied().collect(), pause: Duration::ZERO };
    (Client::new(config.with_pipelining(Pipelining::Offered)), Box::new(embedder))
}

fn server_of(limits: Limits, host: Host) -> Made<Server> {
    let config = server::Config::new(clear())
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_limits(limits);
    (Server::new(config), Box::new(host))
}

#[derive(Clone, Copy, Debug)]
enum Do {
    Capa,
    Login(&'static str),
    Retr(u32),
    Top(u32, u32),
    Uidl,
    Dele(u32),
    Quit,
}

/// Says all that the client takes, and takes its time with what it gets.
struct Fetcher {
    todo: VecDeque<Do>,
    pause: Duration,
}

impl Embedder<Client> for Fetcher {
    fn on_event(&mut self, _: &mut Client, event: &client::Event) {
        if let (client::Event::Chunk(_), false) = (event, self.pause.is_zero()) {
            std::thread::sleep(self.pause);
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let mut acted = false;
        while let Some(&next) = self.todo.front().filter(|_| client.is_ready()) {
            let said = match next {
                Do::Capa => client.capa(),
                Do::Login(password) => client.login("mrose", Secret::new(password.into())),
                Do::Retr(n) => client.retr(n),
                Do::Top(n, lines) => client.top(n, lines),
                Do::Uidl => client.uidl(None),
                Do::Dele(n) => client.dele(n),
                Do::Quit => client.quit(),
            };
            if said.is_err() && client.in_flight() > 0 {
                break;
            }
            self.todo.pop_front();
            acted |= said.is_ok();
        }
        acted
    }
}

/// Octets of one line of the messages here.
const LINE: usize = 64;

/// Messages of so many lines, each of which tells its message and its place.
struct Host {
    lines: Vec<u64>,
    sending: Option<Sending>,
    /// Gives up behind so many lines.
    breaks_at: u64,
}

struct Sending {
    message: u32,
    next: u64,
    last: u64,
    piece: Bytes,
}

fn line_of(message: u32, n: u64) -> String {
    // The header is one line, and the blank line is the second.
    match n {
        0 => format!("Subject: {message:>width$}\r\n", width = LINE - 11),
        1 => "\r\n".into(),
        n => format!("{message:>8} {n:>width$}\r\n", width = LINE - 11),
    }
}

fn whole(message: u32, lines: u64) -> Vec<u8> {
    (0..lines).flat_map(|n| line_of(message, n).into_bytes()).collect()
}

impl Host {
    fn of(lines: &[u64]) -> Self {
        Self { lines: lines.to_vec(), sending: None, breaks_at: u64::MAX }
    }

    fn maildrop(&self) -> Maildrop {
        let mut maildrop = Maildrop::new();
        for (n, lines) in self.lines.iter().enumerate() {
            let uid = UniqueId::new(&format!("m{n}")).unwrap();
            maildrop.push((lines - 1) * LINE as u64 + 2, uid);
        }
        maildrop
    }
}

impl Embedder<Server> for Host {
    fn on_event(&mut self, server: &mut Server, event: &server::Event) {
        match event {
            server::Event::Login { password, .. } if &password.expose()[..] == b"tanstaaf" => {
                server.accept_login(self.maildrop()).unwrap();
            }
            server::Event::Login { .. } => server.reject(Reply::err("sorry").unwrap()).unwrap(),
            server::Event::Retrieve { message, .. } => {
                let last = self.lines[*message as usize - 1];
                let piece = Bytes::new();
                self.sending = Some(Sending { message: *message, next: 0, last, piece });
                server.accept().unwrap();
            }
            server::Event::Commit { .. } => server.accept().unwrap(),
            _ => server.decline(),
        }
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        let Some(sending) = &mut self.sending else { return false };
        loop {
            if sending.piece.is_empty() {
                if sending.next >= self.breaks_at {
                    server.abort().unwrap();
                    self.sending = None;
                    return true;
                }
                if sending.next == sending.last || server.is_payload_complete() {
                    server.finish_payload().unwrap();
                    self.sending = None;
                    return true;
                }
                let to = sending.last.min(sending.next + 512);
                let lines = (sending.next..to).map(|n| line_of(sending.message, n));
                sending.piece = lines.collect::<String>().into();
                sending.next = to;
            }
            if server.write_payload(&mut sending.piece).unwrap() == 0 {
                return true;
            }
        }
    }
}

/// A probe over both drivers; what it finds must be the same.
fn over_both(
    client: fn() -> Made<Client>,
    server: fn() -> Made<Server>,
    check: impl Fn(Ended<Client>, Ended<Server>),
) {
    let (client_end, server_end) = over_blocking(client, server);
    check(client_end, server_end);
    #[cfg(feature = "tokio")]
    {
        let (client_end, server_end) = common::over_tokio(client, server);
        check(client_end, server_end);
    }
}

fn kind<E: MachineError>(outcome: Result<(), DriveError<E>>) -> Option<ErrorKind> {
    match outcome {
        Ok(()) => None,
        Err(DriveError::Machine { error, .. }) => Some(error.kind()),
        Err(other) => panic!("{other}"),
    }
}

const SIZES: &[u64] = &[3, 40_000, 2, 9_000, 700];

#[test]
fn messages_tops_and_listings_in_flight_arrive_in_order() {
    fn client() -> Made<Client> {
        let mut list = vec![Do::Capa, Do::Login("tanstaaf")];
        for n in 1..=10 {
            list.extend([Do::Retr(n % 5 + 1), Do::Uidl, Do::Top(n % 5 + 1, n)]);
        }
        list.extend([Do::Retr(6), Do::Dele(1), Do::Quit]);
        client_of(Limits::client(), &list)
    }
    over_both(
        client,
        || server_of(Limits::server(), Host::of(SIZES)),
        |client, server| {
            assert!(client.outcome.is_ok() && server.outcome.is_ok());
            let mut expected = Vec::new();
            for n in 1..=10_u32 {
                let message = n % 5 + 1;
                let lines = SIZES[message as usize - 1];
                expected.extend(whole(message, lines));
                expected.extend(whole(message, lines.min(u64::from(n) + 2)));
            }
            assert!(client.payload == expected, "{} octets", client.payload.len());
            let listed = client.events.iter().filter(|event| **event == client::Event::UidlEnd);
            assert_eq!(listed.count(), 10);
            let refused = |event: &&client::Event| {
                matches!(
                    event,
                    client::Event::Refused { command: Keyword::Retr, message: Some(6), .. }
                )
            };
            assert_eq!(client.events.iter().filter(refused).count(), 1);
        },
    );
}

/// Both ends block, and the client writes before it reads: within [`Limits::in_flight`] that does not
/// lock them up.
#[test]
fn two_hundred_messages_in_flight_do_not_lock_two_blocking_ends() {
    fn client() -> Made<Client> {
        let mut list = vec![Do::Capa, Do::Login("tanstaaf")];
        list.extend(vec![Do::Retr(1); 200]);
        list.push(Do::Quit);
        client_of(Limits::client(), &list)
    }
    over_both(
        client,
        || server_of(Limits::server(), Host::of(&[1024])),
        |client, server| {
            assert!(client.outcome.is_ok() && server.outcome.is_ok());
            assert!(client.payload == whole(1, 1024).repeat(200));
        },
    );
}

const LONG: u64 = 64 * 1024 * 1024 / LINE as u64;

#[test]
fn a_message_of_64_mebibytes_goes_to_a_client_that_takes_its_time() {
    fn client() -> Made<Client> {
        let list = [Do::Login("tanstaaf"), Do::Retr(1), Do::Quit];
        let (client, _) = client_of(Limits::client(), &[]);
        // A chunk is up to 64 KiB, so this is about half a second.
        let pause = Duration::from_micros(500);
        (client, Box::new(Fetcher { todo: list.into(), pause }))
    }
    over_both(
        client,
        || server_of(Limits::server(), Host::of(&[LONG])),
        |client, server| {
            assert!(client.outcome.is_ok() && server.outcome.is_ok());
            assert!(client.payload == whole(1, LONG));
        },
    );
}

fn guessing(delay: u64) -> Limits {
    let delay = Duration::from_millis(delay);
    Limits::server().with_login_delay(delay, delay * 100)
}

#[test]
fn refused_logins_take_their_time_and_nobody_is_blocked_by_it() {
    let began = Instant::now();
    let client = || {
        client_of(
            Limits::client(),
            &[Do::Login("guess"), Do::Login("again"), Do::Login("tanstaaf"), Do::Retr(1), Do::Quit],
        )
    };
    let runs = core::cell::Cell::new(0);
    over_both(
        client,
        || server_of(guessing(100), Host::of(&[2])),
        |client, server| {
            runs.set(runs.get() + 1);
            assert!(client.outcome.is_ok() && server.outcome.is_ok());
            assert_eq!(client.payload, whole(1, 2));
            let refused = |event: &&client::Event| matches!(event, client::Event::Refused { .. });
            assert_eq!(client.events.iter().filter(refused).count(), 2);
        },
    );
    let least = Duration::from_millis(300) * runs.get();
    assert!(began.elapsed() >= least, "100 ms and 200 ms each time");
    assert!(began.elapsed() < least + Duration::from_secs(10));
}

#[test]
fn a_message_that_the_server_breaks_off_takes_what_is_behind_it_along() {
    over_both(
        || {
            let list =
                [Do::Capa, Do::Login("tanstaaf"), Do::Retr(1), Do::Retr(2), Do::Dele(1), Do::Quit];
            client_of(Limits::client(), &list)
        },
        || {
            let mut host = Host::of(&[20_000, 2]);
            host.breaks_at = 10_240;
            server_of(Limits::server(), host)
        },
        |client, server| {
            assert!(server.outcome.is_ok());
            assert_eq!(kind(client.outcome), Some(ErrorKind::Eof));
            assert!(client.payload == whole(1, 10_240));
            let last: Vec<_> = client.events.iter().rev().take(4).rev().collect();
            assert_eq!(last[0], &client::Event::Aborted(AbortReason::Eof));
            let lost: Vec<_> = last[1..]
                .iter()
                .map(|event| match event {
                    client::Event::Lost { command, message, .. } => (*command, *message),
                    other => panic!("{other:?}"),
                })
                .collect();
            let expected =
                [(Keyword::Retr, Some(2)), (Keyword::Dele, Some(1)), (Keyword::Quit, None)];
            assert_eq!(lost, expected);
            assert!(
                !server.events.iter().any(|event| matches!(event, server::Event::Commit { .. }))
            );
        },
    );
}

fn impatient() -> Limits {
    let short = Duration::from_millis(200);
    Limits::server().with_times(short, short, short)
}

/// RFC 1939 §3: closed without a word, and nothing is removed.
#[test]
fn a_client_that_falls_asleep_is_logged_out() {
    over_both(
        || client_of(Limits::client(), &[Do::Login("tanstaaf"), Do::Dele(1)]),
        || server_of(impatient(), Host::of(&[2])),
        |client, server| {
            assert_eq!(kind(server.outcome), Some(ErrorKind::Timeout));
            assert_eq!(server.events.len(), 1, "a login and no commit");
            assert_eq!(kind(client.outcome), None, "the server hangs up in order");
        },
    );
}

/// Says what it must to be sent a message, and reads no octet of it.
fn stops_reading(address: std::net::SocketAddr) -> std::thread::JoinHandle<usize> {
    std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"USER mrose\r\nPASS tanstaaf\r\nRETR 1\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest.len()
    })
}

#[test]
fn a_reader_that_stops_for_good_is_cut_off_under_the_blocking_driver() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let reading = stops_reading(listener.local_addr().unwrap());
    let began = Instant::now();
    let (stream, _) = listener.accept().unwrap();
    let ended = run_blocking(server_of(impatient(), Host::of(&[LONG])), stream);
    assert_eq!(kind(ended.outcome), Some(ErrorKind::Timeout));
    assert!(began.elapsed() < Duration::from_millis(1400), "{:?}", began.elapsed());
    assert!((reading.join().unwrap() as u64) < LONG * LINE as u64);
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn a_reader_that_stops_for_good_is_cut_off_under_tokio() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let reading = stops_reading(listener.local_addr().unwrap());
    let began = Instant::now();
    let (stream, _) = listener.accept().await.unwrap();
    let ended = common::run_tokio(server_of(impatient(), Host::of(&[LONG])), stream).await;
    assert_eq!(kind(ended.outcome), Some(ErrorKind::Timeout));
    assert!(began.elapsed() < Duration::from_millis(1400), "{:?}", began.elapsed());
    assert!((reading.join().unwrap() as u64) < LONG * LINE as u64);
}

/// Whatever `next` was in the middle of, a dropped future loses nothing.
#[cfg(feature = "tokio")]
#[tokio::test]
async fn futures_that_are_dropped_anywhere_lose_nothing() {
    use postrider::drive::{Next, tokio::Driver};
    let (near, far) = tokio::io::duplex(700);
    let server = tokio::spawn(async move {
        let (machine, mut host) = {
            let config = server::Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow);
            (Server::new(config), Host::of(SIZES))
        };
        let mut driver = Driver::new(machine, far);
        for step in 0_u64.. {
            // Polled once or twice, and dropped where it is.
            let patience = Duration::from_micros(step % 3 * 20);
            match tokio::time::timeout(patience, driver.next()).await {
                Err(_) => {}
                Ok(Ok(Next::Event(event))) => host.on_event(driver.machine(), &event),
                Ok(Ok(Next::App)) => _ = host.on_wait(driver.machine()),
                Ok(Ok(Next::Closed)) => return,
                Ok(other) => panic!("{other:?}"),
            }
        }
    });
    let (machine, mut fetcher) = client_of(
        Limits::client(),
        &[
            Do::Capa,
            Do::Login("guess"),
            Do::Login("tanstaaf"),
            Do::Retr(2),
            Do::Top(2, 5),
            Do::Retr(4),
            Do::Quit,
        ],
    );
    let mut driver = Driver::new(machine, near);
    let mut payload = Vec::new();
    for step in 0_u64.. {
        let patience = Duration::from_micros(step % 5 * 10);
        match tokio::time::timeout(patience, driver.next()).await {
            Err(_) => {}
            Ok(Ok(Next::Event(client::Event::Chunk(octets)))) => payload.extend_from_slice(&octets),
            Ok(Ok(Next::Event(event))) => fetcher.on_event(driver.machine(), &event),
            Ok(Ok(Next::App)) => _ = fetcher.on_wait(driver.machine()),
            Ok(Ok(Next::Closed)) => break,
            Ok(other) => panic!("{other:?}"),
        }
    }
    server.await.unwrap();
    assert!(payload == [whole(2, SIZES[1]), whole(2, 7), whole(4, SIZES[3])].concat());
}
