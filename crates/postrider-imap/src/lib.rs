//! IMAP without I/O (RFC 3501, RFC 9051): the language, and client and server state machines.
//!
//! The language is every command, response and code of IMAP4rev1, IMAP4rev2 and the extensions, as
//! values that are read and written; [`manual::language`] has the table. The machines stand on it.
//! [`client::Client`] and [`server::Server`] are [`postrider_wire::Machine`]s: they read an inbox
//! that you fill, write an outbox that you drain, and tell what happened as events. The client says
//! every command of the language, as many at once as the rules allow. The server
//! asks its embedder for every command of those extensions that it was given
//! ([`server::Features`]), and says no capability of another. What is not built is not advertised.
//!
//! # The language
//!
//! A unit that is whole is read by [`Response::parse`] or [`TaggedCommand::parse`], with what is to be
//! forgiven ([`Quirks`]), and written by [`Response::write`] or [`TaggedCommand::encode`]:
//!
//! ```
//! use postrider_imap::{
//!     Command, FetchAttribute, FetchItem, Limits, Quirks, Response, SequenceSet, Tag,
//!     TaggedCommand, WriteOptions,
//! };
//!
//! let line = b"* 23 FETCH (FLAGS (\\Seen $Forwarded) UID 4827 MODSEQ (917162500))\r\n";
//! let (response, forgiven) = Response::parse(line, &Limits::new(), Quirks::tolerant())?;
//! assert!(forgiven.is_empty());
//! let Response::Fetch { number, items } = &response else { panic!("{response:?}") };
//! assert_eq!(number.get(), 23);
//! assert!(items.iter().any(|item| matches!(item, FetchItem::Uid(uid) if uid.get() == 4827)));
//! let mut written = Vec::new();
//! response.write(&mut written);
//! assert_eq!(written, line);
//!
//! let command = Command::uid_fetch(SequenceSet::all(), FetchAttribute::Envelope);
//! let command = TaggedCommand { tag: Tag::new("a7")?, command };
//! let encoded = command.encode(WriteOptions::default());
//! assert_eq!(encoded.octets.expose(), b"a7 UID FETCH 1:* ENVELOPE\r\n");
//! // Nowhere has it to wait for the server.
//! assert!(encoded.stops.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Octets as they come from a connection, a file or a capture are for [`ResponseReader`] and
//! [`CommandReader`]: they find where units end, read them, and let octets of messages stream,
//! whatever their size. They hold no octets: each step is shown what has come and tells what it used.
//!
//! # A client
//!
//! Commands are methods, and [`client::Client::send`] takes any of the language. Each returns a
//! [`client::Handle`], and everything that comes back is an event; [`client::Event::Completed`] with
//! that handle ends a command. Give several before the first is answered: the machine says at once
//! what it may, and holds back what would be ambiguous or has to wait (RFC 9051 §5.5). `app` of
//! [`postrider_wire::Progress::Wait`] is true when nothing is left to do, or payload or an answer is due
//! from you; more commands may be given at any time. The bodies of
//! messages are never held: they stream as `BodyBegin`, `Chunk`, `BodyEnd`, whatever their size.
//!
//! ```
//! use postrider_imap::client::{Client, Config, Event, Login};
//! use postrider_imap::{FetchAttribute, MailboxName, Section, SequenceSet};
//! use postrider_sasl::client::Credentials;
//! use postrider_wire::{Machine, Progress, Secret, Security, TlsInfo};
//!
//! // TLS from the first octet: the driver made it. `Security::StartTls` is the other way.
//! let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
//! let mut inbox = client.new_inbox();
//! let mut server = [
//!     "a001 OK [CAPABILITY IMAP4rev1 IDLE] welcome\r\n",
//!     "* 18 EXISTS\r\na002 OK [READ-WRITE] SELECT completed\r\n",
//!     "* 12 FETCH (UID 12 BODY[TEXT] {6}\r\nHello!)\r\na003 OK done\r\n\
//!      * 7 FETCH (UID 7 BODY[TEXT] {4}\r\nBye!)\r\na004 OK done\r\n",
//!     "* BYE\r\na005 OK LOGOUT completed\r\n",
//! ]
//! .into_iter();
//! inbox.extend(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n");
//!
//! let (mut said, mut texts, mut whose) = (Vec::new(), Vec::new(), None);
//! let mut last = None;
//! loop {
//!     match client.poll(&mut inbox)? {
//!         Progress::Event(Event::Ready) => {
//!             // The entropy is for nonces: 32 octets of a generator made for secrets.
//!             let user = Credentials::password("mrc", Secret::new("secret".into()))?;
//!             client.login_with(Login::new(user, [7; 32]))?;
//!             // All of this waits for what it needs, and no longer.
//!             client.select(MailboxName::inbox())?;
//!             for uid in [12, 7] {
//!                 let text = FetchAttribute::peek(Section::text());
//!                 last = Some(client.uid_fetch(SequenceSet::one(uid)?, text)?);
//!             }
//!         }
//!         Progress::Event(Event::BodyBegin { handle, .. }) => whose = handle,
//!         Progress::Event(Event::Chunk(octets)) => texts.push((whose, octets)),
//!         Progress::Event(Event::Completed { handle, command, status, .. }) => {
//!             assert!(status.is_ok(), "{command}: {status:?}");
//!             if last == Some(handle) {
//!                 client.logout()?;
//!             }
//!         }
//!         Progress::Event(_) => {}
//!         Progress::Wait { .. } => {
//!             // A driver writes the outbox and reads; `postrider::drive` has two.
//!             let written = client.outbox().len();
//!             said.extend_from_slice(&bytes::Buf::copy_to_bytes(client.outbox(), written));
//!             inbox.extend(server.next().unwrap_or_default().as_bytes());
//!         }
//!         Progress::Closed => break,
//!         Progress::StartTls(_) => unreachable!("TLS stands"),
//!     }
//! }
//! assert_eq!(texts[1], (last, "Bye!".into()));
//! let said = String::from_utf8_lossy(&said);
//! assert!(said.contains("a003 UID FETCH 12 BODY.PEEK[TEXT]\r\na004 UID FETCH 7 BODY.PEEK[TEXT]\r\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a command is answered by comes as [`client::Event::Data`], as the server says it:
//!
//! ```
//! use postrider_imap::client::{Client, Event, Handle};
//! use postrider_imap::{FetchAttribute, Response, SearchCommand, SearchKey, SequenceSet};
//!
//! /// Unseen messages of somebody: `client.send(unseen("müller"))?`.
//! fn unseen(from: &'static str) -> SearchCommand {
//!     SearchCommand::new(vec![SearchKey::Unseen, SearchKey::From(from.into())]).with_uid()
//! }
//!
//! /// Fetches what was found. (With [`SearchCommand::with_returns`] it is `Response::Esearch`.)
//! fn on_event(client: &mut Client, search: Handle, event: &Event) -> Result<(), postrider_imap::Error> {
//!     if let Event::Data { handle: Some(of), response: Response::Search { numbers, .. }, .. } = event
//!         && *of == search
//!         // Perhaps none: that is no set.
//!         && let Ok(set) = SequenceSet::try_from(numbers)
//!     {
//!         client.uid_fetch(set, FetchAttribute::Envelope)?;
//!     }
//!     Ok(())
//! }
//! # let _ = (unseen, on_event);
//! ```
//!
//! - [`client::Client::login_with`] takes the strongest mechanism that both ends have (RFC 4959: with
//!   an initial response where that is allowed); keys are derived and tokens fetched by you
//!   ([`client::Event::DeriveKey`], [`client::Event::NeedToken`]), also a new one when the server refused
//!   the last. A login forgets what the server can do (RFC 9051 §6.2.2); where its answer does not say
//!   it again, ask with [`client::Client::capability`].
//! - [`client::Client::idle`] lets the server talk until [`client::Client::done`] or the next command,
//!   and renews itself every 29 minutes (RFC 2177); where there is no IDLE it can ask by NOOP
//!   ([`client::Config::with_polling`]).
//! - [`client::Client::append`] asks for the octets of each message with
//!   [`client::Event::AppendBegin`]; [`client::Client::write_payload`] takes what fits, and
//!   [`client::Client::finish_payload`] ends each.
//! - [`client::Client::compress`] deflates everything behind it, in both directions (RFC 4978).
//!
//! Every handle has one outcome: [`client::Event::Completed`]; [`client::Event::Lost`] when the session
//! ends before the answer, so that nobody knows what the server did; [`client::Event::Unsent`] when the
//! command was never said, so that it can be given again; [`client::Event::LoginFailed`]. After login a
//! response that is malformed or too long is told and skipped, as long as it is certain where it ends.
//! [`client::Backoff`] decides whether to connect again after an end, and when.
//!
//! What servers are known to do otherwise is a table in `client/servers.rs`, with its sources: Coremail
//! (163.com) wants ID behind the login, QQ takes no set that descends, Exchange no CHARSET. The machine
//! knows them by greeting, capabilities and ID, and says your commands so that they are understood.
//!
//! A number means another message whenever one goes. [`client::Selected`] takes the events and keeps
//! the account: which UID a number has now, with the flags and the MODSEQ as they were last told.
//! [`client::Resync`] selects a mailbox that was seen before and finds what changed in it, by QRESYNC,
//! by CONDSTORE, or by asking for everything, and goes on as long as the session; [`client::SyncState`]
//! is what to keep until then.
//!
//! # A server
//!
//! Events are questions. Each waits for one verdict, and until then the next command stays in the
//! inbox. CAPABILITY, ENABLE, STARTTLS, LOGOUT and everything that is wrong are answered by the
//! machine, and so is what needs a [`server::Feature`] that it was not given. Items and payloads of
//! one message that follow each other make one FETCH response.
//!
//! ```
//! use bytes::{Buf, Bytes};
//! use postrider_imap::server::{Config, Event, SelectData, Server};
//! use postrider_imap::{Command, FetchItem, Flag, MessageNumber, MessageSet, Status};
//! use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Security};
//!
//! let config = Config::new(Security::StartTls(Policy::Never))
//!     .with_clear_text_login(ClearTextLogin::Allow);
//! let mut server = Server::new(config);
//! let mut inbox = server.new_inbox();
//! inbox.extend(b"a login mrc secret\r\nb select inbox\r\nc fetch 1 (flags rfc822)\r\nd logout\r\n");
//! let mail = Bytes::from_static(b"Subject: afternoon meeting\r\n\r\n");
//!
//! let mut said = Vec::new();
//! loop {
//!     match server.poll(&mut inbox)? {
//!         Progress::Event(Event::Login { user, password, .. }) if user == "mrc" => {
//!             if password.expose() == b"secret" {
//!                 server.accept()?;
//!             } else {
//!                 server.reject(Status::no("who are you?"))?;
//!             }
//!         }
//!         Progress::Event(Event::Command(Command::Select { .. } | Command::Examine { .. })) => {
//!             server.accept_select(&SelectData::new(1))?;
//!         }
//!         Progress::Event(Event::Command(Command::Fetch {
//!             set: MessageSet::Set(set),
//!             attributes,
//!             ..
//!         })) => {
//!             let attributes = attributes.into_list();
//!             for number in set.resolve(1).into_iter().flatten() {
//!                 let number = MessageNumber::new(number)?;
//!                 server.fetch_items(number, &[FetchItem::Flags([Flag::Seen].into())])?;
//!                 for request in attributes.iter().filter_map(|one| one.body_request()) {
//!                     server.body_begin(number, &request.name, None, mail.len() as u64)?;
//!                     // All of it fits into the outbox here; a large mail goes piece by piece.
//!                     server.write_payload(&mut mail.clone())?;
//!                     server.finish_payload()?;
//!                 }
//!             }
//!             server.accept()?;
//!         }
//!         Progress::Event(_) => server.decline(),
//!         Progress::Wait { .. } => {
//!             let written = server.outbox().len();
//!             said.extend_from_slice(&server.outbox().copy_to_bytes(written));
//!         }
//!         Progress::Closed => break,
//!         Progress::StartTls(_) => unreachable!("the policy is never"),
//!     }
//! }
//! let said = String::from_utf8_lossy(&said);
//! assert!(said.contains("* 1 FETCH (FLAGS (\\Seen) RFC822 {30}\r\nSubject: afternoon meeting\r\n\r\n)\r\n"));
//! # Ok::<(), postrider_imap::Error>(())
//! ```
//!
//! - A driver keeps the timers of the machine: a refused login leaves when its delay has passed, and a
//!   client that is silent is logged out; `postrider::drive` has two drivers that do.
//! - What answers a command is told by [`server::Server::respond`], news by
//!   [`server::Server::update`], each as much as there is room for; both refuse what may not go now, such
//!   as EXPUNGE while message numbers are in the air ([`server::Server::may_expunge`]).
//! - [`server::Config::with_auth`] adds AUTHENTICATE; the embedder is asked what is known of a user
//!   ([`server::Event::Credential`]) and whether it may in ([`server::Event::Authenticated`]).
//! - [`server::Server::body_begin`] streams octets of messages out, [`server::Event::Append`] and what
//!   follows it stream them in; neither holds them.
//! - `postrider_mailbox::Telling` writes FETCH for a store, and `postrider_mailbox::memory::Service` is a
//!   whole embedder over an account in memory: start from it. [`manual::serving`] has the rest: what is
//!   told when, verdicts that come late, and the bounds on what a client can make a server hold.
//!
//! # Values
//!
//! Values own what they hold, and keep no unit of the wire alive. Values that could not be written
//! back cannot be made, and sequence sets stay ranges:
//!
//! ```
//! use postrider_imap::{Flag, InvalidValue, MailboxName, SequenceSet};
//!
//! assert_eq!(MailboxName::new("a\r\nb logout"), Err(InvalidValue::Octet));
//! assert_eq!(Flag::new("\\deleted"), Ok(Flag::Deleted));
//! let all = SequenceSet::parse("1:4294967295,1:*,7")?;
//! assert_eq!(all.resolve(18), [1..=18]);
//! # Ok::<(), InvalidValue>(())
//! ```
//!
//! # States
//!
//! | commands | not authenticated | authenticated | selected | logout |
//! |---|---|---|---|---|
//! | CAPABILITY, NOOP, LOGOUT, ID | yes | yes | yes | no |
//! | STARTTLS, AUTHENTICATE, LOGIN | yes | no | no | no |
//! | ENABLE | no | yes | no | no |
//! | SELECT, EXAMINE, CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, XLIST, NAMESPACE, STATUS, APPEND, IDLE, NOTIFY, COMPRESS, UNAUTHENTICATE, GETJMAPACCESS, GETQUOTA, GETQUOTAROOT, SETQUOTA, SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS, GETMETADATA, SETMETADATA, ESEARCH | no | yes | yes | no |
//! | CHECK, CLOSE, UNSELECT, EXPUNGE, SEARCH, SORT, THREAD, CANCELUPDATE, FETCH, STORE, COPY, MOVE, REPLACE, UIDBATCHES | no | no | yes | no |
//!
//! # Trust
//!
//! - With [`postrider_wire::Policy::Required`] a client says nothing but CAPABILITY and STARTTLS
//!   before TLS; a server without STARTTLS, a refusal of it and PREAUTH are fatal. A server refuses
//!   LOGIN with `[PRIVACYREQUIRED]`, before it takes a literal with a password in it.
//! - Without TLS a login must be opted into on either side. Passwords are [`postrider_wire::Secret`]
//!   and marked for the tap, also where a LOGIN is malformed. Behind a refused LOGIN or AUTHENTICATE
//!   lines are hidden, and answered with an untagged BAD, until one is a command again.
//! - Octets behind STARTTLS or behind its answer are fatal; what was learnt in clear is forgotten.
//! - Literals in commands are refused before an octet of them is taken when they are too long;
//!   those that do not wait for permission are swallowed by count. Octets of an appended message are
//!   never read as commands, whatever becomes of it.
//! - A refused login is held back, twice as long each time; five bad commands before login are the
//!   last, and so is HTTP, or TLS where none is due. Nobody is kept who does not log in.
//! - Octets behind COMPRESS are fatal on the server, and so is what cannot be inflated.
//! - Depth of body structures is counted and kept on a stack of its own; numbers are checked; one
//!   bad item of a FETCH response is [`FetchItem::Unparsed`] and harms no other.
//!
//! # Features
//!
//! `std` (default): SIMD detection at run time, and the names of mailboxes as text. Without it the
//! crate is `no_std` + `alloc`.
#![no_std]
#![forbid(unsafe_code)]
// Tests may index, panic and use `std`.
#![cfg_attr(
    not(test),
    warn(
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
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod client;
mod command;
mod compress;
mod error;
mod framing;
mod limits;
pub mod manual;
mod name;
mod quirks;
mod read;
mod response;
pub mod server;
mod state;
mod syntax;
mod value;
mod write;

pub(crate) use read::literal_at_end;
pub(crate) use response::without_line_end;

pub use command::{Command, Tag, TaggedCommand};
pub use error::{Error, Fault, Misuse, Refused, SyntaxError};
pub use limits::Limits;
pub use name::CommandName;
pub use quirks::{Quirk, Quirks};
pub use read::{
    CommandHead, CommandPart, CommandReader, Consumed, FetchedMessage, LiteralRequest, LiteralRole,
    ResponsePart, ResponseReader, Step,
};
pub use response::{Continuation, Response};
pub use state::State;
pub use value::*;
pub use write::{AppendWriter, EncodedCommand, Literals, WriteOptions};
