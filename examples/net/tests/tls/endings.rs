//! How sessions under TLS end: with `close_notify`, without it, in time.

use core::time::Duration;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use bytes::Bytes;
use postrider::drive::DriveError;
use postrider::drive::blocking::Transport;
use postrider::wire::MachineError;
use postrider::{pop3, smtp};
use postrider_net::blocking::{MaybeTls, secure};
use postrider_testkit::Role;

use crate::append::Append;
use crate::certificates::{NAME, VERSIONS, client_end, server_end};
use crate::cut::Cuts;
use crate::imap::Imap;
use crate::peers::{greet, half_close, hello, line, until};
use crate::pop3::Pop3;
use crate::protocol::{Line, Made, Protocol};
use crate::road::{BOTH, Ended, How, required, run, run_tokio, sockets};
use crate::sessions::{letter, session};
use crate::smtp::Smtp;

/// A server machine in a thread, and a client by hand that is through the upgrade.
fn by_hand<P: Protocol>(
    how: How,
    made: impl FnOnce() -> Made<P::Server> + Send + 'static,
) -> (MaybeTls<TcpStream>, TcpStream, std::thread::JoinHandle<Ended<P::Server>>) {
    let (mut near, far) = sockets();
    let serving =
        std::thread::spawn(move || run(how, Cuts::None, far, &server_end(), &Bytes::new(), made));
    hello::<P>(&mut near);
    near.write_all(P::UPGRADE.as_bytes()).unwrap();
    until(&mut near, P::GO_AHEAD);
    let socket = near.try_clone().unwrap();
    let (stream, _) =
        secure(&client_end(VERSIONS[1]), MaybeTls::plain(near), Bytes::new()).unwrap();
    (stream, socket, serving)
}

fn notified<P: Protocol>() {
    for how in BOTH {
        // The server closes behind its farewell.
        let made = || P::server(required(), Bytes::new());
        let (mut stream, _, serving) = by_hand::<P>(how, made);
        stream.write_all(P::QUIT.0.as_bytes()).unwrap();
        let mut farewell = String::new();
        // `UnexpectedEof` if there were no `close_notify`.
        stream.read_to_string(&mut farewell).unwrap_or_else(|error| panic!("{}: {error}", P::NAME));
        assert!(farewell.starts_with(P::QUIT.1), "{}: {farewell}", P::NAME);
        drop(stream);
        assert!(serving.join().unwrap().outcome.is_ok());

        // The client closes behind the server's, whatever it thinks of what it hears.
        let (near, mut far) = sockets();
        let serving = std::thread::spawn(move || {
            let go_ahead = greet::<P>(&mut far);
            far.write_all(go_ahead.as_bytes()).unwrap();
            let (mut stream, _) =
                secure(&server_end(), MaybeTls::plain(far), Bytes::new()).unwrap();
            loop {
                let mut octet = [0];
                match stream.read(&mut octet) {
                    Ok(0) => return,
                    Ok(_) if octet[0] != b'\n' => {}
                    Ok(_) => stream.write_all(b"\x01 no protocol at all\r\n").unwrap(),
                    Err(error) => panic!("{} {how:?}: {error}", P::NAME),
                }
            }
        });
        let made = || P::client(required(), Bytes::new());
        let ended = run(how, Cuts::None, near, &client_end(VERSIONS[1]), &Bytes::new(), made);
        serving.join().unwrap();
        assert!(matches!(ended.outcome, Err(DriveError::Machine { .. }) | Ok(())));
    }
}

#[test]
fn a_session_ends_with_close_notify_from_either_side() {
    notified::<Smtp>();
    notified::<Pop3>();
    notified::<Imap>();
}

