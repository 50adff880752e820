//! Why a session, a call or a value fails.

use postrider_wire::{ErrorKind, MachineError, UpgradeFault};

/// Why an SMTP machine cannot go on, or why a call was refused.
///
/// What [`postrider_wire::Machine::poll`] returns is fatal and sticky; what a method returns has
/// changed nothing, except where the method says so. No variant holds received octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream ended inside a line, inside a mail, or where a reply was due.
    #[error("the stream ended too early, at octet {offset}")]
    #[non_exhaustive]
    Eof {
        /// Offset in the input stream.
        offset: u64,
    },
    /// A timer ran out: the peer was silent or too slow.
    #[error("the peer was silent for too long")]
    Timeout,
    /// A reply that is not in the grammar of RFC 5321 §4.2, not even in a tolerant reading.
    #[error("malformed reply before octet {offset}")]
    #[non_exhaustive]
    Malformed {
        /// Offset in the input stream, behind the line.
        offset: u64,
    },
    /// A reply whose code is no answer to the command (RFC 5321 §4.3.2): 354 to `MAIL`, 250 to
    /// `DATA`.
    #[error("reply code out of place before octet {offset}")]
    #[non_exhaustive]
    Unexpected {
        /// Offset in the input stream, behind the reply.
        offset: u64,
    },
    /// A reply that answers no command, and is not 421.
    #[error("unsolicited reply before octet {offset}")]
    #[non_exhaustive]
    Unsolicited {
        /// Offset in the input stream, behind the line.
        offset: u64,
    },
    /// A reply line longer than the limits allow.
    #[error("reply line longer than the limit at octet {offset}")]
    #[non_exhaustive]
    LineTooLong {
        /// Offset in the input stream.
        offset: u64,
    },
    /// A reply with more lines, or more octets, than the limits allow.
    #[error("reply longer than the limit at octet {offset}")]
    #[non_exhaustive]
    ReplyTooLong {
        /// Offset in the input stream.
        offset: u64,
    },
    /// A header of the PROXY protocol was due, and something else came.
    #[error("{fault} at octet {offset}")]
    #[non_exhaustive]
    ProxyHeader {
        /// What is wrong with it.
        fault: crate::proxy::Fault,
        /// Offset in the input stream, where it should begin.
        offset: u64,
    },
    /// Policy requires TLS and the server does not offer it, or refused `STARTTLS`.
    #[error("the server refused the required tls upgrade")]
    TlsRefused,
    /// Octets stood in plaintext behind the upgrade (CVE-2011-0411).
    #[error("plaintext behind the tls upgrade at octet {offset}")]
    #[non_exhaustive]
    PlaintextBehindTls {
        /// Offset in the input stream.
        offset: u64,
    },
    /// The payload given to [`crate::client::Client::write_payload`] has a bare CR or LF where
    /// policy refuses them; the mail is aborted.
    #[error("bare CR or LF at octet {offset} of the payload")]
    #[non_exhaustive]
    BareNewline {
        /// Offset in the payload.
        offset: u64,
    },
    /// The mail cannot be sent to this server as it is. Nothing was written.
    #[error("{0}")]
    Unsendable(Unsendable),
    /// The embedder called what may not be called now.
    #[error("{0}")]
    Misuse(Misuse),
}

