//! The MX test data, case by case.

use postrider_relay::mx::{Answer, Host, NoRoute, Record, Router, address_literal};
use postrider_testkit::read_shared;
use proptest::prelude::*;
use serde_json::Value;

fn names(hosts: &[Host]) -> Vec<&str> {
    hosts.iter().map(Host::name).collect()
}

fn answer(case: &Value) -> Answer {
    let records = match &case["mx"] {
        Value::String(text) if text == "NXDOMAIN" => return Answer::NoSuchDomain,
        Value::String(text) if text == "SERVFAIL" => return Answer::Failed,
        Value::Array(records) => records,
        _ => match &case["mx_of_y"] {
            // The domain is an alias; the resolver followed it.
            Value::Array(records) => records,
            _ => return Answer::NoRecords,
        },
    };
    let record = |record: &Value| {
        let preference = u16::try_from(record[0].as_u64().unwrap()).unwrap();
        Record::new(preference, record[1].as_str().unwrap())
    };
    Answer::Records(records.iter().map(record).collect())
}

/// What the words of the data mean, where they speak of what this crate decides.
fn expected(name: &str) -> Option<Result<&'static [&'static str], NoRoute>> {
    Some(match name {
        "order by preference" => Ok(&["a", "b"]),
        "null MX" | "null MX with other preference" => Err(NoRoute::NullMx),
        "null MX plus others is malformed" => Ok(&["a"]),
        "no MX, A present" | "no MX, AAAA only" => Ok(&["domain.example"]),
        "NXDOMAIN" => Err(NoRoute::NoSuchDomain),
        "SERVFAIL/timeout on MX" => Err(NoRoute::LookupFailed),
        "MX target is CNAME" => Ok(&["c"]),
        "self in list" | "domain is CNAME" => Ok(&["a"]),
        "self at best preference" | "trailing dot and case" => Err(NoRoute::LoopsBack),
        "MX target is IP text" => Err(NoRoute::NoHost),
        "multi address host" => Ok(&["a"]),
        // Addresses are looked up behind this decision: the list is what it is, and never implicit.
        "MX present but all targets without address" => Ok(&["a"]),
        "loopback/private target from public MX" => Ok(&["a"]),
        _ => return None,
    })
}

#[test]
fn every_case_of_the_shared_data_is_decided_as_it_says() {
    let Some(octets) = read_shared("vectors/smtp/mx.json") else {
        eprintln!("skipped: no vectors/smtp/mx.json");
        return;
    };
    let cases: Vec<Value> = serde_json::from_slice(&octets).unwrap();
    let mut undecided = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let router = Router::new().with_own_name(case["local"].as_str().unwrap_or("us.example"));
        let Some(expected) = expected(name) else {
            undecided.push(name);
            continue;
        };
        let route = router.route("domain.example", &answer(case), [1; 32]);
        let got = route.as_ref().map(|hosts| names(hosts)).map_err(|error| *error);
        assert_eq!(got, expected.map(<[_]>::to_vec), "{name}");
        if let (Err(error), Some(text)) = (&route, case["expect"].as_str()) {
            let says = text.contains(&error.status().to_string());
            assert!(says || !text.contains(char::is_numeric), "{name}: {text}");
            assert_eq!(error.is_temporary(), text.starts_with("temporary"), "{name}");
        }
    }
    // These have tests of their own.
    let rest = [
        "equal preference are shuffled",
        "address literal",
        "IPv6 literal",
        "too many MX / addresses",
    ];
    assert_eq!(undecided, rest);
}

#[test]
fn hosts_of_equal_preference_come_in_every_order_and_groups_stay_apart() {
    let records = [(10, "a."), (10, "b."), (10, "c."), (20, "d.")];
    let answer = Answer::Records(records.map(|(n, name)| Record::new(n, name)).to_vec());
    let mut orders = std::collections::BTreeMap::new();
    for n in 0..=255u8 {
        let hosts = Router::new().route("x.example", &answer, [n; 32]).unwrap();
        assert_eq!(hosts.last().map(Host::name), Some("d"));
        assert_eq!(hosts.last().map(Host::preference), Some(20));
        *orders.entry(names(&hosts).join(" ")).or_insert(0) += 1;
    }
    assert_eq!(orders.len(), 6, "{orders:?}");
    assert!(orders.values().all(|&times| times > 15), "{orders:?}");
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let answer = Answer::Records((0..20).map(|n| Record::new(1, format!("h{n}."))).collect());
    let route = |seed| Router::new().route("x.example", &answer, seed).unwrap();
    assert_eq!(route([3; 32]), route([3; 32]));
    let mut seed = [3; 32];
    seed[31] = 4;
    assert_ne!(route([3; 32]), route(seed));
}

