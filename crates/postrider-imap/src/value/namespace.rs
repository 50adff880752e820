//! NAMESPACE: where mailboxes live.

use alloc::vec::Vec;

use bytes::Bytes;

use super::Delimiter;

/// NAMESPACE (RFC 2342, RFC 9051 §6.3.10). A kind of which there is none is `NIL`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Namespaces {
    /// Personal namespaces.
    pub personal: Vec<Namespace>,
    /// Other users'.
    pub other_users: Vec<Namespace>,
    /// Shared ones.
    pub shared: Vec<Namespace>,
}

impl Namespaces {
    /// Those of the three kinds.
    #[must_use]
    pub fn new(
        personal: Vec<Namespace>,
        other_users: Vec<Namespace>,
        shared: Vec<Namespace>,
    ) -> Self {
        Self { personal, other_users, shared }
    }
}

/// One namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Namespace {
    /// What the names in it begin with.
    pub prefix: Bytes,
    /// What parts the levels of its hierarchy.
    pub delimiter: Option<Delimiter>,
    /// Extension data: names and their values, of which each has at least one.
    pub extensions: Vec<(Bytes, Vec<Bytes>)>,
}

impl Namespace {
    /// A namespace without extension data.
    pub fn new(prefix: impl Into<Bytes>, delimiter: Option<Delimiter>) -> Self {
        Self { prefix: prefix.into(), delimiter, extensions: Vec::new() }
    }

    /// With extension data.
    #[must_use]
    pub fn with_extensions(mut self, extensions: Vec<(Bytes, Vec<Bytes>)>) -> Self {
        self.extensions = extensions;
        self
    }
}
