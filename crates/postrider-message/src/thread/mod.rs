//! What threads messages: message identifiers and the base subject.

mod base_subject;
mod brackets;
mod ids;
mod message_id;

pub use base_subject::{BaseSubject, base_subject};
pub use ids::ThreadIds;
pub(crate) use ids::thread_ids;
pub use message_id::{MessageId, MessageIdList};
