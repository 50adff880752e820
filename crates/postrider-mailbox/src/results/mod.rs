//! What is told of the messages that were found: SEARCH, SORT, ESEARCH, PARTIAL and CONTEXT.

mod found;

pub use found::{Found, FoundMessage};
