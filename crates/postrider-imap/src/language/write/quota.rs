//! QUOTA.

use super::Out;
use crate::language::value::{QuotaLimit, QuotaResponse, QuotaRoots};

impl Out<'_> {
    pub(crate) fn quota(&mut self, a: &QuotaResponse) {
        let _ = a;
    }

    pub(crate) fn quota_roots(&mut self, a: &QuotaRoots) {
        let _ = a;
    }

    pub(crate) fn set_quota(&mut self, a: &[u8], b: &[QuotaLimit]) {
        let _ = a;
        let _ = b;
    }
}
