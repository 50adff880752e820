//! Plaintext behind the upgrade, from either side: CVE-2011-0411 and its mirror image ("Why TLS is
//! better without STARTTLS", USENIX Security 2021).

use std::io::Write;

use bytes::Bytes;
use postrider::drive::DriveError;
use postrider::wire::{ErrorKind, Machine, MachineError};

use crate::certificates::{VERSIONS, client_end, server_end};
use crate::cut::Cuts;
use crate::imap::Imap;
use crate::peers::{assert_records, greet, half_close, hello, rest, until};
use crate::pop3::Pop3;
use crate::protocol::Protocol;
use crate::road::{BOTH, Ended, How, required, run, sockets};
use crate::smtp::Smtp;

/// A server machine, and what an attacker heard who does `attack` and then listens.
fn attack_server<P: Protocol>(
    how: How,
    attack: impl FnOnce(&mut std::net::TcpStream),
) -> (Ended<P::Server>, Vec<u8>) {
    let (mut near, far) = sockets();
    let serving = std::thread::spawn(move || {
        let made = || P::server(required(), Bytes::new());
        run(how, Cuts::None, far, &server_end(), &Bytes::new(), made)
    });
    hello::<P>(&mut near);
    attack(&mut near);
    let heard = rest(&mut near);
    let ended = serving.join().unwrap();
    (ended, heard)
}

fn attack_client<P: Protocol>(
    how: How,
    attack: impl FnOnce(&mut std::net::TcpStream, String) + Send + 'static,
) -> (Ended<P::Client>, Vec<u8>) {
    let (near, mut far) = sockets();
    let serving = std::thread::spawn(move || {
        let go_ahead = greet::<P>(&mut far);
        attack(&mut far, go_ahead);
        rest(&mut far)
    });
    let made = || P::client(required(), Bytes::from_static(b"secret letter\r\n"));
    let ended = run(how, Cuts::None, near, &client_end(VERSIONS[1]), &Bytes::new(), made);
    (ended, serving.join().unwrap())
}

fn peers_fault<M: Machine>(ended: &Ended<M>) -> bool {
    matches!(&ended.outcome, Err(DriveError::Machine { error, .. }) if error.kind() == ErrorKind::Peer)
}

fn commands_behind<P: Protocol>() {
    for how in BOTH {
        // Whole commands, and the first octet of one.
        for behind in [P::COMMANDS, &P::COMMANDS[..1]] {
            let (ended, heard) = attack_server::<P>(how, |socket| {
                socket.write_all([P::UPGRADE, behind].concat().as_bytes()).unwrap();
            });
            let what = format!("{} {how:?} {behind:?}", P::NAME);
            assert!(peers_fault(&ended), "{what}: {:?}", ended.outcome);
            assert!(ended.tls.is_empty(), "{what}");
            assert!(!ended.events.iter().any(P::asks_for_more), "{what}: {:?}", ended.events);
            // At most a farewell; no go-ahead, and no answer to a command.
            let heard = String::from_utf8(heard).unwrap();
            assert!(!heard.starts_with(P::GO_AHEAD), "{what}: {heard}");
            assert!(heard.lines().count() <= 1, "{what}: {heard}");
        }
    }
}

#[test]
fn commands_behind_starttls_in_one_segment_are_fatal_and_do_nothing() {
    commands_behind::<Smtp>();
    commands_behind::<Pop3>();
    commands_behind::<Imap>();
}

fn replies_behind<P: Protocol>() {
    for how in BOTH {
        for behind in [P::REPLIES, &P::REPLIES[..1]] {
            let (ended, heard) = attack_client::<P>(how, move |socket, go_ahead| {
                socket.write_all([&go_ahead, behind].concat().as_bytes()).unwrap();
            });
            let what = format!("{} {how:?} {behind:?}", P::NAME);
            assert!(peers_fault(&ended), "{what}: {:?}", ended.outcome);
            assert!(ended.tls.is_empty(), "{what}");
            assert_eq!(heard, b"", "{what}: no handshake, and no credentials");
        }
    }
}

#[test]
fn replies_behind_the_go_ahead_in_one_segment_are_fatal_and_nothing_is_said() {
    replies_behind::<Smtp>();
    replies_behind::<Pop3>();
    replies_behind::<Imap>();
}

/// The same, but late enough to be past the machine: the TLS engine gets it.
fn late<P: Protocol>() {
    for how in BOTH {
        let (ended, heard) = attack_server::<P>(how, |socket| {
            socket.write_all(P::UPGRADE.as_bytes()).unwrap();
            until(socket, P::GO_AHEAD);
            socket.write_all(P::COMMANDS.as_bytes()).unwrap();
            half_close(socket);
        });
        let what = format!("{} {how:?}", P::NAME);
        assert_eq!(ended.handshake_error().kind(), std::io::ErrorKind::InvalidData, "{what}");
        assert!(!ended.events.iter().any(P::asks_for_more), "{what}: {:?}", ended.events);
        assert_records(&heard, &what);

        let (ended, heard) = attack_client::<P>(how, |socket, go_ahead| {
            socket.write_all(go_ahead.as_bytes()).unwrap();
            // The client's hello: it is past its machine.
            let mut record = [0; 5];
            std::io::Read::read_exact(socket, &mut record).unwrap();
            assert_eq!(record[0], 22, "a handshake record");
            socket.write_all(P::REPLIES.as_bytes()).unwrap();
            // Its body, so that what follows are records again.
            let len = usize::from(u16::from_be_bytes([record[3], record[4]]));
            std::io::Read::read_exact(socket, &mut vec![0; len]).unwrap();
        });
        assert_eq!(ended.handshake_error().kind(), std::io::ErrorKind::InvalidData, "{what}");
        assert_records(&heard, &what);
    }
}

#[test]
fn plaintext_in_place_of_a_handshake_ends_it_and_nothing_is_said_in_clear() {
    late::<Smtp>();
    late::<Pop3>();
    late::<Imap>();
}
