//! The servers of an address, out of the records of RFC 6186, RFC 8314 and RFC 2782.

use postrider_relay::discover::{
    Discovery, Endpoint, NoEndpoint, Security, Service, guesses, prefer,
};
use postrider_relay::dns::{Answer, Need, NotAsked, Outcome, SrvRecord, Told};
use postrider_relay::{DomainName, InvalidDomain};
use proptest::prelude::*;

/// Lines of a zone, as RFC 6186 §3 writes them: label, priority, weight, port, target.
type Zone<'z> = &'z [(&'z str, u16, u16, u16, &'z str)];

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn seed(number: u32) -> [u8; 32] {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    seed
}

fn answer(zone: Zone<'_>, need: &Need) -> Answer<SrvRecord> {
    let (label, _) = need.name().as_str().split_once("._tcp.").unwrap();
    let records: Vec<_> = zone
        .iter()
        .filter(|line| line.0 == label)
        .map(|(_, priority, weight, port, target)| {
            SrvRecord::new(*priority, *weight, *port, *target)
        })
        .collect();
    Answer::records(records, 3600)
}

fn tell_all(mut discovery: Discovery, tell: impl Fn(&Need) -> Answer<SrvRecord>) -> Discovery {
    for need in discovery.needs().to_vec() {
        discovery.tell(&need, Told::Srv(tell(&need))).unwrap();
    }
    assert!(discovery.needs().is_empty());
    discovery
}

fn discover(zone: Zone<'_>, service: Service, number: u32) -> Discovery {
    let discovery = Discovery::new("user@example.com", service, seed(number)).unwrap();
    tell_all(discovery, |need| answer(zone, need))
}

fn found(zone: Zone<'_>, service: Service) -> Vec<(String, u16, Security)> {
    let discovery = discover(zone, service, 7);
    let shown = |of: &Endpoint| (of.host.to_string(), of.port, of.security);
    discovery.outcome().unwrap().unwrap().iter().map(shown).collect()
}

fn none(zone: Zone<'_>, service: Service) -> NoEndpoint {
    discover(zone, service, 7).outcome().unwrap().unwrap_err()
}

/// RFC 6186 §3.1 to §3.3.
const RFC_6186: Zone<'_> = &[
    ("_submission", 0, 1, 587, "mail.example.com."),
    ("_imap", 0, 1, 143, "imap.example.com."),
    ("_imaps", 0, 1, 993, "imap.example.com."),
    ("_pop3", 0, 1, 110, "pop3.example.com."),
    ("_pop3s", 0, 1, 995, "pop3.example.com."),
];

#[test]
fn both_records_of_a_service_are_asked_for_at_once() {
    let names = |service| {
        let discovery = Discovery::new("example.com", service, seed(0)).unwrap();
        assert_eq!(discovery.outcome(), None);
        let needs = discovery.needs().iter();
        needs.map(|need| need.name().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(Service::Submission),
        ["_submissions._tcp.example.com", "_submission._tcp.example.com"]
    );
    assert_eq!(names(Service::Imap), ["_imaps._tcp.example.com", "_imap._tcp.example.com"]);
    assert_eq!(names(Service::Pop3), ["_pop3s._tcp.example.com", "_pop3._tcp.example.com"]);
}

#[test]
fn the_records_of_the_rfc_are_found() {
    assert_eq!(
        found(RFC_6186, Service::Submission),
        [("mail.example.com".to_owned(), 587, Security::StartTls)]
    );
    assert_eq!(
        found(RFC_6186, Service::Imap),
        [
            ("imap.example.com".to_owned(), 993, Security::Implicit),
            ("imap.example.com".to_owned(), 143, Security::StartTls),
        ]
    );
    assert_eq!(
        found(RFC_6186, Service::Pop3),
        [
            ("pop3.example.com".to_owned(), 995, Security::Implicit),
            ("pop3.example.com".to_owned(), 110, Security::StartTls),
        ]
    );
}

#[test]
fn implicit_tls_comes_first_unless_the_priorities_say_otherwise() {
    let zone: Zone<'_> = &[
        ("_submission", 5, 1, 587, "a.example.com."),
        ("_submissions", 5, 1, 465, "b.example.com."),
    ];
    assert_eq!(found(zone, Service::Submission)[0].1, 465);
    let zone: Zone<'_> = &[
        ("_submission", 4, 1, 587, "a.example.com."),
        ("_submissions", 5, 1, 465, "b.example.com."),
    ];
    assert_eq!(found(zone, Service::Submission)[0].1, 587);
}

