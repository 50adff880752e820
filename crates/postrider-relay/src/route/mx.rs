//! From MX records to hosts (RFC 5321 §5.1, RFC 7505).

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::plan::LeftOut;
use super::{NoRoute, Router};
use crate::DomainName;
use crate::dns::{Answer, MxRecord, Outcome};
use crate::line::line;
use crate::random::Random;

/// Octets of what is no name that are shown.
const SHOWN: usize = 80;

/// A host that the domain names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MxHost {
    pub(super) name: DomainName,
    pub(super) preference: u16,
}

/// Hosts in their order, and those that are not tried.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ordered {
    pub(super) hosts: Vec<MxHost>,
    pub(super) left_out: Vec<(String, LeftOut)>,
    /// No MX record: the domain is its own host.
    pub(super) implicit: bool,
    /// Some were drawn among hosts of the same preference.
    pub(super) drawn: bool,
}

/// The hosts of a domain in the order in which they are tried. Equal preferences are in the random
/// order that `seed` decides.
pub(super) fn order(
    router: &Router,
    domain: &DomainName,
    answer: &Answer<MxRecord>,
    seed: [u8; 32],
) -> Result<Ordered, NoRoute> {
    let records = match &answer.outcome {
        Outcome::Records(records) if !records.is_empty() => records,
        // "as if it was associated with an implicit MX RR, with a preference of 0, pointing to that
        // host"
        Outcome::Records(_) | Outcome::NoData => {
            if router.is_own(domain) {
                return Err(NoRoute::LoopsBack);
            }
            let host = MxHost { name: domain.clone(), preference: 0 };
            return Ok(Ordered { hosts: Vec::from([host]), implicit: true, ..Ordered::default() });
        }
        Outcome::NoSuchDomain => return Err(NoRoute::NoSuchDomain),
        Outcome::Failed => return Err(NoRoute::LookupFailed),
    };
    // RFC 7505 §3: "." beside other records means nothing.
    let is_null = |record: &&MxRecord| matches!(record.exchange.as_str(), "." | "");
    if records.iter().all(|record| is_null(&record)) {
        return Err(NoRoute::NullMx);
    }
    let mut ordered = Ordered::default();
    for record in records.iter().take(router.limits.records).filter(|record| !is_null(record)) {
        match DomainName::parse(&record.exchange) {
            Ok(name) => ordered.hosts.push(MxHost { name, preference: record.preference }),
            Err(_) => ordered.leave_out(
                line(&record.exchange, SHOWN, true).unwrap_or_default(),
                LeftOut::NoName,
            ),
        }
    }
    if ordered.hosts.is_empty() {
        return Err(NoRoute::NoHost);
    }
    let own = ordered.hosts.iter().filter(|host| router.is_own(&host.name));
    if let Some(best) = own.map(|host| host.preference).min() {
        ordered.cut(best);
    }
    if ordered.hosts.is_empty() {
        return Err(NoRoute::LoopsBack);
    }
    Random::new(seed).shuffle(&mut ordered.hosts);
    // A stable sort: equal ones stay as they were shuffled.
    ordered.hosts.sort_by_key(|host| host.preference);
    let mut seen = BTreeSet::new();
    ordered.hosts.retain(|host| seen.insert(host.name.clone()));
    let surplus = ordered.hosts.split_off(ordered.hosts.len().min(router.limits.hosts));
    for host in surplus {
        ordered.leave_out(host.name.as_str().to_owned(), LeftOut::TooMany);
    }
    ordered.drawn =
        ordered.hosts.windows(2).any(|pair| matches!(pair, [a, b] if a.preference == b.preference));
    Ok(ordered)
}

impl Ordered {
    fn leave_out(&mut self, name: String, why: LeftOut) {
        self.left_out.push((name, why));
    }

    /// Leaves out all that are no better than this preference: mail must come closer to its goal with
    /// every hop.
    fn cut(&mut self, preference: u16) {
        let (kept, cut) = self.hosts.drain(..).partition(|host| host.preference < preference);
        self.hosts = kept;
        let cut: Vec<MxHost> = cut;
        for host in cut {
            self.leave_out(host.name.as_str().to_owned(), LeftOut::NotNearer);
        }
    }
}
