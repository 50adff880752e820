//! Framing before grammar: where units end, and which octets stream.

mod command;
mod command_part;
mod framer;
mod head;
mod items;
mod literal;
mod long;
mod nesting;
mod response;
mod response_part;
mod step;
mod told;

pub use command::CommandReader;
pub use command_part::{CommandHead, CommandPart, LiteralRequest, LiteralRole};

pub(crate) use command::command_front;
pub(crate) use framer::{is_inside_quotes, is_one_command, may_hold_literal, stands_apart};
pub(crate) use items::{Extent, is_one_item, item_extent};
pub(crate) use literal::{LiteralHead, decimal, literal_at_end};
pub use response::ResponseReader;
pub use response_part::{FetchedMessage, ResponsePart};
pub use step::{Consumed, Step};
