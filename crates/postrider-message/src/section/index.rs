//! The span index: one pass over a header section, no allocation per field.
//!
//! Offsets are below [`MOST`] and lengths below that of a slice: arithmetic on them cannot wrap,
//! and is not checked where every field of every message comes through.

use alloc::vec::Vec;

use memchr::memchr;

use super::{
    FieldName,
    scan::{Block, Blocks},
};
use crate::{Limits, Span};

/// No entry: the end of a chain.
const NONE: u16 = u16::MAX;

/// Octets that 32-bit offsets reach.
pub(super) const MOST: usize = u32::MAX as usize;

/// Where one field lies, whatever the field's length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    start: u32,
    /// Where the name ends, white space before the colon not counted.
    name_end: u32,
    /// One past the colon; where there is none, the start.
    value_start: u32,
    /// One past the last line end.
    end: u32,
    /// The next field of the same known name, or [`NONE`].
    next: u16,
    known: Option<FieldName>,
}

impl Entry {
    pub(crate) const fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    pub(crate) const fn name(&self) -> Span {
        Span::new(self.start, self.name_end)
    }

    pub(crate) const fn value(&self) -> Span {
        Span::new(self.value_start, self.end)
    }

    pub(crate) const fn known(&self) -> Option<FieldName> {
        self.known
    }

    /// Whether it is a line without a colon: all of it is value.
    pub(super) const fn is_nameless(&self) -> bool {
        self.start == self.value_start
    }
}

/// The fields of one header section as spans of a storage that it does not hold.
///
/// [`HeaderSection`](crate::HeaderSection) owns one beside its storage; a MIME tree keeps one for
/// each part over one storage. [`HeaderIndex::headers`] joins the two to a readable view.
#[derive(Debug, Clone)]
pub struct HeaderIndex {
    entries: Vec<Entry>,
    /// The first field of each known name, or [`NONE`].
    first: [u16; FieldName::COUNT],
    span: Span,
    separator: Span,
    mbox_from: Option<Span>,
    cut: Option<Span>,
    stopped: bool,
    limits: Limits,
}

