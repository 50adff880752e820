//! Whether a machine may answer a mail, and how (RFC 3834): out-of-office notices, receipts of a
//! service, mail filters that say no.
//!
//! An answer to the wrong mail ends in a loop, or at somebody who never wrote. [`Responder::decide`]
//! says whether to answer and where to, or [why not](NoReply); [`may_repeat`] whether the same sender
//! may be told again.
//!
//! ```
//! use postrider_message::{AddrSpec, DateTime, HeaderSection, Mailbox, Zone};
//! use postrider_relay::auto_reply::{NoReply, Responder, ResponderKind};
//! use postrider_smtp::{Mailbox as Address, ReversePath};
//!
//! let joe = Responder::new(ResponderKind::Personal, vec![Address::parse("joe@example.com")?]);
//! let from = ReversePath::parse("mary@example.net")?;
//!
//! let mail = HeaderSection::parse(
//!     "From: Mary <mary@example.net>\nTo: joe@example.com\nSubject: Lunch\nMessage-ID: <1@example.net>\n\n",
//! );
//! let reply = joe.decide(mail.headers(), Some(&from))?;
//! assert_eq!(reply.to().to_string(), "<mary@example.net>");
//! let header = reply.header(
//!     &Mailbox::new(AddrSpec::new("joe", "example.com")?),
//!     &DateTime::from_unix(880_127_706, Zone::UTC)?,
//!     &[7; 32],
//! )?;
//! assert!(header.as_str().contains("Subject: Auto: Lunch\r\nIn-Reply-To: <1@example.net>\r\n"));
//! assert!(header.as_str().ends_with("Auto-Submitted: auto-replied\r\n"));
//!
//! let list = HeaderSection::parse("To: joe@example.com\nList-Id: <rust.example.net>\n\n");
//! assert_eq!(joe.decide(list.headers(), Some(&from)).unwrap_err(), NoReply::MailingList);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decide;
mod reason;
mod repeat;
mod reply;
mod senders;

use alloc::vec::Vec;

use postrider_message::Headers;
use postrider_smtp::{Mailbox, ReversePath};

pub use reason::NoReply;
pub use repeat::{REPEAT_AFTER, may_repeat};
pub use reply::AutoReply;

/// For whom it answers (RFC 3834 §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponderKind {
    /// For a person.
    Personal,
    /// For a group of persons, of whom one will answer.
    Group,
    /// For a service, such as one that subscribes to a list: it answers mail that was meant for it.
    Service,
}

/// Who answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responder {
    kind: ResponderKind,
    own: Vec<Mailbox>,
}

impl Responder {
    /// A responder of this kind with all of its addresses: mail to any of them may come into the same
    /// mailbox (RFC 3834 §2).
    #[must_use]
    pub const fn new(kind: ResponderKind, own: Vec<Mailbox>) -> Self {
        Self { kind, own }
    }

    /// Whether to answer a mail with these fields, and how. The `return_path` is where it came from: the
    /// reverse-path of `MAIL`, or `Return-Path` of a mail that was delivered; `None` reads that field. No
    /// answer goes anywhere else (RFC 3834 §4): what `From` and `Reply-To` say is easily forged, and
    /// nobody would learn of a loop.
    ///
    /// # Errors
    ///
    /// [`NoReply`], the first that holds.
    pub fn decide<'a>(
        &self,
        headers: Headers<'a>,
        return_path: Option<&ReversePath>,
    ) -> Result<AutoReply<'a>, NoReply> {
        decide::decide(self, headers, return_path)
    }
}