#[test]
fn a_service_that_is_not_there_is_no_service_without_records() {
    let zone: Zone<'_> = &[("_pop3", 0, 0, 0, "."), ("_pop3s", 0, 0, 0, ".")];
    assert_eq!(none(zone, Service::Pop3), NoEndpoint::Unavailable);
    assert_eq!(none(zone, Service::Imap), NoEndpoint::NotOffered);
    // Only STARTTLS is not there.
    let zone: Zone<'_> = &[("_imap", 0, 0, 0, "."), ("_imaps", 0, 1, 993, "imap.example.com.")];
    assert_eq!(found(zone, Service::Imap).len(), 1);
}

#[test]
fn a_name_that_does_not_exist_is_not_offered() {
    let discovery = Discovery::new("example.com", Service::Imap, seed(0)).unwrap();
    let discovery = tell_all(discovery, |_| Answer::nothing(Outcome::NoSuchDomain));
    assert_eq!(discovery.outcome(), Some(Err(NoEndpoint::NotOffered)));
    assert!(discovery.is_complete() && discovery.endpoints().is_empty());
}

#[test]
fn a_failed_lookup_is_never_taken_for_nothing() {
    let failing = |failed: &'static str, zone: Zone<'static>| {
        let discovery = Discovery::new("example.com", Service::Imap, seed(0)).unwrap();
        tell_all(discovery, move |need| match need.name().as_str() {
            name if name.starts_with(failed) => Answer::nothing(Outcome::Failed),
            _ => answer(zone, need),
        })
    };
    for failed in ["_imaps.", "_imap."] {
        let discovery = failing(failed, &[]);
        assert_eq!(discovery.outcome(), Some(Err(NoEndpoint::LookupFailed)));
        assert!(NoEndpoint::LookupFailed.is_temporary());
    }
    // What the other names is not lost, and the gap is told.
    let discovery = failing("_imaps.", RFC_6186);
    assert_eq!(discovery.endpoints()[0].port, 143);
    assert!(!discovery.is_complete());
    // What one says of itself says nothing of the other.
    let discovery = failing("_imaps.", &[("_imap", 0, 0, 0, ".")]);
    assert_eq!(discovery.outcome(), Some(Err(NoEndpoint::LookupFailed)));
}

#[test]
fn records_that_name_no_host_or_no_port_are_left_out() {
    let zone: Zone<'_> =
        &[("_imaps", 0, 1, 993, "192.0.2.1"), ("_imaps", 1, 1, 0, "imap.example.com.")];
    assert_eq!(none(zone, Service::Imap), NoEndpoint::NoHost);
}

#[test]
fn a_host_that_is_named_twice_is_tried_once() {
    let zone: Zone<'_> =
        &[("_imaps", 0, 1, 993, "imap.example.com."), ("_imaps", 9, 1, 993, "IMAP.example.com")];
    assert_eq!(found(zone, Service::Imap).len(), 1);
}

#[test]
fn only_what_was_asked_is_taken() {
    let mut discovery = Discovery::new("example.com", Service::Imap, seed(0)).unwrap();
    let need = discovery.needs()[0].clone();
    let other = Need::Srv(name("_pop3._tcp.example.com"));
    assert_eq!(discovery.tell(&other, other.nothing()), Err(NotAsked::Question));
    assert_eq!(discovery.tell(&need, Need::Mx(name("a.b")).nothing()), Err(NotAsked::Kind));
    assert_eq!(discovery.needs().len(), 2);
    assert_eq!(discovery.tell(&need, need.nothing()), Ok(()));
    assert_eq!(discovery.tell(&need, need.nothing()), Err(NotAsked::Question));
}

#[test]
fn the_domain_is_behind_the_last_at_sign() {
    let domain = |of: &str| {
        Discovery::new(of, Service::Imap, seed(0)).map(|found| found.domain().to_string())
    };
    assert_eq!(domain("\"a@b\"@B\u{fc}cher.example").unwrap(), "xn--bcher-kva.example");
    assert_eq!(domain("example.com").unwrap(), "example.com");
    assert!(domain("user@[192.0.2.1]").is_err());
    assert_eq!(domain("user@192.0.2.1"), Err(InvalidDomain::Address));
    let label = "a".repeat(59);
    let long = format!("{label}.{label}.{label}.{label}.example");
    assert_eq!(domain(&long), Err(InvalidDomain::Length));
}

