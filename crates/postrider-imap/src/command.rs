//! Commands: what a client asks for.

use core::fmt;
use core::ops::Range;

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::Secret;

use crate::value::{AppendMessage, FetchAttributes, Flag, InvalidValue, MailboxName, SequenceSet};
use crate::write::LiteralForm;

/// The name of a command (RFC 3501 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CommandName {
    /// `CAPABILITY`
    Capability,
    /// `NOOP`
    Noop,
    /// `LOGOUT`
    Logout,
    /// `STARTTLS`
    StartTls,
    /// `LOGIN`
    Login,
    /// `SELECT`
    Select,
    /// `EXAMINE`
    Examine,
    /// `FETCH` and `UID FETCH`
    Fetch,
    /// `STORE` and `UID STORE`
    Store,
    /// `APPEND` (also of several messages: RFC 3502)
    Append,
    /// `IDLE` (RFC 2177)
    Idle,
    /// `COMPRESS` (RFC 4978)
    Compress,
}

/// All names, as they are read and written.
pub(crate) const NAMES: [(CommandName, &str); 12] = [
    (CommandName::Capability, "CAPABILITY"),
    (CommandName::Noop, "NOOP"),
    (CommandName::Logout, "LOGOUT"),
    (CommandName::StartTls, "STARTTLS"),
    (CommandName::Login, "LOGIN"),
    (CommandName::Select, "SELECT"),
    (CommandName::Examine, "EXAMINE"),
    (CommandName::Fetch, "FETCH"),
    (CommandName::Store, "STORE"),
    (CommandName::Append, "APPEND"),
    (CommandName::Idle, "IDLE"),
    (CommandName::Compress, "COMPRESS"),
];

impl fmt::Display for CommandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = NAMES.iter().find(|(name, _)| name == self);
        f.write_str(row.map_or("", |(_, name)| name))
    }
}

/// What STORE does with the flags it names (RFC 3501 §6.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 has the same three")]
pub enum StoreMode {
    /// `FLAGS`: these and no others, `\Recent` aside.
    Replace,
    /// `+FLAGS`: these too.
    Add,
    /// `-FLAGS`: no longer these.
    Remove,
}

/// A command with its arguments. `APPEND` is not among them: its messages are no part of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    Capability,
    Noop,
    Logout,
    StartTls,
    Idle,
    /// With the only mechanism there is: `DEFLATE`.
    Compress,
    Login {
        user: Bytes,
        password: Secret<Vec<u8>>,
    },
    Select {
        mailbox: MailboxName,
        read_only: bool,
    },
    Fetch {
        set: SequenceSet,
        attributes: FetchAttributes,
        uid: bool,
    },
    Store {
        set: SequenceSet,
        mode: StoreMode,
        silent: bool,
        flags: Vec<Flag>,
        uid: bool,
    },
}

impl Command {
    pub(crate) fn name(&self) -> CommandName {
        match self {
            Self::Capability => CommandName::Capability,
            Self::Noop => CommandName::Noop,
            Self::Logout => CommandName::Logout,
            Self::StartTls => CommandName::StartTls,
            Self::Idle => CommandName::Idle,
            Self::Compress => CommandName::Compress,
            Self::Login { .. } => CommandName::Login,
            Self::Select { read_only: false, .. } => CommandName::Select,
            Self::Select { read_only: true, .. } => CommandName::Examine,
            Self::Fetch { .. } => CommandName::Fetch,
            Self::Store { .. } => CommandName::Store,
        }
    }
}

/// The tag that ties an answer to its command.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Tag(Bytes);

