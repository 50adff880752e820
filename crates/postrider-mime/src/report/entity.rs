//! Reports as the parts of a `multipart/report` (RFC 6522 §3).

use alloc::vec::Vec;

use super::{DeliveryStatus, DispositionNotification, FeedbackReport, ReportError};
use crate::{
    ContentType,
    build::{BuildError, Entity},
};

impl DeliveryStatus<'_> {
    /// The `multipart/report`: the text for people, this, and perhaps the message it is about, or
    /// its [fields](Entity::message_headers).
    ///
    /// Where `utf8` is set, and there is something that is not ASCII, this is a
    /// `message/global-delivery-status` (RFC 6533 §4.1); see [`to_vec`](Self::to_vec). A
    /// notification goes out with an empty envelope sender, for nobody is told that it could not be
    /// delivered (RFC 3464 §2).
    ///
    /// ```
    /// use postrider_message::{AddrSpec, HeaderBuilder, Mailbox};
    /// use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}, report::*};
    ///
    /// let address = RecipientAddress::rfc822("joe@example.com")?;
    /// let status = DeliveryStatus::new(MtaName::dns("mx.example.net")?)
    ///     .with_recipient(Recipient::new(address, Action::Failed, Status::new(5, 1, 1)?));
    /// let text = Entity::text("Your message to joe@example.com could not be delivered.\n");
    /// let fields = Entity::message_headers(&b"Subject: Lunch\r\n"[..]);
    ///
    /// let sender = Mailbox::new(AddrSpec::new("MAILER-DAEMON", "mx.example.net")?);
    /// let section = HeaderBuilder::new().from(&sender.into())?.subject("Undelivered mail")?;
    /// let bounce = MessageBuilder::new(section).body(status.to_report(text, Some(fields), false)?);
    /// let written = bounce.to_vec(&Options::new(), &[7; 32])?;
    ///
    /// let message = Message::parse(written)?;
    /// let report = Report::of(message.root()).unwrap();
    /// assert!(report.defects().is_empty());
    /// assert_eq!(report.delivery_status().unwrap().value, status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_report<'e>(
        &self,
        text: Entity<'e>,
        about: Option<Entity<'e>>,
        utf8: bool,
    ) -> Result<Entity<'e>, ReportError> {
        let subtypes = ("delivery-status", "global-delivery-status");
        in_message(self.to_vec(utf8)?, subtypes, text, about)
    }
}

impl DispositionNotification<'_> {
    /// The `multipart/report`: the text for people, this, and perhaps the message it is about, or
    /// its [fields](Entity::message_headers).
    ///
    /// Where `utf8` is set, and there is something that is not ASCII, this is a
    /// `message/global-disposition-notification` (RFC 6533 §5); see [`to_vec`](Self::to_vec), and the
    /// [recipe](crate::manual::recipes) for a whole receipt.
    pub fn to_report<'e>(
        &self,
        text: Entity<'e>,
        about: Option<Entity<'e>>,
        utf8: bool,
    ) -> Result<Entity<'e>, ReportError> {
        let subtypes = ("disposition-notification", "global-disposition-notification");
        in_message(self.to_vec(utf8)?, subtypes, text, about)
    }
}

impl FeedbackReport<'_> {
    /// The `multipart/report`: the text for people, this, and the message it is about, or its
    /// [fields](Entity::message_headers): "This part MUST be included" (RFC 5965 §2).
    ///
    /// ```
    /// use postrider_message::HeaderBuilder;
    /// use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}, report::*};
    ///
    /// let spam = Entity::raw_message("Message-ID: <1@b.example>\r\n\r\nBuy!\r\n");
    /// let abuse = FeedbackReport::new(FeedbackType::Abuse, "Complaints/1.0")?;
    /// let message = MessageBuilder::new(HeaderBuilder::new().subject("Complaint")?)
    ///     .body(abuse.to_report(Entity::text("A user calls this spam.\n"), spam)?)
    ///     .to_vec(&Options::new(), &[0; 32])?;
    ///
    /// let message = Message::parse(message)?;
    /// let report = Report::of(message.root()).unwrap();
    /// assert_eq!(report.feedback_report().unwrap().value.feedback_type(), Some(&FeedbackType::Abuse));
    /// let about = report.original_headers().unwrap();
    /// assert_eq!(about.headers().message_id().unwrap().value.ids()[0].as_str(), "1@b.example");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_report<'e>(
        &self,
        text: Entity<'e>,
        about: Entity<'e>,
    ) -> Result<Entity<'e>, ReportError> {
        let subtypes = ("feedback-report", "feedback-report");
        in_message(self.to_vec()?, subtypes, text, Some(about))
    }
}

#[cfg(feature = "tls-report")]
impl super::TlsReport {
    /// The `multipart/report`: the text for people, and this in gzip (RFC 8460 §5.3), under the name
    /// of a file that §5.1 advises, such as
    /// `mail.sndr.example.com!example.net!1470013207!1470186007.json.gz`.
    ///
    /// The message around it says in `TLS-Report-Domain` and `TLS-Report-Submitter` whose report goes
    /// to whom: "These message header fields MUST be included" (RFC 8460 §5.3).
    ///
    /// ```
    /// use postrider_message::{HeaderBuilder, Text};
    /// use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}, report::*};
    ///
    /// let mut report = TlsReport::default();
    /// report.organization_name = Some("Company-X".into());
    /// let name = "mail.sndr.example.com!example.net!1470013207!1470186007.json.gz";
    /// let header = HeaderBuilder::new()
    ///     .named("TLS-Report-Domain", &Text::new("example.net")?)?
    ///     .named("TLS-Report-Submitter", &Text::new("mail.sndr.example.com")?)?;
    /// let message = MessageBuilder::new(header)
    ///     .body(report.to_report(Entity::text("A report on TLS.\n"), name)?)
    ///     .to_vec(&Options::new(), &[0; 32])?;
    ///
    /// let message = Message::parse(message)?;
    /// let report = Report::of(message.root()).unwrap().tls_report().unwrap().value;
    /// assert_eq!(report.organization_name.as_deref(), Some("Company-X"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_report<'e>(
        &self,
        text: Entity<'e>,
        file_name: &str,
    ) -> Result<Entity<'e>, ReportError> {
        let ty = ContentType::new("application", "tlsrpt+gzip").map_err(BuildError::from)?;
        let part = Entity::new(ty, self.to_gzip())?.attached_as(file_name)?;
        Ok(Entity::report(super::ReportKind::Tls.report_type(), text, part, None)?)
    }
}

/// The report of a content that is a `message` of the first subtype in ASCII, else of the second.
/// "All three new types will typically use the "8bit" Content-Transfer-Encoding. (In the event all
/// content is 7-bit, the equivalent traditional types for delivery status notifications MAY be
/// used." (RFC 6533 §4.4)
fn in_message<'e>(
    content: Vec<u8>,
    (ascii, utf8): (&'static str, &'static str),
    text: Entity<'e>,
    about: Option<Entity<'e>>,
) -> Result<Entity<'e>, ReportError> {
    let subtype = if content.is_ascii() { ascii } else { utf8 };
    let ty = ContentType::new("message", subtype).map_err(BuildError::from)?;
    Ok(Entity::report(subtype, text, Entity::new(ty, content)?, about)?)
}
