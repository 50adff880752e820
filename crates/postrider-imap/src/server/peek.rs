//! What the beginning of a command tells before its end has come, and where credentials stand in it.

use postrider_sasl::Mechanism;

use crate::read::command_front;
use crate::syntax::{astring, sp};
use crate::{CommandHead, CommandName, Tag};

/// What the beginning of a command line tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peeked {
    /// The tag, with which it is answered.
    pub(super) tag: Tag,
    /// The name, if it is that of a command.
    pub(super) name: Option<CommandName>,
    /// Whether `UID` stands before it.
    pub(super) uid: bool,
    /// Where the arguments begin, the space before them included.
    pub(super) arguments: usize,
}

impl Peeked {
    /// Whether the command is one that carries credentials.
    pub(super) fn logs_in(&self) -> bool {
        self.name.is_some_and(logs_in)
    }
}

/// Whether the command of this name is one that carries credentials.
pub(super) fn logs_in(name: CommandName) -> bool {
    matches!(name, CommandName::Login | CommandName::Authenticate)
}

/// What may stand behind UID.
const WITH_UID: [CommandName; 9] = [
    CommandName::Copy,
    CommandName::Expunge,
    CommandName::Fetch,
    CommandName::Move,
    CommandName::Replace,
    CommandName::Search,
    CommandName::Sort,
    CommandName::Store,
    CommandName::Thread,
];

/// Reads tag and name. `None` when there is no tag.
pub(super) fn peek_command(line: &[u8]) -> Option<Peeked> {
    let (CommandHead { tag, uid, name: word }, rest) = command_front(line)?;
    let known = word.as_ref().and_then(CommandName::written);
    let name = known.filter(|name| !uid || WITH_UID.contains(name));
    let arguments = line.len().saturating_sub(rest.len());
    Some(Peeked { tag, name, uid, arguments })
}

/// Where the credentials of a LOGIN or AUTHENTICATE may begin: behind the name of the user or of the
/// mechanism, or, when none can be read, behind the name of the command. `None` for other commands.
pub(super) fn secret_at(octets: &[u8], peeked: &Peeked) -> Option<usize> {
    if !peeked.logs_in() {
        return None;
    }
    let arguments = octets.get(peeked.arguments..).unwrap_or_default();
    let behind = || sp(astring(sp(arguments).ok()?.0).ok()?.0).ok();
    let all_but = |rest: &[u8]| octets.len().saturating_sub(rest.len());
    match (behind(), peeked.name) {
        (Some((rest, ())), _) => Some(all_but(rest)),
        // A mechanism without an initial response.
        (None, Some(CommandName::Authenticate)) if is_mechanism(arguments) => None,
        (None, _) => Some(all_but(arguments)),
    }
}

/// Whether nothing but the name of a mechanism stands behind a blank: one that is known, or one as RFC
/// 4422 §3.1 has them. A credential in its place has lower-case letters, or is longer.
fn is_mechanism(arguments: &[u8]) -> bool {
    let word = crate::without_line_end(arguments).strip_prefix(b" ").unwrap_or_default();
    let known = core::str::from_utf8(word).ok().and_then(Mechanism::from_name);
    let fits = |octet: &u8| matches!(octet, b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_');
    known.is_some() || (word.len() <= 20 && word.iter().all(fits))
}

/// Where credentials may begin in what is no good command: behind the first word that looks like
/// one which carries them.
pub(super) fn credentials_at(octets: &[u8]) -> Option<usize> {
    let behind = |word: &[u8]| {
        let at = octets.windows(word.len()).position(|some| some.eq_ignore_ascii_case(word))?;
        at.checked_add(word.len())
    };
    behind(b"LOGIN").into_iter().chain(behind(b"AUTHENTICATE")).min()
}