/// The ciphertext ends behind every so many octets: inside the handshake, the login, the payload.
fn truncated<P: Protocol>() {
    let letter = letter(48);
    let (mut handshakes, mut inside) = (0, 0);
    for how in BOTH {
        for at in (1..1500).step_by(83).chain([3000, 9000, 20_000, 40_000, 48_000]) {
            let eof = Cuts::EofAfter(5, at);
            let cuts = if P::UPLOADS { (Cuts::None, eof) } else { (eof, Cuts::None) };
            let (client, server) = session::<P>((how, how), cuts, VERSIONS[1], &letter);
            let what = format!("{} {how:?} at {at}", P::NAME);
            let (told, outcome): (Vec<Role>, _) = if P::UPLOADS {
                let told = server.events.iter().map(P::server_role);
                (told.collect(), server.outcome.map_err(as_io))
            } else {
                let told = client.events.iter().map(P::client_role);
                (told.collect(), client.outcome.map_err(as_io))
            };
            let told: Vec<Role> = told.into_iter().filter(|role| *role != Role::Other).collect();
            assert!(!told.contains(&Role::End), "{what}: {told:?}");
            let begun = told.iter().filter(|role| **role == Role::Begin).count();
            let aborted = told.iter().filter(|role| **role == Role::Aborted).count();
            // An accepted question may stand before a payload that never began.
            assert!(aborted <= begun && begun <= 1, "{what}: {told:?}");
            inside += aborted;
            match outcome {
                Err((true, _)) => handshakes += 1,
                Err((false, io)) if aborted == 1 => {
                    assert_eq!(io, Some(ErrorKind::UnexpectedEof), "{what}: no close_notify");
                }
                _ => {}
            }
        }
    }
    eprintln!("{}: cut short {handshakes} handshakes, {inside} payloads", P::NAME);
    assert!(handshakes >= 4 && inside >= 8, "{}: {handshakes}, {inside}", P::NAME);
}

/// Whether a handshake failed, and what the transport said.
fn as_io<E: MachineError>(error: DriveError<E>) -> (bool, Option<ErrorKind>) {
    match error {
        DriveError::Handshake(io) => (true, Some(io.kind())),
        DriveError::Machine { io, .. } => (false, io.map(|io| io.kind())),
        _ => (false, None),
    }
}

#[test]
fn a_payload_that_ends_without_close_notify_is_aborted() {
    truncated::<Smtp>();
    truncated::<Pop3>();
    truncated::<Imap>();
    truncated::<Append>();
}

#[test]
fn what_was_asked_before_an_end_without_close_notify_is_answered() {
    for how in BOTH {
        let made = || Smtp::server(required(), Bytes::new());
        let (mut stream, socket, serving) = by_hand::<Smtp>(how, made);
        stream.write_all(b"EHLO a.example\r\nNOOP\r\nVRFY bob\r\n").unwrap();
        stream.flush().unwrap();
        // A FIN, as of a program that just exits.
        half_close(&socket);
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        let said = String::from_utf8(said).unwrap();
        let codes: Vec<&str> = said.lines().filter(|l| &l[3..4] == " ").map(|l| &l[..3]).collect();
        assert_eq!(codes[..2], ["250", "250"], "{how:?}: {said}");
        assert!(codes.len() >= 3, "{how:?}: {said}");
        drop(serving.join().unwrap());
    }
}

/// Every wait of a machine.
const SHORT: Duration = Duration::from_millis(300);

fn hasty_smtp() -> Made<smtp::server::Server> {
    let limits = smtp::Limits::server().with_times(SHORT, SHORT);
    let name = smtp::EhloName::parse(NAME).unwrap();
    let config = smtp::server::Config::new(name, required()).with_limits(limits);
    let (_, embedder) = Smtp::server(required(), Bytes::new());
    (smtp::server::Server::new(config), embedder)
}

#[test]
fn an_octet_of_a_record_now_and_then_does_not_hold_a_session() {
    for how in BOTH {
        let (stream, mut socket, serving) = by_hand::<Smtp>(how, hasty_smtp);
        let began = Instant::now();
        // A record of 16 KiB, octet by octet, each well within the timer of the machine.
        for octet in [23, 3, 3, 64, 0].into_iter().chain(core::iter::repeat_n(0, 400)) {
            if socket.write_all(&[octet]).is_err() || serving.is_finished() {
                break;
            }
            std::thread::sleep(SHORT / 20);
        }
        let took = began.elapsed();
        assert!(took < SHORT * 6, "{how:?}: held for {took:?}");
        drop((stream, socket));
        drop(serving.join().unwrap());
    }
}

#[test]
fn a_timeout_inside_a_record_loses_nothing() {
    let (near, far) = sockets();
    let said: String = (0..40).map(|line| format!("line {line}\r\n")).collect();
    let saying = said.clone();
    let dripping = std::thread::spawn(move || {
        let end = client_end(VERSIONS[1]);
        let (mut stream, _) = secure(&end, MaybeTls::plain(Drip(near)), Bytes::new()).unwrap();
        for piece in saying.as_bytes().chunks(100) {
            stream.write_all(piece).unwrap();
        }
        Transport::close(&mut stream).unwrap();
    });
    let (mut stream, _) = secure(&server_end(), MaybeTls::plain(far), Bytes::new()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(3))).unwrap();
    let (mut heard, mut timeouts, mut buf) = (Vec::new(), 0, [0; 64]);
    loop {
        match stream.read(&mut buf) {
            Ok(0) => break,
            Ok(n) => heard.extend_from_slice(&buf[..n]),
            Err(error) => {
                let timed_out =
                    [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind());
                assert!(timed_out, "{error}");
                timeouts += 1;
            }
        }
    }
    dripping.join().unwrap();
    assert_eq!(String::from_utf8(heard).unwrap(), said);
    assert!(timeouts > 10, "{timeouts} timeouts");
}

