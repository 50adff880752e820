//! ACL.

use super::Out;
use crate::language::value::{Acl, ListRights, MyRights, RightsChange};

impl Out<'_> {
    pub(crate) fn acl(&mut self, a: &Acl) {
        let _ = a;
    }

    pub(crate) fn list_rights(&mut self, a: &ListRights) {
        let _ = a;
    }

    pub(crate) fn my_rights(&mut self, a: &MyRights) {
        let _ = a;
    }

    pub(crate) fn rights_change(&mut self, a: RightsChange) {
        let _ = a;
    }
}
