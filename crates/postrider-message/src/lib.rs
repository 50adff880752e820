//! Header sections of Internet messages (RFC 5322): found in one pass, read when asked.
//!
//! A [`HeaderSection`] is an index of spans over bytes that you own. Building it looks at each
//! octet of the header section once, never at the body, and allocates one table. Nothing is
//! parsed until you ask for it, and nothing that a stranger sent is an error: what is odd about a
//! message is told as [`Defect`]s, with their place and the rule they break, beside what could be
//! read.
//!
//! # Reading
//!
//! ```
//! use postrider_message::HeaderSection;
//!
//! let mail = b"From: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\r\n\
//!     To: \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>, jdoe@example.org\r\n\
//!     Subject: Saying Hello\r\n\
//!     Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
//!     X-Mailer: Quill 3\r\n\
//!     \r\n\
//!     This is a message just to say hello.\r\n";
//! let section = HeaderSection::parse(&mail[..]);
//! let headers = section.headers();
//!
//! let from = headers.from().expect("there is one");
//! let author = from.value.mailboxes().next().expect("there is one");
//! assert_eq!(author.name(), Some("André Pirard"));
//! assert_eq!(author.addr_spec().domain(), "vm1.ulg.ac.be");
//!
//! assert_eq!(headers.subject().unwrap().value.as_str(), "Saying Hello");
//! assert_eq!(headers.date().unwrap().value.unwrap().unix(), 880_127_706);
//! assert_eq!(headers.named("x-mailer").next().unwrap().value(), b" Quill 3");
//! assert_eq!(section.body(), b"This is a message just to say hello.\r\n");
//! ```
//!
//! [`Headers`] and [`Field`] are views: small, `Copy`, borrowed from the section. A known name is
//! looked up by its [`FieldName`], which compares no strings; any other name by
//! [`Headers::named`]; [`Headers::trace`] tells the journey of the message. Every field gives its
//! octets ([`Field::raw`]), so that what is parsed can be written again as it was.
//!
//! Every other structured field has its type and its getter too: [`Headers::list_unsubscribe`],
//! [`Headers::authentication_results`], [`Headers::dkim_signatures`], [`Headers::autocrypt`] and
//! more. What `attribute=value` lists say is put together from the sections of RFC 2231 when asked.
//!
//! ```
//! use postrider_message::HeaderSection;
//!
//! let section = HeaderSection::parse(
//!     "Authentication-Results: mx.example; dkim=pass header.d=example.net\n\
//!      List-Unsubscribe: <https://example.net/u?1>, <mailto:u@example.net>\n\n",
//! );
//! let headers = section.headers();
//! let results = headers.authentication_results().next().unwrap().value;
//! assert!(results.method("dkim").any(|one| one.property("header", "d") == Some("example.net")));
//! let urls = headers.list_unsubscribe().unwrap().value;
//! assert_eq!(urls.with_scheme("mailto").unwrap().as_str(), "mailto:u@example.net");
//! ```
//!
//! # What is wrong, as values
//!
//! Each value comes as [`Parsed`]: the value, its defects, and the octets it was read from. No two
//! tokens are joined to an address that was not there, and text that is no address is not in the
//! list.
//!
//! ```
//! use postrider_message::{HeaderSection, Severity, code};
//!
//! let section = HeaderSection::parse("From: Joe <a@b.com> <c@d.com>\n\n");
//! let from = section.headers().from().unwrap();
//! assert_eq!(from.value.to_string(), "Joe <a@b.com>");
//!
//! let defect = from.defects[0];
//! assert_eq!(*defect.code(), code::AFTER_ADDRESS);
//! assert_eq!(defect.severity(), Severity::Ambiguous);
//! assert_eq!(defect.reference(), "RFC 5322 §3.4");
//! assert_eq!(&section.as_bytes()[defect.span().range()], b"<c@d.com>");
//! ```
//!
//! A [`Severity`] tells what is obsolete but legal, what is malformed, what deployed readers are
//! known to disagree about, and what was left unread because a bound of [`Limits`] was reached.
//!
//! # Writing
//!
//! Values refuse control characters where they are made, so nothing that is written can add a
//! line, and what is written reads back as the same value. [`HeaderBuilder`] builds a header
//! section; a [`WriteValue`] says how a value is written, and the [`Folder`] where it is folded.
//!
//! ```
//! use postrider_message::{
//!     AddrSpec, Address, AddressList, DateTime, HeaderBuilder, InvalidValue, Mailbox, Zone,
//! };
//!
//! let addr = AddrSpec::new("mary", "example.net")?;
//! let to = Mailbox::with_name(addr.clone(), "Smith, Mary")?;
//! let section = HeaderBuilder::new()
//!     .date(&DateTime::from_unix(880_127_706, Zone::UTC)?)?
//!     .to(&AddressList::new(vec![Address::Mailbox(to)]))?
//!     .subject("A long greeting from Königsberg, in a subject that is folded")?
//!     .finish();
//! assert_eq!(
//!     section,
//!     "Date: Fri, 21 Nov 1997 15:55:06 +0000\r\n\
//!      To: \"Smith, Mary\" <mary@example.net>\r\n\
//!      Subject: A long greeting from =?utf-8?Q?K=C3=B6nigsberg,?= in a subject that\r\n \
//!      is folded\r\n\
//!      \r\n"
//! );
//! let injected = Mailbox::with_name(addr, "x\r\nBcc: y");
//! assert_eq!(injected, Err(InvalidValue::ControlCharacter));
//! # Ok::<(), InvalidValue>(())
//! ```
//!
//! # Editing
//!
//! [`Headers::edit`] changes fields and leaves all other octets as they are, so that signatures
//! over these stay valid; see [`Edit`].
//!
//! ```
//! use postrider_message::{HeaderSection, Text, fold};
//!
//! let mail = b"To:  a@b.example\r\nBcc: c@d.example\r\n\r\nHello\r\n";
//! let section = HeaderSection::parse(&mail[..]);
//! let mut edit = section.headers().edit();
//! edit.remove_all("Bcc");
//! edit.insert_raw(0, &fold("Received", ["by x.example;", "Fri, 21 Nov 1997 10:01:22 -0600"])?)?;
//! edit.append("X-Spam", &Text::new("no")?)?;
//! assert_eq!(
//!     edit.to_vec(),
//!     b"Received: by x.example; Fri, 21 Nov 1997 10:01:22 -0600\r\n\
//!       To:  a@b.example\r\nX-Spam: no\r\n\r\nHello\r\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Choices
//!
//! Where the RFCs leave one or senders ignore them, this crate reads as follows.
//!
//! - Lines end in LF, with or without CR before it. A lone CR is an octet like any other.
//! - A byte order mark before the first field is no part of its name.
//! - A line without a colon is a field without a name, and the header section goes on: it ends at
//!   the first empty line and nowhere else.
//! - Of a field that may occur once the first counts.
//! - A comment that is not closed takes the rest of the value; a quotation mark that is not closed
//!   is a character.
//! - What stands for an address outside the grammar is read as [`AddressList`] says, and only where
//!   one word is a whole address by itself. [`Diagnosis`] tells what an address is by the letter.
//! - Encoded words are decoded in names, comments and text, after these were cut into tokens;
//!   never in quoted strings and addresses. What was decoded is not parsed again.
//! - A parameter given by RFC 2231 counts before a plain one of its name; sections behind a missing
//!   one are ignored; encoded words in a parameter are decoded where its text is asked for.
//! - A part of a list field that is no URL in angle brackets ends the list.
//! - An unknown charset falls back as [`charset::decode`] says.
//!
//! # Your own fields
//!
//! Implement [`FieldValue`] with the [`Lexer`], and [`Field::read`] reads your type.
//!
//! ```
//! use postrider_message::{
//!     Code, FieldValue, HeaderSection, Lexer, Parsed, RawValue, Severity, Token,
//! };
//!
//! static NOT_A_PRIORITY: Code =
//!     Code::new("not-a-priority", Severity::Malformed, "house rules", "a priority is 1 to 5");
//!
//! /// `X-Priority: 1 (Highest)`
//! struct Priority(Option<u8>);
//!
//! impl<'a> FieldValue<'a> for Priority {
//!     fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
//!         let mut lexer = Lexer::new(raw);
//!         let token = lexer.next_solid().map(|lexeme| lexeme.token);
//!         let Some(Token::Atom(&[digit @ b'1'..=b'5'])) = token else {
//!             lexer.defect(&NOT_A_PRIORITY, 0, raw.bytes().len());
//!             return Parsed::new(Self(None), lexer.into_defects(), raw.bytes());
//!         };
//!         Parsed::new(Self(Some(digit - b'0')), lexer.into_defects(), raw.bytes())
//!     }
//! }
//!
//! let section = HeaderSection::parse("X-Priority: 1 (Highest)\nX-Priority: soon\n\n");
//! let mut fields = section.headers().named("X-Priority");
//! assert_eq!(fields.next().unwrap().read::<Priority>().value.0, Some(1));
//! assert!(fields.next().unwrap().read::<Priority>().defects.has(&NOT_A_PRIORITY));
//! ```
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