/// Why a mail cannot be sent to a server, known before the first octet of it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unsendable {
    /// The mail holds octets beyond US-ASCII, and the server does not offer 8BITMIME: it must be made
    /// 7-bit, or returned (RFC 6152 §3).
    #[error("the mail is 8-bit and the server does not offer 8BITMIME")]
    EightBit,
    /// `BODY=BINARYMIME`, and the server does not offer BINARYMIME and CHUNKING (RFC 3030 §3).
    #[error("the mail is binary and the server does not offer BINARYMIME")]
    Binary,
    /// An address or header field holds UTF-8, and the server does not offer SMTPUTF8: the mail must be
    /// returned (RFC 6531 §3.2).
    #[error("the mail needs SMTPUTF8 and the server does not offer it")]
    Utf8,
    /// The mail is to go over TLS all the way, and either this connection is none, or the server does
    /// not offer REQUIRETLS (RFC 8689 §4.2.1).
    #[error("the mail requires tls all the way and the server does not offer REQUIRETLS over tls")]
    RequireTls,
    /// The mail is larger than the server takes (RFC 1870 §4).
    #[error("the mail has {octets} octets and the server takes {most}")]
    #[non_exhaustive]
    TooLarge {
        /// Octets of the mail.
        octets: u64,
        /// The most that the server takes.
        most: u64,
    },
    /// More recipients than the server takes in one transaction (`RCPTMAX`, RFC 9422 §4).
    #[error("the server takes {most} recipients in a transaction")]
    #[non_exhaustive]
    Recipients {
        /// The most that it takes.
        most: u32,
    },
    /// More domains of recipients than the server takes in one session (`RCPTDOMAINMAX`, RFC 9422 §4): in
    /// another session there may be room.
    #[error("the server takes recipients in {most} domains in a session")]
    #[non_exhaustive]
    Domains {
        /// The most that it takes.
        most: u32,
    },
    /// More mails than the server takes in one session (`MAILMAX`, RFC 9422 §4): in another session there
    /// is room.
    #[error("the server takes {most} mails in a session")]
    #[non_exhaustive]
    Mails {
        /// The most that it takes.
        most: u32,
    },
    /// A bare CR or LF in the mail, where nothing may be changed on the way.
    #[error("bare CR or LF at octet {offset} of the mail")]
    #[non_exhaustive]
    BareNewline {
        /// Offset in the mail.
        offset: u64,
    },
}

/// What was wrong with a call. Never caused by what the peer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A command while another is in flight, or one that this state does not have.
    #[error("this command is not allowed now")]
    NotNow,
    /// `DATA` though no recipient was accepted, or a transaction without any: nobody would get the mail.
    #[error("there is no recipient, or none was accepted")]
    NoRecipient,
    /// A verdict, or payload, that nothing waits for.
    #[error("nothing waits for this call")]
    NothingPending,
    /// A reply whose code cannot be this verdict: 250 as a refusal, 550 as an acceptance.
    #[error("the reply code contradicts the verdict")]
    WrongReply,
    /// `BODY=8BITMIME` was asked for and the server does not offer 8BITMIME (RFC 6152).
    #[error("the server does not offer 8BITMIME")]
    EightBitNotOffered,
    /// `BDAT` where the server does not offer `CHUNKING` (RFC 3030 §2).
    #[error("the server does not offer CHUNKING")]
    ChunkingNotOffered,
    /// A chunk, or a streamed mail, of another size than was announced.
    #[error("announced were {declared} octets, and written are {written}")]
    #[non_exhaustive]
    SizeMismatch {
        /// Octets as announced.
        declared: u64,
        /// Octets as written.
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
    /// It is empty where something must stand.
    #[error("the value is empty")]
    Empty,
    /// It is longer than its line, or the RFC, allows.
    #[error("the value is longer than {most} octets")]
    #[non_exhaustive]
    TooLong {
        /// The bound.
        most: usize,
    },
    /// It is not in the grammar of RFC 5321 §4.1.2.
    #[error("the value is not in the grammar")]
    Syntax,
    /// It holds an octet that must not stand there: CR, LF, NUL or another control character.
    #[error("forbidden octet at {at}")]
    #[non_exhaustive]
    Forbidden {
        /// Where, in octets from the start of the value.
        at: usize,
    },
    /// A number outside of its range, or a status code of another class than its reply.
    #[error("the number is out of range")]
    Range,
}

impl From<Misuse> for Error {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<Unsendable> for Error {
    fn from(unsendable: Unsendable) -> Self {
        Self::Unsendable(unsendable)
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
            Self::Malformed { .. }
            | Self::Unexpected { .. }
            | Self::Unsolicited { .. }
            | Self::ProxyHeader { .. }
            | Self::PlaintextBehindTls { .. } => ErrorKind::Peer,
            Self::LineTooLong { .. } | Self::ReplyTooLong { .. } => ErrorKind::Limit,
            Self::TlsRefused => ErrorKind::Refused,
            Self::BareNewline { .. } | Self::Unsendable(_) | Self::Misuse(_) => ErrorKind::Misuse,
        }
    }

    fn offset(&self) -> Option<u64> {
        match self {
            Self::Eof { offset }
            | Self::Malformed { offset }
            | Self::Unexpected { offset }
            | Self::Unsolicited { offset }
            | Self::LineTooLong { offset }
            | Self::ReplyTooLong { offset }
            | Self::ProxyHeader { offset, .. }
            | Self::PlaintextBehindTls { offset } => Some(*offset),
            _ => None,
        }
    }
}
