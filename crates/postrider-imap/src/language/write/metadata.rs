//! METADATA and ID.

use super::Out;
use crate::language::value::{GetMetadata, IdParameters, MetadataEntry, MetadataResponse};

impl Out<'_> {
    pub(crate) fn metadata(&mut self, a: &MetadataResponse) {
        let _ = a;
    }

    pub(crate) fn get_metadata(&mut self, a: &GetMetadata) {
        let _ = a;
    }

    pub(crate) fn metadata_entries(&mut self, a: &[MetadataEntry]) {
        let _ = a;
    }

    pub(crate) fn id_parameters(&mut self, a: &IdParameters) {
        let _ = a;
    }
}
