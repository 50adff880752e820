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

/// Commands that the same states allow.
type Row = (&'static [CommandName], [Allowed; 4]);

/// RFC 3501 §6.1 to §6.4 and the extensions. RFC 4978 would allow COMPRESS before login too; then a
/// stranger could make a server hold the memory of a compressor. ENABLE comes before any mailbox is
/// selected (RFC 5161 §3.1). Where a command is allowed that has no name here, its peer must know.
pub(crate) const TABLE: [Row; 5] = {
    use CommandName as Name;
    [
        (&[Name::Capability, Name::Noop, Name::Logout, Name::Id, Name::Other], [Yes, Yes, Yes, No]),
        (&[Name::StartTls, Name::Authenticate, Name::Login], [Yes, No, No, No]),
        (&[Name::Enable], [No, Yes, No, No]),
        (
            &[
                Name::Select,
                Name::Examine,
                Name::Create,
                Name::Delete,
                Name::Rename,
                Name::Subscribe,
                Name::Unsubscribe,
                Name::List,
                Name::Lsub,
                Name::Xlist,
                Name::Namespace,
                Name::Status,
                Name::Append,
                Name::Idle,
                Name::Notify,
                Name::Compress,
                Name::Unauthenticate,
                Name::GetJmapAccess,
                Name::GetQuota,
                Name::GetQuotaRoot,
                Name::SetQuota,
                Name::SetAcl,
                Name::DeleteAcl,
                Name::GetAcl,
                Name::ListRights,
                Name::MyRights,
                Name::GetMetadata,
                Name::SetMetadata,
                Name::Esearch,
            ],
            [No, Yes, Yes, No],
        ),
        (
            &[
                Name::Check,
                Name::Close,
                Name::Unselect,
                Name::Expunge,
                Name::Search,
                Name::Sort,
                Name::Thread,
                Name::CancelUpdate,
                Name::Fetch,
                Name::Store,
                Name::Copy,
                Name::Move,
                Name::Replace,
                Name::UidBatches,
            ],
            [No, No, Yes, No],
        ),
    ]
};

impl State {
    /// Whether `command` may be given in this state.
    #[must_use]
    pub fn allows(self, command: CommandName) -> bool {
        let column = STATES.iter().position(|state| *state == self);
        let row = TABLE.iter().find(|(names, _)| names.contains(&command)).map(|(_, row)| row);
        row.zip(column).and_then(|(row, at)| row.get(at)) == Some(&Yes)
    }

    /// Whether this command, accepted or refused, leads elsewhere from any state.
    pub(crate) fn is_changed_by(command: CommandName) -> bool {
        let leads = |state: &Self| {
            state.after(command, true) != *state || state.after(command, false) != *state
        };
        STATES.iter().any(leads)
    }

    /// Where an accepted (or refused) command leads.
    pub(crate) fn after(self, command: CommandName, accepted: bool) -> Self {
        match (command, accepted) {
            (CommandName::Login | CommandName::Authenticate, true) => Authenticated,
            (CommandName::Close | CommandName::Unselect, true) => Authenticated,
            (CommandName::Unauthenticate, true) => NotAuthenticated,
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
        let rows: Vec<&str> =
            page.lines().filter(|line| line.starts_with("//! | ")).skip(1).collect();
        assert_eq!(rows.len(), TABLE.len());
        for ((names, row), line) in TABLE.iter().zip(rows) {
            let cells: Vec<&str> = line.split('|').skip(1).map(str::trim).collect();
            let written: Vec<String> =
                names.iter().map(ToString::to_string).filter(|name| !name.is_empty()).collect();
            assert_eq!(cells[0], written.join(", "));
            let words: Vec<&str> =
                row.iter().map(|allowed| if *allowed == Yes { "yes" } else { "no" }).collect();
            assert_eq!(cells[1..5], words[..], "{names:?}");
        }
    }

    #[test]
    fn every_command_has_its_row() {
        for name in CommandName::ALL {
            let rows = TABLE.iter().filter(|(names, _)| names.contains(name)).count();
            assert_eq!(rows, 1, "{name}");
        }
        let all: usize = TABLE.iter().map(|(names, _)| names.len()).sum();
        // And the one for commands without a name.
        assert_eq!(all, CommandName::ALL.len() + 1);
    }

    #[test]
    fn a_failed_select_leaves_no_mailbox_selected() {
        assert_eq!(Selected.after(CommandName::Select, false), Authenticated);
        assert!(!Authenticated.allows(CommandName::Fetch));
    }
}
