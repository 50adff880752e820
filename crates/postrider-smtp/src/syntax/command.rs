//! Command lines (RFC 5321 §4.1.1, RFC 1870 §5, RFC 6152 §2, RFC 3030 §2, RFC 3207 §4).

use core::ops::Range;

use nom::bytes::complete::{tag_no_case, take_while};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::address::{self, Parts, Path, text};
use super::parameter::Parameters;
use super::plain;
use crate::{
    Argument, AttributeName, Attributes, Command, CommandFault, EhloName, ExtensionKeyword,
    ForwardPath, InitialResponse, MailParameters, MechanismName, RcptParameters, ReversePath,
};

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
    } else if is("LHLO") {
        host(rest).map(Command::Lhlo)
    } else if is("MAIL") {
        own_mail(line)
    } else if is("RCPT") {
        own_rcpt(line)
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
    } else if is("AUTH") {
        auth(rest).ok_or(CommandFault::Arguments)
    } else if is("VRFY") {
        argument(rest)?.map(Command::Vrfy).ok_or(CommandFault::Arguments)
    } else if is("EXPN") {
        argument(rest)?.map(Command::Expn).ok_or(CommandFault::Arguments)
    } else if is("HELP") {
        argument(rest).map(Command::Help)
    } else if is("XCLIENT") {
        attributes(rest, AttributeName::of_xclient()).map(Command::Xclient)
    } else if is("XFORWARD") {
        attributes(rest, AttributeName::of_xforward()).map(Command::Xforward)
    } else if ["SEND", "SOML", "SAML", "TURN"].into_iter().any(is) {
        Err(CommandFault::NotImplemented)
    } else {
        extension(word, rest)
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

/// ```text
/// auth-command     = "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) CRLF
/// initial-response = base64 / "="
/// ```
///
/// Whether it can be decoded is for the exchange to see.
fn auth(rest: &[u8]) -> Option<Command> {
    let (name, initial) = split(rest);
    let mechanism = MechanismName::parse(text(name)?).ok()?;
    let initial = match initial {
        [] => None,
        initial => Some(InitialResponse::parse(text(initial)?).ok()?),
    };
    Some(Command::Auth { mechanism, initial })
}

/// The rest of a line, if there is one.
fn argument(rest: &[u8]) -> Result<Option<Argument>, CommandFault> {
    if rest.is_empty() {
        return Ok(None);
    }
    let argument = text(rest).and_then(|rest| Argument::parse(rest).ok());
    argument.map(Some).ok_or(CommandFault::Arguments)
}

fn attributes(rest: &[u8], known: &[AttributeName]) -> Result<Attributes, CommandFault> {
    Attributes::from_wire(rest, known).ok_or(CommandFault::Arguments)
}

/// A command that is not known here: whether it is one is for the server to say.
fn extension(word: &[u8], rest: &[u8]) -> Result<Command, CommandFault> {
    let keyword = text(word).and_then(|word| ExtensionKeyword::parse(word).ok());
    let keyword = keyword.ok_or(CommandFault::Unrecognised)?;
    // What follows a word that is no command need not be in any grammar.
    let argument = argument(rest).map_err(|_| CommandFault::Unrecognised)?;
    Ok(Command::Extension { keyword, argument })
}

/// Where credentials may stand in a line that is no part of a login: behind `AUTH`, and behind any word
/// that is no command. A word alone that is none may be a credential itself, of a client that goes on with
/// a login which was refused.
pub(crate) fn secret(line: &[u8]) -> Option<Range<usize>> {
    let (word, rest) = split(line);
    let is_one_of =
        |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    let open = is_one_of(&[
        "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "STARTTLS",
        "VRFY", "EXPN", "HELP", "XFORWARD", "ETRN",
    ]);
    let named = is_one_of(&["AUTH", "XCLIENT", "SEND", "SOML", "SAML", "TURN"]);
    let alone = rest.is_empty() && !named;
    let start = if alone { 0 } else { word.len().saturating_add(1) };
    (!open && start < line.len()).then_some(start..line.len())
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

/// `MAIL`, read without owning any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail<'a> {
    /// The reverse-path; `None` in its parts is `<>`.
    pub path: Path<'a>,
    /// What follows it.
    pub parameters: Parameters<'a>,
}

/// `RCPT`, read without owning any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rcpt<'a> {
    /// The forward-path; `None` in its parts is the local postmaster.
    pub path: Path<'a>,
    /// What follows it.
    pub parameters: Parameters<'a>,
}

/// Reads a `MAIL` command, a line without its end.
///
/// # Errors
///
/// [`CommandFault`]; `Unrecognised` for any other command.
///
/// ```text
/// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
/// ```
#[inline]
pub fn mail(line: &[u8]) -> Result<Mail<'_>, CommandFault> {
    if let Some((path, parameters)) = plain(line, b"MAIL FROM:<") {
        return Ok(Mail { path, parameters });
    }
    other_mail(line)
}

#[cold]
fn other_mail(line: &[u8]) -> Result<Mail<'_>, CommandFault> {
    match plain_in_other_words(line, b"MAIL FROM:<") {
        Some((path, parameters)) => Ok(Mail { path, parameters }),
        None => any_mail(line),
    }
}

