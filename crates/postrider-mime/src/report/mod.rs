//! Reports that machines send about mail (RFC 6522): what became of it on its way, what its recipient
//! did with it, that it is abuse, how its connections were secured.
//!
//! | report | content | RFC |
//! |---|---|---|
//! | delivery status notification, a bounce | [`DeliveryStatus`] | 3464, UTF-8: 6533 |
//! | message disposition notification, a receipt | [`DispositionNotification`] | 8098, UTF-8: 6533 |
//! | feedback report on abuse or failed authentication | [`FeedbackReport`] | 5965, 6591 |
//! | report on the TLS of SMTP | `TlsReport`, with the feature `tls-report` | 8460 |
//!
//! # Reading
//!
//! [`Report::of`] finds the report in a message and tells its parts apart: the text for people, the
//! content for machines, the message it is about. Nothing that a stranger sent is an error; what is
//! not as the RFC has it is a defect, and what could be read is there.
//!
//! ```
//! use postrider_mime::{Message, report::{Action, Report}};
//!
//! let bounce = Message::parse(
//!     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
//!      --b\n\nThe mail system could not deliver your message.\n\
//!      --b\nContent-Type: message/delivery-status\n\n\
//!      Reporting-MTA: dns; mx.example.net\n\n\
//!      Final-Recipient: rfc822; joe@example.com\n\
//!      Original-Recipient: rfc822; joe.smith@example.org\n\
//!      Action: failed\nStatus: 5.0.0\nRemote-MTA: dns; mx.example.com\n\
//!      Diagnostic-Code: smtp; 550 5.1.1 user unknown\n\
//!      --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@example.net>\n--b--\n",
//! )?;
//! let report = Report::of(bounce.root()).expect("it is one");
//! let status = report.delivery_status().expect("it is of this kind").value;
//! for recipient in status.recipients() {
//!     // Who gets no more mail, and why?
//!     if recipient.action() == Some(Action::Failed)
//!         && recipient.likely_status().is_some_and(|status| status.is_permanent_failure())
//!     {
//!         assert_eq!(recipient.address().unwrap().address(), "joe.smith@example.org");
//!         assert_eq!(recipient.likely_status().unwrap().to_string(), "5.1.1");
//!         assert_eq!(recipient.diagnostic_code().unwrap().reply_code(), Some(550));
//!     }
//! }
//! let original = report.original_headers().unwrap();
//! let id = original.headers().message_id().unwrap().value;
//! assert_eq!(id.ids()[0].as_str(), "1@example.net");
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! Fields are text of whoever sent the report: a bounce can be forged, and proves nothing. Believe
//! one that names what only the way of one's own mail could know, such as an envelope sender made
//! for one recipient.
//!
//! # Writing
//!
//! The same values are made, and written: as the content of a part, or by their `to_report` as a
//! whole `multipart/report`, which [`build`](crate::build) puts into a message. What a format asks
//! for must be there ([`ReportError::Missing`]), and no value can add a line or pass for another
//! field.
//!
//! ```
//! use postrider_mime::report::{
//!     Action, DeliveryStatus, DiagnosticCode, MtaName, Recipient, RecipientAddress, Status,
//! };
//!
//! let address = RecipientAddress::rfc822("joe@example.com")?;
//! let recipient = Recipient::new(address, Action::Failed, Status::new(5, 1, 1)?)
//!     .with_remote_mta(MtaName::dns("mx.example.com")?)
//!     .with_diagnostic_code(DiagnosticCode::smtp("550 5.1.1 user unknown")?);
//! let status = DeliveryStatus::new(MtaName::dns("mx.example.net")?).with_recipient(recipient);
//! assert_eq!(
//!     status.to_vec(false)?,
//!     b"Reporting-MTA: dns; mx.example.net\r\n\
//!       \r\n\
//!       Final-Recipient: rfc822; joe@example.com\r\n\
//!       Action: failed\r\n\
//!       Status: 5.1.1\r\n\
//!       Remote-MTA: dns; mx.example.com\r\n\
//!       Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
//! );
//! # Ok::<(), postrider_mime::report::ReportError>(())
//! ```
//!
//! # Bounds
//!
//! Reading takes time linear in the octets. Recipients are bounded by the limit of addresses, fields
//! by that of fields; what gzip inflates to is bounded by `TlsReport::LARGEST`.

mod delivery;
mod disposition;
mod entity;
mod error;
mod extension;
mod feedback;
mod find;
mod found;
mod group;
mod kind;
mod status;
mod text;
#[cfg(feature = "tls-report")]
mod tls;
mod typed;
mod unitext;

pub use delivery::{Action, DeliveryStatus, Recipient};
pub use disposition::{
    ActionMode, DispositionNotification, DispositionType, MessageDisposition, ReportingUa,
    SendingMode,
};
pub use error::ReportError;
pub use extension::ExtensionField;
pub use feedback::{FeedbackReport, FeedbackType, UnregisteredType};
pub use found::Report;
pub use kind::ReportKind;
pub use status::Status;
#[cfg(feature = "tls-report")]
pub use tls::{TlsFailure, TlsPolicy, TlsPolicyType, TlsReport, TlsResultType};
pub use typed::{DiagnosticCode, MtaName, RecipientAddress};
