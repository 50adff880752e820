//! A zone, and questions.

use std::fs;
use std::net::IpAddr;

use postrider::relay::DomainName;
use postrider::relay::dns::{Answer, MxRecord, Need, Outcome, Told};
use postrider_net::resolver::Resolver;
use tempfile::TempDir;

/// Several domains, one of them without `$ORIGIN`.
pub(crate) const ZONE: &str = r#"
$ORIGIN b.example.
$TTL 300
@               IN SOA ns hostmaster 1 3600 600 86400 60
@               IN NS  ns
@       3600    IN MX  10 mx1
@       3600    IN MX  20 mx2.c.example.
mx1     1200    IN A   192.0.2.1
mx1     600     IN AAAA 2001:db8::1
_mta-sts        IN TXT "v=STSv1; " "id=1;"
_imaps._tcp     IN SRV 5 7 993 imap
_25._tcp.mx1    IN TLSA 3 1 1 2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683
alias           IN CNAME middle
middle  30      IN CNAME mx1
hanging         IN CNAME nowhere.c.example.
$ORIGIN c.example.
mx2             IN A   192.0.2.2
null            IN MX  0 .
d.example.      IN MX  5 mx.d.example.
"#;

pub(crate) fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// A resolver of the zone above.
pub(crate) async fn resolver(trusted: bool) -> Resolver {
    of(ZONE, trusted).await
}

pub(crate) async fn of(zone: &str, trusted: bool) -> Resolver {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("zone");
    fs::write(&file, zone).unwrap();
    Resolver::of_zone(&file, trusted).await.unwrap()
}

pub(crate) async fn addresses(resolver: &Resolver, of: &str) -> Answer<IpAddr> {
    match resolver.ask(&Need::Addresses(name(of))).await {
        Told::Addresses(answer) => answer,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn mx(resolver: &Resolver, of: &str) -> Answer<MxRecord> {
    match resolver.ask(&Need::Mx(name(of))).await {
        Told::Mx(answer) => answer,
        other => panic!("{other:?}"),
    }
}

/// Every question about a name but that for a policy, and the kind of its answer.
pub(crate) async fn kinds(resolver: &Resolver, of: &str) -> Vec<Kind> {
    let of = name(of);
    let needs = [Need::Mx, Need::Addresses, Need::Tlsa, Need::Txt, Need::Srv];
    let mut kinds = Vec::new();
    for need in needs.map(|need| need(of.clone())) {
        kinds.push(match resolver.ask(&need).await {
            Told::Mx(answer) => kind(&answer),
            Told::Addresses(answer) => kind(&answer),
            Told::Tlsa(answer) => kind(&answer),
            Told::Txt(answer) => kind(&answer),
            Told::Srv(answer) => kind(&answer),
            other => panic!("{other:?}"),
        });
    }
    kinds
}

/// What an outcome is, whatever it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Records,
    NoData,
    NoSuchDomain,
    Failed,
}

fn kind<T>(answer: &Answer<T>) -> Kind {
    match answer.outcome {
        Outcome::Records(_) => Kind::Records,
        Outcome::NoData => Kind::NoData,
        Outcome::NoSuchDomain => Kind::NoSuchDomain,
        Outcome::Failed => Kind::Failed,
        _ => panic!("another outcome"),
    }
}
