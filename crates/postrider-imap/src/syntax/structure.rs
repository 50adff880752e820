//! Reading ENVELOPE and BODYSTRUCTURE into tables: the strings inside.
//!
//! Everything here is a place in the unit instead of a rest of it: a table holds places.

use wide::u8x16;

use super::Grammar;
use super::base::{literal, number64};
use crate::quirks::Quirk;
use crate::value::is_keyword_octet;
use crate::value::table::{LARGEST, Span, TableBuilder};

/// A quote, 32 octets, and two more: what is looked at together. Most strings end in them.
const FRONT: usize = 35;

/// A structure that is being read.
#[derive(Debug)]
pub(super) struct Structure<'g, 'p, 'a> {
    pub(super) grammar: &'g Grammar<'p>,
    pub(super) unit: &'a [u8],
    pub(super) at: usize,
    /// Whether a literal was met.
    pub(super) literals: bool,
}

/// Two strings.
pub(super) struct PlainPair {
    /// Where the quote of the second should stand that ends it.
    pub(super) end: usize,
    pub(super) spans: [Span; 2],
    /// What stands there.
    pub(super) behind: [u8; 3],
}

impl<'g, 'p, 'a> Structure<'g, 'p, 'a> {
    /// A structure at the front of `unit`; `None` where that is too large.
    pub(super) fn new(grammar: &'g Grammar<'p>, unit: &'a [u8]) -> Option<Self> {
        (unit.len() <= LARGEST).then_some(Self { grammar, unit, at: 0, literals: false })
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.unit.get(self.at..).unwrap_or_default()
    }

