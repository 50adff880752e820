//! By what messages are sorted (RFC 5256 §3 `sort-criterion`, RFC 5957 §4).

use alloc::vec::Vec;

use postrider_imap::{SortCriterion, SortKey};

/// Messages cannot be sorted by this: NO (RFC 5256 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sort criterion at place {at} is not supported")]
#[non_exhaustive]
pub struct UnsupportedKey {
    /// Which of the criteria; the first is 0.
    pub at: usize,
}

/// One key and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) key: Key,
    pub(super) reverse: bool,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Arrival,
    Date,
    Size,
    Text(TextKey),
}

/// The keys that are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKey {
    Cc,
    From,
    To,
    Subject,
    DisplayFrom,
    DisplayTo,
}

impl Key {
    pub(super) const fn of(key: &SortKey) -> Option<Self> {
        Some(match key {
            SortKey::Arrival => Self::Arrival,
            SortKey::Date => Self::Date,
            SortKey::Size => Self::Size,
            SortKey::Cc => Self::Text(TextKey::Cc),
            SortKey::From => Self::Text(TextKey::From),
            SortKey::To => Self::Text(TextKey::To),
            SortKey::Subject => Self::Text(TextKey::Subject),
            SortKey::DisplayFrom => Self::Text(TextKey::DisplayFrom),
            SortKey::DisplayTo => Self::Text(TextKey::DisplayTo),
            _ => return None,
        })
    }
}

/// The keys in their priority. A key that comes again decides nothing any more, so there are never
/// more columns than kinds of keys.
pub(super) fn columns(criteria: &[SortCriterion]) -> Result<Vec<Column>, UnsupportedKey> {
    let mut columns: Vec<Column> = Vec::new();
    for (at, criterion) in criteria.iter().enumerate() {
        let key = Key::of(&criterion.key).ok_or(UnsupportedKey { at })?;
        if columns.iter().all(|column| column.key != key) {
            columns.push(Column { key, reverse: criterion.reverse });
        }
    }
    Ok(columns)
}
