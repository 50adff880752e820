//! Sections and sequence sets.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag_no_case;
use nom::character::complete::char;
use nom::combinator::{map, map_opt, opt, value, verify};
use nom::multi::separated_list1;
use nom::sequence::{delimited, preceded, separated_pair};

use super::base::{failure, number, sp, spaced};
use super::{Parsed, Unit};
use crate::value::{
    FieldName, Partial, Section, SectionText, SequenceNumber, SequenceRange, SequenceSet,
};

/// Part numbers in one section; deeper messages are not addressed by hand.
const PARTS: usize = 128;

impl<'a> Unit<'a> {
    /// ```text
    /// section         = "[" [section-spec] "]"
    /// section-spec    = section-msgtext / (section-part ["." section-text])
    /// section-part    = nz-number *("." nz-number)
    /// section-text    = section-msgtext / "MIME"
    /// ```
    pub(super) fn section(&self, input: &'a [u8]) -> Parsed<'a, Section> {
        let (mut input, _) = char('[').parse(input)?;
        let mut part = Vec::new();
        let mut dotted = true;
        while dotted && input.first().is_some_and(u8::is_ascii_digit) {
            let one;
            (input, one) = number::<u32>(input)?;
            part.push(one);
            if part.len() > PARTS {
                return failure(input);
            }
            let dot;
            (input, dot) = opt(char('.')).parse(input)?;
            dotted = dot.is_some();
        }
        let must = dotted && !part.is_empty();
        let (input, text) =
            if dotted { opt(|i| self.section_text(i)).parse(input)? } else { (input, None) };
        if must && text.is_none() {
            return failure(input);
        }
        let (rest, _) = char(']').parse(input)?;
        match Section::new(part, text) {
            Ok(section) => Ok((rest, section)),
            Err(_) => failure(input),
        }
    }

    /// ```text
    /// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
    /// ```
    fn section_text(&self, input: &'a [u8]) -> Parsed<'a, SectionText> {
        alt((
            map(
                preceded((tag_no_case("HEADER.FIELDS.NOT"), sp), |i| self.header_list(i)),
                SectionText::HeaderFieldsNot,
            ),
            map(
                preceded((tag_no_case("HEADER.FIELDS"), sp), |i| self.header_list(i)),
                SectionText::HeaderFields,
            ),
            value(SectionText::Header, tag_no_case("HEADER")),
            value(SectionText::Text, tag_no_case("TEXT")),
            value(SectionText::Mime, tag_no_case("MIME")),
        ))
        .parse(input)
    }

    /// `header-list = "(" header-fld-name *(SP header-fld-name) ")"`
    fn header_list(&self, input: &'a [u8]) -> Parsed<'a, Vec<FieldName>> {
        let name = |i| -> Parsed<'a, FieldName> {
            map_opt(|i| self.astring(i), |name: Bytes| FieldName::new(name).ok()).parse(i)
        };
        let names = |i| spaced(i, self.limits.list, name);
        delimited(char('('), names, char(')')).parse(input)
    }
}

/// `partial = "<" number "." nz-number ">"`
pub(super) fn partial(input: &[u8]) -> Parsed<'_, Partial> {
    let numbers = separated_pair(number::<u64>, char('.'), number::<u64>);
    map_opt(delimited(char('<'), numbers, char('>')), |(origin, octets)| {
        Partial::new(origin, octets).ok()
    })
    .parse(input)
}

/// `"<" number ">"` behind the section of a response.
pub(super) fn origin(input: &[u8]) -> Parsed<'_, u64> {
    delimited(char('<'), number::<u64>, char('>')).parse(input)
}

/// ```text
/// sequence-set = (seq-number / seq-range) *("," sequence-set)
/// seq-range    = seq-number ":" seq-number
/// seq-number   = nz-number / "*"
/// ```
pub(crate) fn sequence_set(input: &[u8]) -> Parsed<'_, SequenceSet> {
    let range =
        map((sequence_number, opt(preceded(char(':'), sequence_number))), |pair| match pair {
            (one, None) => SequenceRange::One(one),
            (one, Some(other)) => SequenceRange::Between(one, other),
        });
    map_opt(separated_list1(char(','), range), |ranges| SequenceSet::new(ranges).ok()).parse(input)
}

fn sequence_number(input: &[u8]) -> Parsed<'_, SequenceNumber> {
    let counted = map_opt(verify(number::<u32>, |&n| n > 0), |n| SequenceNumber::try_from(n).ok());
    alt((value(SequenceNumber::Last, char('*')), counted)).parse(input)
}
