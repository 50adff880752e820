//! Reply lines (RFC 5321 §4.2, RFC 2034 §4).

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{char, one_of};
use nom::combinator::{eof, map_opt, rest, value};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::EnhancedStatusCode;

/// One line of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplyLine<'a> {
    pub(crate) code: u16,
    pub(crate) last: bool,
    pub(crate) text: &'a [u8],
    /// Nothing stands behind the code, not even a blank.
    pub(crate) bare_code: bool,
}

fn decimal(digits: &[u8]) -> Option<u16> {
    core::str::from_utf8(digits).ok()?.parse().ok()
}

/// ```text
/// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
/// Reply-code = %x32-35 %x30-35 %x30-39
/// ```
///
/// The second digit is not checked: what is unknown counts by its first (RFC 5321 §4.3.2).
pub(crate) fn reply_line(line: &[u8]) -> Option<ReplyLine<'_>> {
    let digits = take_while_m_n(3, 3, |octet: u8| octet.is_ascii_digit());
    let code = map_opt(digits, decimal);
    let ends = alt((
        value((true, false), char(' ')),
        value((false, false), char('-')),
        value((true, true), eof),
    ));
    let (_, (code, (last, bare_code), text)) =
        (code, ends, rest::<&[u8], nom::error::Error<&[u8]>>).parse(line).ok()?;
    (200..=599).contains(&code).then_some(ReplyLine { code, last, text, bare_code })
}

/// ```text
/// status-code = class "." subject "." detail
/// class       = "2" / "4" / "5"
/// subject     = 1*3digit
/// detail      = 1*3digit
/// ```
///
/// Then a blank, which is consumed, or the end of the line.
pub(crate) fn status_code(text: &[u8]) -> IResult<&[u8], EnhancedStatusCode> {
    let number = || map_opt(take_while_m_n(1, 3, |octet: u8| octet.is_ascii_digit()), decimal);
    let class = map_opt(one_of("245"), |class| class.to_digit(10)?.try_into().ok());
    let code = (class, preceded(char('.'), number()), preceded(char('.'), number()));
    let blank = alt((tag(&b" "[..]), eof));
    let code = terminated(code, blank);
    map_opt(code, |(class, subject, detail)| EnhancedStatusCode::new(class, subject, detail).ok())
        .parse(text)
}
