//! What both ends know of their layer: version, suite, names, channel bindings.

use std::io::{Read, Write};
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use postrider::drive::{Next, blocking::Driver};
use postrider::wire::{Machine, TlsInfo};
use postrider_net::blocking::{MaybeTls, secure};
use postrider_net::{Handshake, end_point};
use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use rustls::pki_types::ServerName;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use sha2::{Digest, Sha256, Sha384};

use crate::certificates::{
    Authority, Identity, NAME, VERSIONS, WORLD, client_end, client_of, server_end, server_showing,
};
use crate::cut::Cuts;
use crate::peers::{hello, line, until};
use crate::protocol::Protocol;
use crate::road::{How, in_tokio, required, sockets};
use crate::sessions::{letter, session};
use crate::smtp::Smtp;

/// What client and server know after a handshake with nothing around it.
fn shake(client: &Handshake, server: Handshake) -> (TlsInfo, TlsInfo) {
    let (near, far) = sockets();
    let serving = std::thread::spawn(move || {
        // The stream lives until the client has read the last of the handshake.
        let (mut stream, info) = secure(&server, MaybeTls::plain(far), Bytes::new()).unwrap();
        let _ = stream.read(&mut [0]);
        info
    });
    let (stream, client) = secure(client, MaybeTls::plain(near), Bytes::new()).unwrap();
    drop(stream);
    (client, serving.join().unwrap())
}

#[test]
fn both_ends_of_every_session_know_the_same_layer() {
    let hash = Sha256::digest(&WORLD.server.certificate);
    for (version, name, suite) in [
        (&TLS12, "TLS1.2", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        (&TLS13, "TLS1.3", "TLS_AES_256_GCM_SHA384"),
    ] {
        for how in [(How::Blocking, How::Tokio), (How::Tokio, How::Blocking)] {
            let cuts = (Cuts::Random(1), Cuts::Random(2));
            let (client, server) = session::<Smtp>(how, cuts, version, &letter(1));
            let (client, server) = (&client.tls[0], &server.tls[0]);
            for end in [client, server] {
                assert_eq!(end.version.as_deref(), Some(name));
                assert_eq!(end.cipher.as_deref(), Some(suite));
                assert_eq!(end.server_name.as_deref(), Some(NAME));
                assert_eq!(end.server_end_point.as_deref(), Some(&hash[..]));
                assert!(end.exporter.is_some());
            }
            assert!(client.exporter == server.exporter, "the same secret on both sides");
            assert_eq!(client.peer.as_deref(), Some(NAME));
            assert_eq!(server.peer, None, "the client showed no certificate");
        }
    }
}

#[test]
fn two_sessions_export_different_material() {
    let (one, _) = shake(&client_end(VERSIONS[1]), server_end());
    let (other, _) = shake(&client_end(VERSIONS[1]), server_end());
    assert!(one.exporter.is_some() && one.exporter != other.exporter);
}

/// RFC 9266 §3: not under TLS 1.2 without the extended master secret.
#[test]
fn nothing_is_exported_where_tls_1_2_may_lack_the_extended_master_secret() {
    let lax = |version: &'static SupportedProtocolVersion| {
        let mut config = client_of(WORLD.authority.roots(), &[version]);
        config.require_ems = false;
        Handshake::client(Arc::new(config), NAME.try_into().unwrap())
    };
    assert!(shake(&lax(&TLS12), server_end()).0.exporter.is_none());
    assert!(shake(&lax(&TLS13), server_end()).0.exporter.is_some());
}

/// RFC 5929 §4.1: the hash is that of the certificate's signature.
#[test]
fn the_end_point_is_hashed_as_the_certificate_is_signed() {
    let sha384 = Authority::with_key(KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
    let certificate = sha384.sign(&[NAME], NAME).certificate;
    assert_eq!(end_point(&certificate).as_deref(), Some(&Sha384::digest(&certificate)[..]));
    // Ed25519 has no hash of its own that could be told: undefined.
    let ed25519 = Authority::with_key(KeyPair::generate_for(&PKCS_ED25519).unwrap());
    assert_eq!(end_point(&ed25519.sign(&[NAME], NAME).certificate), None);
    assert_eq!(end_point(&b"\x30\x03no certificate"[..].into()), None);
}

#[test]
fn a_server_that_does_not_say_what_it_shows_knows_no_end_point() {
    let config =
        postrider_net::server_config(vec![WORLD.server.certificate.clone()], WORLD.server.key());
    let (client, server) =
        shake(&client_end(VERSIONS[1]), Handshake::server(Arc::new(config.unwrap())));
    assert!(client.server_end_point.is_some() && server.server_end_point.is_none());
}

#[test]
fn an_address_is_no_server_name_but_a_peer() {
    // RFC 6066 §3: literal addresses are not permitted in the extension.
    let shown = WORLD.authority.sign(&["192.0.2.1"], "address");
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let config = client_of(WORLD.authority.roots(), &VERSIONS);
    let end = Handshake::client(Arc::new(config), ServerName::from(address));
    let (client, server) = shake(&end, server_showing(&shown));
    assert_eq!((client.server_name.as_deref(), server.server_name.as_deref()), (None, None));
    assert_eq!(client.peer.as_deref(), Some("192.0.2.1"));
}

/// Both ends show certificates.
fn mutual(shown: &Identity) -> (TlsInfo, TlsInfo) {
    let provider = || Arc::new(rustls::crypto::ring::default_provider());
    let roots: Arc<RootCertStore> = Arc::new(WORLD.authority.roots());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build().unwrap();
    let chain = vec![WORLD.server.certificate.clone()];
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, WORLD.server.key())
        .unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(WORLD.authority.roots())
        .with_client_auth_cert(vec![shown.certificate.clone()], shown.key())
        .unwrap();
    let client = Handshake::client(Arc::new(client), NAME.try_into().unwrap());
    shake(&client, Handshake::server(Arc::new(server)))
}

