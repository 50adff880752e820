//! Commands.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while1};
use nom::character::complete::char;
use nom::combinator::{map, opt, value};
use postrider_wire::Secret;

use super::base::{is_astring_octet, is_atom_octet, literal, quoted, sp, spaced};
use super::{Parsed, Unit, whole};
use crate::command::{Command, CommandName, NAMES, StoreMode, Tag};
use crate::limits::Limits;
use crate::value::{Flag, MailboxName};

/// `tag = 1*<any ASTRING-CHAR except "+">`
pub(crate) fn is_tag_octet(octet: u8) -> bool {
    is_astring_octet(octet) && octet != b'+'
}

/// What the beginning of a command line tells, before its end has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Peeked {
    /// The tag, with which it is answered.
    pub(crate) tag: Tag,
    /// The name, if it is one of ours.
    pub(crate) name: Option<CommandName>,
    /// Whether it is `AUTHENTICATE`, which is no command of ours, but carries credentials.
    pub(crate) authenticate: bool,
    /// Whether `UID` stands before it.
    pub(crate) uid: bool,
    /// Where the arguments begin, the space before them included.
    pub(crate) arguments: usize,
}

impl Peeked {
    /// Whether the command is one that carries credentials.
    pub(crate) fn logs_in(&self) -> bool {
        self.authenticate || self.name == Some(CommandName::Login)
    }
}

/// Reads tag and name. `None` when there is no tag.
pub(crate) fn peek_command(line: &[u8]) -> Option<Peeked> {
    let (rest, tag) = tag(line).ok()?;
    let tag = Tag::new(Bytes::copy_from_slice(tag)).ok()?;
    let named = |rest| -> Parsed<'_, (bool, &[u8])> {
        let (rest, uid) = opt((sp, tag_no_case("UID"), nom::combinator::peek(sp))).parse(rest)?;
        let (rest, (_, word)) =
            (sp, take_while1(|octet: u8| octet.is_ascii_graphic())).parse(rest)?;
        Ok((rest, (uid.is_some(), word)))
    };
    let (rest, (uid, word)) = named(rest).unwrap_or((rest, (false, b"")));
    let row = NAMES.iter().find(|(_, name)| name.as_bytes().eq_ignore_ascii_case(word));
    let name = row.map(|(name, _)| *name);
    let name = name.filter(|name| !uid || matches!(name, CommandName::Fetch | CommandName::Store));
    let authenticate = !uid && word.eq_ignore_ascii_case(AUTHENTICATE);
    let arguments = line.len().saturating_sub(rest.len());
    Some(Peeked { tag, name, authenticate, uid, arguments })
}

pub(super) fn tag(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while1(is_tag_octet).parse(input)
}

const LOGIN: &[u8] = b"LOGIN";
const AUTHENTICATE: &[u8] = b"AUTHENTICATE";

/// Where the password of a LOGIN may begin: behind the user name, or, when none can be read, behind
/// the name of the command.
pub(crate) fn password_at(octets: &[u8], login: &Peeked) -> usize {
    let arguments = octets.get(login.arguments..).unwrap_or_default();
    let user =
        alt((value((), take_while1(is_astring_octet)), value((), quoted), value((), literal)));
    let rest: Parsed<'_, ()> = (sp, user, sp).map(|_| ()).parse(arguments);
    let rest = rest.map_or(arguments, |(rest, ())| rest);
    octets.len().saturating_sub(rest.len())
}

/// Where credentials may begin in what is no good command: behind the first word that looks like
/// one which carries them.
pub(crate) fn credentials_at(octets: &[u8]) -> Option<usize> {
    let behind = |word: &[u8]| {
        let at = octets.windows(word.len()).position(|some| some.eq_ignore_ascii_case(word))?;
        at.checked_add(word.len())
    };
    behind(LOGIN).into_iter().chain(behind(AUTHENTICATE)).min()
}

