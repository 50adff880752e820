//! The span index: one pass over a header section, no allocation per field.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::{memchr, memchr_iter};

use crate::{Defects, FieldName, Limits, Span, code};

/// No entry: the end of a chain.
const NONE: u32 = u32::MAX;

/// Octets that 32-bit offsets reach.
const MOST: usize = NONE as usize;

/// Where one field lies: 24 octets, whatever the field's length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    name: Span,
    /// From behind the colon to the end, the last line end included.
    value: Span,
    /// The next field of the same known name, or [`NONE`].
    next: u32,
    known: Option<FieldName>,
}

impl Entry {
    /// A line without a colon: all of it is value.
    fn nameless(line: Span) -> Self {
        let at = line.start();
        Self { name: Span::from_range(at..at), value: line, next: NONE, known: None }
    }

    pub(crate) fn span(&self) -> Span {
        Span::from_range(self.name.start()..self.value.end())
    }

    pub(crate) const fn name(&self) -> Span {
        self.name
    }

    pub(crate) const fn value(&self) -> Span {
        self.value
    }

    pub(crate) const fn known(&self) -> Option<FieldName> {
        self.known
    }
}

/// What may still be kept of all header sections of one message, which may be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what an index keeps is fields and defects")]
pub struct Budget {
    /// Fields that may still be indexed.
    pub fields: usize,
    /// Defects that may still be told.
    pub defects: usize,
}

impl Budget {
    /// The budget of one header section that stands alone.
    pub const fn of(limits: &Limits) -> Self {
        Self { fields: limits.fields, defects: limits.defects }
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
    first: [u32; FieldName::COUNT],
    span: Span,
    separator: Span,
    mbox_from: Option<Span>,
    /// Fields were left out.
    cut: bool,
    defects: Defects,
    limits: Limits,
}

impl HeaderIndex {
    /// Indexes the header section that begins at the start of `bytes`.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Self {
        Self::parse_until(bytes, 0, limits, &mut Budget::of(limits), |_| false)
    }

    /// Indexes the header section that begins at the offset `start`, and ends it before a line
    /// that starts with `--` where `stop` says so: a boundary delimiter of an enclosing multipart
    /// (RFC 2046 §5.1). `stop` is told the offset of the line. What the index keeps is taken from
    /// the budget, beside the limits.
    pub fn parse_until(
        bytes: &[u8],
        start: usize,
        limits: &Limits,
        budget: &mut Budget,
        stop: impl FnMut(usize) -> bool,
    ) -> Self {
        let mut index = Builder::new(bytes, start, limits, *budget).run(stop);
        index.entries.shrink_to_fit();
        index.defects.shrink_to_fit();
        budget.fields = budget.fields.saturating_sub(index.entries.len());
        budget.defects = budget.defects.saturating_sub(index.defects.len());
        index
    }

    /// The fields, from the first octet to the last line end, without the empty line.
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
        self.cut
    }

    /// What is wrong with the section as such; values have defects of their own.
    pub const fn defects(&self) -> &Defects {
        &self.defects
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of one known name, in order, without comparing names.
    pub(crate) fn chain(&self, name: FieldName) -> impl Iterator<Item = &Entry> + use<'_> {
        let at = |index: u32| self.entries.get(index as usize);
        let first = self.first.get(name as usize).copied().and_then(at);
        core::iter::successors(first, move |entry| at(entry.next))
    }
}

/// What a line of a header section is.
enum Line {
    Empty,
    Continuation,
    Mbox,
    Field,
}

struct Builder<'a> {
    bytes: &'a [u8],
    index: HeaderIndex,
    last: [u32; FieldName::COUNT],
    lines_crlf: bool,
    lines_lf: bool,
    /// Fields that are indexed at most.
    most: usize,
}

impl<'a> Builder<'a> {
    fn new(bytes: &'a [u8], start: usize, limits: &Limits, budget: Budget) -> Self {
        // The last offset stays free for `NONE`.
        let bytes = bytes.get(..MOST).unwrap_or(bytes);
        let at = Span::from_range(start..start);
        let index = HeaderIndex {
            entries: Vec::new(),
            first: [NONE; FieldName::COUNT],
            span: at,
            separator: at,
            mbox_from: None,
            cut: false,
            defects: Defects::with_limit(limits.defects.min(budget.defects)),
            limits: *limits,
        };
        Self {
            bytes,
            index,
            last: [NONE; FieldName::COUNT],
            lines_crlf: false,
            lines_lf: false,
            most: limits.fields.min(budget.fields),
        }
    }

