//! What the beginning of a command tells before its end has come, and where credentials stand in it.

use crate::read::command_front;
use crate::syntax::{astring, sp};
use crate::{CommandHead, CommandName, Tag};

/// The commands that the server speaks. To all others it says BAD.
const SPOKEN: [CommandName; 12] = [
    CommandName::Capability,
    CommandName::Noop,
    CommandName::Logout,
    CommandName::StartTls,
    CommandName::Login,
    CommandName::Select,
    CommandName::Examine,
    CommandName::Fetch,
    CommandName::Store,
    CommandName::Append,
    CommandName::Idle,
    CommandName::Compress,
];

/// What the beginning of a command line tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peeked {
    /// The tag, with which it is answered.
    pub(super) tag: Tag,
    /// The name, if it is one of ours.
    pub(super) name: Option<CommandName>,
    /// Whether it is `AUTHENTICATE`, which is no command of ours, but carries credentials.
    pub(super) authenticate: bool,
    /// Whether `UID` stands before it.
    pub(super) uid: bool,
    /// Where the arguments begin, the space before them included.
    pub(super) arguments: usize,
}

impl Peeked {
    /// Whether the command is one that carries credentials.
    pub(super) fn logs_in(&self) -> bool {
        self.authenticate || self.name == Some(CommandName::Login)
    }
}

/// Reads tag and name. `None` when there is no tag.
pub(super) fn peek_command(line: &[u8]) -> Option<Peeked> {
    let (CommandHead { tag, uid, name: word }, rest) = command_front(line)?;
    let known = word.as_ref().and_then(CommandName::written);
    let authenticate = !uid && known == Some(CommandName::Authenticate);
    let name = known.filter(|name| SPOKEN.contains(name));
    let name = name.filter(|name| !uid || matches!(name, CommandName::Fetch | CommandName::Store));
    let arguments = line.len().saturating_sub(rest.len());
    Some(Peeked { tag, name, authenticate, uid, arguments })
}

/// Where the password of a LOGIN may begin: behind the user name, or, when none can be read, behind
/// the name of the command.
pub(super) fn password_at(octets: &[u8], login: &Peeked) -> usize {
    let arguments = octets.get(login.arguments..).unwrap_or_default();
    let behind = || sp(astring(sp(arguments).ok()?.0).ok()?.0).ok();
    let rest = behind().map_or(arguments, |(rest, ())| rest);
    octets.len().saturating_sub(rest.len())
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
