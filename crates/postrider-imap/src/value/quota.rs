//! QUOTA (RFC 2087, 9208).

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, MailboxName};

/// A limit that SETQUOTA sets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9208 has these two")]
pub struct QuotaLimit {
    /// Of what: `STORAGE` (in units of 1024 octets), `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`.
    pub resource: Atom,
    /// How much there may be.
    pub limit: u64,
}

/// The QUOTA response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9208 has these two")]
pub struct QuotaResponse {
    /// The quota root.
    pub root: Bytes,
    /// Its resources.
    pub resources: Vec<QuotaResource>,
}

/// How much of a resource is used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9208 has these three")]
pub struct QuotaResource {
    /// Of what.
    pub resource: Atom,
    /// How much there is.
    pub usage: u64,
    /// How much there may be.
    pub limit: u64,
}

/// The QUOTAROOT response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9208 has these two")]
pub struct QuotaRoots {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Its quota roots.
    pub roots: Vec<Bytes>,
}
