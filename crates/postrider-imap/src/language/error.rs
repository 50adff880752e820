//! Why a unit could not be read.

/// A unit that does not follow the grammar. Its octets are not told, for they may be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not in the grammar, at octet {offset}")]
#[non_exhaustive]
pub struct SyntaxError {
    /// The octet of the unit at which it went wrong, as far as that is known.
    pub offset: usize,
}
