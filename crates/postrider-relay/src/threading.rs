//! What ties an answer to the message that it answers (RFC 5322 §3.6.4).

use alloc::vec::Vec;

use postrider_message::{
    FieldName, HeaderBuilder, Headers, InvalidValue, MessageId, MessageIdList,
};

/// Octets of an identifier that a line surely holds.
const IDENTIFIER: usize = 900;
/// Identifiers of `References` that are kept: the first one, which names the thread, and the last.
const REFERENCES: usize = 20;

/// The identifiers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Threading<'a> {
    /// That of the message.
    pub(crate) in_reply_to: Option<MessageId<'a>>,
    /// Those before it, and it.
    pub(crate) references: Vec<MessageId<'a>>,
}

impl<'a> Threading<'a> {
    /// Those of an answer to this message.
    pub(crate) fn answering(parent: Headers<'a>) -> Self {
        let ids = |name| {
            let list = parent.read::<MessageIdList<'a>>(name).map(|read| read.value);
            let list = list.unwrap_or_default();
            list.ids().iter().filter(|id| id.as_str().len() <= IDENTIFIER).cloned().collect()
        };
        let own: Vec<MessageId<'a>> = ids(FieldName::MessageId);
        let in_reply_to = own.into_iter().next();
        let mut references: Vec<MessageId<'a>> = ids(FieldName::References);
        if references.is_empty() {
            // A parent without References and with one identifier in In-Reply-To: that one.
            references = ids(FieldName::InReplyTo);
            if references.len() > 1 {
                references.clear();
            }
        }
        if references.len() > REFERENCES {
            let behind = references.len().saturating_sub(REFERENCES.saturating_sub(1));
            references.drain(1..behind);
        }
        references.extend(in_reply_to.clone());
        Self { in_reply_to, references }
    }

    /// The fields with those identifiers that they may have.
    pub(crate) fn write(
        &self,
        mut to: HeaderBuilder,
        utf8: bool,
    ) -> Result<HeaderBuilder, InvalidValue> {
        let usable = |id: &&MessageId<'_>| utf8 || id.as_str().is_ascii();
        if let Some(id) = self.in_reply_to.as_ref().filter(usable) {
            to = to.field(FieldName::InReplyTo, id)?;
        }
        let references: Vec<_> = self.references.iter().filter(usable).cloned().collect();
        if references.is_empty() {
            return Ok(to);
        }
        to.references(&MessageIdList::new(references))
    }
}
