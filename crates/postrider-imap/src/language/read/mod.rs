//! Framing before grammar: where units end, and which octets stream.

mod framer;
mod head;
mod items;
mod literal;
mod response;
mod step;

pub(crate) use literal::{decimal, literal_at_end};
pub use response::{FetchedMessage, ResponsePart, ResponseReader};
pub use step::{Consumed, Step};
