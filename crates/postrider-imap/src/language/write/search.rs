//! SEARCH, SORT, THREAD and ESEARCH: what is asked.

use super::Out;
use crate::language::value::{
    EsearchOptions, SearchCommand, SortCommand, ThreadCommand, UidBatches,
};

impl Out<'_> {
    pub(crate) fn search_command(&mut self, a: &SearchCommand) {
        let _ = a;
    }

    pub(crate) fn sort_command(&mut self, a: &SortCommand) {
        let _ = a;
    }

    pub(crate) fn thread_command(&mut self, a: &ThreadCommand) {
        let _ = a;
    }

    pub(crate) fn esearch_command(&mut self, a: &EsearchOptions) {
        let _ = a;
    }

    pub(crate) fn uid_batches(&mut self, a: &UidBatches) {
        let _ = a;
    }
}