impl Tag {
    /// `tag = 1*<any ASTRING-CHAR except "+">`
    pub(crate) fn new(tag: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let tag = tag.into();
        if tag.is_empty() {
            return Err(InvalidValue::Empty);
        }
        let good = |&octet: &u8| crate::syntax::is_tag_octet(octet);
        if tag.iter().all(good) { Ok(Self(tag)) } else { Err(InvalidValue::Octet) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Octets of a command up to the next literal, where the client must wait for a continuation, and
/// where credentials stand in them.
#[derive(Clone)]
pub(crate) struct Piece {
    pub(crate) octets: Secret<Vec<u8>>,
    pub(crate) secret: Vec<Range<usize>>,
}

impl fmt::Debug for Piece {
    /// Counts only: the octets may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("len", &self.octets.expose().len()).finish_non_exhaustive()
    }
}

/// A command that is being written.
#[derive(Default)]
struct Draft {
    pieces: Vec<DraftPiece>,
}

#[derive(Default)]
struct DraftPiece {
    octets: Vec<u8>,
    secret: Vec<Range<usize>>,
}

impl Draft {
    fn finish(self) -> Vec<Piece> {
        let kept =
            |piece: DraftPiece| Piece { octets: Secret::new(piece.octets), secret: piece.secret };
        self.pieces.into_iter().map(kept).collect()
    }

    /// The last piece, which is still written to.
    fn last(&mut self) -> DraftPiece {
        self.pieces.pop().unwrap_or_default()
    }

    /// Appends what `write` writes to the last piece.
    fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut piece = self.last();
        write(&mut piece.octets);
        self.pieces.push(piece);
    }

    /// An `astring` by its content: atom, quoted or literal.
    fn astring(&mut self, octets: &[u8], secret: bool) {
        let mut piece = self.last();
        let form = crate::write::form(octets);
        if form == crate::write::Form::Literal {
            crate::write::literal_head(&mut piece.octets, octets.len() as u64);
            self.pieces.push(core::mem::take(&mut piece));
        }
        if secret {
            // Escaped, in quotes, and with the line end: it must not move, or a copy is left behind.
            piece.octets.reserve(octets.len().saturating_mul(2).saturating_add(4));
        }
        let from = piece.octets.len();
        if form == crate::write::Form::Quoted && !crate::write::is_atom(octets) {
            crate::write::quoted(&mut piece.octets, octets);
        } else {
            piece.octets.extend_from_slice(octets);
        }
        if secret {
            piece.secret.push(from..piece.octets.len());
        }
        self.pieces.push(piece);
    }
}

/// Writes a command. Names are in lower case, like the sample session of RFC 3501 §8.
pub(crate) fn encode(tag: &Tag, command: &Command) -> Vec<Piece> {
    let mut out = Draft::default();
    out.write(|out| {
        out.extend_from_slice(tag.as_bytes());
        if let Command::Fetch { uid: true, .. } | Command::Store { uid: true, .. } = command {
            out.extend_from_slice(b" uid");
        }
        let name = alloc::format!(" {}", command.name()).to_ascii_lowercase();
        out.extend_from_slice(name.as_bytes());
    });
    match command {
        Command::Capability
        | Command::Noop
        | Command::Logout
        | Command::StartTls
        | Command::Idle => {}
        Command::Compress => out.write(|out| out.extend_from_slice(b" deflate")),
        Command::Login { user, password } => {
            out.write(|out| out.push(b' '));
            out.astring(user, false);
            out.write(|out| out.push(b' '));
            out.astring(password.expose(), true);
        }
        Command::Select { mailbox, .. } => {
            out.write(|out| out.push(b' '));
            out.astring(mailbox.as_bytes(), false);
        }
        Command::Fetch { set, attributes, .. } => out.write(|out| {
            out.push(b' ');
            crate::write::set(out, set);
            out.push(b' ');
            crate::write::attributes(out, attributes);
        }),
        Command::Store { set, mode, silent, flags, .. } => out.write(|out| {
            out.push(b' ');
            crate::write::set(out, set);
            out.extend_from_slice(match mode {
                StoreMode::Replace => b" flags",
                StoreMode::Add => b" +flags",
                StoreMode::Remove => b" -flags",
            });
            out.extend_from_slice(if *silent { b".silent " } else { b" " });
            crate::write::flags(out, flags);
        }),
    }
    out.write(|out| out.extend_from_slice(b"\r\n"));
    out.finish()
}

/// Writes an `APPEND` up to the announcement of its first message. Those of the other messages are
/// written by [`crate::write::append_message`], and behind the last one comes the line end.
pub(crate) fn encode_append(
    tag: &Tag,
    mailbox: &MailboxName,
    first: &AppendMessage,
    form: LiteralForm,
) -> Vec<Piece> {
    let mut out = Draft::default();
    out.write(|out| {
        out.extend_from_slice(tag.as_bytes());
        out.extend_from_slice(b" append ");
    });
    out.astring(mailbox.as_bytes(), false);
    out.write(|out| crate::write::append_message(out, first, form));
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_password_does_not_move_so_that_no_copy_is_left() {
        for password in ["pa55word", "\"\"\"\"\"\"\"\"", "a b c d ", "\u{e4}\u{e4}\u{e4}\u{e4}"] {
            let mut draft = Draft::default();
            draft.astring(password.as_bytes(), true);
            let before = draft.pieces.last().unwrap().octets.capacity();
            draft.write(|out| out.extend_from_slice(b"\r\n"));
            assert_eq!(draft.pieces.last().unwrap().octets.capacity(), before, "{password:?}");
        }
    }
}
