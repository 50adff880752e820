//! What a client tells its embedder.

use bytes::Bytes;
use postrider_sasl::client::TokenRejected;
use postrider_sasl::scram::DeriveKey;
use postrider_wire::{AbortReason, MachineEvent};

use super::LoginFault;
use crate::{Capabilities, DropListing, Keyword, Language, Reply, ScanListing, UniqueId};

/// What came of a command. Each command has exactly one last event, in the order in which they were
/// given: the one its method names, [`Event::Refused`], or [`Event::Lost`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The session can begin: commands are taken from now on. Comes once.
    #[non_exhaustive]
    Ready {
        /// The greeting, unless it came in the clear before TLS: then it is forgotten.
        greeting: Option<Reply>,
    },
    /// The server does not want this session, or ends it (autologout): an `-ERR` that answers no
    /// command, nor could: it began before those that are in flight had left, which are lost first. The
    /// session is over.
    Rejected(Reply),
    /// The server said `-ERR` to this command.
    #[non_exhaustive]
    Refused {
        /// The command; for a login, whichever half was refused.
        command: Keyword,
        /// The message that it named, if it named one.
        message: Option<u32>,
        /// In these words.
        reply: Reply,
    },
    /// This command has no answer, or only a part of one: the session ends before it (the error
    /// comes behind the last of these), or was shut down between `USER` and `PASS`. Whether the
    /// server carried it out is not known. A message that was coming in is
    /// [aborted](Event::Aborted) instead.
    #[non_exhaustive]
    Lost {
        /// The command; for a login, the half that has no answer.
        command: Keyword,
        /// The message that it named, if it named one.
        message: Option<u32>,
    },
    /// `CAPA`: what the server can do.
    Capabilities(Capabilities),
    /// [`super::Client::login_with`]: a key is to be derived, which takes a while, in another thread where
    /// one must not stand still. Answer: [`super::Client::key`], or [`postrider_wire::Machine::decline`].
    DeriveKey(DeriveKey),
    /// [`super::Client::login_with`]: a token is to be fetched; with a reason, the server refused the last
    /// one. Answer: [`super::Client::token`], or [`postrider_wire::Machine::decline`].
    NeedToken(Option<TokenRejected>),
    /// [`super::Client::login_with`]: the login did not come about, for a reason that is not the server's
    /// refusal. Where a server let in without proving itself, the session is over.
    LoginFailed(LoginFault),
    /// The maildrop is open and locked.
    LoggedIn(Reply),
    /// `STAT`.
    DropListing(DropListing),
    /// `LIST`: one message. [`Event::ListEnd`] follows the last one.
    ScanListing(ScanListing),
    /// `LIST`: that was all.
    ListEnd,
    /// `UIDL`: one message. [`Event::UidlEnd`] follows the last one.
    #[non_exhaustive]
    UniqueIdListing {
        /// The message, from 1.
        message: u32,
        /// Its unique-id.
        uid: UniqueId,
    },
    /// `UIDL`: that was all.
    UidlEnd,
    /// `LANG`: one language. [`Event::LangEnd`] follows the last one.
    LanguageListing(Language),
    /// `LANG`: that was all.
    LangEnd,
    /// `RETR` or `TOP`: the message comes, in chunks.
    #[non_exhaustive]
    RetrieveBegin {
        /// The message, from 1.
        message: u32,
        /// For `TOP`: how many lines of the body were asked for. For `RETR`: none.
        lines: Option<u32>,
        /// The size of a whole message, if the server told one. A hint: servers in the field
        /// miscount.
        declared: Option<u64>,
    },
    /// `RETR` or `TOP`: octets of the message, dots un-doubled.
    Chunk(Bytes),
    /// `RETR` or `TOP`: the message is complete, as far as it was asked for. Which one it was told
    /// [`Event::RetrieveBegin`]: the top of a message is no reason to delete it, or to take it for seen.
    RetrieveEnd,
    /// `RETR` or `TOP`: the message is not complete, and no more of it comes.
    Aborted(AbortReason),
    /// `DELE`, `NOOP`, `RSET`, `QUIT`, `UTF8` or `LANG` with a language was carried out.
    #[non_exhaustive]
    Done {
        /// The command.
        command: Keyword,
        /// The message that it named, if it named one.
        message: Option<u32>,
        /// What the server said.
        reply: Reply,
    },
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(octets) = self { Some(octets) } else { None }
    }
}
