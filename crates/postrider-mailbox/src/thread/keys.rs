//! What of a message it is threaded by.

use alloc::{boxed::Box, string::String, vec::Vec};

use postrider_message::Headers;

use crate::{
    Metadata,
    sort::{prepared, sent_date},
};

/// What a message is threaded by, whatever the algorithm. A store may keep it, so that it need not
/// read header sections to thread: nothing of it ever changes.
///
/// ```
/// use postrider_imap::{InternalDate, Uid};
/// use postrider_mailbox::{Metadata, thread::ThreadKeys};
/// use postrider_message::HeaderSection;
///
/// let mail = "Message-ID: <2@a.example>\r\nIn-Reply-To: <1@a.example>\r\nSubject: Re: boats\r\n\r\n";
/// let section = HeaderSection::parse(mail);
/// let metadata = Metadata::new(Uid::new(7)?, [], InternalDate::from_unix(60, 0)?, 83);
/// let keys = ThreadKeys::of(&metadata, section.headers());
/// assert_eq!(keys.message_id.as_deref(), Some("2@a.example"));
/// assert_eq!(keys.references, ["1@a.example".into()]);
/// assert_eq!((&*keys.subject, keys.is_reply_or_forward, keys.sent_date), ("BOATS", true, 60));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what RFC 5256 §3 threads by")]
pub struct ThreadKeys {
    /// The normalized identifier of the message, if it has a valid one.
    pub message_id: Option<Box<str>>,
    /// The normalized identifiers of what it answers, the oldest first: those of References, or one
    /// of In-Reply-To.
    pub references: Vec<Box<str>>,
    /// The base subject, as `i;unicode-casemap` compares it.
    pub subject: Box<str>,
    /// Whether the subject is that of a reply or a forwarded message.
    pub is_reply_or_forward: bool,
    /// The sent date in seconds since 1970 in UTC.
    pub sent_date: i64,
}

impl ThreadKeys {
    /// The keys of a message.
    pub fn of(metadata: &Metadata, headers: Headers<'_>) -> Self {
        let ids = headers.thread_ids();
        let (subject, is_reply_or_forward) = subject(headers);
        Self {
            message_id: ids.message_id().map(Into::into),
            references: ids.references().iter().map(|id| id.as_ref().into()).collect(),
            subject: subject.into(),
            is_reply_or_forward,
            sent_date: sent_date(headers, metadata.internal_date),
        }
    }
}

/// The base subject as it is compared, and whether it is that of a reply or forward.
pub(super) fn subject(headers: Headers<'_>) -> (String, bool) {
    let base = headers.base_subject();
    (prepared(base.as_str()), base.is_reply_or_forward())
}
