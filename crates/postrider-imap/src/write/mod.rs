//! Writing: every value as it crosses the wire.

mod acl;
mod append;
mod base;
mod body;
mod code;
mod command;
mod envelope;
mod fetch;
mod id;
mod list;
mod mailbox_status;
mod metadata;
mod namespace;
mod notify;
mod quota;
mod raw;
mod response;
mod results;
mod search;
mod section;
mod select;
mod status;
mod store;

use alloc::vec::Vec;

pub use append::AppendWriter;
pub use base::{EncodedCommand, Literals, WriteOptions};
pub(crate) use base::{Out, is_quotable};

/// A response code without its brackets, for [`core::fmt::Display`].
pub(crate) fn code(out: &mut Vec<u8>, code: &super::value::Code) {
    Out::for_response(out, WriteOptions::default()).code(code);
}

/// A section without its brackets, for [`core::fmt::Display`].
pub(crate) fn section(out: &mut Vec<u8>, section: &super::value::Section) {
    Out::for_response(out, WriteOptions::default()).section(section);
}

/// An envelope.
pub(crate) fn envelope(out: &mut Vec<u8>, envelope: super::value::EnvelopeView<'_>) {
    Out::for_response(out, WriteOptions::default()).envelope(envelope);
}

/// A body structure with its extension data.
pub(crate) fn body(out: &mut Vec<u8>, body: &super::value::BodyStructure) {
    Out::for_response(out, WriteOptions::default()).body(body, true);
}

/// A number in digits.
pub(crate) fn put_number(out: &mut Vec<u8>, number: u64) {
    Out::for_response(out, WriteOptions::default()).number(number);
}
