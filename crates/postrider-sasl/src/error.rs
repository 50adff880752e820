//! Why an exchange fails.

/// Why a SASL exchange, or a value for one, was refused. Never holds credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Identity or password is empty.
    #[error("the {0} is empty")]
    Empty(Part),
    /// Identity or password holds NUL, which parts them on the wire.
    #[error("the {0} holds NUL")]
    Nul(Part),
    /// Identity or password is longer than [`crate::plain::MOST`].
    #[error("the {0} is too long")]
    TooLong(Part),
    /// A message is longer than the mechanism allows.
    #[error("the message is longer than {most} octets")]
    #[non_exhaustive]
    MessageTooLong {
        /// The bound, in octets.
        most: usize,
    },
    /// A message has not the parts that the mechanism demands.
    #[error("the message is malformed")]
    Malformed,
    /// A message is not in UTF-8.
    #[error("the {0} is not UTF-8")]
    NotUtf8(Part),
    /// A line is not canonical base64 (RFC 4648 §3).
    #[error("the line is not base64")]
    Base64,
    /// The other side cancelled the exchange with `*`.
    #[error("the exchange was cancelled")]
    Cancelled,
    /// A challenge, where the mechanism has none.
    #[error("the mechanism has no such challenge")]
    UnexpectedChallenge,
    /// The exchange is over.
    #[error("the exchange is over")]
    Over,
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// Whom to act as.
    AuthorizationIdentity,
    /// Who one is.
    AuthenticationIdentity,
    /// The proof.
    Password,
}

impl core::fmt::Display for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::AuthorizationIdentity => "authorization identity",
            Self::AuthenticationIdentity => "authentication identity",
            Self::Password => "password",
        })
    }
}
