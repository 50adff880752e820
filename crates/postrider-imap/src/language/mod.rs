//! The language: the values of IMAP, and how they are read and written.

mod command;
mod error;
mod quirks;
mod read;
mod response;
pub(crate) mod syntax;
mod value;
mod write;

pub(crate) use command::is_tag_octet;
pub use command::{Command, Tag, TaggedCommand};
pub use error::SyntaxError;
pub use quirks::{Quirk, Quirks};
pub(crate) use read::literal_at_end;
pub use read::{
    CommandHead, CommandPart, CommandReader, Consumed, FetchedMessage, LiteralRequest, LiteralRole,
    ResponsePart, ResponseReader, Step,
};
pub(crate) use response::without_line_end;
pub use response::{Continuation, Response};
pub use value::*;
pub use write::{AppendWriter, EncodedCommand, Literals, WriteOptions};
