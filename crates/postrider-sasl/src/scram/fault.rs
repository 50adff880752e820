//! Why an exchange fails.

use crate::prep::Unprepared;

/// Why a SCRAM exchange, or a value for one, was refused. Never holds what was read or is secret.
///
/// A fault ends its exchange: each later step is [`Fault::Over`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A name, password or salt is empty.
    #[error("a name, password or salt is empty")]
    Empty,
    /// A name holds NUL, which the grammar excludes.
    #[error("a name holds NUL")]
    Nul,
    /// A name or password is longer than [`crate::MOST`] octets, a salt longer than
    /// [`super::MOST_SALT`], a message longer than [`super::MOST_MESSAGE`].
    #[error("a value is too long")]
    TooLong,
    /// SASLprep refuses a name or password.
    #[error("a name or password cannot be prepared: {0}")]
    Unprepared(#[from] Unprepared),
    /// A key is not as long as the digests of its hash.
    #[error("a key does not fit its hash")]
    KeyLength,
    /// The channel gives nothing to bind to.
    #[error("there is no channel to bind to")]
    NoBinding,
    /// A message, or the base64 in it, is not encoded as it must be.
    #[error("the encoding of a message is invalid")]
    Encoding,
    /// A message is not in the grammar of RFC 5802 §7.
    #[error("a message is malformed")]
    Malformed,
    /// A name in a message has `=` before something else than `2C` or `3D` (RFC 5802 §5.1).
    #[error("a name in a message is malformed")]
    Name,
    /// An extension that must be understood (RFC 5802 §5.1, `m=`): there are none yet.
    #[error("an extension that must be understood is unknown")]
    Extension,
    /// The server's nonce is not ours with more behind it (RFC 5802 §5.1).
    #[error("the nonce does not continue ours")]
    Nonce,
    /// The server asks for a number of iterations outside of the bounds.
    #[error("{0} iterations are out of bounds")]
    Iterations(u32),
    /// The key answers another derivation than the one that is due.
    #[error("the key is of another derivation")]
    WrongKey,
    /// The server gave up (RFC 5802 §7, `e=`).
    #[error("the server refused: {0}")]
    Refused(ServerError),
    /// The server's signature is wrong: it does not know the password.
    #[error("the server does not know the password")]
    Signature,
    /// Success was told before the server proved that it knows the password.
    #[error("the server told success without a proof")]
    ServerNotProven,
    /// An input that has no place at this step.
    #[error("the exchange has no such step now")]
    OutOfOrder,
    /// The exchange is over.
    #[error("the exchange is over")]
    Over,
}

/// `server-error-value` (RFC 5802 §7): what a server tells of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerError {
    /// `invalid-encoding`
    InvalidEncoding,
    /// `extensions-not-supported`
    ExtensionsNotSupported,
    /// `invalid-proof`: the password is wrong, or there is no such user; our server tells no
    /// difference.
    InvalidProof,
    /// `channel-bindings-dont-match`: somebody stands between.
    ChannelBindingsDontMatch,
    /// `server-does-support-channel-binding`: somebody took the offer of `-PLUS` away.
    ServerDoesSupportChannelBinding,
    /// `channel-binding-not-supported`
    ChannelBindingNotSupported,
    /// `unsupported-channel-binding-type`
    UnsupportedChannelBindingType,
    /// `unknown-user`; our server does not say it.
    UnknownUser,
    /// `invalid-username-encoding`
    InvalidUsernameEncoding,
    /// `no-resources`
    NoResources,
    /// `other-error`, and all that are not known.
    Other,
}

impl ServerError {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::InvalidEncoding,
        Self::ExtensionsNotSupported,
        Self::InvalidProof,
        Self::ChannelBindingsDontMatch,
        Self::ServerDoesSupportChannelBinding,
        Self::ChannelBindingNotSupported,
        Self::UnsupportedChannelBindingType,
        Self::UnknownUser,
        Self::InvalidUsernameEncoding,
        Self::NoResources,
        Self::Other,
    ];

    /// The value as it stands behind `e=`.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::InvalidEncoding => "invalid-encoding",
            Self::ExtensionsNotSupported => "extensions-not-supported",
            Self::InvalidProof => "invalid-proof",
            Self::ChannelBindingsDontMatch => "channel-bindings-dont-match",
            Self::ServerDoesSupportChannelBinding => "server-does-support-channel-binding",
            Self::ChannelBindingNotSupported => "channel-binding-not-supported",
            Self::UnsupportedChannelBindingType => "unsupported-channel-binding-type",
            Self::UnknownUser => "unknown-user",
            Self::InvalidUsernameEncoding => "invalid-username-encoding",
            Self::NoResources => "no-resources",
            Self::Other => "other-error",
        }
    }

    /// "Unrecognized errors should be treated as "other-error"" (RFC 5802 §7).
    pub(super) fn from_value(value: &str) -> Self {
        Self::ALL.into_iter().find(|error| error.value() == value).unwrap_or(Self::Other)
    }
}

impl core::fmt::Display for ServerError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.value())
    }
}

/// What a server says of a message that it cannot take.
impl From<Fault> for ServerError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Encoding => Self::InvalidEncoding,
            Fault::Extension => Self::ExtensionsNotSupported,
            Fault::Name | Fault::Unprepared(_) => Self::InvalidUsernameEncoding,
            _ => Self::Other,
        }
    }
}
