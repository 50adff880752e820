//! What a client says, part by part.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::Secret;

use crate::SyntaxError;
use crate::command::{Tag, TaggedCommand};
use crate::value::{AppendMessage, AppendTarget, Atom};

/// A part of what a client says, in the order of the wire.
///
/// A command with octets of messages comes as [`CommandPart::AppendBegin`], the messages, and
/// [`CommandPart::AppendEnd`]. Any other is whole. Each [`CommandPart::Literal`] waits for
/// [`CommandReader::accept`](crate::CommandReader::accept) or
/// [`CommandReader::refuse`](crate::CommandReader::refuse).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CommandPart {
    /// A command.
    Command(TaggedCommand),
    /// A literal is announced, of which no octet is taken yet. The reader waits for a verdict.
    Literal(LiteralRequest),
    /// APPEND or REPLACE begins.
    #[non_exhaustive]
    AppendBegin {
        /// With which it is answered.
        tag: Tag,
        /// Where the messages go.
        target: AppendTarget,
    },
    /// What is said of a message whose octets, or pieces (RFC 4469), follow.
    Message(AppendMessage),
    /// A piece of a message that stands elsewhere (RFC 4469).
    Url(Bytes),
    /// The octets that this step consumed are octets of the message.
    Chunk,
    /// The octets of the literal are complete.
    LiteralEnd,
    /// The message is complete.
    MessageEnd,
    /// The command is complete.
    AppendEnd,
    /// A line that was asked for by [`CommandReader::expect_line`](crate::CommandReader::expect_line).
    /// It may be a password.
    Line(Secret<Vec<u8>>),
    /// The line that this step consumed is no command, or the rest of one that is none. What follows
    /// it is in order.
    #[non_exhaustive]
    Unparsed {
        /// How it begins, if that can be told.
        head: Option<CommandHead>,
        /// Where it goes wrong.
        error: SyntaxError,
    },
    /// A command goes past the limit: the rest of it is passed over.
    #[non_exhaustive]
    TooLong {
        /// How it begins, if that can be told.
        head: Option<CommandHead>,
    },
    /// A literal is announced that is not waited for, and so large that it is not passed over. Nothing
    /// is read any more.
    Endless,
}

/// The beginning of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandHead {
    /// With which it is answered.
    pub tag: Tag,
    /// Whether `UID` stands before the name.
    pub uid: bool,
    /// The name, if there is one.
    pub name: Option<Atom>,
}

/// A literal that is announced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiteralRequest {
    /// In which command, if that can be told.
    pub head: Option<CommandHead>,
    /// How many octets; `None` when no number of 64 bits holds them.
    pub octets: Option<u64>,
    /// Whether the client waits for `+`. If not, the octets come whatever the verdict is.
    pub waits: bool,
    /// What it is.
    pub role: LiteralRole,
    /// Where its announcement begins, in the octets of the command that are not consumed.
    pub(crate) at: usize,
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "octets of a message stream, all others do not")]
pub enum LiteralRole {
    /// A string among the arguments. One that does not fit into
    /// [`Limits::unit`](crate::Limits::unit), or that is one too many for
    /// [`Limits::literals`](crate::Limits::literals), cannot be accepted.
    Argument {
        /// Whether it can be accepted.
        fits: bool,
    },
    /// Octets of a message, or of a piece of one.
    Message,
}
