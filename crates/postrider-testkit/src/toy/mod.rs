//! Two machines to try the kit on, and to read before writing one: a server and a client of a toy
//! protocol with everything that makes mail protocols hard.
//!
//! | client says | server answers |
//! |---|---|
//! | | `+ toy ready` |
//! | `SAY text` | what its embedder says: `+ …`, or `- declined` |
//! | `LOGIN password` | the same |
//! | `MAIL` | `= go ahead`, then, behind the dot-stuffed payload, `+ taken` or `- bare newline` |
//! | `STARTTLS` | `+ go ahead`, then TLS |
//! | `QUIT` | `+ bye`, and closes |
//! | anything else | `- unknown` |
//! | a line of more than 128 octets | `- too long` |

mod client;
mod server;

pub use client::{Client, ClientEvent};
pub use server::{Server, ServerEvent};

use postrider_wire::{ErrorKind, MachineError, UpgradeFault};

/// Lines end within so many octets.
const LINE: usize = 128;
/// The outbox takes units while it holds fewer octets.
const OUTBOX: usize = 1024;

/// Why a toy ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream ended inside a line or a payload.
    #[error("the stream ended where it may not")]
    Eof,
    /// A timer ran out.
    #[error("a timer ran out")]
    Timeout,
    /// The peer said what makes no sense.
    #[error("an answer that fits no question")]
    Protocol,
    /// The TLS upgrade went wrong.
    #[error("{0}")]
    Upgrade(UpgradeFault),
    /// A method was called that may not be called now.
    #[error("this may not be called now")]
    Misuse,
}

impl MachineError for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Eof => ErrorKind::Eof,
            Self::Timeout => ErrorKind::Timeout,
            Self::Protocol | Self::Upgrade(UpgradeFault::PlaintextBehind) => ErrorKind::Peer,
            Self::Misuse | Self::Upgrade(_) => ErrorKind::Misuse,
        }
    }

    fn offset(&self) -> Option<u64> {
        None
    }
}

impl From<UpgradeFault> for Error {
    fn from(fault: UpgradeFault) -> Self {
        Self::Upgrade(fault)
    }
}
