//! A store in memory, for tests, and for the tests of what is built upon this crate.
//!
//! An [`Account`] has the mailboxes of one user and the sessions that are open in them. It waits for
//! nothing and writes nothing: what it answers are the values that a server machine sends. Whatever one
//! session does, the others see when they ask for it.
//!
//! ```
//! use postrider_imap::{
//!     Flag, InternalDate, MailboxName, MessageNumber, SequenceSet, StoreCommand, StoreMode,
//!     StoreValue, Uid,
//! };
//! use postrider_mailbox::memory::{Account, NewMessage};
//! use postrider_mailbox::view::{Access, Permit, Update};
//!
//! let mut account = Account::new(1_700_000_000);
//! let inbox = MailboxName::inbox();
//! let (a, b) = (account.open(), account.open());
//! account.select(a, &inbox, Access::ReadWrite, None)?;
//! account.select(b, &inbox, Access::ReadWrite, None)?;
//!
//! let date = InternalDate::from_unix(837_596_665, 0)?;
//! account.deliver(&inbox, NewMessage::new("Subject: one\r\n\r\nHello\r\n", date))?;
//! assert_eq!(account.tell(a, Permit::All), Some(Update::Exists(1)));
//!
//! // One session deletes the message, which the other has not heard of yet.
//! let what = StoreValue::Flags([Flag::Deleted].into());
//! let store = StoreCommand::new(SequenceSet::parse("1")?, StoreMode::Add, what);
//! assert!(account.store(a, &store)?.status.is_ok());
//! account.expunge(a, None)?;
//! assert_eq!(account.tell(b, Permit::All), None);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! FETCH, SEARCH, SORT and THREAD ask [`Opened::messages`], which are [`Messages`](crate::Messages).
//! POP3 has [`Account::maildrop`]. [`Service`] answers an IMAP server machine from an account, to the
//! last command: a server in memory, and an example of what an embedder does.

mod account;
mod changes;
mod mailbox;
mod maildrop;
mod service;
mod session;

pub use account::Account;
pub use changes::{Moved, Stored};
pub use mailbox::{Mailbox, NewMessage};
pub use maildrop::LockedMaildrop;
pub use service::Service;
pub use session::{Opened, Selected, SessionId};
