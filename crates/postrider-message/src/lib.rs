//! Header sections of Internet messages (RFC 5322): found in one pass, read when asked, written
//! strictly.
//!
//! A [`HeaderSection`] is an index of spans over bytes that you own. Building it looks at each
//! octet of the header section once, never at the body, and allocates one table. Nothing is parsed
//! until you ask for it, and nothing that a stranger sent is an error: what is odd about a message
//! is told as [`Defect`]s, with their place and the rule they break, beside what could be read.
//!
//! # Reading
//!
//! ```
//! use postrider_message::{HeaderSection, Severity, code};
//!
//! let mail = b"From: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\r\n\
//!     To: Joe <a@b.com> <c@d.com>\r\n\
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
//! assert_eq!(headers.subject().unwrap().value.as_str(), "Saying Hello");
//! assert_eq!(headers.date().unwrap().value.unwrap().unix(), 880_127_706);
//! assert_eq!(headers.named("x-mailer").next().unwrap().value(), b" Quill 3");
//! assert_eq!(section.body(), b"This is a message just to say hello.\r\n");
//!
//! // A value comes as `Parsed`: the value, what is wrong with it, the octets it was read from.
//! let to = headers.to().unwrap();
//! assert_eq!(to.value.to_string(), "Joe <a@b.com>");
//! let defect = to.defects[0];
//! assert_eq!((defect.code(), defect.severity()), (&code::AFTER_ADDRESS, Severity::Ambiguous));
//! assert_eq!(defect.reference(), "RFC 5322 §3.4");
//! assert_eq!(&section.as_bytes()[defect.span().range()], b"<c@d.com>");
//! ```
//!
//! [`Headers`] and [`Field`] are views: small, `Copy`, borrowed from the section. A known name is
//! looked up by its [`FieldName`], which compares no strings; any other by [`Headers::named`]. Most
//! fields have a getter; [`Field::read`] reads any field as any of these types:
//!
//! | fields | type |
//! |---|---|
//! | `Subject`, `Comments`, any unstructured one | [`Text`]; [`Headers::base_subject`] for threads |
//! | `From`, `Sender`, `To`, `Cc`, `Bcc`, `Reply-To`, `Resent-*` | [`AddressList`] |
//! | `Date`, `Resent-Date` | `Option<`[`DateTime`]`>` |
//! | `Message-ID`, `In-Reply-To`, `References`, `Content-ID` | [`MessageIdList`]; [`Headers::thread_ids`] |
//! | `Received`, `Return-Path` | [`Received`], [`ReturnPath`]; [`Headers::trace`] |
//! | `Authentication-Results`, `DKIM-Signature`, `ARC-*`, `Received-SPF` | [`AuthenticationResults`], [`DkimSignature`], [`ArcSeal`], [`ArcMessageSignature`], [`ArcAuthenticationResults`], [`ReceivedSpf`] |
//! | `List-*` | [`ListUrls`], [`ListId`], [`OneClick`] |
//! | `Content-*`, `MIME-Version` | [`Url`], [`LanguageTags`], [`ContentMd5`], [`MimeVersion`]; types and encodings are the MIME crate's, [`Parameters`] behind them are for [`read_behind`](Parameters::read_behind) |
//! | `Keywords`, `Auto-Submitted`, `Autocrypt`, `Archived-At`, … | [`PhraseList`], [`AutoSubmitted`], [`Autocrypt`], [`ArchivedAt`] |
//! | yours | [what implements `FieldValue`](manual::own_fields) |
//!
//! What is read where the RFCs leave a choice or senders ignore them is [listed](manual::choices).
//!
//! # Tracing
//!
//! Why did this mail come late? [`Headers::trace`] tells its journey, and what is worth a look.
//!
//! ```
//! use postrider_message::HeaderSection;
//!
//! let section = HeaderSection::parse(
//!     "Received: from mx.a.example (mx.a.example [192.0.2.1]) by mx.b.example with ESMTPS id 7;\n\
//!      \x20Fri, 21 Nov 1997 10:35:43 -0600\n\
//!      Received: from pc ([10.0.0.7]) by mx.a.example with ESMTPSA id 3;\n\
//!      \x20Fri, 21 Nov 1997 09:55:41 -0600\n\n",
//! );
//! assert_eq!(
//!     section.headers().trace().to_string(),
//!     "1. pc ([10.0.0.7]) -> mx.a.example, ESMTPSA, encrypted, Fri, 21 Nov 1997 09:55:41 -0600\n\
//!      2. mx.a.example (mx.a.example [192.0.2.1]) -> mx.b.example, ESMTPS, encrypted, \
//!      Fri, 21 Nov 1997 10:35:43 -0600 (+40 min 2 s)\n\
//!      2 hops, 40 min 2 s in all\n\
//!      hop 1 comes from 10.0.0.7, an address of a private network\n\
//!      hop 2 lost most time: 40 min 2 s\n"
//! );
//! ```
//!
//! [`Headers::lint`] reports how well a section follows the RFCs, and [`Headers::ambiguities`] where
//! deployed readers would see different messages.
//!
//! # Writing
//!
//! Values refuse control characters where they are made, so nothing that is written can add a line,
//! and what is written reads back as the same value. [`HeaderBuilder`] builds a header section; a
//! [`WriteValue`] says how a value is written, and the [`Folder`] where it is folded.
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
//! use postrider_message::{HeaderSection, Text};
//!
//! let mail = b"To:  a@b.example\r\nBcc: c@d.example\r\n\r\nHello\r\n";
//! let section = HeaderSection::parse(&mail[..]);
//! let mut edit = section.headers().edit();
//! edit.remove_all("Bcc");
//! edit.append("X-Spam", &Text::new("no")?)?;
//! assert_eq!(edit.to_vec(), b"To:  a@b.example\r\nX-Spam: no\r\n\r\nHello\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! - `std`, on by default: the dependencies choose their fastest code when the program runs. The
//!   crate itself needs `core` and `alloc`, though its codec of base64 brings `std` in today. What is
//!   read is the same.
//! - `jiff`: conversions between [`DateTime`] and the `Timestamp` and `ZonedDateTime` of
//!   [jiff](https://docs.rs/jiff). Without it, there are [`DateTime::unix`] and
//!   [`DateTime::to_rfc3339`].
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
pub mod manual;
pub mod plain;
mod received;
mod section;
mod span;
mod text;
mod thread;
mod write;

