//! FETCH.

use super::Out;
use crate::language::value::{FetchAttributes, FetchItem};

impl Out<'_> {
    pub(crate) fn fetch_items(&mut self, a: &[FetchItem]) {
        let _ = a;
    }

    pub(crate) fn fetch_attributes(&mut self, a: &FetchAttributes) {
        let _ = a;
    }
}
