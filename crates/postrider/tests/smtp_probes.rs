//! The hardest users of the SMTP machines, over loopback TCP and both drivers.

mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{Ended, Made, over_blocking};
use postrider::drive::{Next, blocking};
use postrider::smtp::client::{self, Client, Outcome};
use postrider::smtp::server::{self, Server};
use postrider::smtp::{EhloName, ForwardPath, MailParameters, Reply, ReversePath};
use postrider::wire::{AbortReason, Machine, Policy, Security};
use postrider_testkit::{Embedder, embedder};

fn never() -> Security {
    Security::StartTls(Policy::Never)
}

/// Sends mails to three recipients, then quits.
struct Sends {
    mails: Vec<Bytes>,
    to: std::ops::Range<usize>,
    accepted: usize,
    /// In chunks of so many octets, or behind `DATA`.
    chunk: Option<usize>,
    rest: Bytes,
    payload: Option<Bytes>,
}

const TO: [&str; 3] = ["b@foo.com", "green@foo.com", "c@foo.com"];

impl Sends {
    fn made(mails: Vec<Bytes>, chunk: Option<usize>) -> Made<Client> {
        let (rest, payload) = (Bytes::new(), None);
        let sends = Self { mails, to: 0..0, accepted: 0, chunk, rest, payload };
        let config = client::Config::new(EhloName::parse("bar.com").unwrap(), never());
        (Client::new(config), Box::new(sends))
    }

    fn begin(&mut self, client: &mut Client) {
        (self.to, self.accepted, self.payload) = (0..TO.len(), 0, None);
        if self.mails.is_empty() {
            _ = client.quit();
        } else {
            _ = client.mail(ReversePath::parse("a@bar.com").unwrap(), MailParameters::new());
        }
    }

    fn go_on(&mut self, client: &mut Client) {
        let Some(nth) = self.to.next() else {
            self.rest = self.mails.remove(0);
            return if self.chunk.is_some() {
                self.next_chunk(client)
            } else {
                client.data().unwrap()
            };
        };
        client.rcpt(ForwardPath::parse(TO[nth]).unwrap()).unwrap();
    }

    fn next_chunk(&mut self, client: &mut Client) {
        let chunk = self.rest.split_to(self.chunk.unwrap().min(self.rest.len()));
        client.bdat(chunk.len() as u64, self.rest.is_empty()).unwrap();
        self.payload = Some(chunk);
    }
}

impl Embedder<Client> for Sends {
    fn on_event(&mut self, client: &mut Client, event: &client::Event) {
        match event {
            client::Event::Ready { .. } | client::Event::End(_) => self.begin(client),
            client::Event::Mail(_) | client::Event::Rcpt { .. } => self.go_on(client),
            client::Event::DataBegin(_) => self.payload = Some(std::mem::take(&mut self.rest)),
            client::Event::Bdat(_) => self.next_chunk(client),
            _ => {}
        }
    }

    fn on_wait(&mut self, client: &mut Client) -> bool {
        let Some(payload) = &mut self.payload else { return false };
        if payload.is_empty() {
            self.payload = None;
            return client.finish_payload().is_ok();
        }
        client.write_payload(payload).is_ok_and(|n| n > 0)
    }
}

/// Takes mail for all but Green, and throws away what holds an exclamation mark, as soon as it shows.
fn picky(delay: Duration) -> Made<Server> {
    let no = || Reply::new(550, "no").unwrap();
    let on_event = move |server: &mut Server, event: &server::Event| {
        _ = server.delay(delay);
        let verdict = match event {
            server::Event::Rcpt { path, .. } if path.to_string() == "<green@foo.com>" => {
                server.reject(no())
            }
            server::Event::Chunk(octets) if octets.contains(&b'!') => {
                _ = server.discard(no());
                Ok(())
            }
            server::Event::Chunk(_) | server::Event::Aborted(_) | server::Event::Reset => Ok(()),
            _ => server.accept(),
        };
        verdict.unwrap();
    };
    let config = server::Config::new(EhloName::parse("foo.com").unwrap(), never());
    (Server::new(config), embedder(on_event, |_| false))
}

fn outcomes(client: &Ended<Client>) -> Vec<bool> {
    let ends = client.events.iter().filter_map(|event| match event {
        client::Event::End(Outcome::Accepted(_)) => Some(true),
        client::Event::End(Outcome::Refused(_)) => Some(false),
        client::Event::End(other) => panic!("{other:?}"),
        _ => None,
    });
    ends.collect()
}

