//! The world in which the mail travels: a table instead of a DNS, and which hosts answer.

use std::net::{IpAddr, Ipv4Addr};

use postrider::relay::dns::{Answer, MxRecord, Need, Told};

/// Bob's domain has two mail exchangers. The preferred one is down today.
const MX: [(u16, &str); 2] = [(10, "mx1.b.example"), (20, "mx2.b.example")];
const HOSTS: [(&str, Ipv4Addr); 2] = [
    ("mx1.b.example", Ipv4Addr::new(192, 0, 2, 31)),
    ("mx2.b.example", Ipv4Addr::new(192, 0, 2, 32)),
];
/// The hosts that are up.
const UP: &[(&str, Ipv4Addr)] = HOSTS.split_at(1).1;
/// For how many seconds an answer holds.
const TTL: u32 = 3600;

/// Which host answers on port 25 at this address, if one does.
pub(crate) fn host_at(address: IpAddr) -> Option<&'static str> {
    UP.iter().find(|(_, up)| IpAddr::V4(*up) == address).map(|(name, _)| *name)
}

/// What a resolver would answer.
pub(crate) fn answer(need: &Need) -> Told {
    match (need, need.name().as_str()) {
        (Need::Mx(_), "b.example") => {
            Told::Mx(Answer::records(MX.map(|(n, host)| MxRecord::new(n, host)), TTL))
        }
        (Need::Addresses(_), name) => match HOSTS.iter().find(|(host, _)| *host == name) {
            Some((_, address)) => Told::Addresses(Answer::records([IpAddr::V4(*address)], TTL)),
            None => need.nothing(),
        },
        _ => need.nothing(),
    }
}
