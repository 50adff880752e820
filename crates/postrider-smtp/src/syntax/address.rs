//! Paths and mailboxes (RFC 5321 §4.1.2, §4.1.3), with the UTF-8 of RFC 6531 §3.3.

use core::net::{Ipv4Addr, Ipv6Addr};

use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n, take_while1};
use nom::character::complete::char;
use nom::combinator::{all_consuming, map_opt, opt, recognize, verify};
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// Longest domain (RFC 5321 §4.5.3.1.2).
const DOMAIN: usize = 255;
/// Longest label of a domain (RFC 1035 §2.3.4).
const LABEL: usize = 63;

/// A mailbox and where its domain begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) local_part: &'a str,
    pub(crate) domain: &'a str,
}

pub(super) fn text(octets: &[u8]) -> Option<&str> {
    core::str::from_utf8(octets).ok()
}

/// Whether a character would break a line, of a command or of a log: it stands in no value.
pub(crate) fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// UTF-8 that breaks no line: what is beyond ASCII passes the grammars of octets unseen.
pub(super) fn clean(octets: &[u8]) -> Option<&str> {
    text(octets).filter(|text| text.is_ascii() || !text.contains(breaks_lines))
}

/// ```text
/// sub-domain =  Let-dig [Ldh-str]
/// sub-domain =/ U-label
/// Ldh-str    = *( ALPHA / DIGIT / "-" ) Let-dig
/// ```
///
/// Which characters a U-label may hold is for IDNA to say (RFC 5890), not for this grammar; how long it
/// is in octets is bounded by the domain alone.
fn sub_domain(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let ldh = take_while1(|octet: u8| {
        octet.is_ascii_alphanumeric() || octet == b'-' || !octet.is_ascii()
    });
    verify(ldh, |label: &[u8]| {
        (label.len() <= LABEL || !label.is_ascii())
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    })
    .parse(input)
}

/// ```text
/// Domain = sub-domain *("." sub-domain)
/// ```
pub(crate) fn domain(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let labels = (sub_domain, many0_count(preceded(char('.'), sub_domain)));
    verify(recognize(labels), |domain: &[u8]| domain.len() <= DOMAIN).parse(input)
}

/// ```text
/// address-literal         = "[" ( IPv4-address-literal / IPv6-address-literal /
///                                 General-address-literal ) "]"
/// IPv6-address-literal    = "IPv6:" IPv6-addr
/// General-address-literal = Standardized-tag ":" 1*dcontent
/// dcontent                = %d33-90 / %d94-126
/// ```
pub(crate) fn address_literal(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let content = take_while1(|octet: u8| matches!(octet, 33..=90 | 94..=126));
    let literal = delimited(char('['), verify(content, is_address), char(']'));
    verify(recognize(literal), |literal: &[u8]| literal.len() <= DOMAIN).parse(input)
}

fn is_address(content: &[u8]) -> bool {
    let Some(content) = text(content) else { return false };
    match content.split_once(':') {
        None => content.parse::<Ipv4Addr>().is_ok(),
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6") => {
            address.parse::<Ipv6Addr>().is_ok()
        }
        Some((tag, address)) => {
            let known = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
            tag.bytes().all(known)
                && tag.bytes().last().is_some_and(|octet| octet.is_ascii_alphanumeric())
                && !address.is_empty()
        }
    }
}

/// ```text
/// atext =/ UTF8-non-ascii
/// ```
fn is_atext(octet: u8) -> bool {
    matches!(octet, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/'..=b'9' | b'=' | b'?'
        | b'A'..=b'Z' | b'^'..=b'~' | 128..)
}

/// ```text
/// Dot-string = Atom *("."  Atom)
/// ```
fn dot_string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let atom = || take_while1(is_atext);
    recognize((atom(), many0_count(preceded(char('.'), atom())))).parse(input)
}

/// ```text
/// Quoted-string   = DQUOTE *QcontentSMTP DQUOTE
/// QcontentSMTP    = qtextSMTP / quoted-pairSMTP
/// qtextSMTP       = %d32-33 / %d35-91 / %d93-126 / UTF8-non-ascii
/// quoted-pairSMTP = %d92 %d32-126
/// ```
fn quoted_string(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let qtext =
        recognize(take_while1(|octet: u8| matches!(octet, 32..=33 | 35..=91 | 93..=126 | 128..)));
    let pair = recognize((char('\\'), take_while_m_n(1, 1, |octet: u8| matches!(octet, 32..=126))));
    recognize(delimited(char('"'), many0_count(alt((qtext, pair))), char('"'))).parse(input)
}

/// ```text
/// Mailbox    = Local-part "@" ( Domain / address-literal )
/// Local-part = Dot-string / Quoted-string
/// ```
pub(crate) fn mailbox(input: &[u8]) -> IResult<&[u8], Parts<'_>> {
    let local_part = alt((dot_string, quoted_string));
    let domain = alt((address_literal, domain));
    let pair = (terminated(local_part, char('@')), domain);
    map_opt(pair, |(local_part, domain)| {
        Some(Parts { local_part: clean(local_part)?, domain: clean(domain)? })
    })
    .parse(input)
}

/// ```text
/// Path      = "<" [ A-d-l ":" ] Mailbox ">"
/// A-d-l     = At-domain *( "," At-domain )
/// At-domain = "@" Domain
/// ```
///
/// The source route is accepted and dropped (RFC 5321 Appendix C).
fn path(input: &[u8]) -> IResult<&[u8], Parts<'_>> {
    let at_domain = || preceded(char('@'), domain);
    let route = (at_domain(), many0_count(preceded(char(','), at_domain())), char(':'));
    delimited(char('<'), preceded(opt(recognize(route)), mailbox), char('>')).parse(input)
}

/// ```text
/// Reverse-path = Path / "<>"
/// ```
pub(crate) fn reverse_path(input: &[u8]) -> IResult<&[u8], Option<Parts<'_>>> {
    alt((tag(&b"<>"[..]).map(|_| None), path.map(Some))).parse(input)
}

/// ```text
/// forward = "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path
/// ```
///
/// `None` is the local postmaster.
pub(crate) fn forward_path(input: &[u8]) -> IResult<&[u8], Option<Parts<'_>>> {
    let postmaster = tag_no_case(&b"<Postmaster>"[..]);
    alt((postmaster.map(|_| None), path.map(Some))).parse(input)
}

/// A path as it stands in a command, its source route left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'a>(pub(crate) Option<Parts<'a>>);

impl<'a> Path<'a> {
    /// The local part, quotes included; `None` for `<>` and `<Postmaster>`.
    #[must_use]
    pub fn local_part(&self) -> Option<&'a str> {
        self.0.map(|parts| parts.local_part)
    }

    /// The domain or address literal; `None` for `<>` and `<Postmaster>`.
    #[must_use]
    pub fn domain(&self) -> Option<&'a str> {
        self.0.map(|parts| parts.domain)
    }
}

/// The whole of `value` as a mailbox, without brackets and without a route.
pub(crate) fn whole_mailbox(value: &str) -> Option<Parts<'_>> {
    all_consuming(mailbox).parse(value.as_bytes()).ok().map(|(_, parts)| parts)
}

/// Whether the whole of `value` is a domain or an address literal, in ASCII: what a host calls itself is
/// not subject to SMTPUTF8 (RFC 6531 §3.7.1).
pub(crate) fn is_host(value: &[u8]) -> bool {
    value.is_ascii() && all_consuming(alt((address_literal, domain))).parse(value).is_ok()
}
