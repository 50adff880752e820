//! The messages that were found, in an order.

use alloc::vec::Vec;

use postrider_imap::{MessageNumber, ModSeq, NumberList, Uid};

/// A message that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "what can be told of a message that was found")]
pub struct FoundMessage {
    /// Its place in the mailbox.
    pub number: MessageNumber,
    /// Its UID.
    pub uid: Uid,
    /// When something of it was last changed; zero, which no message has, where nobody counts.
    pub mod_seq: ModSeq,
}

impl FoundMessage {
    /// A message.
    #[must_use]
    pub fn new(number: MessageNumber, uid: Uid, mod_seq: Option<ModSeq>) -> Self {
        Self { number, uid, mod_seq: mod_seq.unwrap_or_default() }
    }
}

/// The messages that were found: in the order of the mailbox, as SEARCH tells them, or in another one,
/// as SORT does.
///
/// ```
/// use postrider_imap::{MessageNumber, Uid};
/// use postrider_mailbox::results::{Found, FoundMessage};
///
/// let message = |number, uid| -> Result<_, postrider_imap::InvalidValue> {
///     Ok(FoundMessage::new(MessageNumber::new(number)?, Uid::new(uid)?, None))
/// };
/// let found: Found = [message(2, 14)?, message(5, 21)?].into_iter().collect();
/// assert_eq!(found.numbers(true).to_string(), "14,21");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found(Vec<FoundMessage>);

impl Found {
    /// Adds a message at the end.
    pub fn push(&mut self, message: FoundMessage) {
        self.0.push(message);
    }

    /// The messages in their order.
    #[must_use]
    pub fn messages(&self) -> &[FoundMessage] {
        &self.0
    }

    /// The messages in their order, to bring them into another one.
    #[must_use]
    pub fn into_messages(self) -> Vec<FoundMessage> {
        self.0
    }

    /// Number and UID of each, in their order: what [`Sort::sort`](crate::sort::Sort::sort) and
    /// [`Threads::thread`](crate::thread::Threads::thread) are given.
    pub fn pairs(&self) -> impl Iterator<Item = (MessageNumber, Uid)> {
        self.0.iter().map(|message| (message.number, message.uid))
    }

    /// The same messages in the order that a sort gave; those that it has not are left out.
    #[must_use]
    pub fn in_order(&self, order: &[(MessageNumber, Uid)]) -> Self {
        let mut known: Vec<&FoundMessage> = self.0.iter().collect();
        known.sort_unstable_by_key(|message| message.uid);
        let find = |uid: Uid| {
            let at = known.binary_search_by_key(&uid, |message| message.uid).ok()?;
            known.get(at).copied().copied()
        };
        order.iter().filter_map(|(_, uid)| find(*uid)).collect()
    }

    /// Their UIDs, or their numbers, in their order.
    #[must_use]
    pub fn numbers(&self, uid: bool) -> NumberList {
        numbers(&self.0, uid)
    }

    /// The highest MODSEQ among them (RFC 7162 §3.1.5); `None` where there are none.
    #[must_use]
    pub fn highest_mod_seq(&self) -> Option<ModSeq> {
        highest(&self.0)
    }
}

pub(super) fn numbers(messages: &[FoundMessage], uid: bool) -> NumberList {
    let number = |message: &FoundMessage| match uid {
        true => message.uid.nonzero(),
        false => message.number.nonzero(),
    };
    messages.iter().map(number).collect()
}

pub(super) fn highest(messages: &[FoundMessage]) -> Option<ModSeq> {
    messages.iter().map(|message| message.mod_seq).max().filter(|mod_seq| mod_seq.get() > 0)
}

impl FromIterator<FoundMessage> for Found {
    fn from_iter<I: IntoIterator<Item = FoundMessage>>(messages: I) -> Self {
        Self(messages.into_iter().collect())
    }
}

impl From<Vec<FoundMessage>> for Found {
    fn from(messages: Vec<FoundMessage>) -> Self {
        Self(messages)
    }
}
