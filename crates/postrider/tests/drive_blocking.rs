//! The blocking driver over loopback TCP and over transports that misbehave.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

use bytes::Bytes;
use postrider::drive::blocking::{Driver, Transport};
use postrider::drive::{DriveError, Next};
use postrider::wire::{AbortReason, ErrorKind, MachineError, TlsInfo};
use postrider_testkit::toy;

/// Two connected sockets.
fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// Serves until the end of the session: repeats what is said, collects the payload.
fn serve(transport: impl Transport) -> (Vec<u8>, Result<(), DriveError<toy::Error>>) {
    let mut mail = Vec::new();
    let mut driver = Driver::new(toy::Server::new(), transport);
    loop {
        match driver.next() {
            Ok(Next::Event(toy::ServerEvent::Said(text))) => {
                driver.machine().answer(&text).unwrap();
            }
            Ok(Next::Event(toy::ServerEvent::Chunk(chunk))) => mail.extend_from_slice(&chunk),
            Ok(Next::StartTls(token)) => {
                driver = driver.upgrade(token, |plain, _| Ok((plain, TlsInfo::new()))).unwrap();
            }
            Ok(Next::Closed) => return (mail, Ok(())),
            Ok(_) => {}
            Err(error) => return (mail, Err(error)),
        }
    }
}

/// Upgrades, says something, sends `mail`, quits; returns what the server said.
fn converse(transport: impl Transport, mail: &[u8]) -> Vec<String> {
    let mut driver = Driver::new(toy::Client::new(), transport);
    let mut told = Vec::new();
    let mut todo = vec!["quit", "mail", "say", "tls"];
    let mut payload = None;
    loop {
        match driver.next().expect("the server keeps to the protocol") {
            Next::Event(toy::ClientEvent::Replied { text, .. }) => told.push(text),
            Next::Event(toy::ClientEvent::GoAhead) => payload = Some(Bytes::copy_from_slice(mail)),
            Next::Event(_) => {}
            Next::StartTls(token) => {
                driver = driver.upgrade(token, |plain, _| Ok((plain, TlsInfo::new()))).unwrap();
            }
            Next::Closed => return told,
            Next::App => {
                let client = driver.machine();
                if let Some(rest) = &mut payload {
                    if !rest.is_empty() {
                        client.write_payload(rest).unwrap();
                    } else {
                        client.finish_payload().unwrap();
                        payload = None;
                    }
                    continue;
                }
                match todo.pop() {
                    Some("tls") => client.start_tls().unwrap(),
                    Some("say") => client.say("hello").unwrap(),
                    Some("mail") => client.mail().unwrap(),
                    _ => client.quit().unwrap(),
                }
            }
        }
    }
}

fn letter() -> Vec<u8> {
    (0..20_000).flat_map(|line| format!(".line {line}\r\n").into_bytes()).collect()
}

#[test]
fn a_session_runs_to_its_end_over_tcp() {
    let (near, far) = sockets();
    let serving = std::thread::spawn(move || serve(far));
    let told = converse(near, &letter());
    let (mail, ended) = serving.join().unwrap();
    assert!(ended.is_ok());
    assert_eq!(mail, letter());
    assert_eq!(told, ["toy ready", "hello", "taken", "bye"]);
}

/// Reads and writes one to three octets at a time, with an interruption before each.
struct Crumbs(TcpStream, usize);

impl Crumbs {
    fn stumble(&mut self) -> io::Result<usize> {
        self.1 += 1;
        match self.1 % 4 {
            0 => Err(io::ErrorKind::Interrupted.into()),
            n => Ok(n),
        }
    }
}

impl Read for Crumbs {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = self.stumble()?.min(buf.len());
        self.0.read(&mut buf[..most])
    }
}

impl Write for Crumbs {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let most = self.stumble()?.min(buf.len());
        self.0.write(&buf[..most])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Transport for Crumbs {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.0.set_write_timeout(timeout)
    }
}

#[test]
fn partial_reads_and_writes_change_nothing() {
    let (near, far) = sockets();
    near.set_nodelay(true).unwrap();
    far.set_nodelay(true).unwrap();
    let short = &letter()[..4000];
    let serving = std::thread::spawn(move || serve(Crumbs(far, 0)));
    let told = converse(Crumbs(near, 0), short);
    let (mail, ended) = serving.join().unwrap();
    assert!(ended.is_ok());
    assert!(mail.starts_with(short));
    assert_eq!(told, ["toy ready", "hello", "taken", "bye"]);
}

#[test]
fn a_peer_that_hangs_up_inside_a_payload_aborts_it() {
    let (mut near, far) = sockets();
    near.write_all(b"MAIL\r\nhalf a").unwrap();
    near.shutdown(std::net::Shutdown::Both).unwrap();
    let mut driver = Driver::new(toy::Server::new(), far);
    let mut aborted = false;
    let error = loop {
        match driver.next() {
            Ok(Next::Event(toy::ServerEvent::Aborted(why))) => {
                assert_eq!(why, AbortReason::Eof);
                aborted = true;
            }
            Ok(next) => assert_ne!(next, Next::Closed),
            Err(error) => break error,
        }
    };
    assert!(aborted, "the payload had its one end");
    let DriveError::Machine { error, .. } = error else { panic!("not the machine's: {error}") };
    assert_eq!(error.kind(), ErrorKind::Eof);
}

#[test]
fn patience_ends_in_the_embedders_turn() {
    let (near, far) = sockets();
    let mut server = Driver::new(toy::Server::new(), far);
    let mut client = Driver::new(toy::Client::new(), near);
    let serving = std::thread::spawn(move || server.next());
    assert!(matches!(client.next().unwrap(), Next::Event(_)));
    let began = std::time::Instant::now();
    assert_eq!(client.next_timeout(Duration::from_millis(50)).unwrap(), Next::App);
    assert!(began.elapsed() >= Duration::from_millis(50));
    drop(client);
    assert_eq!(serving.join().unwrap().unwrap(), Next::Closed);
}

#[test]
fn an_embedder_with_nothing_to_do_listens_to_the_peer() {
    let (mut near, far) = sockets();
    let mut server = Driver::new(toy::Server::new(), far);
    near.write_all(b"SAY hello\r\n").unwrap();
    assert!(matches!(server.next().unwrap(), Next::Event(toy::ServerEvent::Said(_))));
    assert_eq!(server.next().unwrap(), Next::App);
    let hanging_up = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        drop(near);
    });
    let began = std::time::Instant::now();
    // The question is open and nobody answers: the next turn comes when the peer hangs up.
    assert_eq!(server.next().unwrap(), Next::App);
    assert!(began.elapsed() >= Duration::from_millis(40));
    hanging_up.join().unwrap();
}

#[cfg(unix)]
#[test]
fn a_boxed_unix_socket_is_a_transport() {
    let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
    let serving = std::thread::spawn(move || serve(Box::new(far) as Box<dyn Transport + Send>));
    assert_eq!(converse(near, b"short\r\n"), ["toy ready", "hello", "taken", "bye"]);
    let (mail, ended) = serving.join().unwrap();
    assert!(ended.is_ok());
    assert_eq!(mail, b"short\r\n");
}