    /// What was read.
    pub(super) fn text(&self) -> &'a [u8] {
        self.unit.get(..self.at).unwrap_or_default()
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.unit.get(self.at).copied()
    }

    /// Goes over this octet, if it is the next.
    #[inline]
    pub(super) fn eat(&mut self, octet: u8) -> bool {
        let there = self.peek() == Some(octet);
        if there {
            self.at = self.at.wrapping_add(1);
        }
        there
    }

    /// This octet must be the next.
    #[inline]
    pub(super) fn expect(&mut self, octet: u8) -> Option<()> {
        self.eat(octet).then_some(())
    }

    /// Blanks that have no place here.
    #[inline]
    pub(super) fn blanks(&mut self) {
        if self.peek() == Some(b' ') {
            self.more_blanks();
        }
    }

    #[cold]
    fn more_blanks(&mut self) {
        if self.grammar.forgives(Quirk::Blank) {
            while self.eat(b' ') {}
        }
    }

    /// `SP`
    #[inline]
    pub(super) fn sp(&mut self) -> Option<()> {
        self.expect(b' ')?;
        self.blanks();
        Some(())
    }

    /// `SP`, where more may follow: `false` where the list ends instead, at its parenthesis.
    #[inline]
    pub(super) fn more(&mut self) -> Option<bool> {
        match self.peek()? {
            b' ' => {
                self.at = self.at.wrapping_add(1);
                match self.peek() {
                    Some(b' ' | b')') => {
                        self.more_blanks();
                        if self.peek() != Some(b')') {
                            return Some(true);
                        }
                        self.grammar.forgives(Quirk::Blank).then_some(false)
                    }
                    _ => Some(true),
                }
            }
            b')' => Some(false),
            _ => None,
        }
    }

    /// `nil`, as a word of its own.
    #[inline]
    pub(super) fn nil(&mut self) -> bool {
        let Some([n, i, l, behind]) = self.rest().first_chunk::<4>() else { return false };
        let is_nil = [n | 0x20, i | 0x20, l | 0x20] == *b"nil";
        if is_nil && !is_keyword_octet(*behind) {
            self.at = self.at.wrapping_add(3);
            return true;
        }
        false
    }

    /// `nstring` at `at`, and the octet behind it: a blank, or the parenthesis at the end of a list.
    /// The place behind both, and the string.
    ///
    /// Places are handed on instead of kept in `self` where it is hot: what is read next waits for
    /// them, and a register is nearer than memory.
    #[inline(always)]
    pub(super) fn nstring_then<const THEN: u8>(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
    ) -> Option<(usize, Span)> {
        let rest = self.unit.get(at..)?;
        if rest.first_chunk::<4>() == Some(&[b'N', b'I', b'L', THEN]) {
            return Some((at.wrapping_add(4), Span::NIL));
        }
        match self.plain_then::<THEN>(at) {
            Some(found) => Some(found),
            None => self.odd_then(at, THEN, table, Self::nstring),
        }
    }

    /// As [`Self::nstring_then`], of a string; `NIL` is forgiven and is no string.
    #[inline(always)]
    pub(super) fn string_then<const THEN: u8>(
        &mut self,
        at: usize,
        table: &mut TableBuilder,
    ) -> Option<(usize, Span)> {
        match self.plain_then::<THEN>(at) {
            Some(found) => Some(found),
            None => self.odd_then(at, THEN, table, Self::string),
        }
    }

    /// A quoted string without escapes at `at`, and the octet behind it.
    #[inline(always)]
    fn plain_then<const THEN: u8>(&self, at: usize) -> Option<(usize, Span)> {
        let (end, span) = self.plain(at)?;
        let then = self.unit.get(end..)?.first_chunk::<2>()? == &[b'"', THEN];
        then.then_some((end.wrapping_add(2), span))
    }

    /// A quoted string without escapes at `at`: where its end stands, which may be no quote.
    #[inline(always)]
    fn plain(&self, at: usize) -> Option<(usize, Span)> {
        let rest = self.unit.get(at..)?;
        let (b'"', rest) = rest.first_chunk::<FRONT>()?.split_first()? else { return None };
        let found = specials(*rest.first_chunk::<16>()?)
            | specials(*rest.get(16..)?.first_chunk::<16>()?) << 16;
        let start = at.wrapping_add(1);
        let end = if found == 0 {
            next_special(self.unit, start.wrapping_add(32))
        } else {
            start.wrapping_add(found.trailing_zeros() as usize)
        };
        Some((end, Span::new(start, end.wrapping_sub(start))))
    }

    /// Two quoted strings without escapes at `at`, with a blank between them, and the octets behind
    /// them: a quote must have been the first. Both are found together: the second need not wait for
    /// the first.
    #[inline(always)]
    pub(super) fn plain_pair(&self, at: usize) -> Option<PlainPair> {
        let front = self.unit.get(at..)?.first_chunk::<{ WINDOW + 3 }>()?;
        if front.first() != Some(&b'"') {
            return None;
        }
        let mut quotes = Quotes::of(front.first_chunk()?);
        let (between, first) = quotes.string(at);
        if front.get(between..)?.first_chunk::<3>()? != b"\" \"" {
            return None;
        }
        let (end, second) = quotes.string(at);
        let behind = *front.get(end..)?.first_chunk::<3>()?;
        // Where there are no more quotes, it may be the first of the second string that stands there.
        (end > between.wrapping_add(2)).then(|| PlainPair {
            end: at.wrapping_add(end),
            spans: [first, second],
            behind,
        })
    }

    /// A string that is not plain, as `read` takes it.
    #[cold]
    #[inline(never)]
    fn odd_then(
        &mut self,
        at: usize,
        then: u8,
        table: &mut TableBuilder,
        read: fn(&mut Self, &mut TableBuilder) -> Option<Span>,
    ) -> Option<(usize, Span)> {
        self.at = at;
        self.blanks();
        let span = read(self, table)?;
        self.then(then)?;
        Some((self.at, span))
    }

    /// The octet that must be next, with blanks before a parenthesis forgiven.
    fn then(&mut self, octet: u8) -> Option<()> {
        if octet == b')' {
            self.blanks();
        }
        self.expect(octet)
    }

    /// `nstring = string / nil`
    #[inline]
    pub(super) fn nstring(&mut self, table: &mut TableBuilder) -> Option<Span> {
        match self.peek()? {
            b'"' => self.quoted(table),
            b'N' | b'n' => self.nil().then_some(Span::NIL),
            _ => self.literal(),
        }
    }

    /// `string`; `NIL` is forgiven and is no string.
    #[inline]
    pub(super) fn string(&mut self, table: &mut TableBuilder) -> Option<Span> {
        match self.peek()? {
            b'"' => self.quoted(table),
            b'N' | b'n' => (self.nil() && self.grammar.forgives(Quirk::Nil)).then_some(Span::NIL),
            _ => self.literal(),
        }
    }

    #[cold]
    fn literal(&mut self) -> Option<Span> {
        self.literals = true;
        let (rest, octets) = literal(self.rest()).ok()?;
        let start = self.unit.len().checked_sub(rest.len())?.checked_sub(octets.len())?;
        self.at = start.saturating_add(octets.len());
        Some(Span::new(start, octets.len()))
    }

    /// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`
    #[inline]
    fn quoted(&mut self, table: &mut TableBuilder) -> Option<Span> {
        let start = self.at.wrapping_add(1);
        let end = next_special(self.unit, start);
        if self.unit.get(end) == Some(&b'"') {
            let behind = end.wrapping_add(1);
            if matches!(self.unit.get(behind), Some(b' ' | b')')) {
                self.at = behind;
                return Some(Span::new(start, end.wrapping_sub(start)));
            }
        }
        self.odd_quoted(table, start, end)
    }

    /// A quoted string with escapes, or that breaks its rules: `end` is the first place that is not
    /// plain.
    ///
    /// A quote that is followed by neither a blank nor a parenthesis ends no string: some servers
    /// forget the backslash before it.
    #[cold]
    fn odd_quoted(&mut self, table: &mut TableBuilder, start: usize, end: usize) -> Option<Span> {
        let mut at = end;
        let mut escaped = false;
        loop {
            let behind = at.wrapping_add(1);
            match (*self.unit.get(at)?, self.unit.get(behind).copied()) {
                (b'"', None | Some(b' ' | b')')) => break,
                (b'"', Some(_)) if self.grammar.forgives(Quirk::Escape) => at = behind,
                (b'"', Some(_)) | (0 | b'\r' | b'\n', _) => return None,
                (b'\\', Some(b'"' | b'\\')) => {
                    escaped = true;
                    at = behind.wrapping_add(1);
                }
                (b'\\', Some(_)) if self.grammar.forgives(Quirk::Escape) => at = behind,
                (b'\\', _) => return None,
                _ => at = behind,
            }
            at = next_special(self.unit, at);
        }
        self.at = at.wrapping_add(1);
        let octets = self.unit.get(start..at)?;
        if !escaped {
            return Some(Span::new(start, octets.len()));
        }
        Some(table.string_behind(|plain| unescape(octets, plain)))
    }

    /// `number` of 64 bits. What some servers send instead is forgiven: negative numbers and `NIL`
    /// are zero, and floating point is what it says.
    #[inline]
    pub(super) fn number(&mut self) -> Option<u64> {
        let start = self.at;
        match number64(self.rest()) {
            Ok((behind @ [b' ' | b')', ..], number)) => {
                self.at = self.unit.len().wrapping_sub(behind.len());
                Some(number)
            }
            _ => self.odd_number(start),
        }
    }

    #[cold]
    fn odd_number(&mut self, start: usize) -> Option<u64> {
        self.at = start;
        if self.nil() {
            return self.grammar.forgives(Quirk::Nil).then_some(0);
        }
        let is_odd = |octet: &u8| {
            octet.is_ascii_digit() || matches!(octet, b'-' | b'+' | b'.' | b'e' | b'E')
        };
        let len = self.rest().iter().position(|octet| !is_odd(octet))?;
        let octets = self.rest().get(..len)?;
        let number: f64 = core::str::from_utf8(octets).ok()?.parse().ok()?;
        if !self.grammar.forgives(Quirk::Number) {
            return None;
        }
        self.at = self.at.saturating_add(len);
        // Below zero and beyond 64 bits, this gives the nearest that there is.
        Some(number as u64)
    }

    /// Goes over one value of any shape.
    pub(super) fn any_value(&mut self) -> Option<()> {
        let (rest, _) = super::base::any_value(self.rest()).ok()?;
        self.at = self.unit.len().saturating_sub(rest.len());
        Some(())
    }
}

