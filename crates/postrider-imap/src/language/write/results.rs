//! SEARCH, SORT, THREAD and ESEARCH: what is found.

use super::Out;
use crate::language::value::{EsearchResponse, ModSeq, NumberList, Thread, UidBatch};

impl Out<'_> {
    pub(crate) fn search_results(&mut self, a: &NumberList, b: Option<ModSeq>) {
        let _ = a;
        let _ = b;
    }

    pub(crate) fn esearch(&mut self, a: &EsearchResponse) {
        let _ = a;
    }

    pub(crate) fn thread(&mut self, a: &Thread) {
        let _ = a;
    }

    pub(crate) fn uid_batches_response(&mut self, a: &[u8], b: &[UidBatch]) {
        let _ = a;
        let _ = b;
    }
}
