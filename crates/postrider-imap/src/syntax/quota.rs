//! QUOTA.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{astring, mailbox, name};
use super::{Grammar, Parsed};
use crate::command::Command;
use crate::value::{QuotaLimit, QuotaResource, QuotaResponse, QuotaRoots};

impl Grammar<'_> {
    /// What stands behind `QUOTA `.
    ///
    /// ```text
    /// quota-response = "QUOTA" SP quota-root-name SP quota-list
    /// quota-list     = "(" quota-resource *(SP quota-resource) ")"
    /// ```
    ///
    /// (RFC 9208 §7); that of RFC 2087 may be empty.
    pub(crate) fn quota<'a>(&self, input: &'a [u8]) -> Parsed<'a, QuotaResponse> {
        let (rest, root) = astring(input)?;
        let (rest, resources) = self.list(self.sp(rest)?.0, |i| self.quota_resource(i))?;
        Ok((rest, QuotaResponse { root: root.to_bytes(), resources }))
    }

    /// `quota-resource = resource-name SP resource-usage SP resource-limit`
    fn quota_resource<'a>(&self, input: &'a [u8]) -> Parsed<'a, QuotaResource> {
        let (rest, resource) = name(input)?;
        let (rest, usage) = self.number63(self.sp(rest)?.0)?;
        let (rest, limit) = self.number63(self.sp(rest)?.0)?;
        Ok((rest, QuotaResource { resource, usage, limit }))
    }

    /// What stands behind `QUOTAROOT `.
    ///
    /// `quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)`
    pub(crate) fn quota_roots<'a>(&self, input: &'a [u8]) -> Parsed<'a, QuotaRoots> {
        let (rest, mailbox) = mailbox(input)?;
        let root = |i| astring(i).map(|(rest, root)| (rest, root.to_bytes()));
        let (rest, roots): (_, Vec<Bytes>) = self.further(rest, root)?;
        Ok((rest, QuotaRoots { mailbox, roots }))
    }

    /// What stands behind `SETQUOTA `.
    ///
    /// ```text
    /// setquota         = "SETQUOTA" SP quota-root-name SP setquota-list
    /// setquota-list    = "(" [setquota-resource *(SP setquota-resource)] ")"
    /// setquota-resource = resource-name SP resource-limit
    /// ```
    pub(crate) fn set_quota<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, root) = astring(input)?;
        let (rest, limits) = self.list(self.sp(rest)?.0, |i| {
            let (rest, resource) = name(i)?;
            let (rest, limit) = self.number63(self.sp(rest)?.0)?;
            Ok((rest, QuotaLimit { resource, limit }))
        })?;
        Ok((rest, Command::SetQuota { root: root.to_bytes(), limits }))
    }
}
