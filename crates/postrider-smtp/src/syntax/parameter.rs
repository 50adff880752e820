//! Parameters of `MAIL` and `RCPT` (RFC 5321 §4.1.2, RFC 6531 §3.3).

use nom::bytes::complete::{tag, take_while1};
use nom::combinator::{map_opt, opt, verify};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::address::{breaks_lines, clean, text};
use super::plain::ListMarks;

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
#[derive(Clone, Copy, Debug, Default)]
pub struct Parameters<'a> {
    text: &'a str,
    /// Known for a list that is plain.
    marks: Option<ListMarks>,
}

impl<'a> Parameters<'a> {
    /// What stands behind a path, when that is a list of parameters.
    pub(crate) fn parse(input: &'a [u8]) -> Option<Self> {
        let mut rest = input;
        while !rest.is_empty() {
            (rest, _) = next(rest).ok()?;
        }
        Some(Self { text: text(input)?, marks: None })
    }

    /// The same for what a line ends with, when that is plain.
    #[inline(always)]
    pub(super) fn plain(line: &[u8], text: &'a str) -> Option<Self> {
        let marks = ListMarks::of(line, line.len().checked_sub(text.len())?)?;
        Some(Self { text, marks: Some(marks) })
    }
}

impl<'a> Iterator for Parameters<'a> {
    type Item = Parameter<'a>;

    #[inline]
    fn next(&mut self) -> Option<Parameter<'a>> {
        if self.text.is_empty() {
            return None;
        }
        let Some(marks) = &mut self.marks else {
            let (rest, parameter) = next(self.text.as_bytes()).ok()?;
            self.text = self.text.get(self.text.len().saturating_sub(rest.len())..)?;
            return Some(parameter);
        };
        let (start, equals, end) = marks.first(self.text.len());
        let keyword = self.text.get(start..equals)?;
        let value = self.text.get(equals.saturating_add(1)..end);
        self.text = self.text.get(end..)?;
        *marks = marks.behind(end);
        Some(Parameter { keyword, value })
    }
}

/// Equal where they hold the same text.
impl PartialEq for Parameters<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Parameters<'_> {}

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
