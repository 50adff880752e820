//! A peer that says nothing does not hold a connection: every machine, under both drivers.

use core::time::Duration;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Instant;

use postrider::drive::{DriveError, Next, blocking};
use postrider::wire::{ErrorKind, Machine, MachineError, Policy, Security};
use postrider::{imap, pop3, smtp};

/// Every timer of the machines under test.
const SHORT: Duration = Duration::from_millis(200);
/// What is long for such a machine.
const LONG: Duration = Duration::from_secs(20);

fn clear() -> Security {
    Security::StartTls(Policy::Never)
}

fn name() -> smtp::EhloName {
    smtp::EhloName::parse("host.example").unwrap()
}

fn smtp_client() -> smtp::client::Client {
    let limits = smtp::Limits::client().with_reply_times(SHORT, SHORT, SHORT);
    smtp::client::Client::new(smtp::client::Config::new(name(), clear()).with_limits(limits))
}

fn smtp_server() -> smtp::server::Server {
    let limits = smtp::Limits::server().with_times(SHORT, SHORT);
    smtp::server::Server::new(smtp::server::Config::new(name(), clear()).with_limits(limits))
}

fn pop3_client() -> pop3::client::Client {
    let limits = pop3::Limits::client().with_times(SHORT, SHORT, SHORT);
    pop3::client::Client::new(pop3::client::Config::new(clear()).with_limits(limits))
}

fn pop3_server() -> pop3::server::Server {
    let limits = pop3::Limits::server().with_times(SHORT, SHORT, SHORT);
    pop3::server::Server::new(pop3::server::Config::new(clear()).with_limits(limits))
}

fn imap_client() -> imap::client::Client {
    imap::client::Client::new(imap::client::Config::new(clear()).with_reply(SHORT))
}

fn imap_server() -> imap::server::Server {
    imap::server::Server::new(imap::server::Config::new(clear()).with_idle(SHORT, SHORT))
}

/// Whether a session may end so for want of a word from the peer.
fn by_timeout<E: MachineError>(ended: Result<(), DriveError<E>>) -> bool {
    match ended {
        Ok(()) => true,
        Err(DriveError::Machine { error, .. }) => error.kind() == ErrorKind::Timeout,
        Err(_) => false,
    }
}

fn blocking_ends<M: Machine + 'static>(machine: M) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (stream, _) = listener.accept().unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut driver = blocking::Driver::new(machine, stream);
        let ended = loop {
            match driver.next_timeout(LONG) {
                Ok(Next::Closed) => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        let _ = tell.send(by_timeout(ended));
    });
    assert_eq!(told.recv_timeout(LONG / 2), Ok(true));
    drop(silent);
}

#[test]
fn a_silent_peer_ends_every_machine_under_the_blocking_driver() {
    let began = Instant::now();
    blocking_ends(smtp_client());
    blocking_ends(smtp_server());
    blocking_ends(pop3_client());
    blocking_ends(pop3_server());
    blocking_ends(imap_client());
    blocking_ends(imap_server());
    assert!(began.elapsed() >= SHORT * 6, "nobody gave up early");
}

#[cfg(feature = "tokio")]
async fn tokio_ends<M: Machine>(machine: M) {
    let (silent, stream) = tokio::io::duplex(64 * 1024);
    let mut driver = postrider::drive::tokio::Driver::new(machine, stream);
    let session = async {
        loop {
            match driver.tend().await {
                Ok(()) => {}
                Err(error) => break Err(error),
            }
            if driver.next().await? == Next::Closed {
                break Ok(());
            }
        }
    };
    let ended = tokio::time::timeout(LONG, session).await.expect("it ends by itself");
    assert!(by_timeout(ended));
    drop(silent);
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_silent_peer_ends_every_machine_under_tokio() {
    let began = tokio::time::Instant::now();
    tokio_ends(smtp_client()).await;
    tokio_ends(smtp_server()).await;
    tokio_ends(pop3_client()).await;
    tokio_ends(pop3_server()).await;
    tokio_ends(imap_client()).await;
    tokio_ends(imap_server()).await;
    let took = began.elapsed();
    assert!(took >= SHORT * 6 && took <= SHORT * 7, "{took:?}");
}

/// A pipe into which nothing fits and from which nothing comes.
#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn a_peer_that_never_reads_ends_by_the_timers_of_the_machine() {
    let (silent, stream) = tokio::io::duplex(1);
    let mut driver = postrider::drive::tokio::Driver::new(smtp_server(), stream);
    let ended = tokio::time::timeout(Duration::from_secs(3600), driver.next()).await;
    let ended = ended.expect("it ends by itself");
    assert!(!matches!(ended, Err(DriveError::Stalled)), "{ended:?}");
    assert!(by_timeout(ended.map(drop)));
    drop(silent);
}
