//! ENVELOPE.

use alloc::vec::Vec;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while};
use nom::character::complete::char;
use nom::combinator::value;

use super::base::sp;
use super::{Parsed, Unit};
use crate::value::{Address, Envelope};

impl<'a> Unit<'a> {
    /// ```text
    /// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP
    ///            env-to SP env-cc SP env-bcc SP env-in-reply-to SP env-message-id ")"
    /// ```
    pub(super) fn envelope(&self, input: &'a [u8]) -> Parsed<'a, Envelope> {
        let mut envelope = Envelope::new();
        let (input, _) = char('(').parse(input)?;
        let (input, date) = self.nstring(input)?;
        let (input, _) = sp(input)?;
        let (mut input, subject) = self.nstring(input)?;
        let lists = [
            &mut envelope.from,
            &mut envelope.sender,
            &mut envelope.reply_to,
            &mut envelope.to,
            &mut envelope.cc,
            &mut envelope.bcc,
        ];
        for list in lists {
            (input, _) = sp(input)?;
            (input, *list) = self.addresses(input)?;
        }
        let (input, _) = sp(input)?;
        let (input, in_reply_to) = self.nstring(input)?;
        let (input, _) = sp(input)?;
        let (input, message_id) = self.nstring(input)?;
        let (input, _) = char(')').parse(input)?;
        Ok((input, Envelope { date, subject, in_reply_to, message_id, ..envelope }))
    }

    /// `env-from = "(" 1*address ")" / nil`, with blanks between addresses forgiven.
    fn addresses(&self, input: &'a [u8]) -> Parsed<'a, Vec<Address>> {
        if let Ok((rest, _)) = nil(input) {
            return Ok((rest, Vec::new()));
        }
        let (mut input, _) = char('(').parse(input)?;
        let mut addresses = Vec::new();
        loop {
            (input, _) = take_while(|octet| octet == b' ').parse(input)?;
            if let Some(rest) = input.strip_prefix(b")") {
                return Ok((rest, addresses));
            }
            let address;
            (input, address) = self.address(input)?;
            addresses.push(address);
            self.bounded(&addresses, input)?;
        }
    }

    /// ```text
    /// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
    /// ```
    fn address(&self, input: &'a [u8]) -> Parsed<'a, Address> {
        let field = |i| self.nstring(i);
        let fields = (field, sp, field, sp, field, sp, field);
        let (input, (_, fields, _)) = (char('('), fields, char(')')).parse(input)?;
        let (name, (), route, (), mailbox, (), host) = fields;
        Ok((input, Address { name, route, mailbox, host }))
    }
}

/// `nil`, where a list may stand as well. `()` stands for it too.
pub(super) fn nil(input: &[u8]) -> Parsed<'_, ()> {
    value((), alt((tag_no_case("NIL"), tag_no_case("()")))).parse(input)
}
