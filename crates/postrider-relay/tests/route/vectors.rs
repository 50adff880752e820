//! The MX test data, case by case.

use postrider_relay::dns::{Answer, Outcome};
use postrider_relay::route::{LeftOut, NoRoute, Plan, Reach, Route, Router};
use postrider_testkit::read_shared;
use serde_json::Value;

use crate::world::{World, at, mx, name};

const DOMAIN: &str = "x.example";

/// The world that a case speaks of. Hosts are somewhere unless the case says otherwise.
fn world(case: &Value) -> World {
    let mut world = World::default();
    let target = case["cname"].get("c").and_then(Value::as_str);
    let records = match &case["mx"] {
        Value::Array(records) => Some(records),
        _ => case["mx_of_y"].as_array(),
    };
    let answer = match (&case["mx"], records) {
        (Value::String(text), _) if text == "NXDOMAIN" => Answer::nothing(Outcome::NoSuchDomain),
        (Value::String(text), _) if text == "SERVFAIL" => Answer::nothing(Outcome::Failed),
        (Value::String(text), _) if text == "100 records x 50 addresses" => {
            let names: Vec<_> = (0..100).map(|n| format!("h{n}.")).collect();
            let records: Vec<_> = names.iter().map(|host| (1, host.as_str())).collect();
            for host in &names {
                let addresses: Vec<_> = (1..=50).map(|n| format!("198.51.100.{n}")).collect();
                let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
                world = world.with_host(host.trim_end_matches('.'), at(&addresses));
            }
            mx(&records)
        }
        (_, Some(records)) => {
            let record = |record: &Value| {
                let host = record[1].as_str().unwrap().to_owned();
                (u16::try_from(record[0].as_u64().unwrap()).unwrap(), host)
            };
            let records: Vec<_> = records.iter().map(record).collect();
            for (n, (_, host)) in records.iter().enumerate() {
                let mut answer = at(&[&format!("192.0.2.{}", n + 1)]);
                let addresses = |family: &str| -> Option<Vec<String>> {
                    let list = case[family].as_array()?;
                    Some(list.iter().map(|one| one.as_str().unwrap().to_owned()).collect())
                };
                if case["a"].is_array() {
                    let told = [addresses("a"), addresses("aaaa")].into_iter().flatten().flatten();
                    let told: Vec<_> = told.collect();
                    answer = at(&told.iter().map(String::as_str).collect::<Vec<_>>());
                }
                if let Some(target) = target {
                    answer = answer.with_canonical(name(target));
                }
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                world = world.with_host(&host, answer);
            }
            let records: Vec<_> = records.iter().map(|(n, host)| (*n, host.as_str())).collect();
            mx(&records)
        }
        _ => Answer::nothing(Outcome::NoData),
    };
    let answer = match case["cname"].get("x").and_then(Value::as_str) {
        Some(canonical) => answer.with_canonical(name(canonical)),
        None => answer,
    };
    if case["mx"] == "NODATA" {
        let list = case.get("a").or_else(|| case.get("aaaa")).unwrap();
        world = world.with_host(DOMAIN, at(&[list[0].as_str().unwrap()]));
    }
    world.with_mx(DOMAIN, answer)
}

fn names(plan: &Plan) -> Vec<String> {
    plan.hosts.iter().map(ToString::to_string).collect()
}

