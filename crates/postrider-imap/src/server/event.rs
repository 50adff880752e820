//! What a server asks.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{MachineEvent, Secret};

use crate::{FetchAttribute, Flag, MailboxName, SequenceSet, StoreMode};

/// A question to the embedder. Each waits for one verdict: [`super::Server::accept`],
/// [`super::Server::accept_select`], [`super::Server::accept_with`] or [`super::Server::reject`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// May this user in?
    Login {
        /// Who it says it is.
        user: Bytes,
        /// How it proves it.
        password: Secret<Vec<u8>>,
    },
    /// Which mailbox is this? Accepted by [`super::Server::accept_select`].
    Select {
        /// Its name.
        mailbox: MailboxName,
        /// Whether it is to be read only (EXAMINE).
        read_only: bool,
    },
    /// What do these messages hold? Answered message by message by
    /// [`super::Server::fetch_items`] and [`super::Server::body_begin`], then accepted.
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
    Store {
        /// Which messages.
        set: SequenceSet,
        /// What to do with the flags.
        mode: StoreMode,
        /// Whether the client does not want to hear what comes of it.
        silent: bool,
        /// The flags.
        flags: Vec<Flag>,
        /// Whether the set holds UIDs (UID STORE).
        uid: bool,
    },
    /// Is there news? Told by [`super::Server::exists`], [`super::Server::recent`] and
    /// [`super::Server::fetch_items`], then accepted.
    Noop,
}

impl MachineEvent for Event {
    /// None: no payload comes from a client yet.
    fn payload(&self) -> Option<&Bytes> {
        None
    }
}
