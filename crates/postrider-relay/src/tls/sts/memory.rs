//! What is kept of policies, and when they are fetched anew (RFC 8461 §3.3, §5.1).

use alloc::string::String;
use alloc::vec::Vec;

use super::{InvalidPolicy, Mode, Policy, StsRecord};
use crate::dns::{Answer, FetchFault, PolicyFetch};

/// Seconds before a policy that could not be fetched is asked for again: "five minutes or longer per
/// version ID" (RFC 8461 §3.3).
const PATIENCE: i64 = 300;

/// What is kept of the policy of one domain from one mail to the next. It has to outlive the process:
/// whoever can take away the TXT record can take away the policy, unless it is remembered (RFC 8461
/// §10.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StsMemory {
    /// The last policy that was fetched.
    pub cached: Option<Cached>,
    /// Which policy could not be fetched, and when, in seconds since 1970.
    pub failed: Option<(String, i64)>,
}

/// A policy that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Cached {
    /// What the record named it.
    pub id: String,
    /// The policy.
    #[cfg_attr(feature = "serde", serde(with = "as_text"))]
    pub policy: Policy,
    /// When it was fetched, in seconds since 1970.
    pub fetched: i64,
}

/// What is to be done about MTA-STS.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StsDecision {
    /// There is no policy.
    NoPolicy,
    /// This one applies.
    Use(Cached),
    /// A policy is to be fetched.
    #[non_exhaustive]
    Fetch {
        /// What the record names it.
        id: String,
        /// What applies if it cannot be had.
        meanwhile: Option<Cached>,
    },
}

/// Why a policy could not be had, though the record names one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StsFault {
    /// It could not be fetched.
    #[error("{0}")]
    Fetch(FetchFault),
    /// It could not be read.
    #[error("{0}")]
    Invalid(InvalidPolicy),
}

impl Cached {
    /// Whether it applies at this time, in seconds since 1970. A policy from the future does: clocks are
    /// set back.
    #[must_use]
    pub fn is_alive(&self, now: i64) -> bool {
        now.saturating_sub(self.fetched) <= i64::from(self.policy.max_age)
    }

    /// When it had better be fetched anew, though it still applies: half of its life is over. "Senders
    /// SHOULD … proactively refresh policies before they expire" (RFC 8461 §10.2).
    #[must_use]
    pub fn renew_at(&self) -> i64 {
        self.fetched.saturating_add(i64::from(self.policy.max_age / 2))
    }
}

/// What the answer about `_mta-sts` below the domain comes to, with what is remembered.
#[must_use]
pub fn decide(memory: &StsMemory, txt: &Answer<Vec<u8>>, now: i64) -> StsDecision {
    let alive = memory.cached.as_ref().filter(|cached| cached.is_alive(now));
    let applies = || match alive {
        Some(cached) if cached.policy.mode != Mode::None => StsDecision::Use(cached.clone()),
        _ => StsDecision::NoPolicy,
    };
    // No record, or nobody knows: "if a valid (non-expired) policy exists in the sender's cache, the
    // sender MUST apply that cached policy".
    let Some(record) = StsRecord::of(txt.as_slice()) else { return applies() };
    let known = alive.is_some_and(|cached| cached.id == record.id() && now < cached.renew_at());
    let failed = memory.failed.as_ref().is_some_and(|(id, at)| {
        id == record.id() && (0..PATIENCE).contains(&now.saturating_sub(*at))
    });
    if known || failed {
        return applies();
    }
    StsDecision::Fetch { id: record.id().into(), meanwhile: alive.cloned() }
}

/// What came of fetching the policy that the record names `id`: what is to be remembered, and the policy
/// or why there is none. What was remembered before is kept where there is none.
pub fn fetched(
    memory: StsMemory,
    id: impl Into<String>,
    fetch: &PolicyFetch,
    now: i64,
) -> (StsMemory, Result<Cached, StsFault>) {
    let id = id.into();
    let read = match fetch {
        PolicyFetch::Body { octets } => Policy::parse(octets).map_err(StsFault::Invalid),
        PolicyFetch::Failed(fault) => Err(StsFault::Fetch(*fault)),
    };
    match read {
        Ok(policy) => {
            let cached = Cached { id, policy, fetched: now };
            (StsMemory { cached: Some(cached.clone()), failed: None }, Ok(cached))
        }
        Err(fault) => (StsMemory { failed: Some((id, now)), ..memory }, Err(fault)),
    }
}

/// A policy as its text.
#[cfg(feature = "serde")]
mod as_text {
    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Policy;

    pub(super) fn serialize<S: Serializer>(policy: &Policy, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(policy)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Policy, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}
