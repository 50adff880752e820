//! What is demanded of a host: DANE, MTA-STS, REQUIRETLS.

use postrider_relay::dns::{Answer, FetchFault, Need, Outcome, PolicyFetch};
use postrider_relay::route::{LeftOut, NoRoute, Plan, Route, Router};
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::require_tls::TlsTag;
use postrider_relay::tls::sts::StsMemory;
use postrider_relay::tls::{CertificateCheck, Demand};

use crate::world::{World, at, mx, name};

const DOMAIN: &str = "x.example";
const NOW: i64 = 1_700_000_000;
const TLSA: &str = "_25._tcp.a.x.example";

fn route() -> Route {
    Route::new(&Router::new(), DOMAIN, [0; 32]).with_sts_memory(StsMemory::default(), NOW)
}

fn plan(world: &World) -> Result<Plan, NoRoute> {
    route().resolve(|need| world.ask(need))
}

/// One host, of which everything is proved by DNSSEC or nothing.
fn one_host(secure: bool) -> World {
    World::default()
        .with_mx(DOMAIN, mx(&[(10, "a.x.example.")]).with_secure(secure))
        .with_host("a.x.example", at(&["192.0.2.1"]).with_secure(secure))
}

fn tlsa(usage: u8) -> Answer<TlsaRecord> {
    Answer::records([TlsaRecord::new(usage, 1, 1, [7; 32])], 60).with_secure(true)
}

fn policy(mode: &str, patterns: &[&str]) -> String {
    let mx: String = patterns.iter().map(|pattern| format!("mx: {pattern}\r\n")).collect();
    format!("version: STSv1\r\nmode: {mode}\r\n{mx}max_age: 604800\r\n")
}

fn web_pki(host: &str) -> Demand {
    let plan =
        plan(&one_host(false).with_policy(DOMAIN, "1", &policy("enforce", &["a.x.example"])));
    match &plan.unwrap().hosts[0].demand {
        Demand::Authenticated(CertificateCheck::WebPki { name, .. }) if name.as_str() == host => {}
        other => panic!("{other:?}"),
    }
    let checked =
        Route::new(&Router::new(), DOMAIN, [0; 32]).with_sts_memory(StsMemory::default(), NOW);
    let world = one_host(false).with_policy(DOMAIN, "1", &policy("enforce", &["*.x.example"]));
    checked.resolve(|need| world.ask(need)).unwrap().hosts[0].demand.clone()
}

#[test]
fn without_a_policy_tls_is_opportunistic() {
    assert_eq!(plan(&one_host(false)).unwrap().hosts[0].demand, Demand::Opportunistic);
    assert_eq!(plan(&one_host(true)).unwrap().hosts[0].demand, Demand::Opportunistic);
}

/// RFC 7672 §2.2: "usable" records: authenticated TLS; none usable: TLS; no records: opportunistic.
#[test]
fn tlsa_records_demand_tls_and_those_that_can_be_used_a_certificate() {
    let usable = plan(&one_host(true).with_tlsa(TLSA, tlsa(3))).unwrap();
    let Demand::Authenticated(CertificateCheck::Dane { records, names, .. }) =
        &usable.hosts[0].demand
    else {
        panic!("{:?}", usable.hosts[0].demand);
    };
    assert_eq!(records, &[TlsaRecord::new(3, 1, 1, [7; 32])]);
    assert_eq!(names, &[name("a.x.example"), name(DOMAIN)]);
    let unusable = plan(&one_host(true).with_tlsa(TLSA, tlsa(1))).unwrap();
    assert_eq!(unusable.hosts[0].demand, Demand::Encrypted);
    assert!(!Demand::Encrypted.allows_clear_text());
}

