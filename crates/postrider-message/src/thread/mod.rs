//! What threads messages: message identifiers and the base subject.

mod base_subject;
mod message_id;

pub use base_subject::{BaseSubject, base_subject};
pub use message_id::{MessageId, MessageIdList};
