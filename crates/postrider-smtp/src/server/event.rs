//! What a server asks and tells its embedder.

use bytes::Bytes;
use postrider_sasl::server::{Identity, Request};
use postrider_wire::{AbortReason, MachineEvent};

use crate::proxy::Header;
use crate::{
    Argument, Attributes, EhloName, ExtensionKeyword, ForwardPath, MailParameters, RcptParameters,
    ReversePath,
};

/// A question, which waits for a verdict ([`super::Server::accept`], [`super::Server::reject`],
/// [`super::Server::defer`]), or a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A notice: a proxy told whose connection it passes on ([`super::Config::proxy`]). The greeting follows.
    Proxied(Header),
    /// A question: the client says who it is. An open transaction ends when it is accepted.
    #[non_exhaustive]
    Ehlo {
        /// What it calls itself.
        name: EhloName,
        /// `EHLO` or `LHLO`, not `HELO`.
        extended: bool,
    },
    /// A question: what is known of this user? It waits for [`super::Server::credential`].
    Credential(Request),
    /// A question: the client has proved who it is. Whether it may log in, and act as whom it wants
    /// to act as, is for the embedder to say.
    #[non_exhaustive]
    Authenticated {
        /// Who it is, and whom it wants to act as.
        identity: Identity,
    },
    /// A question: a transaction would begin.
    #[non_exhaustive]
    Mail {
        /// Who sends, and gets a bounce.
        path: ReversePath,
        /// What goes with it: nothing that was not offered. A declared size is within the limits.
        parameters: MailParameters,
    },
    /// A question: one more recipient.
    #[non_exhaustive]
    Rcpt {
        /// Who.
        path: ForwardPath,
        /// What goes with it: nothing that was not offered.
        parameters: RcptParameters,
    },
    /// A question: the mail would follow, behind `DATA` or in one or more `BDAT`. Once accepted it comes
    /// as chunks, then one of [`Event::DataEnd`] and [`Event::Aborted`].
    DataBegin,
    /// A notice: octets of the mail, dots removed. Where chunks are cut carries no meaning. Behind `DATA`
    /// they end with a line end, if there are any; behind `BDAT` they need not.
    Chunk(Bytes),
    /// A question: the mail is whole. Accepting it takes the responsibility for it (RFC 5321 §6.1).
    /// The transaction is over either way.
    ///
    /// In LMTP it takes none yet: [`Event::Deliver`] follows for each recipient. What is said with
    /// [`super::Server::accept_with`] or [`super::Server::reject`] is said for all of them instead.
    DataEnd,
    /// A question, in LMTP alone: whether the mail is delivered to this recipient, who was accepted. They
    /// come in the order of their `RCPT` (RFC 2033 §4.2). Who is not asked about, because the session
    /// ended, got nothing: the client comes again.
    #[non_exhaustive]
    Deliver {
        /// Who.
        path: ForwardPath,
    },
    /// A notice: the mail will not arrive whole, and whatever came of it is to be thrown away. The
    /// transaction is over; the client is told by the server. It also ends a [`Event::DataBegin`] that
    /// nobody answered in time.
    Aborted(AbortReason),
    /// A notice: `RSET` ended the open transaction, before a mail was begun.
    Reset,
    /// A question: does this address exist? (RFC 5321 §3.5.) Accepted without words it is 252.
    Vrfy(Argument),
    /// A question: who is on this list? Accepted without words it is 252.
    Expn(Argument),
    /// A question: help is asked for, perhaps with something.
    Help(Option<Argument>),
    /// A question: the client is a proxy and tells of the client behind it. Accepted, the session begins
    /// anew with a greeting, and [`super::Server::xclient`] holds what was told.
    Xclient(Attributes),
    /// A question: the client is a filter and tells where the next mail came from. Accepted, it is in
    /// [`super::Server::xforward`] until the transaction ends.
    Xforward(Attributes),
    /// A question: a command of [`super::Config::extensions`].
    #[non_exhaustive]
    Extension {
        /// The command.
        keyword: ExtensionKeyword,
        /// The rest of its line.
        argument: Option<Argument>,
    },
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(octets) = self { Some(octets) } else { None }
    }
}
