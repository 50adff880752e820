//! The identifiers that place a message in its thread (RFC 5256 §3, REFERENCES).

use alloc::{borrow::Cow, vec::Vec};

use crate::{FieldName, Headers, MessageId, MessageIdList};

/// What the REFERENCES algorithm of RFC 5256 §3 asks of one message: its identifier and the chain
/// of its ancestors, the oldest first. All are [normalized](MessageId::normalized), to be compared
/// with regard to case; identifiers that are not [valid](MessageId::is_valid) are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadIds<'a> {
    message_id: Option<Cow<'a, str>>,
    references: Vec<Cow<'a, str>>,
}

impl<'a> ThreadIds<'a> {
    /// The first valid identifier of `Message-ID`. A message without one is threaded under an
    /// identifier that the caller makes up.
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The valid identifiers of `References`; where there are none, the first one of
    /// `In-Reply-To`. Repeated ones are kept: the algorithm makes nothing of them.
    pub fn references(&self) -> &[Cow<'a, str>] {
        &self.references
    }

    /// The last of the references: the message this one replies to.
    pub fn parent(&self) -> Option<&str> {
        self.references.last().map(AsRef::as_ref)
    }
}

pub(crate) fn thread_ids(headers: Headers<'_>) -> ThreadIds<'_> {
    let message_id = valid(headers, FieldName::MessageId).next();
    let mut references: Vec<_> = valid(headers, FieldName::References).collect();
    if references.is_empty() {
        references.extend(valid(headers, FieldName::InReplyTo).next());
    }
    ThreadIds { message_id, references }
}

/// The valid identifiers of the first field of a name.
fn valid(headers: Headers<'_>, name: FieldName) -> impl Iterator<Item = Cow<'_, str>> {
    let list = headers.read::<MessageIdList<'_>>(name).map(|parsed| parsed.value);
    let ids = list.map(MessageIdList::into_ids).unwrap_or_default().into_iter();
    ids.filter(MessageId::is_valid).map(MessageId::into_normalized)
}
