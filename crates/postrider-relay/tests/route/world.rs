//! A DNS of a few lines.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;

use postrider_relay::DomainName;
use postrider_relay::dns::{Answer, MxRecord, Need, Outcome, PolicyFetch, Told};
use postrider_relay::tls::dane::TlsaRecord;

/// What a world answers, by name; what it does not have is not there (NODATA).
#[derive(Default)]
pub(crate) struct World {
    pub(crate) mx: BTreeMap<String, Answer<MxRecord>>,
    pub(crate) addresses: BTreeMap<String, Answer<IpAddr>>,
    pub(crate) tlsa: BTreeMap<String, Answer<TlsaRecord>>,
    pub(crate) txt: BTreeMap<String, Answer<Vec<u8>>>,
    pub(crate) policies: BTreeMap<String, PolicyFetch>,
    /// All that was asked, in order.
    pub(crate) asked: RefCell<Vec<Need>>,
}

pub(crate) fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

pub(crate) fn mx(records: &[(u16, &str)]) -> Answer<MxRecord> {
    let records: Vec<_> = records.iter().map(|(n, host)| MxRecord::new(*n, *host)).collect();
    Answer::records(records, 300)
}

pub(crate) fn at(addresses: &[&str]) -> Answer<IpAddr> {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Answer::records(addresses, 300)
}

impl World {
    pub(crate) fn with_mx(mut self, domain: &str, answer: Answer<MxRecord>) -> Self {
        self.mx.insert(domain.into(), answer);
        self
    }

    pub(crate) fn with_host(mut self, host: &str, answer: Answer<IpAddr>) -> Self {
        self.addresses.insert(host.into(), answer);
        self
    }

    /// Hosts that are somewhere.
    pub(crate) fn with_hosts(mut self, hosts: &[&str]) -> Self {
        for (n, host) in hosts.iter().enumerate() {
            self = self.with_host(host, at(&[&format!("192.0.2.{}", n + 1)]));
        }
        self
    }

    pub(crate) fn with_tlsa(mut self, name: &str, answer: Answer<TlsaRecord>) -> Self {
        self.tlsa.insert(name.into(), answer);
        self
    }

    pub(crate) fn with_policy(mut self, domain: &str, id: &str, policy: &str) -> Self {
        let txt = format!("v=STSv1; id={id};").into_bytes();
        self.txt.insert(format!("_mta-sts.{domain}"), Answer::records(vec![txt], 300));
        self.policies.insert(domain.into(), PolicyFetch::body(policy));
        self
    }

    pub(crate) fn ask(&self, need: &Need) -> Told {
        self.asked.borrow_mut().push(need.clone());
        let name = need.name().as_str();
        fn of<T: Clone>(map: &BTreeMap<String, Answer<T>>, name: &str) -> Answer<T> {
            map.get(name).cloned().unwrap_or_else(|| Answer::nothing(Outcome::NoData))
        }
        match need {
            Need::Mx(_) => Told::Mx(of(&self.mx, name)),
            Need::Addresses(_) => Told::Addresses(of(&self.addresses, name)),
            Need::Tlsa(_) => Told::Tlsa(of(&self.tlsa, name)),
            Need::Txt(_) => Told::Txt(of(&self.txt, name)),
            Need::Policy(_) => match self.policies.get(name) {
                Some(fetch) => Told::Policy(fetch.clone()),
                None => need.nothing(),
            },
            other => other.nothing(),
        }
    }
}
