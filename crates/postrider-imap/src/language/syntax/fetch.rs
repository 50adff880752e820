//! FETCH.

use alloc::vec::Vec;

use super::base::failure;
use super::{Grammar, Parsed};
use crate::language::command::Command;
use crate::language::value::FetchItem;

impl Grammar<'_> {
    pub(crate) fn fetch_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<FetchItem>> {
        failure(input)
    }

    pub(crate) fn fetch_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, Command> {
        let _ = uid;
        failure(input)
    }

    pub(crate) fn body_section_name(
        &self,
        name: &[u8],
    ) -> Option<(crate::language::value::BodySection, Option<u64>)> {
        let _ = name;
        None
    }

    pub(crate) fn fetch_item(&self, item: &[u8]) -> FetchItem {
        FetchItem::Unparsed(crate::language::value::Raw::read(item))
    }
}
