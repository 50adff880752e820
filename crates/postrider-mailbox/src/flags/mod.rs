//! What flags a mailbox keeps, and what STORE makes of them (RFC 3501 §6.4.6, RFC 7162 §3.1).
//!
//! [`MailboxFlags`] knows which flags there are in a mailbox, which of them last, and whether clients
//! may make new ones; it is what FLAGS and PERMANENTFLAGS tell. [`Store`] is a STORE command that was
//! read against it: it tells for one message after the other what becomes of its flags, and in the end
//! what the tagged response says.
//!
//! ```
//! use postrider_imap::{
//!     Code, Flag, InternalDate, MessageNumber, MessageSet, ModSeq, SequenceSet, StoreCommand, StoreMode,
//!     StoreValue, Uid,
//! };
//! use postrider_mailbox::Metadata;
//! use postrider_mailbox::flags::{MailboxFlags, Outcome, Store};
//!
//! // d105 STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS.SILENT (\Deleted)
//! let what = StoreValue::Flags([Flag::Deleted].into());
//! let command = StoreCommand::new(SequenceSet::parse("7,5,9")?, StoreMode::Add, what)
//!     .with_unchanged_since(ModSeq::new(320_162_338)?)
//!     .with_silent();
//! let mut flags = MailboxFlags::new();
//! let mut store = Store::new(&command, &mut flags)?;
//!
//! let message = |uid, mod_seq| {
//!     let date = InternalDate::from_unix(0, 0)?;
//!     Ok::<_, Box<dyn core::error::Error>>(
//!         Metadata::new(Uid::new(uid)?, [], date, 100).with_mod_seq(ModSeq::new(mod_seq)?),
//!     )
//! };
//! // Somebody else changed message 7 meanwhile.
//! let number = |number| MessageNumber::new(number).unwrap();
//! assert_eq!(store.apply(number(7), &message(107, 320_162_342)?), Outcome::Modified);
//! assert_eq!(store.apply(number(5), &message(105, 320_162_330)?), Outcome::Changed([Flag::Deleted].into()));
//! assert_eq!(store.apply(number(9), &message(109, 320_162_349)?), Outcome::Modified);
//! // The client is told the new MODSEQ of message 5, but no flags, which it knows.
//! assert!(store.tells().mod_seq && !store.tells().flags);
//! assert_eq!(store.finish().code, Some(Code::Modified(SequenceSet::parse("7,9")?)));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod mailbox;
mod store;
mod tells;

pub use mailbox::{Admitted, KeywordLimit, MailboxFlags};
pub use store::{Outcome, Store, StoreError};
pub use tells::Tells;
