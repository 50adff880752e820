//! The octets of a section, where they lie.

use alloc::{borrow::Cow, vec::Vec};
use core::{iter::FusedIterator, ops::Range};

use postrider_message::{Fields, Headers};

use super::FieldNames;

/// Octets of the storage, as ranges of it in ascending order: one that may be empty, or several of
/// which none is empty and none begins where the one before it ends. Making and cloning this copies no
/// octets of the message.
#[derive(Debug, Clone)]
pub struct Ranges<'a> {
    pieces: Pieces<'a>,
    /// A piece that the next one may continue.
    pending: Option<Range<usize>>,
    /// Octets that are left out before the first one.
    skip: usize,
    /// Octets that may still come.
    left: usize,
}

#[derive(Debug, Clone)]
enum Pieces<'a> {
    One(Option<Range<usize>>),
    Fields {
        fields: Fields<'a>,
        names: &'a FieldNames<'a>,
        wanted: bool,
        /// Fields that are not indexed, and so have no name, and the empty line.
        tail: [Option<Range<usize>>; 2],
    },
}

impl<'a> Ranges<'a> {
    pub(super) const fn one(range: Range<usize>) -> Self {
        Self::new(Pieces::One(Some(range)))
    }

    /// The fields that have, or have not, one of these names, and the empty line behind the header
    /// section.
    pub(super) fn fields(headers: Headers<'a>, names: &'a FieldNames<'a>, wanted: bool) -> Self {
        let Range { start, end } = headers.span().range();
        let indexed = headers.fields().next_back().map_or(start, |field| field.span().end());
        let unindexed = (!wanted).then_some(indexed..end);
        let tail = [unindexed, Some(headers.separator().range())];
        Self::new(Pieces::Fields { fields: headers.fields(), names, wanted, tail })
    }

    const fn new(pieces: Pieces<'a>) -> Self {
        Self { pieces, pending: None, skip: 0, left: usize::MAX }
    }

    /// The part that `<origin.octets>` asks for: at most so many octets from the origin on; none
    /// where it lies behind the end (RFC 3501 §6.4.5).
    ///
    /// ```
    /// use postrider_mime::{Message, imap::SectionText};
    ///
    /// let message = Message::parse("Subject: one\r\n\r\nHello\r\n")?;
    /// let section = message.section(&[], SectionText::Text).unwrap();
    /// assert_eq!(section.clone().partial(1, 4).collect::<Vec<_>>(), [17..21]);
    /// assert_eq!(section.partial(7, 4).count(), 0);
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    #[must_use]
    pub fn partial(mut self, origin: u64, octets: u64) -> Self {
        let most = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let origin = most(origin);
        self.skip = self.skip.saturating_add(origin);
        self.left = self.left.saturating_sub(origin).min(most(octets));
        self
    }

    /// How many octets there are in all ranges together.
    pub fn octets(&self) -> u64 {
        let length = |range: Range<usize>| u64::try_from(range.len()).unwrap_or(u64::MAX);
        self.clone().map(length).fold(0, u64::saturating_add)
    }

    /// The octets, put together where they lie in several ranges. `bytes` is the storage they were
    /// found in.
    pub fn of(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        let mut slices = self.map(|range| bytes.get(range).unwrap_or_default());
        let first = slices.next().unwrap_or_default();
        match slices.next() {
            None => Cow::Borrowed(first),
            Some(second) => {
                let mut joined = Vec::from(first);
                joined.extend_from_slice(second);
                slices.for_each(|slice| joined.extend_from_slice(slice));
                Cow::Owned(joined)
            }
        }
    }

    /// The next range of all octets that continues as far as it can.
    fn next_whole(&mut self) -> Option<Range<usize>> {
        loop {
            let Some(piece) = self.pieces.next() else { return self.pending.take() };
            match &mut self.pending {
                Some(pending) if pending.end == piece.start => pending.end = piece.end,
                _ => {
                    if let Some(whole) = self.pending.replace(piece) {
                        return Some(whole);
                    }
                }
            }
        }
    }
}

impl Iterator for Ranges<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        while self.left > 0 {
            let range = self.next_whole()?;
            let skipped = self.skip.min(range.len());
            self.skip = self.skip.saturating_sub(skipped);
            let start = range.start.saturating_add(skipped);
            let end = range.end.min(start.saturating_add(self.left));
            self.left = self.left.saturating_sub(end.saturating_sub(start));
            if start < end || range.is_empty() {
                return Some(start..end);
            }
        }
        None
    }
}

impl FusedIterator for Ranges<'_> {}

impl Iterator for Pieces<'_> {
    type Item = Range<usize>;

    /// The next piece. None of several is empty.
    fn next(&mut self) -> Option<Range<usize>> {
        match self {
            Self::One(range) => range.take(),
            Self::Fields { fields, names, wanted, tail } => {
                let field = fields.find(|field| names.contains(field.name()) == *wanted);
                let field = field.map(|field| field.span().range());
                field.or_else(|| tail.iter_mut().find_map(take_octets))
            }
        }
    }
}

fn take_octets(range: &mut Option<Range<usize>>) -> Option<Range<usize>> {
    range.take().filter(|range| !range.is_empty())
}
