//! From the answer of a resolver to the hosts to try (RFC 5321 §5.1, RFC 7505).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use postrider_smtp::EnhancedStatusCode;

use crate::random::Random;
use crate::status;

/// An MX record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Record {
    /// Lower is tried first.
    pub preference: u16,
    /// The name as the DNS gave it, with or without its last dot.
    pub exchange: String,
}

impl Record {
    /// A record.
    #[must_use]
    pub fn new(preference: u16, exchange: impl Into<String>) -> Self {
        Self { preference, exchange: exchange.into() }
    }
}

/// What a resolver answered when asked for the MX records of a domain, aliases followed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// These.
    Records(Vec<Record>),
    /// The domain exists and has none: its own addresses are its implicit MX.
    NoRecords,
    /// The domain does not exist.
    NoSuchDomain,
    /// The resolver does not know: a failure of a server, a timeout, bogus DNSSEC.
    Failed,
}

/// A host to try. Its addresses are still to be looked up, unless [`Host::address`] is one; all of
/// them are tried before the next host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    name: String,
    preference: u16,
}

impl Host {
    /// The name, in lower case, without a last dot. Of a host that is an address literal, the
    /// literal, as RFC 5321 §4.1.3 writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where to connect, for a host that is an address literal: nothing is to be looked up.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        address_literal(&self.name)
    }

    /// The preference; 0 for an implicit MX.
    #[must_use]
    pub fn preference(&self) -> u16 {
        self.preference
    }
}

/// Why there is no host to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoRoute {
    /// The domain takes no mail (RFC 7505).
    #[error("the domain takes no mail")]
    NullMx,
    /// The domain does not exist.
    #[error("the domain does not exist")]
    NoSuchDomain,
    /// Nobody knows at present. Try again later; never take this for a lack of MX records.
    #[error("the domain could not be looked up")]
    LookupFailed,
    /// We are the best host for this mail, and do not know what to do with it.
    #[error("mail for the domain loops back to this host")]
    LoopsBack,
    /// There are MX records, and none names a host. The domain's own addresses are then no way out
    /// (RFC 5321 §5.1).
    #[error("no mx record of the domain names a host")]
    NoHost,
}

impl NoRoute {
    /// The code of the reply, and of the bounce, that says so.
    #[must_use]
    pub fn reply_code(self) -> u16 {
        match self {
            Self::NullMx => 556,
            Self::NoSuchDomain | Self::NoHost => 550,
            Self::LookupFailed => 451,
            Self::LoopsBack => 554,
        }
    }

    /// The enhanced status code.
    #[must_use]
    pub fn status(self) -> EnhancedStatusCode {
        match self {
            Self::NullMx => status::NULL_MX,
            Self::NoSuchDomain => status::BAD_SYSTEM,
            Self::LookupFailed => status::DIRECTORY,
            Self::LoopsBack => status::LOOP,
            Self::NoHost => status::NO_ROUTE,
        }
    }

    /// Whether another try may help.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        self == Self::LookupFailed
    }
}

/// Who we are, and how far we go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    own: Vec<String>,
    most: usize,
}

/// Hosts tried for one domain unless set.
const MOST: usize = 16;

impl Default for Router {
    fn default() -> Self {
        Self::new()
    }
}

impl Router {
    /// A router that knows no name of its own, and tries at most 16 hosts.
    #[must_use]
    pub fn new() -> Self {
        Self { own: Vec::new(), most: MOST }
    }

    /// Adds a name under which this host, or one that serves the same domains, stands in MX records;
    /// or an address literal of it.
    #[must_use]
    pub fn with_own_name(mut self, name: &str) -> Self {
        self.own.push(canonical(name));
        self
    }

    /// Sets how many hosts are tried for one domain; at least one is.
    #[must_use]
    pub fn with_most(mut self, hosts: usize) -> Self {
        self.most = hosts.max(1);
        self
    }

