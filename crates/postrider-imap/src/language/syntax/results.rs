//! SEARCH, SORT, THREAD and ESEARCH: what is found.

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::value::{EsearchResponse, ModSeq, NumberList, Thread, UidBatch};

impl Grammar<'_> {
    pub(crate) fn search_results<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (NumberList, Option<ModSeq>)> {
        failure(input)
    }

    pub(crate) fn esearch<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchResponse> {
        failure(input)
    }

    pub(crate) fn thread<'a>(&self, input: &'a [u8]) -> Parsed<'a, Thread> {
        failure(input)
    }

    pub(crate) fn uid_batches_response<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (Bytes, Vec<UidBatch>)> {
        failure(input)
    }
}
