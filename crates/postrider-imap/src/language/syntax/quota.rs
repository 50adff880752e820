//! QUOTA.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;
use crate::language::value::{QuotaResponse, QuotaRoots};

impl Grammar<'_> {
    pub(crate) fn quota<'a>(&self, input: &'a [u8]) -> Parsed<'a, QuotaResponse> {
        failure(input)
    }

    pub(crate) fn quota_roots<'a>(&self, input: &'a [u8]) -> Parsed<'a, QuotaRoots> {
        failure(input)
    }

    pub(crate) fn set_quota<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        failure(input)
    }
}