#[test]
fn a_hundred_records_are_bounded() {
    let answer = Answer::Records((0..100).map(|n| Record::new(n, format!("h{n}."))).collect());
    let hosts = Router::new().with_most(5).route("x.example", &answer, [0; 32]).unwrap();
    assert_eq!(names(&hosts), ["h0", "h1", "h2", "h3", "h4"]);
}

#[test]
fn a_host_named_twice_is_tried_once_where_it_is_best() {
    let records = [(20, "a."), (10, "A"), (30, "b.")];
    let answer = Answer::Records(records.map(|(n, name)| Record::new(n, name)).to_vec());
    let hosts = Router::new().route("x.example", &answer, [0; 32]).unwrap();
    assert_eq!(names(&hosts), ["a", "b"]);
    assert_eq!(hosts[0].preference(), 10);
}

#[test]
fn an_implicit_mx_that_is_ourselves_loops_back() {
    let router = Router::new().with_own_name("Us.Example.");
    let route = router.route("us.example", &Answer::NoRecords, [0; 32]);
    assert_eq!(route, Err(NoRoute::LoopsBack));
    assert_eq!(router.route("us.example", &Answer::Records(Vec::new()), [0; 32]), route);
}

#[test]
fn the_codes_are_those_of_the_rfcs() {
    let code = |error: NoRoute| format!("{} {}", error.reply_code(), error.status());
    assert_eq!(code(NoRoute::NullMx), "556 5.1.10");
    assert_eq!(code(NoRoute::NoSuchDomain), "550 5.1.2");
    assert_eq!(code(NoRoute::LookupFailed), "451 4.4.3");
    assert_eq!(code(NoRoute::LoopsBack), "554 5.4.6");
    assert_eq!(code(NoRoute::NoHost), "550 5.4.4");
}

#[test]
fn an_address_literal_needs_no_mx() {
    assert_eq!(address_literal("[192.0.2.5]"), Some("192.0.2.5".parse().unwrap()));
    assert_eq!(address_literal("[IPv6:2001:db8::5]"), Some("2001:db8::5".parse().unwrap()));
    for bad in ["192.0.2.5", "[2001:db8::5]", "[IPv6:192.0.2.5]", "[]", "[x", "example.org"] {
        assert_eq!(address_literal(bad), None, "{bad}");
    }
}

#[test]
fn an_address_literal_is_its_own_host_whatever_a_resolver_says() {
    let elsewhere = Answer::Records(vec![Record::new(1, "a.")]);
    let answers = [
        Answer::Records(Vec::new()),
        Answer::NoRecords,
        Answer::NoSuchDomain,
        Answer::Failed,
        elsewhere,
    ];
    for answer in &answers {
        for (domain, name, address) in [
            ("[192.0.2.1]", "[192.0.2.1]", "192.0.2.1"),
            ("[ipv6:2001:DB8:0::5]", "[IPv6:2001:db8::5]", "2001:db8::5"),
        ] {
            let hosts = Router::new().route(domain, answer, [0; 32]).unwrap();
            assert_eq!(names(&hosts), [name]);
            assert_eq!(hosts[0].address(), Some(address.parse().unwrap()));
            assert_eq!(hosts[0].preference(), 0);
            let ours = Router::new().with_own_name(name);
            assert_eq!(ours.route(domain, answer, [0; 32]), Err(NoRoute::LoopsBack));
        }
    }
    let named = Router::new().route("x.example", &answers[4], [0; 32]).unwrap();
    assert_eq!(named[0].address(), None);
}

#[test]
fn an_mx_record_may_not_name_an_address_literal() {
    let answer = Answer::Records(vec![Record::new(1, "[192.0.2.1]")]);
    assert_eq!(Router::new().route("x.example", &answer, [0; 32]), Err(NoRoute::NoHost));
    for bad in ["[192.0.2]", "[x]", "[192.0.2.1"] {
        let route = Router::new().route(bad, &Answer::NoRecords, [0; 32]);
        assert_eq!(route, Err(NoRoute::NoSuchDomain), "{bad}");
    }
}

proptest! {
    #[test]
    fn a_route_is_sorted_free_of_ourselves_and_never_empty(
        records in proptest::collection::vec((0u16..5, "[a-e.\r\n 1]{0,3}"), 0..12),
        seed in any::<[u8; 32]>(),
    ) {
        let answer = Answer::Records(records.into_iter().map(|(n, name)| Record::new(n, name)).collect());
        if let Ok(hosts) = Router::new().with_own_name("e").route("x.example", &answer, seed) {
            prop_assert!(!hosts.is_empty());
            prop_assert!(hosts.is_sorted_by_key(Host::preference));
            for host in &hosts {
                prop_assert!(host.name() != "e" && !host.name().contains(['\r', '\n', ' ']));
            }
        }
    }
}
