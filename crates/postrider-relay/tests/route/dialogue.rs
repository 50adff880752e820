//! The dialogue itself: answers in any order, of any kind.

use postrider_relay::dns::{Answer, Need, NotAsked, Outcome, Told};
use postrider_relay::route::{NoRoute, Plan, Route, Router};
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::sts::StsMemory;
use proptest::prelude::*;

use crate::world::{World, at, mx, name};

const DOMAIN: &str = "x.example";
const NOW: i64 = 1_700_000_000;

fn world() -> World {
    let policy = "version: STSv1\nmode: enforce\nmx: *.x.example\nmax_age: 604800\n";
    let tlsa = TlsaRecord::new(3, 1, 1, [7; 32]);
    World::default()
        .with_mx(
            DOMAIN,
            mx(&[(10, "a.x.example."), (20, "b.x.example."), (20, "c.y.example.")])
                .with_secure(true),
        )
        .with_host(
            "a.x.example",
            at(&["192.0.2.1"]).with_secure(true).with_canonical(name("a.z.example")),
        )
        .with_host("b.x.example", at(&["192.0.2.2", "2001:db8::2"]))
        .with_host("c.y.example", at(&["192.0.2.3"]))
        .with_tlsa("_25._tcp.a.x.example", Answer::records([tlsa], 60).with_secure(true))
        .with_policy(DOMAIN, "1", policy)
}

fn begin() -> Route {
    Route::new(&Router::new(), DOMAIN, [5; 32]).with_sts_memory(StsMemory::default(), NOW)
}

/// Answers what is needed in an order that `pick` decides.
fn in_order(world: &World, mut pick: impl FnMut(usize) -> usize) -> Result<Plan, NoRoute> {
    let mut route = begin();
    while !route.needs().is_empty() {
        let need = route.needs()[pick(route.needs().len())].clone();
        assert!(route.outcome().is_none());
        route.tell(&need, world.ask(&need)).unwrap();
    }
    route.into_outcome()
}

#[test]
fn what_can_be_asked_at_once_is_asked_at_once() {
    let world = world();
    let mut route = begin();
    let mut rounds = Vec::new();
    while !route.needs().is_empty() {
        let round = route.needs().to_vec();
        for need in &round {
            route.tell(need, world.ask(need)).unwrap();
        }
        rounds.push(round.len());
    }
    // MX and the record of MTA-STS; three hosts and the policy; TLSA of the alias; of the name itself.
    assert_eq!(rounds, [2, 4, 1, 1]);
    let plan = route.into_outcome().unwrap();
    assert_eq!(plan.hosts.len(), 2, "{plan:?}");
    assert_eq!(plan.ttl, 60);
}

#[test]
fn an_answer_that_was_not_asked_for_changes_nothing() {
    let world = world();
    let mut route = begin();
    let before = format!("{route:?}");
    let (question, wrong) = (Need::Mx(name("other.example")), Need::Mx(name(DOMAIN)));
    assert_eq!(route.tell(&question, world.ask(&question)), Err(NotAsked::Question));
    let told = Told::Txt(Answer::nothing(Outcome::NoData));
    assert_eq!(route.tell(&wrong, told), Err(NotAsked::Kind));
    assert_eq!(format!("{route:?}"), before);
    route.tell(&wrong, world.ask(&wrong)).unwrap();
    assert_eq!(route.tell(&wrong, world.ask(&wrong)), Err(NotAsked::Question));
}

#[test]
fn without_mx_records_that_can_be_used_nothing_else_is_asked() {
    for outcome in [Outcome::NoSuchDomain, Outcome::Failed] {
        let mut route = begin();
        let need = Need::Mx(name(DOMAIN));
        route.tell(&need, Told::Mx(Answer::nothing(outcome))).unwrap();
        assert!(route.needs().is_empty());
        assert!(route.outcome().is_some_and(|outcome| outcome.is_err()));
    }
}

#[test]
fn a_resolver_that_answers_nonsense_is_one_that_does_not_answer() {
    let nonsense = |_: &Need| Told::Txt(Answer::records([b"x".to_vec()], 1));
    assert_eq!(begin().resolve(nonsense), Err(NoRoute::LookupFailed));
}

proptest! {
    #[test]
    fn the_order_of_the_answers_changes_nothing(picks in prop::collection::vec(0usize..8, 16)) {
        let world = world();
        let first = in_order(&world, |_| 0);
        let mut picks = picks.into_iter().cycle();
        let other = in_order(&world, |many| picks.next().unwrap() % many);
        prop_assert_eq!(first, other);
    }
}
