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
    /// `SUBTREE`
    Subtree(Vec<MailboxName>),
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
