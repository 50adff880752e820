//! A message on its way into a mailbox.

use alloc::vec::Vec;

use super::{Flag, InternalDate};

/// What APPEND says of a message before its octets (RFC 3501 §6.3.11).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppendMessage {
    /// The flags it is to have; none unless told.
    pub flags: Vec<Flag>,
    /// The date it is to have; that of its arrival unless told.
    pub date: Option<InternalDate>,
    /// How many octets it has.
    pub octets: u64,
}

impl AppendMessage {
    /// A message of so many octets, without flags, that arrives now.
    #[must_use]
    pub fn new(octets: u64) -> Self {
        Self { flags: Vec::new(), date: None, octets }
    }

    /// Sets the flags it is to have.
    #[must_use]
    pub fn with_flags(mut self, flags: Vec<Flag>) -> Self {
        self.flags = flags;
        self
    }

    /// Sets the date it is to have.
    #[must_use]
    pub fn with_date(mut self, date: InternalDate) -> Self {
        self.date = Some(date);
        self
    }
}
