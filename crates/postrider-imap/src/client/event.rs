//! What a client tells.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{AbortReason, MachineEvent};

use crate::CommandName;
use crate::{
    BodySection, Capability, FetchItem, FetchedMessage, FlagSet, MessageNumber, Response, Status,
};

/// What the server said, or how the session stands.
///
/// A FETCH response comes as [`Event::FetchItems`] for items that stand inline, and
/// [`Event::BodyBegin`] … for octets of the message, in the order of the wire, then
/// [`Event::FetchEnd`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The greeting: OK or PREAUTH.
    #[non_exhaustive]
    Greeting {
        /// What it says.
        status: Status,
        /// Whether it came before TLS that the policy asks for, so that anybody may have sent it.
        untrusted: bool,
    },
    /// The session is ready for commands: greeted and, where the policy asks for it, under TLS.
    /// [`super::Client::state`] tells whether a login is needed. Comes once.
    Ready,
    /// What the server can do.
    Capability(Vec<Capability>),
    /// How many messages there are.
    Exists(u32),
    /// How many messages are `\Recent`.
    Recent(u32),
    /// This message is gone; those behind it have moved up.
    Expunge(MessageNumber),
    /// The flags in use.
    Flags(FlagSet),
    /// OK, NO or BAD that answers no command: information, or a warning.
    #[non_exhaustive]
    Status {
        /// What it says.
        status: Status,
        /// Whether it came before login, so that nothing should be done because of it.
        untrusted: bool,
    },
    /// Inline items of the FETCH response for a message.
    #[non_exhaustive]
    FetchItems {
        /// Which message.
        message: FetchedMessage,
        /// The items, in order.
        items: Vec<FetchItem>,
    },
    /// Octets of a message follow.
    #[non_exhaustive]
    BodyBegin {
        /// Which message.
        message: FetchedMessage,
        /// Which octets.
        section: BodySection,
        /// Where they begin in the section, when they were asked for in part.
        origin: Option<u64>,
        /// How many follow; `None` for `NIL`: there is no such section.
        declared: Option<u64>,
    },
    /// Some of these octets.
    Chunk(Bytes),
    /// They are complete.
    BodyEnd,
    /// They will not be complete.
    Aborted(AbortReason),
    /// The FETCH response is complete.
    #[non_exhaustive]
    FetchEnd {
        /// Which message.
        message: FetchedMessage,
    },
    /// The octets of a message that is appended are due: [`super::Client::write_payload`].
    #[non_exhaustive]
    AppendBegin {
        /// Which of the messages, counted from 0.
        index: usize,
        /// How many octets it was declared to have.
        octets: u64,
    },
    /// The server agreed to IDLE, and tells what is new from here on.
    IdleBegun,
    /// A command is done, well or badly.
    #[non_exhaustive]
    Completed {
        /// Which command.
        command: CommandName,
        /// How it went: OK, NO or BAD.
        status: Status,
    },
    /// The server closes.
    #[non_exhaustive]
    Bye {
        /// What it says.
        status: Status,
        /// Whether it came before login.
        untrusted: bool,
    },
    /// The session ends, and the answer to this command was not heard: whether the server did what
    /// it says is not known. Comes in place of [`Event::Completed`], before the error or
    /// [`postrider_wire::Progress::Closed`].
    #[non_exhaustive]
    Lost {
        /// Which command.
        command: CommandName,
    },
    /// Other data, which nothing here asks for.
    Data(Response),
    /// Data that this crate does not know, without the leading `* `.
    Unknown(Bytes),
    /// Data that is malformed, or a line that is no response at all. The latter is fatal before
    /// login, and where it might be the answer to the command in flight.
    Unparsed(Bytes),
    /// A response, or an item of a FETCH response, went past [`crate::Limits::unit`]: it is skipped,
    /// whatever its size, and what follows it is in order. Before login, and for tagged responses,
    /// that is fatal.
    #[non_exhaustive]
    TooLong {
        /// The message, if it was an item; other items of it are told as always.
        message: Option<FetchedMessage>,
    },
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(chunk) = self { Some(chunk) } else { None }
    }
}
