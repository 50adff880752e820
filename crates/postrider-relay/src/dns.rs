//! The dialogue with a resolver: what is asked, and what can be answered.
//!
//! A decision that needs the DNS is a value with two ends: `needs()` lists what it wants to know now,
//! in any order and all at once if you like, and `tell` takes each answer. When nothing is needed any
//! more, the decision stands. Nobody here opens a socket, and nothing here looks at a clock.
//!
//! ```
//! use postrider_relay::DomainName;
//! use postrider_relay::dns::{Answer, Need, Told};
//!
//! /// A resolver that knows one host.
//! fn resolve(need: &Need) -> Told {
//!     match need {
//!         Need::Addresses(name) if name.as_str() == "mx.example.org" => {
//!             Told::Addresses(Answer::records(vec!["192.0.2.1".parse().unwrap()], 3600))
//!         }
//!         // What it does not have, it answers with the right kind of nothing.
//!         other => other.nothing(),
//!     }
//! }
//!
//! let need = Need::Addresses(DomainName::parse("mx.example.org")?);
//! assert!(matches!(resolve(&need), Told::Addresses(answer) if answer.as_slice().len() == 1));
//! # Ok::<(), postrider_relay::InvalidDomain>(())
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::DomainName;
use crate::tls::dane::TlsaRecord;

/// What a decision wants to know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Need {
    /// The MX records of a domain.
    Mx(DomainName),
    /// The A and AAAA records of a host, in one answer.
    Addresses(DomainName),
    /// The TLSA records of a name such as `_25._tcp.mx.example.org`. Asked for where the answers before
    /// were [secure](Answer::secure) only.
    Tlsa(DomainName),
    /// The TXT records of a name.
    Txt(DomainName),
    /// The SRV records of a name such as `_imaps._tcp.example.org`.
    Srv(DomainName),
    /// The policy file of MTA-STS (RFC 8461 §3.3) of this domain: by HTTPS from
    /// [`policy_url`](Need::policy_url), with a certificate that is valid for its host, without
    /// following redirects.
    Policy(DomainName),
}

impl Need {
    /// The name it is about. For [`Need::Policy`] the domain whose policy it is.
    #[must_use]
    pub fn name(&self) -> &DomainName {
        match self {
            Self::Mx(name)
            | Self::Addresses(name)
            | Self::Tlsa(name)
            | Self::Txt(name)
            | Self::Srv(name)
            | Self::Policy(name) => name,
        }
    }

    /// Where a policy is fetched from, for [`Need::Policy`].
    ///
    /// ```
    /// use postrider_relay::DomainName;
    /// use postrider_relay::dns::Need;
    ///
    /// let need = Need::Policy(DomainName::parse("example.com")?);
    /// let url = "https://mta-sts.example.com/.well-known/mta-sts.txt";
    /// assert_eq!(need.policy_url().as_deref(), Some(url));
    /// # Ok::<(), postrider_relay::InvalidDomain>(())
    /// ```
    #[must_use]
    pub fn policy_url(&self) -> Option<String> {
        match self {
            Self::Policy(domain) => {
                Some(alloc::format!("https://mta-sts.{domain}/.well-known/mta-sts.txt"))
            }
            _ => None,
        }
    }

    /// The answer that there is nothing: [`Outcome::NoData`], or a policy that is not there.
    #[must_use]
    pub fn nothing(&self) -> Told {
        self.without(true)
    }

    /// The answer that nobody knows at present: [`Outcome::Failed`], or a policy that could not be
    /// reached.
    #[must_use]
    pub fn failed(&self) -> Told {
        self.without(false)
    }

    /// Nothing: because there is nothing, or because nobody knows.
    fn without(&self, known: bool) -> Told {
        fn no<T>(known: bool) -> Answer<T> {
            Answer::nothing(if known { Outcome::NoData } else { Outcome::Failed })
        }
        match self {
            Self::Mx(_) => Told::Mx(no(known)),
            Self::Addresses(_) => Told::Addresses(no(known)),
            Self::Tlsa(_) => Told::Tlsa(no(known)),
            Self::Txt(_) => Told::Txt(no(known)),
            Self::Srv(_) => Told::Srv(no(known)),
            Self::Policy(_) if known => Told::Policy(PolicyFetch::Failed(FetchFault::Status(404))),
            Self::Policy(_) => Told::Policy(PolicyFetch::Failed(FetchFault::Unreachable)),
        }
    }
}

