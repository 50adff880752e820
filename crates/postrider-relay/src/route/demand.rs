//! What is demanded of the connections to a host.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::plan::{LeftOut, Reason};
use crate::DomainName;
use crate::dns::{Answer, Outcome};
use crate::tls::dane::{self, TlsaRecord};
use crate::tls::sts::{Cached, Mode};
use crate::tls::{CertificateCheck, Demand};

/// What is known of a host.
pub(super) struct Facts<'a> {
    pub(super) name: &'a DomainName,
    /// The answer about its TLSA records, where it was asked for.
    pub(super) tlsa: Option<&'a Answer<TlsaRecord>>,
    /// The names that a certificate may have where a trust anchor vouches for it.
    pub(super) names: Vec<DomainName>,
    /// The policy of the domain.
    pub(super) sts: Option<&'a Cached>,
    /// Whether it is certain that this is a host of the domain.
    pub(super) named_securely: bool,
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
pub(super) fn of(facts: Facts<'_>) -> Result<Decided, LeftOut> {
    if let Some(decided) = dane(&facts)? {
        return Ok(decided);
    }
    let check = || CertificateCheck::WebPki { name: facts.name.clone() };
    match facts.sts {
        Some(cached) if cached.policy.mode == Mode::Enforce => {
            if !cached.policy.allows(facts.name) {
                return Err(LeftOut::NotInPolicy);
            }
            let text = "the MTA-STS policy has it: TLS, with a certificate of a trusted authority";
            Ok(Decided::new(Demand::Authenticated(check()), text, "RFC 8461 §4"))
        }
        Some(cached) if cached.policy.mode == Mode::Testing => {
            let has = if cached.policy.allows(facts.name) { "has" } else { "does not have" };
            let text = format!("the MTA-STS policy is in testing and {has} it: only reported");
            let mut decided = opportunistic();
            decided.testing = Some(check());
            decided.reasons.insert(0, Reason { text, reference: "RFC 8461 §5" });
            Ok(decided)
        }
        _ => Ok(opportunistic()),
    }
}

fn opportunistic() -> Decided {
    let text = "no policy: TLS if it is offered, with any certificate";
    Decided::new(Demand::Opportunistic, text, "RFC 7435 §3")
}

fn dane(facts: &Facts<'_>) -> Result<Option<Decided>, LeftOut> {
    let Some(answer) = facts.tlsa else { return Ok(None) };
    let records = match &answer.outcome {
        Outcome::Failed => return Err(LeftOut::TlsaFailed),
        Outcome::Records(records) if answer.secure => records,
        // RFC 7672 §2.1.1: insecure records are as good as none.
        _ => return Ok(None),
    };
    let usable = dane::usable(records);
    if usable.is_empty() {
        let text = "it has TLSA records that cannot be used: TLS, with any certificate";
        return Ok(Some(Decided::new(Demand::Encrypted, text, "RFC 7672 §2.2")));
    }
    let text = format!("it has {} TLSA records: TLS, and one must match", usable.len());
    let check = CertificateCheck::Dane { records: usable, names: facts.names.clone() };
    Ok(Some(Decided::new(Demand::Authenticated(check), text, "RFC 7672 §2.2")))
}

/// RFC 8689 §4.2.1, steps 2 and 4.
pub(super) fn required(facts: Facts<'_>) -> Result<Decided, LeftOut> {
    let check = CertificateCheck::WebPki { name: facts.name.clone() };
    let in_policy = facts
        .sts
        .is_some_and(|cached| cached.policy.mode != Mode::None && cached.policy.allows(facts.name));
    if !facts.named_securely && !in_policy {
        return Err(LeftOut::NotAuthentic);
    }
    let mut decided = of(facts)?;
    if !matches!(decided.demand, Demand::Authenticated(_)) {
        decided.demand = Demand::Authenticated(check);
        decided.reasons.clear();
    }
    let text = "the mail requires TLS: a certificate that passes, and REQUIRETLS".into();
    decided.reasons.push(Reason { text, reference: "RFC 8689 §4.2.1" });
    Ok(decided)
}

/// RFC 8689 §4.2.2: "do not fail if this is unsuccessful".
pub(super) fn optional() -> Decided {
    let text = "the mail asks that TLS be no obstacle: TLS if it is offered";
    Decided::new(Demand::Opportunistic, text, "RFC 8689 §4.2.2")
}
