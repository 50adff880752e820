//! What a server asks its embedder.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::{MachineEvent, Secret};

/// A question. The session goes on with the verdict named at each; [`super::Server::reject`] and
/// [`postrider_wire::Machine::decline`] refuse any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Who is this, and what is in the maildrop, which is to be locked until the session ends?
    /// Verdict: [`super::Server::accept_login`].
    #[non_exhaustive]
    Login {
        /// As given with `USER`.
        user: String,
        /// As given with `PASS`.
        password: Secret<String>,
    },
    /// Give this message. Verdict: [`super::Server::accept`], and then its octets through
    /// [`super::Server::write_payload`] and [`super::Server::finish_payload`].
    #[non_exhaustive]
    Retrieve {
        /// Its number in the maildrop, from 1. It exists and is not deleted.
        message: u32,
    },
    /// The session ended in order: remove these messages. Verdict: [`super::Server::accept`] once it
    /// is done. A session that ends in any other way never asks this, and removes nothing.
    #[non_exhaustive]
    Commit {
        /// Their numbers, ascending. May be empty.
        deleted: Vec<u32>,
    },
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        None
    }
}