    /// The hosts to try for mail to `domain`, in their order; never none. Equal preferences are in
    /// the random order that `seed` decides.
    ///
    /// An address literal stands for the host at that address (RFC 5321 §2.3.4), which is then the
    /// one host to try. No resolver need be asked, and `answer` is not looked at. Which addresses
    /// may be connected to is for the embedder to say: this one was chosen by whoever wrote the
    /// recipient.
    ///
    /// ```
    /// use postrider_relay::mx::{Answer, Router};
    ///
    /// let hosts = Router::new().route("[192.0.2.1]", &Answer::NoRecords, [7; 32])?;
    /// assert_eq!(hosts[0].address(), Some("192.0.2.1".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoRoute`].
    pub fn route(
        &self,
        domain: &str,
        answer: &Answer,
        seed: [u8; 32],
    ) -> Result<Vec<Host>, NoRoute> {
        if address_literal(domain).is_some() {
            return self.only(Host { name: canonical(domain), preference: 0 });
        }
        let records = match answer {
            Answer::Records(records) if !records.is_empty() => records,
            Answer::Records(_) | Answer::NoRecords => return self.implicit(domain),
            Answer::NoSuchDomain => return Err(NoRoute::NoSuchDomain),
            Answer::Failed => return Err(NoRoute::LookupFailed),
        };
        // RFC 7505 §3: "." beside other records means nothing.
        if records.iter().all(|record| canonical(&record.exchange).is_empty()) {
            return Err(NoRoute::NullMx);
        }
        let mut hosts: Vec<Host> = records.iter().filter_map(host).collect();
        if hosts.is_empty() {
            return Err(NoRoute::NoHost);
        }
        self.drop_own(&mut hosts);
        if hosts.is_empty() {
            return Err(NoRoute::LoopsBack);
        }
        Random::new(seed).shuffle(&mut hosts);
        // A stable sort: equal ones stay as they were shuffled.
        hosts.sort_by_key(|host| host.preference);
        drop_repeated(&mut hosts);
        hosts.truncate(self.most);
        Ok(hosts)
    }

    /// RFC 5321 §5.1: "as if it was associated with an implicit MX RR, with a preference of 0,
    /// pointing to that host".
    fn implicit(&self, domain: &str) -> Result<Vec<Host>, NoRoute> {
        let record = Record::new(0, domain);
        self.only(host(&record).ok_or(NoRoute::NoSuchDomain)?)
    }

    fn only(&self, host: Host) -> Result<Vec<Host>, NoRoute> {
        if self.own.contains(&host.name) { Err(NoRoute::LoopsBack) } else { Ok(Vec::from([host])) }
    }

    /// RFC 5321 §5.1: leaves out ourselves and all that are no better.
    fn drop_own(&self, hosts: &mut Vec<Host>) {
        let ours = hosts.iter().filter(|host| self.own.contains(&host.name));
        if let Some(best) = ours.map(|host| host.preference).min() {
            hosts.retain(|host| host.preference < best);
        }
    }
}

/// The address in a domain that is an address literal, such as `[192.0.2.5]` or
/// `[IPv6:2001:db8::5]` (RFC 5321 §4.1.3): that is where to connect, and no MX is asked for.
/// [`Router::route`] does so by itself.
///
/// ```
/// use postrider_relay::mx::address_literal;
///
/// assert_eq!(address_literal("[192.0.2.5]"), Some("192.0.2.5".parse()?));
/// assert_eq!(address_literal("192.0.2.5"), None);
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[must_use]
pub fn address_literal(domain: &str) -> Option<IpAddr> {
    let inside = domain.strip_prefix('[')?.strip_suffix(']')?;
    match inside.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
            inside.get(5..)?.parse().ok().map(IpAddr::V6)
        }
        _ => inside.parse().ok().map(IpAddr::V4),
    }
}

/// Lower case, without the last dot. Equal address literals are written alike.
fn canonical(name: &str) -> String {
    match address_literal(name) {
        Some(IpAddr::V4(address)) => format!("[{address}]"),
        Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        None => name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase(),
    }
}

/// The host that a record names, if it names one: not `.`, not an address in the place of a name,
/// nothing that could be taken for more than a name.
fn host(record: &Record) -> Option<Host> {
    let name = canonical(&record.exchange);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
    };
    let is_name = name.len() <= 253 && name.split('.').all(label);
    let is_address = name.parse::<IpAddr>().is_ok();
    (is_name && !is_address).then_some(Host { name, preference: record.preference })
}

/// Keeps the first of equal names, in linear time but for the sort.
fn drop_repeated(hosts: &mut Vec<Host>) {
    let mut seen = alloc::collections::BTreeSet::new();
    hosts.retain(|host| seen.insert(host.name.to_owned()));
}
