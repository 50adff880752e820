//! A mail in the queue: what has to be kept of it from one attempt to the next.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_smtp::{ForwardPath, MailParameters, RcptParameters, ReversePath};

use super::Trouble;
use crate::address::domain_key;

/// A mail in the queue, without its octets: all that a [`super::Delivery`] needs to go on after a stop,
/// and nothing else. With the feature `serde` any store can hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct QueueItem {
    /// Its name in the queue, unlike that of any other. Names that are made of it have `.2` (a part of it,
    /// by domain) or `-n0` (a notice about it) behind it.
    pub id: String,
    /// Where it comes from, and bounces go to.
    pub sender: ReversePath,
    /// What came with `MAIL`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub parameters: MailParameters,
    /// When it arrived, in seconds since 1970.
    pub arrived: i64,
    /// Whether its header section says `TLS-Required: No` (RFC 8689 §3):
    /// [`tls_required_no`](crate::tls::require_tls::tls_required_no) tells.
    #[cfg_attr(feature = "serde", serde(default))]
    pub tls_optional: bool,
    /// The notice that it is, if it is one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub notice_of: Option<NoticeOf>,
    /// How many notices its sender was told.
    #[cfg_attr(feature = "serde", serde(default))]
    pub notices: u32,
    /// Its recipients; those that have their end too.
    pub recipients: Vec<QueuedRecipient>,
}

/// Which notice a mail is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NoticeOf {
    /// The mail that it is about.
    pub id: String,
    /// How many notices of that mail there were before.
    pub number: u32,
}

/// One recipient of a mail in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct QueuedRecipient {
    /// Where the mail goes to.
    pub path: ForwardPath,
    /// What came with `RCPT`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub parameters: RcptParameters,
    /// How far it is.
    pub state: RecipientState,
}

/// How far a mail is on its way to a recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum RecipientState {
    /// It is to be tried.
    #[non_exhaustive]
    Waiting {
        /// How often it was tried.
        #[cfg_attr(feature = "serde", serde(default))]
        attempts: u32,
        /// When it is to be tried, in seconds since 1970.
        next: i64,
        /// Why it did not arrive the last time.
        #[cfg_attr(feature = "serde", serde(default))]
        last: Option<Trouble>,
        /// The sender heard that it is late.
        #[cfg_attr(feature = "serde", serde(default))]
        late_told: bool,
    },
    /// A host has it.
    #[non_exhaustive]
    Delivered {
        /// Which.
        host: String,
        /// When, in seconds since 1970.
        at: i64,
        /// That host does not report on deliveries, and the sender, who asked for that, is still to hear
        /// so.
        to_tell: bool,
    },
    /// It does not arrive.
    #[non_exhaustive]
    Failed {
        /// Why.
        trouble: Trouble,
        /// The sender is still to hear so.
        to_tell: bool,
    },
}

impl QueueItem {
    /// A mail that has just arrived, without recipients.
    #[must_use]
    pub fn new(id: impl Into<String>, sender: ReversePath, arrived: i64) -> Self {
        Self {
            id: id.into(),
            sender,
            parameters: MailParameters::new(),
            arrived,
            tls_optional: false,
            notice_of: None,
            notices: 0,
            recipients: Vec::new(),
        }
    }

    /// Sets what came with `MAIL`.
    #[must_use]
    pub fn with_parameters(mut self, parameters: MailParameters) -> Self {
        self.parameters = parameters;
        self
    }

    /// Adds a recipient, who is to be tried at once.
    #[must_use]
    pub fn to(self, path: ForwardPath) -> Self {
        self.with_recipient(path, RcptParameters::new())
    }

    /// Adds a recipient, who is to be tried at once, with what came with `RCPT`.
    #[must_use]
    pub fn with_recipient(mut self, path: ForwardPath, parameters: RcptParameters) -> Self {
        let state = RecipientState::Waiting {
            attempts: 0,
            next: self.arrived,
            last: None,
            late_told: false,
        };
        self.recipients.push(QueuedRecipient { path, parameters, state });
        self
    }

    /// Sets that its header section says `TLS-Required: No` (RFC 8689 §3).
    #[must_use]
    pub fn with_tls_optional(mut self, optional: bool) -> Self {
        self.tls_optional = optional;
        self
    }

    /// Whether everything has its end: no recipient waits, and nobody is to be told anything.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.recipients.iter().all(|recipient| match &recipient.state {
            RecipientState::Waiting { .. } => false,
            RecipientState::Delivered { to_tell, .. } | RecipientState::Failed { to_tell, .. } => {
                !to_tell
            }
        })
    }

    /// Whether this is a notice that the mail it is about has not recorded yet. Then it is not sent; and
    /// where it is found so after a stop, it is to be removed: the mail makes it anew. `about` is the mail
    /// of that [id](NoticeOf::id), if it is still in the queue.
    #[must_use]
    pub fn is_held(&self, about: Option<&Self>) -> bool {
        match (&self.notice_of, about) {
            (Some(notice), Some(about)) => notice.id == about.id && about.notices <= notice.number,
            _ => false,
        }
    }

    /// One item for each domain of its recipients, so that each can be delivered beside the others. The
    /// first keeps the name; that of the others has `.2`, `.3` and so on behind it. All have the same
    /// octets.
    ///
    /// They must be put into the store all at once, or the mail is lost for some.
    #[must_use]
    pub fn split_by_domain(mut self) -> Vec<Self> {
        let mut recipients: Vec<Option<QueuedRecipient>> =
            core::mem::take(&mut self.recipients).into_iter().map(Some).collect();
        let paths = recipients.iter().flatten().map(|one| &one.path).enumerate();
        let domains = by_domain(paths);
        let of = |(n, (_, those)): (usize, (String, Vec<usize>))| Self {
            id: match n {
                0 => self.id.clone(),
                n => format!("{}.{}", self.id, n.saturating_add(1)),
            },
            recipients: those
                .into_iter()
                .filter_map(|one| recipients.get_mut(one).and_then(Option::take))
                .collect(),
            ..self.clone()
        };
        domains.into_iter().enumerate().map(of).collect()
    }
}

impl QueuedRecipient {
    /// Whether it is to be tried at this time.
    pub(super) fn is_due(&self, now: i64) -> bool {
        matches!(self.state, RecipientState::Waiting { next, .. } if next <= now)
    }
}

/// What the domain of a recipient is compared by; nothing for the postmaster of nowhere.
pub(super) fn key(path: &ForwardPath) -> String {
    path.mailbox().map(|mailbox| domain_key(mailbox.domain())).unwrap_or_default()
}

/// Recipients by domain, in the order in which domains are first named.
pub(super) fn by_domain<'a>(
    paths: impl Iterator<Item = (usize, &'a ForwardPath)>,
) -> Vec<(String, Vec<usize>)> {
    let mut domains: Vec<(String, Vec<usize>)> = Vec::new();
    let mut places = BTreeMap::new();
    for (one, path) in paths {
        let key = key(path);
        let place = *places.entry(key.clone()).or_insert(domains.len());
        match domains.get_mut(place) {
            Some((_, those)) => those.push(one),
            None => domains.push((key, Vec::from([one]))),
        }
    }
    domains
}
