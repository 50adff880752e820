//! What changed since a client was here (RFC 7162).
//!
//! A server that offers QRESYNC remembers which messages are gone, and when they went: that is
//! [`Expunged`], of bounded size. A client that comes back tells what it knows ([`Known`], from
//! SELECT or from UID FETCH), and is told what is gone, in one VANISHED (EARLIER), and which messages
//! changed, in FETCH responses.
//!
//! ```
//! use postrider_imap::{ModSeq, NumberList, NumberRange, Uid, UidRanges};
//! use postrider_mailbox::resync::{Expunged, Known};
//!
//! let uid = |uid| Uid::new(uid).unwrap();
//! let mut expunged = Expunged::new(100);
//! expunged.push(ModSeq::new(12_346)?, &[uid(405), uid(411)].into_iter().collect());
//!
//! // s100 UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)
//! let asked = NumberRange::new(uid(300).nonzero(), uid(500).nonzero());
//! let known = Known::new(ModSeq::new(12_345)?).with_uids([asked].into_iter().collect());
//! let exist: UidRanges = [uid(404), uid(406)].into_iter().collect();
//! let gone = known.vanished(&expunged, exist.ranges(), uid(501)).unwrap();
//! assert_eq!(gone.to_string(), "405,411");
//! # Ok::<(), postrider_imap::InvalidValue>(())
//! ```

mod expunged;
mod known;

pub use expunged::Expunged;
pub use known::Known;
