//! An IMAP server on loopback sockets against a peer that is written octet by octet: IDLE beside the
//! embedder's own work, and APPEND in every form.

mod common;

use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use common::{Ended, run_blocking};
use postrider::drive::{DriveError, Next, blocking};
use postrider::imap::server::{Config, Event, Feature, SelectData, Server};
use postrider::imap::{AppendTarget, Command, Error, Limits, Misuse, PlainCode, Response, Status};
use postrider::wire::{ClearTextLogin, Policy, Security};
use postrider_testkit::Embedder;

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(30);

fn config() -> Config {
    Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_limits(Limits::new().with_swallow(1 << 20))
        .with_features([Feature::Idle, Feature::MultiAppend])
}

/// A client in a thread of its own, which answers with what it was told.
struct Peer {
    lines: BufReader<TcpStream>,
    told: String,
}

impl Peer {
    /// Runs `talk`; what the server says up to its end is the result.
    fn begin(talk: impl FnOnce(&mut Self) + Send + 'static) -> (TcpListener, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            let mut peer = Self { lines: BufReader::new(stream), told: String::new() };
            peer.until("* OK");
            peer.say(b"a login mrc secret\r\nb select inbox\r\n");
            peer.until("b OK");
            talk(&mut peer);
            // A server that failed may reset the connection.
            let mut rest = Vec::new();
            let _ = peer.lines.read_to_end(&mut rest);
            peer.told + &String::from_utf8_lossy(&rest)
        });
        (listener, thread)
    }

    fn say(&mut self, octets: &[u8]) {
        self.lines.get_mut().write_all(octets).unwrap();
    }

    /// Reads lines until one begins so.
    fn until(&mut self, start: &str) {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "{start}: {}", self.told);
            self.told.push_str(&line);
            if line.starts_with(start) {
                return;
            }
        }
    }
}

/// Lets everybody in, and takes every message but those for nowhere.
struct Takes;

fn answer(server: &mut Server, event: &Event) {
    match event {
        Event::Login { .. } | Event::Command(Command::Noop | Command::Idle) | Event::AppendEnd => {
            server.accept()
        }
        Event::Command(Command::Select { .. }) => server.accept_select(&SelectData::new(3)),
        Event::Append { target: AppendTarget::Append(mailbox), .. }
            if mailbox.as_bytes() == b"nowhere" =>
        {
            server.reject(Status::no("no such mailbox").with_code(PlainCode::TryCreate.into()))
        }
        Event::Append { .. } => server.accept(),
        _ => Ok(()),
    }
    .expect("allowed here");
}

impl Embedder<Server> for Takes {
    fn on_event(&mut self, server: &mut Server, event: &Event) {
        answer(server, event);
    }
}

/// The server over both drivers: a blocking one, and one of tokio.
fn with_both_drivers(
    config: fn() -> Config,
    talk: fn(&mut Peer),
    check: impl Fn(&str, &Ended<Server>),
) {
    let (listener, peer) = Peer::begin(talk);
    let (stream, _) = listener.accept().unwrap();
    let ended = run_blocking((Server::new(config()), Box::new(Takes)), stream);
    check(&peer.join().unwrap(), &ended);
    #[cfg(feature = "tokio")]
    {
        let (listener, peer) = Peer::begin(talk);
        let (stream, _) = listener.accept().unwrap();
        let ended = with_tokio::block_on(async move {
            let stream = with_tokio::stream(stream);
            let made: common::Made<Server> = (Server::new(config()), Box::new(Takes));
            Box::pin(common::run_tokio(made, stream)).await
        });
        check(&peer.join().unwrap(), &ended);
    }
}

/// Octets that look like commands, by their place.
fn message(octets: usize) -> Vec<u8> {
    b"x logout\r\n{3+}\r\n".iter().copied().cycle().take(octets).collect()
}

#[test]
fn ten_messages_are_appended_in_one_command() {
    let talk = |peer: &mut Peer| {
        peer.say(b"c append inbox (\\Seen)");
        for nth in 0..10 {
            let mail = message(100_000 * nth + 1);
            if nth % 2 == 0 {
                peer.say(format!(" {{{}}}\r\n", mail.len()).as_bytes());
                peer.until("+ ");
            } else {
                peer.say(format!(" {{{}+}}\r\n", mail.len()).as_bytes());
            }
            peer.say(&mail);
        }
        peer.say(b"\r\nd logout\r\n");
    };
    with_both_drivers(config, talk, |told, ended| {
        ended.outcome.as_ref().expect("it closes in order");
        let mails: Vec<u8> = (0..10).flat_map(|nth| message(100_000 * nth + 1)).collect();
        assert!(ended.payload == mails);
        let next = ended.events.iter().filter(|one| matches!(one, Event::AppendNext { .. }));
        assert_eq!(next.count(), 9);
        assert!(told.contains("c OK APPEND completed\r\n* BYE"), "{told}");
    });
}

