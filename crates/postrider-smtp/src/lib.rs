//! SMTP client and server state machines without I/O.
//!
//! RFC 5321 and LMTP (RFC 2033), with `SIZE` (RFC 1870), `8BITMIME` (RFC 6152), `PIPELINING` (RFC
//! 2920), `CHUNKING` and `BINARYMIME` (RFC 3030), `STARTTLS` (RFC 3207), `AUTH` (RFC 4954), `DSN` (RFC
//! 3461), `SMTPUTF8` (RFC 6531), `REQUIRETLS` (RFC 8689), `LIMITS` (RFC 9422), enhanced status codes
//! (RFC 2034, RFC 3463), `XCLIENT`, `XFORWARD` and the PROXY protocol.
//!
//! Both ends are [`postrider_wire::Machine`]s, a trait whose methods they need in scope: that crate's
//! page teaches how a machine is driven. Whoever has sockets need not learn it: the crate `postrider`
//! holds the loop ready, blocking and for tokio, and its page shows both ends on one. The examples here
//! have no sockets, so that they drive by hand; what matters in them is what is said to which event.
//!
//! | to | see |
//! |---|---|
//! | send a mail, and log in for it | [A client](#a-client), [`client::Login`] |
//! | learn whom to send it to again | [`client::Report::retryable`] |
//! | send a mail that is not in memory | [`client::Content::streamed`] |
//! | take mails | [A server](#a-server) |
//! | let users log in and submit | [Submission](#submission-who-may-send) |
//! | deliver to mailboxes | [LMTP](#lmtp-a-reply-for-each-recipient) |
//! | stand behind a load balancer | [`server::Config::with_proxy`] |
//!
//! # A server
//!
//! It asks before it promises anything. Each question waits for [`server::Server::accept`] or
//! [`server::Server::reject`]; until then the next command stays in the inbox. A verdict can be held
//! back ([`server::Server::delay`]). What needs no embedder is answered by itself: syntax, order,
//! limits, `NOOP`, `RSET`, `QUIT`, `STARTTLS`. Whether a mail comes behind `DATA` or in chunks, its
//! events are the same. A connection may bring many: an envelope begins anew with
//! [`server::Event::Mail`], a mail with [`server::Event::DataBegin`].
//!
//! ```
//! use postrider_smtp::{EhloName, Reply};
//! use postrider_smtp::server::{Config, Event, Server};
//! use postrider_wire::{Buf, Machine, Policy, Progress, Security};
//!
//! let never = Security::StartTls(Policy::Never);
//! let mut server = Server::new(Config::new(EhloName::parse("foo.com")?, never));
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"HELO bar.com\r\nMAIL FROM:<Smith@bar.com>\r\nRCPT TO:<Green@foo.com>\r\n");
//! inbox.extend(b"RCPT TO:<Brown@foo.com>\r\nDATA\r\nBlah blah blah...\r\n.\r\nQUIT\r\n");
//! let (mut said, mut mail) = (Vec::new(), Vec::new());
//! loop {
//!     match server.poll(&mut inbox)? {
//!         Progress::Event(event) => match event {
//!             Event::Ehlo { .. } | Event::Mail { .. } => server.accept()?,
//!             Event::Rcpt { path, .. } if path.to_string() == "<Brown@foo.com>" => server.accept()?,
//!             Event::Rcpt { .. } => server.reject(Reply::new(550, "No such user here")?)?,
//!             Event::DataBegin => {
//!                 mail.clear();
//!                 server.accept()?;
//!             }
//!             Event::Chunk(octets) => mail.extend_from_slice(&octets),
//!             Event::Aborted(_) | Event::Reset => mail.clear(),
//!             // The mail is whole: keep it, then say so.
//!             Event::DataEnd => server.accept()?,
//!             // A later version may ask what this program does not know. Never say yes to that.
//!             _ => server.decline(),
//!         },
//!         Progress::Closed => break,
//!         _ => {
//!             // Write the outbox out, read what comes.
//!             let n = server.outbox().remaining();
//!             said.extend_from_slice(&server.outbox().copy_to_bytes(n));
//!         }
//!     }
//! }
//! assert_eq!(mail, b"Blah blah blah...\r\n");
//! assert!(String::from_utf8(said)?.contains("550 5.0.0 No such user here\r\n250 2.1.5 "));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## What it offers
//!
//! The keywords of its `EHLO` reply follow from [`server::Config`] alone, and what was not offered is
//! refused: a parameter with 555, an address beyond ASCII with 550 or 553, `DATA` for binary mail with
//! 503. What asks something of the embedder is off until it is switched on: `AUTH`, `DSN`, `SMTPUTF8`,
//! `BINARYMIME`, `REQUIRETLS`, `VRFY`, `EXPN`, `HELP`, `XCLIENT`, `XFORWARD` and further commands.
//!
//! ## Submission: who may send
//!
//! [`server::Config::submission`] takes nothing before a login. Which mechanisms are offered depends on
//! the connection: none that reveals a password without TLS, unless told. The server knows no users; it
//! asks ([`server::Event::Credential`]), checks what it is told, and asks again whether whoever has proved
//! to be somebody may log in ([`server::Event::Authenticated`]). Refusals are all the same and come late.
//!
//! Two settings are easy to forget. Without
//! [`with_salt_secret`](postrider_sasl::server::Config::with_salt_secret) there is no SCRAM, so that in clear
//! text nothing is left to offer. And where passwords are kept instead of keys,
//! [`with_kept`](postrider_sasl::server::Config::with_kept) has to say so: else the time of a refusal tells
//! which users there are.
//!
//! ```
//! use postrider_sasl::server::{Config as Logins, Credential, Kept};
//! use postrider_smtp::EhloName;
//! use postrider_smtp::server::{Config, Event, Server};
//! use postrider_wire::{Buf, Machine, Progress, Secret, Security, TlsInfo};
//!
//! # let (entropy, salts) = ([1; 32], [2; 32]);
//! // The entropy is new for each session, the secret of the salts always the same.
//! let logins = Logins::new(entropy).with_salt_secret(salts).with_kept(Kept::Passwords);
//! let tls = Security::Implicit(TlsInfo::new());
//! let config = Config::submission(EhloName::parse("foo.com")?, tls).with_auth(logins);
//! let mut server = Server::new(config);
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"EHLO bar.com\r\nMAIL FROM:<tim@foo.com>\r\n"); // 530
//! inbox.extend(b"AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n"); // 235
//! while let Progress::Event(event) = server.poll(&mut inbox)? {
//!     match event {
//!         Event::Ehlo { .. } => server.accept()?,
//!         Event::Credential(request) => server.credential(match request.user.as_deref() {
//!             // Kept keys of SCRAM would do as well, and are safer to keep.
//!             Some("tim") => Credential::Password(Secret::new("tanstaaftanstaaf".into())),
//!             _ => Credential::Unknown,
//!         })?,
//!         // Acting as another is not granted here.
//!         Event::Authenticated { identity, .. } if identity.authzid.is_none() => server.accept()?,
//!         _ => server.decline(),
//!     }
//! }
//! let n = server.outbox().remaining();
//! let said = String::from_utf8(server.outbox().copy_to_bytes(n).to_vec())?;
//! assert!(said.contains("AUTH SCRAM-SHA-256 PLAIN\r\n530 5.7.0 authentication required\r\n235 2.7.0 "));
//! assert_eq!(server.authenticated().unwrap().authcid, "tim");
//! assert_eq!(server.protocol_keyword(), "ESMTPSA");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ## LMTP: a reply for each recipient
//!
//! [`server::Config::lmtp`] greets with `LHLO`. Behind [`server::Event::DataEnd`] it asks about each recipient
//! ([`server::Event::Deliver`]); one word for all of them can be said at once instead.
//!
//! ```
//! use postrider_smtp::server::{Config, Event, Server};
//! use postrider_smtp::{EhloName, Reply};
//! use postrider_wire::{Buf, Machine, Policy, Progress, Security};
//!
//! let never = Security::StartTls(Policy::Never);
//! let mut server = Server::new(Config::lmtp(EhloName::parse("foo.com")?, never));
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"LHLO bar.com\r\nMAIL FROM:<chris@bar.com>\r\nRCPT TO:<pat@foo.com>\r\n");
//! inbox.extend(b"RCPT TO:<green@foo.com>\r\nDATA\r\nBlah blah blah...\r\n.\r\n");
//! while let Progress::Event(event) = server.poll(&mut inbox)? {
//!     match event {
//!         Event::Deliver { path, .. } => match path.mailbox().map(|mailbox| mailbox.local_part()) {
//!             Some("pat") => server.accept()?, // what came is in this mailbox, and on the disk
//!             _ => server.reject(Reply::new(452, "green is over quota")?)?,
//!         },
//!         Event::Ehlo { .. } | Event::Mail { .. } | Event::Rcpt { .. } => server.accept()?,
//!         Event::DataBegin | Event::DataEnd => server.accept()?, // `Deliver` follows
//!         Event::Chunk(_) | Event::Aborted(_) | Event::Reset => {} // as above
//!         _ => server.decline(),
//!     }
//! }
//! let n = server.outbox().remaining();
//! let said = String::from_utf8(server.outbox().copy_to_bytes(n).to_vec())?;
//! assert!(said.ends_with("\r\n250 2.1.5 delivered\r\n452 4.0.0 green is over quota\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The other end is the client with [`client::Config::with_lmtp`]: its report has the word of each recipient.
//!
//! # A client
//!
//! It greets by itself: `EHLO`, or `HELO` for a server that does not know `EHLO`, or `LHLO` of LMTP; then
//! the upgrade to TLS that policy wants, and `EHLO` again; then the login, if it was given one.
//! [`client::Event::Ready`] hands over.
//!
//! [`client::Client::send`] takes a whole [`client::Transaction`]. What the server could not take as it is
//! (8-bit octets, UTF-8 in an address, too many octets or recipients) is told at once, before a byte is
//! written ([`Unsendable`]). Else commands go out in groups where `PIPELINING` is offered, the mail goes
//! in a chunk where `CHUNKING` is and it can go as it is, and behind `DATA` else; and exactly one
//! [`client::Report`] comes back, also when the connection breaks. For each recipient it says whether the
//! server has the mail, and if not why: [`client::Failure`] knows how far things were, the kind of
//! failure, the whole [`Reply`], and whether the mail may be sent again. That nobody can know
//! ([`client::Delivery::Unknown`]) only between the moment in which the last octet has left and the
//! answer. There is no report where nothing was sent: when [`client::Event::Refused`],
//! [`client::Event::LoginFailed`] or an error comes instead of `Ready`, and when `send` itself says no.
//!
//! ```
//! use postrider_smtp::client::{Client, Config, Content, Event, Transaction};
//! use postrider_smtp::{EhloName, ForwardPath, ReversePath};
//! use postrider_wire::{Buf, Bytes, Machine, Policy, Progress, Security};
//!
//! # let mut server = ["220 foo.com\r\n", "250-foo.com\r\n250 PIPELINING\r\n", "250 OK\r\n250 OK\r\n450 \
//! #     later\r\n354 go ahead\r\n", "250 2.0.0 taken as 4711\r\n", "221 bye\r\n"].into_iter();
//! let never = Security::StartTls(Policy::Never);
//! let mut client = Client::new(Config::new(EhloName::parse("bar.com")?, never));
//! let mut inbox = client.new_inbox();
//! let (mut report, mut said) = (None, Vec::new());
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready { .. }) => {
//!             let mail = Content::whole(Bytes::from_static(b"Subject: lunch\r\n\r\n.at noon\r\n"));
//!             let transaction = Transaction::new(ReversePath::parse("Smith@bar.com")?, mail)
//!                 .to(ForwardPath::parse("Brown@foo.com")?)
//!                 .to(ForwardPath::parse("Green@foo.com")?);
//!             client.send(transaction)?;
//!         }
//!         Progress::Event(Event::Sent(told)) => {
//!             report = Some(told);
//!             client.shutdown(); // QUIT; or send the next one.
//!         }
//!         Progress::Event(_) => {}
//!         Progress::Closed => break,
//!         _ => {
//!             // Write the outbox out, read what comes.
//! #             let n = client.outbox().remaining();
//! #             said.extend_from_slice(&client.outbox().copy_to_bytes(n));
//! #             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!     }
//! }
//! assert!(said.ends_with(b"DATA\r\nSubject: lunch\r\n\r\n..at noon\r\n.\r\nQUIT\r\n"));
//! let report = report.unwrap();
//! let (green, failure) = report.failures().next().unwrap();
//! assert_eq!(green.to_string(), "<Green@foo.com>");
//! assert_eq!(failure.to_string(), "refused for now at RCPT: 450 later");
//! // Try this one again later; after 5yz tell the sender.
//! assert_eq!(report.retryable().map(|(path, _)| path).collect::<Vec<_>>(), [green]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A mail that is not at hand is given as [`client::Content::streamed`]. [`client::Event::Payload`] then
//! asks for it, and `write_payload` takes what fits; `abort` gives up at any time, without an end that a
//! server could take for that of a mail. A [`client::Login`] in the config is carried out by the strongest
//! mechanism that both ends have, and none that gives a password away without TLS. Keys and tokens are
//! asked for with events, so that they can come from another thread, or another server:
//! [`client::Event::DeriveKey`] (with SCRAM, so with nearly every password) and
//! [`client::Event::NeedToken`]. The login stands still until they are answered, or given up with
//! `decline`.
//!
//! # Command by command
//!
//! Below that each method says one command, and an event brings the whole reply.
//! [`client::Client::data`] asks, and after [`client::Event::DataBegin`] the payload is due: any octets,
//! dots doubled and newlines made CRLF on the way, ended by a dot. [`client::Client::bdat`] announces a
//! chunk of exactly so many octets, due at once, and nothing is changed in them. Both payloads go through
//! `write_payload`, `finish_payload` and `abort`, and until `finish_payload` neither mail is whole. A
//! refusal amid `DATA` ends the connection; one amid a chunk does not: the rest of it goes out, then
//! `RSET`. Every transaction has exactly one [`client::Event::End`]; before it, every recipient has had
//! its answer, or [`client::Event::Unanswered`].
//!
//! ```
//! # use bytes::{Buf, Bytes};
//! # use postrider_wire::{Machine, Policy, Progress, Security};
//! # use postrider_smtp::client::{Client, Config, Event, Outcome};
//! # use postrider_smtp::{EhloName, ForwardPath, MailParameters, ReversePath, State};
//! # let mut server = ["220 foo.com\r\n", "250-foo.com\r\n250 CHUNKING\r\n", "250 OK\r\n", "250 OK\r\n",
//! #     "250 7 octets received\r\n", "250 2.0.0 taken\r\n", "221 bye\r\n"].into_iter();
//! # let never = Security::StartTls(Policy::Never);
//! # let mut client = Client::new(Config::new(EhloName::parse("bar.com")?, never));
//! # let (mut inbox, mut said) = (client.new_inbox(), Vec::new());
//! let mut chunks = ["Dear\r\n.", "Bob\r\n"].into_iter().peekable();
//! let mut chunk = Bytes::new();
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(event) => match event {
//!             Event::Ready { .. } => client.mail(ReversePath::null(), MailParameters::new())?,
//!             Event::Mail(_) => client.rcpt(ForwardPath::parse("Brown@foo.com")?)?,
//!             // The first chunk, and then the next. Nobody accepted: `Misuse::NoRecipient`.
//!             Event::Rcpt { .. } | Event::Bdat(_) => {
//!                 chunk = Bytes::from_static(chunks.next().unwrap_or_default().as_bytes());
//!                 client.bdat(chunk.len() as u64, chunks.peek().is_none())?;
//!             }
//!             Event::End(end) => {
//!                 assert!(matches!(end, Outcome::Accepted(_)));
//!                 client.shutdown();
//!             }
//!             _ => {}
//!         },
//!         Progress::Wait { app: true, .. } if client.state() == State::Bdat => {
//!             client.write_payload(&mut chunk)?;
//!             if chunk.is_empty() {
//!                 client.finish_payload()?;
//!             }
//!         }
//!         Progress::Closed => break,
//!         _ => {
//! #             let n = client.outbox().remaining();
//! #             said.extend_from_slice(&client.outbox().copy_to_bytes(n));
//! #             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!             // Write the outbox out, read what comes.
//!         }
//!     }
//! }
//! assert!(said.ends_with(b"BDAT 7\r\nDear\r\n.BDAT 5 LAST\r\nBob\r\nQUIT\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Values
//!
//! Whatever ends up in a line is made by a constructor that knows the grammar. A source route is
//! read and dropped, never written (RFC 5321 Appendix C).
//!
//! ```
//! use postrider_smtp::{Command, ForwardPath, RcptParameters};
//!
//! assert!(ForwardPath::parse("a@b>\r\nRCPT TO:<v@c").is_err());
//! let routed = Command::parse(b"RCPT TO:<@relay.example:a@b.example>");
//! let direct = Command::Rcpt(ForwardPath::parse("a@b.example")?, RcptParameters::new());
//! assert_eq!(routed, Ok(direct));
//! # Ok::<(), postrider_smtp::ValueError>(())
//! ```
//!
//! # States
//!
//! One table serves both ends; what is not in it is refused (503, or [`Misuse::NotNow`]). `=`: the
//! state stays.
//!
//! | states | commands | accepted | refused |
//! |---|---|---|---|
//! | `Start` `Greeted` `Mail` `Rcpt` `Bdat` | `Ehlo` `Helo` `Lhlo` | `Greeted` | = |
//! | `Start` `Greeted` `Mail` `Rcpt` `Bdat` | `Noop` `Vrfy` `Expn` `Help` | = | = |
//! | `Greeted` `Mail` `Rcpt` `Bdat` | `Extension` | = | = |
//! | `Start` `Greeted` `Mail` `Rcpt` `Bdat` | `Quit` | `Over` | `Over` |
//! | `Start` `Greeted` | `StartTls` `Xclient` | `Start` | = |
//! | `Greeted` | `Auth` | `Auth` | = |
//! | `Greeted` | `Xforward` | = | = |
//! | `Start` | `Rset` | `Start` | = |
//! | `Greeted` `Mail` `Rcpt` `Bdat` | `Rset` | `Greeted` | = |
//! | `Greeted` | `Mail` | `Mail` | = |
//! | `Mail` `Rcpt` | `Rcpt` | `Rcpt` | = |
//! | `Mail` `Rcpt` | `Data` | `Data` | = |
//! | `Mail` `Rcpt` `Bdat` | `Bdat` | `Bdat` | `Greeted` |
//!
//! # Limits, timers, policy
//!
//! [`Limits`] bounds every line, reply, mail and list, and holds the timers of RFC 5321 §4.5.3.2.
//! A mail that is too large, or holds a bare CR, bare LF or NUL (the default policy against SMTP
//! smuggling), is swallowed to its end and refused; the session goes on. So are the octets of every
//! `BDAT` that is refused: they never become commands. Only where their number cannot be read does the
//! session end, with 501. `STARTTLS` with anything behind it is fatal at both ends (CVE-2011-0411), and
//! what was learned before it is forgotten. [`server::EarlyTalkers`] says what becomes of a client that
//! does not wait for its turn. A header of the PROXY protocol that is due and does not come closes the
//! connection without a word ([`server::Config::with_proxy`]).
//!
//! A shutdown is said with 421 at the next place for a reply (RFC 5321 §3.8): between commands, behind
//! the verdict that is due, and instead of 250 behind a chunk that is not the last. A mail that comes in
//! behind `DATA`, or its last chunk, is taken to its end before; [`server::Server::discard`] with 421 cuts
//! it short.
//!
//! An idle machine, its inbox and what they hold on the heap take less than 1 KiB; a server that lets
//! clients log in, half a KiB more. An LMTP server keeps the path of each recipient until it is answered.
//!
//! # Features
//!
//! `std` (default): SIMD detection at run time in the dependencies. Without it the crate is `no_std`
//! and `alloc`. `serde`: `Serialize` and `Deserialize` for paths, parameters and codes, as their text.
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

mod argument;
mod attributes;
mod capability;
pub mod client;
mod command;
mod dsn;
mod error;
mod extension;
mod limits;
pub mod manual;
mod newlines;
mod parameters;
mod path;
mod protocol;
pub mod proxy;
mod reply;
#[cfg(feature = "serde")]
mod serde;
pub mod server;
mod state;
mod status;
pub mod syntax;
pub mod xtext;

pub use argument::{Argument, ExtensionKeyword};
pub use attributes::{Attribute, AttributeName, Attributes};
pub use capability::{Capabilities, OfferedLimits, SizeOffer};
pub use command::{Command, CommandFault, Keyword};
pub use dsn::{AuthParameter, EnvelopeId, Notify, OriginalRecipient, Ret};
pub use error::{Error, Misuse, Unsendable, ValueError};
pub use extension::Extension;
pub use limits::Limits;
pub use parameters::{Body, MailParameters, Parameter, RcptParameters};
pub use path::{EhloName, ForwardPath, Mailbox, ReversePath};
pub use postrider_sasl::{InitialResponse, MechanismName};
pub use protocol::Protocol;
pub use reply::{Reply, ReplyDefects};
pub use state::State;
pub use status::EnhancedStatusCode;
