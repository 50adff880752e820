//! Notifications that come back.

mod matching;
mod original_id;
mod read;

use alloc::string::String;
use alloc::vec::Vec;

use postrider_mime::Message;
use postrider_mime::bounce::{Action, Source};
use postrider_smtp::EnhancedStatusCode;

pub use matching::{Match, MatchedBy, MatchedRecipient, SentMail, SentRecipient};

/// A notification about a mail that was sent: a report of RFC 3464, or a text that says that a mail was
/// not delivered.
///
/// Anybody can write one. Believe it as far as it names what only the way of the mail could know: see
/// [`SentMail`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Returned {
    /// The name that the sender gave the sending as `ENVID` (`Original-Envelope-Id`, RFC 3464 §2.2.1).
    pub envelope_id: Option<String>,
    /// The identifier of the mail, without angle brackets: of what came back of it, else of a line of
    /// the text that looks like the field, else what the notification answers to.
    pub message_id: Option<String>,
    /// Who reports (`Reporting-MTA`, RFC 3464 §2.2.2).
    pub reporting_mta: Option<String>,
    /// What became of whom; never none.
    pub recipients: Vec<ReturnedRecipient>,
    /// Where the recipients stand: whether in a report or by the look of a text.
    pub source: Source,
}

/// One recipient of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReturnedRecipient {
    /// Whom the sender wrote to (`Original-Recipient`, RFC 3464 §2.3.1).
    pub original: Option<String>,
    /// Whom it is about (`Final-Recipient`, RFC 3464 §2.3.2). A local name in some texts.
    pub last: Option<String>,
    /// What was done.
    pub action: Action,
    /// Why, as far as it is told: of a report that says no more than `5.0.0` that of its diagnosis.
    pub status: Option<EnhancedStatusCode>,
    /// The words of the other side, one line; empty where there are none.
    pub diagnostic: String,
}

impl ReturnedRecipient {
    /// The address that the sender knows: the original one, else the last one.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.original.as_deref().or(self.last.as_deref())
    }
}

impl Returned {
    /// Reads a message as a notification; `None` where it is none. The cost is that of
    /// [`Bounce::of`](postrider_mime::bounce::Bounce::of).
    ///
    /// ```
    /// use postrider_mime::{Message, bounce::Action};
    /// use postrider_relay::dsn::Returned;
    ///
    /// let message = Message::parse(
    ///     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
    ///      --b\n\nYour mail could not be delivered.\n\
    ///      --b\nContent-Type: message/delivery-status\n\n\
    ///      Original-Envelope-Id: QQ314159\nReporting-MTA: dns; mx.example.net\n\n\
    ///      Final-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.1.1\n\
    ///      --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@example.org>\n--b--\n",
    /// )?;
    /// let returned = Returned::read(&message).expect("it is one");
    /// assert_eq!(returned.envelope_id.as_deref(), Some("QQ314159"));
    /// assert_eq!(returned.message_id.as_deref(), Some("1@example.org"));
    /// let joe = &returned.recipients[0];
    /// assert_eq!((joe.address(), joe.action), (Some("joe@example.com"), Action::Failed));
    /// assert_eq!(joe.status.unwrap().to_string(), "5.1.1");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    #[must_use]
    pub fn read<B: AsRef<[u8]>>(message: &Message<B>) -> Option<Self> {
        read::report(message.root()).or_else(|| read::bounce(message))
    }

    /// What it says of a mail that was sent, or `None` where it is about another one. By the first of
    /// these that both have:
    ///
    /// 1. the envelope identifier;
    /// 2. the identifier of the mail;
    /// 3. a recipient, which is weak: it says that some mail to it was not delivered.
    ///
    /// Where they differ in the first that both have, it is about another mail. Recipients that the
    /// mail did not have are left out; where it had one alone, and the notification has one alone, that
    /// is this one, whatever it is called where the mail was forwarded to.
    #[must_use]
    pub fn matched(&self, sent: &SentMail) -> Option<Match> {
        matching::matched(self, sent)
    }
}
