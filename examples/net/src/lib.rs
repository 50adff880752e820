//! TLS by rustls for the machines of Postrider, and the programs that need a network.
//!
//! A stream that is born in clear text and may be upgraded has one type here, before and after:
//! [`blocking::MaybeTls`] for threads, [`tokio::MaybeTls`] for tokio. So a driver keeps its type, and
//! the upgrade is one arm of the loop that is there anyway:
//!
//! ```
//! use std::net::TcpStream;
//! use postrider::drive::{DriveError, Next, blocking::Driver};
//! use postrider::wire::Machine;
//! use postrider_net::{Handshake, blocking::{MaybeTls, secure}};
//!
//! fn next<M: Machine>(
//!     mut driver: Driver<M, MaybeTls<TcpStream>>,
//!     handshake: &Handshake,
//! ) -> Result<Driver<M, MaybeTls<TcpStream>>, DriveError<M::Error>> {
//!     loop {
//!         match driver.next()? {
//!             Next::StartTls(token) => {
//!                 driver = driver.upgrade(token, |plain, ahead| secure(handshake, plain, ahead))?;
//!             }
//!             Next::Closed => return Ok(driver),
//!             Next::Event(_) | Next::App => { /* as without TLS */ }
//!         }
//!     }
//! }
//! ```
//!
//! With tokio it is the same line with `.await`. TLS from the first octet takes no driver: call
//! `secure` on the fresh stream with nothing read ahead, and put the [`TlsInfo`] it returns into
//! `Security::Implicit`.
//!
//! # What is promised
//!
//! - **A deadline.** A handshake that takes longer than its patience fails with `TimedOut`, and a
//!   read or write that must wait for several pieces of one TLS record still ends by the timeout that
//!   the driver set: a peer that sends an octet a minute holds nobody.
//! - **A timeout loses nothing.** Half a record stays in the engine until the other half comes.
//! - **The end is told.** The driver closes the stream, which says `close_notify`. A stream that ends
//!   without it is `UnexpectedEof` here (RFC 8446 §6.1): to the machine the end of the input, and
//!   kept by the driver for [`DriveError::Machine`](postrider::drive::DriveError).
//! - **Nothing falls back.** Whatever goes wrong in a handshake, the stream is gone with it.
//! - **What SASL needs.** [`TlsInfo`] carries the keying material of `tls-exporter` (RFC 9266), where
//!   it is safe to use, the hash of the certificate (RFC 5929 §4) and the name of the peer.
//!
//! # The programs
//!
//! `cargo run --release --example send` sends mails over SMTP and LMTP, `--example receive` takes them
//! into a folder. `--example fetch` fetches mail over POP3 and IMAP, `--example maildrop` serves it over
//! POP3, `--example imap_server` serves mailboxes over IMAP, and `--example watch` tells what happens in one.
//! `--example route` tells where a mail would go, and `--example relay` brings it there.
//! `--example tls` shows a session of both ends in one program. `--help` says more.
//!
//! [`TlsInfo`]: postrider::wire::TlsInfo
#![forbid(unsafe_code)]

mod ahead;
pub mod blocking;
mod certificate;
pub mod demand;
mod handshake;
pub mod program;
pub mod resolver;
mod stderr;
pub mod tokio;

pub use certificate::end_point;
pub use handshake::{Handshake, client_config, server_config};
pub use stderr::Stderr;
