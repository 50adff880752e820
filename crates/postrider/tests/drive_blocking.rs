//! The blocking driver over loopback TCP and over transports that misbehave.

use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

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

/// Keeps what it is given until it is flushed, as a TLS engine may, and can be made not to.
struct Hoard {
    socket: TcpStream,
    held: Vec<u8>,
    stuck: Arc<AtomicBool>,
    closed: Arc<AtomicBool>,
}

impl Read for Hoard {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket.read(buf)
    }
}

impl Write for Hoard {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.stuck.load(Relaxed) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.socket.write_all(&std::mem::take(&mut self.held))
    }
}

impl Transport for Hoard {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.socket.set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.flush()?;
        self.closed.store(true, Relaxed);
        Ok(())
    }
}

#[test]
fn what_a_transport_holds_back_keeps_nobody_waiting_and_leaves_before_the_end() {
    let (near, far) = sockets();
    let serving = std::thread::spawn(move || serve(far));
    let (stuck, closed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (held, for_driver) = (Vec::new(), (stuck.clone(), closed.clone()));
    let hoard = Hoard { socket: near, held, stuck: for_driver.0, closed: for_driver.1 };
    let mut driver = Driver::new(toy::Client::new(), hoard);
    let mut pieces = 0;
    let told = loop {
        match driver.next().unwrap() {
            Next::Event(toy::ClientEvent::GoAhead) => {
                stuck.store(true, Relaxed);
                pieces = 20;
            }
            Next::Event(toy::ClientEvent::Replied { text, .. }) => match text.as_str() {
                "toy ready" => driver.machine().mail().unwrap(),
                "taken" => {
                    assert!(!closed.load(Relaxed));
                    driver.machine().quit().unwrap();
                    // The last word gets stuck too, until just before the end.
                    stuck.store(true, Relaxed);
                    let stuck = stuck.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(Duration::from_millis(20));
                        stuck.store(false, Relaxed);
                    });
                }
                _ => break text,
            },
            Next::App if pieces > 0 => {
                // Each turn comes although nothing left.
                pieces -= 1;
                let mut piece = Bytes::from_static(b"a piece of the letter\r\n");
                while !piece.is_empty() {
                    driver.machine().write_payload(&mut piece).unwrap();
                }
                if pieces == 0 {
                    stuck.store(false, Relaxed);
                    driver.machine().finish_payload().unwrap();
                }
            }
            _ => {}
        }
    };
    assert_eq!(told, "bye");
    assert_eq!(driver.next().unwrap(), Next::Closed);
    assert!(closed.load(Relaxed), "the transport was closed");
    let (mail, ended) = serving.join().unwrap();
    assert!(ended.is_ok());
    assert_eq!(mail, b"a piece of the letter\r\n".repeat(20));
}

/// Ends as a TLS stream does that was cut off.
struct CutOff(&'static [u8], Vec<u8>);

impl Read for CutOff {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buf) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        }
    }
}

impl Write for CutOff {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.1.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Transport for CutOff {
    fn set_read_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }

    fn set_write_timeout(&mut self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_end_without_a_goodbye_is_the_end_of_the_input_only_and_is_told() {
    let mut driver = Driver::new(toy::Server::new(), CutOff(b"SAY one\r\nhalf a li", Vec::new()));
    let error = loop {
        match driver.next() {
            Ok(Next::Event(toy::ServerEvent::Said(text))) => {
                driver.machine().answer(&text).unwrap()
            }
            Ok(next) => assert_ne!(next, Next::Closed),
            Err(error) => break error,
        }
    };
    let DriveError::Machine { error, io, .. } = error else { panic!("not the machine's: {error}") };
    assert_eq!(error.kind(), ErrorKind::Eof);
    assert_eq!(io.map(|io| io.kind()), Some(io::ErrorKind::UnexpectedEof));
    let said = String::from_utf8(driver.transport().1.clone()).unwrap();
    assert!(said.starts_with("+ toy ready\r\n+ one\r\n"), "{said}");
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
