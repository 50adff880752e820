//! A notice as a message to the sender (RFC 3461 §6).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use postrider_message::{
    AddrSpec, AddressList, AutoSubmitted, DateTime, FieldName, HeaderBuilder, InvalidValue,
    Mailbox, MessageId,
};
use postrider_mime::build::{BuildError, Entity, MessageBuilder, Options};
use postrider_mime::encoding::Transport;
use postrider_smtp::{Body, EhloName, ForwardPath, MailParameters};

use super::content::{self, Extent};
use super::{Dsn, DsnError, DsnLimits, Notice, Original, fields, seed, words};
use crate::address::addr_spec;
use crate::threading::Threading;

/// Writes notifications of one host: what a [`Notice`] says, as a `multipart/report` of RFC 3464 or, of
/// a mail with UTF-8 in its fields, of RFC 6533.
///
/// What comes from outside, such as the words of another host, is made one line and bounded: it can
/// neither add a field nor a line, nor make the writing fail.
#[derive(Clone, Debug)]
pub struct DsnWriter {
    host: EhloName,
    date: DateTime,
    from: Option<Mailbox<'static>>,
    text: Option<String>,
    transport: Transport,
    limits: DsnLimits,
}

impl DsnWriter {
    /// Notifications of this host, which reports, written at this time.
    #[must_use]
    pub const fn new(host: EhloName, date: DateTime) -> Self {
        let (transport, limits) = (Transport::EightBit, DsnLimits::new());
        Self { host, date, from: None, text: None, transport, limits }
    }

    /// Sets the author, instead of `Mail Delivery System <MAILER-DAEMON@host>`.
    #[must_use]
    pub fn with_from(mut self, author: Mailbox<'static>) -> Self {
        self.from = Some(author);
        self
    }

    /// Sets the text for people, in the place of one in English.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sets what the way back carries; `EightBit` without this. Over `SevenBit` a mail of more than
    /// ASCII does not come back whole, for it may not be encoded (RFC 2046 §5.2.1), unless its fields
    /// hold UTF-8 (RFC 6533 §4.5).
    #[must_use]
    pub const fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub const fn with_limits(mut self, limits: DsnLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The notification. Its identifier and its boundaries are made of the seed: draw one at random
    /// for each.
    ///
    /// # Errors
    ///
    /// [`DsnError::NullSender`] for a mail of nobody, [`DsnError::NoRecipient`] for a notice about
    /// nobody, [`DsnError::Host`] for a writer of no host. No other comes of what was received.
    pub fn write<'a>(
        &self,
        notice: &Notice,
        original: &Original<'a>,
        seed: &[u8; 32],
    ) -> Result<Dsn<'a>, DsnError> {
        let sender = original.sender.mailbox().ok_or(DsnError::NullSender)?;
        if notice.recipients.is_empty() {
            return Err(DsnError::NoRecipient);
        }
        let host = fields::dns_name(self.host.as_str()).filter(|_| self.host.is_host());
        let host = host.ok_or(DsnError::Host)?;
        let id = seed::message_id(
            seed,
            &host,
            &format!("{} {:?} {notice:?}", self.date.unix(), original.sender),
        );
        let zone = self.date.zone();
        let utf8_status = original.is_utf8() || fields::needs_utf8(notice);
        let status = fields::delivery_status(notice, original, &host, zone, utf8_status)?;
        let utf8 = !sender.is_ascii();
        let header = self.header(notice, original, &host, &id, sender, utf8)?;
        let options = Options::new().with_transport(self.transport).with_utf8(utf8);
        let boundaries = seed::boundaries(seed);

        let compose = |extent| -> Result<(MessageBuilder<'a>, Option<u64>, bool), DsnError> {
            let about = content::entity(original, extent, &self.limits, self.transport)?;
            let back = about.is_some().then_some(extent);
            let text = match &self.text {
                Some(text) => text.clone(),
                None => words::text(notice, &host, zone, self.limits.named, back),
            };
            let wide = !text.is_ascii()
                || !status.to_vec(utf8_status)?.is_ascii()
                || is_wide(original, back);
            let report = status.to_report(Entity::text(text), about, utf8_status)?;
            let message = MessageBuilder::new(header.clone()).body(report);
            let size = message.writer(&options, &boundaries)?.size();
            Ok((message, size, wide))
        };
        let wanted = content::extent(notice.kind, original, &self.limits);
        let composed = match (wanted, compose(wanted)) {
            // A mail that the way back does not carry, and that may not be encoded.
            (Extent::Full, Err(DsnError::Build(BuildError::Transport))) => compose(Extent::Header),
            (_, composed) => composed,
        };
        let (message, size, wide) = composed?;

        let mut parameters = MailParameters::new()
            .with_smtp_utf8(utf8)
            // "MUST also specify the REQUIRETLS SMTP option" (RFC 8689 §5).
            .with_require_tls(original.parameters.require_tls);
        parameters.size = size;
        parameters.body =
            Some(Body::EightBitMime).filter(|_| wide && self.transport != Transport::SevenBit);
        let to = ForwardPath::from(sender.clone());
        Ok(Dsn { message, options, seed: boundaries, id, to, parameters })
    }

    fn header(
        &self,
        notice: &Notice,
        original: &Original<'_>,
        host: &str,
        id: &str,
        sender: &postrider_smtp::Mailbox,
        utf8: bool,
    ) -> Result<HeaderBuilder, DsnError> {
        let from = match &self.from {
            Some(from) => from.clone(),
            None => daemon(host)?,
        };
        let mut header = HeaderBuilder::new()
            .with_utf8(utf8)
            .date(&self.date)?
            .from(&from.into())?
            .subject(words::subject(notice.kind))?
            .message_id(&MessageId::new(id.to_owned())?)?;
        // A sender whose address no field may have is in the envelope alone.
        if let Ok(address) = addr_spec(sender) {
            header = header.to(&AddressList::from(Mailbox::new(address)))?;
        }
        let section = original.section();
        header = Threading::answering(section.headers()).write(header, utf8)?;
        // Which notifications of delivery may have (RFC 3834 §5).
        header = header.field(FieldName::AutoSubmitted, &AutoSubmitted::new("auto-replied")?)?;
        Ok(header)
    }
}

fn daemon(host: &str) -> Result<Mailbox<'static>, InvalidValue> {
    let address = AddrSpec::new("MAILER-DAEMON", host.to_string())?;
    Mailbox::with_name(address, "Mail Delivery System")
}

/// Whether what comes back has octets beyond ASCII, or may have some.
fn is_wide(original: &Original<'_>, back: Option<Extent>) -> bool {
    match (back, &original.message) {
        (None, _) => false,
        (Some(Extent::Header), _) | (_, None) => original.has_utf8_fields(),
        (Some(Extent::Full), Some(content)) => match content.octets() {
            Some(octets) => !octets.is_ascii(),
            None => original.parameters.body != Some(Body::SevenBit),
        },
    }
}