/// RFC 7672 §2.1.1, §2.2.1: an insecure answer on the way, and there is no DANE.
#[test]
fn tlsa_records_count_only_where_every_answer_before_them_is_secure() {
    for (first, second) in [(false, true), (true, false), (false, false)] {
        let world = World::default()
            .with_mx(DOMAIN, mx(&[(10, "a.x.example.")]).with_secure(first))
            .with_host("a.x.example", at(&["192.0.2.1"]).with_secure(second))
            .with_tlsa(TLSA, tlsa(3));
        assert_eq!(plan(&world).unwrap().hosts[0].demand, Demand::Opportunistic);
        assert!(!world.asked.borrow().iter().any(|need| matches!(need, Need::Tlsa(_))));
    }
    let insecure = one_host(true).with_tlsa(TLSA, tlsa(3).with_secure(false));
    assert_eq!(plan(&insecure).unwrap().hosts[0].demand, Demand::Opportunistic);
}

/// RFC 7672 §2.1.2: an error is not a lack of records; the host must not be used.
#[test]
fn a_host_whose_tlsa_records_cannot_be_had_is_not_tried() {
    let world = World::default()
        .with_mx(DOMAIN, mx(&[(10, "a.x.example."), (20, "b.x.example")]).with_secure(true))
        .with_host("a.x.example", at(&["192.0.2.1"]).with_secure(true))
        .with_host("b.x.example", at(&["192.0.2.2"]).with_secure(true))
        .with_tlsa(TLSA, Answer::nothing(Outcome::Failed));
    let other = plan(&world).unwrap();
    assert_eq!(other.hosts[0].name, Some(name("b.x.example")));
    assert_eq!(other.left_out, [("a.x.example".to_owned(), LeftOut::TlsaFailed)]);
    let world = one_host(true).with_tlsa(TLSA, Answer::nothing(Outcome::Failed));
    assert_eq!(plan(&world), Err(NoRoute::LookupFailed));
}

/// RFC 7672 §2.2.2: the end of the aliases first, then the name itself.
#[test]
fn tlsa_records_are_looked_for_behind_the_alias_and_then_before_it() {
    let aliased = || {
        World::default().with_mx(DOMAIN, mx(&[(10, "a.x.example.")]).with_secure(true)).with_host(
            "a.x.example",
            at(&["192.0.2.1"]).with_secure(true).with_canonical(name("real.y.example")),
        )
    };
    let behind = aliased().with_tlsa("_25._tcp.real.y.example", tlsa(2)).with_tlsa(TLSA, tlsa(3));
    let found = plan(&behind).unwrap();
    let Demand::Authenticated(CertificateCheck::Dane { records, names, .. }) =
        &found.hosts[0].demand
    else {
        panic!("{:?}", found.hosts[0].demand);
    };
    assert_eq!(records[0].usage, 2);
    assert_eq!(names, &[name("real.y.example"), name("a.x.example"), name(DOMAIN)]);
    let before = plan(&aliased().with_tlsa(TLSA, tlsa(3))).unwrap();
    let Demand::Authenticated(CertificateCheck::Dane { records, .. }) = &before.hosts[0].demand
    else {
        panic!("{:?}", before.hosts[0].demand);
    };
    assert_eq!(records[0].usage, 3);
}

#[test]
fn the_port_is_part_of_the_name_of_tlsa_records() {
    let world = one_host(true).with_tlsa("_2525._tcp.a.x.example", tlsa(3));
    let plan = route().with_port(2525).resolve(|need| world.ask(need)).unwrap();
    assert!(matches!(plan.hosts[0].demand, Demand::Authenticated(_)));
}

/// RFC 8461 §4.1, §5: a host that is not in the policy is not used; the others must authenticate.
#[test]
fn an_enforced_policy_leaves_out_what_it_does_not_have() {
    assert_eq!(web_pki("a.x.example"), {
        let world = one_host(false).with_policy(DOMAIN, "1", &policy("enforce", &["a.x.example"]));
        plan(&world).unwrap().hosts[0].demand.clone()
    });
    let world = one_host(false).with_policy(DOMAIN, "1", &policy("enforce", &["*.y.example"]));
    let why = plan(&world).unwrap_err();
    assert_eq!((why, why.is_temporary()), (NoRoute::Policy, true));
}

