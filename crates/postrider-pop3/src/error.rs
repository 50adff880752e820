//! Why a session, a call or a value fails.

use postrider_wire::{ErrorKind, MachineError, UpgradeFault};

/// Why a POP3 machine cannot go on, or why a call was refused.
///
/// What [`postrider_wire::Machine::poll`] returns is fatal and sticky; what a method returns has
/// changed nothing, except where the method says so. No variant holds received octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream ended inside a line, inside a message, or where a reply was due.
    #[error("the stream ended too early, at octet {offset}")]
    #[non_exhaustive]
    Eof {
        /// Offset in the input stream.
        offset: u64,
    },
    /// A timer ran out: the peer was silent or too slow.
    #[error("the peer was silent for too long")]
    Timeout,
    /// A reply that is not in the grammar of RFC 2449 §3, not even in a tolerant reading.
    #[error("malformed reply before octet {offset}")]
    #[non_exhaustive]
    Malformed {
        /// Offset in the input stream, behind the reply.
        offset: u64,
    },
    /// A positive reply that answers no command.
    #[error("unsolicited reply before octet {offset}")]
    #[non_exhaustive]
    Unsolicited {
        /// Offset in the input stream, behind the reply.
        offset: u64,
    },
    /// A reply line longer than the limits allow.
    #[error("reply line longer than the limit at octet {offset}")]
    #[non_exhaustive]
    LineTooLong {
        /// Offset in the input stream.
        offset: u64,
    },
    /// A listing with more lines than the limits allow.
    #[error("listing longer than the limit at octet {offset}")]
    #[non_exhaustive]
    ListingTooLong {
        /// Offset in the input stream.
        offset: u64,
    },
    /// Policy requires TLS and the server refused `STLS`.
    #[error("the server refused the required tls upgrade")]
    TlsRefused,
    /// Octets stood in plaintext behind the upgrade (CVE-2011-0411).
    #[error("plaintext behind the tls upgrade at octet {offset}")]
    #[non_exhaustive]
    PlaintextBehindTls {
        /// Offset in the input stream.
        offset: u64,
    },
    /// The payload given to [`crate::server::Server::write_payload`] has a bare CR or LF where policy
    /// refuses them; the retrieval is aborted.
    #[error("bare CR or LF at octet {offset} of the payload")]
    #[non_exhaustive]
    BareNewline {
        /// Offset in the payload.
        offset: u64,
    },
    /// The embedder called what may not be called now.
    #[error("{0}")]
    Misuse(Misuse),
    /// The embedder gave a value that cannot stand in a command.
    #[error("{0}")]
    Value(ValueError),
}

/// What was wrong with a call. Never caused by what the peer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A command while another is in flight, or one that this state does not have.
    #[error("this command is not allowed now")]
    NotNow,
    /// A verdict, or payload, that nothing waits for.
    #[error("nothing waits for this call")]
    NothingPending,
    /// A positive reply given as a refusal.
    #[error("a refusal must be an -ERR reply")]
    NotARefusal,
    /// Credentials would cross the connection in the clear, and policy does not allow that.
    #[error("credentials would cross the connection in the clear")]
    ClearText,
    /// The payload is not as long as the maildrop declared. It may be continued or aborted.
    #[error("the payload has {written} octets where {declared} were declared")]
    #[non_exhaustive]
    SizeMismatch {
        /// Octets declared in the maildrop.
        declared: u64,
        /// Octets written, as sent.
        written: u64,
    },
    /// A TLS upgrade that was not asked for, or a poll in the middle of one.
    #[error("no tls upgrade is due")]
    NoUpgrade,
}

/// Why a value was refused at construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// It is empty.
    #[error("the value is empty")]
    Empty,
    /// It does not fit its line.
    #[error("the value is longer than {most} octets")]
    #[non_exhaustive]
    TooLong {
        /// The bound.
        most: usize,
    },
    /// It holds an octet that must not stand there: CR, LF, NUL or another control character.
    #[error("forbidden octet at {at}")]
    #[non_exhaustive]
    Forbidden {
        /// Where, in octets from the start of the value.
        at: usize,
    },
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<ValueError> for Error {
    fn from(fault: ValueError) -> Self {
        Self::Value(fault)
    }
}

impl Error {
    pub(crate) fn upgrade(fault: UpgradeFault, offset: u64) -> Self {
        match fault {
            UpgradeFault::PlaintextBehind => Self::PlaintextBehindTls { offset },
            _ => Self::Misuse(Misuse::NoUpgrade),
        }
    }
}

impl MachineError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Eof { .. } => ErrorKind::Eof,
            Self::Timeout => ErrorKind::Timeout,
            Self::Malformed { .. } | Self::Unsolicited { .. } | Self::PlaintextBehindTls { .. } => {
                ErrorKind::Peer
            }
            Self::LineTooLong { .. } | Self::ListingTooLong { .. } => ErrorKind::Limit,
            Self::TlsRefused => ErrorKind::Refused,
            Self::BareNewline { .. } | Self::Misuse(_) | Self::Value(_) => ErrorKind::Misuse,
        }
    }

    fn offset(&self) -> Option<u64> {
        match self {
            Self::Eof { offset }
            | Self::Malformed { offset }
            | Self::Unsolicited { offset }
            | Self::LineTooLong { offset }
            | Self::ListingTooLong { offset }
            | Self::PlaintextBehindTls { offset } => Some(*offset),
            _ => None,
        }
    }
}
