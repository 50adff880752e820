//! What is kept of the policy of a domain, and what follows from it (RFC 8461 §3.3, §5.1, §10.2).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{InvalidPolicy, Mode, Policy, StsRecord};
use crate::dns::{Answer, FetchFault, PolicyFetch};

/// Seconds before a policy that could not be fetched is asked for again: "a period of five minutes or
/// longer per version ID" (RFC 8461 §3.3).
pub const RETRY: u64 = 300;

/// Seconds after which a policy is fetched anew: "a suggested refresh frequency is once per day" (RFC
/// 8461 §3.3).
const DAY: u32 = 86_400;

/// A policy that was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Cached {
    /// The identifier that its TXT record had.
    pub id: String,
    /// It.
    pub policy: Policy,
    /// When it was fetched, in seconds since 1970.
    pub fetched: i64,
}

impl Cached {
    /// A policy that was fetched then.
    #[must_use]
    pub fn new(id: impl Into<String>, policy: Policy, fetched: i64) -> Self {
        Self { id: id.into(), policy, fetched }
    }

    /// Whether it holds at this time: its "time-since-fetch has not exceeded its "max_age"" (RFC 8461
    /// §5.1). A policy of the future, which a clock that was set back makes, holds no longer than that
    /// either.
    #[must_use]
    pub fn is_valid(&self, now: i64) -> bool {
        now.abs_diff(self.fetched) <= u64::from(self.policy.max_age)
    }

    /// From when on it is worth fetching anew, in seconds since 1970: a day after it was fetched, or
    /// half its time.
    #[must_use]
    pub fn renew_at(&self) -> i64 {
        self.fetched.saturating_add(i64::from((self.policy.max_age / 2).min(DAY)))
    }

    fn is_applied(&self) -> bool {
        self.policy.mode != Mode::None
    }
}

/// What an embedder keeps for a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StsMemory {
    /// The policy that was fetched last and was valid. One whose mode is [`Mode::None`] is kept as
    /// well, so that it is not fetched for each mail.
    pub cached: Option<Cached>,
    /// The identifier of a policy that could not be fetched, and when it was tried, in seconds since
    /// 1970.
    pub failed: Option<(String, i64)>,
}

impl StsMemory {
    /// The policy that holds at this time, of mode enforce or testing.
    #[must_use]
    pub fn policy(&self, now: i64) -> Option<&Policy> {
        self.valid(now).filter(|cached| cached.is_applied()).map(|cached| &cached.policy)
    }

    /// From when on to fetch anew what is kept, in seconds since 1970; `None` where there is nothing
    /// to renew. Ask for the TXT record then, fetch the policy whatever its identifier, and tell
    /// [`fetched`]. A renewal that fails is worth a word to the administrator (RFC 8461 §3.3).
    #[must_use]
    pub fn renew_at(&self) -> Option<i64> {
        let cached = self.cached.as_ref().filter(|cached| cached.is_applied())?;
        let (due, tried) = (cached.renew_at(), self.failed.as_ref());
        let again = tried
            .filter(|(id, _)| *id == cached.id)
            .map(|(_, at)| at.saturating_add_unsigned(RETRY));
        Some(again.map_or(due, |again| again.max(due)))
    }

    /// Learns what another mail to the domain came to know at the same time: what was fetched later. So
    /// nobody who keeps an answer from one of them makes the other forget its policy.
    pub fn learn(&mut self, other: &Self) {
        let fetched = |memory: &Self| memory.cached.as_ref().map(|cached| cached.fetched);
        if fetched(self) < fetched(other) {
            self.cached.clone_from(&other.cached);
        }
        let tried = |memory: &Self| memory.failed.as_ref().map(|(_, at)| *at);
        if tried(self) < tried(other) {
            self.failed.clone_from(&other.failed);
        }
    }

    /// Whether nothing here means anything any more, so that it need not be kept.
    #[must_use]
    pub fn is_stale(&self, now: i64) -> bool {
        self.valid(now).is_none()
            && !self.failed.as_ref().is_some_and(|failed| is_fresh(failed, now))
    }

    fn valid(&self, now: i64) -> Option<&Cached> {
        self.cached.as_ref().filter(|cached| cached.is_valid(now))
    }
}