#[test]
fn a_refused_message_is_swallowed_and_one_that_is_cut_is_aborted() {
    let talk = |peer: &mut Peer| {
        let mail = message(500_000);
        peer.say(b"c append nowhere {500000+}\r\n");
        peer.say(&mail);
        peer.say(b"\r\nd append nowhere {3}\r\n");
        peer.until("d NO [TRYCREATE]");
        peer.say(b"e append inbox {500000+}\r\n");
        peer.say(&mail[..100_000]);
        peer.lines.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    };
    with_both_drivers(config, talk, |told, ended| {
        assert!(told.contains("c NO [TRYCREATE]"), "{told}");
        assert!(ended.payload == message(100_000));
        let cut = Event::Aborted(postrider::wire::AbortReason::Eof);
        assert_eq!(ended.events.last(), Some(&cut));
        assert!(matches!(ended.outcome, Err(DriveError::Machine { error: Error::Eof { .. }, .. })));
    });
}

#[test]
fn a_message_that_does_not_come_is_given_up() {
    let config = || config().with_progress(SHORT);
    let talk = |peer: &mut Peer| peer.say(b"c append inbox {5}\r\nhel");
    with_both_drivers(config, talk, |told, ended| {
        assert_eq!(ended.payload, b"hel");
        let slow = Event::Aborted(postrider::wire::AbortReason::Timeout);
        assert_eq!(ended.events.last(), Some(&slow));
        assert!(told.ends_with("* BYE autologout\r\n"), "{told}");
    });
}

#[test]
fn an_idling_client_is_logged_out_in_time_and_one_that_hangs_up_is_noticed() {
    let config = || config().with_idle(LONG, SHORT);
    let silent = |peer: &mut Peer| peer.say(b"c idle\r\n");
    with_both_drivers(config, silent, |told, ended| {
        assert_eq!(ended.events.last(), Some(&Event::IdleEnd));
        assert!(told.ends_with("+ idling\r\n* BYE autologout\r\n"), "{told}");
        assert!(matches!(ended.outcome, Err(DriveError::Machine { error: Error::Timeout, .. })));
    });
    let gone = |peer: &mut Peer| {
        peer.say(b"c idle\r\n");
        peer.until("+ ");
        peer.lines.get_mut().shutdown(std::net::Shutdown::Both).unwrap();
    };
    with_both_drivers(self::config, gone, |_, ended| {
        assert_eq!(ended.events.last(), Some(&Event::IdleEnd));
        assert!(ended.outcome.is_err());
    });
}

/// What the other probes of IDLE have the client say: DONE comes in two halves.
fn idles(peer: &mut Peer) {
    peer.say(b"c idle\r\n");
    peer.until("* 13 EXISTS");
    peer.say(b"DO");
    peer.until("* 23 EXISTS");
    peer.say(b"ne\r\n");
    peer.until("c OK");
    peer.say(b"d logout\r\n");
}

fn told_all(told: &str) {
    for n in 4..=23 {
        assert_eq!(told.matches(&format!("* {n} EXISTS\r\n")).count(), 1, "{told}");
    }
    assert!(told.contains("c OK IDLE terminated\r\n"), "{told}");
    assert!(told.ends_with("d OK LOGOUT completed\r\n"), "{told}");
}

#[test]
fn a_blocking_server_tells_what_it_finds_between_two_looks_at_the_client() {
    let (listener, peer) = Peer::begin(idles);
    let (stream, _) = listener.accept().unwrap();
    let mut driver = blocking::Driver::new(Server::new(config()), stream);
    let (mut idling, mut exists) = (false, 3);
    loop {
        match driver.next_timeout(Duration::from_millis(5)).unwrap() {
            Next::Event(event) => {
                idling =
                    (idling || event == Event::Command(Command::Idle)) && event != Event::IdleEnd;
                answer(driver.machine(), &event);
            }
            Next::Closed => break,
            _ if idling && exists < 23 => {
                exists += 1;
                driver.machine().update(&Response::Exists(exists)).unwrap();
            }
            _ => {}
        }
    }
    drop(driver);
    told_all(&peer.join().unwrap());
}

#[cfg(feature = "tokio")]
mod with_tokio {
    use postrider::drive::tokio::Driver;
    use postrider::imap::{FetchItem, Flag, Keyword, MessageNumber};
    use tokio::net::TcpStream;
    use tokio::sync::mpsc;

    use super::*;

    pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(future)
    }

    pub(super) fn stream(stream: std::net::TcpStream) -> TcpStream {
        stream.set_nonblocking(true).unwrap();
        stream.set_nodelay(true).unwrap();
        TcpStream::from_std(stream).unwrap()
    }

    async fn next(
        driver: &mut Driver<Server, TcpStream>,
        tends: bool,
    ) -> Result<Next<Event>, DriveError<Error>> {
        if tends {
            driver.tend().await?;
        }
        driver.next().await
    }

    /// Serves, and tells what another task finds. Each wait for the client is cancelled by news.
    async fn serve(
        stream: TcpStream,
        config: Config,
        mut news: mpsc::Receiver<u32>,
        tends: bool,
    ) -> (Vec<Event>, Result<(), DriveError<Error>>) {
        let (mut driver, mut events) = (Driver::new(Server::new(config), stream), Vec::new());
        let (mut idling, mut waiting) = (false, None);
        loop {
            if idling && let Some(n) = waiting.take() {
                match driver.machine().update(&Response::Exists(n)) {
                    Ok(()) => {}
                    Err(Error::Misuse(Misuse::Full)) => waiting = Some(n),
                    Err(other) => panic!("{other}"),
                }
            }
            let next = tokio::select! {
                Some(n) = news.recv(), if idling && waiting.is_none() => {
                    waiting = Some(n);
                    continue;
                }
                next = next(&mut driver, tends) => next,
            };
            match next {
                Ok(Next::Event(event)) => {
                    idling = (idling || event == Event::Command(Command::Idle))
                        && event != Event::IdleEnd;
                    answer(driver.machine(), &event);
                    events.push(event);
                }
                Ok(Next::Closed) => return (events, Ok(())),
                Ok(_) => {}
                Err(error) => return (events, Err(error)),
            }
        }
    }

    #[test]
    fn another_task_finds_what_an_idling_client_is_told() {
        for tends in [false, true] {
            let (listener, peer) = Peer::begin(idles);
            let (events, outcome) = block_on(async {
                let (found, news) = mpsc::channel(1);
                let finds = async move {
                    for n in 4..=23 {
                        found.send(n).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    std::future::pending::<()>().await;
                };
                let stream = stream(listener.accept().unwrap().0);
                tokio::select! {
                    served = serve(stream, config(), news, tends) => served,
                    () = finds => unreachable!("it pends"),
                }
            });
            outcome.expect("it closes in order");
            assert_eq!(events.iter().filter(|one| **one == Event::IdleEnd).count(), 1);
            told_all(&peer.join().unwrap());
        }
    }

    #[test]
    fn an_idling_client_that_reads_nothing_is_given_up() {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let (listener, peer) = Peer::begin(move |peer| {
            peer.say(b"c idle\r\n");
            peer.until("+ ");
            // Until the server is done with us.
            let _ = wait.recv();
        });
        block_on(async {
            let stream = stream(listener.accept().unwrap().0);
            let server = Server::new(config().with_progress(SHORT).with_flush(SHORT));
            let mut driver = Driver::new(server, stream);
            let keyword = |n| Flag::Keyword(Keyword::new(format!("key{n:032}")).unwrap());
            let items = [FetchItem::Flags((0..1000).map(keyword).collect())];
            let one = MessageNumber::new(1).unwrap();
            let (mut full, mut ended, mut idling) = (0, 0, false);
            let error = loop {
                if idling && driver.machine().fetch_items(one, &items) == Err(Misuse::Full.into()) {
                    full += 1;
                }
                let next = tokio::time::timeout(Duration::from_millis(1), driver.next()).await;
                match next {
                    Err(_) => {}
                    Ok(Ok(Next::Event(event))) => {
                        ended += usize::from(event == Event::IdleEnd);
                        idling = (idling || event == Event::Command(Command::Idle))
                            && event != Event::IdleEnd;
                        answer(driver.machine(), &event);
                    }
                    Ok(Ok(Next::Closed)) => panic!("it must fail"),
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => break error,
                }
            };
            assert!(
                matches!(error, DriveError::Machine { error: Error::Timeout, .. }),
                "{error:?}"
            );
            assert!(full > 0, "backpressure was felt");
            assert_eq!(ended, 1);
        });
        drop(done);
        assert!(peer.join().unwrap().contains("* 1 FETCH"));
    }

    #[test]
    fn next_may_be_cancelled_anywhere_in_an_append() {
        let (listener, peer) = Peer::begin(|peer| {
            peer.say(b"c append inbox {300000+}\r\n");
            for piece in message(300_000).chunks(7001) {
                peer.say(piece);
                std::thread::sleep(Duration::from_micros(200));
            }
            peer.say(b"\r\nd logout\r\n");
        });
        let payload = block_on(async {
            let stream = stream(listener.accept().unwrap().0);
            let (mut driver, mut payload) =
                (Driver::new(Server::new(config()), stream), Vec::new());
            loop {
                let wait = tokio::time::timeout(Duration::from_micros(10), driver.next()).await;
                match wait {
                    Err(_) => {}
                    Ok(Ok(Next::Event(Event::Chunk(chunk)))) => payload.extend_from_slice(&chunk),
                    Ok(Ok(Next::Event(event))) => answer(driver.machine(), &event),
                    Ok(Ok(Next::Closed)) => return payload,
                    Ok(other) => _ = other.unwrap(),
                }
            }
        });
        assert!(payload == message(300_000));
        assert!(peer.join().unwrap().contains("c OK APPEND completed\r\n"));
    }
}
