//! POP3 (RFC 1939, 2449, 2595, 5034, 6856) as two state machines without I/O: [`client::Client`] fetches mail,
//! [`server::Server`] serves a maildrop.
//!
//! Both implement [`postrider_wire::Machine`], whose page teaches the loop that drives them. A
//! client is asked for things by its methods and answers with events; a server asks its embedder
//! questions, and each waits for one verdict. Messages stream in both directions, whatever their
//! size, and are not copied on the way. An idle session costs less than a kibibyte, the open maildrop
//! not counted.
//!
//! # A client
//!
//! ```
//! use bytes::Buf;
//! use postrider_pop3::client::{Client, Config, Event};
//! use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Secret, Security};
//!
//! // No TLS here, and that takes two explicit words. The defaults are TLS or nothing.
//! let config = Config::new(Security::StartTls(Policy::Never))
//!     .with_clear_text_login(ClearTextLogin::Allow);
//! let mut client = Client::new(config);
//! let mut inbox = client.new_inbox();
//!
//! // What a server would send, reply by reply.
//! let mut server = ["+OK ready\r\n", "+OK\r\n", "+OK\r\n", "+OK 17 octets\r\nHi\r\n..dot\r\n\r\nBye\r\n.\r\n"]
//!     .into_iter();
//! let mut mail = Vec::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready { .. }) => client.login("mrose", Secret::new("secret".into()))?,
//!         Progress::Event(Event::LoggedIn(_)) => client.retr(1)?,
//!         Progress::Event(Event::RetrieveBegin { declared, .. }) => assert_eq!(declared, Some(17)),
//!         Progress::Event(Event::Chunk(octets)) => mail.extend_from_slice(&octets),
//!         Progress::Event(Event::RetrieveEnd) => break,
//!         Progress::Event(other) => panic!("unexpected: {other:?}"),
//!         Progress::Wait { .. } => {
//!             let sent = client.outbox().remaining();
//!             client.outbox().advance(sent);
//!             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! assert_eq!(mail, b"Hi\r\n.dot\r\n\r\nBye\r\n");
//! # Ok::<(), postrider_pop3::Error>(())
//! ```
//!
//! # A server
//!
//! The maildrop is the embedder's. It is read once, at login, and locked; `DELE` only marks, and
//! [`server::Event::Commit`] at `QUIT` is the one place where mail may be removed. A session that
//! ends in any other way asks nothing and removes nothing.
//!
//! ```
//! use bytes::{Buf, Bytes};
//! use postrider_pop3::server::{Config, Event, Server};
//! use postrider_pop3::{Maildrop, UniqueId};
//! use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};
//!
//! let config = Config::new(Security::StartTls(Policy::Never))
//!     .with_clear_text_login(ClearTextLogin::Allow);
//! let mut server = Server::new(config);
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"USER mrose\r\nPASS secret\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n");
//! let mut said = Vec::new();
//! loop {
//!     match server.poll(&mut inbox)? {
//!         Progress::Event(Event::Login { user, password, .. }) => {
//!             assert_eq!((&user[..], &password.expose()[..]), ("mrose", &b"secret"[..]));
//!             let mut maildrop = Maildrop::new();
//!             maildrop.push(6, UniqueId::new("whqtswO00WBw418f9t5JxYwZ")?);
//!             server.accept_login(maildrop)?;
//!         }
//!         Progress::Event(Event::Retrieve { message: 1, .. }) => {
//!             server.accept()?;
//!             server.write_payload(&mut Bytes::from_static(b".Hi\r\n\n"))?;
//!             // Declared were 6 octets, and `.Hi`, CRLF and CRLF are 7: an honest server notices.
//!             assert!(server.finish_payload().is_err());
//!             server.abort()?;
//!         }
//!         Progress::Event(_) => server.decline(),
//!         Progress::Wait { .. } => {
//!             let octets = server.outbox().remaining();
//!             said.extend_from_slice(&server.outbox().copy_to_bytes(octets));
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! // The retrieval was cut short, so no dot ends it, and nothing was removed.
//! assert!(said.ends_with(b"+OK 6 octets\r\n..Hi\r\n\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `TOP` asks the same question and needs no answer of its own: [`server::Event::Retrieve`] tells how
//! many lines are asked for, the server cuts the message there, and
//! [`is_payload_complete`](server::Server::is_payload_complete) tells an embedder that would rather
//! not read the rest of a file. [`server::Config::with_top`] withholds the command.
//!
//! # Logging in without showing the password
//!
//! [`login_with`](client::Client::login_with) asks what the server can do and takes the strongest SASL
//! mechanism that both have (`AUTH`, RFC 5034). Other ways are a matter of policy
//! ([`client::LoginBy`]): `USER` and `PASS`, or `APOP`, are said only where that was allowed and the server
//! has no mechanism; never behind a refusal. Keys and tokens are questions to the embedder
//! ([`client::Event::DeriveKey`], [`client::Event::NeedToken`]).
//!
//! ```
//! use bytes::Buf;
//! use postrider_pop3::client::{Client, Config, Event, Login};
//! use postrider_sasl::client::Credentials;
//! use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
//!
//! let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
//! # let entropy = [7; 32];
//! let mut login = Some(Login::new(tim, entropy));
//! let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
//! let mut inbox = client.new_inbox();
//! let mut server = ["+OK ready\r\n", "+OK\r\nSASL PLAIN\r\n.\r\n", "+OK welcome\r\n"].into_iter();
//! let mut said = Vec::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready { .. }) => client.login_with(login.take().unwrap())?,
//!         Progress::Event(Event::DeriveKey(due)) => client.key(due.derive())?,
//!         Progress::Event(Event::LoggedIn(_)) => break,
//!         Progress::Event(other) => panic!("{other:?}"),
//!         Progress::Wait { .. } => {
//!             let n = client.outbox().remaining();
//!             said.extend_from_slice(&client.outbox().copy_to_bytes(n));
//!             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! assert_eq!(said, b"CAPA\r\nAUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A server has what it is told to have ([`server::Config::with_auth`], `with_apop`, `with_utf8`,
//! `with_languages`), and announces that and nothing else, as the connection allows it. It asks what is known
//! of a user ([`server::Event::Credential`]), and then whether who proved to be that user may in
//! ([`server::Event::Authenticated`]); the maildrop comes with the answer to the second. A maildrop that
//! somebody else has is a refusal with a code, which counts as no guess
//! ([`is_temporary`](ResponseCode::is_temporary)) but is held back as any other, unless it is given with
//! [`reject_after`](server::Server::reject_after). What shows a password without TLS is allowed in two
//! places: for `USER` and `PASS` by [`server::Config::with_clear_text_login`], for `PLAIN` and `LOGIN` by
//! `with_clear_text` of [`postrider_sasl::server::Config`].
//!
//! ```
//! use postrider_pop3::{Reply, ResponseCode};
//!
//! let locked = Reply::err("another session has it")?.with_code(ResponseCode::InUse);
//! assert_eq!(locked.to_line(), b"-ERR [IN-USE] another session has it\r\n");
//! # Ok::<(), postrider_pop3::ValueError>(())
//! ```
//!
//! # New mail
//!
//! [`SeenUids`] keeps the unique-ids of what was fetched, as lines of text between sessions, and forgets
//! what the server no longer has. How to fetch what is new and delete it once it is kept, how to serve
//! mails out of a list, locked, with every login, and how to allow `APOP`, is in [`manual::recipes`].
//!
//! # Several commands at once
//!
//! A server of this crate takes commands as they come and answers them in order, messages and
//! listings between them included, and says so (`PIPELINING`, RFC 2449 §6.6). A client may say the
//! next command while others are unanswered: in the TRANSACTION state, once the server offered it in
//! answer to [`capa`](client::Client::capa), or to the `CAPA` that
//! [`login_with`](client::Client::login_with) says, or [`client::Pipelining::Always`] says that it can, and
//! up to [`Limits::in_flight`] octets. [`is_ready`](client::Client::is_ready) knows all that, and
//! [`is_idle`](client::Client::is_idle) when all has come; a `-ERR` to one command says nothing of the
//! others. Whatever happens, each command has one outcome,
//! in order: what the connection took is [`client::Event::Lost`], behind the abortion of the message
//! that was coming in and before the error.
//!
//! ```
//! use bytes::Buf;
//! use postrider_pop3::client::{Client, Config, Event};
//! use postrider_pop3::Keyword;
//! use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
//!
//! let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
//! let mut inbox = client.new_inbox();
//! let mut server = [
//!     "+OK ready\r\n", "+OK\r\nPIPELINING\r\n.\r\n", "+OK\r\n", "+OK\r\n",
//!     "+OK\r\none\r\n.\r\n-ERR no such message\r\n+OK\r\nthree\r\n.\r\n+OK bye\r\n",
//! ].into_iter();
//! let mut unread = 1..=3;
//! let mut mail = Vec::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready { .. }) => client.capa()?,
//!         Progress::Event(Event::Capabilities(_)) => client.login("mrose", Secret::new("secret".into()))?,
//!         Progress::Event(Event::LoggedIn(_)) => {
//!             // As many at once as the client takes: three, if the server can.
//!             while client.is_ready() {
//!                 let Some(next) = unread.next() else { client.quit()?; break };
//!                 client.retr(next)?;
//!             }
//!         }
//!         Progress::Event(Event::Chunk(octets)) => mail.extend_from_slice(&octets),
//!         Progress::Event(Event::Refused { command: Keyword::Retr, message, .. }) => {
//!             assert_eq!(message, Some(2));
//!         }
//!         Progress::Event(_) => {}
//!         Progress::Wait { .. } => {
//!             let sent = client.outbox().remaining();
//!             client.outbox().advance(sent);
//!             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!         Progress::StartTls(_) | Progress::Closed => break,
//!     }
//! }
//! assert_eq!(mail, b"one\r\nthree\r\n");
//! # Ok::<(), postrider_pop3::Error>(())
//! ```
//!
//! # Time
//!
//! | timer | machine | runs | when it fires |
//! |---|---|---|---|
//! | [`Reply`](postrider_wire::TimerKind::Reply) | client | while a reply is due next | [`Error::Timeout`] |
//! | [`Progress`](postrider_wire::TimerKind::Progress) | both | while a message or listing comes in; while the peer has yet to read what waits for it; anew for each piece | the message is aborted, then [`Error::Timeout`] |
//! | [`Idle`](postrider_wire::TimerKind::Idle) | server | from when the client has read everything to its next command: autologout, ten minutes (RFC 1939 §3) | [`Error::Timeout`], without a word and without `Update` |
//! | [`Delay`](postrider_wire::TimerKind::Delay) | server | from `PASS`, `APOP` or the last line of `AUTH` to the refusal: [`Limits::login_delay`], doubled each time | the refusal leaves; nothing ends |
//! | [`Flush`](postrider_wire::TimerKind::Flush) | both | while the last line leaves | the rest is dropped |
//!
//! A refused login is held back by that timer and not by a thread: the session goes on being driven,
//! the peer may hang up, the server may shut down. An embedder that knows better says
//! [`reject_after`](server::Server::reject_after).
//!
//! # TLS and credentials
//!
//! [`postrider_wire::Security`] in the configuration decides. Under `StartTls(Required)` and
//! `StartTls(Opportunistic)` the client says `STLS` before anything else, so that there is nothing an
//! attacker in the middle could read or change; with `Required` a refusal is the end
//! ([`Error::TlsRefused`]). The greeting of the clear text is forgotten. Octets behind `STLS` or
//! behind its `+OK` are fatal on both sides (CVE-2011-0411).
//!
//! A password crosses a connection without TLS only with
//! [`postrider_wire::ClearTextLogin::Allow`], and never where TLS is required:
//!
//! ```
//! use postrider_pop3::client::{Client, Config};
//! use postrider_pop3::{Error, Misuse};
//! use postrider_wire::{Policy, Secret, Security};
//!
//! let mut client = Client::new(Config::new(Security::StartTls(Policy::Never)));
//! let refused = client.login("mrose", Secret::new("secret".into()));
//! assert_eq!(refused, Err(Error::Misuse(Misuse::ClearText)));
//! ```
//!
//! # States
//!
//! One table serves both machines. A command that is not in the row of the state is refused with
//! `-ERR` by the server, and as misuse by the client; it changes nothing. What else ends a session
//! (the peer hangs up, a timer, an error) leads to `Over` from every state, without `Update`.
//!
//! | state | commands | after `+OK` | after `-ERR` |
//! |---|---|---|---|
//! | `Authorization` | `USER` | `UserGiven` | `Authorization` |
//! | `Authorization` | `APOP AUTH` | `Transaction` | `Authorization` |
//! | `Authorization` | `CAPA STLS UTF8 LANG` | `Authorization` | `Authorization` |
//! | `Authorization` | `QUIT` | `Over` | `Over` |
//! | `UserGiven` | `PASS` | `Transaction` | `Authorization` |
//! | `UserGiven` | `USER` | `UserGiven` | `Authorization` |
//! | `UserGiven` | `APOP AUTH` | `Transaction` | `Authorization` |
//! | `UserGiven` | `CAPA STLS UTF8 LANG` | `Authorization` | `Authorization` |
//! | `UserGiven` | `QUIT` | `Over` | `Over` |
//! | `Transaction` | `STAT LIST UIDL RETR TOP DELE NOOP RSET CAPA LANG` | `Transaction` | `Transaction` |
//! | `Transaction` | `QUIT` | `Update` | `Update` |
//!
//! # Features
//!
//! `std` (default): `std` in the dependencies. Without it the crate is `no_std` + `alloc`.
#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

extern crate alloc;

mod apop;
mod capability;
pub mod client;
mod command;
mod error;
mod language;
mod limits;
mod maildrop;
pub mod manual;
mod reply;
mod seen;
pub mod server;
mod state;
mod syntax;

pub use apop::{ApopDigest, ApopName, ApopProof, ApopStamp};
pub use capability::{Capabilities, Capability, Expire, Extension, LoginDelay, Scope, Utf8};
pub use command::{Command, Keyword, Password, UserName};
pub use error::{Error, Misuse, ValueError};
pub use language::{Language, LanguageRange, LanguageTag};
pub use limits::Limits;
pub use maildrop::{DropListing, Maildrop, ScanListing, UniqueId};
pub use postrider_sasl::{InitialResponse, MechanismName};
pub use reply::{OtherCode, Reply, ResponseCode, Status};
pub use seen::SeenUids;
pub use state::State;
