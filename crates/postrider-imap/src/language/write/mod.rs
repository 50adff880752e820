//! Writing: every value as it crosses the wire.

mod acl;
mod base;
mod command;
mod fetch;
mod list;
mod metadata;
mod notify;
mod quota;
mod response;
mod results;
mod search;
mod select;
mod status;
mod store;

use alloc::vec::Vec;

pub(crate) use base::Out;
pub use base::{EncodedCommand, Literals, WriteOptions};

/// A section without its brackets, for [`core::fmt::Display`].
pub(crate) fn section(out: &mut Vec<u8>, section: &super::value::Section) {
    let _ = (out, section);
}

/// An envelope.
pub(crate) fn envelope(out: &mut Vec<u8>, envelope: &super::value::Envelope) {
    let _ = (out, envelope);
}

/// A body structure with its extension data.
pub(crate) fn body(out: &mut Vec<u8>, body: &super::value::BodyStructure) {
    let _ = (out, body);
}
