//! What is demanded of the connections to a host.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::plan::{LeftOut, Reason};
use crate::DomainName;
use crate::dns::{Answer, Outcome};
use crate::tls::dane::{self, TlsaRecord};
use crate::tls::require_tls::{NameProof, TlsTag};
use crate::tls::sts::{Mode, Policy};
use crate::tls::{CertificateCheck, Demand};

/// What is known of a host.
pub(super) struct Facts<'a> {
    pub(super) name: &'a DomainName,
    /// The answer about its TLSA records, where it was asked for.
    pub(super) tlsa: Option<&'a Answer<TlsaRecord>>,
    /// The names that a certificate may have where a trust anchor vouches for it.
    pub(super) names: Vec<DomainName>,
    /// The policy of the domain.
    pub(super) sts: Option<&'a Policy>,
    /// What proves that this is a host of the domain, but for the policy.
    pub(super) proof: NameProof,
}

/// What was decided.
pub(super) struct Decided {
    pub(super) demand: Demand,
    pub(super) testing: Option<CertificateCheck>,
    pub(super) reasons: Vec<Reason>,
}

impl Decided {
    fn new(demand: Demand, text: impl Into<String>, reference: &'static str) -> Self {
        let reasons = Vec::from([Reason { text: text.into(), reference }]);
        Self { demand, testing: None, reasons }
    }
}

/// DANE before MTA-STS: "senders who implement MTA-STS validation MUST NOT allow MTA-STS Policy
/// validation to override a failing DANE validation" (RFC 8461 §2).
fn of(facts: Facts<'_>) -> Result<Decided, LeftOut> {
    let floor = match dane(&facts)? {
        Dane::Usable(decided) => return Ok(decided),
        // No authentication comes of them, so that there is nothing that MTA-STS would override.
        Dane::Unusable => Some(encrypted()),
        Dane::None => None,
    };
    let check = || CertificateCheck::WebPki { name: facts.name.clone() };
    match facts.sts {
        Some(policy) if policy.mode == Mode::Enforce => {
            if !policy.allows(facts.name) {
                return Err(LeftOut::NotInPolicy);
            }
            let text = "the MTA-STS policy has it: TLS, with a certificate of a trusted authority";
            Ok(Decided::new(Demand::Authenticated(check()), text, "RFC 8461 §4"))
        }
        Some(policy) if policy.mode == Mode::Testing => {
            let has = if policy.allows(facts.name) { "has" } else { "does not have" };
            let text = format!("the MTA-STS policy is in testing and {has} it: only reported");
            let mut decided = floor.unwrap_or_else(opportunistic);
            decided.testing = Some(check());
            decided.reasons.insert(0, Reason { text, reference: "RFC 8461 §5" });
            Ok(decided)
        }
        _ => Ok(floor.unwrap_or_else(opportunistic)),
    }
}

fn opportunistic() -> Decided {
    let text = "no policy: TLS if it is offered, with any certificate";
    Decided::new(Demand::Opportunistic, text, "RFC 7435 §3")
}

fn encrypted() -> Decided {
    let text = "it has TLSA records that cannot be used: TLS, with any certificate";
    Decided::new(Demand::Encrypted, text, "RFC 7672 §2.2")
}

/// What the TLSA records of a host come to.
enum Dane {
    None,
    Unusable,
    Usable(Decided),
}

fn dane(facts: &Facts<'_>) -> Result<Dane, LeftOut> {
    let Some(answer) = facts.tlsa else { return Ok(Dane::None) };
    let records = match &answer.outcome {
        Outcome::Failed => return Err(LeftOut::TlsaFailed),
        Outcome::Records(records) if answer.secure => records,
        // RFC 7672 §2.1.1: insecure records are as good as none.
        _ => return Ok(Dane::None),
    };
    let usable = dane::usable(records);
    if usable.is_empty() {
        return Ok(Dane::Unusable);
    }
    let text = format!("it has {} TLSA records: TLS, and one must match", usable.len());
    let check = CertificateCheck::Dane { records: usable, names: facts.names.clone() };
    Ok(Dane::Usable(Decided::new(Demand::Authenticated(check), text, "RFC 7672 §2.2")))
}

/// What the mail itself asks for (RFC 8689 §4.2).
pub(super) fn tagged(facts: Facts<'_>, tag: TlsTag) -> Result<Decided, LeftOut> {
    let in_policy =
        facts.sts.is_some_and(|policy| policy.mode != Mode::None && policy.allows(facts.name));
    let proof = if in_policy { NameProof::MtaSts } else { facts.proof };
    let name = facts.name;
    let (mut decided, reason) = match tag {
        TlsTag::Untagged => return of(facts),
        // "follow any policy published by the recipient domain, but do not fail if this is unsuccessful"
        TlsTag::NotRequired => (
            Decided { demand: Demand::Opportunistic, testing: None, reasons: Vec::new() },
            ("the mail asks that TLS be no obstacle: TLS if it is offered", "RFC 8689 §4.2.2"),
        ),
        TlsTag::Required => (
            of(facts)?,
            ("the mail requires TLS: a certificate that passes, and REQUIRETLS", "RFC 8689 §4.2.1"),
        ),
    };
    if matches!(decided.demand, Demand::Opportunistic) {
        decided.reasons.clear();
    }
    decided.demand =
        tag.demand(Some(name), decided.demand, proof).map_err(|_| LeftOut::NotAuthentic)?;
    decided.reasons.push(Reason { text: reason.0.into(), reference: reason.1 });
    Ok(decided)
}