/// Whether the mail holds what is refused, ten times.
const SPAM: [bool; 10] = [false, true, false, false, true, true, false, false, true, false];

fn ten_mails() -> Vec<Bytes> {
    let good = "good mail, and a long one\r\n".repeat(4000);
    let spam = good.replacen("long", "long!", 2000);
    SPAM.iter()
        .map(|&is_spam| Bytes::from(if is_spam { spam.clone() } else { good.clone() }))
        .collect()
}

fn check_ten((client, server): (Ended<Client>, Ended<Server>)) {
    client.outcome.as_ref().unwrap();
    server.outcome.as_ref().unwrap();
    assert_eq!(outcomes(&client), SPAM.map(|spam| !spam));
    let is_rcpt = |event: &&client::Event| matches!(event, client::Event::Rcpt { .. });
    assert_eq!(client.events.iter().filter(is_rcpt).count(), 30);
    let discarded = server::Event::Aborted(AbortReason::Discarded);
    assert_eq!(server.events.iter().filter(|event| **event == discarded).count(), 4);
    assert_eq!(server.events.iter().filter(|e| **e == server::Event::DataEnd).count(), 6);
}

#[test]
fn ten_mails_half_of_them_refused_half_way_go_over_one_connection() {
    for chunk in [None, Some(50_000), Some(1 << 30)] {
        check_ten(over_blocking(move || Sends::made(ten_mails(), chunk), || picky(Duration::ZERO)));
        #[cfg(feature = "tokio")]
        {
            let made = || Sends::made(ten_mails(), chunk);
            check_ten(common::over_tokio(made, || picky(Duration::ZERO)));
            for (capacity, seed) in [(512, 1), (1 << 20, 2)] {
                let made = || Sends::made(ten_mails(), chunk);
                let server = || picky(Duration::ZERO);
                check_ten(common::over_tokio_cancelled(made, server, capacity, seed));
            }
        }
    }
}

#[test]
fn a_tarpit_takes_its_time_under_both_drivers() {
    let (delay, began) = (Duration::from_millis(30), Instant::now());
    let mail = || vec![Bytes::from_static(b"Hi\r\n")];
    let (client, _) = over_blocking(move || Sends::made(mail(), None), move || picky(delay));
    assert_eq!(outcomes(&client), [true]);
    // EHLO, MAIL, three RCPT, DATA and the mail.
    assert!(began.elapsed() >= delay * 7, "{:?}", began.elapsed());
    #[cfg(feature = "tokio")]
    {
        let began = Instant::now();
        let (client, _) = common::over_tokio(|| Sends::made(mail(), None), || picky(delay));
        assert_eq!(outcomes(&client), [true]);
        assert!(began.elapsed() >= delay * 7, "{:?}", began.elapsed());
    }
}

// --- a RCPT verdict that takes its time ---

/// What a peer does while the verdict is being thought about, and the codes of the replies then.
const MEANWHILE: [(&str, bool, &[&str]); 4] = [
    ("", false, &["250", "221"]),
    ("NOOP\r\nRSET\r\n", false, &["250", "250", "250", "221"]),
    ("\0\x01garbage\r\nDATA now\r\n", false, &["250", "500", "501", "221"]),
    // It hangs up: what it asked before is still answered.
    ("NOOP\r\n", true, &["250", "250"]),
];

/// The time that the verdict takes.
const THINKS: Duration = Duration::from_millis(120);

/// A peer that talks while it should wait; the replies behind `MAIL`.
fn restless(address: std::net::SocketAddr, meanwhile: &str, hangs_up: bool) -> Vec<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"HELO b\r\nMAIL FROM:<>\r\nRCPT TO:<b@foo.com>\r\n").unwrap();
    std::thread::sleep(THINKS / 4);
    stream.write_all(meanwhile.as_bytes()).unwrap();
    if hangs_up {
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    } else {
        std::thread::sleep(THINKS / 4);
        stream.write_all(b"QUIT\r\n").unwrap();
    }
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said.lines().skip(3).map(|line| line[..3].into()).collect()
}

fn new_server() -> Server {
    picky(Duration::ZERO).0
}

