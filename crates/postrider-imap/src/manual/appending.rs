//! IDLE, APPEND and COMPRESS on the server: what is asked when.
//!
//! # Idling
//!
//! [`crate::Command::Idle`] is a question too, where [`crate::server::Feature::Idle`] is there. Once it is
//! accepted there is no verdict to give: the embedder tells changes whenever they happen, by
//! [`crate::server::Server::update`], until [`crate::server::Event::IdleEnd`], which comes before every end of
//! the session. EXPUNGE moves numbers, so it is misuse while a FETCH, STORE or SEARCH by numbers waits.
//!
//! # Appending
//!
//! Messages that a client appends are not held here. One question comes before an octet is taken, and
//! one when all of them are whole, so that several are stored together or not at all (RFC 3502); what
//! stands between is [`crate::server::Event::AppendBegin`], [`crate::server::Event::Chunk`] and, for each further
//! message, [`crate::server::Event::AppendNext`]. When they do not come, [`crate::server::Event::Aborted`] says so.
//! REPLACE (RFC 8508) is asked the same way, and so are messages that are put together of pieces (CATENATE,
//! RFC 4469): of these no size is known before, and [`crate::server::Event::AppendUrl`] tells the pieces that
//! are not sent.
//!
//! ```
//! use bytes::Buf;
//! use postrider_imap::server::{Config, Event, Feature, Server};
//! use postrider_imap::{Command, UidSet};
//! use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};
//!
//! let config = Config::new(Security::StartTls(Policy::Never))
//!     .with_clear_text_login(ClearTextLogin::Allow)
//!     .with_features([Feature::Idle, Feature::MultiAppend, Feature::UidPlus]);
//! let mut server = Server::new(config);
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"a login mrc secret\r\nb append inbox {5+}\r\nHello (\\Seen) {3+}\r\nBye\r\nc idle\r\n");
//!
//! let mut mails: Vec<Vec<u8>> = Vec::new();
//! loop {
//!     match server.poll(&mut inbox)? {
//!         Progress::Event(Event::Append { octets: Some(0..1_000_000), .. }) => server.accept()?,
//!         Progress::Event(Event::AppendBegin { .. } | Event::AppendNext { .. }) => {
//!             mails.push(Vec::new());
//!         }
//!         Progress::Event(Event::Chunk(octets)) => {
//!             mails.last_mut().expect("one has begun").extend_from_slice(&octets);
//!         }
//!         Progress::Event(Event::AppendEnd) => {
//!             server.accept_append(38505.into(), UidSet::new((17_u32..=18).collect())?)?;
//!         }
//!         Progress::Event(Event::Aborted(_)) => mails.clear(),
//!         Progress::Event(Event::Login { .. } | Event::Command(Command::Idle)) => server.accept()?,
//!         Progress::Event(_) => server.decline(),
//!         _ => break,
//!     }
//! }
//! let waiting = server.outbox().remaining();
//! let said = server.outbox().copy_to_bytes(waiting);
//! let said = String::from_utf8_lossy(&said);
//! assert_eq!(mails, [&b"Hello"[..], b"Bye"]);
//! assert!(said.ends_with("b OK [APPENDUID 38505 17:18] APPEND completed\r\n+ idling\r\n"));
//! # Ok::<(), postrider_imap::Error>(())
//! ```
//!
//! # Compressing
//!
//! With [`crate::server::Compression::Offer`] the server answers COMPRESS itself, and inflates into an inner
//! inbox, no more at a time than fits there: a bomb is read piece by piece like any other long input.
