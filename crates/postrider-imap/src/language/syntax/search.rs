//! SEARCH, SORT, THREAD and ESEARCH: what is asked.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::value::{
    EsearchOptions, SearchCommand, SortCommand, ThreadCommand, UidBatches,
};

impl Grammar<'_> {
    pub(crate) fn search_command<'a>(
        &self,
        uid: bool,
        input: &'a [u8],
    ) -> Parsed<'a, SearchCommand> {
        let _ = uid;
        failure(input)
    }

    pub(crate) fn sort_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, SortCommand> {
        let _ = uid;
        failure(input)
    }

    pub(crate) fn thread_command<'a>(
        &self,
        uid: bool,
        input: &'a [u8],
    ) -> Parsed<'a, ThreadCommand> {
        let _ = uid;
        failure(input)
    }

    pub(crate) fn esearch_command<'a>(&self, input: &'a [u8]) -> Parsed<'a, EsearchOptions> {
        failure(input)
    }

    pub(crate) fn uid_batches<'a>(&self, input: &'a [u8]) -> Parsed<'a, UidBatches> {
        failure(input)
    }
}
