//! What of a message it is sorted by.

use alloc::{boxed::Box, string::String};

use postrider_imap::SortKey;
use postrider_message::Headers;
use postrider_mime::imap::Envelope;

use super::{
    address,
    criteria::{Column, Key, TextKey},
    sent_date,
};
use crate::{Metadata, casemap::casemap};

/// As many octets of a text are compared. No subject that a person reads is longer; without a bound
/// a few messages could fill the memory.
pub(crate) const LONGEST: usize = 8192;

/// What a message is sorted by: the numbers, and the texts as `i;unicode-casemap` compares them. A
/// store may keep it, so that it need not read header sections to sort: no flag changes it.
///
/// ```
/// use postrider_imap::{InternalDate, SortKey, Uid};
/// use postrider_mailbox::{Metadata, sort::SortKeys};
/// use postrider_message::HeaderSection;
///
/// let section = HeaderSection::parse("From: Joe <joe@example.org>\r\nSubject: Re: boats\r\n\r\n");
/// let metadata = Metadata::new(Uid::new(7)?, [], InternalDate::from_unix(60, 0)?, 49);
/// let keys = SortKeys::of(&metadata, section.headers());
/// assert_eq!(keys.text(&SortKey::Subject), Some("BOATS"));
/// assert_eq!(keys.text(&SortKey::DisplayFrom), Some("JOE"));
/// assert_eq!(keys.text(&SortKey::To), Some(""));
/// assert_eq!(keys.sent_date(), Some(60));
///
/// // Kept as its parts, and made of them again.
/// let kept = SortKeys::new(&metadata).with_text(&SortKey::Subject, "BOATS");
/// assert_eq!(kept.text(&SortKey::Subject), keys.text(&SortKey::Subject));
/// assert_eq!(kept.text(&SortKey::From), None);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKeys {
    arrival: i64,
    size: u64,
    sent: Option<i64>,
    texts: [Option<Box<str>>; 6],
}

impl SortKeys {
    /// What the store knows without the message: enough for ARRIVAL and SIZE.
    pub fn new(metadata: &Metadata) -> Self {
        Self {
            arrival: metadata.internal_date.unix(),
            size: metadata.size,
            sent: None,
            texts: Default::default(),
        }
    }

    /// All keys of a message.
    pub fn of(metadata: &Metadata, headers: Headers<'_>) -> Self {
        let mut keys = Self::new(metadata);
        keys.sent = Some(sent_date(headers, metadata.internal_date));
        let texts = [
            TextKey::Cc,
            TextKey::From,
            TextKey::To,
            TextKey::Subject,
            TextKey::DisplayFrom,
            TextKey::DisplayTo,
        ];
        keys.read(headers, &texts.map(|key| Column { key: Key::Text(key), reverse: false }));
        keys
    }

    /// The keys of these columns.
    pub(super) fn of_columns(
        metadata: &Metadata,
        headers: Option<Headers<'_>>,
        columns: &[Column],
    ) -> Self {
        let mut keys = Self::new(metadata);
        if let Some(headers) = headers {
            if columns.iter().any(|column| column.key == Key::Date) {
                keys.sent = Some(sent_date(headers, metadata.internal_date));
            }
            keys.read(headers, columns);
        }
        keys
    }

    fn read(&mut self, headers: Headers<'_>, columns: &[Column]) {
        let mut envelope = None;
        for column in columns {
            let Key::Text(key) = column.key else { continue };
            let text = match key {
                TextKey::Subject => prepared(headers.base_subject().as_str()),
                _ => {
                    let envelope = envelope.get_or_insert_with(|| Envelope::of(headers));
                    prepared(&address_text(key, envelope))
                }
            };
            if let Some(slot) = self.texts.get_mut(key.at()) {
                *slot = Some(text.into());
            }
        }
    }

    /// With the sent date in seconds since 1970 in UTC, as [`sent_date`](super::sent_date) tells it.
    #[must_use]
    pub const fn with_sent_date(mut self, seconds: i64) -> Self {
        self.sent = Some(seconds);
        self
    }

    /// With a text as [`text`](Self::text) gave it. A key that is no text changes nothing.
    #[must_use]
    pub fn with_text(mut self, key: &SortKey, text: &str) -> Self {
        if let Some(Key::Text(key)) = Key::of(key)
            && let Some(slot) = self.texts.get_mut(key.at())
        {
            *slot = Some(text.into());
        }
        self
    }

    /// The sent date in seconds since 1970 in UTC, if it was read.
    pub const fn sent_date(&self) -> Option<i64> {
        self.sent
    }

    /// The text of a key, prepared for the collation, if it was read. `None` for a key that is no
    /// text.
    pub fn text(&self, key: &SortKey) -> Option<&str> {
        match Key::of(key)? {
            Key::Text(key) => self.of_key(key),
            _ => None,
        }
    }

    pub(super) fn of_key(&self, key: TextKey) -> Option<&str> {
        self.texts.get(key.at())?.as_deref()
    }

    /// A number in the order of unsigned ones.
    pub(super) fn number(&self, key: Key) -> Option<u64> {
        match key {
            Key::Arrival => Some(unsigned(self.arrival)),
            Key::Date => self.sent.map(unsigned),
            Key::Size => Some(self.size),
            Key::Text(_) => None,
        }
    }
}

impl TextKey {
    const fn at(self) -> usize {
        self as usize
    }
}

const fn unsigned(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

fn address_text(key: TextKey, envelope: &Envelope<'_>) -> String {
    match key {
        TextKey::Cc => address::mailbox(envelope.cc().next().as_ref()),
        TextKey::From => address::mailbox(envelope.from().next().as_ref()),
        TextKey::To => address::mailbox(envelope.to().next().as_ref()),
        TextKey::DisplayFrom => address::display(envelope.from().next().as_ref()),
        TextKey::DisplayTo => address::display(envelope.to().next().as_ref()),
        TextKey::Subject => String::new(),
    }
}

/// What the collation compares of the start of a text.
pub(crate) fn prepared(text: &str) -> String {
    let cut = |text: &str| (0..=LONGEST).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = if text.len() > LONGEST { text.get(..cut(text)).unwrap_or_default() } else { text };
    let mut out = casemap(start);
    if out.len() > LONGEST {
        out.truncate(cut(&out));
    }
    out
}
