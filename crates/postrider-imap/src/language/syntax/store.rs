//! STORE and logins.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;

impl Grammar<'_> {
    pub(crate) fn store_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, Command> {
        let _ = uid;
        failure(input)
    }

    pub(crate) fn login<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        failure(input)
    }

    pub(crate) fn authenticate<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        failure(input)
    }
}
