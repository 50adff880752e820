//! Reply lines and the lines of listings, read with tolerance (RFC 2449 §3, RFC 1939 §5).

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{map_opt, opt, rest, value};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::command::decimal;
use crate::{
    Capability, DropListing, Language, Reply, ResponseCode, ScanListing, Status, UniqueId,
};

/// ```text
/// single-line = status [SP text] CRLF
/// status      = "+OK" / "-ERR"
/// text        = *schar / resp-code *CHAR
/// resp-code   = "[" resp-level *("/" resp-level) "]"
/// ```
///
/// Any text is taken, and any case of the status.
pub(crate) fn reply(line: &[u8]) -> Option<Reply> {
    let (input, status) = status(line).ok()?;
    let (input, _) = blanks(input).ok()?;
    let (text, code) = opt(response_code).parse(input).ok()?;
    Some(Reply::received(status, code, text))
}

fn status(input: &[u8]) -> IResult<&[u8], Status> {
    let (input, status) = alt((
        value(Status::Ok, tag_no_case(&b"+OK"[..])),
        value(Status::Err, tag_no_case(&b"-ERR"[..])),
    ))
    .parse(input)?;
    match input.first() {
        // `+OKAY` is no status.
        Some(octet) if octet.is_ascii_alphanumeric() => {
            Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Tag)))
        }
        _ => Ok((input, status)),
    }
}

fn response_code(input: &[u8]) -> IResult<&[u8], ResponseCode> {
    let text = take_while1(|octet| octet != b']');
    let code = |octets| core::str::from_utf8(octets).ok().and_then(|s| ResponseCode::new(s).ok());
    map_opt(delimited(tag(&b"["[..]), text, tag(&b"]"[..])), code).parse(input)
}

fn blanks(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|octet| octet == b' ' || octet == b'\t').parse(input)
}

fn number<N: core::str::FromStr>(input: &[u8]) -> IResult<&[u8], N> {
    preceded(blanks, map_opt(digit1, decimal)).parse(input)
}

fn word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded(blanks, take_while1(|octet| octet != b' ' && octet != b'\t')).parse(input)
}

/// The text of a `+OK` line.
fn positive(line: &[u8]) -> Option<&[u8]> {
    match status(line).ok()? {
        (text, Status::Ok) => Some(text),
        (_, Status::Err) => None,
    }
}

/// A drop listing: `+OK nn mm`, whatever follows.
pub(crate) fn drop_listing(line: &[u8]) -> Option<DropListing> {
    let (_, (messages, octets)) = (number, number).parse(positive(line)?).ok()?;
    Some(DropListing { messages, octets })
}

/// A scan listing: `nn mm`, whatever follows.
pub(crate) fn scan_listing(line: &[u8]) -> Option<ScanListing> {
    let (_, (message, octets)) = terminated((number, number), rest).parse(line).ok()?;
    Some(ScanListing { message, octets })
}

/// A unique-id listing: `nn uid`, whatever follows.
pub(crate) fn unique_id_listing(line: &[u8]) -> Option<(u32, UniqueId)> {
    let (_, (message, uid)) = (number, word).parse(line).ok()?;
    Some((message, UniqueId::received(uid)?))
}

/// A language listing: a tag, whatever follows (RFC 6856 §3.2).
pub(crate) fn language_listing(line: &[u8]) -> Option<Language> {
    Language::received(core::str::from_utf8(line).ok()?.trim_start())
}

/// What a server says in the course of `AUTH`: `+ ` and base64, which may be nothing at all (RFC 5034 §4).
pub(crate) fn challenge(line: &[u8]) -> Option<&[u8]> {
    let text = line.strip_prefix(b"+")?;
    match text.first() {
        None => Some(text),
        Some(b' ') => Some(text.trim_ascii()),
        Some(_) => None,
    }
}

/// The listing behind a status, for `LIST n` and `UIDL n`.
pub(crate) fn behind_status<T>(line: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    read(positive(line)?)
}

/// The size that `+OK 120 octets` tells, if it tells one: a number alone could be anything.
pub(crate) fn declared_octets(line: &[u8]) -> Option<u64> {
    let (input, octets) = number(positive(line)?).ok()?;
    let (_, unit) = word(input).ok()?;
    let named = [&b"octets"[..], b"bytes"].iter().any(|name| name.eq_ignore_ascii_case(unit));
    named.then_some(octets)
}

/// ```text
/// capability = capa-tag *(SP param) CRLF
/// ```
pub(crate) fn capability(line: &[u8]) -> Option<Capability> {
    let line = core::str::from_utf8(line).ok()?;
    let mut words = line.split_ascii_whitespace();
    Capability::new(words.next()?, words).ok()
}
