//! The order of hosts, and what is left out of it.

use std::collections::BTreeMap;

use postrider_relay::dns::{Answer, MxRecord, Outcome};
use postrider_relay::route::{LeftOut, NoRoute, Plan, Route, RouteLimits, Router};
use proptest::prelude::*;

use crate::world::{World, at, mx, name};

const DOMAIN: &str = "x.example";

fn names(plan: &Plan) -> Vec<String> {
    plan.hosts.iter().map(ToString::to_string).collect()
}

fn route(world: &World, seed: [u8; 32]) -> Result<Plan, NoRoute> {
    Route::new(&Router::new(), DOMAIN, seed).resolve(|need| world.ask(need))
}

#[test]
fn hosts_of_equal_preference_come_in_every_order_and_groups_stay_apart() {
    let world = World::default()
        .with_mx(DOMAIN, mx(&[(10, "a."), (10, "b."), (10, "c."), (20, "d.")]))
        .with_hosts(&["a", "b", "c", "d"]);
    let mut orders = BTreeMap::new();
    for n in 0..=255u8 {
        let plan = route(&world, [n; 32]).unwrap();
        assert_eq!(plan.hosts.last().map(|host| host.preference), Some(20));
        *orders.entry(names(&plan).join(" ")).or_insert(0) += 1;
    }
    assert_eq!(orders.len(), 6, "{orders:?}");
    assert!(orders.keys().all(|order| order.ends_with(" d")), "{orders:?}");
    assert!(orders.values().all(|&times| times > 15), "{orders:?}");
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let hosts: Vec<_> = (0..12).map(|n| format!("h{n}")).collect();
    let hosts: Vec<_> = hosts.iter().map(String::as_str).collect();
    let records: Vec<_> = hosts.iter().map(|host| (1, *host)).collect();
    let world = World::default().with_mx(DOMAIN, mx(&records)).with_hosts(&hosts);
    assert_eq!(route(&world, [3; 32]), route(&world, [3; 32]));
    let mut seed = [3; 32];
    seed[31] = 4;
    assert_ne!(route(&world, [3; 32]), route(&world, seed));
}

#[test]
fn a_host_named_twice_is_tried_once_where_it_is_best() {
    let world = World::default()
        .with_mx(DOMAIN, mx(&[(20, "a."), (10, "A"), (30, "b.")]))
        .with_hosts(&["a", "b"]);
    let plan = route(&world, [0; 32]).unwrap();
    assert_eq!(names(&plan), ["a", "b"]);
    assert_eq!(plan.hosts[0].preference, 10);
}

#[test]
fn a_name_with_u_labels_is_looked_up_by_its_a_labels() {
    let world = World::default()
        .with_mx("xn--bcher-kva.example", mx(&[(10, "mx.b\u{fc}cher.example")]))
        .with_hosts(&["mx.xn--bcher-kva.example"]);
    let plan = Route::new(&Router::new(), "B\u{fc}cher.Example", [0; 32])
        .resolve(|need| world.ask(need))
        .unwrap();
    assert_eq!(plan.hosts[0].name, Some(name("mx.xn--bcher-kva.example")));
}

#[test]
fn what_is_no_name_has_no_route_and_nothing_is_asked() {
    let long = "a".repeat(64);
    let longer = "abcdefg.".repeat(40);
    for domain in [
        "",
        ".",
        "a..b",
        "192.0.2.1",
        "a b",
        "a@b",
        "[",
        "[192.0.2.256]",
        "[IPv6:::g]",
        "-\u{0}",
        &long,
        &longer,
    ] {
        let route = Route::new(&Router::new(), domain, [0; 32]);
        assert!(route.needs().is_empty(), "{domain:?}");
        assert_eq!(route.outcome(), Some(Err(NoRoute::NoName)), "{domain:?}");
    }
}

#[test]
fn this_host_is_known_by_its_address_too_and_cuts_off_what_is_no_better() {
    let world = World::default()
        .with_mx(DOMAIN, mx(&[(10, "a."), (20, "alias."), (20, "b."), (30, "c.")]))
        .with_hosts(&["a", "b", "c"])
        .with_host("alias", at(&["203.0.113.9"]));
    let router = Router::new().with_own_address("::ffff:203.0.113.9".parse().unwrap());
    let plan = Route::new(&router, DOMAIN, [0; 32]).resolve(|need| world.ask(need)).unwrap();
    assert_eq!(names(&plan), ["a"]);
    let mut cut: Vec<_> = plan.left_out.iter().map(|(host, why)| (host.as_str(), *why)).collect();
    cut.sort_by_key(|(host, _)| host.to_owned());
    let why = LeftOut::NotNearer;
    assert_eq!(cut, [("alias", why), ("b", why), ("c", why)]);

    let router = Router::new().with_own_address("192.0.2.1".parse().unwrap());
    let outcome = Route::new(&router, DOMAIN, [0; 32]).resolve(|need| world.ask(need));
    assert_eq!(outcome, Err(NoRoute::LoopsBack));
    let literal = Route::new(&router, "[192.0.2.1]", [0; 32]);
    assert_eq!(literal.outcome(), Some(Err(NoRoute::LoopsBack)));
}

