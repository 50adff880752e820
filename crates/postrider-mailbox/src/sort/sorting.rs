//! Messages that are being sorted.

use alloc::{string::String, vec::Vec};
use core::cmp::Ordering;

use postrider_imap::{MessageNumber, SortCriterion, Uid};
use postrider_message::HeaderSection;

use super::{
    SortKeys, UnsupportedKey,
    criteria::{self, Column, Key},
};
use crate::{Messages, Metadata, Need, NotEnough, Source};

/// A SORT command that messages are given to, one by one and in any order.
///
/// What is kept of a message is its keys: 16 octets for each criterion, and its texts, which all lie
/// in one place. Sorting compares n log n times.
#[derive(Debug, Clone)]
pub struct Sort {
    columns: Vec<Column>,
    messages: Vec<(MessageNumber, Uid)>,
    /// The cells of the messages, row by row.
    cells: Vec<Cell>,
    texts: String,
}

/// One key of one message.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// The number, or the first octets of the text, which decide most comparisons.
    start: u64,
    /// Where its text ends; it begins where that of the cell before ends.
    end: usize,
}

impl Sort {
    /// Sorts by these criteria, the first before the others. Without any, the order is that of the
    /// mailbox.
    ///
    /// # Errors
    ///
    /// [`UnsupportedKey`] for RELEVANCY, ANNOTATION and keys that are not known.
    pub fn new(criteria: &[SortCriterion]) -> Result<Self, UnsupportedKey> {
        let columns = criteria::columns(criteria)?;
        Ok(Self { columns, messages: Vec::new(), cells: Vec::new(), texts: String::new() })
    }

    /// How much of each message must be read.
    pub fn need(&self) -> Need {
        let metadata = |column: &Column| column.key == Key::Arrival || column.key == Key::Size;
        if self.columns.iter().all(metadata) { Need::Metadata } else { Need::Header }
    }

    /// What this sort needs of a message, to be kept.
    ///
    /// # Errors
    ///
    /// [`NotEnough`] when `source` has less than [`need`](Self::need).
    pub fn keys(&self, metadata: &Metadata, source: Source<'_>) -> Result<SortKeys, NotEnough> {
        let need = self.need();
        if source.has() < need {
            return Err(NotEnough { need });
        }
        let headers = source.headers();
        Ok(SortKeys::of_columns(metadata, headers, &self.columns))
    }

    /// Adds a message.
    ///
    /// # Errors
    ///
    /// [`NotEnough`] when `source` has less than [`need`](Self::need); nothing is added then.
    pub fn push(
        &mut self,
        number: MessageNumber,
        metadata: &Metadata,
        source: Source<'_>,
    ) -> Result<(), NotEnough> {
        let keys = self.keys(metadata, source)?;
        self.push_keys(number, metadata.uid, &keys)
    }

    /// Adds a message whose keys were kept.
    ///
    /// # Errors
    ///
    /// [`NotEnough`] when one of the keys of this sort is not among them; nothing is added then.
    pub fn push_keys(
        &mut self,
        number: MessageNumber,
        uid: Uid,
        keys: &SortKeys,
    ) -> Result<(), NotEnough> {
        let before = (self.cells.len(), self.texts.len());
        for column in &self.columns {
            let start = match column.key {
                Key::Text(key) => keys.of_key(key).map(|text| {
                    self.texts.push_str(text);
                    first_octets(text)
                }),
                key => keys.number(key),
            };
            let Some(start) = start else {
                self.cells.truncate(before.0);
                self.texts.truncate(before.1);
                return Err(NotEnough { need: self.need() });
            };
            self.cells.push(Cell { start, end: self.texts.len() });
        }
        self.messages.push((number, uid));
        Ok(())
    }

    /// The messages in order, of which SORT tells the numbers and UID SORT the UIDs. Those whose
    /// keys are all the same are in the order of the mailbox (RFC 5256 §3).
    pub fn finish(self) -> Vec<(MessageNumber, Uid)> {
        let mut order: Vec<usize> = (0..self.messages.len()).collect();
        order.sort_unstable_by(|&one, &other| self.compare(one, other));
        order.into_iter().filter_map(|at| self.messages.get(at).copied()).collect()
    }

