//! MIME messages (RFC 2045–2049): the tree of their parts, and what the parts say.
//!
//! [`Message::parse`] finds the parts of a message in one pass and indexes their header sections.
//! Inside multiparts it looks for delimiters; elsewhere it reads nothing. The storage is yours,
//! borrowed or owned, and every octet of it stays reachable: [`Part`]s are `Copy` views.
//!
//! # The tree
//!
//! ```
//! use postrider_mime::Message;
//!
//! let mail = "Subject: Sample message\n\
//!     Content-type: multipart/mixed; boundary=\"simple boundary\"\n\
//!     \n\
//!     This is the preamble.\n\
//!     --simple boundary\n\
//!     \n\
//!     This is implicitly typed plain US-ASCII text.\n\
//!     --simple boundary\n\
//!     Content-type: text/html; charset=iso-8859-1\n\
//!     Content-Transfer-Encoding: quoted-printable\n\
//!     \n\
//!     <p>Andr=E9</p>\n\
//!     --simple boundary--\n\
//!     This is the epilogue.\n";
//! let message = Message::parse(mail)?;
//! let parts: Vec<_> = message.root().children().collect();
//! assert_eq!(parts.len(), 2);
//! assert_eq!(parts[0].raw_body(), b"This is implicitly typed plain US-ASCII text.");
//! assert!(parts[1].content_type().value.is("text", "html"));
//! assert_eq!(parts[1].text().unwrap().value, "<p>André</p>");
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! A part has a header section ([`Part::headers`], as `postrider-message` reads it), a body as it
//! stands ([`Part::raw_body`]), and what the body says: [`Part::decoded`] undoes the transfer
//! encoding, [`Part::text`] also the charset. A `message/rfc822` holds one nested message, the root
//! of a tree of its own ([`Part::message`]).
//!
//! # What is wrong, as values
//!
//! Below 4 GiB there are no errors. Defects are told where they are found, and parsing finds no more
//! than it reads:
//!
//! | of what | where |
//! |---|---|
//! | the structure: delimiters, depth, number of parts | [`Message::defects`] |
//! | the header section of a part | [`Headers::defects`](postrider_message::Headers::defects) of [`Part::headers`] |
//! | both, of all parts | [`Message::all_defects`] |
//! | octets that parsing does not look at | [`Message::check`] |
//! | a value, such as an address list | [`Parsed`](postrider_message::Parsed), what every value comes in |
//! | a body | [`Part::decoded`], and [`Part::text`], which has those of `decoded` too |
//!
//! ```
//! use postrider_message::Defect;
//! use postrider_mime::Message;
//!
//! let message = Message::parse(
//!     "From: Joe <a@b> <c@d>\nSubject : Hello\nContent-Type: multipart/mixed; boundary=x\n\n\
//!      --x\nContent-Transfer-Encoding: base64\n\naGVs*bG8=\n",
//! )?;
//! let mut told = Vec::new();
//! let mut tell = |defect: Defect| {
//!     let octets = &message.as_bytes()[defect.span().range()];
//!     told.push(format!("{}: {}", defect.code().name(), octets.escape_ascii()));
//! };
//! message.all_defects().for_each(&mut tell);
//! for part in message.parts() {
//!     part.headers().from().into_iter().flat_map(|from| from.defects).for_each(&mut tell);
//!     part.content_type().defects.into_iter().for_each(&mut tell);
//!     part.decoded().defects.into_iter().for_each(&mut tell);
//! }
//! assert_eq!(
//!     told,
//!     ["unclosed-multipart: ", "space-before-colon: Subject", "after-address: <c@d>", "not-base64: *"]
//! );
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # Messages of any size
//!
//! [`stream::Parser`] takes a message in chunks, in bounded memory, and tells the same structure.
//!
//! # Parts by number
//!
//! IMAP names parts by numbers; [`Message::part`] and [`Message::section`] follow RFC 9051
//! §6.4.5.1, and a section is ranges of the storage, not a copy. The room [`imap`] has the other
//! views: ENVELOPE, BODYSTRUCTURE and BINARY.
//!
//! ```
//! use postrider_mime::{Message, imap::SectionText};
//!
//! let message = Message::parse("Subject: one\r\n\r\nHello\r\n")?;
//! let octets = |number: &[u32], text| Some(message.section(number, text)?.collect::<Vec<_>>());
//! assert_eq!(octets(&[], SectionText::Header), Some(vec![0..16]));
//! assert_eq!(octets(&[], SectionText::Text), Some(vec![16..23]));
//! assert_eq!(octets(&[1], SectionText::Whole), Some(vec![16..23]));
//! assert_eq!(octets(&[2], SectionText::Whole), None);
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # What to show
//!
//! [`Message::selection`] sorts the parts as RFC 8621 does: [text body](Selection::text_body),
//! [HTML body](Selection::html_body), [attachments](Selection::attachments), and the [`Roles`] of
//! each. [`Part::file_names`] tells every name of a part, [`Part::safe_file_name`] one to save it
//! under, and [`Message::preview`] the first words of a message.
//!
//! ```
//! let message = postrider_mime::Message::parse(
//!     "Content-Type: multipart/mixed; boundary=b\n\n\
//!      --b\n\nSee  the\nreport.\n\
//!      --b\nContent-Type: application/pdf\n\
//!      Content-Disposition: attachment; filename=\"/tmp/report.pdf\"\n\nJVBERi0=\n--b--\n",
//! )?;
//! assert_eq!(message.preview(256), "See the report.");
//! let report = message.attachments().next().unwrap();
//! assert_eq!(report.safe_file_name().unwrap(), "report.pdf");
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # Choices
//!
//! Where the RFCs leave one or senders ignore them, this crate reads as follows.
//!
//! - A delimiter is a whole line, white space at its end aside. It is compared with every open
//!   boundary, the innermost first; that of an outer multipart closes all that is open inside.
//!   A line of more than 1000 octets is no delimiter, and a boundary that fits in none is none.
//! - The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1).
//! - A delimiter ends a header section that has no empty line.
//! - A multipart without a boundary has no parts: all of its body is preamble.
//! - An invalid `Content-Type` counts as `text/plain` (RFC 2045 §5.2); of several, and of
//!   parameters given twice, the first counts. A charset or boundary given by RFC 2231 is resolved.
//! - The encoding of a multipart is ignored; an encoded `message/rfc822` is a leaf, and
//!   [`Part::encoded_message`] opens it.
//! - Base64 ignores what is not of its alphabet and goes on behind padding; quoted-printable keeps
//!   an equals sign that starts no escape.
//! - In text without a usable charset, what is valid UTF-8 is UTF-8, and every other octet is
//!   windows-1252.
//!
//! All of it is bounded by [`Limits`]: depth, parts, fields of all parts together, and what
//! `postrider-message` bounds.
#![forbid(unsafe_code)]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_core, clippy::std_instead_of_alloc)]
#![cfg_attr(
    not(test),
    warn(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo
    )
)]
#![no_std]

extern crate alloc;

mod check;
pub mod code;
mod content;
mod content_type;
pub mod encoding;
mod file_name;
pub mod flowed;
#[cfg(feature = "html")]
mod html;
pub mod imap;
mod limits;
mod preview;
mod selection;
pub mod stream;
mod structure;
mod tree;

pub use content_type::{ContentType, Disposition, MediaType};
pub use check::Check;
pub use content_type::{ContentType, Disposition};
pub use encoding::TransferEncoding;
pub use file_name::{FileName, FileNames, safe_file_name};
#[cfg(feature = "html")]
pub use html::html_to_text;
pub use limits::Limits;
pub use postrider_message::{Parameter, ParameterForm, ParameterValue, Parameters};
pub use selection::{Roles, Selection};
pub use tree::{Message, Part, TooLarge};
