//! ACL.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;
use crate::language::value::{Acl, ListRights, MyRights};

impl Grammar<'_> {
    pub(crate) fn acl<'a>(&self, input: &'a [u8]) -> Parsed<'a, Acl> {
        failure(input)
    }

    pub(crate) fn list_rights<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListRights> {
        failure(input)
    }

    pub(crate) fn my_rights<'a>(&self, input: &'a [u8]) -> Parsed<'a, MyRights> {
        failure(input)
    }

    pub(crate) fn set_acl<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        failure(input)
    }
}
