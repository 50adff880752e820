//! Messages that go in circles (RFC 5321 §6.3).

use postrider_message::{FieldName, Headers};

use super::MailLoop;

/// How many `Received` fields are still no loop: RFC 5321 §6.3 asks for "a large rejection threshold,
/// normally at least 100".
pub const HOPS: usize = 100;

/// The hops that a message has behind it: its `Received` fields, whatever stands in them.
#[must_use]
pub fn hops(headers: Headers<'_>) -> usize {
    headers.all(FieldName::Received).count()
}

/// Refuses a message with more than `most` hops behind it; returns their number.
///
/// # Errors
///
/// [`MailLoop::Hops`].
pub fn check_hops(headers: Headers<'_>, most: usize) -> Result<usize, MailLoop> {
    let hops = hops(headers);
    if hops > most { Err(MailLoop::Hops { hops }) } else { Ok(hops) }
}