/// How many octets [`Quotes`] looks at.
pub(super) const WINDOW: usize = 64;

/// The places of quotes, backslashes and control octets among some octets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotes(u64);

impl Quotes {
    #[inline(always)]
    pub(super) fn of(octets: &[u8; WINDOW]) -> Self {
        let (chunks, _) = octets.as_chunks::<16>();
        let mut marks = 0;
        for chunk in chunks.iter().rev() {
            marks = marks << 16 | u64::from(specials(*chunk));
        }
        Self(marks)
    }

    /// A string whose first quote is the next of them: where the one behind it stands, and the string
    /// itself, for a window at `at`.
    #[inline(always)]
    pub(super) fn string(&mut self, at: usize) -> (usize, Span) {
        let (from, to) = (self.next().wrapping_add(1), self.next());
        (to, Span::new(at.wrapping_add(from), to.wrapping_sub(from)))
    }

    /// The next of them; the number of octets when there are none.
    #[inline(always)]
    fn next(&mut self) -> usize {
        let place = self.0.trailing_zeros() as usize;
        self.0 &= self.0.wrapping_sub(1);
        place
    }
}

/// The octets for which a quoted string stands. A backslash before an octet that needs none stands
/// for itself.
fn unescape(octets: &[u8], plain: &mut alloc::vec::Vec<u8>) {
    let mut rest = octets;
    while let Some((&octet, behind)) = rest.split_first() {
        let escaped = behind.first().filter(|next| octet == b'\\' && matches!(next, b'"' | b'\\'));
        plain.push(escaped.copied().unwrap_or(octet));
        rest = if escaped.is_some() { behind.get(1..).unwrap_or_default() } else { behind };
    }
}

