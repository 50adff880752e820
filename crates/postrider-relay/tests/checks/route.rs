//! A resolver that answers anything at all, and what holds of every route all the same.

use std::net::IpAddr;

use postrider_relay::DomainName;
use postrider_relay::dns::{Answer, FetchFault, MxRecord, Need, Outcome, PolicyFetch, Told};
use postrider_relay::route::{Reach, Route, Router};
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::require_tls::TlsTag;
use postrider_relay::tls::sts::StsMemory;
use postrider_relay::tls::{CertificateCheck, Demand};

const NAMES: [&str; 12] = [
    "a.example",
    "b.example.",
    "C.example",
    "us.example",
    "x.example",
    "",
    ".",
    "192.0.2.1",
    "b\u{fc}cher.example",
    "a b",
    "_25._tcp.a.example",
    "[192.0.2.1]",
];

const ADDRESSES: [&str; 8] = [
    "192.0.2.1",
    "192.0.2.2",
    "127.0.0.1",
    "10.0.0.1",
    "2001:db8::1",
    "::1",
    "::ffff:192.0.2.1",
    "203.0.113.1",
];

const POLICIES: [&str; 4] = [
    "version: STSv1\nmode: enforce\nmx: a.example\nmx: *.example\nmax_age: 86400\n",
    "version: STSv1\nmode: testing\nmx: b.example\nmax_age: 86400\n",
    "version: STSv1\nmode: none\nmax_age: 86400\n",
    "nonsense",
];

/// Octets that decide, and zeros behind them.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn next(&mut self) -> usize {
        self.0.next().copied().unwrap_or_default().into()
    }

    fn of<'t>(&mut self, table: &[&'t str]) -> &'t str {
        table[self.next() % table.len()]
    }

    fn answer<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Answer<T> {
        let what = self.next();
        let answer = match what % 8 {
            0 => Answer::nothing(Outcome::NoData),
            1 => Answer::nothing(Outcome::NoSuchDomain),
            2 => Answer::nothing(Outcome::Failed),
            many => Answer::records((3..=many).map(|_| one(self)).collect::<Vec<_>>(), 60),
        };
        let answer = answer.with_secure(what & 8 != 0);
        match DomainName::parse(self.of(&NAMES)) {
            Ok(name) if what & 16 != 0 => answer.with_canonical(name),
            _ => answer,
        }
    }

    fn told(&mut self, need: &Need) -> Told {
        if self.next() == 255 {
            return Told::Txt(Answer::nothing(Outcome::NoData));
        }
        match need {
            Need::Mx(_) => Told::Mx(self.answer(|dice| {
                let preference = dice.next() % 4;
                MxRecord::new(preference as u16, dice.of(&NAMES))
            })),
            Need::Addresses(_) => Told::Addresses(
                self.answer(|dice| dice.of(&ADDRESSES).parse::<IpAddr>().expect("all of them are")),
            ),
            Need::Tlsa(_) => Told::Tlsa(self.answer(|dice| {
                let [usage, selector, matching] =
                    [dice.next(), dice.next(), dice.next()].map(|n| (n % 5) as u8);
                TlsaRecord::new(usage, selector, matching, vec![7; dice.next() % 80])
            })),
            Need::Txt(_) => Told::Txt(self.answer(|dice| match dice.next() % 4 {
                0 => b"v=STSv1; id=1;".to_vec(),
                1 => b"v=STSv1; id=2".to_vec(),
                2 => b"v=spf1 -all".to_vec(),
                _ => vec![255, 0],
            })),
            Need::Policy(_) => Told::Policy(match self.next() % 3 {
                0 => PolicyFetch::Failed(FetchFault::Unreachable),
                _ => PolicyFetch::body(self.of(&POLICIES)),
            }),
            other => other.nothing(),
        }
    }
}

/// Holds of every resolver: the dialogue ends, and what it ends in is safe to follow.
pub(crate) fn check(data: &[u8]) {
    let mut dice = Dice(data.iter());
    let router = Router::new()
        .with_own_name("us.example")
        .expect("it is a name")
        .with_own_address("203.0.113.1".parse().expect("it is one"));
    let setting = dice.next();
    let mut route = Route::new(&router, dice.of(&NAMES), [setting as u8; 32]);
    if setting & 1 != 0 {
        route = route.with_sts_memory(StsMemory::default(), 1_700_000_000);
    }
    let required = setting & 2 != 0;
    if required {
        route = route.with_tag(TlsTag::Required);
    }
    let mut rounds = 0;
    while !route.needs().is_empty() {
        assert!(route.outcome().is_none(), "nothing is needed behind an outcome");
        let need = route.needs()[dice.next() % route.needs().len()].clone();
        let told = dice.told(&need);
        if route.tell(&need, told).is_err() {
            route.tell(&need, need.failed()).expect("it was asked");
        }
        rounds += 1;
        // MX, TXT, policy, and for each of at most seven hosts addresses and twice TLSA records.
        assert!(rounds <= 3 + 7 * 3, "the dialogue ends");
    }
    let Some(Ok(plan)) = route.outcome() else {
        assert!(route.outcome().is_some(), "there is an outcome where nothing is needed");
        return;
    };
    assert!(!plan.hosts.is_empty());
    assert!(plan.hosts.is_sorted_by_key(|host| host.preference));
    for host in &plan.hosts {
        assert!(!host.addresses.is_empty());
        assert!(host.addresses.iter().all(|address| Reach::Public.allows(*address)));
        assert!(!host.addresses.contains(&"203.0.113.1".parse().expect("it is one")));
        assert!(host.name.as_ref().is_none_or(|name| name.as_str() != "us.example"));
        match &host.demand {
            Demand::Authenticated(CertificateCheck::Dane { records, names, .. }) => {
                assert!(!records.is_empty());
                assert!(records.iter().all(|record| (2..=3).contains(&record.usage)));
                assert!(host.name.as_ref().is_some_and(|name| names.contains(name)));
            }
            Demand::Authenticated(_) => {}
            _ => {
                assert!(!required, "a mail that requires TLS goes to nobody without a certificate")
            }
        }
    }
}
