//! Why no notification is made.

use postrider_message::InvalidValue;
use postrider_mime::build::BuildError;
use postrider_mime::report::ReportError;

/// Why no notification is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DsnError {
    /// The mail came from nobody: it is a notification itself, or wants none. "A DSN MUST NOT be
    /// returned to the sender for any message for which the return address from the SMTP MAIL command
    /// was NULL" (RFC 3461 §5.2). Whether the postmaster is told is for the caller to decide.
    #[error("the mail has a null reverse-path, to which nothing is sent")]
    NullSender,
    /// The notice is about nobody (RFC 3464 §2.1).
    #[error("the notice has no recipient")]
    NoRecipient,
    /// The name of the reporting host is no domain and no address literal.
    #[error("the name of the reporting host is no host")]
    Host,
    /// A field of the message cannot be written.
    #[error(transparent)]
    Value(#[from] InvalidValue),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The message cannot be put together.
    #[error(transparent)]
    Build(#[from] BuildError),
}
