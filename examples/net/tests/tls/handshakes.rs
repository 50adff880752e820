//! Handshakes that fail: the driver says so, in time, and nothing is said in clear afterwards.

use core::time::Duration;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use bytes::Bytes;
use postrider_net::Handshake;
use postrider_net::blocking::{MaybeTls, secure};

use crate::certificates::{
    Authority, NAME, VERSIONS, WORLD, client_end, client_trusting, server_end, server_showing,
};
use crate::cut::{Cuts, Heard};
use crate::imap::Imap;
use crate::peers::{assert_records, greet, half_close, hello, until};
use crate::pop3::Pop3;
use crate::protocol::Protocol;
use crate::road::{BOTH, Ended, How, required, run, sockets};
use crate::smtp::Smtp;

/// What a bad peer does when the handshake is due.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Peer {
    /// Speaks another protocol.
    Garbage,
    /// Says something in clear.
    Clear,
    /// Hangs up at once.
    Closes,
    /// Hangs up behind the first octets of a record.
    ClosesInside,
    /// Says nothing at all.
    Silent,
    /// Says one octet of a record at a time, and never all of them.
    Dribbles,
}

const PEERS: [Peer; 6] =
    [Peer::Garbage, Peer::Clear, Peer::Closes, Peer::ClosesInside, Peer::Silent, Peer::Dribbles];
/// The patience with those who say nothing.
const SHORT: Duration = Duration::from_millis(250);

impl Peer {
    fn act(self, socket: &mut TcpStream, clear: &str) {
        let half_of_a_hello = [22, 3, 3, 1, 0, 1, 0, 0, 252];
        match self {
            Self::Garbage => socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap(),
            Self::Clear => socket.write_all(clear.as_bytes()).unwrap(),
            Self::Closes => half_close(socket),
            Self::ClosesInside => {
                socket.write_all(&half_of_a_hello).unwrap();
                half_close(socket);
            }
            Self::Silent => {}
            Self::Dribbles => {
                for octet in [&half_of_a_hello[..], &[0; 100]].concat() {
                    if socket.write_all(&[octet]).is_err() {
                        return;
                    }
                    std::thread::sleep(SHORT / 10);
                }
            }
        }
    }

    fn expected(self) -> ErrorKind {
        match self {
            Self::Garbage | Self::Clear => ErrorKind::InvalidData,
            Self::Closes | Self::ClosesInside => ErrorKind::UnexpectedEof,
            Self::Silent | Self::Dribbles => ErrorKind::TimedOut,
        }
    }
}

/// Reads on until the end, into what was heard.
fn listen(socket: &mut TcpStream, heard: &Mutex<Vec<u8>>) {
    let mut buf = [0; 4096];
    while let Ok(n @ 1..) = socket.read(&mut buf) {
        heard.lock().unwrap().extend_from_slice(&buf[..n]);
    }
}

/// A client machine against a fake server that does `act` behind the go-ahead. Returns how the
/// machine ended and what the server heard behind the go-ahead.
fn client_against<P: Protocol>(
    how: How,
    handshake: &Handshake,
    act: impl FnOnce(TcpStream, Heard) + Send + 'static,
) -> (Ended<P::Client>, Vec<u8>) {
    let (near, mut far) = sockets();
    let serving = std::thread::spawn(move || {
        let go_ahead = greet::<P>(&mut far);
        let (ear, heard) = Heard::new(far.try_clone().unwrap());
        far.write_all(go_ahead.as_bytes()).unwrap();
        act(far.try_clone().unwrap(), ear);
        listen(&mut far, &heard);
        Arc::into_inner(heard).unwrap().into_inner().unwrap()
    });
    let made = || P::client(required(), Bytes::from_static(b"secret letter\r\n"));
    let ended = run(how, Cuts::None, near, handshake, &Bytes::new(), made);
    (ended, serving.join().unwrap())
}

fn server_against<P: Protocol>(
    how: How,
    handshake: Handshake,
    act: impl FnOnce(TcpStream, Heard),
) -> (Ended<P::Server>, Vec<u8>) {
    let (mut near, far) = sockets();
    let serving = std::thread::spawn(move || {
        let made = || P::server(required(), Bytes::new());
        run(how, Cuts::None, far, &handshake, &Bytes::new(), made)
    });
    hello::<P>(&mut near);
    near.write_all(P::UPGRADE.as_bytes()).unwrap();
    until(&mut near, P::GO_AHEAD);
    let (ear, heard) = Heard::new(near.try_clone().unwrap());
    act(near.try_clone().unwrap(), ear);
    listen(&mut near, &heard);
    let ended = serving.join().unwrap();
    (ended, Arc::into_inner(heard).unwrap().into_inner().unwrap())
}

