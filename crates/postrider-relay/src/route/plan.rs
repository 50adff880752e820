//! Where a mail goes, in which order, and why.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, SocketAddr};

use crate::DomainName;
use crate::tls::sts::Policy;
use crate::tls::{CertificateCheck, Demand};

/// Where mail to a domain goes: hosts, in the order in which they are tried, each of their addresses
/// before the next host. Never none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The hosts.
    pub hosts: Vec<PlannedHost>,
    /// Hosts that the domain names and that are not tried, and why.
    pub left_out: Vec<(String, LeftOut)>,
    /// What decided, in the order in which it was decided.
    pub reasons: Vec<Reason>,
    /// For how many seconds the answers hold that this was made of.
    pub ttl: u32,
    /// The policy of MTA-STS that applied; for a report on TLS.
    pub sts: Option<Policy>,
}

/// A host of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedHost {
    /// Its name, which goes into SNI (RFC 7672 §8.1, RFC 8461 §4); `None` for an address literal.
    pub name: Option<DomainName>,
    /// Its preference; 0 for an implicit MX, a literal, or a host that was given.
    pub preference: u16,
    /// Its addresses in the order in which they are tried; never none.
    pub addresses: Vec<IpAddr>,
    /// The port.
    pub port: u16,
    /// What is demanded of the connection.
    pub demand: Demand,
    /// What is checked and reported and otherwise without consequence: the policy of MTA-STS is in
    /// testing (RFC 8461 §5).
    pub testing: Option<CertificateCheck>,
    /// Why this is demanded.
    pub reasons: Vec<Reason>,
}

impl PlannedHost {
    /// A host that is at these addresses, of whose connections nothing is demanded.
    #[must_use]
    pub fn new(name: Option<DomainName>, addresses: impl Into<Vec<IpAddr>>, port: u16) -> Self {
        let (demand, testing, reasons) = (Demand::Opportunistic, None, Vec::new());
        Self { name, preference: 0, addresses: addresses.into(), port, demand, testing, reasons }
    }

    /// Where to connect, one after the other.
    pub fn sockets(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.addresses.iter().map(|address| SocketAddr::new(*address, self.port))
    }
}

impl fmt::Display for PlannedHost {
    /// The name, or the literal of its first address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.addresses.first()) {
            (Some(name), _) => name.fmt(f),
            (None, Some(address)) => f.write_str(&crate::literal::of(*address)),
            (None, None) => f.write_str("nowhere"),
        }
    }
}

/// Why a host is not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum LeftOut {
    /// It is this host, or no better than this host (RFC 5321 §5.1).
    #[error("it is no nearer to the goal than this host")]
    NotNearer,
    /// Its name is no name of a host, such as an address.
    #[error("its name is no name of a host")]
    NoName,
    /// It has no address.
    #[error("it has no address")]
    NoAddress,
    /// All of its addresses are such that no mail of others is sent there, such as 127.0.0.1.
    #[error("its addresses are not public")]
    NotPublic,
    /// Its addresses could not be looked up.
    #[error("its addresses could not be looked up")]
    LookupFailed,
    /// Its TLSA records could not be looked up: there may be some (RFC 7672 §2.1.2).
    #[error("its TLSA records could not be looked up")]
    TlsaFailed,
    /// The policy of MTA-STS of the domain does not have it (RFC 8461 §4.1).
    #[error("it is not in the MTA-STS policy of the domain")]
    NotInPolicy,
    /// The mail requires TLS, and neither DNSSEC nor MTA-STS vouches for its name (RFC 8689 §4.2.1).
    #[error("nothing vouches for its name, and the mail requires TLS")]
    NotAuthentic,
    /// There are more hosts, or addresses, than are tried.
    #[error("it is one too many")]
    TooMany,
}

impl LeftOut {
    /// Whether it may be tried another time.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Self::LookupFailed | Self::TlsaFailed | Self::NotInPolicy | Self::TooMany)
    }
}

/// What decided, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reason {
    /// The sentence, in lower case, without a full stop.
    pub text: String,
    /// Where it is written, such as `RFC 5321 §5.1`.
    pub reference: &'static str,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.reference)
    }
}
