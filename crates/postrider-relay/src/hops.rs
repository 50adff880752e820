//! Messages that go in circles (RFC 5321 §6.3).

use postrider_message::{FieldName, Headers};
use postrider_smtp::EnhancedStatusCode;

use crate::status;

/// How many `Received` fields are still no loop: RFC 5321 §6.3 asks for "a large rejection threshold,
/// normally at least 100".
pub const HOPS: usize = 100;

/// A message with more `Received` fields than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{hops} hops: the message goes in circles")]
#[non_exhaustive]
pub struct TooManyHops {
    /// How many there are.
    pub hops: usize,
}

impl TooManyHops {
    /// The code of the reply that refuses such a message: 554.
    #[must_use]
    pub fn reply_code(self) -> u16 {
        554
    }

    /// Routing loop detected: 5.4.6 (RFC 3463 §3.5).
    #[must_use]
    pub fn status(self) -> EnhancedStatusCode {
        status::LOOP
    }
}

/// The hops that a message has behind it: its `Received` fields, whatever stands in them.
#[must_use]
pub fn hops(headers: Headers<'_>) -> usize {
    headers.all(FieldName::Received).count()
}

/// Refuses a message with more than `most` hops behind it; returns their number.
///
/// # Errors
///
/// [`TooManyHops`].
pub fn check_hops(headers: Headers<'_>, most: usize) -> Result<usize, TooManyHops> {
    let hops = hops(headers);
    if hops > most { Err(TooManyHops { hops }) } else { Ok(hops) }
}
