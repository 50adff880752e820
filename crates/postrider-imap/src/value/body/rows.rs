//! The rows of the table of a body structure.

use super::PartKind;
use crate::value::table::{Span, TableBuilder, long};

/// No row.
pub(super) const NONE: u32 = u32::MAX;

/// Set beside the kind: there is extension data.
pub(super) const EXTENDED: u32 = 4;

/// Octets of a span.
pub(super) const SPAN: u32 = 8;

/// The words of a row. A multipart has those before [`row::MEDIA_TYPE`] only.
pub(super) mod row {
    pub(in super::super) const KIND: usize = 0;
    pub(in super::super) const PARENT: usize = 1;
    pub(in super::super) const CHILD: usize = 2;
    pub(in super::super) const NEXT: usize = 3;
    /// Where the tail stands. While the part is open: its last part.
    pub(in super::super) const TAIL: usize = 4;
    pub(in super::super) const ENVELOPE: usize = 5;
    pub(in super::super) const MEDIA_TYPE: usize = 6;
    pub(in super::super) const SUBTYPE: usize = 8;
    pub(in super::super) const PARAMETERS: usize = 10;
    pub(in super::super) const ID: usize = 12;
    pub(in super::super) const DESCRIPTION: usize = 14;
    pub(in super::super) const ENCODING: usize = 16;
    pub(in super::super) const OCTETS: usize = 18;
}

/// The words of a tail: what stands behind the parts.
pub(super) mod tail {
    /// Of a text or message.
    pub(in super::super) const LINES: usize = 0;
    /// Of a multipart.
    pub(in super::super) const SUBTYPE: usize = 0;
    /// Of a part that is no multipart.
    pub(in super::super) const MD5: usize = 2;
    /// Of a multipart.
    pub(in super::super) const PARAMETERS: usize = 2;
    pub(in super::super) const DISPOSITION: usize = 4;
    pub(in super::super) const DISPOSITION_PARAMETERS: usize = 6;
    pub(in super::super) const LANGUAGE: usize = 8;
    pub(in super::super) const LOCATION: usize = 10;
}

pub(super) fn kind(word: u32) -> PartKind {
    match word & 3 {
        0 => PartKind::Basic,
        1 => PartKind::Text,
        2 => PartKind::Message,
        _ => PartKind::Multipart,
    }
}

fn kind_word(kind: PartKind) -> u32 {
    match kind {
        PartKind::Basic => 0,
        PartKind::Text => 1,
        PartKind::Message => 2,
        PartKind::Multipart => 3,
    }
}

/// Spans that stand one behind the other in the table: where, and how many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct List {
    pub(crate) place: u32,
    pub(crate) count: u32,
}

impl List {
    fn words(self) -> [u32; 2] {
        [self.place, self.count]
    }
}

/// What stands before the parts of a part that is no multipart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SingleHead {
    pub(crate) media_type: Span,
    pub(crate) subtype: Span,
    pub(crate) parameters: List,
    pub(crate) id: Span,
    pub(crate) description: Span,
    pub(crate) encoding: Span,
    pub(crate) octets: u64,
}

/// What stands behind the parts, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    pub(crate) lines: u64,
    /// Of a multipart.
    pub(crate) subtype: Span,
    pub(crate) md5: Span,
    /// Of a multipart.
    pub(crate) parameters: List,
    pub(crate) disposition: Span,
    pub(crate) disposition_parameters: List,
    pub(crate) language: List,
    pub(crate) location: Span,
    /// Whether there is extension data.
    pub(crate) extended: bool,
}

impl Tail {
    /// A tail that says nothing.
    pub(crate) const EMPTY: Self = Self {
        lines: 0,
        subtype: Span::NIL,
        md5: Span::NIL,
        parameters: List { place: 0, count: 0 },
        disposition: Span::NIL,
        disposition_parameters: List { place: 0, count: 0 },
        language: List { place: 0, count: 0 },
        location: Span::NIL,
        extended: false,
    };

