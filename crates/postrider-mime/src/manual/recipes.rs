//! How to do what takes more than one call.
//!
//! # All attachments
//!
//! Those of the message, of nested messages and of encoded ones:
//!
//! ```
//! use postrider_mime::{Message, Selection};
//!
//! let mail = "Content-Type: multipart/mixed; boundary=b\n\n\
//!     --b\nContent-Type: message/rfc822\n\n\
//!     Content-Type: application/pdf; name=a.pdf\n\nPDF\n\
//!     --b\nContent-Type: message/rfc822; name=c.eml\nContent-Transfer-Encoding: quoted-printable\n\n\
//!     Content-Type: application/zip; name=3Dd.zip\n\nPK\n--b--\n";
//! let mut saved = Vec::new();
//! let mut messages = vec![Message::parse(Vec::from(mail))?];
//! while let Some(message) = messages.pop() {
//!     let nested = message.parts().filter_map(|part| part.message());
//!     for root in nested.chain([message.root()]) {
//!         for part in Selection::of(root).attachments() {
//!             let name = part.safe_file_name().unwrap_or_else(|| "unnamed".into());
//!             saved.push((name, part.decoded().value.into_owned()));
//!         }
//!     }
//!     for encoded in message.parts().filter_map(|part| part.encoded_message()) {
//!         messages.push(encoded?);
//!     }
//! }
//! let names: Vec<_> = saved.iter().map(|(name, _)| &name[..]).collect();
//! assert_eq!(names, ["a.pdf", "unnamed", "c.eml", "d.zip"]);
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
