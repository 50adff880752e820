//! LIST responses that nobody asked for: of a mailbox that was created, renamed or deleted.

use postrider_imap::{Delimiter, ListAttribute, ListAttributes, ListExtended, ListResponse};

use super::Mailbox;

impl Mailbox {
    /// What the store says of it, apart from subscription, special uses and children.
    pub(super) fn attributes(&self) -> ListAttributes {
        let marked = self.marked.map(|marked| match marked {
            true => ListAttribute::Marked,
            false => ListAttribute::Unmarked,
        });
        let told = [
            (!self.inferiors, ListAttribute::NoInferiors),
            (!self.exists, ListAttribute::NonExistent),
            (self.exists && !self.selectable, ListAttribute::NoSelect),
            (self.remote, ListAttribute::Remote),
        ];
        let told = told.into_iter().filter(|(holds, _)| *holds).map(|(_, attribute)| attribute);
        told.chain(marked).collect()
    }

    /// The LIST response that tells a client unasked that a mailbox was created, renamed, which is told
    /// by its old name, or deleted, which is told by its not being there (RFC 9051 §6.3.9.7, RFC 5465
    /// §5.4). For clients that know extended LIST responses.
    ///
    /// ```
    /// use postrider_imap::{Delimiter, ListExtended, MailboxName, Response};
    /// use postrider_mailbox::list::Mailbox;
    ///
    /// let renamed = Mailbox::new(MailboxName::new("NewMailbox")?)
    ///     .with_old_name(MailboxName::new("OldMailbox")?);
    /// let mut out = Vec::new();
    /// Response::from(renamed.announcement(Some(Delimiter::new(b'/')?))).write(&mut out);
    /// assert_eq!(out, b"* LIST () \"/\" NewMailbox (\"OLDNAME\" (OldMailbox))\r\n");
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn announcement(&self, delimiter: Option<Delimiter>) -> ListResponse {
        let mut attributes = self.attributes();
        if self.subscribed {
            attributes.insert(ListAttribute::Subscribed);
        }
        let old_name = self.old_name.clone().map(ListExtended::OldName);
        ListResponse::new(attributes, delimiter, self.name.clone())
            .with_extended(old_name.into_iter().collect())
    }
}