    fn words(&self, kind: PartKind) -> [u32; 12] {
        let (first, second) = match kind {
            PartKind::Multipart => (self.subtype.words(), self.parameters.words()),
            _ => (long(self.lines), self.md5.words()),
        };
        let ([a, b], [c, d]) = (first, second);
        let ([e, f], [g, h]) = (self.disposition.words(), self.disposition_parameters.words());
        let ([i, j], [k, l]) = (self.language.words(), self.location.words());
        [a, b, c, d, e, f, g, h, i, j, k, l]
    }
}

/// A body structure in the making: its table, and which row is open. What is open hangs together by
/// its rows, so no stack is needed.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) table: TableBuilder,
    open: u32,
    /// How many are open.
    pub(crate) depth: usize,
    root: u32,
}

impl Rows {
    pub(crate) fn new(table: TableBuilder) -> Self {
        Self { table, open: NONE, depth: 0, root: NONE }
    }

    /// The place of the root, once it stands.
    pub(crate) fn root(&self) -> Option<u32> {
        (self.root != NONE).then_some(self.root)
    }

    /// The kind of what is open.
    pub(crate) fn open_kind(&self) -> Option<PartKind> {
        (self.open != NONE).then(|| kind(self.table.get(self.open, row::KIND)))
    }

    /// Whether what is open has a part.
    pub(crate) fn has_part(&self) -> bool {
        self.open != NONE && self.table.get(self.open, row::CHILD) != NONE
    }

    /// A part without parts: a text if `is_text`.
    pub(crate) fn single(&mut self, head: &SingleHead, is_text: bool, tail: &Tail) {
        let kind = if is_text { PartKind::Text } else { PartKind::Basic };
        let row = self.head_row(kind, head, 0);
        let behind = row.saturating_add(20 * 4);
        self.table.set(row, row::TAIL, [behind]);
        self.extend(row, kind, tail);
        self.table.push(tail.words(kind));
    }

    /// Opens an attached message whose envelope was put to `envelope`.
    pub(crate) fn open_message(&mut self, head: &SingleHead, envelope: u32) {
        let row = self.head_row(PartKind::Message, head, envelope);
        self.open(row);
    }

    /// Opens a multipart.
    pub(crate) fn open_multipart(&mut self) {
        let row = self.next_row();
        self.table.push([kind_word(PartKind::Multipart), self.open, NONE, NONE, NONE, 0]);
        self.open(row);
    }

    /// Closes what is open.
    pub(crate) fn close(&mut self, tail: &Tail) {
        let row = self.open;
        let Some(kind) = self.open_kind() else { return };
        let place = self.table.place();
        self.table.push(tail.words(kind));
        self.table.set(row, row::TAIL, [place]);
        self.extend(row, kind, tail);
        self.open = self.table.get(row, row::PARENT);
        self.depth = self.depth.saturating_sub(1);
    }

    fn extend(&mut self, row: u32, kind: PartKind, tail: &Tail) {
        if tail.extended {
            self.table.set(row, row::KIND, [kind_word(kind) | EXTENDED]);
        }
    }

    fn open(&mut self, row: u32) {
        self.open = row;
        self.depth = self.depth.saturating_add(1);
    }

    /// Where the next row comes to stand, which is the next part of what is open.
    fn next_row(&mut self) -> u32 {
        let row = self.table.place();
        if self.open == NONE {
            self.root = row;
        } else {
            let last = self.table.get(self.open, row::TAIL);
            if last == NONE {
                self.table.set(self.open, row::CHILD, [row]);
            } else {
                self.table.set(last, row::NEXT, [row]);
            }
            self.table.set(self.open, row::TAIL, [row]);
        }
        row
    }

    fn head_row(&mut self, kind: PartKind, head: &SingleHead, envelope: u32) -> u32 {
        let row = self.next_row();
        let ([a, b], [c, d]) = (head.media_type.words(), head.subtype.words());
        let ([e, f], [g, h]) = (head.parameters.words(), head.id.words());
        let ([i, j], [k, l]) = (head.description.words(), head.encoding.words());
        let [m, n] = long(head.octets);
        let links = [kind_word(kind), self.open, NONE, NONE, NONE, envelope];
        let [o, p, q, r, s, t] = links;
        self.table.push([o, p, q, r, s, t, a, b, c, d, e, f, g, h, i, j, k, l, m, n]);
        row
    }
}
