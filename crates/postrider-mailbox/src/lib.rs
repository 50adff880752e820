//! What every mail store must know, so that nobody writes it again.
//!
//! `postrider-mime` tells what a message is, `postrider-imap` and `postrider-pop3` how a client asks
//! for it. This crate stands between them: what a command means for a mailbox, which messages it names
//! and what is answered. It holds no mails and does no I/O; the store is yours, and so is the server
//! machine, which says when something may go out. Commands come as the values of `postrider-imap`, and
//! answers go as such.
//!
//! | what happens | what it takes |
//! |---|---|
//! | SELECT, EXAMINE | [`view::View`], [`view::Recents`], [`flags::MailboxFlags`]; with QRESYNC [`resync::Known`] |
//! | ENABLE | [`view::View::enable`] |
//! | a command names messages | [`view::View::messages`]: numbers, UIDs, `$` |
//! | a command ends; NOOP, IDLE | [`view::View::tell`]: what is told, when, and in which order |
//! | FETCH | [`Fetch`], and [`Telling`] to write it into the server machine; with VANISHED [`resync::Known`]; [`flags::Tells`] for news |
//! | STORE | [`flags::Store`] |
//! | SEARCH, SORT | [`search::Search`], [`sort::Sort`], and [`results::Returns`] for the response |
//! | THREAD | [`search::Search`], [`thread::Threads`], which gives the response |
//! | mail comes; APPEND | [`copy::Uids`], [`copy::Appended`], [`quota::Quotas`], [`flags::MailboxFlags::admit`] |
//! | COPY, MOVE, REPLACE | the same, [`copy::Copied`], and [`copy::move_steps`] for the order |
//! | EXPUNGE, CLOSE | [`view::View::expunged`], [`resync::Expunged`] |
//! | CREATE, DELETE, RENAME | [`list::Hierarchy`], [`copy::Validities`] |
//! | LIST, LSUB | [`list::Listing`] |
//! | GETQUOTA, SETQUOTA | [`quota`] |
//! | POP3, all of it | [`maildrop`] |
//!
//! Errors that a command can cause become the tagged response, NO or BAD, by [`Refused`]. [`memory`]
//! puts all of this together over messages in memory, for tests, and to be read as an example.
//!
//! # Commands in, responses out
//!
//! A command comes from `postrider_imap::server` as an event, and what is answered is a
//! `postrider_imap::Response`. Which untagged data may go while a command is in progress the server
//! machine says (`may_update`, `may_expunge`), or it follows from the command: [`view::Permit::of`].
//!
//! # A store
//!
//! What a store has to answer is [`Messages`], three questions: what it knows of a message, its header
//! section, its octets. A store that cannot answer at once, because it waits for a disk or a network,
//! implements nothing: each of these can also be driven message by message, and says how much of the
//! message it needs ([`Need`], [`Source`]).
//!
//! ```
//! use postrider_imap::{Flag, InternalDate, MailboxName, Response, SearchCommand, SearchKey};
//! use postrider_mailbox::memory::{Account, NewMessage};
//! use postrider_mailbox::results::Returns;
//! use postrider_mailbox::search::{Scope, Search, run};
//! use postrider_mailbox::view::Access;
//!
//! let mut account = Account::new(1_700_000_000);
//! let date = InternalDate::from_unix(837_596_665, -7 * 60)?;
//! for subject in ["lunch", "Lunch tomorrow", "work"] {
//!     let mail = format!("Subject: {subject}\r\n\r\nHello\r\n");
//!     account.deliver(&MailboxName::inbox(), NewMessage::new(mail, date))?;
//! }
//! let session = account.open();
//! account.select(session, &MailboxName::inbox(), Access::ReadOnly, None)?;
//!
//! // a1 UID SEARCH SUBJECT "LUNCH" UNSEEN
//! let keys = vec![SearchKey::Subject("LUNCH".into()), SearchKey::Unseen];
//! let command = SearchCommand::new(keys).with_uid();
//! let opened = account.opened(session)?;
//! let view = opened.view();
//! let search = Search::of(&command, &Scope::of(view, 837_600_000))?;
//! let Ok(found) = run(&search, view.iter(), &opened.messages());
//! let response = Returns::of_search(&command, &search)?.response("a1", &found);
//! let Some(Response::Search { numbers, .. }) = response else { panic!("SEARCH is answered") };
//! assert_eq!(numbers.to_string(), "1:2");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Answering FETCH
//!
//! Make a [`Fetch`] of the attributes that the server machine was asked for, ask [`Fetch::need`]
//! how much of each message must be read, and let [`Fetch::answer`] tell what to send, one
//! [`Answer`] after the other: values go out inline, octets are streamed from where they lie.
//! [`Telling`] does all of it for a store that is [`Messages`].
//!
//! ```
//! use postrider_imap::{FetchAttribute, FetchItem, Flag, InternalDate, Section, Uid};
//! use postrider_mailbox::{Answer, Fetch, Metadata, Source};
//! use postrider_mime::Message;
//!
//! let mail = "Subject: one\r\n\r\nHello\r\n";
//! let date = InternalDate::from_unix(837_596_665, -7 * 60)?;
//! let metadata = Metadata::new(Uid::new(559)?, [Flag::Recent], date, mail.len() as u64);
//! let message = Message::parse(mail)?;
//!
//! let fetch = Fetch::new(vec![FetchAttribute::Uid, FetchAttribute::body(Section::text())]);
//! let mut answers = fetch.answer(&metadata, Source::message(&message))?;
//! assert!(answers.becomes_seen());
//!
//! assert_eq!(answers.next(), Some(Answer::Item(FetchItem::Uid(metadata.uid))));
//! let Some(Answer::Body(body)) = answers.next() else { panic!("octets come next") };
//! let octets = body.octets.expect("every message has a text");
//! assert_eq!((octets.len(), octets.of(mail.as_bytes())), (7, &b"Hello\r\n"[..]));
//!
//! // `BODY[TEXT]` sets `\Seen`, so the client learns of the new flags.
//! let flags = FetchItem::Flags([Flag::Recent, Flag::Seen].into());
//! assert_eq!(answers.next(), Some(Answer::Item(flags)));
//! assert_eq!(answers.next(), None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Messages of any size
//!
//! A [`Source`] is what is at hand of a message. `RFC822.SIZE`, ENVELOPE, `BODY[]`, `BODY[HEADER]`
//! and `BODY[TEXT]` need at most the header section: their octets are ranges of the stored message,
//! 64 bits wide, for you to stream. Structures and numbered parts need the tree of
//! [`postrider_mime::Message`].
//!
//! ```
//! # use postrider_imap::{FetchAttribute, InternalDate, Section, Uid};
//! use postrider_mailbox::{Answer, Fetch, Metadata, Need, Octets, Source};
//! use postrider_message::HeaderSection;
//!
//! let header = HeaderSection::parse("Subject: a disk image\r\n\r\n");
//! let metadata = Metadata::new(Uid::new(1)?, [], InternalDate::from_unix(0, 0)?, 5 << 30);
//! let fetch = Fetch::new(FetchAttribute::peek(Section::text()));
//! assert_eq!(fetch.need(), Need::Header);
//! let answer = fetch.answer(&metadata, Source::header(header.headers()))?.next();
//! let Some(Answer::Body(body)) = answer else { panic!("octets") };
//! assert_eq!(body.octets, Some(Octets::Stored(25..5 << 30)));
//!
//! let structure = Fetch::new(FetchAttribute::BodyStructure);
//! assert_eq!(structure.need(), Need::Message);
//! assert!(structure.answer(&metadata, Source::header(header.headers())).is_err());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Choices of FETCH
//!
//! [`envelope`], [`body`] and [`section`] are functions of their own, for indexes and caches. Where
//! RFC 3501 leaves a choice, or a message does not fit its grammar, they do as follows: as Dovecot
//! does, but for what `tests/decisions.md` lists.
//!
//! - Texts and parameters are told as they stand, unfolded but not decoded; names and local parts
//!   lose their quotation marks. NUL, which no IMAP string can hold, is told here and replaced by
//!   the writer.
//! - Subject and names have one blank where there is a run of white space.
//! - Text that is no address is told where it stands: `To: staff` is `staff` at `MISSING_DOMAIN`. It
//!   never gets a host that mail could go to. Several fields of a name are one list.
//! - A text without a charset is `us-ascii` (RFC 2046 §4.1.2).
//! - A last line that is not ended is not counted as a line.
//! - `BODY[]` is the message as it is stored, a leading mbox `From ` line included, which belongs
//!   to `BODY[HEADER]` and to no field.
//! - Lines without a colon have no name, so they are in `HEADER.FIELDS.NOT`.
//! - A section that is not there is `NIL`; `BODY[1]` of a message without parts is its body.
//! - A `message/rfc822` that is encoded or lies too deep is told as `APPLICATION/OCTET-STREAM`, a
//!   multipart without parts as one with an empty text, a `message/global` as a part like any
//!   other: the grammar has no other place for them.
//! - `\Seen` is set, and FLAGS told, by what is asked for, whether or not there are such octets.
//!
//! Nothing here recurses. A structure is as deep as [`postrider_mime::Limits`] lets the tree be,
//! 100 levels unless you change it, and costs one pass over the texts, whose lines are counted. The
//! messages attached to one message tell 10,000 addresses together.
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

mod binary;
mod body;
mod casemap;
mod envelope;
mod fetch;
mod messages;
mod metadata;
mod numbers;
mod octets;
mod refused;
mod section;
mod source;

pub mod copy;
pub mod flags;
pub mod list;
pub mod maildrop;
pub mod memory;
pub mod quota;
pub mod results;
pub mod resync;
pub mod search;
pub mod sort;
pub mod thread;
pub mod view;

pub use body::{Form, body};
pub use envelope::envelope;
pub use fetch::{Answer, Answers, Body, Fetch, FetchError, Telling, TellingError, Told};
pub use messages::Messages;
pub use metadata::Metadata;
pub use numbers::{numbers, numbers_by_uid};
pub use octets::Octets;
pub use refused::Refused;
pub use section::section;
pub use source::{Need, NotEnough, Source};