/// RFC 6186 §6, RFC 8314 §5.1, RFC 7817 §3.
#[test]
fn a_host_outside_the_domain_is_trusted_only_with_a_secure_answer_or_consent() {
    let zone: Zone<'_> = &[
        ("_imaps", 0, 1, 993, "imap.example.com."),
        ("_imaps", 1, 1, 993, "imap.provider.example."),
        ("_imaps", 2, 1, 993, "example.com."),
        ("_imaps", 3, 1, 993, "imap.notexample.com."),
    ];
    let of = |secure: bool| {
        let discovery = Discovery::new("example.com", Service::Imap, seed(0)).unwrap();
        let told = tell_all(discovery, |need| answer(zone, need).with_secure(secure));
        told.endpoints().to_vec()
    };
    let insecure = of(false);
    let consent: Vec<_> = insecure.iter().map(|endpoint| endpoint.needs_consent).collect();
    assert_eq!(consent, [false, true, false, true]);
    assert_eq!(insecure[0].names, [name("imap.example.com"), name("example.com")]);
    assert_eq!(insecure[0].srv_id, name("_imaps.example.com"));
    assert_eq!(insecure[1].names, [name("example.com")]);
    assert_eq!(insecure[2].names, [name("example.com")]);
    let agreed = insecure[1].clone().with_consent();
    assert_eq!(agreed.names, [name("imap.provider.example"), name("example.com")]);
    assert!(!agreed.needs_consent);
    assert_eq!(insecure[0].clone().with_consent(), insecure[0]);
    let secure = of(true);
    assert!(secure.iter().all(|endpoint| !endpoint.needs_consent));
    assert_eq!(secure[1].names, [name("imap.provider.example"), name("example.com")]);
}

/// RFC 6186 §3.4.
#[test]
fn the_protocol_of_the_lowest_priority_is_preferred() {
    let preferred = |zone: Zone<'_>| {
        let (imap, pop3) = (discover(zone, Service::Imap, 1), discover(zone, Service::Pop3, 1));
        prefer(imap.outcome().unwrap(), pop3.outcome().unwrap())
    };
    let zone: Zone<'_> =
        &[("_imaps", 10, 1, 993, "imap.example.com."), ("_pop3s", 0, 1, 995, "pop3.example.com.")];
    assert_eq!(preferred(zone), Ok(Service::Pop3));
    let zone: Zone<'_> =
        &[("_imap", 0, 1, 143, "imap.example.com."), ("_pop3s", 10, 1, 995, "pop3.example.com.")];
    assert_eq!(preferred(zone), Ok(Service::Imap));
    // "the MUA MAY choose either": the first select the protocol, then the weight.
    let zone: Zone<'_> =
        &[("_imap", 0, 1, 143, "imap.example.com."), ("_pop3s", 0, 100, 995, "pop3.example.com.")];
    assert_eq!(preferred(zone), Ok(Service::Imap));
    // A service that is not there counts for nothing, whatever its priority.
    let zone: Zone<'_> = &[("_imap", 0, 0, 0, "."), ("_pop3s", 10, 1, 995, "pop3.example.com.")];
    assert_eq!(preferred(zone), Ok(Service::Pop3));
    assert_eq!(preferred(&[("_imap", 0, 0, 0, ".")]), Err(NoEndpoint::Unavailable));
    assert_eq!(preferred(&[]), Err(NoEndpoint::NotOffered));
    let pop3 = discover(RFC_6186, Service::Pop3, 1);
    let failed = prefer(Err(NoEndpoint::LookupFailed), pop3.outcome().unwrap());
    assert_eq!(failed, Err(NoEndpoint::LookupFailed));
}

/// RFC 8314 §3, §7: 465, 993, 995; RFC 6409, RFC 9051, RFC 1939: 587, 143, 110.
#[test]
fn guesses_are_hosts_of_the_domain_at_the_registered_ports() {
    let domain = name("example.com");
    for (service, implicit, start_tls) in
        [(Service::Submission, 465, 587), (Service::Imap, 993, 143), (Service::Pop3, 995, 110)]
    {
        let guesses = guesses(&domain, service);
        assert!(guesses.iter().all(|guess| guess.host.is_within(&domain)));
        assert!(guesses.iter().any(|guess| guess.host == name("mail.example.com")));
        for guess in guesses {
            let port = if guess.security == Security::Implicit { implicit } else { start_tls };
            assert_eq!(guess.port, port);
        }
    }
}

