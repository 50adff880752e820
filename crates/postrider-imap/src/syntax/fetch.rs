//! The items of FETCH, as they are asked for and as they are answered.

use bytes::Bytes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take, take_while1};
use nom::character::complete::char;
use nom::combinator::{map, map_opt, opt, value};
use nom::sequence::{delimited, preceded};

use super::base::{decimal, number, quoted, sp, spaced, unescaped};
use super::section::{origin, partial};
use super::{Parsed, Unit, whole};
use crate::limits::Limits;
use crate::value::{
    BodySection, FetchAttribute, FetchAttributes, FetchItem, InternalDate, Section,
};

/// One item of a FETCH response, name and value. What is not understood is kept as it came.
pub(crate) fn fetch_item(octets: &Bytes, limits: &Limits) -> FetchItem {
    let unit = Unit::new(octets, limits);
    whole(octets, |i| unit.item(i)).unwrap_or_else(|| FetchItem::Unparsed(octets.clone()))
}

/// The name of an item whose octets are streamed, with its origin.
pub(crate) fn body_section_name(
    octets: &Bytes,
    limits: &Limits,
) -> Option<(BodySection, Option<u64>)> {
    let unit = Unit::new(octets, limits);
    whole(octets, |input| {
        let section = map(preceded(tag_no_case("BODY"), |i| unit.section(i)), BodySection::Section);
        let name = alt((
            section,
            value(BodySection::Rfc822Header, tag_no_case("RFC822.HEADER")),
            value(BodySection::Rfc822Text, tag_no_case("RFC822.TEXT")),
            value(BodySection::Rfc822, tag_no_case("RFC822")),
        ));
        (name, opt(origin)).parse(input)
    })
}

/// The octets that a quoted string stands for.
pub(crate) fn quoted_content(octets: &Bytes) -> Option<Bytes> {
    let (content, _) = whole(octets, quoted)?;
    Some(Bytes::from(unescaped(content)))
}

impl<'a> Unit<'a> {
    /// ```text
    /// msg-att-static  = "ENVELOPE" SP envelope / "INTERNALDATE" SP date-time /
    ///                   "RFC822.SIZE" SP number / "BODY" ["STRUCTURE"] SP body /
    ///                   "UID" SP uniqueid
    /// msg-att-dynamic = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"
    /// ```
    fn item(&self, input: &'a [u8]) -> Parsed<'a, FetchItem> {
        let blanks = |i| value((), take_while1(|octet| octet == b' ')).parse(i);
        let (input, name) =
            take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'.').parse(input)?;
        let (input, ()) = blanks(input)?;
        let named = |known: &[u8]| name.eq_ignore_ascii_case(known);
        if named(b"ENVELOPE") {
            map(|i| self.envelope(i), FetchItem::Envelope).parse(input)
        } else if named(b"FLAGS") {
            map(|i| self.flag_list(i), FetchItem::Flags).parse(input)
        } else if named(b"INTERNALDATE") {
            map(date_time, FetchItem::InternalDate).parse(input)
        } else if named(b"RFC822.SIZE") {
            map(number::<u64>, FetchItem::Rfc822Size).parse(input)
        } else if named(b"UID") {
            map(number::<u32>, FetchItem::Uid).parse(input)
        } else if named(b"BODY") {
            map(|i| self.body(i), FetchItem::Body).parse(input)
        } else if named(b"BODYSTRUCTURE") {
            map(|i| self.body(i), FetchItem::BodyStructure).parse(input)
        } else {
            super::base::failure(input)
        }
    }

    /// ```text
    /// fetch = … ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
    /// ```
    pub(super) fn attributes(&self, input: &'a [u8]) -> Parsed<'a, FetchAttributes> {
        let one = |i| self.attribute(i);
        let list = |i| spaced(i, self.limits.attributes, one);
        alt((
            value(FetchAttributes::All, tag_no_case("ALL")),
            value(FetchAttributes::Full, tag_no_case("FULL")),
            value(FetchAttributes::Fast, tag_no_case("FAST")),
            map(one, FetchAttributes::from),
            map(delimited(char('('), list, char(')')), FetchAttributes::List),
        ))
        .parse(input)
    }

    /// ```text
    /// fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"]
    ///             / "BODY" ["STRUCTURE"] / "UID" / "BODY" section ["<" number "." nz-number ">"] /
    ///             "BODY.PEEK" section ["<" number "." nz-number ">"]
    /// ```
    fn attribute(&self, input: &'a [u8]) -> Parsed<'a, FetchAttribute> {
        const NAMES: [(&[u8], FetchAttribute); 10] = [
            (b"ENVELOPE", FetchAttribute::Envelope),
            (b"FLAGS", FetchAttribute::Flags),
            (b"INTERNALDATE", FetchAttribute::InternalDate),
            (b"RFC822.SIZE", FetchAttribute::Rfc822Size),
            (b"RFC822.HEADER", FetchAttribute::Rfc822Header),
            (b"RFC822.TEXT", FetchAttribute::Rfc822Text),
            (b"RFC822", FetchAttribute::Rfc822),
            (b"BODYSTRUCTURE", FetchAttribute::BodyStructure),
            (b"BODY", FetchAttribute::Body),
            (b"UID", FetchAttribute::Uid),
        ];
        let (rest, name) =
            take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'.').parse(input)?;
        let peek = name.eq_ignore_ascii_case(b"BODY.PEEK");
        if rest.starts_with(b"[") && (peek || name.eq_ignore_ascii_case(b"BODY")) {
            let (rest, section): (_, Section) = self.section(rest)?;
            let (rest, partial) = opt(partial).parse(rest)?;
            return Ok((rest, FetchAttribute::BodySection { section, peek, partial }));
        }
        let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        match known {
            Some((_, attribute)) => Ok((rest, attribute.clone())),
            None => super::base::failure(input),
        }
    }
}

/// ```text
/// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
/// ```
pub(super) fn date_time(input: &[u8]) -> Parsed<'_, InternalDate> {
    // `date-day-fixed` has a blank or a digit first; a single digit is forgiven.
    let day = preceded(opt(char(' ')), number::<u16>);
    let month = map_opt(take(3_usize), InternalDate::month_by_name);
    let date = (day, char('-'), month, char('-'), digits(4)).map(|(d, _, m, _, y)| [y, m, d]);
    let time = (digits(2), char(':'), digits(2), char(':'), digits(2));
    let zone = (alt((char('+'), char('-'))), digits(2), digits(2));
    let fields = (date, sp, time, sp, zone);
    map_opt(delimited(char('"'), fields, char('"')), |(date, (), time, (), zone)| {
        let small = |n: u16| u8::try_from(n).ok();
        let (hour, _, minute, _, second) = time;
        let (sign, hours, minutes) = zone;
        let ahead = i16::try_from(hours.checked_mul(60)?.checked_add(minutes)?).ok()?;
        let ahead = if sign == '-' { ahead.checked_neg()? } else { ahead };
        InternalDate::new(date, [small(hour)?, small(minute)?, small(second)?], ahead).ok()
    })
    .parse(input)
}

/// Exactly so many digits.
fn digits<'a>(
    count: usize,
) -> impl Parser<&'a [u8], Output = u16, Error = nom::error::Error<&'a [u8]>> {
    map_opt(take(count), |digits: &[u8]| u16::try_from(decimal(digits)?).ok())
}
