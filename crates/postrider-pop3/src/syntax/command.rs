//! Command lines (RFC 2449 §3, RFC 1939 §9).

use core::ops::Range;

use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::digit1;
use nom::combinator::{all_consuming, map_opt};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};
use postrider_wire::Secret;

use crate::{
    ApopDigest, ApopName, Command, InitialResponse, Keyword, LanguageRange, MechanismName,
    Password, UserName,
};

/// Why a line is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No keyword of ours.
    Unknown,
    /// The arguments of this one are not in the grammar.
    Arguments(Keyword),
}

/// ```text
/// command = keyword *(SP param) CRLF
/// ```
///
/// Blanks at the end are forgiven where no argument takes the rest of the line.
pub(crate) fn command(line: &[u8]) -> Result<Command, Fault> {
    let (word, rest) = split(line);
    let keyword = keyword(word).ok_or(Fault::Unknown)?;
    let fault = Fault::Arguments(keyword);
    let none = |command| blank(rest).map(|_| command);
    let parsed = match keyword {
        Keyword::Capa => none(Command::Capa),
        Keyword::Noop => none(Command::Noop),
        Keyword::Quit => none(Command::Quit),
        Keyword::Rset => none(Command::Rset),
        Keyword::Stat => none(Command::Stat),
        Keyword::Stls => none(Command::Stls),
        Keyword::Utf8 => none(Command::Utf8),
        Keyword::Apop => apop(rest),
        Keyword::Auth => auth(rest),
        Keyword::Lang => lang(rest),
        Keyword::Dele => number(rest).map(Command::Dele),
        Keyword::Retr => number(rest).map(Command::Retr),
        Keyword::Top => two_numbers(rest).map(|(n, lines)| Command::Top(n, lines)),
        Keyword::List => optional_number(rest).map(Command::List),
        Keyword::Uidl => optional_number(rest).map(Command::Uidl),
        Keyword::User => text(rest).and_then(|name| UserName::new(name).ok()).map(Command::User),
        Keyword::Pass => octets(rest)
            .and_then(|password| Password::new(Secret::new(password.to_vec())).ok())
            .map(Command::Pass),
    };
    parsed.ok_or(fault)
}

/// Where credentials may stand in a line, understood or not: what follows `PASS`, and what follows
/// `AUTH`, `APOP` and a word that is no command of ours (a mistyped `PAS`).
pub(crate) fn secret(line: &[u8]) -> Option<Range<usize>> {
    let start = line.iter().position(|&octet| octet != b' ' && octet != b'\t')?;
    let text = line.get(start..).unwrap_or_default();
    if text.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"PASS")) {
        let blank = usize::from(matches!(text.get(4), Some(b' ' | b'\t')));
        return some_range(start.saturating_add(4).saturating_add(blank), line.len());
    }
    let (word, _) = split(text);
    match keyword(word) {
        // What stands behind them is a name at best.
        Some(Keyword::Apop | Keyword::Auth) => {
            let shown = start.saturating_add(word.len()).saturating_add(1);
            return some_range(shown, line.len());
        }
        Some(_) => return None,
        None => {}
    }
    // Not even the first word can be trusted to be none: a password may have been sent alone.
    let shown = if unsupported(word) { word.len().saturating_add(1) } else { 0 };
    some_range(start.saturating_add(shown), line.len())
}

/// Commands that this server does not have: their names are no secret.
fn unsupported(word: &[u8]) -> bool {
    word.eq_ignore_ascii_case(b"XTND")
}

fn some_range(from: usize, to: usize) -> Option<Range<usize>> {
    (from < to).then_some(from..to)
}

/// The word up to the first blank, and the rest with that blank.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|&octet| octet == b' ').unwrap_or(line.len());
    line.split_at_checked(end).unwrap_or((line, b""))
}

/// ```text
/// keyword = 3*4VCHAR
/// ```
///
/// Keywords are case-insensitive (RFC 1939 §3).
fn keyword(word: &[u8]) -> Option<Keyword> {
    Keyword::ALL.into_iter().find(|known| known.as_str().as_bytes().eq_ignore_ascii_case(word))
}

/// ```text
/// apop = "APOP" SP name SP digest
/// ```
fn apop(input: &[u8]) -> Option<Command> {
    let (name, digest) = text(input)?.trim_end_matches(' ').split_once(' ')?;
    let (name, digest) = (ApopName::new(name).ok()?, ApopDigest::parse(digest).ok()?);
    Some(Command::Apop(name, digest))
}

/// ```text
/// base64-char = ALPHA / DIGIT / "+" / "/"
/// ```
///
/// And what fills it up.
fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=')
}

/// ```text
/// auth-command     = "AUTH" SP sasl-mech [SP initial-response]
/// initial-response = base64 / "="
/// ```
fn auth(input: &[u8]) -> Option<Command> {
    let mut words = text(input)?.trim_end_matches(' ').split(' ');
    let mechanism = MechanismName::parse(words.next()?).ok()?;
    let initial = match words.next() {
        Some(word) if word.bytes().all(is_base64) => Some(InitialResponse::parse(word).ok()?),
        Some(_) => return None,
        None => None,
    };
    words.next().is_none().then_some(Command::Auth { mechanism, initial })
}

/// ```text
/// lang = "LANG" [SP language-range]
/// ```
fn lang(input: &[u8]) -> Option<Command> {
    if blank(input).is_some() {
        return Some(Command::Lang(None));
    }
    let range = LanguageRange::parse(text(input)?.trim_matches(' ')).ok()?;
    Some(Command::Lang(Some(range)))
}

fn spaces(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|octet| octet == b' ').parse(input)
}

fn blank(input: &[u8]) -> Option<()> {
    all_consuming(spaces).parse(input).ok().map(|_| ())
}

/// A message-number (RFC 1939 §2), which must be one that can exist.
fn number(input: &[u8]) -> Option<u32> {
    all_consuming(argument).parse(input).ok().map(|(_, number)| number)
}

/// The arguments of `TOP`: a message-number and "a non-negative number of lines" (RFC 1939 §7).
fn two_numbers(input: &[u8]) -> Option<(u32, u32)> {
    let digits = preceded(take_while1(|octet| octet == b' '), digit1);
    let first = map_opt(digits, decimal::<u32>);
    all_consuming((first, argument)).parse(input).ok().map(|(_, numbers)| numbers)
}

fn argument(input: &[u8]) -> IResult<&[u8], u32> {
    let digits = preceded(take_while1(|octet| octet == b' '), terminated(digit1, spaces));
    map_opt(digits, decimal::<u32>).parse(input)
}

fn optional_number(input: &[u8]) -> Option<Option<u32>> {
    if blank(input).is_some() { Some(None) } else { number(input).map(Some) }
}

pub(crate) fn decimal<N: core::str::FromStr>(digits: &[u8]) -> Option<N> {
    core::str::from_utf8(digits).ok()?.parse().ok()
}

/// The rest of the line behind one space, as it stands.
fn octets(input: &[u8]) -> Option<&[u8]> {
    input.strip_prefix(b" ")
}

fn text(input: &[u8]) -> Option<&str> {
    core::str::from_utf8(octets(input)?).ok()
}
