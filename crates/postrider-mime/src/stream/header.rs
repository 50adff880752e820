//! Header sections as they come.

use alloc::vec::Vec;
use core::cell::Cell;

use memchr::memchr;
use postrider_message::{FieldName, HeaderIndex, code as message_code};

use super::{Begin, Event, Field, FieldPiece, HeaderEnd, Octets, Parser, State, Step};
use crate::{
    TransferEncoding, code,
    structure::{Kind, is_delimiter, shape},
};

/// What is known of the header section that is being read.
#[derive(Debug, Default)]
pub(super) struct Section {
    in_digest: bool,
    /// Where the fields begin.
    start: u64,
    /// How many there are.
    fields: usize,
    /// The two that say what the part is.
    content_type: Kept,
    encoding: Kept,
    /// And the one that says how it is shown.
    disposition: Kept,
}

/// The first field of a name.
#[derive(Debug, Default)]
struct Kept {
    offset: u64,
    raw: Vec<u8>,
    is_there: bool,
}

impl Kept {
    fn keep(&mut self, octets: Octets<'_>) {
        if !self.is_there {
            self.is_there = true;
            self.offset = octets.offset;
            self.raw.clear();
            self.raw.extend_from_slice(octets.raw);
        }
    }

    fn octets(&self) -> Option<Octets<'_>> {
        self.is_there.then(|| Octets::new(self.offset, &self.raw))
    }
}

/// Where a field ends.
enum FieldEnd {
    At(usize),
    /// Not before this octet.
    Undecided(usize),
}

/// The end of a field of which the octets before `from` were looked at: behind a line end that no
/// white space follows.
fn field_end(field: &[u8], mut from: usize, last: bool) -> FieldEnd {
    while let Some(lf) = field.get(from..).and_then(|rest| memchr(b'\n', rest)) {
        let line_end = from.saturating_add(lf);
        let end = line_end.saturating_add(1);
        match field.get(end) {
            Some(b' ' | b'\t') => from = end,
            None if !last => return FieldEnd::Undecided(line_end),
            _ => return FieldEnd::At(end),
        }
    }
    if last { FieldEnd::At(field.len()) } else { FieldEnd::Undecided(field.len()) }
}

impl Parser {
    pub(super) fn begin(&mut self, in_digest: bool, tell: &mut impl FnMut(Event<'_>)) -> Step {
        self.section.in_digest = in_digest;
        self.section.fields = 0;
        self.section.content_type.is_there = false;
        self.section.encoding.is_there = false;
        self.section.disposition.is_there = false;
        let depth = self.nesting.depth();
        tell(Event::Begin(Begin { offset: self.offset, depth, in_digest }));
        self.state = State::Mark;
        Step::On(0)
    }

    pub(super) fn byte_order_mark(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let Some(length) = HeaderIndex::byte_order_mark(octets, last) else { return Step::Wait(0) };
        self.state = State::Mbox;
        if length > 0 {
            let mark = octets.get(..length).unwrap_or_default();
            tell(Event::ByteOrderMark(Octets::new(self.offset, mark)));
        }
        Step::On(length)
    }

    pub(super) fn mbox(&mut self, octets: &[u8], last: bool) -> Step {
        self.state = match HeaderIndex::begins_with_mbox_from(octets, last) {
            None => return Step::Wait(0),
            Some(true) => State::MboxLine,
            Some(false) => State::Field,
        };
        self.section.start = self.offset;
        Step::On(0)
    }

    pub(super) fn mbox_line(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let lf = memchr(b'\n', octets);
        let length = lf.map_or(octets.len(), |lf| lf.saturating_add(1));
        let line = octets.get(..length).unwrap_or_default();
        if !line.is_empty() {
            tell(Event::MboxFrom(Octets::new(self.offset, line)));
        }
        self.section.start = self.at(length);
        if lf.is_some() || last {
            self.state = State::Field;
            return Step::On(length);
        }
        Step::Wait(length)
    }

    /// Tells the fields up to the end of the section, or as many as are whole.
    pub(super) fn fields(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let mut at = 0_usize;
        loop {
            let rest = octets.get(at..).unwrap_or_default();
            // A field that was begun is one.
            if self.searched == 0 {
                match rest {
                    [] | [b'\r'] if !last => return Step::Wait(at),
                    [b'-'] if !last => return Step::Wait(at),
                    [] => return self.header_end(at, &[], tell),
                    [b'\n', ..] => return self.header_end(at, b"\n", tell),
                    [b'\r', b'\n', ..] => return self.header_end(at, b"\r\n", tell),
                    [b'-', b'-', ..] => match is_delimiter(rest, last, &self.nesting) {
                        None => return Step::Wait(at),
                        Some(true) => return self.header_end(at, &[], tell),
                        Some(false) => {}
                    },
                    _ => {}
                }
            }
            match field_end(rest, self.searched, last) {
                FieldEnd::At(end) if end <= self.limits.field => {
                    let raw = rest.get(..end).unwrap_or_default();
                    self.field(Octets::new(self.at(at), raw), tell);
                    at = at.saturating_add(end);
                    self.searched = 0;
                }
                FieldEnd::Undecided(searched) if rest.len() <= self.limits.field => {
                    self.searched = searched;
                    return Step::Wait(at);
                }
                FieldEnd::At(_) | FieldEnd::Undecided(_) => {
                    let raw = rest.get(..self.limits.field).unwrap_or_default();
                    let octets = Octets::new(self.at(at), raw);
                    tell(Event::FieldPiece(FieldPiece { octets, is_first: true }));
                    self.section.fields = self.section.fields.saturating_add(1);
                    self.searched = 0;
                    self.state = State::LongField;
                    return Step::On(at.saturating_add(raw.len()));
                }
            }
        }
    }

    /// Tells the rest of a field without holding it.
    pub(super) fn long_field(
        &mut self,
        octets: &[u8],
        last: bool,
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let end = field_end(octets, 0, last);
        let (FieldEnd::At(length) | FieldEnd::Undecided(length)) = end;
        let raw = octets.get(..length).unwrap_or_default();
        if !raw.is_empty() {
            let octets = Octets::new(self.offset, raw);
            tell(Event::FieldPiece(FieldPiece { octets, is_first: false }));
        }
        if matches!(end, FieldEnd::Undecided(_)) {
            return Step::Wait(length);
        }
        self.state = State::Field;
        Step::On(length)
    }

    fn field(&mut self, octets: Octets<'_>, tell: &mut impl FnMut(Event<'_>)) {
        let field = Field::new(octets, &self.limits, self.nesting.depth());
        // Only names that begin with this letter are of interest.
        if matches!(octets.raw, [b'c' | b'C', ..]) && self.section.fields < self.most_fields() {
            match field.known() {
                Some(FieldName::ContentType) => self.section.content_type.keep(octets),
                Some(FieldName::ContentTransferEncoding) => self.section.encoding.keep(octets),
                Some(FieldName::ContentDisposition) => self.section.disposition.keep(octets),
                _ => {}
            }
        }
        self.section.fields = self.section.fields.saturating_add(1);
        tell(Event::Field(field));
    }

