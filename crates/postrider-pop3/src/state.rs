//! The protocol as a table, one for both machines.

use crate::Keyword;

/// The states of a session (RFC 1939 §3). `UserGiven` is the part of AUTHORIZATION between `USER`
/// and `PASS`, which must follow each other (RFC 1939 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Who the user is, is not known.
    Authorization,
    /// `USER` was accepted: `PASS` is due.
    UserGiven,
    /// The maildrop is open.
    Transaction,
    /// `QUIT` came in the TRANSACTION state: deleted messages are being removed.
    Update,
    /// Nothing more is said.
    Over,
}

/// One row: in `state`, `command` is allowed; after `+OK` the session is in `accepted`, after `-ERR`
/// in `refused`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) state: State,
    pub(crate) command: Keyword,
    pub(crate) accepted: State,
    pub(crate) refused: State,
}

const fn row(state: State, command: Keyword, accepted: State, refused: State) -> Row {
    Row { state, command, accepted, refused }
}

/// What is not here is refused, and changes nothing.
pub(crate) const TABLE: &[Row] = {
    use Keyword::{
        Apop, Auth, Capa, Dele, Lang, List, Noop, Pass, Quit, Retr, Rset, Stat, Stls, Top, Uidl,
        User, Utf8,
    };
    use State::{Authorization, Over, Transaction, Update, UserGiven};
    &[
        row(Authorization, User, UserGiven, Authorization),
        row(Authorization, Apop, Transaction, Authorization),
        row(Authorization, Auth, Transaction, Authorization),
        row(Authorization, Capa, Authorization, Authorization),
        row(Authorization, Lang, Authorization, Authorization),
        row(Authorization, Stls, Authorization, Authorization),
        row(Authorization, Utf8, Authorization, Authorization),
        row(Authorization, Quit, Over, Over),
        row(UserGiven, Pass, Transaction, Authorization),
        row(UserGiven, User, UserGiven, Authorization),
        row(UserGiven, Apop, Transaction, Authorization),
        row(UserGiven, Auth, Transaction, Authorization),
        row(UserGiven, Capa, Authorization, Authorization),
        row(UserGiven, Lang, Authorization, Authorization),
        row(UserGiven, Stls, Authorization, Authorization),
        row(UserGiven, Utf8, Authorization, Authorization),
        row(UserGiven, Quit, Over, Over),
        row(Transaction, Stat, Transaction, Transaction),
        row(Transaction, List, Transaction, Transaction),
        row(Transaction, Uidl, Transaction, Transaction),
        row(Transaction, Retr, Transaction, Transaction),
        row(Transaction, Top, Transaction, Transaction),
        row(Transaction, Dele, Transaction, Transaction),
        row(Transaction, Noop, Transaction, Transaction),
        row(Transaction, Rset, Transaction, Transaction),
        row(Transaction, Capa, Transaction, Transaction),
        row(Transaction, Lang, Transaction, Transaction),
        row(Transaction, Quit, Update, Update),
    ]
};

impl State {
    /// The row of `command` in this state, if it is allowed here.
    pub(crate) fn row(self, command: Keyword) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.state == self && row.command == command)
    }

    /// The state behind `command`, where it is the same whatever the reply: only then can another
    /// command follow before that reply (RFC 2449 §6.6).
    pub(crate) fn behind(self, command: Keyword) -> Option<Self> {
        let row = self.row(command)?;
        (row.accepted == row.refused).then_some(row.accepted)
    }

    /// Whether the maildrop is open.
    pub(crate) fn is_logged_in(self) -> bool {
        matches!(self, Self::Transaction | Self::Update)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::TABLE;

    /// `| state | commands | after +OK | after -ERR |` rows of the crate page, a command each.
    fn rows_of_the_page() -> BTreeSet<String> {
        let mut rows = BTreeSet::new();
        for line in include_str!("lib.rs").lines().filter(|line| line.starts_with("//! | `")) {
            let line = line.replace('`', "");
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, state, commands, accepted, refused, _] = cells[..] else { continue };
            for command in commands.split(' ') {
                rows.insert(format!("{state} {command} {accepted} {refused}"));
            }
        }
        rows
    }

    #[test]
    fn the_table_of_the_crate_page_is_the_table() {
        let table: BTreeSet<String> = TABLE
            .iter()
            .map(|row| {
                format!("{:?} {} {:?} {:?}", row.state, row.command, row.accepted, row.refused)
            })
            .collect();
        assert_eq!(rows_of_the_page(), table);
        assert_eq!(table.len(), TABLE.len(), "no row twice");
    }
}
