//! What IMAP tells of a message (RFC 3501, RFC 9051): borrowed views.
//!
//! [`Envelope`] and [`BodyStructure`] tell texts and parameters as they stand, which is how servers
//! send them: unfolded and without quotation marks, but not decoded. Encoded words, and the sections
//! and percent signs of RFC 2231, are left for the client. Where the RFCs leave
//! it open, or a mail keeps to no grammar, they tell what Dovecot tells; where they do not, the reason
//! is in `tests/decisions.md` of `postrider-mailbox`. [`Message::section`] finds the octets of
//! body sections as [`Ranges`] of the storage, [`Message::binary`] those that are decoded.
//!
//! These are views, not the protocol: the values that travel, and their syntax, belong to
//! `postrider-imap`, and `postrider-mailbox` makes them of these.
//!
//! ```
//! use postrider_mime::{Message, imap::{BodyStructure, BodyType, Envelope}};
//!
//! let message = Message::parse(
//!     "From: \"Q. Public\" <joe@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
//!      Content-Type: text/plain; name*=utf-8''%C3%BC.txt\r\n\r\nHello\r\nBob\r\n",
//! )?;
//! let envelope = Envelope::of(message.headers());
//! assert_eq!(envelope.subject().as_deref(), Some(&b"=?utf-8?q?Gr=C3=BC=C3=9Fe?="[..]));
//! let sender = envelope.sender().next().unwrap();
//! assert_eq!(sender.name.as_deref(), Some(&b"Q. Public"[..]));
//!
//! let structure = BodyStructure::of(&message);
//! let body = structure.root();
//! assert_eq!((body.body_type(), body.octets(), body.lines()), (BodyType::Text, 12, Some(2)));
//! let parameter = body.parameters().next().unwrap();
//! assert_eq!(parameter, ("name*", b"utf-8''%C3%BC.txt"[..].into()));
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! [`Message::section`]: crate::Message::section
//! [`Message::binary`]: crate::Message::binary

mod addresses;
mod binary;
mod body;
mod envelope;
mod lines;
mod no_address;
mod ranges;
mod section;

pub use addresses::Address;
pub use binary::{Binary, UnknownCte};
pub use body::{Body, BodyDisposition, BodyStructure, BodyType};
pub use envelope::Envelope;
pub use ranges::Ranges;
pub use section::{FieldNames, SectionText, header_fields, header_fields_not};