/// What is to be done about a mail to a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StsDecision {
    /// The domain has no policy that is known.
    NoPolicy,
    /// This policy applies, of mode enforce or testing.
    Use(Cached),
    /// The policy is to be fetched ([`Need::Policy`](crate::dns::Need::Policy)), and what came of it
    /// told to [`fetched`].
    #[non_exhaustive]
    Fetch {
        /// The identifier of what is fetched.
        id: String,
        /// What applies until then, and if that fails; without it there is no policy, and no mail has
        /// to wait (RFC 8461 §3.3).
        meanwhile: Option<Cached>,
    },
}

/// What is to be done about a mail, given the TXT records of `_mta-sts` below its domain.
///
/// | TXT record | a policy is kept | |
/// |---|---|---|
/// | none, or nobody knows | valid | it applies: "if no "live" policy can be discovered via DNS [...] the sender MUST apply that cached policy" (§3.3) |
/// | none, or nobody knows | no | there is none |
/// | with the same identifier | valid | it applies |
/// | with the same, and it is time to [renew](StsMemory::renew_at) it | valid | fetch; meanwhile it applies |
/// | with another | valid | fetch; meanwhile it applies |
/// | any | no | fetch |
///
/// What could not be fetched less than [`RETRY`] seconds ago is not fetched: it is as if the record
/// were not there. A policy of mode none is no policy (§5).
#[must_use]
pub fn decide(memory: &StsMemory, txt: &Answer<Vec<u8>>, now: i64) -> StsDecision {
    let valid = memory.valid(now);
    let applied = valid.filter(|cached| cached.is_applied());
    let is_known = |id: &str| {
        let due = memory.renew_at().is_some_and(|at| at <= now);
        valid.is_some_and(|cached| cached.id == id && !due)
            || memory.failed.as_ref().is_some_and(|failed| failed.0 == id && is_fresh(failed, now))
    };
    match (StsRecord::of(txt.as_slice()), applied) {
        (Some(StsRecord { id }), _) if !is_known(&id) => {
            StsDecision::Fetch { id, meanwhile: applied.cloned() }
        }
        (_, Some(cached)) => StsDecision::Use(cached.clone()),
        (_, None) => StsDecision::NoPolicy,
    }
}

/// What came of fetching the policy with this identifier: what to keep, and the policy, or what to
/// report.
///
/// A policy that is not had, or not valid, leaves the one that is kept as it is. One of mode none is
/// given as it is: it asks for nothing.
///
/// # Errors
///
/// [`StsFault`]; what applies then is [`StsMemory::policy`] of the memory that is given.
#[must_use = "the memory is to be kept"]
pub fn fetched(
    memory: &StsMemory,
    id: &str,
    fetch: &PolicyFetch,
    now: i64,
) -> (StsMemory, Result<Cached, StsFault>) {
    let read = match fetch {
        PolicyFetch::Body { octets } => Policy::parse(octets).map_err(StsFault::Invalid),
        PolicyFetch::Failed(fault) => Err(StsFault::Fetch(*fault)),
    };
    match read {
        Ok(policy) => {
            let cached = Cached::new(id, policy, now);
            (StsMemory { cached: Some(cached.clone()), failed: None }, Ok(cached))
        }
        Err(fault) => {
            let failed = Some((id.to_string(), now));
            (StsMemory { cached: memory.valid(now).cloned(), failed }, Err(fault))
        }
    }
}

fn is_fresh((_, at): &(String, i64), now: i64) -> bool {
    now.abs_diff(*at) < RETRY
}

/// Why there is no new policy, which is reported (RFC 8460 §4.3.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum StsFault {
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(FetchFault),
    /// What was fetched is no policy.
    #[error(transparent)]
    Invalid(InvalidPolicy),
}

#[cfg(feature = "tls-report")]
impl StsFault {
    /// The word of a report for it.
    #[must_use]
    pub fn result_type(self) -> postrider_mime::report::TlsResultType {
        use postrider_mime::report::TlsResultType;
        match self {
            Self::Fetch(FetchFault::Certificate) => TlsResultType::StsWebpkiInvalid,
            Self::Fetch(_) => TlsResultType::StsPolicyFetchError,
            Self::Invalid(_) => TlsResultType::StsPolicyInvalid,
        }
    }
}
