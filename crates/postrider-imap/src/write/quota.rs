//! QUOTA.

use super::Out;
use crate::value::{QuotaLimit, QuotaResponse, QuotaRoots};

impl Out<'_> {
    pub(crate) fn quota(&mut self, quota: &QuotaResponse) {
        self.astring(&quota.root);
        self.sp();
        self.list(&quota.resources, |out, one| {
            out.put(one.resource.as_bytes());
            out.sp();
            out.number(one.usage);
            out.sp();
            out.number(one.limit);
        });
    }

    pub(crate) fn quota_roots(&mut self, roots: &QuotaRoots) {
        self.astring(roots.mailbox.as_bytes());
        for root in &roots.roots {
            self.sp();
            self.astring(root);
        }
    }

    pub(crate) fn set_quota(&mut self, root: &[u8], limits: &[QuotaLimit]) {
        self.put(b"SETQUOTA ");
        self.astring(root);
        self.sp();
        self.list(limits, |out, one| {
            out.put(one.resource.as_bytes());
            out.sp();
            out.number(one.limit);
        });
    }
}
