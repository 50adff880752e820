//! STARTTLS, STLS and implicit TLS with rustls over loopback, under both drivers.
//!
//! `smtp`, `pop3`, `imap` and `append` make the machines and their embedders; nothing else here knows a
//! protocol, and the drivers and streams under test do not either.

mod append;
mod certificates;
mod cut;
mod imap;
mod peers;
mod pop3;
mod protocol;
mod road;
mod smtp;

mod copies;
mod endings;
mod facts;
mod handshakes;
mod injection;
mod sessions;
