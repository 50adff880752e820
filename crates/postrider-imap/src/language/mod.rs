//! The language: the values of IMAP, and how they are read and written.

mod command;
mod error;
mod quirks;
mod read;
mod response;
mod syntax;
mod value;
mod write;

pub use command::{Command, Tag, TaggedCommand};
pub use error::SyntaxError;
pub use quirks::{Quirk, Quirks};
pub use response::{Continuation, Response};
pub use value::*;
pub use write::{EncodedCommand, Literals, WriteOptions};
