//! Command lines (RFC 5321 §4.1.1, RFC 1870 §5, RFC 6152 §2, RFC 3030 §2, RFC 3207 §4).

use core::ops::Range;

use nom::bytes::complete::{tag_no_case, take_while, take_while1};
use nom::combinator::{all_consuming, opt};
use nom::multi::fold_many0;
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::address;
use crate::{Body, Command, CommandFault, EhloName, ForwardPath, MailParameters, ReversePath};

/// ```text
/// command = keyword *(SP argument) CRLF
/// ```
///
/// Blanks at the end of the line are forgiven (RFC 5321 §4.1.1), and one or more behind the colon
/// of `FROM:` and `TO:`, which many clients send.
pub(crate) fn command(line: &[u8]) -> Result<Command, CommandFault> {
    if line.iter().any(|octet| octet.is_ascii_control() && *octet != b'\t') {
        let chunk = announces_chunk(line);
        return Err(if chunk { CommandFault::ChunkSize } else { CommandFault::Unrecognised });
    }
    let line = line.trim_ascii_end();
    let (word, rest) = split(line);
    let is = |keyword: &str| word.eq_ignore_ascii_case(keyword.as_bytes());
    let alone = |command| if rest.is_empty() { Ok(command) } else { Err(CommandFault::Arguments) };
    if is("EHLO") {
        host(rest).map(Command::Ehlo)
    } else if is("HELO") {
        host(rest).map(Command::Helo)
    } else if is("MAIL") {
        mail(rest)
    } else if is("RCPT") {
        rcpt(rest)
    } else if is("DATA") {
        alone(Command::Data)
    } else if announces_chunk(line) {
        bdat(line.get(4..).unwrap_or_default()).ok_or(CommandFault::ChunkSize)
    } else if is("RSET") {
        alone(Command::Rset)
    } else if is("NOOP") {
        // RFC 5321 §4.1.1.9: a string is allowed and ignored.
        Ok(Command::Noop)
    } else if is("QUIT") {
        alone(Command::Quit)
    } else if is("STARTTLS") {
        alone(Command::StartTls)
    } else if is("VRFY") {
        Err(if rest.is_empty() { CommandFault::Arguments } else { CommandFault::NotVerified })
    } else if ["EXPN", "HELP", "SEND", "SOML", "SAML", "TURN", "AUTH"].into_iter().any(is) {
        Err(CommandFault::NotImplemented)
    } else {
        Err(CommandFault::Unrecognised)
    }
}

/// Whether the line begins like `BDAT`: then octets follow that are no commands, even when the rest of
/// the line does not say how many.
pub(crate) fn announces_chunk(line: &[u8]) -> bool {
    line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"BDAT"))
}

/// ```text
/// bdat-cmd   = "BDAT" SP chunk-size [ SP end-marker ] CR LF
/// chunk-size = 1*DIGIT
/// end-marker = "LAST"
/// ```
fn bdat(arguments: &[u8]) -> Option<Command> {
    let (nothing, arguments) = split(arguments);
    let (digits, marker) = split(arguments);
    if !nothing.is_empty() || digits.is_empty() {
        return None;
    }
    let size = digits.iter().try_fold(0_u64, |size, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        size.checked_mul(10)?.checked_add(u64::from(digit))
    })?;
    let last = !marker.is_empty();
    (!last || marker.eq_ignore_ascii_case(b"LAST")).then_some(Command::Bdat { size, last })
}

/// Where credentials may stand in a line to a server that takes none: behind `AUTH`, and behind
/// any word that is no command.
pub(crate) fn secret(line: &[u8]) -> Option<Range<usize>> {
    let (word, _) = split(line);
    let start = word.len().saturating_add(1);
    let known = [
        "EHLO", "HELO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "STARTTLS", "VRFY",
    ]
    .into_iter()
    .any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    (!known && start < line.len()).then_some(start..line.len())
}

/// The word up to the first blank, and what follows the blanks.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let end = line.iter().position(blank).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end).unwrap_or((line, &[]));
    (word, rest.trim_ascii_start())
}

fn host(argument: &[u8]) -> Result<EhloName, CommandFault> {
    EhloName::from_wire(argument).ok_or(CommandFault::Arguments)
}

