//! SELECT, CREATE and STATUS.

use alloc::vec::Vec;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::value::{Create, MailboxStatus, SelectParameters, StatusItem};

impl Grammar<'_> {
    pub(crate) fn select_parameters<'a>(&self, input: &'a [u8]) -> Parsed<'a, SelectParameters> {
        failure(input)
    }

    pub(crate) fn create<'a>(&self, input: &'a [u8]) -> Parsed<'a, Create> {
        failure(input)
    }

    pub(crate) fn status_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<StatusItem>> {
        failure(input)
    }

    pub(crate) fn mailbox_status<'a>(&self, input: &'a [u8]) -> Parsed<'a, MailboxStatus> {
        failure(input)
    }
}
