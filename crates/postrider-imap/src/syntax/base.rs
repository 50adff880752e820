//! Atoms, numbers, strings and lists.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take, take_till, take_while1};
use nom::character::complete::char;
use nom::combinator::{map, map_opt, opt, value, verify};
use nom::error::{Error, ErrorKind};

use super::{Parsed, Unit};
use crate::value::{Flag, is_keyword_octet, is_line_octet};

/// ```text
/// ATOM-CHAR     = <any CHAR except atom-specials>
/// atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
/// ```
pub(crate) fn is_atom_octet(octet: u8) -> bool {
    is_keyword_octet(octet) && octet != b']'
}

/// `ASTRING-CHAR = ATOM-CHAR / resp-specials`
pub(super) fn is_astring_octet(octet: u8) -> bool {
    is_keyword_octet(octet)
}

pub(super) fn failure<T>(input: &[u8]) -> Parsed<'_, T> {
    Err(nom::Err::Error(Error::new(input, ErrorKind::Verify)))
}

/// `SP`
pub(super) fn sp(input: &[u8]) -> Parsed<'_, ()> {
    value((), char(' ')).parse(input)
}

/// `number = 1*DIGIT`, checked against the type that holds it.
pub(super) fn number<T: TryFrom<u64>>(input: &[u8]) -> Parsed<'_, T> {
    map_opt(take_while1(|octet: u8| octet.is_ascii_digit()), |digits: &[u8]| {
        T::try_from(decimal(digits)?).ok()
    })
    .parse(input)
}

/// A decimal number, if it fits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| digit.wrapping_sub(b'0'))?;
        sum.checked_mul(10)?.checked_add(digit.into())
    })
}

/// Members with blanks between them, `most` at most.
pub(super) fn spaced<'a, T>(
    mut input: &'a [u8],
    most: usize,
    member: impl Fn(&'a [u8]) -> Parsed<'a, T>,
) -> Parsed<'a, Vec<T>> {
    let mut all = Vec::new();
    loop {
        let one;
        (input, one) = member(input)?;
        all.push(one);
        let Ok((rest, ())) = sp(input) else { return Ok((input, all)) };
        if all.len() >= most {
            return failure(input);
        }
        input = rest;
    }
}

/// The announcement of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiteralHead {
    /// Where `{` stands.
    pub(crate) at: usize,
    /// The announced size; `None` when it does not fit.
    pub(crate) octets: Option<u64>,
    /// Whether the sender waits for a continuation (RFC 7888: `{n+}` does not).
    pub(crate) waits: bool,
}

/// `literal = "{" number ["+"] "}" CRLF`, at the end of a line that stands here without its CRLF.
pub(crate) fn literal_at_end(line: &[u8]) -> Option<LiteralHead> {
    let inner = line.strip_suffix(b"}")?;
    let (inner, waits) = match inner.strip_suffix(b"+") {
        Some(inner) => (inner, false),
        None => (inner, true),
    };
    let digits = inner.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let before = inner.get(..inner.len().checked_sub(digits)?)?;
    let at = before.strip_suffix(b"{")?.len();
    let digits = inner.get(before.len()..).filter(|digits| !digits.is_empty())?;
    let octets = decimal(digits).filter(|_| digits.len() <= DIGITS);
    Some(LiteralHead { at, octets, waits })
}

/// Digits of the longest size that fits 64 bits. More of them, be they zeros, are no size.
const DIGITS: usize = 20;

/// As [`literal_at_end`] for a line of which only the end is left: the size of the
/// non-synchronising literal that it announces.
#[expect(clippy::option_option, reason = "no literal, or one whose size does not fit")]
pub(crate) fn literal_in_tail(tail: &[u8]) -> Option<Option<u64>> {
    let inner = tail.strip_suffix(b"+}")?;
    let digits = inner.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    if digits > DIGITS {
        return Some(None);
    }
    literal_at_end(tail).map(|head| head.octets)
}

