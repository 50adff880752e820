//! Status responses, their codes, and capabilities.

use alloc::vec::Vec;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::response::Continuation;
use crate::language::value::{Atom, Capability, Status, StatusKind, UidSet};

impl Grammar<'_> {
    pub(crate) fn status<'a>(&self, kind: StatusKind, input: &'a [u8]) -> Parsed<'a, Status> {
        let _ = kind;
        failure(input)
    }

    pub(crate) fn continuation<'a>(&self, input: &'a [u8]) -> Parsed<'a, Continuation> {
        failure(input)
    }

    pub(crate) fn capabilities<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Capability>> {
        failure(input)
    }

    pub(crate) fn enabled<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Atom>> {
        failure(input)
    }

    pub(crate) fn vanished<'a>(&self, input: &'a [u8]) -> Parsed<'a, (bool, UidSet)> {
        failure(input)
    }
}