    fn run(mut self, mut stop: impl FnMut(usize) -> bool) -> HeaderIndex {
        let start = self.index.span.start();
        let mut at = start;
        let mut fields_start = start;
        while let Some(line) = next_line(self.bytes, at) {
            let text = self.bytes.get(line.clone()).unwrap_or_default();
            match classify(text, at == start) {
                Line::Empty => {
                    self.index.separator = Span::from_range(line.clone());
                    break;
                }
                Line::Continuation => self.continuation(Span::from_range(line.clone())),
                Line::Mbox => {
                    let span = Span::from_range(line.clone());
                    self.index.mbox_from = Some(span);
                    self.index.defects.push(&code::MBOX_FROM, span);
                    fields_start = line.end;
                }
                Line::Field if text.starts_with(b"--") && stop(at) => {
                    self.index.defects.push(&code::NO_BLANK_LINE, Span::from_range(at..at));
                    break;
                }
                Line::Field => self.field(text, Span::from_range(line.clone())),
            }
            self.line_end(text, &line);
            at = line.end;
        }
        if at >= MOST {
            self.index.defects.push(&code::TOO_LARGE, Span::from_range(at..at));
        }
        self.index.span = Span::from_range(fields_start..at);
        if self.index.separator.is_empty() {
            self.index.separator = Span::from_range(at..at);
        }
        self.octets();
        self.index
    }

    fn continuation(&mut self, line: Span) {
        match self.index.entries.last_mut() {
            _ if self.index.cut => {}
            Some(entry) => entry.value = Span::from_range(entry.value.start()..line.end()),
            None => {
                self.index.defects.push(&code::STRAY_CONTINUATION, line);
                self.push(Entry::nameless(line));
            }
        }
    }

    fn field(&mut self, text: &[u8], line: Span) {
        let Some(colon) = memchr(b':', text) else {
            self.index.defects.push(&code::NO_COLON, line);
            self.push(Entry::nameless(line));
            return;
        };
        let before = text.get(..colon).unwrap_or_default();
        let name = before.trim_ascii_end();
        let at = |length: usize| line.start().saturating_add(length);
        let entry = Entry {
            name: Span::from_range(line.start()..at(name.len())),
            value: Span::from_range(at(colon.saturating_add(1))..line.end()),
            next: NONE,
            known: FieldName::of(name),
        };
        if name.len() < before.len() {
            self.index.defects.push(&code::SPACE_BEFORE_COLON, entry.name);
        }
        if entry.known.is_none() && !is_field_name(name) {
            self.index.defects.push(&code::INVALID_FIELD_NAME, entry.name);
        }
        self.push(entry);
    }

    fn push(&mut self, entry: Entry) {
        if self.index.entries.len() >= self.most {
            if !self.index.cut {
                self.index.defects.push(&code::TOO_MANY_FIELDS, entry.span());
            }
            self.index.cut = true;
            return;
        }
        let number = u32::try_from(self.index.entries.len()).unwrap_or(NONE);
        if let Some(known) = entry.known {
            let slot = self.last.get_mut(known as usize);
            let previous = slot.map_or(NONE, |slot| core::mem::replace(slot, number));
            if let Some(earlier) = self.index.entries.get_mut(previous as usize) {
                earlier.next = number;
                if known.is_single() {
                    self.index.defects.push(&code::DUPLICATE_FIELD, entry.span());
                }
            } else if let Some(first) = self.index.first.get_mut(known as usize) {
                *first = number;
            }
        }
        self.index.entries.push(entry);
    }

    /// Notes the kind of line end; tells once when the section has both.
    fn line_end(&mut self, text: &[u8], line: &Range<usize>) {
        let before = self.lines_crlf && self.lines_lf;
        if text.ends_with(b"\r\n") {
            self.lines_crlf = true;
        } else if text.ends_with(b"\n") {
            self.lines_lf = true;
        }
        if !before && self.lines_crlf && self.lines_lf {
            self.index.defects.push(&code::MIXED_LINE_ENDS, Span::from_range(line.clone()));
        }
    }

    /// Tells of octets that readers disagree about: NUL, and CR outside CRLF.
    fn octets(&mut self) {
        let span = self.index.span;
        let text = span.of(self.bytes);
        let place = |offset: usize| {
            let at = span.start().saturating_add(offset);
            Span::from_range(at..at.saturating_add(1))
        };
        for cr in memchr_iter(b'\r', text) {
            if text.get(cr.saturating_add(1)) != Some(&b'\n') {
                self.index.defects.push(&code::BARE_CR, place(cr));
            }
        }
        for nul in memchr_iter(0, text) {
            self.index.defects.push(&code::NUL, place(nul));
        }
    }
}

/// The line at `at`, its line end included, or `None` at the end of the storage.
fn next_line(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let length = memchr(b'\n', rest).map_or(rest.len(), |lf| lf.saturating_add(1));
    Some(at..at.saturating_add(length))
}

fn classify(text: &[u8], first: bool) -> Line {
    match text {
        b"\n" | b"\r\n" => Line::Empty,
        [b' ' | b'\t', ..] => Line::Continuation,
        _ if first && is_mbox_from(text) => Line::Mbox,
        _ => Line::Field,
    }
}

/// Whether a first line is mbox's `From sender date`, and not the field `From :`.
fn is_mbox_from(text: &[u8]) -> bool {
    let text = text.strip_prefix(b">").unwrap_or(text);
    text.strip_prefix(b"From ").is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":"))
}

/// `field-name = 1*ftext ; ftext = %d33-57 / %d59-126` (RFC 5322 §3.6.8)
fn is_field_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|&octet| octet.is_ascii_graphic() && octet != b':')
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
    while let Some(line) = next_line(bytes, at) {
        at = line.end;
        if matches!(bytes.get(line), Some(b"\n" | b"\r\n")) {
            break;
        }
    }
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}
