//! Framing before grammar: where units end, and which octets stream.

mod literal;

pub(crate) use literal::{LiteralHead, decimal, literal_at_end};
