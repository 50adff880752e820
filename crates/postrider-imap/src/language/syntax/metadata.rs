//! METADATA and ID.

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;
use crate::language::value::{GetMetadata, IdParameters, MetadataResponse};

impl Grammar<'_> {
    pub(crate) fn metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, MetadataResponse> {
        failure(input)
    }

    pub(crate) fn get_metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, GetMetadata> {
        failure(input)
    }

    pub(crate) fn set_metadata<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        failure(input)
    }

    pub(crate) fn id_parameters<'a>(&self, input: &'a [u8]) -> Parsed<'a, IdParameters> {
        failure(input)
    }
}
