//! Why an exchange fails.

/// Why a SASL exchange, or a value for one, was refused. Never holds credentials.
///
/// An error of an exchange is its end: every later step is [`Error::Over`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that must not be empty is.
    #[error("the {0} is empty")]
    Empty(Part),
    /// Identity or password holds NUL, which parts them on the wire.
    #[error("the {0} holds NUL")]
    Nul(Part),
    /// A value holds a character that the mechanism cannot carry: NUL, which parts values in PLAIN, or
    /// a control character where OAuth uses them.
    #[error("the {0} holds a character that cannot be sent")]
    Forbidden(Part),
    /// A value is longer than [`crate::MOST`], a token longer than [`crate::MOST_TOKEN`].
    #[error("the {0} is too long")]
    TooLong(Part),
    /// SASLprep refuses the value (RFC 4013 §2.3 to §2.5), or this build cannot prepare it: without the
    /// feature `saslprep`, SCRAM takes ASCII alone.
    #[error("the {0} cannot be prepared")]
    Unprepared(Part),
    /// A message is not in UTF-8.
    #[error("the {0} is not UTF-8")]
    NotUtf8(Part),
    /// These credentials are none for this mechanism: a token for PLAIN.
    #[error("the credentials do not fit the mechanism")]
    WrongCredentials,
    /// A `-PLUS` mechanism without the data of a TLS channel.
    #[error("there is no channel to bind to")]
    NoBinding,
    /// A message is longer than the mechanism allows.
    #[error("the message is longer than {most} octets")]
    #[non_exhaustive]
    MessageTooLong {
        /// The bound, in octets.
        most: usize,
    },
    /// A message that is not in the grammar of the mechanism.
    #[error("the message is malformed")]
    Malformed,
    /// A line is not canonical base64 (RFC 4648 §3).
    #[error("the line is not base64")]
    Base64,
    /// The other side cancelled the exchange with `*`.
    #[error("the exchange was cancelled")]
    Cancelled,
    /// A challenge, a key or a token where the mechanism has no place for one.
    #[error("the mechanism has no such step here")]
    OutOfOrder,
    /// A challenge, where the mechanism has none.
    #[error("the mechanism has no such challenge")]
    UnexpectedChallenge,
    /// The nonce of the server does not continue ours (RFC 5802 §5.1).
    #[error("the nonce is not a continuation of ours")]
    Nonce,
    /// The server wants fewer iterations than are safe, or more than are bearable.
    #[error("{0} iterations are outside of the bounds")]
    Iterations(u32),
    /// An extension that must be understood and is not (RFC 5802 §5.1, `m=`).
    #[error("a mandatory extension is unknown")]
    Extension,
    /// The server says that the exchange failed (RFC 5802 §7, `e=`).
    #[error("the server refused the proof")]
    Refused,
    /// The signature of the server is wrong: it does not know the password.
    #[error("the server did not prove that it knows the password")]
    WrongServerSignature,
    /// Success was announced though the server has not proven itself (RFC 5802 §3).
    #[error("success without a proof of the server")]
    ServerNotProven,
    /// Success was announced though the token was refused.
    #[error("success though the token was refused")]
    TokenRefused,
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
    /// The bearer token.
    Token,
    /// The trace of ANONYMOUS.
    Trace,
    /// The name of the host.
    Host,
    /// The salt of a key.
    Salt,
}

impl core::fmt::Display for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::AuthorizationIdentity => "authorization identity",
            Self::AuthenticationIdentity => "authentication identity",
            Self::Password => "password",
            Self::Token => "token",
            Self::Trace => "trace",
            Self::Host => "host name",
            Self::Salt => "salt",
        })
    }
}
