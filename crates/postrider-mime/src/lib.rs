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
//! A part has a header section ([`Part::headers`], as `postrider-message` reads it) and a body, and
//! says more when it is asked:
//!
//! | of a part | by |
//! |---|---|
//! | octets, lines, spans of header section and body | [`Part::raw_header`], [`Part::raw_body`], [`Part::octets`], [`Part::lines`] |
//! | parts of a multipart, the nested message | [`Part::children`], [`Part::message`], and [`Part::encoded_message`] where base64 or the like hides it |
//! | what it is | [`Part::media_type`], [`Part::content_type`], [`Part::disposition`] |
//! | octets without transfer encoding | [`Part::decoded`], [`Part::decoded_len`]; uuencoded files in text: [`encoding::uuencoded`] |
//! | text by its charset | [`Part::text`], [`Part::text_prefix`]; paragraphs of `format=flowed`: [`flowed::read`] |
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
//! | both, of all parts | [`Message::section_defects`] |
//! | octets that parsing does not look at | [`Message::check`] |
//! | a value, such as an address list | [`Parsed`], what every value comes in |
//! | a body | [`Part::decoded`], and [`Part::text`], which has those of `decoded` too |
//! | all of these, each once | [`Message::all_defects`] |
//! | where two readers may see two messages | [`Message::ambiguities`], each with the choice made |
//!
//! ```
//! use postrider_mime::Message;
//!
//! let message = Message::parse(
//!     "From: Joe <a@b> <c@d>\nSubject : Hello\nContent-Type: multipart/mixed; boundary=x\n\n\
//!      --x\nContent-Transfer-Encoding: base64\n\naGVs*bG8=\n",
//! )?;
//! let mut told = Vec::new();
//! for defect in message.all_defects() {
//!     let octets = &message.as_bytes()[defect.span().range()];
//!     told.push(format!("{}: {}", defect.code().name(), octets.escape_ascii()));
//! }
//! assert_eq!(
//!     told,
//!     ["after-address: <c@d>", "space-before-colon: Subject", "not-base64: *", "unclosed-multipart: "]
//! );
//! assert_eq!(message.ambiguities().len(), 4);
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```
//!
//! # Messages of any size
//!
//! [`stream::Parser`] takes a message in chunks, in bounded memory. It tells the structure that the
//! tree has, and bodies raw or decoded, as they come.
//!
//! ```
//! use postrider_mime::stream::{Content, Decode, Event, Parser};
//!
//! let mut text = String::new();
//! let mut tell = |event: Event<'_>| {
//!     if let Event::Body(body) = event
//!         && let Content::Text(piece) = body.content
//!     {
//!         text += piece;
//!     }
//! };
//! let mut parser = Parser::new(Decode::Text);
//! for chunk in ["Content-Transfer-Enco", "ding: base64\n\nSGVs", "bG8="] {
//!     parser.push(chunk.as_bytes(), &mut tell);
//! }
//! parser.finish(&mut tell);
//! assert_eq!(text, "Hello");
//! ```
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
//! under, and [`Message::preview`] the first words of a message. A multipart whose delimiter never
//! comes has no parts to show: its text is its [`Part::preamble`].
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
//! The manual has a recipe for [all attachments](manual::recipes), those of nested messages too.
//!
//! # Reports, mailboxes and what is sealed
//!
//! | what | where |
//! |---|---|
//! | bounces, receipts, reports on abuse and on TLS, for programs: read and written | [`report`] |
//! | bounces that follow no standard: who was not reached, and why | [`bounce`] |
//! | mailboxes in one file, of any size, read and written | [`mbox`] |
//! | names of files and folders of a Maildir | [`maildir`] |
//! | signed and encrypted parts, with the exact octets that were signed | [`security`] |
//! | messages in fragments, and bodies that are elsewhere | [`partial`], [`external_body`] |
//!
//! # Writing
//!
//! The room [`build`] makes messages: text, HTML, attachments at hand or streamed, and what is signed
//! or encrypted.
//!
//! ```
//! use postrider_mime::{Message, build::{MessageBuilder, Options}};
//! use postrider_message::HeaderBuilder;
//!
//! let message = MessageBuilder::new(HeaderBuilder::new().subject("Hello")?).text("Hello, world!");
//! let octets = message.to_vec(&Options::new(), &[0; 32])?;
//! assert_eq!(Message::parse(octets)?.root().raw_body(), b"Hello, world!");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! The manual has recipes for [replying, forwarding, streaming and signing](manual::recipes).
//!
//! # Changing parts
//!
//! [`Edit`] changes the parts of a message, and their fields, and leaves every other octet as it is:
//! a part that is removed takes its delimiter with it and nothing else.
//!
//! ```
//! use postrider_mime::{Edit, Message, Strip};
//!
//! let message = Message::parse(
//!     "Subject: Report\nContent-Type: multipart/mixed; boundary=b\n\n\
//!      --b\n\nHere it is.\n\
//!      --b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--b--\n",
//! )?;
//! let mut edit = Edit::of(&message);
//! edit.strip_attachments(|_| Strip::Remove)?;
//! edit.unwrap(message.root())?;
//! assert_eq!(edit.to_vec(), b"Subject: Report\n\nHere it is.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Bounds
//!
//! Depth, parts, fields of all parts together and the octets of a field are bounded by [`Limits`],
//! as is what `postrider-message` bounds; reaching a bound is a defect. Reading takes time linear
//! in the octets, and calls itself nowhere. What is read where the RFCs leave a choice, or senders
//! ignore them, is [listed](manual::choices).
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
#[cfg(feature = "tls-report")]
extern crate std;

pub mod bounce;
pub mod build;
mod check;
pub mod code;
mod content;
mod content_type;
mod defects;
mod edit;
pub mod encoding;
pub mod external_body;
mod file_name;
pub mod flowed;
#[cfg(feature = "html")]
mod html;
pub mod imap;
mod limits;
mod line_index;
pub mod maildir;
pub mod manual;
pub mod mbox;
pub mod partial;
mod preview;
pub mod report;
pub mod security;
mod selection;
pub mod stream;
mod structure;
mod tnef;
mod tree;

pub use check::Check;
pub use content_type::{ContentType, Disposition, MediaType};
pub use edit::{Edit, EditError, Place, Strip};
pub use encoding::TransferEncoding;
pub use file_name::{FileName, FileNames, safe_file_name};
#[cfg(feature = "html")]
pub use html::html_to_text;
pub use limits::Limits;
pub use line_index::LineIndex;
/// What the signatures of this crate name; `postrider-message` has the rest.
pub use postrider_message::{
    Ambiguities, Ambiguity, Code, DateTime, Defect, Defects, Field, FieldName, FieldValue, Headers,
    Parameter, ParameterForm, ParameterValue, Parameters, Parsed, RawValue, Severity, Span, Text,
    Zone,
};
pub use selection::{Roles, Selection};
pub use tnef::tnef_key;
pub use tree::{Message, Part, TooLarge};
