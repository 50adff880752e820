//! Why a machine cannot go on, or refuses a call.

use postrider_wire::{ErrorKind, MachineError, UpgradeFault};

use crate::InvalidValue;

/// Why a machine ended, or why it did not do what it was told. Offsets count received octets of the
/// transport layer; received octets themselves are never told.
///
/// [`Error::Misuse`] as the answer of a command or verdict changes nothing. Every error of
/// [`postrider_wire::Machine::poll`] is the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream ended inside a unit, or before an answer that is due.
    #[error("the stream ended too early, at octet {offset}")]
    Eof {
        /// Where.
        offset: u64,
    },
    /// A timer ran out.
    #[error("the peer was too slow")]
    Timeout,
    /// The peer said what may not be said there.
    #[error("{fault}, at octet {offset}")]
    Protocol {
        /// What was wrong.
        fault: Fault,
        /// Where the unit began.
        offset: u64,
    },
    /// The peer sent more than the limits allow, and there is no way to skip it.
    #[error("a unit longer than the limits allow, at octet {offset}")]
    Limit {
        /// Where the unit began.
        offset: u64,
    },
    /// A server took too many bad commands.
    #[error("too many bad commands, at octet {offset}")]
    BadCommands {
        /// Where the last one began.
        offset: u64,
    },
    /// The peer refused something without which the session must not go on.
    #[error("{0}")]
    Refused(Refused),
    /// The upgrade to TLS failed.
    #[error("{0}")]
    Upgrade(UpgradeFault),
    /// The embedder called what may not be called now, or with a value that cannot be sent.
    #[error("{0}")]
    Misuse(Misuse),
}

/// What a peer did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The first response is no greeting.
    #[error("no greeting")]
    Greeting,
    /// A line that is no response.
    #[error("no response")]
    NoResponse,
    /// A tag that no command in flight has.
    #[error("an answer to no command")]
    UnknownTag,
    /// OK to a command of which the server has not heard all.
    #[error("an answer before the end of the command")]
    TooEarly,
    /// Mailbox data before login.
    #[error("mailbox data before login")]
    Unauthenticated,
    /// Octets of a compressed session that cannot be inflated.
    #[error("corrupt compression")]
    Compression,
    /// A client that speaks HTTP, or TLS where none is due.
    #[error("another protocol")]
    Foreign,
    /// `BYE` while a command waited for its answer.
    #[error("the server closes before its answer")]
    Bye,
}

/// What was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// TLS is required, and the server does not offer STARTTLS.
    #[error("the server offers no starttls")]
    NotOffered,
    /// TLS is required, and the server answered STARTTLS in the negative.
    #[error("the server refuses starttls")]
    StartTls,
    /// TLS is required, and the greeting is PREAUTH, behind which STARTTLS is no longer possible.
    #[error("the session is authenticated before tls")]
    PreAuth,
}

/// What the embedder did wrong. Never caused by the values of untrusted data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A command that may not be given now: the session is not ready, or would not be in a state that
    /// allows it. For a server, a verdict at the wrong time.
    #[error("the command is not allowed now")]
    NotNow,
    /// A command that the server is not known to understand.
    #[error("the server does not offer this")]
    NotOffered,
    /// A login that would send the password in clear, or that the server has disabled.
    #[error("login is not allowed on this connection")]
    Login,
    /// A verdict, an answer or payload when nothing waits for it.
    #[error("nothing waits for this")]
    NothingPending,
    /// Another answer while a payload is open, or payload while none is.
    #[error("payload is open, or none is")]
    Payload,
    /// Payload that is longer or shorter than declared.
    #[error("payload of another size than declared")]
    Size,
    /// Too much waits already: in the outbox, so let the driver flush and try again; or commands
    /// without an outcome ([`crate::Limits::pending`]), so wait for some.
    #[error("too much waits already")]
    Full,
    /// A value that cannot be sent.
    #[error("{0}")]
    Value(InvalidValue),
}

impl MachineError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Eof { .. } => ErrorKind::Eof,
            Self::Timeout => ErrorKind::Timeout,
            Self::Limit { .. } | Self::BadCommands { .. } => ErrorKind::Limit,
            Self::Refused(_) => ErrorKind::Refused,
            Self::Upgrade(UpgradeFault::NotDue) | Self::Misuse(_) => ErrorKind::Misuse,
            Self::Protocol { .. } | Self::Upgrade(_) => ErrorKind::Peer,
        }
    }

    fn offset(&self) -> Option<u64> {
        match self {
            Self::Eof { offset }
            | Self::Protocol { offset, .. }
            | Self::Limit { offset }
            | Self::BadCommands { offset } => Some(*offset),
            _ => None,
        }
    }
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<InvalidValue> for Error {
    fn from(invalid: InvalidValue) -> Self {
        Self::Misuse(Misuse::Value(invalid))
    }
}

impl From<UpgradeFault> for Error {
    fn from(fault: UpgradeFault) -> Self {
        Self::Upgrade(fault)
    }
}

/// A unit that does not follow the grammar. Its octets are not told, for they may be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not in the grammar, at octet {offset}")]
#[non_exhaustive]
pub struct SyntaxError {
    /// The octet of the unit at which it went wrong, as far as that is known.
    pub offset: usize,
}
