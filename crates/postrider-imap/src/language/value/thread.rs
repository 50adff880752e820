//! THREAD (RFC 5256).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::{Atom, SearchKey};

/// THREAD and UID THREAD.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThreadCommand {
    /// Whether UIDs are asked for.
    pub uid: bool,
    /// `ORDEREDSUBJECT`, `REFERENCES` or another.
    pub algorithm: Atom,
    /// The charset of the strings.
    pub charset: Bytes,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

/// The threads of a THREAD response, as a flat list: each message with its depth, the answers
/// behind what they answer. So no depth of a discussion needs a deep value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    pub(crate) nodes: Vec<ThreadNode>,
}

/// One place in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a place has these two")]
pub struct ThreadNode {
    /// How many places are above it; 0 begins a thread.
    pub depth: u32,
    /// The message; `None` where it is missing and only its answers are there.
    pub number: Option<NonZeroU32>,
}
