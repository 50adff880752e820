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
//! | [`mime`] | the multipart tree, transfer encodings, charsets |
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
//! you. This is a whole POP3 client over TCP, but for TLS, which a real one must not leave out:
//!
//! ```no_run
//! use postrider::drive::{Next, blocking::Driver};
//! use postrider::pop3::client::{Client, Config, Event};
//! use postrider::wire::{ClearTextLogin, Policy, Secret, Security};
//!
//! let config = Config::new(Security::StartTls(Policy::Never))
//!     .with_clear_text_login(ClearTextLogin::Allow);
//! let stream = std::net::TcpStream::connect("localhost:110")?;
//! let mut driver = Driver::new(Client::new(config), stream);
//! loop {
//!     let client_says = driver.next()?;
//!     let client = driver.machine();
//!     match client_says {
//!         Next::Event(Event::Ready { .. }) => client.login("bob", Secret::new("secret".into()))?,
//!         Next::Event(Event::LoggedIn(_)) => client.stat()?,
//!         Next::Event(Event::DropListing(listing)) => {
//!             println!("{} mails, {} octets", listing.messages, listing.octets);
//!             client.quit()?;
//!         }
//!         Next::Event(Event::Refused { reply, .. }) => return Err(reply.to_string().into()),
//!         Next::Closed => break,
//!         _ => {}
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! `std` (default) for the blocking driver and run-time SIMD detection below; `tokio` for the async
//! driver. Features never change behaviour; policies in the configs do.
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

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
