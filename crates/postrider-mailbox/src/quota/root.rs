//! A quota root: what it limits, and how much of it is used.

use bytes::Bytes;
use postrider_imap::{Atom, PlainCode, QuotaLimit, QuotaResource, QuotaResponse};

use super::{Resource, Usage};

/// The largest number of the grammar: 63 bits (RFC 9208 §3.1.2).
const LARGEST: u64 = i64::MAX as u64;

/// What does not fit: NO with `[OVERQUOTA]` (RFC 9208 §4.3.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("over the quota of {}", resource.name())]
#[non_exhaustive]
pub struct OverQuota {
    /// Whose limit it is.
    pub root: Bytes,
    /// Of what there would be too much.
    pub resource: Resource,
}

impl OverQuota {
    /// The response code.
    #[must_use]
    pub const fn code(&self) -> PlainCode {
        PlainCode::OverQuota
    }
}

/// Why SETQUOTA is to be answered with NO. Nothing is changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetQuotaError {
    /// A resource that is not known here.
    #[error("an unknown resource")]
    UnknownResource,
    /// A resource with two limits.
    #[error("two limits of one resource")]
    TwoLimits,
    /// A limit that needs more than 63 bits.
    #[error("a limit out of range")]
    OutOfRange,
    /// There is no such quota root.
    #[error("no such quota root")]
    NoRoot,
}

/// A quota root: its name, its limits, and how much is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    root: Bytes,
    /// In the order of [`Resource::ALL`], as they are told.
    limits: [Option<u64>; 4],
    usage: Usage,
}

impl Quota {
    /// A root of this name that limits nothing, and of which nothing is used.
    pub fn new(root: impl Into<Bytes>) -> Self {
        Self { root: root.into(), limits: [None; 4], usage: Usage::NONE }
    }

    /// The same with a limit, as it is told: storage in units of 1024 octets. Zero allows nothing. More
    /// than 63 bits cannot be told, and are the most that can.
    #[must_use]
    pub fn with_limit(mut self, resource: Resource, limit: u64) -> Self {
        self.put(resource, Some(limit.min(LARGEST)));
        self
    }

    /// The same with this used.
    #[must_use]
    pub const fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Its name.
    #[must_use]
    pub const fn root(&self) -> &Bytes {
        &self.root
    }

    /// How much is used.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// The limit of a resource, as it is told; `None` where there is none.
    #[must_use]
    pub fn limit(&self, resource: Resource) -> Option<u64> {
        let at = Resource::ALL.iter().position(|one| *one == resource)?;
        self.limits.get(at).copied().flatten()
    }

    fn put(&mut self, resource: Resource, limit: Option<u64>) {
        let at = Resource::ALL.iter().position(|one| *one == resource);
        if let Some(slot) = at.and_then(|at| self.limits.get_mut(at)) {
            *slot = limit;
        }
    }

    /// Whether so much more would still be within the limits.
    ///
    /// # Errors
    ///
    /// [`OverQuota`] with the first resource of which there would be too much.
    pub fn fits(&self, adds: Usage) -> Result<(), OverQuota> {
        self.fits_instead(adds, Usage::NONE)
    }

    /// The same where something else goes, such as the message that REPLACE replaces: "only the net
    /// quota consumption is considered" (RFC 8508 §3.4).
    ///
    /// # Errors
    ///
    /// [`OverQuota`] with the first resource of which there would be too much.
    pub fn fits_instead(&self, adds: Usage, frees: Usage) -> Result<(), OverQuota> {
        let net = adds.minus(frees);
        let over = Resource::ALL.into_iter().find(|&resource| {
            let more = net.of(resource);
            let Some(limit) = self.limit(resource) else { return false };
            let limit = limit.saturating_mul(resource.unit());
            more > 0 && self.usage.of(resource).saturating_add(more) > limit
        });
        over.map_or(Ok(()), |resource| Err(OverQuota { root: self.root.clone(), resource }))
    }

    /// The first resource of which more is used than there may be, as after a limit was lowered: an
    /// untagged NO with `[OVERQUOTA]` may tell it (RFC 9208 §4.3.1).
    #[must_use]
    pub fn exceeded(&self) -> Option<Resource> {
        Resource::ALL.into_iter().find(|&resource| {
            let limit = self.limit(resource).map(|limit| limit.saturating_mul(resource.unit()));
            limit.is_some_and(|limit| self.usage.of(resource) > limit)
        })
    }

    /// Counts what has come, whether it fits or not.
    pub fn add(&mut self, usage: Usage) {
        self.usage = self.usage.plus(usage);
    }

    /// Counts what has gone.
    pub fn free(&mut self, usage: Usage) {
        self.usage = self.usage.minus(usage);
    }

    /// What SETQUOTA does: these limits instead of all there were (RFC 9208 §4.1.3).
    ///
    /// # Errors
    ///
    /// [`SetQuotaError`] when it is to be answered with NO.
    pub fn set(&mut self, limits: &[QuotaLimit]) -> Result<(), SetQuotaError> {
        let mut new = Self { limits: [None; 4], ..self.clone() };
        for QuotaLimit { resource, limit } in limits {
            let resource = Resource::by_name(resource).ok_or(SetQuotaError::UnknownResource)?;
            if new.limit(resource).is_some() {
                return Err(SetQuotaError::TwoLimits);
            }
            if *limit > LARGEST {
                return Err(SetQuotaError::OutOfRange);
            }
            new.put(resource, Some(*limit));
        }
        *self = new;
        Ok(())
    }

    /// The QUOTA response. Resources without a limit are not told (RFC 9208 §4.2.1).
    #[must_use]
    pub fn response(&self) -> QuotaResponse {
        let told = |resource: Resource| {
            let limit = self.limit(resource)?;
            let usage = self.usage.of(resource).div_ceil(resource.unit()).min(LARGEST);
            let resource = Atom::new(resource.name()).ok()?;
            Some(QuotaResource { resource, usage, limit })
        };
        let resources = Resource::ALL.into_iter().filter_map(told).collect();
        QuotaResponse { root: self.root.clone(), resources }
    }
}