/// The first quote, backslash or control octet from `from` on; the end of the unit where there is
/// none.
#[inline(never)]
fn next_special(unit: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = unit.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        let found = specials(*chunk);
        if found != 0 {
            return at.wrapping_add(found.trailing_zeros() as usize);
        }
        at = at.wrapping_add(16);
    }
    let Some(left) = unit.len().checked_sub(at) else { return unit.len() };
    // The last octets again, so that none is looked at alone.
    if let Some(chunk) = unit.last_chunk::<16>() {
        let found = specials(*chunk) >> 16_usize.wrapping_sub(left);
        return if found == 0 {
            unit.len()
        } else {
            at.wrapping_add(found.trailing_zeros() as usize)
        };
    }
    let rest = unit.get(at..).unwrap_or_default();
    let is_special = |octet: &u8| matches!(octet, b'"' | b'\\' | 0..32);
    rest.iter().position(is_special).map_or(unit.len(), |found| at.wrapping_add(found))
}

#[inline]
fn specials(chunk: [u8; 16]) -> u32 {
    let octets = u8x16::from(chunk);
    // So changed, the quote is the blank, and the control octets are still all that is below it.
    let changed = octets ^ u8x16::splat(b'"' ^ b' ');
    let control_or_quote = changed.simd_eq(changed.min(u8x16::splat(b' ')));
    let backslash = octets.simd_eq(u8x16::splat(b'\\'));
    (control_or_quote | backslash).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::quirks::Quirks;

    #[test]
    fn a_pair_is_two_strings() {
        let limits = Limits::new();
        let (mut pairs, mut other) = (0, 0);
        let long = alloc::format!("\"BOUNDARY\" \"{}\"", "b".repeat(52));
        for pair in ["\"TEXT\" \"PLAIN\"", "\"\" \"\"", &long, &long.replace("bb", "b\\b")] {
            let unit = [" ", pair, ") NIL", &" NIL".repeat(20)].concat().into_bytes();
            for at in 0..=pair.len() {
                for octet in 0..=255_u8 {
                    let mut unit = unit.clone();
                    unit[at] = octet;
                    let grammar = Grammar::new(&limits, Quirks::tolerant());
                    let mut structure = Structure::new(&grammar, &unit).unwrap();
                    let found = structure.plain_pair(1);
                    let Some(PlainPair { end, spans, behind: [b'"', b')', _] }) = found else {
                        other += 1;
                        continue;
                    };
                    let table = &mut TableBuilder::default();
                    let (at, first) = structure.string_then::<b' '>(1, table).unwrap();
                    let (behind, second) = structure.string_then::<b')'>(at, table).unwrap();
                    assert_eq!(spans.map(Span::words), [first, second].map(Span::words));
                    assert_eq!((behind, end), (end + 2, end), "{}", unit.escape_ascii());
                    pairs += 1;
                }
            }
        }
        assert!(pairs > 5_000 && other > 5_000, "{pairs} {other}");
    }
}
