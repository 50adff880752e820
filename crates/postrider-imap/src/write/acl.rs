//! ACL.

use super::Out;
use crate::value::{Acl, ListRights, MyRights, Rights, RightsChange};

impl Out<'_> {
    pub(crate) fn acl(&mut self, acl: &Acl) {
        self.astring(acl.mailbox.as_bytes());
        for (identifier, rights) in &acl.entries {
            self.sp();
            self.astring(identifier);
            self.sp();
            self.rights(*rights);
        }
    }

    pub(crate) fn list_rights(&mut self, rights: &ListRights) {
        self.astring(rights.mailbox.as_bytes());
        self.sp();
        self.astring(&rights.identifier);
        self.sp();
        self.rights(rights.required);
        for optional in &rights.optional {
            self.sp();
            self.rights(*optional);
        }
    }

    pub(crate) fn my_rights(&mut self, rights: &MyRights) {
        self.astring(rights.mailbox.as_bytes());
        self.sp();
        self.rights(rights.rights);
    }

    pub(crate) fn rights_change(&mut self, change: RightsChange) {
        match change {
            RightsChange::Replace(rights) => self.rights(rights),
            RightsChange::Add(rights) => self.signed(b'+', rights),
            RightsChange::Remove(rights) => self.signed(b'-', rights),
        }
    }

    fn signed(&mut self, sign: u8, rights: Rights) {
        self.byte(sign);
        rights.iter().for_each(|right| self.byte(right));
    }

    /// `rights = astring`: letters and digits, or an empty string.
    fn rights(&mut self, rights: Rights) {
        if rights.is_empty() {
            self.put(b"\"\"");
        }
        rights.iter().for_each(|right| self.byte(right));
    }
}
