//! What a server asks.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_sasl::server::{Identity, Request};
use postrider_wire::{AbortReason, MachineEvent, Secret};

use super::Feature;
use crate::{AppendMessage, AppendTarget, Command};

/// A question to the embedder, or a notice. A question waits for one verdict:
/// [`super::Server::accept`] or one of the others that begin so, or [`super::Server::reject`]. A
/// notice waits for nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A question: may this user in? LOGIN. Accepted by [`super::Server::accept`].
    #[non_exhaustive]
    Login {
        /// Who it says it is.
        user: Bytes,
        /// How it proves it.
        password: Secret<Vec<u8>>,
    },
    /// A question of AUTHENTICATE: what is known of this user? Answered by
    /// [`super::Server::credential`].
    Credential(Request),
    /// A question of AUTHENTICATE: the client proved who it is. May it in, as whom it wants to act?
    /// Accepted by [`super::Server::accept`].
    #[non_exhaustive]
    Authenticated {
        /// Who it is.
        identity: Identity,
    },
    /// A question: carry this command out. It may be given in this state, and needs no feature but
    /// those that the server was given; where the mailbox is read-only, STORE, EXPUNGE, MOVE and REPLACE
    /// do not get here (CLOSE does, and removes nothing then: [`super::Server::is_read_write`]). What answers it is told by [`super::Server::respond`],
    /// [`super::Server::fetch_items`] and [`super::Server::body_begin`], and it is ended by
    /// [`super::Server::accept`], or for some by one of its kin:
    ///
    /// | command | accepted by |
    /// |---|---|
    /// | SELECT, EXAMINE | [`super::Server::accept_select`], or [`super::Server::begin_select`] and [`super::Server::accept`] where more is to be told between |
    /// | IDLE | [`super::Server::accept`], and then there may be news at any time until [`Event::IdleEnd`] |
    /// | NOTIFY | [`super::Server::accept`], and then the same as long as that holds |
    /// | COPY, CREATE, STORE and others with a response code | [`super::Server::accept_with`] |
    /// | UNAUTHENTICATE | [`super::Server::accept`]: nobody is logged in any more |
    ///
    /// CAPABILITY, LOGOUT, STARTTLS, COMPRESS and ENABLE are answered by the machine, and NOOP before
    /// login; ID can come before login.
    Command(Command),
    /// A notice: the client has this now, by ENABLE, or CONDSTORE by a command that uses it, which
    /// comes next.
    Enabled(Feature),
    /// A notice: the client idles no longer, or is gone.
    IdleEnd,
    /// A question: may messages be appended there, or put in the place of another (REPLACE)? Nothing
    /// of them has come yet. Once it is accepted they follow: [`Event::AppendBegin`], chunks, and one
    /// of [`Event::AppendEnd`] and [`Event::Aborted`].
    #[non_exhaustive]
    Append {
        /// Where to. When there is no such mailbox, the refusal is NO with
        /// [`crate::PlainCode::TryCreate`].
        target: AppendTarget,
        /// Octets of the first message, within the limits; `None` where it comes in pieces.
        octets: Option<u64>,
    },
    /// A notice: the first message begins.
    #[non_exhaustive]
    AppendBegin {
        /// What is said of it.
        message: AppendMessage,
    },
    /// A notice: octets of the message. Where chunks are cut carries no meaning.
    Chunk(Bytes),
    /// A notice: what this URL names is the next piece of the message (CATENATE, RFC 4469). Where it
    /// names nothing, [`super::Server::discard`] with [`crate::Code::BadUrl`], or a refusal at the end.
    AppendUrl(Bytes),
    /// A notice: that message is whole, and the next of the same command begins (RFC 3502).
    #[non_exhaustive]
    AppendNext {
        /// What is said of it.
        message: AppendMessage,
    },
    /// A question: all messages are whole. Store all of them and accept, by
    /// [`super::Server::accept_append`] to tell their UIDs, or none and reject (RFC 3502 §6.3.11).
    /// Of REPLACE, [`super::Server::respond`] tells APPENDUID and EXPUNGE before (RFC 8508 §3.4).
    AppendEnd,
    /// A notice: not all messages will come, and none is to be stored. The client is told by the
    /// server.
    Aborted(AbortReason),
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(octets) = self { Some(octets) } else { None }
    }
}

impl From<Command> for Event {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}
