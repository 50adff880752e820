//! BODY and BODYSTRUCTURE. What is open hangs together by the rows of the table; the call stack does
//! not grow with the input.

use alloc::vec::Vec;

use super::base::failure;
use super::structure::{PlainPair, Structure};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::table::{Span, TableBuilder};
use crate::value::{BodyStructure, FetchItem, List, PartKind, Rows, SingleHead, Tail};

/// Octets of text for which room is made at first; half as many again for the table, which is what
/// structures of a few parts take.
const TEXT: usize = 2048;

/// What a head begins.
enum Head {
    /// A part that is no multipart, up to its octets.
    Single(SingleHead),
    /// A multipart without parts: all of it was read, and this is its tail.
    Empty(Tail),
}

impl Grammar<'_> {
    /// ```text
    /// body = "(" (body-type-1part / body-type-mpart) ")"
    /// ```
    ///
    /// (RFC 9051 §9)
    ///
    /// It is made where it is to stay, as an envelope is.
    #[inline(always)]
    pub(super) fn body_into<'a>(
        &self,
        input: &'a [u8],
        items: &mut Vec<FetchItem>,
        item: fn(BodyStructure) -> FetchItem,
    ) -> Parsed<'a, ()> {
        let Some(mut structure) = Structure::new(self, input) else { return failure(input) };
        let text = input.len().min(TEXT);
        let room = text.saturating_add(text.saturating_mul(3) / 2).saturating_add(128);
        let mut rows = Rows::new(TableBuilder::with_capacity(room));
        let (root, strict) = self.strictly(|| structure.body(&mut rows));
        let Some(root) = root else { return failure(structure.rest()) };
        let as_written = strict && !structure.literals;
        let table = rows.table.finish(structure.text());
        items.push(item(BodyStructure::read(table, root, as_written)));
        Ok((structure.rest(), ()))
    }
}

