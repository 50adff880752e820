//! Framing before grammar: where units end, and which octets stream.

mod command;
mod framer;
mod head;
mod items;
mod literal;
mod long;
mod response;
mod step;

pub use command::{CommandHead, CommandPart, CommandReader, LiteralRequest, LiteralRole};

pub(crate) use literal::{decimal, literal_at_end};
pub use response::{FetchedMessage, ResponsePart, ResponseReader};
pub use step::{Consumed, Step};
