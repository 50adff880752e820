//! What a client tells.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_sasl::client::TokenRejected;
use postrider_sasl::scram::DeriveKey;
use postrider_wire::{AbortReason, MachineEvent};

use super::{Handle, LoginFault};
use crate::CommandName;
use crate::{
    BodySection, Capability, FetchItem, FetchedMessage, FlagSet, MailboxName, MessageNumber,
    Response, Status,
};

/// What the server said, or how the session stands.
///
/// A FETCH response comes as [`Event::FetchItems`] for items that stand inline, and
/// [`Event::BodyBegin`] … for octets of the message, in the order of the wire, then
/// [`Event::FetchEnd`], unless the session ends in the middle of it.
///
/// `handle` names the command that asked for what is told, where the protocol shows it. `None` is what
/// the server tells of its own accord, what belongs to the mailbox and not to a command, the answer to
/// a command of the machine, and what may be the answer to several: where UID FETCH of several sets is
/// in flight and the UID comes behind the octets, it is only known from [`Event::FetchItems`] with the
/// UID on, and in [`Event::FetchEnd`]. Flags that a server tells unasked while a FETCH of the flags of
/// that message is in flight look like its answer. What SELECT and EXAMINE are answered by
/// ([`Event::Exists`], [`Event::Flags`], [`Event::Status`]) comes between [`Event::Selecting`] and
/// [`Event::Completed`], for they are never in flight beside others.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The greeting: OK or PREAUTH.
    #[non_exhaustive]
    Greeting {
        /// What it says.
        status: Status,
        /// Whether it came before TLS that the policy asks for, so that anybody may have sent it.
        untrusted: bool,
    },
    /// The session is ready for commands: greeted and, where the policy asks for it, under TLS.
    /// [`super::Client::state`] tells whether a login is needed. Comes once.
    Ready,
    /// What the server can do. Before TLS anybody may have said so: it is forgotten then.
    Capability(Vec<Capability>),
    /// How many messages there are.
    Exists(u32),
    /// How many messages are `\Recent`.
    Recent(u32),
    /// This message is gone; those behind it have moved up.
    Expunge(MessageNumber),
    /// The flags in use.
    Flags(FlagSet),
    /// OK, NO or BAD that answers no command: information, or a warning.
    #[non_exhaustive]
    Status {
        /// What it says.
        status: Status,
        /// Whether it came before login, or without the TLS that the policy asks for, so that nothing
        /// should be done because of it.
        untrusted: bool,
    },
    /// Inline items of the FETCH response for a message.
    #[non_exhaustive]
    FetchItems {
        /// Which command asked for it, where that is certain.
        handle: Option<Handle>,
        /// Which message.
        message: FetchedMessage,
        /// The items, in order.
        items: Vec<FetchItem>,
    },
    /// Octets of a message follow.
    #[non_exhaustive]
    BodyBegin {
        /// Which command asked for it, where that is certain.
        handle: Option<Handle>,
        /// Which message.
        message: FetchedMessage,
        /// Which octets.
        section: BodySection,
        /// Where they begin in the section, when they were asked for in part.
        origin: Option<u64>,
        /// How many follow; `None` for `NIL`: there is no such section.
        declared: Option<u64>,
    },
    /// Some of these octets.
    Chunk(Bytes),
    /// They are complete.
    BodyEnd,
    /// They will not be complete.
    Aborted(AbortReason),
    /// The FETCH response is complete.
    #[non_exhaustive]
    FetchEnd {
        /// Which command asked for it, where that is certain.
        handle: Option<Handle>,
        /// Which message.
        message: FetchedMessage,
    },
    /// The octets of a message that is appended are due: [`super::Client::write_payload`], and
    /// [`super::Client::finish_payload`] behind the last.
    #[non_exhaustive]
    AppendBegin {
        /// Of which command.
        handle: Handle,
        /// Which of the messages, counted from 0.
        index: usize,
        /// How many octets it was declared to have.
        octets: u64,
    },
    /// The server agreed to IDLE, and tells what is new from here on.
    IdleBegun,
    /// A command is done, well or badly.
    #[non_exhaustive]
    Completed {
        /// Of which command it is the outcome.
        handle: Handle,
        /// Which command.
        command: CommandName,
        /// How it went: OK, NO or BAD.
        status: Status,
    },
    /// The server closes. [`Event::Lost`] follows for each command in flight, IDLE included, and then an
    /// error; without any, the session closes in order. What it says is the best that is known of why:
    /// keep it, for [`super::Ended::Bye`].
    #[non_exhaustive]
    Bye {
        /// What it says.
        status: Status,
        /// As for [`Event::Status`].
        untrusted: bool,
    },
    /// The session ends, and the answer to this command was not heard: whether the server did what
    /// it says is not known. Comes in place of [`Event::Completed`], before the error or
    /// [`postrider_wire::Progress::Closed`].
    #[non_exhaustive]
    Lost {
        /// Of which command it is the outcome.
        handle: Handle,
        /// Which command.
        command: CommandName,
    },
    /// SELECT or EXAMINE is said now: what comes from here on is about that mailbox, if the server takes
    /// it, and no longer about the one before.
    #[non_exhaustive]
    Selecting {
        /// Of which command.
        handle: Handle,
        /// Which mailbox.
        mailbox: MailboxName,
    },
    /// A command was not said, and will not be. It is an outcome, as [`Event::Completed`] is; where the
    /// command was to be said in parts, some of them were.
    #[non_exhaustive]
    Unsent {
        /// Of which command it is the outcome.
        handle: Handle,
        /// Which command.
        command: CommandName,
        /// Why.
        why: Unsent,
    },
    /// A part of a command is done, well: FETCH, STORE, UID MOVE or UID EXPUNGE whose set is longer than
    /// [`crate::Limits::line`]. Others follow, and [`Event::Completed`] tells of the last one, or of
    /// the first that the server refused.
    #[non_exhaustive]
    Part {
        /// Which command.
        handle: Handle,
        /// Its name.
        command: CommandName,
        /// What the server says of this part.
        status: Status,
    },
    /// [`super::Client::login_with`]: a key is to be derived, which takes a while, in another thread
    /// where one must not stand still. Answer: [`super::Client::key`], or
    /// [`postrider_wire::Machine::decline`].
    DeriveKey(DeriveKey),
    /// [`super::Client::login_with`]: a token is to be fetched; with a reason, the server refused the
    /// last one. Answer: [`super::Client::token`], or [`postrider_wire::Machine::decline`].
    NeedToken(Option<TokenRejected>),
    /// [`super::Client::login_with`]: the login did not come about, for a reason that is not the
    /// server's refusal. It is an outcome. Where a server let in without proving itself, the session is
    /// over.
    #[non_exhaustive]
    LoginFailed {
        /// Of which command it is the outcome.
        handle: Handle,
        /// Why.
        fault: LoginFault,
    },
    /// Data that answers a command, or that nothing here asks for.
    #[non_exhaustive]
    Data {
        /// Which command asked for it, where that is certain.
        handle: Option<Handle>,
        /// What is told.
        response: Response,
    },
    /// Data that this crate does not know, without the leading `* `.
    Unknown(Bytes),
    /// Data that is malformed, or a line that is no response at all. The latter is fatal before
    /// login, and where it might be the answer to the command in flight.
    Unparsed(Bytes),
    /// A response, or an item of a FETCH response, went past [`crate::Limits::unit`]: it is skipped,
    /// whatever its size, and what follows it is in order. Before login, and for tagged responses,
    /// that is fatal.
    #[non_exhaustive]
    TooLong {
        /// The message, if it was an item; other items of it are told as always.
        message: Option<FetchedMessage>,
    },
}

/// Why a command was not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsent {
    /// A command before it failed, or was not said, that would have led to the state, the mailbox, the
    /// user or the saved result that this one was given for.
    State,
    /// The server took back what it offered when the command was given, such as LOGIN.
    NotOffered,
    /// A message went while it waited, so that the numbers in it may name others now.
    Renumbered,
    /// The session ended.
    Closed,
    /// [`super::Client::withdraw`], or [`super::Client::done`].
    Withdrawn,
}

impl MachineEvent for Event {
    fn payload(&self) -> Option<&Bytes> {
        if let Self::Chunk(chunk) = self { Some(chunk) } else { None }
    }
}
