//! SORT (RFC 5256 §3, RFC 5957): messages in the order of the keys that a client asks for.
//!
//! Make a [`Sort`] of the criteria of the command, ask [`Sort::need`] how much of each message must
//! be read, push one message after the other, and take the order at the end. Nothing waits: a store
//! that reads from a disk or a network pushes what has come.
//!
//! ```
//! use postrider_imap::{InternalDate, MessageNumber, SortCriterion, SortKey, Uid};
//! use postrider_mailbox::{Metadata, Need, Source, sort::Sort};
//! use postrider_message::HeaderSection;
//!
//! let by_subject = SortCriterion { reverse: false, key: SortKey::Subject };
//! let mut sort = Sort::new(&[by_subject])?;
//! assert_eq!(sort.need(), Need::Header);
//!
//! let subjects = ["Re: boats", "[list] Anchors", "BOATS"];
//! for (number, subject) in (1..).zip(subjects) {
//!     let mail = format!("Subject: {subject}\r\n\r\n");
//!     let section = HeaderSection::parse(mail.as_bytes());
//!     let date = InternalDate::from_unix(837_596_665, 0)?;
//!     let metadata = Metadata::new(Uid::new(100 + number)?, [], date, mail.len() as u64);
//!     sort.push(MessageNumber::new(number)?, &metadata, Source::header(section.headers()))?;
//! }
//! let order = sort.finish();
//! assert_eq!(order.iter().map(|(number, _)| number.get()).collect::<Vec<_>>(), [2, 1, 3]);
//! assert_eq!(order.iter().map(|(_, uid)| uid.get()).collect::<Vec<_>>(), [102, 101, 103]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! A store that answers at once has [`Sort::sort`], which reads what is needed through
//! [`Messages`](crate::Messages). A store that sorts often may keep the [`SortKeys`] of its messages:
//! they are what the header section would be read for.
//!
//! # Choices
//!
//! - Texts are compared by `i;unicode-casemap` (RFC 5051), which RFC 5256 §7 asks for, and of each no
//!   more than its first 8,192 octets. An octet that is not UTF-8 counts as U+FFFD.
//! - CC, FROM and TO are the `addr-mailbox` of the first address as ENVELOPE tells it: the name of
//!   a group where the field begins with one, `staff` of `To: staff`.
//! - A `Date` that cannot be read, because it tells no day that exists, counts as absent:
//!   INTERNALDATE is used. RFC 5256 §2.2 says both that and "the earliest possible date"; a broken
//!   date should not put a message before all others. A day that exists counts, with
//!   00:00:00 where its time does not, and in UTC where its zone does not.
//! - RELEVANCY (RFC 6203) and ANNOTATION (RFC 5257) need scores and annotations, which are not part
//!   of a message: they are refused, and with them the command (`NO`: "can't sort that criteria").

mod address;
mod criteria;
mod keys;
mod sent_date;
mod sorting;

pub use criteria::UnsupportedKey;
pub use keys::SortKeys;
pub(crate) use keys::prepared;
pub use sent_date::sent_date;
pub use sorting::Sort;
