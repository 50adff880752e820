//! Which UIDs came of APPEND, COPY, MOVE and REPLACE (RFC 4315, RFC 6851, RFC 8508), and where new ones
//! come from (RFC 3501 §2.3.1.1).
//!
//! [`Uids`] gives a mailbox its UIDs, [`Validities`] gives mailboxes their UIDVALIDITY. [`Appended`] and
//! [`Copied`] note which UIDs came of a command, and tell `APPENDUID` and `COPYUID`. [`move_steps`] and
//! [`replace_steps`] have the order in which a server tells what was done.
//!
//! ```
//! use postrider_imap::{Uid, UidValidity};
//! use postrider_mailbox::copy::{Copied, Destination, Uids};
//!
//! let mut uids = Uids::resume(UidValidity::new(38505), Uid::new(3956)?);
//! let mut copied = Copied::new();
//! for source in [304, 319, 320] {
//!     copied.push(Uid::new(source)?, uids.assign()?)?;
//! }
//! let code = copied.code(&Destination::new(uids.validity())).expect("messages were copied");
//! assert_eq!(code.to_string(), "COPYUID 38505 304,319:320 3956:3958");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Choices
//!
//! - 2^32-1 is never the UID of a message: so there is always a UIDNEXT to tell.
//! - Neither code is told of a mailbox that the user cannot select, whose UIDs are none of his
//!   business, nor of one whose UIDs do not persist (RFC 4315 §3), nor when it would have more than
//!   10,000 ranges: all of them may be left out.
//! - MOVE tells `COPYUID`, and REPLACE `APPENDUID`, before the messages vanish.

mod steps;
mod told;
mod uids;

pub use steps::{Step, missing, move_steps, replace_steps, uid_not_sticky};
pub use told::{Appended, Copied, Destination, UnevenUids};
pub use uids::{Exhausted, Uids, Validities};
