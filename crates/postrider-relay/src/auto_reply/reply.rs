//! An answer that may be sent.

use alloc::format;
use alloc::string::String;

use postrider_message::{
    AddressList, AutoSubmitted, DateTime, FieldName, HeaderBuilder, InvalidValue,
    Mailbox as HeaderMailbox, MessageId,
};
use postrider_smtp::{ForwardPath, Mailbox, Notify, RcptParameters, ReversePath};

use crate::address::addr_spec;
use crate::dsn::seed;
use crate::threading::Threading;

/// An answer that may be sent: where to, and with which fields. The text is the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoReply<'a> {
    pub(super) to: ForwardPath,
    pub(super) addressed: Option<Mailbox>,
    pub(super) subject: String,
    pub(super) threading: Threading<'a>,
}

impl AutoReply<'_> {
    /// Its envelope sender: nobody, so that nothing answers it (RFC 3834 §3.3).
    #[must_use]
    pub const fn sender(&self) -> ReversePath {
        ReversePath::null()
    }

    /// Its only recipient: where the mail came from (RFC 3834 §4).
    #[must_use]
    pub const fn to(&self) -> &ForwardPath {
        &self.to
    }

    /// What goes with `RCPT`: "It is RECOMMENDED that the NOTIFY=NEVER parameter of the RCPT command be
    /// specified" (RFC 3834 §3.3).
    #[must_use]
    pub fn rcpt_parameters(&self) -> RcptParameters {
        RcptParameters::new().with_notify(Notify::never())
    }

    /// The address of the responder that the mail named as a recipient, for `From` of the answer.
    #[must_use]
    pub const fn addressed(&self) -> Option<&Mailbox> {
        self.addressed.as_ref()
    }

    /// `Auto: ` and the subject of the mail, at most 200 characters of it (RFC 3834 §3.1.5).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The identifier of the mail, for `In-Reply-To` (RFC 3834 §3.1.6).
    #[must_use]
    pub fn in_reply_to(&self) -> Option<&MessageId<'_>> {
        self.threading.in_reply_to.as_ref()
    }

    /// Those for `References`, the last one that of the mail; at most 21 (RFC 3834 §3.1.6).
    #[must_use]
    pub fn references(&self) -> &[MessageId<'_>] {
        &self.threading.references
    }

    /// The header section: `Date`, `From`, `To`, `Message-ID`, `Subject`, what ties it to the mail, and
    /// `Auto-Submitted: auto-replied`. Draw the seed at random for each answer: `Message-ID` is made of it.
    ///
    /// Where the address of the sender holds UTF-8, so does the section (RFC 6532), and the mail needs
    /// `SMTPUTF8`.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] where `from` cannot be written.
    pub fn header(
        &self,
        from: &HeaderMailbox<'_>,
        date: &DateTime,
        seed: &[u8; 32],
    ) -> Result<HeaderBuilder, InvalidValue> {
        let utf8 = !self.to.is_ascii();
        let domain = crate::DomainName::parse(from.addr_spec().domain());
        let domain =
            domain.as_ref().map_or_else(|_| from.addr_spec().domain(), crate::DomainName::as_str);
        let about = format!("{} {:?} {:?}", date.unix(), self.to, self.in_reply_to());
        let mut header = HeaderBuilder::new()
            .with_utf8(utf8)
            .date(date)?
            .from(&AddressList::from(from.clone()))?
            .message_id(&MessageId::new(seed::message_id(seed, domain, &about))?)?;
        if let Some(address) = self.to.mailbox().and_then(|to| addr_spec(to).ok()) {
            header = header.to(&AddressList::from(HeaderMailbox::new(address)))?;
        }
        header = self.threading.write(header.subject(&self.subject)?, utf8)?;
        header.field(FieldName::AutoSubmitted, &AutoSubmitted::new("auto-replied")?)
    }
}