/// ```text
/// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
/// ```
fn mail(argument: &[u8]) -> Result<Command, CommandFault> {
    let argument = behind(b"FROM:", argument)?;
    let (rest, parts) = address::reverse_path(argument).map_err(|_| CommandFault::ReversePath)?;
    let path = ReversePath::from_wire(parts).ok_or(CommandFault::ReversePath)?;
    let folded = parameters(rest, mail_parameter)
        .ok_or_else(|| behind_path(rest, CommandFault::ReversePath))?;
    folded.map(|parameters| Command::Mail(path, parameters))
}

/// ```text
/// rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
/// ```
///
/// No parameter is known.
fn rcpt(argument: &[u8]) -> Result<Command, CommandFault> {
    let argument = behind(b"TO:", argument)?;
    let (rest, parts) = address::forward_path(argument).map_err(|_| CommandFault::ForwardPath)?;
    let path = ForwardPath::from_wire(parts).ok_or(CommandFault::ForwardPath)?;
    let folded = parameters(rest, |_: (), _| Err(CommandFault::Parameter));
    folded
        .ok_or_else(|| behind_path(rest, CommandFault::ForwardPath))?
        .map(|()| Command::Rcpt(path))
}

fn behind<'a>(word: &[u8], argument: &'a [u8]) -> Result<&'a [u8], CommandFault> {
    let mut colon = preceded(tag_no_case(word), take_while(|octet| octet == b' '));
    let parsed: IResult<&[u8], &[u8]> = colon.parse(argument);
    parsed.map(|(rest, _)| rest).map_err(|_| CommandFault::Arguments)
}

/// What is wrong where no list of parameters stands behind a path: they, or still the path.
fn behind_path(rest: &[u8], path: CommandFault) -> CommandFault {
    if rest.starts_with(b" ") { CommandFault::Arguments } else { path }
}

/// A keyword and its value.
struct Parameter<'a> {
    keyword: &'a [u8],
    value: Option<&'a [u8]>,
}

/// ```text
/// esmtp-param   = esmtp-keyword ["=" esmtp-value]
/// esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")
/// esmtp-value   = 1*(%d33-60 / %d62-126)
/// ```
fn parameter(input: &[u8]) -> IResult<&[u8], Parameter<'_>> {
    let keyword = take_while1(|octet: u8| octet.is_ascii_alphanumeric() || octet == b'-');
    let octets = take_while1(|octet: u8| octet.is_ascii_graphic() && octet != b'=');
    let value = opt(preceded(tag_no_case(&b"="[..]), octets));
    (keyword, value).map(|(keyword, value)| Parameter { keyword, value }).parse(input)
}

/// Folds what stands behind a path; `None` when that is no list of parameters.
fn parameters<T: Default>(
    input: &[u8],
    mut fold: impl FnMut(T, Parameter<'_>) -> Result<T, CommandFault>,
) -> Option<Result<T, CommandFault>> {
    let blank = take_while1(|octet: u8| octet == b' ' || octet == b'\t');
    let start = || Ok(T::default());
    let all = fold_many0(preceded(blank, parameter), start, |folded, parameter| {
        folded.and_then(|folded| fold(folded, parameter))
    });
    all_consuming(all).parse(input).ok().map(|(_, folded)| folded)
}

fn mail_parameter(
    mut parameters: MailParameters,
    parameter: Parameter<'_>,
) -> Result<MailParameters, CommandFault> {
    let value = parameter.value.and_then(|value| core::str::from_utf8(value).ok());
    if parameter.keyword.eq_ignore_ascii_case(b"SIZE") {
        let size = value.and_then(size_value).ok_or(CommandFault::Arguments)?;
        return match parameters.size.replace(size) {
            None => Ok(parameters),
            Some(_) => Err(CommandFault::Arguments),
        };
    }
    if parameter.keyword.eq_ignore_ascii_case(b"BODY") {
        let value = value.ok_or(CommandFault::Arguments)?;
        let known = [Body::SevenBit, Body::EightBitMime];
        let body = known.into_iter().find(|body| body.as_str().eq_ignore_ascii_case(value));
        let body = body.ok_or(CommandFault::ParameterValue)?;
        return match parameters.body.replace(body) {
            None => Ok(parameters),
            Some(_) => Err(CommandFault::Arguments),
        };
    }
    Err(CommandFault::Parameter)
}

/// ```text
/// size-value = 1*20DIGIT
/// ```
///
/// More than any number of octets that we can count is as good as the largest.
fn size_value(digits: &str) -> Option<u64> {
    let digital = digits.bytes().all(|octet| octet.is_ascii_digit());
    let fits = (1..=20).contains(&digits.len());
    (digital && fits).then(|| digits.parse().unwrap_or(u64::MAX))
}
