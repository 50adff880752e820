//! What a server asks its embedder.

use alloc::string::String;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_sasl::server::{Identity, Request};
use postrider_wire::{MachineEvent, Secret};

use crate::{ApopProof, LanguageTag};

/// A question, but for [`Event::Language`]. The session goes on with the verdict named at each; [`super::Server::reject`] and
/// [`postrider_wire::Machine::decline`] refuse any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Who is this, and what is in the maildrop, which is to be locked until the session ends?
    /// Verdict: [`super::Server::accept_login`], or a refusal, which leaves after
    /// [`crate::Limits::login_delay`].
    #[non_exhaustive]
    Login {
        /// As given with `USER`.
        user: String,
        /// As given with `PASS`. Nothing says that it is text.
        password: Secret<Vec<u8>>,
    },
    /// `AUTH`: what is known of this user? Verdict: [`super::Server::credential`].
    Credential(Request),
    /// `AUTH`: the client proved who it is. May it in, as whom it wants to act, and what is in the maildrop,
    /// which is to be locked until the session ends? Verdict: [`super::Server::accept_login`], or a refusal.
    #[non_exhaustive]
    Authenticated {
        /// Who it is.
        identity: Identity,
    },
    /// `APOP`: is the proof that of the password, which only the embedder knows, and what is in the
    /// maildrop, which is to be locked until the session ends? Verdict: as for [`Event::Login`].
    #[non_exhaustive]
    Apop {
        /// The name.
        user: String,
        /// [`ApopProof::is_of`] tells whether it is that of a password.
        proof: ApopProof,
    },
    /// `LANG`: replies are wanted in this language from now on. Nothing to be answered; the words that the
    /// embedder chooses are to be in it. It is forgotten where TLS begins ([`super::Server::language`]).
    Language(LanguageTag),
    /// Give this message. Verdict: [`super::Server::accept`], and then its octets through
    /// [`super::Server::write_payload`] and [`super::Server::finish_payload`].
    #[non_exhaustive]
    Retrieve {
        /// Its number in the maildrop, from 1. It exists and is not deleted.
        message: u32,
        /// For `TOP`: of the body, only so many lines are asked for. The embedder may write the
        /// whole message all the same: what goes beyond is swallowed, and
        /// [`super::Server::is_payload_complete`] tells when that begins. For `RETR`: none.
        lines: Option<u32>,
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
