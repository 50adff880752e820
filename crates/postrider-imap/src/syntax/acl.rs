//! ACL.

use super::base::{astring, failure, mailbox};
use super::{Grammar, Parsed};
use crate::command::Command;
use crate::quirks::Quirk;
use crate::value::{Acl, ListRights, MyRights, Rights, RightsChange};

impl Grammar<'_> {
    /// What stands behind `ACL `.
    ///
    /// `acl-data = "ACL" SP mailbox *(SP identifier SP rights)`
    pub(crate) fn acl<'a>(&self, input: &'a [u8]) -> Parsed<'a, Acl> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, entries) = self.further(rest, |i| {
            let (rest, identifier) = astring(i)?;
            let (rest, rights) = self.rights(self.sp(rest)?.0)?;
            Ok((rest, (identifier.to_bytes(), rights)))
        })?;
        Ok((rest, Acl { mailbox, entries }))
    }

    /// What stands behind `LISTRIGHTS ` in a response.
    ///
    /// `listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)`
    pub(crate) fn list_rights<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListRights> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, identifier) = astring(self.sp(rest)?.0)?;
        let (rest, required) = self.rights(self.sp(rest)?.0)?;
        let (rest, optional) = self.further(rest, |i| self.rights(i))?;
        Ok((rest, ListRights { mailbox, identifier: identifier.to_bytes(), required, optional }))
    }

    /// What stands behind `MYRIGHTS ` in a response.
    ///
    /// `myrights-data = "MYRIGHTS" SP mailbox SP rights`
    pub(crate) fn my_rights<'a>(&self, input: &'a [u8]) -> Parsed<'a, MyRights> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, rights) = self.rights(self.sp(rest)?.0)?;
        Ok((rest, MyRights { mailbox, rights }))
    }

    /// `rights = astring ;; only lowercase ASCII letters and digits are allowed.`
    ///
    /// Other octets are left out where that is forgiven.
    fn rights<'a>(&self, input: &'a [u8]) -> Parsed<'a, Rights> {
        let (rest, string) = astring(input)?;
        self.rights_of(input, string.octets).map(|(_, rights)| (rest, rights))
    }

    fn rights_of<'a>(&self, input: &'a [u8], octets: &[u8]) -> Parsed<'a, Rights> {
        let mut rights = Rights::new();
        for &octet in octets {
            if rights.insert(octet).is_err() && !self.forgives(Quirk::AtomOctet) {
                return failure(input);
            }
        }
        Ok((input, rights))
    }

    /// What stands behind `SETACL `.
    ///
    /// ```text
    /// setacl     = "SETACL" SP mailbox SP identifier SP mod-rights
    /// mod-rights = astring  ;; +rights to add, -rights to remove, rights to replace
    /// ```
    pub(crate) fn set_acl<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, mailbox) = mailbox(input)?;
        let (rest, identifier) = astring(self.sp(rest)?.0)?;
        let (rest, ()) = self.sp(rest)?;
        let (behind, change) = astring(rest)?;
        let of = |octets| self.rights_of(rest, octets).map(|(_, rights)| rights);
        let rights = match change.octets.split_first() {
            Some((b'+', octets)) => RightsChange::Add(of(octets)?),
            Some((b'-', octets)) => RightsChange::Remove(of(octets)?),
            _ => RightsChange::Replace(of(change.octets)?),
        };
        Ok((behind, Command::SetAcl { mailbox, identifier: identifier.to_bytes(), rights }))
    }
}