impl HeaderIndex {
    /// Indexes the header section that begins at the start of `bytes`.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Self {
        let mut index = Self::empty(0, limits, 32);
        index.fill(bytes, usize::MAX, |_| false);
        index
    }

    /// Indexes the header section that begins at the offset `start`, and ends it before a line
    /// that starts with `--` where `stop` says so: a boundary delimiter of an enclosing multipart
    /// (RFC 2046 §5.1). `stop` is told the offset of the line. The fields that the index keeps are
    /// taken from `budget`, which many header sections of one message may share.
    pub fn parse_until(
        bytes: &[u8],
        start: usize,
        limits: &Limits,
        budget: &mut usize,
        stop: impl FnMut(usize) -> bool,
    ) -> Self {
        // As many as most messages have, messages in them, and other parts.
        let room = match bytes.get(start) {
            _ if start == 0 => 32,
            Some(b'C' | b'c') => 4,
            _ => 12,
        };
        let mut index = Self::empty(start, limits, room);
        index.fill(bytes, *budget, stop);
        // A few too many cost less than to move them, but there may be many sections.
        let unused = index.entries.capacity().saturating_sub(index.entries.len());
        if (start > 0 && unused > 3) || index.entries.capacity() > 32 {
            index.entries.shrink_to_fit();
        }
        *budget = budget.saturating_sub(index.entries.len());
        index
    }

    fn empty(start: usize, limits: &Limits, room: usize) -> Self {
        let at = Span::from_range(start..start);
        Self {
            entries: Vec::with_capacity(room),
            first: [NONE; FieldName::COUNT],
            span: at,
            separator: at,
            mbox_from: None,
            cut: None,
            stopped: false,
            limits: *limits,
        }
    }

    /// The fields, from the first octet to the last line end, without the empty line, and without a
    /// byte order mark or an mbox line before them.
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The empty line behind the fields; empty where there is none.
    pub const fn separator(&self) -> Span {
        self.separator
    }

    /// The mbox `From ` line before the fields, where there is one.
    pub const fn mbox_from(&self) -> Option<Span> {
        self.mbox_from
    }

    /// Whether there are more fields than the limit or the budget let in.
    pub const fn is_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// The first field that was not let in.
    pub(super) const fn cut(&self) -> Option<Span> {
        self.cut
    }

    /// Whether a delimiter ended the section.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of one known name, in order, without comparing names.
    pub(crate) fn chain(&self, name: FieldName) -> impl Iterator<Item = &Entry> + use<'_> {
        let at = |index: u16| self.entries.get(usize::from(index));
        let first = self.first.get(name as usize).copied().and_then(at);
        core::iter::successors(first, move |entry| at(entry.next))
    }

    fn fill(&mut self, bytes: &[u8], budget: usize, mut stop: impl FnMut(usize) -> bool) {
        let bytes = bytes.get(..MOST).unwrap_or(bytes);
        let most = self.limits.fields.min(budget).min(usize::from(NONE));
        let mut at = self.span.start();
        let from = |at| bytes.get(at..).unwrap_or_default();
        at = at.wrapping_add(Self::byte_order_mark(from(at), true).unwrap_or_default());
        if Self::begins_with_mbox_from(from(at), true) == Some(true) {
            let end = line_end(bytes, at);
            self.mbox_from = Some(Span::from_range(at..end));
            at = end;
        }
        let fields_start = at;
        if !self.ends_at(bytes, at, &mut stop) {
            at = self.fields(bytes, at, most, &mut stop);
        }
        self.span = Span::from_range(fields_start..at);
        let rest = bytes.get(at..).unwrap_or_default();
        self.separator = Span::from_range(at..at.wrapping_add(empty_line(rest)));
        self.names(bytes);
    }

    /// Indexes the fields from the one on that begins at `start`. Tells where they end.
    fn fields(
        &mut self,
        bytes: &[u8],
        mut start: usize,
        most: usize,
        stop: &mut impl FnMut(usize) -> bool,
    ) -> usize {
        let mut blocks = Blocks::new(bytes, start);
        // The first colon of the present field, where an earlier block had it.
        let mut earlier = usize::MAX;
        while let Some(Block { base, mut colons, mut ends }) = blocks.next() {
            while ends != 0 {
                let end = base.wrapping_add(ends.trailing_zeros() as usize).wrapping_add(1);
                ends &= ends.wrapping_sub(1);
                let here = base.wrapping_add(colons.trailing_zeros() as usize);
                let colon = earlier.min(here);
                // A line without a colon leaves the colon of the next one.
                colons &= colons.wrapping_sub(u64::from(colon < end && colon == here));
                earlier = usize::MAX;
                self.push(start, if colon < end { colon } else { start }, end, most);
                start = end;
                if self.ends_at(bytes, end, stop) {
                    return end;
                }
            }
            if colons != 0 {
                earlier = base.wrapping_add(colons.trailing_zeros() as usize);
            }
        }
        // The last line is not ended.
        if start < bytes.len() {
            let end = bytes.len();
            self.push(start, if earlier < end { earlier } else { start }, end, most);
        }
        bytes.len()
    }

    /// Whether the section ends before the line at `at`, which continues nothing.
    #[inline]
    fn ends_at(&mut self, bytes: &[u8], at: usize, stop: &mut impl FnMut(usize) -> bool) -> bool {
        match bytes.get(at) {
            None | Some(b'\n') => true,
            Some(b'\r') => bytes.get(at.wrapping_add(1)) == Some(&b'\n'),
            Some(b'-') if bytes.get(at.wrapping_add(1)) == Some(&b'-') => {
                self.stopped = stop(at);
                self.stopped
            }
            Some(_) => false,
        }
    }

    /// Adds a field as it was found: of a line without a colon the colon is the start.
    #[inline]
    fn push(&mut self, start: usize, colon: usize, end: usize, most: usize) {
        if self.entries.len() >= most {
            self.cut = self.cut.or_else(|| Some(Span::from_range(start..end)));
            return;
        }
        let (start, colon, end) = (offset(start), offset(colon), offset(end));
        self.entries.push(Entry {
            start,
            name_end: colon,
            value_start: colon,
            end,
            next: NONE,
            known: None,
        });
    }

    /// Reads the names, and chains the fields of each known one: the last field first, so that
    /// each finds the next.
    fn names(&mut self, bytes: &[u8]) {
        for (number, entry) in self.entries.iter_mut().enumerate().rev() {
            let text = bytes.get(entry.start as usize..).unwrap_or_default();
            // Nothing is continued by a first line that begins with white space: all is value. A
            // line that begins with its colon has a name, if an empty one.
            if let [b' ' | b'\t', ..] = text {
                (entry.name_end, entry.value_start) = (entry.start, entry.start);
                continue;
            }
            if entry.start == entry.name_end && !matches!(text, [b':', ..]) {
                continue;
            }
            entry.value_start = entry.name_end.wrapping_add(1);
            let mut length = entry.name_end.wrapping_sub(entry.start) as usize;
            // White space may stand before the colon (RFC 5322 §4.5).
            while let Some(b' ' | b'\t') = text.get(length.wrapping_sub(1)) {
                length = length.wrapping_sub(1);
                entry.name_end = entry.name_end.wrapping_sub(1);
            }
            entry.known = FieldName::at_start(text, length);
            if let Some(known) = entry.known
                && let Some(first) = self.first.get_mut(known as usize)
            {
                entry.next = *first;
                *first = u16::try_from(number).unwrap_or(NONE);
            }
        }
    }
}

/// An offset of a storage that was cut to [`MOST`].
#[expect(clippy::cast_possible_truncation, reason = "it is at most MOST")]
const fn offset(at: usize) -> u32 {
    at as u32
}

/// One past the LF of the line at `at`, or the end of the storage.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr(b'\n', rest).map_or(bytes.len(), |lf| at.wrapping_add(lf).wrapping_add(1))
}

/// The length of the empty line that a text begins with.
const fn empty_line(text: &[u8]) -> usize {
    match text {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => 0,
    }
}

/// Splits a message into its header section, the empty line included, and its body, by the same
/// rule as the index but without building one.
///
/// ```
/// let (header, body) = postrider_message::split(b"Subject: a\r\n\r\nHello\r\n");
/// assert_eq!(header, b"Subject: a\r\n\r\n");
/// assert_eq!(body, b"Hello\r\n");
/// ```
pub fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < bytes.len() {
        let length = empty_line(bytes.get(at..).unwrap_or_default());
        if length > 0 {
            at = at.wrapping_add(length);
            break;
        }
        at = line_end(bytes, at);
    }
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
