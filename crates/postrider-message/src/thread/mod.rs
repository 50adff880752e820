//! What threads messages: message identifiers and the base subject.

mod message_id;

pub use message_id::{MessageId, MessageIdList};
