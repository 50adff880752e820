//! A zone that is signed, and the proofs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::proto::dnssec::crypto::Ed25519SigningKey;
use hickory_resolver::proto::dnssec::rdata::DNSKEY;
use hickory_resolver::proto::dnssec::{DnssecSigner, SigningKey, TrustAnchors};
use hickory_resolver::proto::rr::rdata::{A, CNAME, MX, SOA};
use hickory_resolver::proto::rr::{LowerName, Name, RData, Record};
use hickory_server::Server;
use hickory_server::dnssec::NxProofKind;
use hickory_server::net::runtime::TokioRuntimeProvider;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use postrider::relay::dns::Outcome;
use postrider_net::resolver::Resolver;
use tokio::net::UdpSocket;

use crate::world::{addresses, mx};

fn key() -> Ed25519SigningKey {
    Ed25519SigningKey::from_pkcs8(&Ed25519SigningKey::generate_pkcs8().unwrap()).unwrap()
}

/// A resolver that trusts the key with which the root is signed, or another one.
async fn resolver(right_key: bool) -> Resolver {
    let (ours, other) = (key(), key());
    let mut anchors = TrustAnchors::empty();
    let trusted = if right_key { &ours } else { &other };
    anchors.insert(&trusted.to_public_key().unwrap());
    Resolver::validating(serve(ours).await, anchors).unwrap()
}

async fn serve(key: Ed25519SigningKey) -> SocketAddr {
    let mut zone = InMemoryZoneHandler::<TokioRuntimeProvider>::empty(
        Name::root(),
        ZoneType::Primary,
        AxfrPolicy::Deny,
        Some(NxProofKind::Nsec),
    );
    let name = |text| Name::from_ascii(text).unwrap();
    let soa = SOA::new(Name::root(), Name::root(), 1, 3600, 600, 86_400, 60);
    for (at, data) in [
        (".", RData::SOA(soa)),
        ("b.example.", RData::MX(MX::new(10, name("mx.b.example.")))),
        ("mx.b.example.", RData::A(A::new(192, 0, 2, 1))),
        ("alias.b.example.", RData::CNAME(CNAME(name("mx.b.example.")))),
    ] {
        zone.upsert_mut(Record::from_rdata(name(at), 60, data), 1);
    }
    let public = DNSKEY::from_key(&key.to_public_key().unwrap());
    let signer = DnssecSigner::new(public, Box::new(key), Name::root(), Duration::from_secs(3600));
    zone.add_zone_signing_key_mut(signer).unwrap();
    zone.secure_zone_mut().unwrap();
    let mut catalog = Catalog::new();
    catalog.upsert(LowerName::from(Name::root()), vec![Arc::new(zone)]);
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut server = Server::new(catalog);
    server.register_socket(socket);
    tokio::spawn(async move { server.block_until_done().await });
    address
}

#[tokio::test]
async fn what_is_signed_is_proved_and_so_is_what_is_not_there() {
    let resolver = resolver(true).await;
    // The second time it may come out of a memory.
    for time in ["first", "second"] {
        let answer = mx(&resolver, "b.example").await;
        assert_eq!((answer.as_slice().len(), answer.secure), (1, true), "the {time} time");
        let answer = mx(&resolver, "mx.b.example").await;
        assert_eq!((answer.outcome, answer.secure), (Outcome::NoData, true), "the {time} time");
        let answer = mx(&resolver, "nowhere.example").await;
        assert_eq!(
            (answer.outcome, answer.secure),
            (Outcome::NoSuchDomain, true),
            "the {time} time"
        );
        // For addresses both families, and every alias on the way.
        let answer = addresses(&resolver, "alias.b.example").await;
        assert_eq!((answer.as_slice().len(), answer.secure), (1, true), "the {time} time");
    }
}

#[tokio::test]
async fn what_is_signed_by_somebody_else_is_no_answer() {
    let resolver = resolver(false).await;
    assert_eq!(mx(&resolver, "b.example").await.outcome, Outcome::Failed);
    assert_eq!(mx(&resolver, "nowhere.example").await.outcome, Outcome::Failed);
    assert_eq!(addresses(&resolver, "alias.b.example").await.outcome, Outcome::Failed);
}
