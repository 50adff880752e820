//! ENVELOPE.

use super::base::failure;
use super::structure::Structure;
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::Envelope;
use crate::value::table::{Span, TableBuilder};
use crate::value::{put_address, put_header};

/// Octets that the table of an envelope takes in most cases.
const TABLE: usize = 320;

/// Octets of text for which room is made at first.
const TEXT: usize = 1024 - TABLE;

impl Grammar<'_> {
    /// ```text
    /// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP
    ///            env-to SP env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"
    /// ```
    ///
    /// (RFC 9051 §9)
    pub(crate) fn envelope<'a>(&self, input: &'a [u8]) -> Parsed<'a, Envelope> {
        let Some(mut structure) = Structure::new(self, input) else { return failure(input) };
        let mut table = TableBuilder::with_capacity(TABLE.saturating_add(input.len().min(TEXT)));
        let (place, strict) = self.strictly(|| structure.envelope(&mut table));
        let Some(place) = place else { return failure(structure.rest()) };
        let as_written = strict && !structure.literals;
        Ok((structure.rest(), Envelope::read(table, place, structure.text(), as_written)))
    }
}

/// A list of addresses: where it stands in the unit, and in the table.
struct List {
    from: usize,
    to: usize,
    place: u32,
    end: u32,
    count: u32,
}

impl Structure<'_, '_, '_> {
    /// An envelope into `table`: where its header stands there.
    pub(super) fn envelope(&mut self, table: &mut TableBuilder) -> Option<u32> {
        self.expect(b'(')?;
        let (at, date) = self.nstring_then::<b' '>(self.at, table)?;
        let (mut at, subject) = self.nstring_then::<b' '>(at, table)?;
        let mut ends = [0_u32; 6];
        let mut count = 0_u32;
        let mut last = List { from: 0, to: 0, place: 0, end: 0, count: 0 };
        for end in &mut ends {
            let (begin, place, before) = (at, table.place(), count);
            if let Some(behind) = self.behind_same(at, &last) {
                // Sender and Reply-To are From in most messages (RFC 9051 §7.5.2).
                table.repeat(last.place, last.end);
                (at, count) = (behind, count.wrapping_add(last.count));
            } else {
                (at, count) = self.addresses(at, table, count)?;
                if count > before {
                    let (end, count) = (table.place(), count.wrapping_sub(before));
                    last = List { from: begin, to: at, place, end, count };
                }
            }
            *end = count;
            if self.unit.get(at) != Some(&b' ') {
                // Some servers leave out the last fields.
                self.at = at;
                return self.short(table, [date, subject, Span::NIL], ends);
            }
            at = at.wrapping_add(1);
        }
        let Some((at, in_reply_to)) = self.nstring_then::<b' '>(at, table) else {
            self.at = at;
            let in_reply_to = self.nstring(table)?;
            return self.short(table, [date, subject, in_reply_to], ends);
        };
        let (at, message_id) = self.nstring_then::<b')'>(at, table)?;
        self.at = at;
        Some(put_header(table, [date, subject, in_reply_to, message_id], ends))
    }

    /// The place behind a list that stands at `at` as one did before.
    #[inline(always)]
    fn behind_same(&self, at: usize, last: &List) -> Option<usize> {
        let list = self.unit.get(last.from..last.to).filter(|list| !list.is_empty())?;
        let behind = self.unit.get(at..)?.strip_prefix(list)?;
        (behind.first() == Some(&b' ')).then(|| at.wrapping_add(list.len()))
    }

    /// The end of an envelope whose last fields are missing.
    #[cold]
    fn short(
        &mut self,
        table: &mut TableBuilder,
        [date, subject, in_reply_to]: [Span; 3],
        mut ends: [u32; 6],
    ) -> Option<u32> {
        let mut count = 0;
        for end in &mut ends {
            count = count.max(*end);
            *end = count;
        }
        self.blanks();
        self.expect(b')')?;
        let place = || put_header(table, [date, subject, in_reply_to, Span::NIL], ends);
        self.grammar.forgives(Quirk::Members).then(place)
    }

    /// `env-from = "(" 1*address ")" / nil` at `at`, behind `before` other addresses. The place
    /// behind it, and how many there are then.
    #[inline(always)]
    fn addresses(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
        before: u32,
    ) -> Option<(usize, u32)> {
        let rest = self.unit.get(at..)?;
        if rest.first_chunk::<4>() == Some(b"NIL ") {
            return Some((at.wrapping_add(3), before));
        }
        let (mut at, mut count) = (at, before);
        if rest.first_chunk::<2>() == Some(b"((") {
            at = at.wrapping_add(1);
            while self.unit.get(at) == Some(&b'(') {
                at = self.address(at, table)?;
                count = count.wrapping_add(1);
                if count.wrapping_sub(before) as usize > self.grammar.limits.list {
                    return None;
                }
            }
            if self.unit.get(at) == Some(&b')') {
                return Some((at.wrapping_add(1), count));
            }
        }
        self.odd_addresses(at, table, before, count)
    }

    /// The rest of a list in which something else stands: blanks between addresses, `NIL` in the
    /// place of one, or nothing.
    #[cold]
    #[inline(never)]
    fn odd_addresses(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
        before: u32,
        mut count: u32,
    ) -> Option<(usize, u32)> {
        self.at = at;
        if count == before {
            self.blanks();
            if !self.eat(b'(') {
                return self.nil().then_some((self.at, count));
            }
        }
        loop {
            match self.peek()? {
                b'(' => {
                    self.at = self.address(self.at, table)?;
                    count = count.saturating_add(1);
                    if count.saturating_sub(before) as usize > self.grammar.limits.list {
                        return None;
                    }
                }
                b')' => break,
                b' ' if self.grammar.forgives(Quirk::Blank) => self.at = self.at.wrapping_add(1),
                _ if self.nil() && self.grammar.forgives(Quirk::Nil) => {}
                _ => return None,
            }
        }
        let some = count != before || self.grammar.forgives(Quirk::EmptyList);
        some.then_some((self.at.wrapping_add(1), count))
    }

    /// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`: the place behind it.
    #[inline(always)]
    fn address(&mut self, at: usize, table: &mut TableBuilder) -> Option<usize> {
        let at = at.wrapping_add(1);
        let (at, name) = self.nstring_then::<b' '>(at, table)?;
        let (at, route) = self.nstring_then::<b' '>(at, table)?;
        let (at, mailbox) = self.nstring_then::<b' '>(at, table)?;
        let (at, host) = self.nstring_then::<b')'>(at, table)?;
        put_address(table, [name, route, mailbox, host]);
        Some(at)
    }
}
