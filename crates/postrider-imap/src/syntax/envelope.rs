//! ENVELOPE.

use alloc::vec::Vec;

use super::base::failure;
use super::structure::{Quotes, Structure, WINDOW};
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::table::{Span, TableBuilder};
use crate::value::{Envelope, FetchItem};
use crate::value::{ListPlace, put_address, put_header};

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
    ///
    /// It is made where it is to stay: each hand that it passed through would copy it.
    #[inline(always)]
    pub(super) fn envelope_into<'a>(
        &self,
        input: &'a [u8],
        items: &mut Vec<FetchItem>,
    ) -> Parsed<'a, ()> {
        let Some(mut structure) = Structure::new(self, input) else { return failure(input) };
        let mut table = TableBuilder::with_capacity(TABLE.saturating_add(input.len().min(TEXT)));
        let (place, strict) = self.strictly(|| structure.envelope(&mut table));
        let Some(place) = place else { return failure(structure.rest()) };
        let as_written = strict && !structure.literals;
        let envelope = Envelope::read(table, place, structure.text(), as_written);
        items.push(FetchItem::Envelope(envelope));
        Ok((structure.rest(), ()))
    }
}

/// A list of addresses that was read: where it stands in the unit, and in the table.
#[derive(Clone, Copy, Default)]
struct Read {
    from: usize,
    to: usize,
    place: ListPlace,
}

