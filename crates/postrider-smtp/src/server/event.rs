//! What a server asks and tells its embedder.

use bytes::Bytes;
use postrider_wire::{AbortReason, MachineEvent};

use crate::{EhloName, ForwardPath, MailParameters, ReversePath};

/// A question, which waits for a verdict ([`super::Server::accept`], [`super::Server::reject`]), or
/// a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A question: the client says who it is. An open transaction ends when it is accepted.
    #[non_exhaustive]
    Ehlo {
        /// What it calls itself.
        name: EhloName,
        /// `EHLO`, not `HELO`.
        extended: bool,
    },
    /// A question: a transaction would begin.
    #[non_exhaustive]
    Mail {
        /// Who sends, and gets a bounce.
        path: ReversePath,
        /// The declared size, which the limits allow, and the declared body.
        parameters: MailParameters,
    },
    /// A question: one more recipient.
    #[non_exhaustive]
    Rcpt {
        /// Who.
        path: ForwardPath,
    },
    /// A question: the mail would follow, behind `DATA` or in one or more `BDAT`. Once accepted it comes
    /// as chunks, then one of [`Event::DataEnd`] and [`Event::Aborted`].
    DataBegin,
    /// A notice: octets of the mail, dots removed. Where chunks are cut carries no meaning. Behind `DATA`
    /// they end with a line end, if there are any; behind `BDAT` they need not.
    Chunk(Bytes),
    /// A question: the mail is whole. Accepting it takes the responsibility for it (RFC 5321 §6.1).
    /// The transaction is over either way.
    DataEnd,
    /// A notice: the mail will not arrive whole, and whatever came of it is to be thrown away. The
    /// transaction is over; the client is told by the server. It also ends a [`Event::DataBegin`] that
    /// nobody answered in time.
    Aborted(AbortReason),
    /// A notice: `RSET` ended the open transaction, before a mail was begun.
    Reset,
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(octets) = self { Some(octets) } else { None }
    }
}
