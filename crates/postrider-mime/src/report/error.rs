//! Why a report cannot be written.

use postrider_message::InvalidValue;

use crate::build::BuildError;

/// Why a report cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A field that the format asks for is not there: a report that was read may lack it.
    #[error("no {0} field")]
    Missing(&'static str),
    /// A delivery status without a recipient (RFC 3464 §2.1).
    #[error("no recipient")]
    NoRecipient,
    /// A value that cannot be written: not ASCII where ASCII is asked for, or a word that no line
    /// holds.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    /// The parts around it cannot be put together.
    #[error(transparent)]
    Build(#[from] BuildError),
}
