//! Parameters of `MAIL` and `RCPT` (RFC 5321 §4.1.2, RFC 6531 §3.3).

use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{map_opt, opt, verify};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::address::{breaks_lines, clean, text};

/// A keyword and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    keyword: &'a str,
    value: Option<&'a str>,
}

impl<'a> Parameter<'a> {
    /// The keyword, in the case that it came in.
    #[must_use]
    pub fn keyword(&self) -> &'a str {
        self.keyword
    }

    /// The value, if it has one.
    #[must_use]
    pub fn value(&self) -> Option<&'a str> {
        self.value
    }
}

/// The parameters of a command, of which each is in the grammar. None is interpreted yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a>(&'a [u8]);

impl<'a> Parameters<'a> {
    /// What stands behind a path, when that is a list of parameters.
    pub(crate) fn parse(input: &'a [u8]) -> Option<Self> {
        let mut rest = input;
        while !rest.is_empty() {
            (rest, _) = next(rest).ok()?;
        }
        Some(Self(input))
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    fn next(&mut self) -> Option<Parameter<'a>> {
        let (rest, parameter) = next(self.0).ok()?;
        self.0 = rest;
        Some(parameter)
    }
}

fn next(input: &[u8]) -> IResult<&[u8], Parameter<'_>> {
    let blank = take_while1(|octet: u8| octet == b' ' || octet == b'\t');
    preceded(blank, parameter).parse(input)
}

/// Whether a character may stand in a value.
pub(crate) fn is_value_char(c: char) -> bool {
    matches!(c, '!'..='<' | '>'..='~') || (!c.is_ascii() && !breaks_lines(c))
}

/// ```text
/// esmtp-param   = esmtp-keyword ["=" esmtp-value]
/// esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// esmtp-value   = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)
/// ```
///
/// The value of `ORCPT` and `AUTH` may be `xtext`, which has no `=` of its own.
fn parameter(input: &[u8]) -> IResult<&[u8], Parameter<'_>> {
    let word = take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'-');
    let keyword = verify(word, |word: &[u8]| !word.starts_with(b"-"));
    let octets =
        take_while1(|octet: u8| (octet.is_ascii_graphic() && octet != b'=') || !octet.is_ascii());
    let value = opt(preceded(tag(&b"="[..]), octets));
    map_opt((keyword, value), |(keyword, value)| {
        let value = match value {
            Some(value) => Some(clean(value)?),
            None => None,
        };
        Some(Parameter { keyword: text(keyword)?, value })
    })
    .parse(input)
}