#[test]
fn a_server_knows_the_client_by_its_certificate() {
    let by_host = WORLD.authority.sign(&["mx.a.example"], "relay");
    assert_eq!(mutual(&by_host).1.peer.as_deref(), Some("mx.a.example"));
    // rcgen takes a name with an at sign for a host name or refuses it; the subject serves too.
    let by_subject = WORLD.authority.sign(&[], "alice");
    assert_eq!(mutual(&by_subject).1.peer.as_deref(), Some("CN=alice"));
}

/// A driver of another kind may have read some of the handshake before the machine asked for it.
#[test]
fn what_was_read_ahead_goes_to_the_engine_first() {
    for most in [1, 5, 64, 4096] {
        let (mut near, far) = sockets();
        let serving = std::thread::spawn(move || {
            let (server, mut embedder) = Smtp::server(required(), Bytes::new());
            let mut driver = Driver::new(server, MaybeTls::plain(far));
            let end = server_end();
            loop {
                match driver.next().unwrap() {
                    Next::Event(event) => embedder.on_event(driver.machine(), &event),
                    Next::App => {}
                    Next::Closed => return,
                    Next::StartTls(token) => {
                        let (server, mut inbox, mut plain) = driver.into_parts();
                        let mut early = vec![0; most];
                        let n = plain.read(&mut early).unwrap();
                        let kept = inbox.extend(&early[..n]);
                        assert_eq!(kept, n, "the inbox takes what was read");
                        driver = Driver::resume(server, inbox, plain);
                        driver = driver
                            .upgrade(token, |plain, ahead| {
                                assert_eq!(ahead, early[..n]);
                                secure(&end, plain, ahead)
                            })
                            .unwrap();
                    }
                }
            }
        });
        hello::<Smtp>(&mut near);
        near.write_all(Smtp::UPGRADE.as_bytes()).unwrap();
        until(&mut near, Smtp::GO_AHEAD);
        let plain = MaybeTls::plain(near);
        let (mut stream, _) = secure(&client_end(VERSIONS[1]), plain, Bytes::new()).unwrap();
        stream.write_all(b"QUIT\r\n").unwrap();
        assert!(line(&mut stream).starts_with("221 "), "{most} octets ahead");
        drop(stream);
        serving.join().unwrap();
    }
}

#[test]
fn what_was_read_ahead_goes_to_the_engine_first_in_tokio() {
    let (near, mut far) = sockets();
    let shaking = std::thread::spawn(move || {
        secure(&client_end(VERSIONS[1]), MaybeTls::plain(near), Bytes::new()).map(|(_, info)| info)
    });
    let mut early = vec![0; 100];
    far.read_exact(&mut early).unwrap();
    let info = in_tokio(async {
        far.set_nonblocking(true).unwrap();
        let far = tokio::net::TcpStream::from_std(far).unwrap();
        let plain = postrider_net::tokio::MaybeTls::plain(far);
        let (_stream, info) =
            postrider_net::tokio::secure(&server_end(), plain, early.into()).await.unwrap();
        info
    });
    assert!(shaking.join().unwrap().unwrap().exporter == info.exporter);
}

/// The machine keeps what it was told, for the `Received` field and for SASL.
#[test]
fn the_machine_knows_what_the_handshake_told() {
    let (near, far) = sockets();
    let (server, mut embedder) = Smtp::server(required(), Bytes::new());
    let asking = std::thread::spawn(move || {
        let mut near = near;
        hello::<Smtp>(&mut near);
        near.write_all(Smtp::UPGRADE.as_bytes()).unwrap();
        until(&mut near, Smtp::GO_AHEAD);
        let plain = MaybeTls::plain(near);
        let (stream, info) = secure(&client_end(VERSIONS[1]), plain, Bytes::new()).unwrap();
        drop(stream);
        info
    });
    let end = server_end();
    let mut driver = Driver::new(server, MaybeTls::plain(far));
    loop {
        match driver.next().unwrap() {
            Next::Event(event) => embedder.on_event(driver.machine(), &event),
            Next::StartTls(token) => {
                driver = driver.upgrade(token, |plain, ahead| secure(&end, plain, ahead)).unwrap();
                break;
            }
            next => assert_eq!(next, Next::App),
        }
    }
    let known = driver.machine().tls().cloned().expect("TLS stands");
    assert!(known.exporter == asking.join().unwrap().exporter);
    assert_eq!(known.server_name.as_deref(), Some(NAME));
    driver.machine().shutdown();
}
