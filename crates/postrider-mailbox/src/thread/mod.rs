//! THREAD (RFC 5256 §3): messages as the discussions that they are part of.
//!
//! Make [`Threads`] by the [`Algorithm`] of the command, push one message after the other, and take
//! the answer at the end. It needs the header section of each message.
//!
//! ```
//! use postrider_imap::{Atom, InternalDate, MessageNumber, Uid};
//! use postrider_mailbox::{Metadata, Source, thread::{Algorithm, Threads}};
//! use postrider_message::HeaderSection;
//!
//! let mut threads = Threads::new(Algorithm::of(&Atom::new("REFERENCES")?)?);
//! let mails = [
//!     "Message-ID: <1@a.example>\r\nSubject: Boats\r\n\r\n",
//!     "Message-ID: <2@a.example>\r\nSubject: Anchors\r\n\r\n",
//!     "Message-ID: <3@a.example>\r\nReferences: <1@a.example>\r\nSubject: Re: Boats\r\n\r\n",
//! ];
//! for (number, mail) in (1..).zip(mails) {
//!     let section = HeaderSection::parse(mail);
//!     let date = InternalDate::from_unix(i64::from(number), 0)?;
//!     let metadata = Metadata::new(Uid::new(number)?, [], date, mail.len() as u64);
//!     threads.push(MessageNumber::new(number)?, &metadata, Source::header(section.headers()))?;
//! }
//! // (1 3)(2)
//! let thread = threads.finish(false);
//! let places: Vec<_> = thread.nodes().iter().map(|node| (node.depth, node.number.unwrap().get())).collect();
//! assert_eq!(places, [(0, 1), (1, 3), (0, 2)]);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! A store that answers at once has [`Threads::thread`]; one that threads often may keep the
//! [`ThreadKeys`] of its messages.
//!
//! # Choices
//!
//! - REFERENCES is steps 1 to 6 of RFC 5256 §3 to the letter, whatever the order in which messages
//!   are pushed: the one with the lowest number is looked at first. In step 1.B the link to another
//!   parent is broken first; where the new one would make a loop there is none then.
//! - The text of step 5 and of ORDEREDSUBJECT is the base subject as SORT compares it, and so is the
//!   sent date. Messages without a base subject are one thread of ORDEREDSUBJECT, and are not
//!   gathered by REFERENCES.
//! - A missing message is told only where it holds two or more threads together, as
//!   [`Thread`](postrider_imap::Thread) tells it.
//!
//! Nothing recurses, and no discussion is too deep. It takes n log n steps for n identifiers and
//! messages: a link is looked at for loops in a tree of paths, not by walking up to the first
//! message. Each identifier is kept once.

mod algorithm;
mod forest;
mod gather;
mod identifiers;
mod keys;
mod ordered_subject;
mod references;
mod siblings;
mod threads;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use keys::ThreadKeys;
pub use threads::Threads;