impl Structure<'_, '_, '_> {
    /// A structure into `rows`: where its root stands.
    ///
    /// ```text
    /// body-type-1part = (body-type-basic / body-type-msg / body-type-text)
    ///                   [SP body-ext-1part]
    /// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
    /// body-type-basic = media-basic SP body-fields
    /// body-type-msg   = media-message SP body-fields SP envelope SP body SP body-fld-lines
    /// body-type-text  = media-text SP body-fields SP body-fld-lines
    /// ```
    ///
    /// What follows the fields tells which of the three a part is; media types are not looked at,
    /// because servers disagree about them.
    fn body(&mut self, rows: &mut Rows) -> Option<u32> {
        loop {
            // A structure begins here.
            self.expect(b'(')?;
            self.blanks();
            if self.peek() == Some(b'(') {
                rows.open_multipart();
                if rows.depth > self.grammar.limits.depth {
                    return None;
                }
                continue;
            }
            if !self.begin_part(rows)? {
                if rows.depth > self.grammar.limits.depth {
                    return None;
                }
                continue;
            }
            // It has ended; so may have what it stands in.
            loop {
                match rows.open_kind() {
                    None => return rows.root(),
                    Some(PartKind::Multipart) => {
                        if self.peek() == Some(b'(') {
                            break;
                        }
                        // Some servers put blanks between the parts, and some none before the
                        // subtype, which does not begin like a part.
                        if self.sp().is_none() && !self.grammar.forgives(Quirk::Blank) {
                            return None;
                        }
                        if self.peek() == Some(b'(') && self.grammar.forgives(Quirk::Blank) {
                            break;
                        }
                        let mut tail = Tail::EMPTY;
                        self.multipart_tail(&mut rows.table, &mut tail)?;
                        rows.close(&tail);
                    }
                    Some(_) => {
                        self.sp()?;
                        let mut tail = Tail { lines: self.number()?, ..Tail::EMPTY };
                        self.single_tail(&mut rows.table, &mut tail)?;
                        rows.close(&tail);
                    }
                }
            }
        }
    }

    /// A part behind its parenthesis. Whether all of it is read: of a message, its structure comes
    /// next.
    fn begin_part(&mut self, rows: &mut Rows) -> Option<bool> {
        let head = match self.head(&mut rows.table)? {
            Head::Single(head) => head,
            Head::Empty(tail) => {
                rows.open_multipart();
                rows.close(&tail);
                return Some(true);
            }
        };
        let message = matches!(self.rest(), [b' ', b'(', ..])
            || matches!(self.rest(), [b' ', b' ', ..]) && self.has_list_ahead();
        if message {
            let from = (self.at, rows.table.place());
            self.sp()?;
            match self.envelope(&mut rows.table) {
                Some(envelope) => {
                    self.sp()?;
                    rows.open_message(&head, envelope);
                    return if self.peek() == Some(b'(') && !self.is_empty_list() {
                        Some(false)
                    } else {
                        self.no_structure(rows)
                    };
                }
                // Parameters in the place of the MD5.
                None if self.grammar.forgives(Quirk::Members) => {
                    self.at = from.0;
                    rows.table.truncate(from.1);
                }
                None => return None,
            }
        }
        let text = matches!(self.rest(), [b' ', b'0'..=b'9' | b'-', ..]);
        let mut tail = Tail::EMPTY;
        if text {
            self.sp()?;
            tail.lines = self.number()?;
        }
        self.single_tail(&mut rows.table, &mut tail)?;
        rows.single(&head, text, &tail);
        Some(true)
    }

    #[cold]
    fn has_list_ahead(&self) -> bool {
        self.rest().iter().find(|&&octet| octet != b' ') == Some(&b'(')
    }

    /// `()`
    fn is_empty_list(&self) -> bool {
        self.rest().starts_with(b"()")
    }

    /// The end of a message in which `()` or `NIL` stands for its structure.
    #[cold]
    fn no_structure(&mut self, rows: &mut Rows) -> Option<bool> {
        if self.is_empty_list() && self.grammar.forgives(Quirk::EmptyList) {
            self.at = self.at.saturating_add(2);
        } else if !(self.nil() && self.grammar.forgives(Quirk::Nil)) {
            return None;
        }
        self.sp()?;
        let mut tail = Tail { lines: self.number()?, ..Tail::EMPTY };
        self.single_tail(&mut rows.table, &mut tail)?;
        rows.close(&tail);
        Some(true)
    }

    /// The media type and `body-fields`.
    fn head(&mut self, table: &mut TableBuilder) -> Option<Head> {
        let from = (self.at, table.place());
        let met = self.grammar.met();
        if let Some(head) = self.single_head(table) {
            return Some(Head::Single(head));
        }
        self.grammar.back_to(met);
        if !self.grammar.forgives(Quirk::Members) {
            return None;
        }
        self.at = from.0;
        table.truncate(from.1);
        if let Some(head) = self.half_head(table) {
            return Some(Head::Single(head));
        }
        self.at = from.0;
        table.truncate(from.1);
        // A multipart without parts; `NIL` may stand for them.
        if self.nil() {
            self.sp()?;
        }
        let mut tail = Tail::EMPTY;
        self.multipart_tail(table, &mut tail)?;
        Some(Head::Empty(tail))
    }

    /// ```text
    /// media-basic = … SP media-subtype
    /// body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP
    ///               body-fld-octets
    /// ```
    #[inline(always)]
    fn single_head(&mut self, table: &mut TableBuilder) -> Option<SingleHead> {
        if let Some(PlainPair { end, spans: [media_type, subtype], behind: [b'"', b' ', _] }) =
            self.plain_pair(self.at)
        {
            self.at = end.wrapping_add(2);
            return self.fields(table, media_type, subtype);
        }
        let (at, media_type) = self.string_then::<b' '>(self.at, table)?;
        let (at, subtype) = self.string_then::<b' '>(at, table)?;
        self.at = at;
        self.fields(table, media_type, subtype)
    }

    /// As [`Self::single_head`], with one word for type and subtype.
    #[cold]
    #[inline(never)]
    fn half_head(&mut self, table: &mut TableBuilder) -> Option<SingleHead> {
        let (at, media_type) = self.string_then::<b' '>(self.at, table)?;
        self.at = at;
        self.fields(table, media_type, Span::NIL)
    }

    #[inline(always)]
    fn fields(
        &mut self,
        table: &mut TableBuilder,
        media_type: Span,
        subtype: Span,
    ) -> Option<SingleHead> {
        let parameters = self.parameters(table)?;
        self.sp()?;
        let (at, id) = self.nstring_then::<b' '>(self.at, table)?;
        let (at, description) = self.nstring_then::<b' '>(at, table)?;
        let (at, encoding) = self.string_then::<b' '>(at, table)?;
        self.at = at;
        let octets = self.number()?;
        Some(SingleHead { media_type, subtype, parameters, id, description, encoding, octets })
    }

    /// ```text
    /// body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
    ///                  *(SP body-extension)]]]
    /// ```
    #[inline]
    fn single_tail(&mut self, table: &mut TableBuilder, tail: &mut Tail) -> Option<()> {
        if self.rest().starts_with(b" NIL NIL NIL NIL)") {
            self.at = self.at.wrapping_add(17);
            tail.extended = true;
            return Some(());
        }
        if self.rest().starts_with(b" NIL (") {
            self.at = self.at.wrapping_add(4);
            tail.extended = true;
            self.extension(table, tail)?;
        } else if self.more()? {
            tail.extended = true;
            if self.peek() == Some(b'(') {
                self.odd_md5()?;
            } else {
                tail.md5 = self.nstring(table)?;
            }
            self.extension(table, tail)?;
        }
        self.expect(b')')
    }

    /// A list in the place of the MD5.
    #[cold]
    fn odd_md5(&mut self) -> Option<()> {
        if self.grammar.forgives(Quirk::Members) { self.any_value() } else { None }
    }

    /// ```text
    /// media-subtype [SP body-ext-mpart]
    /// body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
    ///                  *(SP body-extension)]]]
    /// ```
    #[inline]
    fn multipart_tail(&mut self, table: &mut TableBuilder, tail: &mut Tail) -> Option<()> {
        tail.subtype = self.string(table)?;
        if self.more()? {
            tail.extended = true;
            tail.parameters = self.parameters(table)?;
            self.extension(table, tail)?;
        }
        self.expect(b')')
    }

    /// `[SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc *(SP body-extension)]]]`
    #[inline]
    fn extension(&mut self, table: &mut TableBuilder, tail: &mut Tail) -> Option<()> {
        if self.rest().starts_with(b" NIL NIL NIL)") {
            self.at = self.at.wrapping_add(12);
            return Some(());
        }
        if !self.more()? {
            return Some(());
        }
        self.disposition(table, tail)?;
        if self.rest().starts_with(b" NIL NIL)") {
            self.at = self.at.wrapping_add(8);
            return Some(());
        }
        if !self.more()? {
            return Some(());
        }
        tail.language = self.language(table)?;
        if !self.more()? {
            return Some(());
        }
        tail.location =
            if self.is_empty_list() { self.odd_location()? } else { self.nstring(table)? };
        while self.more()? {
            self.any_value()?;
        }
        Some(())
    }

    /// `()` for `NIL`.
    #[cold]
    fn odd_location(&mut self) -> Option<Span> {
        self.at = self.at.saturating_add(2);
        self.grammar.forgives(Quirk::EmptyList).then_some(Span::NIL)
    }

    /// `body-fld-dsp = "(" string SP body-fld-param ")" / nil`
    #[inline]
    fn disposition(&mut self, table: &mut TableBuilder, tail: &mut Tail) -> Option<()> {
        if self.nil() {
            return Some(());
        }
        if !self.eat(b'(') {
            // Exchange writes the bare type.
            tail.disposition = self.nstring(table)?;
            return self.grammar.forgives(Quirk::Members).then_some(());
        }
        if self.eat(b')') {
            return self.grammar.forgives(Quirk::EmptyList).then_some(());
        }
        tail.disposition = self.string(table)?;
        if self.more()? {
            tail.disposition_parameters = self.parameters(table)?;
        } else if !self.grammar.forgives(Quirk::Members) {
            return None;
        }
        self.blanks();
        self.expect(b')')
    }

    /// `body-fld-lang = nstring / "(" string *(SP string) ")"`
    #[inline]
    fn language(&mut self, table: &mut TableBuilder) -> Option<List> {
        if self.eat(b'(') {
            return self.languages(table);
        }
        let one = self.nstring(table)?;
        let place = table.place();
        if !one.is_some() {
            return Some(List::default());
        }
        table.push(one.words());
        Some(List { place, count: 1 })
    }

    fn languages(&mut self, table: &mut TableBuilder) -> Option<List> {
        let place = table.place();
        let mut count = 0_u32;
        if self.eat(b')') {
            return self.grammar.forgives(Quirk::EmptyList).then_some(List::default());
        }
        loop {
            let one = self.string(table)?;
            if one.is_some() {
                table.push(one.words());
                count = count.saturating_add(1);
            }
            if count as usize > self.grammar.limits.list {
                return None;
            }
            if !self.more()? {
                self.at = self.at.wrapping_add(1);
                return Some(List { place, count });
            }
        }
    }

    /// `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`
    #[inline]
    fn parameters(&mut self, table: &mut TableBuilder) -> Option<List> {
        if !self.eat(b'(') {
            return self.nil().then_some(List::default());
        }
        if self.eat(b')') {
            return self.grammar.forgives(Quirk::EmptyList).then_some(List::default());
        }
        let place = table.place();
        let mut count = 0_u32;
        let mut at = self.at;
        loop {
            let (behind, [name, value], more) = self.parameter(at, table)?;
            let ([a, b], [c, d]) = (name.words(), value.words());
            table.push([a, b, c, d]);
            count = count.wrapping_add(2);
            if count as usize / 2 > self.grammar.limits.list {
                return None;
            }
            at = behind;
            if !more {
                self.at = at;
                return Some(List { place, count });
            }
        }
    }

    /// A parameter, and the octet behind it: whether that is a blank.
    #[inline(always)]
    fn parameter(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
    ) -> Option<(usize, [Span; 2], bool)> {
        if let Some(PlainPair { end, spans, behind: [b'"', then, next] }) = self.plain_pair(at) {
            match then {
                b')' => return Some((end.wrapping_add(2), spans, false)),
                b' ' if !matches!(next, b' ' | b')') => {
                    return Some((end.wrapping_add(2), spans, true));
                }
                _ => {}
            }
        }
        self.odd_parameter(at, table)
    }

    #[inline(never)]
    fn odd_parameter(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
    ) -> Option<(usize, [Span; 2], bool)> {
        let (at, name) = self.string_then::<b' '>(at, table)?;
        self.at = at;
        self.blanks();
        let value = self.string(table)?;
        let more = self.more()?;
        Some((if more { self.at } else { self.at.wrapping_add(1) }, [name, value], more))
    }
}
