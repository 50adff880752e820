//! What a sender is to be told about recipients.

use alloc::string::String;
use alloc::vec::Vec;

use postrider_smtp::{EnhancedStatusCode, ForwardPath, OriginalRecipient};

/// What a sender is to be told of some recipients of a mail, all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// What became of the mail for them.
    pub kind: NoticeKind,
    /// They; never none.
    pub recipients: Vec<NoticeRecipient>,
}

/// What became of a mail: the `Action` of RFC 3464 §2.3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// It could not be delivered, and is not tried again.
    Failed,
    /// It could not be delivered so far, and is tried again until then, in seconds since 1970.
    #[non_exhaustive]
    Delayed {
        /// `Will-Retry-Until`.
        until: i64,
    },
    /// It was handed to a host that does not report on deliveries.
    Relayed,
    /// It is in the mailbox.
    Delivered,
    /// It was handed to an alias of several recipients.
    Expanded,
}

impl NoticeKind {
    /// It could not be delivered so far, and is tried again until then, in seconds since 1970.
    #[must_use]
    pub const fn delayed(until: i64) -> Self {
        Self::Delayed { until }
    }
}

/// One recipient of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoticeRecipient {
    /// Where the mail was sent to.
    pub path: ForwardPath,
    /// Whom the sender wrote to, as `ORCPT` says.
    pub original: Option<OriginalRecipient>,
    /// The enhanced status code.
    pub status: EnhancedStatusCode,
    /// The host that said so, if one did.
    pub remote_mta: Option<String>,
    /// The words of that host: one line, its reply code first. Without such a host, the words of this
    /// one.
    pub diagnostic: Option<String>,
    /// When it was tried last, in seconds since 1970.
    pub last_attempt: Option<i64>,
}

impl NoticeRecipient {
    /// A recipient and its status.
    #[must_use]
    pub fn new(path: ForwardPath, status: EnhancedStatusCode) -> Self {
        let (original, remote_mta, diagnostic, last_attempt) = (None, None, None, None);
        Self { path, original, status, remote_mta, diagnostic, last_attempt }
    }
}

impl Notice {
    /// A notice of these recipients.
    #[must_use]
    pub fn new(kind: NoticeKind, recipients: Vec<NoticeRecipient>) -> Self {
        Self { kind, recipients }
    }
}
