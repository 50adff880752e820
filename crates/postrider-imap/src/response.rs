//! Responses that are one unit: all but FETCH, whose items are told one by one.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::command::Tag;
use crate::value::{Capability, Flag, Status, Text};

/// One response of a server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Response {
    /// The end of a command.
    Tagged(Tag, Status),
    /// `+`: go on with the command.
    Continue(Text),
    /// OK, NO, BAD, PREAUTH or BYE without a tag.
    Status(Status),
    Capability(Vec<Capability>),
    Flags(Vec<Flag>),
    Exists(u32),
    Recent(u32),
    Expunge(u32),
    /// Data that this crate does not know: its octets behind `* `.
    Unknown(Bytes),
}
