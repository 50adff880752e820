//! Where a new part is to stand.

use crate::Part;

/// Where a new part is to stand. Parts that are put to one place stand there in the order of the
/// calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a list of parts has no other places")]
pub enum Place<'a> {
    /// In the same multipart, before this part.
    Before(Part<'a>),
    /// In the same multipart, behind this part.
    After(Part<'a>),
    /// In this multipart, before all its parts.
    FirstIn(Part<'a>),
    /// In this multipart, behind all its parts.
    LastIn(Part<'a>),
}