/// Writes an octet in a millisecond.
struct Drip(TcpStream);

impl Read for Drip {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Drip {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        std::thread::sleep(Duration::from_millis(1));
        self.0.write(&buf[..1])
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Transport for Drip {
    fn set_read_timeout(&mut self, timeout: Option<Duration>) -> std::io::Result<()> {
        self.0.set_read_timeout(timeout)
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) -> std::io::Result<()> {
        self.0.set_write_timeout(timeout)
    }
}

/// In virtual time: a peer that shakes hands, asks for a long letter and never reads it.
#[test]
fn a_peer_that_never_reads_under_tls_ends_by_the_timers_of_the_machine() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        tokio::time::pause();
        let (near, far) = tokio::io::duplex(8 * 1024);
        let long = letter(512);
        let serving = async {
            let end = server_end();
            let plain = postrider_net::tokio::MaybeTls::plain(far);
            let (stream, info) =
                postrider_net::tokio::secure(&end, plain, Bytes::new()).await.unwrap();
            let limits = pop3::Limits::server().with_times(SHORT, SHORT, SHORT);
            let security = postrider::wire::Security::Implicit(info);
            let config = pop3::server::Config::new(security.clone()).with_limits(limits);
            let (_, embedder) = Pop3::server(security, long.clone());
            let made: Made<pop3::server::Server> = (pop3::server::Server::new(config), embedder);
            let never = async |_, _| unreachable!("TLS stands");
            run_tokio(made, stream, never, &long, false).await
        };
        let asking = async {
            let plain = postrider_net::tokio::MaybeTls::plain(near);
            let end = client_end(VERSIONS[1]);
            let (mut stream, _) =
                postrider_net::tokio::secure(&end, plain, Bytes::new()).await.unwrap();
            let ask = b"USER bob\r\nPASS sesame\r\nRETR 1\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, ask).await.unwrap();
            tokio::io::AsyncWriteExt::flush(&mut stream).await.unwrap();
            stream
        };
        let (mut serving, mut stream) = (Box::pin(serving), None);
        let began = tokio::time::Instant::now();
        let ended = tokio::select! {
            ended = &mut serving => ended,
            () = async { stream = Some(asking.await); core::future::pending::<()>().await } => unreachable!(),
        };
        let took = began.elapsed();
        assert!(stream.is_some(), "it was asked");
        eprintln!("given up after {took:?}: {:?}", ended.outcome);
        // The timers of the machine, and what a stream may take for its last octets.
        assert!(took >= SHORT && took < Duration::from_secs(30), "{took:?}");
    });
}

/// A fake server that knows what it offered in clear text is not believed under TLS.
#[test]
fn what_was_offered_in_clear_text_is_forgotten() {
    for how in BOTH {
        let (near, mut far) = sockets();
        let serving = std::thread::spawn(move || {
            let go_ahead = greet::<Smtp>(&mut far);
            far.write_all(go_ahead.as_bytes()).unwrap();
            let (mut stream, _) =
                secure(&server_end(), MaybeTls::plain(far), Bytes::new()).unwrap();
            assert_eq!(line(&mut stream), "EHLO laptop.a.example");
            stream.write_all(b"250-mx.b.example\r\n250 8BITMIME\r\n").unwrap();
            let said = line(&mut stream);
            stream.write_all(b"550 no\r\n").unwrap();
            while let command @ [_, ..] = line(&mut stream).as_bytes() {
                let command = core::str::from_utf8(command).unwrap();
                if let Line::Say(reply) = Smtp::answer(command) {
                    stream.write_all(reply.as_bytes()).unwrap();
                }
            }
            said
        });
        let made = || Smtp::client(required(), Bytes::new());
        let ended = run(how, Cuts::None, near, &client_end(VERSIONS[1]), &Bytes::new(), made);
        assert_eq!(serving.join().unwrap(), "MAIL FROM:<alice@a.example>");
        let offered = ended.events.iter().find_map(|event| match event {
            smtp::client::Event::Ready { capabilities, .. } => Some(format!("{capabilities:?}")),
            _ => None,
        });
        let offered = offered.unwrap().to_uppercase();
        assert!(offered.contains("8BITMIME"), "{offered}");
        assert!(!offered.contains("SIZE") && !offered.contains("STARTTLS"), "{offered}");
    }
}
