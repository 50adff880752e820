//! A mailbox as POP3 sees it (RFC 1939): numbers, unique-ids, sizes as sent, and the lock.
//!
//! At login the mailbox is locked with [`Locks`] and read into a [`Snapshot`], which makes the
//! [`Maildrop`](postrider_pop3::Maildrop) that the server machine serves. Its questions come with
//! message numbers, for which the snapshot has UIDs.
//!
//! ```
//! use postrider_imap::{Uid, UidValidity};
//! use postrider_mailbox::maildrop::{Locks, Snapshot};
//!
//! let mut locks = Locks::new();
//! let lock = locks.lock("mrose")?;
//! // A second login is refused with `[IN-USE]`.
//! assert!(locks.lock("mrose").is_err());
//!
//! let sizes = [(Uid::new(7)?, 120), (Uid::new(9)?, 200)];
//! let snapshot = Snapshot::new(UidValidity::new(38505), sizes);
//! let maildrop = snapshot.maildrop();
//! assert_eq!(maildrop.len(), 2);
//!
//! // Event::Retrieve with message 2:
//! assert_eq!(snapshot.uid(2), Some(Uid::new(9)?));
//! // Event::Commit with what was deleted; at any other end of the session nothing is.
//! assert_eq!(snapshot.uids(&[2]), [Uid::new(9)?]);
//! locks.unlock(lock);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Choices
//!
//! - The unique-id of a message is its UIDVALIDITY and its UID, each in eight hexadecimal digits. IMAP
//!   never gives the two to another message, and so POP3 never gives the unique-id (RFC 1939 §7). A
//!   store that had others before keeps them with [`Snapshot::maildrop_with`].
//! - The size of a message is that of what is sent: each line end is CRLF, the last line is complete,
//!   dots are not doubled (RFC 1939 §11). [`Snapshot::open`] reads the messages to count it, unless the
//!   [`Policy`] says that the store keeps them like that.
//! - The lock keeps out other POP3 sessions alone. What IMAP expunges while a maildrop is open keeps
//!   its number, for numbers do not change in a session (RFC 1939 §3). It cannot be retrieved any
//!   more: [`Snapshot::octets`] has nothing, and the server is to say `-ERR` (`Machine::decline`). To
//!   delete it does no harm. What comes meanwhile is seen at the next login.
//! - Messages with `\Deleted` are shown: they are there until IMAP expunges them.
//!   [`Policy::hiding_deleted`] shows them as IMAP clients mostly do.

mod locks;
mod snapshot;

pub use locks::{InUse, Lock, Locks};
pub use snapshot::{Policy, Snapshot, unique_id};
