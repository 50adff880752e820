//! The numbers that one session has for the messages of a mailbox, and the news it has not been told.
//!
//! Many sessions share a mailbox, and each sees it as far as it was told: a client counts on message
//! numbers that change only when its own session says so (RFC 3501 §7.4.1). So each session has a
//! [`View`]. The store tells all views of a mailbox whatever happens there, at once and by UID, the
//! session's own doings included, but for what one of its own responses tells anyway:
//!
//! | what happens | the store calls | the view queues |
//! |---|---|---|
//! | messages come | [`View::appended`] | EXISTS, RECENT |
//! | messages are expunged | [`View::expunged`] | EXPUNGE, or VANISHED |
//! | flags or MODSEQ change | [`View::changed`] | FETCH |
//! | a FETCH response tells flags | [`View::told`] | no FETCH of these any more |
//! | SEARCH saves its result | [`View::save`], [`View::clear_saved`] | nothing: `$` is set |
//! | the mailbox is deleted and created again | | nothing: the view belongs to the mailbox that was |
//!
//! and the session calls [`View::tell`] until it gives no more, with what may be told: what the server
//! machine allows, or [`Permit::of`] the command.
//!
//! | when | [`Permit`] | what may be told |
//! |---|---|---|
//! | NOOP, IDLE, CHECK, EXPUNGE, COPY, APPEND; UID commands | [`Permit::All`] | all |
//! | FETCH, STORE, SEARCH, SORT, THREAD; UID SEARCH by message numbers (RFC 7162 §3.2.10.2) | [`Permit::WithoutExpunge`] | all but EXPUNGE and VANISHED |
//! | no command is in progress | [`Permit::WithoutExpunge`] | the same (RFC 3501 §5.3) |
//!
//! Updates come in the one order in which every number is right: EXPUNGE, each with the number that the
//! message has at that moment, then EXISTS, RECENT, FETCH.
//!
//! - While a message may not go it keeps its number, and [`View::is_gone`] knows. A command that names
//!   it is answered with `[EXPUNGEISSUED]` (RFC 2180 §4, RFC 5530); its flags are not told.
//! - A message that comes and goes before it was told is never told.
//! - Changes of the same message are one FETCH, with the flags as they are when it is sent.
//! - With [`Extension::Qresync`] or [`Extension::UidOnly`] VANISHED stands for EXPUNGE; with the
//!   latter UIDFETCH stands for FETCH. Both may be enabled while news are queued.
//! - RECENT comes when its number differs from the last, so also when recent messages have gone.
//!   IMAP4rev2 has none.
//!
//! # Two sessions
//!
//! ```
//! use postrider_imap::{MessageNumber, SequenceSet, Uid};
//! use postrider_mailbox::view::{Access, Extension, Numbering, Permit, Recents, Update, View};
//!
//! let uid = |uid| Uid::new(uid).unwrap();
//! let number = |number| MessageNumber::new(number).unwrap();
//!
//! // Three messages, which nobody was told of, and two sessions that select the mailbox.
//! let messages = Numbering::new([4, 5, 8].map(uid))?;
//! let recents = Recents::new(None);
//! let mut a = View::new(messages.clone()).with_recents(&recents, Access::ReadWrite);
//! let mut b = View::new(messages).with_recents(&recents, Access::ReadWrite);
//! assert_eq!((a.exists(), a.recent()), (3, 3));
//! assert_eq!((b.exists(), b.recent()), (3, 0));
//!
//! // Session A flags the last message, expunges the first, and mail comes.
//! for view in [&mut a, &mut b] {
//!     view.changed(uid(8));
//!     view.expunged(uid(4));
//!     view.appended(uid(9))?;
//! }
//!
//! // Session B fetches, so nothing may go: number 1 is still the message that is gone.
//! assert_eq!(b.tell(Permit::WithoutExpunge), Some(Update::Exists(4)));
//! assert_eq!(b.tell(Permit::WithoutExpunge), Some(Update::Recent(1)));
//! assert_eq!(b.tell(Permit::WithoutExpunge), Some(Update::Fetch { number: number(3), uid: uid(8) }));
//! assert_eq!(b.tell(Permit::WithoutExpunge), None);
//! let named = b.messages(&SequenceSet::parse("1:2")?.into(), false)?;
//! assert!(named.any_gone());
//! assert_eq!(named.collect::<Vec<_>>(), [(number(1), uid(4)), (number(2), uid(5))]);
//!
//! // With NOOP it may, and the others move up.
//! assert_eq!(b.tell(Permit::All), Some(Update::Expunge(number(1))));
//! assert_eq!(b.tell(Permit::All), None);
//! assert_eq!(b.number(uid(9)), Some(number(3)));
//!
//! // Session A has enabled QRESYNC. B was told of the new message first, so it is not recent here.
//! a.enable(Extension::Qresync);
//! let Some(Update::Vanished(uids)) = a.tell(Permit::All) else { panic!("a message is gone") };
//! assert_eq!(uids.to_string(), "4");
//! assert_eq!(a.tell(Permit::All), Some(Update::Exists(3)));
//! assert_eq!(a.tell(Permit::All), Some(Update::Recent(2)));
//! assert_eq!(a.tell(Permit::All), Some(Update::Fetch { number: number(2), uid: uid(8) }));
//! assert_eq!(a.tell(Permit::All), None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # What it costs
//!
//! A [`Numbering`] finds a message by number or UID, takes it out or adds one in O(log n) and a block of
//! 512 messages. News are ranges: 1:* of a mailbox that was flagged or expunged is one, whatever gaps
//! there are between the UIDs. Where every other message has changed a queue is at its longest: 10
//! octets for each message that the session knows. New messages wait in the numbering itself.
//!
//! No call panics, in whatever order: UIDs that are not there, or are told to be gone twice, change
//! nothing, and only UIDs that do not ascend are an error.

mod bits;
mod block;
mod counts;
mod marks;
mod named;
mod numbering;
mod permit;
mod range;
mod recents;
mod session;
mod tell;
mod update;
mod viewed;
mod walk;

pub use named::{Named, NoSuchNumber};
pub use numbering::{NotAscending, Numbering};
pub use permit::Permit;
pub use range::UidRange;
pub use recents::{Access, Recents};
pub use session::View;
pub use update::{Extension, Update};
pub use viewed::Viewed;
pub use walk::{Ranges, Walk};
