//! What a server says, part by part.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use crate::SyntaxError;
use crate::response::Response;
use crate::value::{BodySection, FetchItem, MessageNumber, Uid};

/// A part of what a server says, in the order of the wire.
///
/// A FETCH response that carries octets of a message comes as [`ResponsePart::FetchItems`] for items
/// that stand inline, [`ResponsePart::BodyBegin`] to [`ResponsePart::BodyEnd`] for these octets, and
/// [`ResponsePart::FetchEnd`]; so does one of many items, without octets. Any other is whole, as
/// [`Response::Fetch`] or [`Response::UidFetch`]. The UID may stand in front of the octets or behind
/// them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ResponsePart {
    /// A response.
    Response(Response),
    /// Inline items of an open FETCH response.
    #[non_exhaustive]
    FetchItems {
        /// Of which message.
        message: FetchedMessage,
        /// The items, in order.
        items: Vec<FetchItem>,
    },
    /// Octets of a message follow, or nothing, for `NIL`.
    #[non_exhaustive]
    BodyBegin {
        /// Of which message.
        message: FetchedMessage,
        /// Which octets.
        section: BodySection,
        /// Where they begin in the section, when they were asked for in part.
        origin: Option<u64>,
        /// How many follow; `None` for `NIL`: there is no such section.
        declared: Option<u64>,
    },
    /// The octets that this step consumed are octets of the message.
    Chunk,
    /// Octets of the message that stood in a quoted string.
    Quoted(Bytes),
    /// They are complete.
    BodyEnd,
    /// The FETCH response is complete.
    #[non_exhaustive]
    FetchEnd {
        /// Of which message.
        message: FetchedMessage,
    },
    /// The line that this step consumed is no response. What follows it is in order.
    Unparsed(SyntaxError),
    /// A response, or an item of a FETCH response, goes past the limit: it is passed over, whatever
    /// its size, and what follows it is in order.
    #[non_exhaustive]
    TooLong {
        /// Of which message, if it is an item; other items of it are told as always.
        message: Option<FetchedMessage>,
    },
    /// A literal is announced whose size fits no number, in what is passed over. Where it ends is
    /// anybody's guess, and nothing is read any more.
    Endless,
}

/// How a FETCH response names its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "FETCH has the one, UIDFETCH (RFC 9586) the other")]
pub enum FetchedMessage {
    /// By its number: FETCH.
    Number(MessageNumber),
    /// By its UID: UIDFETCH.
    Uid(Uid),
}

impl From<MessageNumber> for FetchedMessage {
    fn from(number: MessageNumber) -> Self {
        Self::Number(number)
    }
}

impl From<Uid> for FetchedMessage {
    fn from(uid: Uid) -> Self {
        Self::Uid(uid)
    }
}

impl fmt::Display for FetchedMessage {
    /// The number or UID alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Uid(uid) => uid.fmt(f),
        }
    }
}