#[test]
fn a_blocking_server_listens_while_another_thread_thinks() {
    for (meanwhile, hangs_up, codes) in MEANWHILE {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let peer = std::thread::spawn(move || restless(address, meanwhile, hangs_up));
        let mut driver = blocking::Driver::new(new_server(), listener.accept().unwrap().0);
        let (mut thinking, mut looks) = (None, 0);
        loop {
            match driver.next_timeout(Duration::from_millis(10)).unwrap() {
                Next::Event(server::Event::Rcpt { .. }) => {
                    let (verdict, later) = std::sync::mpsc::channel();
                    thinking = Some(later);
                    std::thread::spawn(move || {
                        std::thread::sleep(THINKS);
                        verdict.send(true).unwrap();
                    });
                }
                Next::Event(server::Event::Reset) => {}
                Next::Event(_) => driver.machine().accept().unwrap(),
                Next::App => {
                    let Some(later) = &thinking else { continue };
                    looks += 1;
                    if hangs_up {
                        // There is nothing to listen to.
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    if let Ok(accepted) = later.try_recv() {
                        thinking = None;
                        if accepted {
                            driver.machine().accept().unwrap()
                        } else {
                            driver.machine().decline()
                        }
                    }
                }
                Next::Closed => break,
                Next::StartTls(_) => unreachable!(),
            }
        }
        assert!(looks > 1, "it was asked again and again");
        drop(driver);
        assert_eq!(peer.join().unwrap(), codes, "{meanwhile:?}");
    }
}

#[cfg(feature = "tokio")]
mod with_tokio {
    use super::*;
    use postrider::drive::tokio::Driver;

    #[tokio::test]
    async fn a_tokio_server_tends_the_connection_while_it_thinks() {
        for (meanwhile, hangs_up, codes) in MEANWHILE {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let peer = std::thread::spawn(move || restless(address, meanwhile, hangs_up));
            let mut driver = Driver::new(new_server(), listener.accept().await.unwrap().0);
            loop {
                match driver.next().await.unwrap() {
                    Next::Event(server::Event::Rcpt { .. }) => {
                        let mut verdict = std::pin::pin!(tokio::time::sleep(THINKS));
                        tokio::select! {
                            () = &mut verdict => {}
                            ended = driver.tend() => panic!("nothing may end it: {ended:?}"),
                        }
                        driver.machine().accept().unwrap();
                    }
                    Next::Event(server::Event::Reset) | Next::App => {}
                    Next::Event(_) => driver.machine().accept().unwrap(),
                    Next::Closed => break,
                    Next::StartTls(_) => unreachable!(),
                }
            }
            drop(driver);
            assert_eq!(peer.join().unwrap(), codes, "{meanwhile:?}");
        }
    }

    /// In virtual time: an hour of thinking about a peer that reads nothing is three minutes.
    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_nothing_ends_the_session_under_a_pending_verdict() {
        let (mut peer, stream) = tokio::io::duplex(40);
        let lines = b"HELO b\r\nMAIL FROM:<>\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut peer, lines).await.unwrap();
        let mut driver = Driver::new(new_server(), stream);
        let began = tokio::time::Instant::now();
        let ended = loop {
            match driver.next().await {
                Ok(Next::Event(server::Event::Mail { .. })) => {
                    let mut verdict = std::pin::pin!(tokio::time::sleep(Duration::from_secs(3600)));
                    tokio::select! {
                        () = &mut verdict => panic!("the session should have ended"),
                        ended = driver.tend() => break ended.expect_err("an error"),
                    }
                }
                Ok(Next::Event(_)) => driver.machine().accept().unwrap(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(ended.to_string(), "the peer was silent for too long");
        let took = began.elapsed().as_secs();
        // Progress, and what the farewell may take.
        assert!((180..=215).contains(&took), "{took}");
        drop(peer);
    }

    /// A signal in the middle of a mail: the mail is taken, then 421.
    #[tokio::test]
    async fn a_shutdown_in_the_middle_of_a_mail_takes_it_to_its_end() {
        for chunked in [false, true] {
            let (client, stream) = tokio::io::duplex(100);
            let mail = Bytes::from("a line of a mail\r\n".repeat(500));
            let expected = mail.clone();
            let sending = async move {
                common::run_tokio(Sends::made(vec![mail], chunked.then_some(1 << 20)), client).await
            };
            let serving = async move {
                let mut driver = Driver::new(new_server(), stream);
                let mut mail = Vec::new();
                loop {
                    match driver.next().await.unwrap() {
                        Next::Event(server::Event::Chunk(octets)) => {
                            mail.extend_from_slice(&octets);
                            driver.machine().shutdown();
                        }
                        Next::Event(_) => driver.machine().accept().unwrap(),
                        Next::Closed => return mail,
                        _ => {}
                    }
                }
            };
            let (client, mail) = tokio::join!(Box::pin(sending), serving);
            assert_eq!(outcomes(&client), [true]);
            assert_eq!(mail, expected);
        }
    }
}
