//! The names of the commands that the machines speak.

use core::fmt;

use crate::Command;

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

impl CommandName {
    /// The name of a command, if it is one that the machines speak.
    pub(crate) fn of(command: &Command) -> Option<Self> {
        Some(match command {
            Command::Capability => Self::Capability,
            Command::Noop => Self::Noop,
            Command::Logout => Self::Logout,
            Command::StartTls => Self::StartTls,
            Command::Login { .. } => Self::Login,
            Command::Select { .. } => Self::Select,
            Command::Examine { .. } => Self::Examine,
            Command::Fetch { .. } => Self::Fetch,
            Command::Store(_) => Self::Store,
            Command::Idle => Self::Idle,
            Command::Compress(_) => Self::Compress,
            _ => return None,
        })
    }
}

impl fmt::Display for CommandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = NAMES.iter().find(|(name, _)| name == self);
        f.write_str(row.map_or("", |(_, name)| name))
    }
}
