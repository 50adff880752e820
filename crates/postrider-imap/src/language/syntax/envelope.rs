//! ENVELOPE.

use super::base::failure;
use super::structure::Structure;
use super::{Grammar, Parsed};
use crate::language::quirks::Quirk;
use crate::language::value::Envelope;
use crate::language::value::table::{Span, TableBuilder};
use crate::language::value::{put_address, put_header};

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
        match structure.envelope(&mut table) {
            Some(place) => Ok((structure.rest(), Envelope::read(table, place, structure.text()))),
            None => failure(structure.rest()),
        }
    }
}

impl Structure<'_, '_, '_> {
    /// An envelope into `table`: where its header stands there.
    pub(super) fn envelope(&mut self, table: &mut TableBuilder) -> Option<u32> {
        self.expect(b'(')?;
        let date = self.nstring(table)?;
        self.sp()?;
        let subject = self.nstring(table)?;
        let mut ends = [0_u32; 6];
        let mut count = 0_u32;
        let mut whole = true;
        for end in &mut ends {
            whole = whole && self.field()?;
            if whole {
                count = count.saturating_add(self.addresses(table)?);
            }
            *end = count;
        }
        let mut last = |structure: &mut Self| {
            whole = whole && structure.field()?;
            if whole { structure.nstring(table) } else { Some(Span::NIL) }
        };
        let in_reply_to = last(self)?;
        let message_id = last(self)?;
        self.blanks();
        self.expect(b')')?;
        Some(put_header(table, [date, subject, in_reply_to, message_id], ends))
    }

    /// Goes on to the next field. Some servers leave out the last ones.
    #[inline]
    fn field(&mut self) -> Option<bool> {
        let more = self.more()?;
        (more || self.grammar.forgives(Quirk::Members)).then_some(more)
    }

    /// `env-from = "(" 1*address ")" / nil`; how many.
    #[inline]
    fn addresses(&mut self, table: &mut TableBuilder) -> Option<u32> {
        if !self.eat(b'(') {
            return self.nil().then_some(0);
        }
        let mut count = 0_u32;
        loop {
            match self.peek()? {
                b'(' => {
                    self.address(table)?;
                    count = count.saturating_add(1);
                    if count as usize > self.grammar.limits.list {
                        return None;
                    }
                }
                b')' => break,
                // Blanks between addresses, and `NIL` in place of one.
                b' ' if self.grammar.forgives(Quirk::Blank) => self.at = self.at.wrapping_add(1),
                _ if self.nil() && self.grammar.forgives(Quirk::Nil) => {}
                _ => return None,
            }
        }
        self.at = self.at.wrapping_add(1);
        (count > 0 || self.grammar.forgives(Quirk::EmptyList)).then_some(count)
    }

    /// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`
    #[inline]
    fn address(&mut self, table: &mut TableBuilder) -> Option<()> {
        self.at = self.at.wrapping_add(1);
        let name = self.nstring(table)?;
        self.sp()?;
        let route = self.nstring(table)?;
        self.sp()?;
        let mailbox = self.nstring(table)?;
        self.sp()?;
        let host = self.nstring(table)?;
        self.blanks();
        self.expect(b')')?;
        put_address(table, [name, route, mailbox, host]);
        Some(())
    }
}