impl Structure<'_, '_, '_> {
    /// An envelope into `table`: where its header stands there.
    pub(super) fn envelope(&mut self, table: &mut TableBuilder) -> Option<u32> {
        self.expect(b'(')?;
        let (at, date) = self.nstring_then::<b' '>(self.at, table)?;
        let (mut at, subject) = self.nstring_then::<b' '>(at, table)?;
        let mut lists = [ListPlace::default(); 6];
        let (mut first, mut last) = (Read::default(), Read::default());
        for list in &mut lists {
            if let Some(behind) = self.behind_none(at) {
                at = behind;
            } else if let Some((behind, place)) = self.behind_same(at, &last, &first) {
                // Sender and Reply-To are From in most messages (RFC 9051 §7.5.2).
                (at, *list) = (behind, place);
            } else {
                let (from, begin) = (at, table.place());
                at = self.addresses(at, table)?;
                *list = ListPlace { begin, end: table.place() };
                last = Read { from, to: at, place: *list };
                if first.to == 0 {
                    first = last;
                }
            }
            if self.unit.get(at) != Some(&b' ') {
                // Some servers leave out the last fields.
                self.at = at;
                return self.short(table, [date, subject, Span::NIL], &lists);
            }
            at = at.wrapping_add(1);
        }
        let Some((at, in_reply_to)) = self.nstring_then::<b' '>(at, table) else {
            self.at = at;
            let in_reply_to = self.nstring(table)?;
            return self.short(table, [date, subject, in_reply_to], &lists);
        };
        let (at, message_id) = self.nstring_then::<b')'>(at, table)?;
        self.at = at;
        Some(put_header(table, [date, subject, in_reply_to, message_id], &lists))
    }

    /// The place behind a list that is absent.
    #[inline(always)]
    fn behind_none(&self, at: usize) -> Option<usize> {
        let front = self.unit.get(at..)?.first_chunk::<4>()?;
        (front == b"NIL ").then(|| at.wrapping_add(3))
    }

    /// The place behind a list that stands at `at` as one of two did before, and where that is in the
    /// table.
    #[inline(always)]
    fn behind_same(&self, at: usize, last: &Read, first: &Read) -> Option<(usize, ListPlace)> {
        let rest = self.unit.get(at..)?;
        let as_read = |list: &Read| {
            let text = self.unit.get(list.from..list.to).filter(|text| !text.is_empty())?;
            let behind = rest.strip_prefix(text)?;
            (behind.first() == Some(&b' ')).then(|| (at.wrapping_add(text.len()), list.place))
        };
        as_read(last).or_else(|| if first.to == last.to { None } else { as_read(first) })
    }

    /// The end of an envelope whose last fields are missing.
    #[cold]
    fn short(
        &mut self,
        table: &mut TableBuilder,
        [date, subject, in_reply_to]: [Span; 3],
        lists: &[ListPlace; 6],
    ) -> Option<u32> {
        self.blanks();
        self.expect(b')')?;
        let place = || put_header(table, [date, subject, in_reply_to, Span::NIL], lists);
        self.grammar.forgives(Quirk::Members).then(place)
    }

    /// `env-from = "(" 1*address ")" / nil` at `at`: the place behind it.
    #[inline(always)]
    fn addresses(&mut self, at: usize, table: &mut TableBuilder) -> Option<usize> {
        let (mut at, begin) = (at, table.place());
        if self.unit.get(at..)?.first_chunk::<2>() == Some(b"((") {
            at = at.wrapping_add(1);
            while self.unit.get(at) == Some(&b'(') {
                at = self.address(at, table)?;
                self.bounded(table, begin)?;
            }
            if self.unit.get(at) == Some(&b')') {
                return Some(at.wrapping_add(1));
            }
        }
        self.odd_addresses(at, table, begin)
    }

    /// There must not be more addresses from `begin` on than a list may have.
    #[inline(always)]
    fn bounded(&self, table: &TableBuilder, begin: u32) -> Option<()> {
        let list = ListPlace { begin, end: table.place() };
        (list.len() <= self.grammar.limits.list).then_some(())
    }

    /// The rest of a list in which something else stands: blanks between addresses, `NIL` in the
    /// place of one, or nothing.
    #[cold]
    #[inline(never)]
    fn odd_addresses(&mut self, at: usize, table: &mut TableBuilder, begin: u32) -> Option<usize> {
        self.at = at;
        if table.place() == begin {
            self.blanks();
            if !self.eat(b'(') {
                return self.nil().then_some(self.at);
            }
        }
        loop {
            match self.peek()? {
                b'(' => {
                    self.at = self.address(self.at, table)?;
                    self.bounded(table, begin)?;
                }
                b')' => break,
                b' ' if self.grammar.forgives(Quirk::Blank) => self.at = self.at.wrapping_add(1),
                _ if self.nil() && self.grammar.forgives(Quirk::Nil) => {}
                _ => return None,
            }
        }
        let some = table.place() != begin || self.grammar.forgives(Quirk::EmptyList);
        some.then_some(self.at.wrapping_add(1))
    }

    /// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`: the place behind it.
    #[inline(always)]
    fn address(&mut self, at: usize, table: &mut TableBuilder) -> Option<usize> {
        let (at, strings) = match self.plain_address(at) {
            Some(found) => found,
            None => self.any_address(at, table)?,
        };
        put_address(table, strings);
        Some(at)
    }

    /// An address of any form, one string after the other.
    #[inline]
    fn any_address(&mut self, at: usize, table: &mut TableBuilder) -> Option<(usize, [Span; 4])> {
        let at = at.wrapping_add(1);
        let (at, name) = self.nstring_then::<b' '>(at, table)?;
        let (at, route) = self.nstring_then::<b' '>(at, table)?;
        let (at, mailbox) = self.nstring_then::<b' '>(at, table)?;
        let (at, host) = self.nstring_then::<b')'>(at, table)?;
        Some((at, [name, route, mailbox, host]))
    }

    /// An address without a route and without escapes, of no more than 64 octets: the place behind it.
    ///
    /// All of its quotes are found together. One after the other, each would have to wait for the one
    /// before it.
    #[inline(always)]
    fn plain_address(&self, at: usize) -> Option<(usize, [Span; 4])> {
        let front = self.unit.get(at..)?.first_chunk::<{ WINDOW + 7 }>()?;
        let mut quotes = Quotes::of(front.first_chunk()?);
        let string = |quotes: &mut Quotes, behind: &[u8]| {
            let (to, span) = quotes.string(at);
            front.get(to..)?.starts_with(behind).then_some((to, span))
        };
        let name = if front.starts_with(b"(NIL NIL \"") {
            Span::NIL
        } else if front.starts_with(b"(\"") {
            string(&mut quotes, b"\" NIL \"")?.1
        } else {
            return None;
        };
        let (_, mailbox) = string(&mut quotes, b"\" \"")?;
        let (end, host) = string(&mut quotes, b"\")")?;
        Some((at.wrapping_add(end).wrapping_add(2), [name, Span::NIL, mailbox, host]))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::limits::Limits;
    use crate::quirks::Quirks;

    #[test]
    fn quotes_found_together_are_those_found_one_after_the_other() {
        let mut addresses: Vec<Vec<u8>> = [
            &b"(\"Robert Elz\" NIL \"kre\" \"munnari.OZ.AU\")"[..],
            b"(NIL NIL \"exmh-workers\" \"spamassassin.taint.org\")",
            b"(\"\" NIL \"\" \"\")",
        ]
        .map(<[u8]>::to_vec)
        .into();
        // The last quotes of these stand at the end of what is looked at together, and behind it.
        for letters in [61, 62, 63, 64, 65].map(|last: usize| last - 20) {
            let name = "n".repeat(letters);
            addresses.push(alloc::format!("(\"{name}\" NIL \"kre\" \"oz.au\")").into());
        }
        let limits = Limits::new();
        let (mut plain, mut other) = (0, 0);
        for address in &addresses {
            // What follows is long enough for all to be looked at together, or not.
            for behind in [&[b')'; 99][..], b")"] {
                let unit = [b" ", &address[..], behind].concat();
                for at in 0..=address.len() {
                    for octet in 0..=255_u8 {
                        let mut unit = unit.clone();
                        unit[at] = octet;
                        let grammar = Grammar::new(&limits, Quirks::tolerant());
                        let mut structure = Structure::new(&grammar, &unit).unwrap();
                        let Some((end, strings)) = structure.plain_address(1) else {
                            other += 1;
                            continue;
                        };
                        let one = structure.any_address(1, &mut TableBuilder::default());
                        let words = |strings: [Span; 4]| strings.map(Span::words);
                        let one = one.map(|(end, strings)| (end, words(strings)));
                        assert_eq!(one, Some((end, words(strings))), "{}", unit.escape_ascii());
                        assert!(grammar.met().is_empty());
                        plain += 1;
                    }
                }
            }
        }
        assert!(plain > 10_000 && other > 10_000, "{plain} {other}");
        let taken: Vec<bool> = addresses
            .iter()
            .map(|address| {
                let grammar = Grammar::new(&limits, Quirks::strict());
                let unit = [&address[..], &[b')'; 99][..]].concat();
                Structure::new(&grammar, &unit).unwrap().plain_address(0).is_some()
            })
            .collect();
        assert_eq!(taken, [true, true, true, true, true, true, true, false]);
    }
}
