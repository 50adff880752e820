//! LIST and NAMESPACE.

use bytes::Bytes;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::value::{ListCommand, ListKind, ListResponse, MailboxName, Namespaces};

impl Grammar<'_> {
    pub(crate) fn list_response<'a>(
        &self,
        kind: ListKind,
        input: &'a [u8],
    ) -> Parsed<'a, ListResponse> {
        let _ = kind;
        failure(input)
    }

    pub(crate) fn list_command<'a>(&self, input: &'a [u8]) -> Parsed<'a, ListCommand> {
        failure(input)
    }

    pub(crate) fn reference_and_pattern<'a>(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (MailboxName, Bytes)> {
        failure(input)
    }

    pub(crate) fn namespaces<'a>(&self, input: &'a [u8]) -> Parsed<'a, Namespaces> {
        failure(input)
    }
}
