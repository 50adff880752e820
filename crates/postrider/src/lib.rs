//! Internet mail without touching a socket: messages and MIME, SMTP, POP3 and IMAP, client **and**
//! server, as state machines that any runtime can drive.
//!
//! This crate is the facade: it re-exports the crates of the house under short names, and holds the
//! drivers. Depend on it, or on the one crate you need.
//!
//! | module | what it is |
//! |---|---|
//! | [`wire`] | the contract of the machines: inbox, outbox, timers, TLS upgrade; start here to embed one |
//! | [`message`] | header sections and the values of their fields |
//! | [`mime`] | the multipart tree, transfer encodings, charsets; messages built and edited |
//! | [`smtp`] | SMTP client and server |
//! | [`pop3`] | POP3 client and server |
//! | [`imap`] | IMAP client and server |
//! | [`sasl`] | authentication mechanisms |
//! | [`relay`] | what an MTA decides between two conversations |
//! | [`mailbox`] | what a mail store must know |
#![cfg_attr(feature = "std", doc = "| [`drive`] | drivers for blocking transports and for tokio |")]
//!
//! # The shape of every machine
//!
//! A machine reads from an [`wire::Inbox`] that you own, writes to an outbox that you drain, and
//! answers each [`poll`](wire::Machine::poll) with one [`wire::Progress`]. The drivers do that for
//! you. A client is given commands and answers with events; a server asks questions, and each waits
//! for one verdict. Here both ends of an SMTP session, on two threads:
//!
//! ```
//! use std::net::{TcpListener, TcpStream};
//! use postrider::drive::{Next, blocking::Driver};
//! use postrider::smtp::client::{Content, Transaction};
//! use postrider::smtp::{EhloName, ForwardPath, Reply, ReversePath, client, server};
//! use postrider::wire::{Bytes, Machine, Policy, Security};
//!
//! // In clear text, on loopback. The default of both ends is that nothing goes without TLS.
//! let clear = || Security::StartTls(Policy::Never);
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let serving = std::thread::spawn(move || -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
//!     let config = server::Config::new(EhloName::parse("mx.b.example")?, clear());
//!     let mut driver = Driver::new(server::Server::new(config), listener.accept()?.0);
//!     let mut mail = Vec::new();
//!     loop {
//!         let next = driver.next()?;
//!         let server = driver.machine();
//!         match next {
//!             Next::Event(event) => match event {
//!                 server::Event::Ehlo { .. } | server::Event::Mail { .. } => server.accept()?,
//!                 server::Event::Rcpt { path, .. } if path.to_string() == "<bob@b.example>" => {
//!                     server.accept()?;
//!                 }
//!                 server::Event::Rcpt { .. } => server.reject(Reply::new(550, "no such user")?)?,
//!                 server::Event::DataBegin => {
//!                     mail.clear();
//!                     server.accept()?;
//!                 }
//!                 server::Event::Chunk(octets) => mail.extend_from_slice(&octets),
//!                 server::Event::Aborted(_) | server::Event::Reset => mail.clear(),
//!                 // The mail is whole: keep it, then say so.
//!                 server::Event::DataEnd => server.accept()?,
//!                 // A later version may ask what this program does not know. Never say yes to that.
//!                 _ => server.decline(),
//!             },
//!             Next::Closed => return Ok(mail),
//!             Next::App => {}
//!             Next::StartTls(_) => unreachable!("not offered"),
//!         }
//!     }
//! });
//!
//! let config = client::Config::new(EhloName::parse("laptop.a.example")?, clear());
//! let mut driver = Driver::new(client::Client::new(config), TcpStream::connect(address)?);
//! let mail = Bytes::from_static(b"Subject: Hello\r\n\r\nHello Bob\r\n");
//! let transaction = Transaction::new(ReversePath::parse("alice@a.example")?, Content::whole(mail))
//!     .to(ForwardPath::parse("bob@b.example")?)
//!     .to(ForwardPath::parse("bert@b.example")?);
//! let (mut transaction, mut report) = (Some(transaction), None);
//! loop {
//!     let next = driver.next()?;
//!     let client = driver.machine();
//!     match next {
//!         Next::Event(client::Event::Ready { .. }) => {
//!             if let Some(transaction) = transaction.take() { client.send(transaction)? }
//!         }
//!         Next::Event(client::Event::Sent(what_became)) => {
//!             report = Some(what_became);
//!             client.shutdown();
//!         }
//!         // Where a login was asked for, `client.key(due.derive())` on `Event::DeriveKey(due)`.
//!         Next::Event(_) | Next::App => {}
//!         Next::Closed => break,
//!         Next::StartTls(_) => unreachable!("not asked for"),
//!     }
//! }
//! let report = report.expect("each transaction has one");
//! let failed: Vec<_> = report.failures().map(|(path, failure)| (path.to_string(), failure)).collect();
//! assert_eq!(failed.len(), 1, "bob got it");
//! assert_eq!(failed[0].0, "<bert@b.example>");
//! assert_eq!(failed[0].1.reply.as_ref().map(Reply::code), Some(550), "there is no bert");
//! assert_eq!(serving.join().expect("no panic").expect("no error"), b"Subject: Hello\r\n\r\nHello Bob\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! TLS is two lines more: see [`drive`].
//!
//! # Sending what was built
//!
//! A message that was built need not be in memory as a whole. Its size, where it is known, is for
//! [`Content::streamed`](smtp::client::Content::streamed); whether it has 8-bit octets, which
//! [`smtp::MailParameters::with_body`] tells, depends on the [options](mime::build::Options). Its octets
//! are due from [`Event::Payload`](smtp::client::Event::Payload) on: `write_payload` takes as many as
//! the outbox has room for, and the next [`drive::Next::App`] says when there is more. So this is what to
//! do at each of these:
//!
//! ```
//! use postrider::mime::build::MessageBuf;
//! use postrider::smtp::{Error, client::Client};
//! use postrider::wire::{Buf, Bytes};
//!
//! /// Whether the whole mail was handed in. `piece` is what was built and not taken yet.
//! fn send(client: &mut Client, mail: &mut MessageBuf<'_>, piece: &mut Bytes) -> Result<bool, Error> {
//!     loop {
//!         if piece.is_empty() {
//!             if !mail.has_remaining() {
//!                 client.finish_payload()?;
//!                 return Ok(true);
//!             }
//!             *piece = mail.copy_to_bytes(mail.chunk().len());
//!         }
//!         if client.write_payload(piece)? == 0 {
//!             return Ok(false);
//!         }
//!     }
//! }
//! # use postrider::message::HeaderBuilder;
//! # use postrider::mime::build::{Entity, MessageBuilder, Options};
//! # use postrider::smtp::client::{Config, Content, Event, Transaction};
//! # use postrider::smtp::{EhloName, ForwardPath, ReversePath};
//! # use postrider::wire::{Machine, Policy, Progress, Security};
//! # let config = Config::new(EhloName::parse("a.example")?, Security::StartTls(Policy::Never));
//! # let mut client = Client::new(config);
//! # let mut inbox = client.new_inbox();
//! # let film = vec![0_u8; 3 << 20];
//! # let message = MessageBuilder::new(HeaderBuilder::new()).text("...\n").attach(Entity::octets(&film));
//! # let mut mail = message.writer(&Options::new(), &[0; 32])?.into_buf()?;
//! # let whole = message.to_vec(&Options::new(), &[0; 32])?;
//! # let (mut piece, mut sent, mut sending, mut done, mut turns) = (Bytes::new(), Vec::new(), false, false, 0);
//! # inbox.extend(b"220 b.example\r\n");
//! # while !done {
//! #     match client.poll(&mut inbox)? {
//! #         Progress::Event(Event::Ready { .. }) => {
//! #             let content = Content::streamed(Some(whole.len() as u64));
//! #             let to = Transaction::new(ReversePath::parse("a@a.example")?, content);
//! #             client.send(to.to(ForwardPath::parse("b@b.example")?))?;
//! #         }
//! #         Progress::Event(Event::Payload) => sending = true,
//! #         Progress::Event(_) => {}
//! #         _ if sending => {
//! #             turns += 1;
//! #             done = send(&mut client, &mut mail, &mut piece)?;
//! #         }
//! #         _ => {}
//! #     }
//! #     let outbox = client.outbox();
//! #     let octets = outbox.copy_to_bytes(outbox.remaining());
//! #     match &octets[..] {
//! #         _ if sending => sent.extend_from_slice(&octets),
//! #         [] => {}
//! #         [b'D', ..] => _ = inbox.extend(b"354 go\r\n"),
//! #         _ => _ = inbox.extend(b"250 ok\r\n"),
//! #     }
//! # }
//! # let text = String::from_utf8(sent)?.replace("\r\n....\r\n", "\r\n...\r\n");
//! # assert!(turns > 2);
//! # assert_eq!(text, String::from_utf8(whole)? + ".\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where files are streamed, [`mime::build::Writer`] tells the octets, and
//! [`mime::manual::recipes`] how.
//!
//! # Watching a conversation
//!
//! A tap sees every unit in and out of a machine, with the credentials marked.
//! [`wire::Transcript`] is a tap that writes C:/S: lines:
//!
//! ```
//! use postrider::pop3::client::{Client, Config};
//! use postrider::wire::{Machine, Policy, Progress, Security, Side, Transcript, TranscriptLog};
//!
//! let log = TranscriptLog::new(64 * 1024);
//! let mut client = Client::new(Config::new(Security::StartTls(Policy::Required)));
//! client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
//! let mut inbox = client.new_inbox();
//! inbox.extend(b"+OK POP3 server ready\r\n");
//! assert!(matches!(client.poll(&mut inbox)?, Progress::Wait { .. }));
//! // Without TLS this client says nothing but this:
//! assert_eq!(log.text(), "S: +OK POP3 server ready\nC: STLS\n");
//! # Ok::<(), postrider::pop3::Error>(())
//! ```
//!
//! # Features
//!
//! `std` (default) for the blocking driver and run-time SIMD detection below; `tokio` for the async
//! driver; `jiff` for conversions between [`message::DateTime`] and the instants of jiff. Features
//! never change behaviour; policies in the configs do.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[cfg(feature = "std")]
pub mod drive;

pub use postrider_imap as imap;
pub use postrider_mailbox as mailbox;
pub use postrider_message as message;
pub use postrider_mime as mime;
pub use postrider_pop3 as pop3;
pub use postrider_relay as relay;
pub use postrider_sasl as sasl;
pub use postrider_smtp as smtp;
pub use postrider_wire as wire;

/// The driver of the guide is a test too.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../../../docs/embed.md")]
pub struct Embed;

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