#[test]
fn a_policy_in_testing_keeps_nothing_back_and_is_checked() {
    for patterns in [["a.x.example"], ["*.y.example"]] {
        let world = one_host(false).with_policy(DOMAIN, "1", &policy("testing", &patterns));
        let host = plan(&world).unwrap().hosts.remove(0);
        assert_eq!(host.demand, Demand::Opportunistic);
        assert!(matches!(host.testing, Some(CertificateCheck::WebPki { .. })));
    }
    let world = one_host(false).with_policy(DOMAIN, "1", &policy("none", &["a.x.example"]));
    let host = plan(&world).unwrap().hosts.remove(0);
    assert_eq!((host.demand, host.testing), (Demand::Opportunistic, None));
}

/// RFC 8461 §2: MTA-STS does not override DANE.
#[test]
fn dane_goes_before_mta_sts() {
    let world = one_host(true).with_tlsa(TLSA, tlsa(3)).with_policy(
        DOMAIN,
        "1",
        &policy("enforce", &["a.x.example"]),
    );
    let demand = plan(&world).unwrap().hosts.remove(0).demand;
    assert!(matches!(demand, Demand::Authenticated(CertificateCheck::Dane { .. })), "{demand:?}");
}

/// Records that cannot be used authenticate nobody: there is no DANE that MTA-STS would override.
#[test]
fn records_that_cannot_be_used_do_not_switch_a_policy_off() {
    let world = |patterns: &[&str], mode: &str| {
        let world = one_host(true).with_tlsa(TLSA, tlsa(1));
        plan(&world.with_policy(DOMAIN, "1", &policy(mode, patterns)))
    };
    assert_eq!(world(&["b.x.example"], "enforce"), Err(NoRoute::Policy));
    let demand = world(&["a.x.example"], "enforce").unwrap().hosts.remove(0).demand;
    assert!(matches!(demand, Demand::Authenticated(CertificateCheck::WebPki { .. })), "{demand:?}");
    let host = world(&["b.x.example"], "testing").unwrap().hosts.remove(0);
    assert_eq!(host.demand, Demand::Encrypted);
    assert!(host.testing.is_some());
}

/// RFC 8461 §3.3, §5.1: what was fetched is kept, and applies as long as it lives, whatever becomes of
/// the record and of the host of the policy.
#[test]
fn a_remembered_policy_outlives_its_record() {
    let world = one_host(false).with_policy(DOMAIN, "1", &policy("enforce", &["*.y.example"]));
    let mut first = route();
    while let Some(need) = first.needs().first().cloned() {
        first.tell(&need, world.ask(&need)).unwrap();
    }
    assert_eq!(first.outcome(), Some(Err(NoRoute::Policy)));
    let memory = first.sts_memory().clone();
    let again = |world: &World, now| {
        Route::new(&Router::new(), DOMAIN, [0; 32])
            .with_sts_memory(memory.clone(), now)
            .resolve(|need| world.ask(need))
    };
    // An attacker takes the record away: a week long that is of no use.
    assert_eq!(again(&one_host(false), NOW + 604_799), Err(NoRoute::Policy));
    assert!(again(&one_host(false), NOW + 604_801).is_ok());
    // The same identifier: nothing is fetched.
    let asked = one_host(false).with_policy(DOMAIN, "1", "");
    assert_eq!(again(&asked, NOW + 60), Err(NoRoute::Policy));
    assert!(!asked.asked.borrow().iter().any(|need| matches!(need, Need::Policy(_))));
    // Another, and the new policy applies; where it cannot be fetched, the old one.
    let new = one_host(false).with_policy(DOMAIN, "2", &policy("enforce", &["a.x.example"]));
    assert!(again(&new, NOW + 60).is_ok());
    let mut lost = one_host(false).with_policy(DOMAIN, "2", "");
    lost.policies.insert(DOMAIN.into(), PolicyFetch::Failed(FetchFault::Certificate));
    assert_eq!(again(&lost, NOW + 60), Err(NoRoute::Policy));
}

