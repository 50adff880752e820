//! The policy that sessions are counted under (RFC 8460 §4.4).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use postrider_mime::report::{TlsPolicy, TlsPolicyType};

use crate::DomainName;
use crate::tls::dane::TlsaRecord;
use crate::tls::sts::Policy;

/// The policy that a session was under, as a report names it. A session that was under two, DANE and
/// MTA-STS, is counted under each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CountedPolicy {
    ty: TlsPolicyType,
    domain: DomainName,
    strings: Vec<String>,
    mx: Vec<String>,
}

impl CountedPolicy {
    /// A policy of MTA-STS, of mode enforce or testing, of this domain.
    #[must_use]
    pub fn sts(domain: &DomainName, policy: &Policy) -> Self {
        let mx = policy.mx.iter().map(ToString::to_string).collect();
        Self { strings: policy.lines(), mx, ..Self::of(TlsPolicyType::Sts, domain) }
    }

    /// A policy of MTA-STS that a domain says it has and that could not be had: what there is to report
    /// is why ([`StsFault`](crate::tls::sts::StsFault)).
    #[must_use]
    pub fn sts_missing(domain: &DomainName) -> Self {
        Self::of(TlsPolicyType::Sts, domain)
    }

    /// The TLSA records of a host. The domain is the base domain of the records: "For DANE, the Policy
    /// Domain is the "TLSA base domain" of the receiving SMTP server" (RFC 8460 §1.1).
    #[must_use]
    pub fn tlsa(base: &DomainName, records: &[TlsaRecord]) -> Self {
        let strings = records.iter().map(ToString::to_string).collect();
        Self { strings, ..Self::of(TlsPolicyType::Tlsa, base) }
    }

    /// Neither.
    #[must_use]
    pub fn none(domain: &DomainName) -> Self {
        Self::of(TlsPolicyType::NoPolicyFound, domain)
    }

    fn of(ty: TlsPolicyType, domain: &DomainName) -> Self {
        Self { ty, domain: domain.clone(), strings: Vec::new(), mx: Vec::new() }
    }

    /// The same in a report, without anything counted.
    pub(super) fn to_policy(&self) -> TlsPolicy {
        let mut policy = TlsPolicy::default();
        policy.policy_type = Some(self.ty.clone());
        policy.policy_string.clone_from(&self.strings);
        policy.policy_domain = Some(self.domain.to_string());
        policy.mx_host.clone_from(&self.mx);
        policy
    }
}
