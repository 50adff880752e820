//! Whole sessions through an upgrade: what arrives is what was sent, however the records are cut.

use bytes::Bytes;
use postrider::smtp;
use postrider::wire::Security;
use postrider_testkit::Role;
use rustls::SupportedProtocolVersion;

use crate::append::Append;
use crate::certificates::{VERSIONS, client_end, server_end};
use crate::cut::{Cut, Cuts};
use crate::imap::Imap;
use crate::pop3::Pop3;
use crate::protocol::Protocol;
use crate::road::{BOTH, Ended, How, required, run, run_blocking, sockets};
use crate::smtp::Smtp;

/// Lines with dots at their beginnings, as many as make so many KiB.
pub(crate) fn letter(kib: usize) -> Bytes {
    let lines = (0..).flat_map(|line| format!(".line {line} of the letter\r\n").into_bytes());
    let mut letter: Vec<u8> = lines.take(kib * 1024).collect();
    letter.truncate(letter.iter().rposition(|octet| *octet == b'\n').unwrap() + 1);
    letter.into()
}

/// Both ends over one connection.
pub(crate) fn session<P: Protocol>(
    (client_how, server_how): (How, How),
    (client_cuts, server_cuts): (Cuts, Cuts),
    version: &'static SupportedProtocolVersion,
    letter: &Bytes,
) -> (Ended<P::Client>, Ended<P::Server>) {
    let (near, far) = sockets();
    let whole = letter.clone();
    let serving = std::thread::spawn(move || {
        let made = || P::server(required(), whole.clone());
        run(server_how, server_cuts, far, &server_end(), &whole, made)
    });
    let made = || P::client(required(), letter.clone());
    let client = run(client_how, client_cuts, near, &client_end(version), letter, made);
    (client, serving.join().unwrap())
}

/// Both ended in order, under TLS, and the letter arrived once and whole.
fn assert_whole<P: Protocol>(client: &Ended<P::Client>, server: &Ended<P::Server>, what: &str) {
    assert!(client.outcome.is_ok(), "{what}: {:?}", client.outcome);
    assert!(server.outcome.is_ok(), "{what}: {:?}", server.outcome);
    assert_eq!((client.tls.len(), server.tls.len()), (1, 1), "{what}");
    let (whole, ends): (bool, Vec<Role>) = if P::UPLOADS {
        (server.is_whole(), server.events.iter().map(P::server_role).collect())
    } else {
        (client.is_whole(), client.events.iter().map(P::client_role).collect())
    };
    assert!(whole, "{what}: {} and {} octets", client.payload, server.payload);
    let told: Vec<Role> = ends.into_iter().filter(|role| *role != Role::Other).collect();
    assert_eq!(told, [Role::Begin, Role::End], "{what}");
}

/// Every pair of drivers, both versions, cut at random on both sides.
fn all_pairs<P: Protocol>() {
    let letter = letter(256);
    for (seed, version) in (1..).zip(VERSIONS) {
        for client in BOTH {
            for server in BOTH {
                let cuts = (Cuts::Random(seed), Cuts::Random(seed + 7));
                let ends = session::<P>((client, server), cuts, version, &letter);
                let what = format!("{} {client:?} {server:?} {version:?}", P::NAME);
                assert_whole::<P>(&ends.0, &ends.1, &what);
            }
        }
    }
}

#[test]
fn smtp_carries_a_letter_through_starttls_by_all_drivers() {
    all_pairs::<Smtp>();
}

#[test]
fn pop3_carries_a_letter_through_stls_by_all_drivers() {
    all_pairs::<Pop3>();
}

#[test]
fn imap_carries_a_letter_through_starttls_by_all_drivers() {
    all_pairs::<Imap>();
    all_pairs::<Append>();
}

fn every_octet<P: Protocol>() {
    let letter = letter(24);
    for how in BOTH {
        for version in VERSIONS {
            let cuts = (Cuts::Octets, Cuts::Octets);
            let (client, server) = session::<P>((how, how), cuts, version, &letter);
            assert_whole::<P>(&client, &server, &format!("{} {how:?} {version:?}", P::NAME));
        }
    }
}

#[test]
fn records_cut_behind_every_octet_change_nothing() {
    every_octet::<Smtp>();
    every_octet::<Pop3>();
    every_octet::<Imap>();
    every_octet::<Append>();
}

fn cancelled<P: Protocol>() {
    let letter = letter(64);
    for seed in 1..=3 {
        let cuts = (Cuts::Random(seed), Cuts::Random(seed + 100));
        let how = (How::Hasty, How::Hasty);
        let (client, server) = session::<P>(how, cuts, VERSIONS[1], &letter);
        assert_whole::<P>(&client, &server, P::NAME);
        let patient = session::<P>((How::Tokio, How::Tokio), cuts, VERSIONS[1], &letter);
        assert_eq!(client.events, patient.0.events, "{}", P::NAME);
        assert_eq!(server.events, patient.1.events, "{}", P::NAME);
    }
}

#[test]
fn futures_dropped_anywhere_under_tls_lose_nothing() {
    cancelled::<Smtp>();
    cancelled::<Pop3>();
    cancelled::<Imap>();
    cancelled::<Append>();
}

/// TLS before the first octet: the handshake comes first, the machines are told.
fn implicit<P: Protocol>() {
    let letter = letter(256);
    let (near, far) = sockets();
    let whole = letter.clone();
    let never = |_, _| unreachable!("nobody upgrades TLS");
    let serving = std::thread::spawn(move || {
        let plain = postrider_net::blocking::MaybeTls::plain(Cut::new(far, Cuts::Random(3)));
        let (stream, info) =
            postrider_net::blocking::secure(&server_end(), plain, Bytes::new()).unwrap();
        let made = P::server(Security::Implicit(info), whole.clone());
        run_blocking(made, stream, never, &whole)
    });
    let client = crate::road::in_tokio(async {
        near.set_nonblocking(true).unwrap();
        let near = tokio::net::TcpStream::from_std(near).unwrap();
        let plain = postrider_net::tokio::MaybeTls::plain(near);
        let handshake = client_end(VERSIONS[1]);
        let (stream, info) =
            postrider_net::tokio::secure(&handshake, plain, Bytes::new()).await.unwrap();
        let made = P::client(Security::Implicit(info), letter.clone());
        let never = async |_, _| unreachable!("nobody upgrades TLS");
        crate::road::run_tokio(made, stream, never, &letter, false).await
    });
    let server = serving.join().unwrap();
    assert!(client.outcome.is_ok() && server.outcome.is_ok(), "{}", P::NAME);
    assert!(if P::UPLOADS { server.is_whole() } else { client.is_whole() }, "{}", P::NAME);
}

#[test]
fn tls_from_the_first_octet_carries_a_letter() {
    implicit::<Smtp>();
    implicit::<Pop3>();
    implicit::<Imap>();
    implicit::<Append>();
}

#[test]
fn an_smtp_client_says_ehlo_again_behind_the_upgrade() {
    // RFC 3207 §4.2: the client SHOULD send an EHLO command as the first command after TLS.
    let ends = session::<Smtp>(
        (How::Blocking, How::Tokio),
        (Cuts::None, Cuts::None),
        VERSIONS[1],
        &letter(1),
    );
    let ehlo = |event: &&smtp::server::Event| matches!(event, smtp::server::Event::Ehlo { .. });
    assert_eq!(ends.1.events.iter().filter(ehlo).count(), 2);
    assert!(matches!(
        ends.1.events[0..2],
        [smtp::server::Event::Ehlo { .. }, smtp::server::Event::Ehlo { .. }]
    ));
}