    /// Sorts these messages of a store that answers at once. Those that are gone are left out.
    ///
    /// ```
    /// # use std::borrow::Cow;
    /// # use bytes::Bytes;
    /// # use postrider_imap::{InternalDate, MessageNumber, SortCriterion, SortKey, Uid};
    /// # use postrider_mailbox::{Messages, Metadata, sort::Sort};
    /// # struct Store(Vec<(Metadata, &'static str)>);
    /// # impl Messages for Store {
    /// #     type Error = std::convert::Infallible;
    /// #     fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Self::Error> {
    /// #         let found = self.0.iter().find(|(metadata, _)| metadata.uid == uid);
    /// #         Ok(found.map(|(metadata, _)| Cow::Borrowed(metadata)))
    /// #     }
    /// #     fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Self::Error> {
    /// #         let found = self.0.iter().find(|(metadata, _)| metadata.uid == uid);
    /// #         Ok(found.map(|(_, mail)| Bytes::from_static(mail.as_bytes())))
    /// #     }
    /// # }
    /// # let date = InternalDate::from_unix(0, 0)?;
    /// # let metadata = |uid| Metadata::new(Uid::new(uid).unwrap(), [], date, 30);
    /// # let store = Store(vec![
    /// #     (metadata(5), "From: tim@example.org\r\n\r\n"),
    /// #     (metadata(8), "From: Ann@example.org\r\n\r\n"),
    /// # ]);
    /// let found = [(MessageNumber::new(1)?, Uid::new(5)?), (MessageNumber::new(2)?, Uid::new(8)?)];
    /// let by_sender = SortCriterion { reverse: false, key: SortKey::From };
    /// let order = Sort::new(&[by_sender])?.sort(&store, found)?;
    /// assert_eq!(order, [found[1], found[0]]);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    pub fn sort<M: Messages + ?Sized>(
        mut self,
        messages: &M,
        found: impl IntoIterator<Item = (MessageNumber, Uid)>,
    ) -> Result<Vec<(MessageNumber, Uid)>, M::Error> {
        let header = self.need() > Need::Metadata;
        for (number, uid) in found {
            let Some(metadata) = messages.metadata(uid)? else { continue };
            let octets = if header { messages.header(uid)? } else { None };
            let section = octets.map(HeaderSection::parse);
            let source = match &section {
                Some(section) => Source::header(section.headers()),
                None => Source::metadata(),
            };
            // It fails for a message alone that went between the two questions.
            let _gone = self.push(number, &metadata, source);
        }
        Ok(self.finish())
    }

    fn compare(&self, one: usize, other: usize) -> Ordering {
        let row = |at: usize| at.saturating_mul(self.columns.len());
        let cells = (row(one)..).zip(row(other)..);
        for (column, (one, other)) in self.columns.iter().zip(cells) {
            let order = self.compare_cells(one, other);
            let order = if column.reverse { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        // REVERSE "does not affect the implicit "sequence number" sort criterion".
        self.messages.get(one).cmp(&self.messages.get(other)).then(one.cmp(&other))
    }

    fn compare_cells(&self, one: usize, other: usize) -> Ordering {
        let start = |at: usize| self.cells.get(at).map(|cell| cell.start);
        start(one).cmp(&start(other)).then_with(|| self.text(one).cmp(self.text(other)))
    }

    fn text(&self, at: usize) -> &str {
        let end = |at: usize| self.cells.get(at).map_or(0, |cell| cell.end);
        let start = at.checked_sub(1).map_or(0, end);
        self.texts.get(start..end(at)).unwrap_or_default()
    }
}

/// The first octets of a text as a number in the same order.
fn first_octets(text: &str) -> u64 {
    let mut octets = [0; 8];
    octets.iter_mut().zip(text.bytes()).for_each(|(slot, octet)| *slot = octet);
    u64::from_be_bytes(octets)
}
