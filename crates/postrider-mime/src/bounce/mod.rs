//! Notices that mail was not delivered, whoever wrote them.
//!
//! RFC 3464 gives such a notice a form that programs read, [`report`](crate::report); many systems
//! write a text of their own instead. [`Bounce::of`] reads both and tells for each recipient the
//! address, the [`Action`], the [`Status`] and the diagnosis, and where it has them from:
//!
//! | [`Source`] | what is read | certainty |
//! |---|---|---|
//! | `DeliveryStatus` | a part `message/delivery-status` with recipients (RFC 3464) | a standard |
//! | `FailedRecipients` | the field `X-Failed-Recipients`, which Exim writes | a convention |
//! | `Paragraphs` | paragraphs that begin with `<address>:`, as qmail and Postfix write them | a convention |
//! | `List` | addresses at the start of lines behind a sentence such as “could not be delivered to” | the look |
//! | `Sentence` | an address in a known place of a sentence: “Undeliverable Address: …” | the look |
//! | `LocalName` | a name without a domain where an address is expected | the look |
//! | `Unnamed` | the notice says that mail was not delivered, and not to whom | the look |
//!
//! A message that does not look like a notice is none: an answer that quotes one, a message that was
//! delivered or a reply while somebody is away give `None`. What goes by the look of the text can be
//! forged by anybody, and so can the rest: do not act on one bounce alone.
//!
//! ```
//! use postrider_mime::{Message, bounce::{Action, Bounce, Source}};
//!
//! let message = Message::parse(
//!     "From: MAILER-DAEMON@example.org\nSubject: failure notice\n\n\
//!      Hi. This is the qmail-send program at example.org.\n\
//!      I'm afraid I wasn't able to deliver your message to the following addresses.\n\
//!      This is a permanent error; I've given up. Sorry it didn't work out.\n\n\
//!      <joe@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
//!      --- Below this line is a copy of the message.\n\nTo: joe@example.net\n",
//! )?;
//! let bounce = Bounce::of(&message).unwrap();
//! let [joe] = bounce.recipients() else { panic!() };
//! assert_eq!(bounce.source(), Source::Paragraphs);
//! assert_eq!(joe.address(), Some("joe@example.net"));
//! assert_eq!(joe.action(), Action::Failed);
//! assert_eq!(joe.status().to_string(), "5.1.1");
//! assert_eq!(joe.diagnosis(), "Sorry, no mailbox here by that name. (#5.1.1)");
//! # Ok::<(), postrider_mime::TooLarge>(())
//! ```

mod address;
mod delivery_status;
mod evidence;
mod flat;
mod list;
mod local_name;
mod meanings;
mod notice;
mod phrases;
mod read;
mod recipient;
mod sentence;
mod status;

use alloc::vec::Vec;

use crate::Message;
pub use crate::report::{Action, Status};
pub use recipient::{Ground, Recipient};

/// A notice that mail was not delivered, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    source: Source,
    recipients: Vec<Recipient>,
}

impl Bounce {
    /// Reads a message as a bounce; `None` where it is none. At most 64 parts are looked at, and
    /// their first eight texts read, 32,768 characters of each; of recipients as many as
    /// [`Limits`](crate::Limits) allows addresses in a field. Of nested messages only the delivery
    /// status is read that one mail system has wrapped for another.
    pub fn of<B: AsRef<[u8]>>(message: &Message<B>) -> Option<Self> {
        read::bounce(message.root())
    }

    /// How the recipients were found.
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The recipients that have not got the mail, at least one, in the order of the notice; each
    /// once. Where the notice names none there is one without a name.
    pub fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }
}

/// Where the recipients of a bounce stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// In a `message/delivery-status` (RFC 3464).
    DeliveryStatus,
    /// In a field `X-Failed-Recipients`.
    FailedRecipients,
    /// In paragraphs that begin with `<address>:`.
    Paragraphs,
    /// At the start of lines.
    List,
    /// In a sentence.
    Sentence,
    /// Where addresses are expected; a name without a domain.
    LocalName,
    /// Nowhere.
    Unnamed,
}

impl Source {
    /// Whether an RFC says that recipients stand there. The others go by custom, or by the look.
    pub const fn is_standard(self) -> bool {
        matches!(self, Self::DeliveryStatus)
    }
}

/// What a sentence of a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Delayed,
    Failed,
}