/// RFC 8461 §3.3: without a policy, "senders MUST continue with delivery as though the domain has not
/// implemented MTA-STS".
#[test]
fn a_policy_that_cannot_be_fetched_is_none_and_is_told() {
    let mut world = one_host(false).with_policy(DOMAIN, "1", "");
    for fetch in [
        PolicyFetch::Failed(FetchFault::Unreachable),
        PolicyFetch::Failed(FetchFault::Status(301)),
        PolicyFetch::body("version: STSv2\n"),
    ] {
        world.policies.insert(DOMAIN.into(), fetch);
        let mut route = route();
        while let Some(need) = route.needs().first().cloned() {
            route.tell(&need, world.ask(&need)).unwrap();
        }
        assert!(route.sts_fault().is_some());
        assert_eq!(route.into_outcome().unwrap().hosts[0].demand, Demand::Opportunistic);
    }
}

/// RFC 8689 §4.2.1, steps 2 and 4.
#[test]
fn a_mail_that_requires_tls_goes_to_hosts_that_can_prove_who_they_are() {
    let required =
        |world: &World| route().with_tag(TlsTag::Required).resolve(|need| world.ask(need));
    // Neither DNSSEC nor MTA-STS vouches for the name.
    let why = required(&one_host(false)).unwrap_err();
    assert_eq!((why, why.status().to_string()), (NoRoute::RequireTls, "5.7.10".into()));
    let proved = required(&one_host(true)).unwrap().hosts.remove(0).demand;
    assert!(matches!(proved, Demand::Authenticated(CertificateCheck::WebPki { .. })), "{proved:?}");
    let dane = required(&one_host(true).with_tlsa(TLSA, tlsa(3))).unwrap().hosts.remove(0).demand;
    assert!(matches!(dane, Demand::Authenticated(CertificateCheck::Dane { .. })), "{dane:?}");
    let unusable =
        required(&one_host(true).with_tlsa(TLSA, tlsa(0))).unwrap().hosts.remove(0).demand;
    assert!(
        matches!(unusable, Demand::Authenticated(CertificateCheck::WebPki { .. })),
        "{unusable:?}"
    );
    for mode in ["enforce", "testing"] {
        let world = one_host(false).with_policy(DOMAIN, "1", &policy(mode, &["a.x.example"]));
        let demand = required(&world).unwrap().hosts.remove(0).demand;
        assert!(matches!(demand, Demand::Authenticated(_)), "{mode}: {demand:?}");
        let world = one_host(false).with_policy(DOMAIN, "1", &policy(mode, &["b.x.example"]));
        assert!(required(&world).is_err(), "{mode}");
    }
    let literal = Route::new(&Router::new(), "[192.0.2.1]", [0; 32]).with_tag(TlsTag::Required);
    assert_eq!(literal.outcome(), Some(Err(NoRoute::RequireTls)));
}

/// RFC 8689 §4.2.2.
#[test]
fn a_mail_for_which_tls_is_optional_is_kept_from_no_host() {
    let world = one_host(true).with_tlsa(TLSA, Answer::nothing(Outcome::Failed)).with_policy(
        DOMAIN,
        "1",
        &policy("enforce", &["b.x.example"]),
    );
    let plan = route().with_tag(TlsTag::NotRequired).resolve(|need| world.ask(need)).unwrap();
    assert_eq!(plan.hosts[0].demand, Demand::Opportunistic);
}

#[test]
fn what_is_switched_off_is_not_asked() {
    let world = one_host(true).with_tlsa(TLSA, tlsa(3)).with_policy(
        DOMAIN,
        "1",
        &policy("enforce", &["b.x.example"]),
    );
    let router = Router::new().with_dane(false).with_sts(false);
    let route = Route::new(&router, DOMAIN, [0; 32]).with_sts_memory(StsMemory::default(), NOW);
    assert!(route.resolve(|need| world.ask(need)).is_ok());
    assert_eq!(world.asked.borrow().len(), 2);
    // Without a memory, too, MTA-STS is left alone.
    let plain = Route::new(&Router::new().with_dane(false), DOMAIN, [0; 32]);
    assert_eq!(plain.needs().len(), 1);
}