/// Whether this is `AUTHENTICATE`, well formed:
///
/// ```text
/// authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")]
/// ```
///
/// with the initial response of RFC 4959.
pub(crate) fn is_authenticate(octets: &[u8], peeked: &Peeked) -> bool {
    let arguments = octets.get(peeked.arguments..).unwrap_or_default();
    let base64 = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let mut form = (sp, take_while1(is_atom_octet), opt((sp, take_while1(base64))));
    peeked.authenticate && whole(arguments, |i| form.parse(i)).is_some()
}

/// Reads a whole command, line end left out, of which tag and name are known.
pub(crate) fn command(octets: &Bytes, peeked: &Peeked, limits: &Limits) -> Option<Command> {
    let unit = Unit::new(octets, limits);
    let arguments = octets.get(peeked.arguments..)?;
    let bare = |command| arguments.is_empty().then_some(command);
    match peeked.name? {
        CommandName::Capability => bare(Command::Capability),
        CommandName::Noop => bare(Command::Noop),
        CommandName::Logout => bare(Command::Logout),
        CommandName::StartTls => bare(Command::StartTls),
        CommandName::Idle => bare(Command::Idle),
        CommandName::Compress => {
            // `compress = "COMPRESS" SP algorithm` (RFC 4978 §5).
            arguments.eq_ignore_ascii_case(b" DEFLATE").then_some(Command::Compress)
        }
        // Its messages are no part of a unit: see `append_to`.
        CommandName::Append => None,
        CommandName::Login => whole(arguments, |i| unit.login(i)),
        CommandName::Select => select(&unit, arguments, false),
        CommandName::Examine => select(&unit, arguments, true),
        CommandName::Fetch => whole(arguments, |i| unit.fetch(i, peeked.uid)),
        CommandName::Store => {
            let command = whole(arguments, |i| unit.store(i, peeked.uid))?;
            let storable = |flags: &[Flag]| flags.iter().all(Flag::is_storable);
            match &command {
                Command::Store { flags, .. } if !storable(flags) => None,
                _ => Some(command),
            }
        }
    }
}

/// `select = "SELECT" SP mailbox`
fn select<'a>(unit: &Unit<'a>, arguments: &'a [u8], read_only: bool) -> Option<Command> {
    let ((), name) = whole(arguments, |i| (sp, |i| unit.astring(i)).parse(i))?;
    Some(Command::Select { mailbox: MailboxName::new(name).ok()?, read_only })
}

impl<'a> Unit<'a> {
    /// `login = "LOGIN" SP userid SP password`
    fn login(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let astring = |i| self.astring(i);
        map((sp, astring, sp, astring), |((), user, (), password)| Command::Login {
            user,
            password: Secret::new(password.to_vec()),
        })
        .parse(input)
    }

    /// `fetch = "FETCH" SP sequence-set SP (…)`
    fn fetch(&self, input: &'a [u8], uid: bool) -> Parsed<'a, Command> {
        map((sp, super::sequence_set, sp, |i| self.attributes(i)), |((), set, (), attributes)| {
            Command::Fetch { set, attributes, uid }
        })
        .parse(input)
    }

    /// ```text
    /// store           = "STORE" SP sequence-set SP store-att-flags
    /// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
    /// ```
    fn store(&self, input: &'a [u8], uid: bool) -> Parsed<'a, Command> {
        let mode = alt((
            value(StoreMode::Add, char('+')),
            value(StoreMode::Remove, char('-')),
            nom::combinator::success(StoreMode::Replace),
        ));
        let silent = map(opt(tag_no_case(".SILENT")), |silent| silent.is_some());
        let flag = |i| self.flag(i);
        let bare = |i| spaced(i, self.limits.list, flag);
        let flags = alt((|i| self.flag_list(i), bare));
        let head = (sp, super::sequence_set, sp, mode, tag_no_case("FLAGS"), silent, sp);
        map((head, flags), |(((), set, (), mode, _, silent, ()), flags): (_, Vec<Flag>)| {
            Command::Store { set, mode, silent, flags, uid }
        })
        .parse(input)
    }
}