mod address;
pub mod charset;
pub mod code;
mod date;
mod defect;
mod fields;
mod lexer;
mod limits;
mod lint;
mod received;
mod section;
mod span;
mod text;
mod thread;
mod write;

pub use address::{AddrSpec, Address, AddressList, Diagnosis, Group, Mailbox, Validity};
pub use date::{DateTime, Zone};
pub use defect::{Code, Defect, Defects, Severity};
pub use fields::{
    ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt, AuthProperty, AuthResult,
    AuthenticationResults, AutoSubmitted, Autocrypt, AutocryptAttribute, Canonicalization,
    ChainValidation, ContentMd5, DkimSignature, Importance, LanguageTags, ListId, ListUrl,
    ListUrls, MimeVersion, OneClick, Parameter, ParameterValue, Parameters, Precedence, Priority,
    ReceivedSpf, ReturnPath, Sensitivity, Tag, TagList, TlsRequired, Url,
};
pub use lexer::{Lexeme, Lexer, Token, unquote};
pub use limits::Limits;
pub use lint::{Ambiguities, Ambiguity, Level, Report};
pub use received::{Clause, Encryption, Finding, Hop, Received, TcpInfo, TlsInfo, Trace};
pub use section::{
    Field, FieldName, FieldValue, HeaderIndex, HeaderSection, Headers, Parsed, RawValue, split,
    unfold,
};
pub use span::Span;
pub use text::{PhraseList, Text};
pub use thread::{BaseSubject, MessageId, MessageIdList, ThreadIds, base_subject};
pub use write::{Edit, EditError, Folder, HeaderBuilder, InvalidValue, WriteValue, fold};