/// A literal with its octets. A bare LF is taken for its CRLF, as the framing does.
pub(super) fn literal(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (input, octets) =
        (char('{'), number::<u64>, opt(char('+')), char('}'), opt(char('\r')), char('\n'))
            .map(|(_, octets, ..)| octets)
            .parse(input)?;
    let Ok(octets) = usize::try_from(octets) else { return failure(input) };
    take(octets).parse(input)
}

/// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`: what stands between the quotes, and whether a backslash
/// is among it. Octets above 7 bits are taken as they are.
pub(super) fn quoted(input: &[u8]) -> Parsed<'_, (&[u8], bool)> {
    let (from, _) = char('"').parse(input)?;
    let mut rest = from;
    let mut escaped = false;
    loop {
        let (at, _) = take_till(|octet: u8| matches!(octet, b'"' | b'\\') || !is_line_octet(octet))
            .parse(rest)?;
        if let Some(behind) = at.strip_prefix(b"\"") {
            let content = from.len().saturating_sub(at.len());
            return Ok((behind, (from.get(..content).unwrap_or_default(), escaped)));
        }
        let (at, _) = char('\\').parse(at)?;
        let (at, _) = verify(take(1_usize), |octet: &[u8]| octet.iter().all(|&o| is_line_octet(o)))
            .parse(at)?;
        escaped = true;
        rest = at;
    }
}

/// The octets that a quoted string stands for.
pub(super) fn unescaped(content: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(content.len());
    let mut octets = content.iter();
    while let Some(&octet) = octets.next() {
        let octet = if octet == b'\\' { octets.next().copied() } else { Some(octet) };
        plain.extend(octet);
    }
    plain
}

impl<'a> Unit<'a> {
    /// Fails when a list is longer than the limits allow.
    pub(super) fn bounded<T>(&self, list: &[T], input: &'a [u8]) -> Parsed<'a, ()> {
        if list.len() > self.limits.list { failure(input) } else { Ok((input, ())) }
    }

    /// `string = quoted / literal`
    pub(super) fn string(&self, input: &'a [u8]) -> Parsed<'a, Bytes> {
        alt((
            map(
                quoted,
                |(content, escaped)| {
                    if escaped { Bytes::from(unescaped(content)) } else { self.own(content) }
                },
            ),
            map(literal, |content| self.own(content)),
        ))
        .parse(input)
    }

    /// `nstring = string / nil`
    pub(super) fn nstring(&self, input: &'a [u8]) -> Parsed<'a, Option<Bytes>> {
        alt((map(|i| self.string(i), Some), value(None, tag_no_case("NIL")))).parse(input)
    }

    /// `astring = 1*ASTRING-CHAR / string`
    pub(super) fn astring(&self, input: &'a [u8]) -> Parsed<'a, Bytes> {
        alt((map(take_while1(is_astring_octet), |atom| self.own(atom)), |i| self.string(i)))
            .parse(input)
    }

    /// `flag / flag-fetch / flag-perm`
    pub(super) fn flag(&self, input: &'a [u8]) -> Parsed<'a, Flag> {
        let name = |octet: u8| is_keyword_octet(octet) || matches!(octet, b'\\' | b'*');
        map_opt(take_while1(name), |name| Flag::new(self.own(name)).ok()).parse(input)
    }

    /// `flag-list = "(" [flag *(SP flag)] ")"`, with a blank before the parenthesis forgiven.
    pub(super) fn flag_list(&self, input: &'a [u8]) -> Parsed<'a, Vec<Flag>> {
        let (mut input, _) = char('(').parse(input)?;
        let mut flags = Vec::new();
        loop {
            (input, _) = take_till(|octet| octet != b' ').parse(input)?;
            if let Ok((rest, _)) = tag::<_, _, Error<&[u8]>>(")").parse(input) {
                return Ok((rest, flags));
            }
            let flag;
            (input, flag) = self.flag(input)?;
            flags.push(flag);
            self.bounded(&flags, input)?;
            if !input.starts_with(b" ") && !input.starts_with(b")") {
                return failure(input);
            }
        }
    }
}