#[test]
fn one_host_that_cannot_be_looked_up_is_left_out_and_all_of_them_are_a_reason_to_wait() {
    let lost = || Answer::nothing(Outcome::Failed);
    let both = World::default().with_mx(DOMAIN, mx(&[(10, "a."), (20, "b.")]));
    let one = both.with_host("a", lost()).with_hosts(&["b"]);
    let plan = route(&one, [0; 32]).unwrap();
    assert_eq!(names(&plan), ["b"]);
    assert_eq!(plan.left_out, [("a".to_owned(), LeftOut::LookupFailed)]);
    // b is not there, and nobody knows of a: not for good.
    let none = one.with_host("b", Answer::nothing(Outcome::NoSuchDomain));
    let why = route(&none, [0; 32]).unwrap_err();
    assert_eq!((why, why.is_temporary()), (NoRoute::LookupFailed, true));
}

#[test]
fn a_host_that_was_given_is_its_own_goal() {
    let world = World::default()
        .with_mx("smart.example", mx(&[(10, "elsewhere.example")]))
        .with_host("smart.example", at(&["192.0.2.7"]));
    let route = Route::to_host(&Router::new(), "Smart.Example.", [0; 32]).unwrap().with_port(587);
    let plan = route.resolve(|need| world.ask(need)).unwrap();
    assert_eq!(names(&plan), ["smart.example"]);
    assert_eq!(plan.hosts[0].sockets().next(), Some("192.0.2.7:587".parse().unwrap()));
    assert_eq!(world.asked.borrow().len(), 1);
    assert!(Route::to_host(&Router::new(), "a b", [0; 32]).is_err());
}

#[test]
fn the_plan_holds_as_long_as_its_shortest_answer() {
    let world = World::default()
        .with_mx(DOMAIN, mx(&[(10, "a."), (20, "b.")]).with_ttl(600))
        .with_host("a", at(&["192.0.2.1"]).with_ttl(60))
        .with_host("b", at(&["192.0.2.2"]).with_ttl(7200));
    assert_eq!(route(&world, [0; 32]).unwrap().ttl, 60);
}

#[test]
fn records_beyond_the_limit_are_not_looked_at() {
    let records: Vec<_> = (0..2000).map(|n| MxRecord::new(n, format!("h{n}."))).collect();
    let world = World::default().with_mx(DOMAIN, Answer::records(records, 1)).with_hosts(&["h5"]);
    let limits = RouteLimits::default().with_records(10).with_hosts(6);
    let router = Router::new().with_limits(limits);
    let plan = Route::new(&router, DOMAIN, [0; 32]).resolve(|need| world.ask(need)).unwrap();
    assert_eq!(names(&plan), ["h5"]);
    assert_eq!(world.asked.borrow().len(), 7);
    assert_eq!(plan.left_out.len(), 9);
}

proptest! {
    #[test]
    fn every_plan_is_ordered_bounded_and_without_this_host(
        records in prop::collection::vec((0u16..6, 0usize..12), 0..40),
        own in 0usize..16,
        seed: [u8; 32],
    ) {
        let hosts: Vec<_> = (0..12).map(|n| format!("h{n}.example")).collect();
        let all: Vec<_> = hosts.iter().map(String::as_str).collect();
        let records: Vec<_> = records.iter().map(|(n, host)| (*n, all[*host])).collect();
        let world = World::default().with_mx(DOMAIN, mx(&records)).with_hosts(&all).with_host(DOMAIN, at(&["192.0.2.77"]));
        let own = format!("h{own}.example");
        let router = Router::new().with_own_name(&own).unwrap();
        let ours = records.iter().filter(|(_, host)| *host == own).map(|(n, _)| *n).min();
        match Route::new(&router, DOMAIN, seed).resolve(|need| world.ask(need)) {
            Ok(plan) => {
                prop_assert!(plan.hosts.is_sorted_by_key(|host| host.preference));
                prop_assert!(plan.hosts.iter().all(|host| ours.is_none_or(|best| host.preference < best)));
                let names = names(&plan);
                let once: std::collections::BTreeSet<_> = names.iter().collect();
                prop_assert_eq!(once.len(), names.len());
                // Every host that is nearer is there, at its best preference.
                for (n, host) in &records {
                    if ours.is_none_or(|best| *n < best) {
                        let there = plan.hosts.iter().find(|one| one.to_string() == *host);
                        prop_assert!(there.is_some_and(|one| one.preference <= *n));
                    }
                }
            }
            Err(why) => {
                prop_assert_eq!(why, NoRoute::LoopsBack);
                let best = records.iter().map(|(n, _)| *n).min();
                prop_assert_eq!(best, ours);
            }
        }
    }
}
