//! What a server asks.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{AbortReason, MachineEvent, Secret};

use crate::{AppendMessage, FetchAttribute, FlagSet, MailboxName, SequenceSet, StoreMode};

/// A question to the embedder, or a notice. A question waits for one verdict:
/// [`super::Server::accept`], [`super::Server::accept_select`], [`super::Server::accept_append`],
/// [`super::Server::accept_with`] or [`super::Server::reject`]. A notice waits for nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// May this user in?
    #[non_exhaustive]
    Login {
        /// Who it says it is.
        user: Bytes,
        /// How it proves it.
        password: Secret<Vec<u8>>,
    },
    /// Which mailbox is this? Accepted by [`super::Server::accept_select`].
    #[non_exhaustive]
    Select {
        /// Its name.
        mailbox: MailboxName,
        /// Whether it is to be read only (EXAMINE).
        read_only: bool,
    },
    /// What do these messages hold? Answered message by message by
    /// [`super::Server::fetch_items`] and [`super::Server::body_begin`], then accepted.
    #[non_exhaustive]
    Fetch {
        /// Which messages.
        set: SequenceSet,
        /// What of each; macros are written out.
        attributes: Vec<FetchAttribute>,
        /// Whether the set holds UIDs (UID FETCH). The answer then holds the UID of each message,
        /// asked for or not.
        uid: bool,
    },
    /// Change flags of these messages. Unless silent, the flags that come of it are told by
    /// [`super::Server::fetch_items`]; then it is accepted.
    #[non_exhaustive]
    Store {
        /// Which messages.
        set: SequenceSet,
        /// What to do with the flags.
        mode: StoreMode,
        /// Whether the client does not want to hear what comes of it.
        silent: bool,
        /// The flags.
        flags: FlagSet,
        /// Whether the set holds UIDs (UID STORE).
        uid: bool,
    },
    /// Is there news? Told by [`super::Server::exists`], [`super::Server::recent`] and
    /// [`super::Server::fetch_items`], then accepted.
    Noop,
    /// A question: may the client be told of changes as they happen (RFC 2177)? Once it is accepted
    /// they may be told at any time, as for [`Event::Noop`], until [`Event::IdleEnd`].
    Idle,
    /// A notice: the client idles no longer, or is gone.
    IdleEnd,
    /// A question: may messages be appended to this mailbox? Nothing of them has come yet. Once it
    /// is accepted they follow: [`Event::AppendBegin`], chunks, and one of [`Event::AppendEnd`] and
    /// [`Event::Aborted`].
    #[non_exhaustive]
    Append {
        /// Its name. When there is none, the refusal is NO with [`crate::PlainCode::TryCreate`].
        mailbox: MailboxName,
        /// Octets of the first message, within the limits.
        octets: u64,
    },
    /// A notice: the first message begins.
    #[non_exhaustive]
    AppendBegin {
        /// What is said of it.
        message: AppendMessage,
    },
    /// A notice: octets of the message. Where chunks are cut carries no meaning.
    Chunk(Bytes),
    /// A notice: that message is whole, and the next of the same command begins (RFC 3502).
    #[non_exhaustive]
    AppendNext {
        /// What is said of it.
        message: AppendMessage,
    },
    /// A question: all messages are whole. Store all of them and accept, by
    /// [`super::Server::accept_append`] to tell their UIDs, or none and reject (RFC 3502 §6.3.11).
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
