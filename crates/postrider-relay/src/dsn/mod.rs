//! Delivery status notifications: what a sender is told, and what comes back of what was sent.
//!
//! # Telling a sender
//!
//! A [`Notice`] says what became of a mail for some recipients. [`DsnWriter`] makes the message of it
//! that RFC 3461 §6 asks for: a `multipart/report` with a text for people, the fields for machines, and
//! the mail or its header; and the envelope that it is sent with.
//!
//! ```
//! use postrider_message::{DateTime, Zone};
//! use postrider_relay::dsn::{DsnWriter, Notice, NoticeKind, NoticeRecipient, Original};
//! use postrider_smtp::{
//!     EhloName, EnhancedStatusCode, EnvelopeId, ForwardPath, MailParameters, ReversePath,
//! };
//!
//! let mut carol = NoticeRecipient::new(
//!     ForwardPath::parse("Carol@Ivory.EDU")?,
//!     EnhancedStatusCode::NO_SUCH_MAILBOX,
//! );
//! carol.remote_mta = Some("Ivory.EDU".into());
//! carol.diagnostic = Some("550 error - no such recipient".into());
//! let notice = Notice::new(NoticeKind::Failed, vec![carol]);
//!
//! let parameters = MailParameters::new().with_envid(EnvelopeId::encode("QQ314159")?);
//! let original = Original::new(ReversePath::parse("Alice@Example.ORG")?, parameters, 880_127_706)
//!     .with_message(b"Message-ID: <1@example.org>\r\nSubject: Lunch\r\n\r\nAt one?\r\n");
//! let writer = DsnWriter::new(
//!     EhloName::parse("mx.example.org")?,
//!     DateTime::from_unix(880_127_766, Zone::UTC)?,
//! );
//! let dsn = writer.write(&notice, &original, &[7; 32])?;
//!
//! assert!(dsn.sender().is_null());
//! assert_eq!(dsn.recipient().to_string(), "<Alice@Example.ORG>");
//! let message = String::from_utf8(dsn.to_vec()?)?;
//! assert!(message.contains(
//!     "Original-Envelope-Id: QQ314159\r\n\
//!      Reporting-MTA: dns; mx.example.org\r\n\
//!      Arrival-Date: Fri, 21 Nov 1997 15:55:06 +0000\r\n\
//!      \r\n\
//!      Final-Recipient: rfc822; Carol@Ivory.EDU\r\n\
//!      Action: failed\r\n\
//!      Status: 5.1.1\r\n\
//!      Remote-MTA: dns; Ivory.EDU\r\n\
//!      Diagnostic-Code: smtp; 550 error - no such recipient\r\n"
//! ));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Whether a recipient asked to be told at all (`NOTIFY`, RFC 3461 §5.2) was decided where the notice was
//! made. How much of the mail comes back:
//!
//! | kind | `RET` | what comes back |
//! |---|---|---|
//! | failed | `FULL` | all of it, up to [`DsnLimits::full_asked`]; else its header |
//! | failed | none | all of it, up to [`DsnLimits::full_unasked`]; else its header |
//! | failed | `HDRS`, or the mail has `REQUIRETLS` (RFC 8689 §5) | its header |
//! | any other | whatever | its header (RFC 3461 §6.2) |
//!
//! A mail whose fields hold UTF-8 comes back as `message/global` or `message/global-headers`, and the
//! fields for machines are a `message/global-delivery-status` where they need be (RFC 6533). Elsewhere
//! they are ASCII: an address in UTF-8 is written as RFC 6533 §3 has it, other characters as `?`.
//!
//! # What comes back
//!
//! [`Returned::read`] reads a notification, [`Returned::matched`] tells whether it is about a mail and
//! what it says of its recipients; [`SentMail`] says how to make that certain.

mod content;
mod error;
mod fields;
mod limits;
mod message;
mod notice;
mod original;
mod returned;
pub(crate) mod seed;
mod words;
mod wrap;
mod write;

pub use error::DsnError;
pub use limits::DsnLimits;
pub use message::Dsn;
pub use notice::{Notice, NoticeKind, NoticeRecipient};
pub use original::Original;
pub use returned::{
    Match, MatchedBy, MatchedRecipient, Returned, ReturnedRecipient, SentMail, SentRecipient,
};
pub use write::DsnWriter;
