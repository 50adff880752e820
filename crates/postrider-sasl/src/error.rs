//! Why an exchange fails.

use crate::scram::Fault;

/// Why a SASL exchange, or a value for one, was refused. Never holds credentials.
///
/// An error ends its exchange: each later step gives the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that must not be empty is.
    #[error("the {0} is empty")]
    Empty(Part),
    /// A value holds a character that cannot be sent: a control character in a name, NUL in a password,
    /// which parts values in PLAIN.
    #[error("the {0} holds a character that cannot be sent")]
    Forbidden(Part),
    /// A value is longer than [`crate::MOST`] octets, or a token longer than [`crate::MOST_TOKEN`].
    #[error("the {0} is too long")]
    TooLong(Part),
    /// A message is longer than the mechanism allows.
    #[error("the message is longer than {most} octets")]
    #[non_exhaustive]
    MessageTooLong {
        /// The bound, in octets.
        most: usize,
    },
    /// These credentials are none for this mechanism: a token for PLAIN, or an authorization identity
    /// for a mechanism that carries none.
    #[error("the credentials do not fit the mechanism")]
    WrongCredentials,
    /// The TLS layer lacks what the mechanism is about: data to bind to (`-PLUS`), or an authenticated
    /// peer (EXTERNAL).
    #[error("the tls layer does not give what the mechanism needs")]
    NoChannel,
    /// What reveals a password or token, without TLS, where [`crate::server::Config::clear_text`] does
    /// not allow it.
    #[error("the mechanism needs tls")]
    NeedsTls,
    /// A server without [`crate::server::Config::with_salt_secret`] cannot do SCRAM.
    #[error("there is no secret to make salts of")]
    NoSaltSecret,
    /// A message is not in the grammar of the mechanism.
    #[error("the message is malformed")]
    Malformed,
    /// A line is not canonical base64 (RFC 4648 §3).
    #[error("the line is not base64")]
    Base64,
    /// The other side cancelled the exchange with `*`.
    #[error("the exchange was cancelled")]
    Cancelled,
    /// A challenge where the mechanism has none. Nothing is given away.
    #[error("the mechanism has no such challenge")]
    UnexpectedChallenge,
    /// An input that has no place at this step: a mistake of the caller.
    #[error("the mechanism has no such step here")]
    OutOfOrder,
    /// Success was told before the mechanism came to its end.
    #[error("success in the middle of the exchange")]
    Premature,
    /// Success was told though the server did not prove that it knows the password (SCRAM).
    #[error("success without a proof of the server")]
    ServerNotProven,
    /// The server refused.
    #[error("the server refused the credentials")]
    Refused,
    /// SCRAM failed.
    #[error(transparent)]
    Scram(Fault),
    /// The exchange is over.
    #[error("the exchange is over")]
    Over,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::ServerNotProven => Self::ServerNotProven,
            Fault::Refused(_) => Self::Refused,
            Fault::NoBinding => Self::NoChannel,
            Fault::OutOfOrder => Self::OutOfOrder,
            Fault::Over => Self::Over,
            other => Self::Scram(other),
        }
    }
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
    /// What is left of one who stays anonymous.
    Trace,
    /// The host that the client connected to.
    Host,
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
        })
    }
}

/// A value that goes into a message as it is.
pub(crate) fn check(value: &str, part: Part) -> Result<(), Error> {
    let most = if part == Part::Token { crate::MOST_TOKEN } else { crate::MOST };
    if value.is_empty() {
        return Err(Error::Empty(part));
    }
    if value.len() > most {
        return Err(Error::TooLong(part));
    }
    let is_forbidden = |c: char| match part {
        Part::Token | Part::Host => !c.is_ascii_graphic(),
        Part::Password => c == '\0',
        // RFC 4013 §2.3 prohibits them in names, OAuth parts its values with one, and a log breaks.
        _ => c.is_control(),
    };
    if value.contains(is_forbidden) {
        return Err(Error::Forbidden(part));
    }
    // RFC 4505 §2: an address, or 255 characters without "@".
    if part == Part::Trace && !value.contains('@') && value.chars().count() > 255 {
        return Err(Error::TooLong(part));
    }
    Ok(())
}