/// `MAIL` as the RFC has it.
pub(super) fn any_mail(line: &[u8]) -> Result<Mail<'_>, CommandFault> {
    mail_arguments(arguments_of(b"MAIL", line)?)
}

/// Reads an `RCPT` command, a line without its end.
///
/// # Errors
///
/// As [`mail`].
///
/// ```text
/// rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
/// ```
#[inline]
pub fn rcpt(line: &[u8]) -> Result<Rcpt<'_>, CommandFault> {
    match plain(line, b"RCPT TO:<") {
        // `<>` is no recipient.
        Some((path, parameters)) if path.0.is_some() => return Ok(Rcpt { path, parameters }),
        _ => {}
    }
    other_rcpt(line)
}

#[cold]
fn other_rcpt(line: &[u8]) -> Result<Rcpt<'_>, CommandFault> {
    match plain_in_other_words(line, b"RCPT TO:<") {
        Some((path, parameters)) if path.0.is_some() => Ok(Rcpt { path, parameters }),
        _ => any_rcpt(line),
    }
}

/// `RCPT` as the RFC has it.
pub(super) fn any_rcpt(line: &[u8]) -> Result<Rcpt<'_>, CommandFault> {
    rcpt_arguments(arguments_of(b"RCPT", line)?)
}

/// The path and the parameters of a line that begins like this, when both are plain.
#[inline(always)]
pub(super) fn plain<'a, const N: usize>(
    line: &'a [u8],
    start: &[u8; N],
) -> Option<(Path<'a>, Parameters<'a>)> {
    if line.first_chunk::<N>() != Some(start) { None } else { plain_behind(line, N) }
}

/// The same in another case, or with a blank in front of the path, which is usual.
fn plain_in_other_words<'a>(line: &'a [u8], start: &[u8]) -> Option<(Path<'a>, Parameters<'a>)> {
    let words = start.strip_suffix(b"<")?;
    let (first, rest) = line.split_at_checked(words.len())?;
    let path = rest.strip_prefix(b" ").unwrap_or(rest).strip_prefix(b"<")?;
    let from = line.len().checked_sub(path.len())?;
    let other = first.eq_ignore_ascii_case(words) && !line.starts_with(start);
    if other { plain_behind(line, from) } else { None }
}

/// What stands in a line from the octet behind the `<` of its path on.
#[inline(always)]
fn plain_behind(line: &[u8], from: usize) -> Option<(Path<'_>, Parameters<'_>)> {
    if !line.last()?.is_ascii_graphic() {
        return None;
    }
    let rest = text(line.get(from..)?)?;
    if let Some(rest) = rest.strip_prefix('>') {
        return Some((Path(None), Parameters::plain(line, rest)?));
    }
    let (at, end) = plain::mailbox(line, from)?;
    let behind = |place: usize| place.checked_sub(from);
    let local_part = rest.get(..behind(at)?)?;
    let domain = rest.get(behind(at)?.checked_add(1)?..behind(end)?)?;
    let rest = rest.get(behind(end)?.checked_add(1)?..)?;
    Some((Path(Some(Parts { local_part, domain })), Parameters::plain(line, rest)?))
}

fn arguments_of<'a>(keyword: &[u8], line: &'a [u8]) -> Result<&'a [u8], CommandFault> {
    let (word, rest) = split(line.trim_ascii_end());
    if word.eq_ignore_ascii_case(keyword) { Ok(rest) } else { Err(CommandFault::Unrecognised) }
}

fn mail_arguments(arguments: &[u8]) -> Result<Mail<'_>, CommandFault> {
    let argument = behind(b"FROM:", arguments)?;
    let (rest, parts) = address::reverse_path(argument).map_err(|_| CommandFault::ReversePath)?;
    let parameters =
        Parameters::parse(rest).ok_or_else(|| behind_path(rest, CommandFault::ReversePath))?;
    Ok(Mail { path: Path(parts), parameters })
}

fn rcpt_arguments(arguments: &[u8]) -> Result<Rcpt<'_>, CommandFault> {
    let argument = behind(b"TO:", arguments)?;
    let (rest, parts) = address::forward_path(argument).map_err(|_| CommandFault::ForwardPath)?;
    let parameters =
        Parameters::parse(rest).ok_or_else(|| behind_path(rest, CommandFault::ForwardPath))?;
    Ok(Rcpt { path: Path(parts), parameters })
}

fn own_mail(line: &[u8]) -> Result<Command, CommandFault> {
    let mut mail = mail(line)?;
    let path = ReversePath::from_wire(mail.path.0).ok_or(CommandFault::ReversePath)?;
    let mut parameters = MailParameters::new();
    mail.parameters.try_for_each(|parameter| parameters.add(parameter))?;
    Ok(Command::Mail(path, parameters))
}

fn own_rcpt(line: &[u8]) -> Result<Command, CommandFault> {
    let mut rcpt = rcpt(line)?;
    let path = ForwardPath::from_wire(rcpt.path.0).ok_or(CommandFault::ForwardPath)?;
    let mut parameters = RcptParameters::new();
    rcpt.parameters.try_for_each(|parameter| parameters.add(parameter))?;
    Ok(Command::Rcpt(path, parameters))
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
