//! FETCH.

use alloc::vec::Vec;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;
use crate::language::value::FetchItem;

impl Grammar<'_> {
    pub(crate) fn fetch_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<FetchItem>> {
        failure(input)
    }

    pub(crate) fn fetch_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, Command> {
        let _ = uid;
        failure(input)
    }
}