fn bad_peers<P: Protocol>() {
    for how in BOTH {
        for peer in PEERS {
            let what = format!("{} {how:?} {peer:?}", P::NAME);
            let began = Instant::now();
            let handshake = client_end(VERSIONS[1]).with_patience(SHORT);
            let act = move |mut socket, mut ear: Heard| {
                // What comes with the go-ahead is another matter: wait for the hello.
                ear.read_exact(&mut [0; 5]).unwrap();
                drop(ear);
                peer.act(&mut socket, P::REPLIES);
            };
            let (ended, heard) = client_against::<P>(how, &handshake, act);
            assert_eq!(ended.handshake_error().kind(), peer.expected(), "client {what}");
            assert!(!heard.is_empty(), "the hello of the client {what}");
            assert_records(&heard, &what);

            let handshake = server_end().with_patience(SHORT);
            let (ended, heard) = server_against::<P>(how, handshake, |mut socket, ear| {
                drop(ear);
                peer.act(&mut socket, P::COMMANDS);
            });
            assert_eq!(ended.handshake_error().kind(), peer.expected(), "server {what}");
            assert!(!ended.events.iter().any(P::asks_for_more), "{what}");
            assert_records(&heard, &what);
            assert!(began.elapsed() < SHORT * 10, "{what}: {:?}", began.elapsed());
        }
    }
}

#[test]
fn a_peer_that_does_not_shake_hands_ends_the_smtp_session() {
    bad_peers::<Smtp>();
}

#[test]
fn a_peer_that_does_not_shake_hands_ends_the_pop3_session() {
    bad_peers::<Pop3>();
}

#[test]
fn a_peer_that_does_not_shake_hands_ends_the_imap_session() {
    bad_peers::<Imap>();
}

/// What rustls says.
fn reason(error: &io::Error) -> &rustls::Error {
    error.get_ref().and_then(|inner| inner.downcast_ref()).expect("an error of rustls")
}

fn distrust<P: Protocol>() {
    use rustls::{CertificateError, Error};
    let stranger = Authority::new();
    for how in BOTH {
        // A server whose certificate is signed by nobody we know, or is for another name.
        for known in [false, true] {
            let act = move |_, ear| {
                let stranger = Authority::new().sign(&[NAME], NAME);
                let other = WORLD.authority.sign(&["other.b.example"], "other");
                let shown = if known { other } else { stranger };
                let failed = secure(&server_showing(&shown), MaybeTls::plain(ear), Bytes::new());
                // By the alert, or by a reset that overtook it.
                assert!(failed.is_err(), "the client went away");
            };
            let (ended, heard) = client_against::<P>(how, &client_end(VERSIONS[1]), act);
            let error = ended.handshake_error();
            match reason(error) {
                Error::InvalidCertificate(CertificateError::UnknownIssuer) => assert!(!known),
                Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) => {
                    assert!(known);
                }
                other => panic!("{} {how:?}: {other}", P::NAME),
            }
            assert_records(&heard, P::NAME);
        }
        // A client that trusts somebody else goes away with an alert.
        let (ended, heard) = server_against::<P>(how, server_end(), |_, ear| {
            let client = client_trusting(&stranger, NAME);
            let failed = secure(&client, MaybeTls::plain(ear), Bytes::new());
            assert!(matches!(reason(&failed.unwrap_err()), Error::InvalidCertificate(_)));
        });
        let error = ended.handshake_error();
        let told = error.get_ref().is_some_and(|inner| inner.is::<Error>());
        let hung_up =
            [ErrorKind::ConnectionReset, ErrorKind::UnexpectedEof].contains(&error.kind());
        assert!(told || hung_up, "the alert, or a reset that overtook it, but {error}");
        assert!(!ended.events.iter().any(P::asks_for_more));
        assert_records(&heard, P::NAME);
    }
}

#[test]
fn a_certificate_that_does_not_hold_ends_the_session_on_both_sides() {
    distrust::<Smtp>();
    distrust::<Pop3>();
    distrust::<Imap>();
}

#[test]
fn tls_in_tls_is_refused() {
    let (near, far) = sockets();
    let serving = std::thread::spawn(move || {
        secure(&server_end(), MaybeTls::plain(far), Bytes::new()).map(drop)
    });
    let client = client_end(VERSIONS[1]);
    let (stream, _) = secure(&client, MaybeTls::plain(near), Bytes::new()).unwrap();
    assert!(stream.is_tls() && serving.join().unwrap().is_ok());
    let again = secure(&client, stream, Bytes::new()).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::InvalidInput);
}