/// What the words of the data come to.
fn check(title: &str, case: &Value, outcome: &Result<Plan, NoRoute>) {
    let plan = || outcome.as_ref().unwrap_or_else(|why| panic!("{title}: {why}"));
    let refused = || *outcome.as_ref().expect_err(title);
    let expect = case["expect"].as_str().unwrap_or_default();
    match title {
        "order by preference" | "self in list" => {
            let flat: Vec<&str> = case["expect"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_str().or_else(|| one[0].as_str()).unwrap())
                .collect();
            assert_eq!(names(plan()), flat, "{title}");
        }
        "equal preference are shuffled" => {
            let mut first: Vec<_> = names(plan())[..2].to_vec();
            first.sort();
            assert_eq!(first, ["a", "b"]);
            assert_eq!(names(plan())[2], "c");
        }
        "null MX" | "null MX with other preference" => {
            assert_eq!(refused(), NoRoute::NullMx, "{title}");
            let told = (refused().reply_code(), refused().status().to_string());
            assert_eq!(told, (556, "5.1.10".into()));
        }
        "null MX plus others is malformed" | "domain is CNAME" => assert_eq!(names(plan()), ["a"]),
        "no MX, A present" | "no MX, AAAA only" => {
            assert_eq!(names(plan()), [DOMAIN], "{title}");
            assert_eq!(plan().hosts[0].preference, 0);
        }
        "NXDOMAIN" | "SERVFAIL/timeout on MX" | "self at best preference" => {
            assert!(expect.contains(&refused().status().to_string()), "{title}: {}", refused());
            assert_eq!(refused().is_temporary(), expect.starts_with("temporary"), "{title}");
            if let Some(code) =
                expect.split(' ').find(|word| word.len() == 3 && word.parse::<u16>().is_ok())
            {
                assert_eq!(refused().reply_code().to_string(), code, "{title}");
            }
        }
        "MX present but all targets without address" => {
            assert_eq!(refused(), NoRoute::NoAddress);
        }
        "MX target is CNAME" => assert_eq!(names(plan()), ["c"]),
        "address literal" => {
            let address: std::net::IpAddr = "192.0.2.5".parse().unwrap();
            assert_eq!(plan().hosts[0].addresses, [address], "{title}");
        }
        "IPv6 literal" => {
            let address: std::net::IpAddr = "2001:db8::5".parse().unwrap();
            assert_eq!(plan().hosts[0].addresses, [address], "{title}");
        }
        "MX target is IP text" => assert_eq!(refused(), NoRoute::NoHost),
        "loopback/private target from public MX" => assert_eq!(refused(), NoRoute::NotPublic),
        "too many MX / addresses" => {
            assert_eq!(plan().hosts.len(), 4, "4 hosts of 8 addresses are 32");
            assert_eq!(plan().hosts.iter().map(|host| host.addresses.len()).sum::<usize>(), 32);
            let more = plan().left_out.iter().filter(|(_, why)| *why == LeftOut::TooMany).count();
            assert_eq!(more, 96);
        }
        "trailing dot and case" => assert_eq!(refused(), NoRoute::LoopsBack),
        "multi address host" => {
            assert_eq!(plan().hosts.len(), 1);
            assert_eq!(plan().hosts[0].addresses.len(), 3);
        }
        other => panic!("{other} is not decided here"),
    }
}

#[test]
fn every_case_of_the_shared_data_is_decided_as_it_says() {
    let Some(octets) = read_shared("vectors/smtp/mx.json") else {
        eprintln!("skipped: no vectors/smtp/mx.json");
        return;
    };
    let cases: Vec<Value> = serde_json::from_slice(&octets).unwrap();
    assert_eq!(cases.len(), 21);
    for case in &cases {
        let title = case["name"].as_str().unwrap();
        let own = case["local"].as_str().unwrap_or("us.example");
        let router = Router::new().with_own_name(own).unwrap();
        let world = world(case);
        let domain = case["domain"].as_str().unwrap_or(DOMAIN);
        let outcome = Route::new(&router, domain, [1; 32]).resolve(|need| world.ask(need));
        check(title, case, &outcome);
        let asked = world.asked.borrow();
        assert_eq!(asked.is_empty(), domain.starts_with('['), "{title}: {asked:?}");
        assert!(!asked.iter().any(|need| need.name().as_str().is_empty()), "{title}: {asked:?}");
        if matches!(title, "SERVFAIL/timeout on MX" | "NXDOMAIN" | "null MX") {
            assert_eq!(asked.len(), 1, "{title}: {asked:?}");
        }
    }
}

#[test]
fn an_address_near_this_host_is_reached_only_where_that_is_allowed() {
    let world =
        World::default().with_mx(DOMAIN, mx(&[(10, "a.")])).with_host("a", at(&["127.0.0.1"]));
    let route =
        |router: &Router| Route::new(router, DOMAIN, [0; 32]).resolve(|need| world.ask(need));
    assert_eq!(route(&Router::new()), Err(NoRoute::NotPublic));
    assert!(route(&Router::new().with_reach(Reach::Any)).is_ok());
}
