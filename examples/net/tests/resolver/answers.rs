//! Answers out of a zone file.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use postrider::relay::dns::{FetchFault, MxRecord, Need, Outcome, PolicyFetch, SrvRecord, Told};
use postrider::relay::route::{Reach, Route, Router};
use postrider_net::resolver::Resolver;
use tempfile::TempDir;

use crate::world::{Kind, addresses, kinds, mx, name, of, resolver};

#[tokio::test]
async fn every_kind_of_record_is_told_as_the_zone_has_it() {
    let resolver = resolver(false).await;
    let mut answer = mx(&resolver, "b.example").await;
    let Outcome::Records(records) = &mut answer.outcome else { panic!("{answer:?}") };
    records.sort_by_key(|record| record.preference);
    assert_eq!(
        *records,
        [MxRecord::new(10, "mx1.b.example."), MxRecord::new(20, "mx2.c.example.")]
    );
    assert_eq!((answer.ttl, answer.secure, answer.canonical), (3600, false, None));

    let told = resolver.ask(&Need::Txt(name("_mta-sts.b.example"))).await;
    let Told::Txt(answer) = told else { panic!("{told:?}") };
    assert_eq!(answer.as_slice(), [b"v=STSv1; id=1;"], "strings are put together");
    assert_eq!(answer.ttl, 300);

    let told = resolver.ask(&Need::Srv(name("_imaps._tcp.b.example"))).await;
    let Told::Srv(answer) = told else { panic!("{told:?}") };
    assert_eq!(answer.as_slice(), [SrvRecord::new(5, 7, 993, "imap.b.example.")]);

    let told = resolver.ask(&Need::Tlsa(name("_25._tcp.mx1.b.example"))).await;
    let Told::Tlsa(answer) = told else { panic!("{told:?}") };
    let [record] = answer.as_slice() else { panic!("{answer:?}") };
    let digest = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
    assert_eq!(record.to_string(), format!("3 1 1 {digest}"));
}

#[tokio::test]
async fn both_families_are_one_answer_that_holds_as_long_as_the_shorter() {
    let resolver = resolver(false).await;
    let answer = addresses(&resolver, "mx1.b.example").await;
    let both: Vec<_> = answer.as_slice().iter().map(ToString::to_string).collect();
    assert_eq!(both, ["2001:db8::1", "192.0.2.1"]);
    assert_eq!(answer.ttl, 600);
    // Without the other family, this one.
    assert_eq!(addresses(&resolver, "mx2.c.example").await.as_slice().len(), 1);
}

#[tokio::test]
async fn a_name_that_is_not_there_is_not_one_without_such_records() {
    let resolver = resolver(false).await;
    assert_eq!(kinds(&resolver, "nowhere.b.example").await, [Kind::NoSuchDomain; 5]);
    assert_eq!(kinds(&resolver, "b.example.org").await, [Kind::NoSuchDomain; 5]);
    use Kind::{NoData, Records};
    assert_eq!(kinds(&resolver, "mx1.b.example").await, [NoData, Records, NoData, NoData, NoData]);
    assert_eq!(kinds(&resolver, "d.example").await, [Records, NoData, NoData, NoData, NoData]);
    // RFC 8020: there is something below it, so it is there.
    assert_eq!(kinds(&resolver, "_tcp.b.example").await, [NoData; 5]);
}

#[tokio::test]
async fn the_end_of_the_aliases_is_told() {
    let resolver = resolver(false).await;
    let answer = addresses(&resolver, "alias.b.example").await;
    assert_eq!(answer.as_slice().len(), 2);
    assert_eq!(answer.canonical, Some(name("mx1.b.example")));
    assert_eq!(answer.ttl, 30, "that of the shortest alias on the way");
    assert_eq!(addresses(&resolver, "mx1.b.example").await.canonical, None);
    assert_eq!(addresses(&resolver, "hanging.b.example").await.outcome, Outcome::NoSuchDomain);
}

#[tokio::test]
async fn the_null_mx_is_told_as_it_is() {
    let resolver = resolver(false).await;
    assert_eq!(mx(&resolver, "null.c.example").await.as_slice(), [MxRecord::new(0, ".")]);
}

#[tokio::test]
async fn answers_are_proved_where_the_zone_is_said_to_be() {
    for trusted in [false, true] {
        let resolver = resolver(trusted).await;
        assert_eq!(mx(&resolver, "b.example").await.secure, trusted);
        assert_eq!(addresses(&resolver, "alias.b.example").await.secure, trusted);
        assert_eq!(mx(&resolver, "nowhere.b.example").await.secure, trusted);
        assert_eq!(mx(&resolver, "mx1.b.example").await.secure, trusted);
    }
}

#[tokio::test]
async fn a_route_is_followed_to_its_end() {
    let resolver = resolver(true).await;
    let router = Router::new().with_reach(Reach::Any);
    let mut route = Route::new(&router, "b.example", [7; 32]);
    resolver.follow(&mut route).await;
    let plan = route.into_outcome().unwrap();
    let hosts: Vec<_> = plan.hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["mx1.b.example", "mx2.c.example"]);
    assert!(!plan.hosts[0].demand.allows_clear_text(), "it has TLSA records");
    assert!(plan.hosts[1].demand.allows_clear_text());
}

#[tokio::test]
async fn a_policy_comes_from_its_file_and_others_are_out_of_reach() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("policy");
    fs::write(&file, "version: STSv1\n").unwrap();
    let policies = BTreeMap::from([
        (name("b.example"), file),
        (name("c.example"), folder.path().join("none")),
    ]);
    let resolver = resolver(false).await.with_policies(policies);
    let of = async |domain| match resolver.ask(&Need::Policy(name(domain))).await {
        Told::Policy(fetch) => fetch,
        other => panic!("{other:?}"),
    };
    assert_eq!(of("b.example").await, PolicyFetch::body(*b"version: STSv1\n"));
    let unreachable = PolicyFetch::Failed(FetchFault::Unreachable);
    assert_eq!(of("c.example").await, unreachable);
    assert_eq!(of("d.example").await, unreachable);
}

#[tokio::test]
async fn a_file_that_is_no_zone_is_refused() {
    let folder = TempDir::new().unwrap();
    let missing = Resolver::of_zone(&folder.path().join("none"), false).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let file = folder.path().join("zone");
    fs::write(&file, "b.example. IN MX ten mx1\n").unwrap();
    let invalid = Resolver::of_zone(&file, false).await.unwrap_err();
    assert_eq!(invalid.kind(), ErrorKind::InvalidData);
    assert!(invalid.to_string().contains(file.to_str().unwrap()), "{invalid}");
}

#[tokio::test]
async fn an_answer_too_large_for_a_datagram_comes_over_tcp() {
    let mut zone = "$ORIGIN example.\n$TTL 60\n".to_owned();
    (0..100).for_each(|n| zone += &format!("many IN MX {n} host-number-{n}.of.a.big.farm\n"));
    let resolver = of(&zone, false).await;
    assert_eq!(mx(&resolver, "many.example").await.as_slice().len(), 100);
}
