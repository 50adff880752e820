//! Which mail a notification is about.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use postrider_mime::bounce::Action;
use postrider_smtp::{EnhancedStatusCode, EnvelopeId, ForwardPath, OriginalRecipient};

use super::{Returned, ReturnedRecipient};
use crate::queue::QueueItem;

/// A mail that was sent, as far as it is known again in what comes back.
///
/// **Make `ENVID` carry the name that the mail has in the queue**, with something behind it that cannot
/// be guessed, such as a keyed digest of that name: then what comes back finds its mail without a
/// search, and who did not see the envelope cannot forge it. Hosts without DSN do not pass it on, so that
/// `Message-ID` must do the same, as what comes back of most mails has it; but every recipient has seen
/// that one. A recipient proves nothing.
///
/// ```
/// use postrider_mime::{Message, bounce::Action};
/// use postrider_relay::dsn::{MatchedBy, Returned, SentMail, SentRecipient};
/// use postrider_smtp::{EnvelopeId, ForwardPath};
///
/// // MAIL FROM:<alice@example.org> ENVID=4QxL2f1Z3s.5d41402a
/// let sent = SentMail::new(vec![
///     SentRecipient::new(ForwardPath::parse("bob@example.com")?, None),
///     SentRecipient::new(ForwardPath::parse("joe@example.com")?, None),
/// ])
/// .with_envelope_id(EnvelopeId::encode("4QxL2f1Z3s.5d41402a")?);
/// # let message = Message::parse(
/// #     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
/// #      --b\nContent-Type: message/delivery-status\n\n\
/// #      Original-Envelope-Id: 4QxL2f1Z3s.5d41402a\nReporting-MTA: dns; mx.example.net\n\n\
/// #      Final-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.1.1\n--b--\n",
/// # )?;
/// let returned = Returned::read(&message).expect("it is a report");
/// let told = returned.matched(&sent).expect("it is about this mail");
/// assert_eq!(told.by, MatchedBy::EnvelopeId);
/// assert_eq!((told.recipients[0].index, told.recipients[0].action), (1, Action::Failed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SentMail {
    /// What was given as `ENVID`.
    pub envelope_id: Option<EnvelopeId>,
    /// Its `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// To whom.
    pub recipients: Vec<SentRecipient>,
}

/// One recipient of a mail that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SentRecipient {
    /// The path of `RCPT`.
    pub path: ForwardPath,
    /// What was given as `ORCPT`.
    pub original: Option<OriginalRecipient>,
}

impl SentRecipient {
    /// A recipient.
    #[must_use]
    pub const fn new(path: ForwardPath, original: Option<OriginalRecipient>) -> Self {
        Self { path, original }
    }
}

impl SentMail {
    /// A mail of the queue, without its `Message-ID`, which stands in its octets. Make it when the mail
    /// arrives, and keep it for as long as bounces may come, a week or more: the item is gone before.
    #[must_use]
    pub fn of(item: &QueueItem) -> Self {
        let recipients = item.recipients.iter();
        let recipients = recipients
            .map(|one| SentRecipient::new(one.path.clone(), one.parameters.orcpt.clone()))
            .collect();
        Self { envelope_id: item.parameters.envid.clone(), ..Self::new(recipients) }
    }

    /// A mail to these.
    #[must_use]
    pub const fn new(recipients: Vec<SentRecipient>) -> Self {
        Self { envelope_id: None, message_id: None, recipients }
    }

    /// The same with what was given as `ENVID`.
    #[must_use]
    pub fn with_envelope_id(mut self, id: EnvelopeId) -> Self {
        self.envelope_id = Some(id);
        self
    }

    /// The same with its `Message-ID`, with or without angle brackets.
    #[must_use]
    pub fn with_message_id(mut self, id: &str) -> Self {
        self.message_id = Some(bare_id(id).to_owned());
        self
    }
}

/// What a notification says of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match {
    /// By what it is known that it is about this mail.
    pub by: MatchedBy,
    /// Those recipients of the notification that the mail has, in its order.
    pub recipients: Vec<MatchedRecipient>,
}

/// By what a notification was matched, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MatchedBy {
    /// By `ENVID`, which hosts on the way know, and no recipient.
    EnvelopeId,
    /// By `Message-ID`, which all know who got the mail.
    MessageId,
    /// By a recipient alone, which anybody can guess.
    Recipient,
}

/// What became of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchedRecipient {
    /// Its place among the recipients of the mail.
    pub index: usize,
    /// What was done.
    pub action: Action,
    /// Why, as far as it is told.
    pub status: Option<EnhancedStatusCode>,
}

pub(super) fn matched(returned: &Returned, sent: &SentMail) -> Option<Match> {
    let by = if let (Some(told), Some(id)) = (&returned.envelope_id, &sent.envelope_id) {
        // Its xtext is undone where it comes back (RFC 3461 §6.3 (a)); some copy it as it stands.
        let same = *told == id.decoded() || told == id.as_xtext();
        same.then_some(MatchedBy::EnvelopeId)?
    } else if let (Some(told), Some(id)) = (&returned.message_id, &sent.message_id) {
        (bare_id(told) == bare_id(id)).then_some(MatchedBy::MessageId)?
    } else {
        MatchedBy::Recipient
    };
    let names = Names::of(&sent.recipients);
    let mut recipients = Vec::new();
    for one in &returned.recipients {
        let index = names.find(one).or_else(|| {
            let alone = sent.recipients.len() == 1 && returned.recipients.len() == 1;
            (alone && by != MatchedBy::Recipient).then_some(0)
        });
        let (action, status) = (one.action, one.status);
        recipients.extend(index.map(|index| MatchedRecipient { index, action, status }));
    }
    if by == MatchedBy::Recipient && recipients.is_empty() {
        return None;
    }
    Some(Match { by, recipients })
}

fn bare_id(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

/// Where the recipients of a mail are, by what they are called: as they stand, and in small letters,
/// for many hosts change the case. The first one of a name counts.
struct Names {
    exact: BTreeMap<String, usize>,
    lower: BTreeMap<String, usize>,
}

impl Names {
    fn of(sent: &[SentRecipient]) -> Self {
        let mut names = Self { exact: BTreeMap::new(), lower: BTreeMap::new() };
        // The address that the sender gave as the original one comes first (RFC 3464 Appendix C).
        let originals = sent
            .iter()
            .map(|one| one.original.as_ref().map(OriginalRecipient::decoded).unwrap_or_default());
        let paths = sent.iter().map(|one| match one.path.mailbox() {
            Some(mailbox) => mailbox.to_string(),
            None => "Postmaster".to_owned(),
        });
        for (index, name) in originals.enumerate().chain(paths.enumerate()) {
            if !name.is_empty() {
                names.lower.entry(name.to_lowercase()).or_insert(index);
                names.exact.entry(name).or_insert(index);
            }
        }
        names
    }

    fn find(&self, one: &ReturnedRecipient) -> Option<usize> {
        let called = || [one.original.as_deref(), one.last.as_deref()].into_iter().flatten();
        called()
            .find_map(|name| self.exact.get(name).copied())
            .or_else(|| called().find_map(|name| self.lower.get(&name.to_lowercase()).copied()))
    }
}
