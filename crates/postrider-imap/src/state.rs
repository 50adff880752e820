//! The protocol as a table: which command is allowed in which state. Both machines consult it.

use crate::name::CommandName;

/// Where a session stands (RFC 3501 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the four states of the protocol")]
pub enum State {
    /// Nobody has logged in.
    NotAuthenticated,
    /// A user has logged in; no mailbox is selected.
    Authenticated,
    /// A mailbox is selected.
    Selected,
    /// The session is being ended.
    Logout,
}

/// What a state says to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    Yes,
    No,
}

use Allowed::{No, Yes};
use State::{Authenticated, Logout, NotAuthenticated, Selected};

/// The columns of [`TABLE`].
pub(crate) const STATES: [State; 4] = [NotAuthenticated, Authenticated, Selected, Logout];

/// RFC 3501 §6.1 to §6.4, RFC 2177 §4. RFC 4978 would allow COMPRESS before login too; then a
/// stranger could make a server hold the memory of a compressor.
pub(crate) const TABLE: [(CommandName, [Allowed; 4]); 12] = [
    (CommandName::Capability, [Yes, Yes, Yes, No]),
    (CommandName::Noop, [Yes, Yes, Yes, No]),
    (CommandName::Logout, [Yes, Yes, Yes, No]),
    (CommandName::StartTls, [Yes, No, No, No]),
    (CommandName::Login, [Yes, No, No, No]),
    (CommandName::Select, [No, Yes, Yes, No]),
    (CommandName::Examine, [No, Yes, Yes, No]),
    (CommandName::Fetch, [No, No, Yes, No]),
    (CommandName::Store, [No, No, Yes, No]),
    (CommandName::Append, [No, Yes, Yes, No]),
    (CommandName::Idle, [No, Yes, Yes, No]),
    (CommandName::Compress, [No, Yes, Yes, No]),
];

impl State {
    /// Whether `command` may be given in this state.
    #[must_use]
    pub fn allows(self, command: CommandName) -> bool {
        let column = STATES.iter().position(|state| *state == self);
        let row = TABLE.iter().find(|(name, _)| *name == command).map(|(_, row)| row);
        row.zip(column).and_then(|(row, at)| row.get(at)) == Some(&Yes)
    }

    /// Where an accepted (or refused) command leads.
    pub(crate) fn after(self, command: CommandName, accepted: bool) -> Self {
        match (command, accepted) {
            (CommandName::Login, true) => Authenticated,
            (CommandName::Select | CommandName::Examine, true) => Selected,
            // RFC 3501 §6.3.1: a failed SELECT leaves no mailbox selected.
            (CommandName::Select | CommandName::Examine, false) => Authenticated,
            (CommandName::Logout, true) => Logout,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn the_table_of_the_crate_page_is_the_table_of_the_machines() {
        let page = include_str!("lib.rs");
        for (name, row) in TABLE {
            let line = page.lines().find(|line| line.starts_with(&std::format!("//! | {name} ")));
            let cells: Vec<&str> = line.expect("a row").split('|').skip(2).map(str::trim).collect();
            let words: Vec<&str> =
                row.iter().map(|allowed| if *allowed == Yes { "yes" } else { "no" }).collect();
            assert_eq!(cells[..4], words[..], "{name}");
        }
        assert_eq!(page.lines().filter(|line| line.starts_with("//! | ")).count(), TABLE.len() + 1);
    }

    #[test]
    fn a_failed_select_leaves_no_mailbox_selected() {
        assert_eq!(Selected.after(CommandName::Select, false), Authenticated);
        assert!(!Authenticated.allows(CommandName::Fetch));
    }
}