pub use address::{AddrSpec, Address, AddressList, Diagnosis, Group, Mailbox, NoAddress, Validity};
pub use date::{DateTime, Zone};
pub use defect::{Code, Defect, Defects, Severity};
pub use fields::{
    ArcAuthenticationResults, ArcMessageSignature, ArcSeal, ArchivedAt, AuthProperty, AuthResult,
    AuthenticationResults, AutoSubmitted, Autocrypt, AutocryptAttribute, Canonicalization,
    ChainValidation, ContentMd5, DkimSignature, Importance, LanguageTags, ListId, ListUrl,
    ListUrls, MimeVersion, OneClick, Parameter, ParameterForm, ParameterValue, Parameters,
    Precedence, Priority, ReceivedSpf, ReturnPath, Sensitivity, Tag, TagList, TlsRequired, Url,
};
pub use lexer::{Lexeme, Lexer, Token, unquote};
pub use limits::Limits;
pub use lint::{Ambiguities, Ambiguity, Level, Report};
pub use received::{Clause, Encryption, Finding, Hop, Received, TcpInfo, TlsInfo, Trace};
pub use section::{
    Field, FieldName, FieldValue, Fields, HeaderIndex, HeaderSection, Headers, Parsed, RawValue,
    split, unfold,
};
pub use span::Span;
pub use text::{PhraseList, Text};
pub use thread::{BaseSubject, MessageId, MessageIdList, ThreadIds, base_subject};
pub use write::{Edit, EditError, Folder, HeaderBuilder, InvalidValue, WriteValue, fold};
