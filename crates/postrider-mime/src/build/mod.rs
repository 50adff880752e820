//! Writing messages: parts of every kind, their encodings and boundaries, whole or as a stream.
//!
//! An [`Entity`] is a part with its fields: text, a file, a multipart of other entities. A
//! [`MessageBuilder`] has the fields of a message and puts entities into the multiparts that they
//! need. Both are written to a vector, in chunks by a [`Writer`], or as [`bytes::Buf`].
//!
//! The fields of the message are those of [`HeaderBuilder`](postrider_message::HeaderBuilder). Time
//! and entropy are the caller's: `Date`, `Message-ID`
//! ([`MessageId::generate`](postrider_message::MessageId::generate)), and the seed of the
//! boundaries, 32 octets drawn at random for each message.
//!
//! # Text
//!
//! ```
//! use postrider_message::{AddrSpec, DateTime, HeaderBuilder, Mailbox, MessageId, Zone};
//! use postrider_mime::build::{MessageBuilder, Options};
//!
//! let header = HeaderBuilder::new()
//!     .date(&DateTime::from_unix(880_127_706, Zone::east(-360)?)?)?
//!     .from(&Mailbox::with_name(AddrSpec::new("mary", "example.net")?, "Mary")?.into())?
//!     .to(&Mailbox::new(AddrSpec::new("joe", "example.org")?).into())?
//!     .subject("Grüße")?
//!     .message_id(&MessageId::new("1234@local.machine.example")?)?;
//! let message = MessageBuilder::new(header).text("Hello, Joe!\nGreetings from the café.\n");
//! assert_eq!(
//!     String::from_utf8(message.to_vec(&Options::new(), &[0; 32])?)?,
//!     "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
//!      From: Mary <mary@example.net>\r\n\
//!      To: joe@example.org\r\n\
//!      Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n\
//!      Message-ID: <1234@local.machine.example>\r\n\
//!      MIME-Version: 1.0\r\n\
//!      Content-Type: text/plain; charset=utf-8\r\n\
//!      Content-Transfer-Encoding: quoted-printable\r\n\
//!      \r\n\
//!      Hello, Joe!\r\n\
//!      Greetings from the caf=C3=A9.\r\n"
//! );
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Text and HTML, pictures, attachments
//!
//! They nest themselves; a structure of one's own is given as [`MessageBuilder::body`].
//!
//! ```
//! use postrider_message::{HeaderBuilder, MessageId};
//! use postrider_mime::{ContentType, Message, build::{Entity, MessageBuilder, Options}};
//!
//! let logo = Entity::new(ContentType::new("image", "png")?, b"\x89PNG\r\n\x1a\n")?
//!     .with_content_id(&MessageId::new("logo@example.net")?)?;
//! let report = Entity::new(ContentType::new("application", "pdf")?, vec![0x25, 0x50, 0x44, 0x46])?
//!     .attached_as("Bericht März.pdf")?;
//! let message = MessageBuilder::new(HeaderBuilder::new().subject("Report")?)
//!     .text("See the report.")
//!     .html("<img src='cid:logo@example.net'> See the report.")
//!     .inline(logo)
//!     .attach(report);
//!
//! let read = Message::parse(message.to_vec(&Options::new(), &[0; 32])?)?;
//! let types: Vec<_> = read.parts().map(|part| part.media_type().to_string()).collect();
//! assert_eq!(
//!     types,
//!     [
//!         "multipart/mixed", "multipart/related", "multipart/alternative",
//!         "text/plain", "text/html", "image/png", "application/pdf",
//!     ]
//! );
//! let file = read.attachments().find(|part| part.media_type().is("application", "pdf")).unwrap();
//! assert_eq!(file.safe_file_name().unwrap(), "Bericht März.pdf");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # An attachment of any size
//!
//! A [`Source`] is asked for when it is due, and encoded as it comes. Nothing grows with it. The manual
//! has [recipes](crate::manual::recipes) for several files and pieces of any size, and for replies,
//! forwarded mails, signatures and receipts.
//!
//! ```
//! use std::io::Read;
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::build::{Entity, MessageBuilder, Options, Source, Step};
//!
//! # let mut file = std::io::repeat(b'x').take(100_000);
//! let disk = Entity::octets(Source::new(1).with_size(100_000)).attached_as("disk.img")?;
//! let message = MessageBuilder::new(HeaderBuilder::new()).text("My disk.").attach(disk);
//! let mut writer = message.writer(&Options::new(), &[0; 32])?;
//! let size = writer.size();
//!
//! let mut sent = 0;
//! let mut piece = [0; 8192];
//! loop {
//!     match writer.next()? {
//!         Step::Octets(octets) => sent += octets.len() as u64,
//!         Step::Source(_) => match file.read(&mut piece)? {
//!             0 => writer.end_source()?,
//!             // Up to 45,600 octets are taken at once.
//!             length => assert_eq!(writer.supply(&piece[..length])?, length),
//!         },
//!         Step::Done => break,
//!     }
//! }
//! assert_eq!(size, Some(sent));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What is signed
//!
//! The entity is written first, with [`Options::for_signing`]; these octets are signed, and go into
//! the message as they are.
//!
//! ```
//! use postrider_message::HeaderBuilder;
//! use postrider_mime::{Message, build::{Entity, MessageBuilder, Options}};
//!
//! # fn sign(_: &[u8]) -> &'static str { "-----BEGIN PGP SIGNATURE-----\r\n" }
//! let signed = Entity::text("From me to you  \n").to_vec(&Options::for_signing(), &[0; 32])?;
//! assert!(signed.ends_with(b"\r\n\r\n=46rom me to you =20\r\n"));
//!
//! let signature = Entity::pgp_signature(sign(&signed));
//! let entity = Entity::signed(&signed, signature, "pgp-sha256")?;
//! let message = MessageBuilder::new(HeaderBuilder::new().subject("Hello")?).body(entity);
//! let message = Message::parse(message.to_vec(&Options::new(), &[0; 32])?)?;
//! let part = message.root().children().next().unwrap();
//! assert_eq!([part.raw_header(), part.raw_body()].concat(), signed);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What is written
//!
//! - **Transfer encodings.** A content is looked at once, and is written as it is where
//!   [`Options::transport`] carries it. Else text is quoted-printable, which people can read, unless
//!   that is more than a third longer than base64; of other content the shorter one is taken. No
//!   line has more than 998 octets. What has parts is as wide as the widest of them and is never
//!   encoded (RFC 2045 §6.4).
//! - **Text** has CRLF line ends, and says `us-ascii` or `utf-8` where its type has no `charset`.
//! - **Boundaries** are made of the seed and numbered; `=_` in them keeps them apart from what is
//!   encoded, and a number that a content has is passed over. So the same calls and the same seed
//!   give the same octets, and another seed changes the boundaries alone.
//! - **Fields.** Text is encoded by RFC 2047 or, with [`Options::utf8`], written as it is;
//!   parameters by RFC 2231. CR, LF and NUL are refused by the call that gives the value.
//! - A message that is a multipart ends in CRLF; other bodies end as their content does.

mod boundary;
mod buf;
mod carry;
mod content;
mod entity;
mod error;
mod field;
mod kinds;
mod layout;
mod message;
mod options;
mod outline;
mod output;
mod parts;
mod pass;
mod plain;
mod presentation;
mod render;
#[cfg(test)]
mod tests;
mod writer;

pub use buf::MessageBuf;
pub use content::{Content, Source};
pub use entity::Entity;
pub use error::BuildError;
pub use message::MessageBuilder;
pub use options::Options;
pub use writer::{Step, Writer};
