//! NOTIFY (RFC 5465).

use alloc::vec::Vec;

use super::{Atom, FetchAttribute, MailboxName};

/// NOTIFY.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of the grammar")]
pub enum NotifyCommand {
    /// `NONE`: nothing is told unasked.
    None,
    /// `SET`
    Set {
        /// `STATUS`: one response for each mailbox first.
        status: bool,
        /// Which events of which mailboxes; at least one.
        groups: Vec<EventGroup>,
    },
}

/// Events of some mailboxes.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 5465 has these two")]
pub struct EventGroup {
    /// Which mailboxes.
    pub mailboxes: NotifyMailboxes,
    /// Which events; `None` for `NONE`.
    pub events: Option<Vec<NotifyEvent>>,
}

/// Which mailboxes (RFC 5465 §6).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotifyMailboxes {
    /// `SELECTED`
    Selected,
    /// `SELECTED-DELAYED`
    SelectedDelayed,
    /// `INBOXES`
    Inboxes,
    /// `PERSONAL`
    Personal,
    /// `SUBSCRIBED`
    Subscribed,
    /// `SUBTREE`: these and all below them.
    Subtree(Vec<MailboxName>),
    /// `SUBTREE-ONE` (RFC 7377 §2.2): these and what is right below them.
    SubtreeOne(Vec<MailboxName>),
    /// `MAILBOXES`
    Mailboxes(Vec<MailboxName>),
    /// Another filter without arguments.
    Other(Atom),
}

/// One event (RFC 5465 §5).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NotifyEvent {
    /// `MessageNew`, with what is to be told of each message.
    MessageNew(Vec<FetchAttribute>),
    /// `MessageExpunge`
    MessageExpunge,
    /// `FlagChange`
    FlagChange,
    /// `AnnotationChange`
    AnnotationChange,
    /// `MailboxName`
    MailboxName,
    /// `SubscriptionChange`
    SubscriptionChange,
    /// `MailboxMetadataChange`
    MailboxMetadataChange,
    /// `ServerMetadataChange`
    ServerMetadataChange,
    /// Another.
    Other(Atom),
}

impl NotifyEvent {
    /// The event of this name, which an atom is, in any case of letters.
    pub(crate) fn read(name: &[u8]) -> Self {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            10 if is(b"MessageNew") => Self::MessageNew(Vec::new()),
            14 if is(b"MessageExpunge") => Self::MessageExpunge,
            10 if is(b"FlagChange") => Self::FlagChange,
            16 if is(b"AnnotationChange") => Self::AnnotationChange,
            11 if is(b"MailboxName") => Self::MailboxName,
            18 if is(b"SubscriptionChange") => Self::SubscriptionChange,
            21 if is(b"MailboxMetadataChange") => Self::MailboxMetadataChange,
            20 if is(b"ServerMetadataChange") => Self::ServerMetadataChange,
            _ => Self::Other(Atom::read(name)),
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::MessageNew(_) => b"MessageNew",
            Self::MessageExpunge => b"MessageExpunge",
            Self::FlagChange => b"FlagChange",
            Self::AnnotationChange => b"AnnotationChange",
            Self::MailboxName => b"MailboxName",
            Self::SubscriptionChange => b"SubscriptionChange",
            Self::MailboxMetadataChange => b"MailboxMetadataChange",
            Self::ServerMetadataChange => b"ServerMetadataChange",
            Self::Other(name) => name.as_bytes(),
        }
    }
}