    /// Fields of this section that the index of the tree would keep.
    fn most_fields(&self) -> usize {
        let budget = self.nesting.fields();
        self.limits.headers.fields.min(budget).min(usize::from(u16::MAX))
    }

    /// The section ends behind `before` octets with this empty line: what follows is known.
    fn header_end(
        &mut self,
        before: usize,
        separator: &[u8],
        tell: &mut impl FnMut(Event<'_>),
    ) -> Step {
        let end = self.at(before);
        let most = self.most_fields();
        let left = self.nesting.fields().saturating_sub(self.section.fields.min(most));
        self.nesting.set_fields(left);
        if self.section.fields > most && left == 0 && !self.cut {
            self.cut = true;
            self.defect(&message_code::TOO_MANY_FIELDS, self.section.start, end, tell);
        }
        let section = core::mem::take(&mut self.section);
        let limits = self.limits;
        let depth = self.nesting.depth();
        let field = |kept| Field::new(kept, &limits, depth);
        let content_type = section.content_type.octets().map(field);
        let disposition = section.disposition.octets().map(field);
        let encoding = section.encoding.octets().map_or(TransferEncoding::SevenBit, |kept| {
            TransferEncoding::of_value(field(kept).raw_value())
        });
        let (from, to) = content_type
            .map_or((section.start, end), |field| (field.octets().offset, field.octets().end()));
        let value = content_type.map(Field::raw_value);
        let refusal = self.nesting.refusal(&limits);
        let shape = shape(
            value,
            || encoding,
            section.in_digest,
            refusal,
            |told| match section.encoding.octets() {
                Some(field) if *told == code::ENCODED_CONTAINER => {
                    self.defect(told, field.offset, field.end(), tell);
                }
                _ => self.defect(told, from, to, tell),
            },
        );
        self.nesting.enter(&shape, ());
        let decode = Cell::new(self.decode);
        tell(Event::HeaderEnd(HeaderEnd {
            octets: Octets::new(end, separator),
            kind: shape.kind,
            in_digest: section.in_digest,
            content_type,
            disposition,
            encoding,
            decode: &decode,
        }));
        self.state = if shape.kind == Kind::Message {
            State::Begin { in_digest: false }
        } else {
            State::Body { line_start: true }
        };
        if shape.kind == Kind::Leaf {
            let start = end.saturating_add(separator.len() as u64);
            self.start_content(decode.get(), start, content_type, section.in_digest, encoding);
        }
        self.section = section;
        Step::On(before.saturating_add(separator.len()))
    }
}
