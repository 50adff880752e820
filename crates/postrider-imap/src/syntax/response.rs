//! Responses that are one unit, and the beginning of FETCH.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_till, take_while, take_while1};
use nom::bytes::streaming;
use nom::character::complete::char;
use nom::combinator::{map, opt, rest, value};
use nom::sequence::{delimited, preceded, terminated};

use super::base::{decimal, number, sp};
use super::{Parsed, Unit, whole};
use crate::command::Tag;
use crate::limits::Limits;
use crate::response::Response;
use crate::value::{Capability, Code, Keyword, Status, StatusKind, Text};

/// Whether a FETCH response begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FetchHead {
    /// It does: `len` octets up to and with the parenthesis.
    Yes {
        seq: u32,
        len: usize,
    },
    No,
    /// That cannot be told yet.
    Perhaps,
}

/// `message-data = nz-number SP "FETCH" SP msg-att`, up to the parenthesis of `msg-att`.
pub(crate) fn fetch_head(octets: &[u8]) -> FetchHead {
    let digits = streaming::take_while_m_n(1, 10, |octet: u8| octet.is_ascii_digit());
    let head = (streaming::tag("* "), digits, streaming::tag_no_case(" FETCH ("));
    let head: Parsed<'_, _> = { head }.parse(octets);
    match head {
        Err(nom::Err::Incomplete(_)) => FetchHead::Perhaps,
        Err(_) => FetchHead::No,
        Ok((rest, (_, digits, _))) => {
            let seq = decimal(digits).and_then(|seq| u32::try_from(seq).ok());
            let len = octets.len().saturating_sub(rest.len());
            seq.map_or(FetchHead::No, |seq| FetchHead::Yes { seq, len })
        }
    }
}

/// Reads a response, line end left out. `None` when it is none.
pub(crate) fn response(octets: &Bytes, limits: &Limits) -> Option<Response> {
    let unit = Unit::new(octets, limits);
    if let Some(text) = octets.strip_prefix(b"+") {
        let text = text.strip_prefix(b" ").unwrap_or(text);
        return Some(Response::Continue(Text::read(unit.own(text))));
    }
    if let Some(data) = octets.strip_prefix(b"* ") {
        let known = whole(data.trim_ascii(), |i| unit.untagged(i));
        return Some(known.unwrap_or_else(|| Response::Unknown(unit.own(data))));
    }
    let tagged = |i| -> Parsed<'_, Response> {
        let (i, tag) = terminated(super::command::tag, sp).parse(i)?;
        let (i, status) = unit.status(i)?;
        match (Tag::new(unit.own(tag)), status.kind) {
            (Ok(tag), StatusKind::Ok | StatusKind::No | StatusKind::Bad) => {
                Ok((i, Response::Tagged(tag, status)))
            }
            _ => super::base::failure(i),
        }
    };
    whole(octets, tagged)
}

impl<'a> Unit<'a> {
    fn untagged(&self, input: &'a [u8]) -> Parsed<'a, Response> {
        let counted = |name| terminated(terminated(number::<u32>, blanks), tag_no_case(name));
        alt((
            map(|i| self.status(i), Response::Status),
            map(preceded((tag_no_case("CAPABILITY"), blanks), |i| self.capabilities(i)), |list| {
                Response::Capability(list)
            }),
            map(preceded((tag_no_case("FLAGS"), sp), |i| self.flag_list(i)), Response::Flags),
            map(counted("EXISTS"), Response::Exists),
            map(counted("RECENT"), Response::Recent),
            map(counted("EXPUNGE"), Response::Expunge),
        ))
        .parse(input)
    }

    /// `resp-cond-state = ("OK" / "NO" / "BAD") SP resp-text`, and the same for PREAUTH and BYE.
    fn status(&self, input: &'a [u8]) -> Parsed<'a, Status> {
        let mut kind = alt((
            value(StatusKind::Ok, tag_no_case("OK")),
            value(StatusKind::No, tag_no_case("NO")),
            value(StatusKind::Bad, tag_no_case("BAD")),
            value(StatusKind::PreAuth, tag_no_case("PREAUTH")),
            value(StatusKind::Bye, tag_no_case("BYE")),
        ));
        let (input, kind) = kind.parse(input)?;
        if !input.is_empty() && !input.starts_with(b" ") {
            return super::base::failure(input);
        }
        let (input, _) = blanks(input)?;
        let (input, code) = opt(|i| self.code(i)).parse(input)?;
        let (input, _) = blanks(input)?;
        let (input, text) = rest(input)?;
        Ok((input, Status { kind, code, text: Text::read(self.own(text)) }))
    }

    /// `resp-text-code`, with the brackets.
    fn code(&self, input: &'a [u8]) -> Parsed<'a, Code> {
        let bare = [
            ("ALERT", Code::Alert),
            ("READ-ONLY", Code::ReadOnly),
            ("READ-WRITE", Code::ReadWrite),
            ("PRIVACYREQUIRED", Code::PrivacyRequired),
            ("AUTHENTICATIONFAILED", Code::AuthenticationFailed),
            ("UNAVAILABLE", Code::Unavailable),
            ("NONEXISTENT", Code::NonExistent),
            ("TOOBIG", Code::TooBig),
            ("TRYCREATE", Code::TryCreate),
            ("COMPRESSIONACTIVE", Code::CompressionActive),
        ];
        let counted = |name| preceded((tag_no_case(name), sp), number::<u32>);
        let raw = take_till(|octet| octet == b']');
        let known = alt((
            map(counted("UIDNEXT"), Code::UidNext),
            map(counted("UIDVALIDITY"), Code::UidValidity),
            map(counted("UNSEEN"), Code::Unseen),
            map((counted("APPENDUID"), sp, super::sequence_set), |(validity, (), uids)| {
                Code::AppendUid { validity, uids }
            }),
            map(
                preceded((tag_no_case("PERMANENTFLAGS"), sp), |i| self.flag_list(i)),
                Code::PermanentFlags,
            ),
            map(
                preceded((tag_no_case("CAPABILITY"), sp), |i| self.code_capabilities(i)),
                Code::Capability,
            ),
        ));
        let other = map(raw, |raw: &[u8]| {
            let known = bare.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(raw));
            known.map_or_else(|| Code::Other(self.own(raw)), |(_, code)| code.clone())
        });
        alt((delimited(char('['), known, tag("]")), delimited(char('['), other, tag("]"))))
            .parse(input)
    }

    /// `capability-data = "CAPABILITY" *(SP capability) SP "IMAP4rev1" *(SP capability)`
    fn capabilities(&self, input: &'a [u8]) -> Parsed<'a, Vec<Capability>> {
        self.words(input, |octet| octet.is_ascii_graphic())
    }

    fn code_capabilities(&self, input: &'a [u8]) -> Parsed<'a, Vec<Capability>> {
        self.words(input, |octet| octet.is_ascii_graphic() && octet != b']')
    }

    /// Words between blanks; those that are no atoms are left out.
    fn words(&self, input: &'a [u8], octet: fn(u8) -> bool) -> Parsed<'a, Vec<Capability>> {
        let mut word = terminated(take_while1(octet), blanks);
        let (mut input, first) = word.parse(input)?;
        let keyword = |word: &'a [u8]| Keyword::new(self.own(word)).ok().map(Capability::new);
        let mut words: Vec<Capability> = keyword(first).into_iter().collect();
        while let Ok((rest, next)) = word.parse(input) {
            words.extend(keyword(next));
            self.bounded(&words, rest)?;
            input = rest;
        }
        Ok((input, words))
    }
}

fn blanks(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(|octet| octet == b' ').parse(input)
}
