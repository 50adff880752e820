//! NOTIFY.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::value::NotifyCommand;

impl Grammar<'_> {
    pub(crate) fn notify<'a>(&self, input: &'a [u8]) -> Parsed<'a, NotifyCommand> {
        failure(input)
    }
}