/// What was answered: to each [`Need`] the variant of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// To [`Need::Mx`].
    Mx(Answer<MxRecord>),
    /// To [`Need::Addresses`].
    Addresses(Answer<IpAddr>),
    /// To [`Need::Tlsa`].
    Tlsa(Answer<TlsaRecord>),
    /// To [`Need::Txt`]: of each record its strings put together, without anything between them.
    Txt(Answer<Vec<u8>>),
    /// To [`Need::Srv`].
    Srv(Answer<SrvRecord>),
    /// To [`Need::Policy`].
    Policy(PolicyFetch),
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotAsked {
    /// This is not needed, or not any more.
    #[error("this was not asked")]
    Question,
    /// It is an answer to another kind of question.
    #[error("this answers another kind of question")]
    Kind,
}

/// What a resolver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The records, or the kind of nothing.
    pub outcome: Outcome<T>,
    /// For how many seconds it holds: the least of what it is made of.
    pub ttl: u32,
    /// Whether it was validated by DNSSEC, by this machine or by a resolver that is reached over a way
    /// that nobody can tamper with (RFC 7672 §2.1.1): every alias on the way and every set of records;
    /// for addresses both sets. For [`Outcome::NoData`] and [`Outcome::NoSuchDomain`] that this is
    /// proved.
    pub secure: bool,
    /// The name at the end of the aliases (CNAME, DNAME), where the name that was asked for is one.
    pub canonical: Option<DomainName>,
}

/// What there is under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<T> {
    /// These.
    Records(Vec<T>),
    /// The name is there, and has none (NODATA).
    NoData,
    /// The name is not there (NXDOMAIN).
    NoSuchDomain,
    /// Nobody knows at present: SERVFAIL, no answer in time, an answer that DNSSEC proves false. Never
    /// to be taken for nothing.
    Failed,
}

impl<T> Answer<T> {
    /// These records, which hold for so many seconds. None at all is [`Outcome::NoData`].
    #[must_use]
    pub fn records(records: impl Into<Vec<T>>, ttl: u32) -> Self {
        let records = records.into();
        let outcome = if records.is_empty() { Outcome::NoData } else { Outcome::Records(records) };
        Self { outcome, ttl, secure: false, canonical: None }
    }

    /// No records, for this reason.
    #[must_use]
    pub fn nothing(outcome: Outcome<T>) -> Self {
        Self { outcome, ttl: 0, secure: false, canonical: None }
    }

    /// Sets for how many seconds it holds.
    #[must_use]
    pub fn with_ttl(mut self, seconds: u32) -> Self {
        self.ttl = seconds;
        self
    }

    /// Sets whether DNSSEC proves it.
    #[must_use]
    pub fn with_secure(mut self, secure: bool) -> Self {
        self.secure = secure;
        self
    }

    /// Sets the name at the end of the aliases.
    #[must_use]
    pub fn with_canonical(mut self, name: DomainName) -> Self {
        self.canonical = Some(name);
        self
    }

    /// The records; empty where there are none, for whatever reason.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match &self.outcome {
            Outcome::Records(records) => records,
            _ => &[],
        }
    }

    /// Whether nobody knows.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed)
    }
}

/// An MX record (RFC 1035 §3.3.9).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MxRecord {
    /// Lower is tried first.
    pub preference: u16,
    /// The name as the DNS gave it, with or without its last dot; `.` is no host.
    pub exchange: String,
}

impl MxRecord {
    /// A record.
    #[must_use]
    pub fn new(preference: u16, exchange: impl Into<String>) -> Self {
        Self { preference, exchange: exchange.into() }
    }
}

/// An SRV record (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SrvRecord {
    /// Lower is tried first.
    pub priority: u16,
    /// How often it is the first of those of its priority, beside the others.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The name as the DNS gave it, with or without its last dot; `.` says that the service is not
    /// there.
    pub target: String,
}

impl SrvRecord {
    /// A record.
    #[must_use]
    pub fn new(priority: u16, weight: u16, port: u16, target: impl Into<String>) -> Self {
        Self { priority, weight, port, target: target.into() }
    }
}

/// What came of fetching a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyFetch {
    /// The body of a response with the status 200.
    #[non_exhaustive]
    Body {
        /// Its octets: 64 KiB are enough to read (RFC 8461 §3.3).
        octets: Vec<u8>,
    },
    /// There is none to be had.
    Failed(FetchFault),
}

impl PolicyFetch {
    /// The body of a response with the status 200.
    #[must_use]
    pub fn body(octets: impl Into<Vec<u8>>) -> Self {
        Self::Body { octets: octets.into() }
    }
}

/// Why a policy could not be fetched (RFC 8461 §3.3, RFC 8460 §4.3.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// The host could not be looked up or reached, or did not answer in time.
    #[error("the policy host could not be reached")]
    Unreachable,
    /// Its certificate is not valid for it.
    #[error("the certificate of the policy host is not valid")]
    Certificate,
    /// It answered with another status than 200; a redirect is one.
    #[error("the policy host answered with status {0}")]
    Status(u16),
    /// The body is too large to be a policy.
    #[error("the policy is too large")]
    TooLarge,
}