/// How often this host comes first, of 10,000 seeds.
fn first(zone: Zone<'_>, host: &str) -> f64 {
    let is_first =
        |number: &u32| discover(zone, Service::Imap, *number).endpoints()[0].host == name(host);
    (0..10_000).filter(is_first).count() as f64 / 10_000.0
}

/// The example of RFC 2782: "three-fourths of connections to new-fast-box and one quarter to
/// old-slow-box".
#[test]
fn weights_share_the_load_as_the_example_of_the_rfc_says() {
    let zone: Zone<'_> = &[
        ("_imaps", 0, 1, 9, "old-slow-box.example.com."),
        ("_imaps", 0, 3, 9, "new-fast-box.example.com."),
        ("_imaps", 1, 0, 9, "sysadmins-box.example.com."),
        ("_imaps", 1, 0, 9, "server.example.com."),
    ];
    // Five times the standard deviation of 10,000 draws is 0.022.
    assert!((0.728..0.772).contains(&first(zone, "new-fast-box.example.com")));
    assert!((0.228..0.272).contains(&first(zone, "old-slow-box.example.com")));
    // "In the presence of records containing weights greater than 0, records with weight 0 should
    // have a very small chance of being selected": of the numbers 0 to 99, one.
    let zone: Zone<'_> =
        &[("_imaps", 0, 0, 9, "zero.example.com."), ("_imaps", 0, 99, 9, "most.example.com.")];
    assert!((0.005..0.015).contains(&first(zone, "zero.example.com")));
    // Without weights nobody is preferred.
    let zone: Zone<'_> = &[
        ("_imaps", 0, 0, 9, "a.example.com."),
        ("_imaps", 0, 0, 9, "b.example.com."),
        ("_imaps", 0, 0, 9, "c.example.com."),
    ];
    for host in ["a.example.com", "b.example.com", "c.example.com"] {
        assert!((0.309..0.357).contains(&first(zone, host)), "{host}");
    }
}

#[test]
fn a_thousand_records_end_in_as_many_endpoints_as_allowed() {
    let hosts: Vec<String> = (0..1000).map(|number| format!("h{number}.example.com.")).collect();
    let zone: Vec<_> =
        hosts.iter().map(|host| ("_imaps", 0, u16::MAX, 993, host.as_str())).collect();
    assert_eq!(discover(&zone, Service::Imap, 3).endpoints().len(), 16);
    let discovery = Discovery::new("example.com", Service::Imap, seed(3)).unwrap().with_most(2);
    let discovery = tell_all(discovery, |need| answer(&zone, need));
    assert_eq!(discovery.endpoints().len(), 2);
}

proptest! {
    #[test]
    fn each_host_comes_once_in_the_order_of_priorities_and_the_same_for_the_same_seed(
        records in prop::collection::vec(
            (any::<bool>(), 0u16..4, any::<u16>(), 1u16..3, 0usize..5),
            0..14,
        ),
        number: u32,
    ) {
        let hosts = ["a.example.com.", "b.example.com.", "c.example.org.", ".", "_d.example.com."];
        let zone: Vec<_> = records
            .iter()
            .map(|(implicit, priority, weight, port, host)| {
                let label = if *implicit { "_imaps" } else { "_imap" };
                (label, *priority, *weight, *port, hosts[*host])
            })
            .collect();
        let discovery = discover(&zone, Service::Imap, number);
        let again = discover(&zone, Service::Imap, number);
        prop_assert_eq!(discovery.endpoints(), again.endpoints());
        let found = discovery.endpoints();
        let key = |it: &Endpoint| (it.priority, it.security == Security::StartTls);
        prop_assert!(found.is_sorted_by_key(key));
        let mut named: Vec<_> = zone
            .iter()
            .filter(|line| line.4 != ".")
            .map(|line| (line.0, line.3, line.4.trim_end_matches('.')))
            .collect();
        named.sort_unstable();
        named.dedup();
        let mut out: Vec<_> = found
            .iter()
            .map(|it| {
                let label = if it.security == Security::Implicit { "_imaps" } else { "_imap" };
                (label, it.port, it.host.as_str())
            })
            .collect();
        out.sort_unstable();
        prop_assert_eq!(out, named);
    }
}
