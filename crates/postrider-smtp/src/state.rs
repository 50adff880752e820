//! The protocol as a table, one for both machines.

use crate::Keyword;

/// The states of a session (RFC 5321 §4.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// `EHLO` or `HELO` is due: at the start, and again after a TLS upgrade.
    Start,
    /// The client said who it is; no mail is under way.
    Greeted,
    /// `MAIL` was accepted, no recipient was.
    Mail,
    /// At least one recipient was accepted.
    Rcpt,
    /// The mail itself is coming.
    Data,
    /// The mail itself is coming in chunks, of which the last was not announced or is not here.
    Bdat,
    /// Nothing more is said.
    Over,
}

/// One row: in `state`, `command` is allowed; after a positive reply the session is in `accepted`,
/// after any other in `refused`.
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

/// What is not here is refused, and changes nothing. From `Data` and `Bdat`, the end of the mail leads
/// to `Greeted`, whatever the verdict. A chunk that is refused ends its transaction, so that no mail
/// is taken of which a chunk is missing (RFC 3030 §2: "indeterminate", and `RSET` is due). `DATA` in `Mail` is refused by our server, because nobody would
/// get the mail; should another accept it, our client answers with a lone dot (RFC 2920 §3.1).
pub(crate) const TABLE: &[Row] = {
    use State::{Bdat, Data, Greeted, Mail, Over, Rcpt, Start};
    &[
        row(Start, Keyword::Ehlo, Greeted, Start),
        row(Start, Keyword::Helo, Greeted, Start),
        row(Start, Keyword::Rset, Start, Start),
        row(Start, Keyword::Noop, Start, Start),
        row(Start, Keyword::StartTls, Start, Start),
        row(Start, Keyword::Quit, Over, Over),
        row(Greeted, Keyword::Ehlo, Greeted, Greeted),
        row(Greeted, Keyword::Helo, Greeted, Greeted),
        row(Greeted, Keyword::Mail, Mail, Greeted),
        row(Greeted, Keyword::Rset, Greeted, Greeted),
        row(Greeted, Keyword::Noop, Greeted, Greeted),
        row(Greeted, Keyword::StartTls, Start, Greeted),
        row(Greeted, Keyword::Quit, Over, Over),
        row(Mail, Keyword::Ehlo, Greeted, Mail),
        row(Mail, Keyword::Helo, Greeted, Mail),
        row(Mail, Keyword::Rcpt, Rcpt, Mail),
        row(Mail, Keyword::Data, Data, Mail),
        row(Mail, Keyword::Bdat, Bdat, Greeted),
        row(Mail, Keyword::Rset, Greeted, Mail),
        row(Mail, Keyword::Noop, Mail, Mail),
        row(Mail, Keyword::Quit, Over, Over),
        row(Rcpt, Keyword::Ehlo, Greeted, Rcpt),
        row(Rcpt, Keyword::Helo, Greeted, Rcpt),
        row(Rcpt, Keyword::Rcpt, Rcpt, Rcpt),
        row(Rcpt, Keyword::Data, Data, Rcpt),
        row(Rcpt, Keyword::Bdat, Bdat, Greeted),
        row(Rcpt, Keyword::Rset, Greeted, Rcpt),
        row(Rcpt, Keyword::Noop, Rcpt, Rcpt),
        row(Rcpt, Keyword::Quit, Over, Over),
        row(Bdat, Keyword::Ehlo, Greeted, Bdat),
        row(Bdat, Keyword::Helo, Greeted, Bdat),
        row(Bdat, Keyword::Bdat, Bdat, Greeted),
        row(Bdat, Keyword::Rset, Greeted, Bdat),
        row(Bdat, Keyword::Noop, Bdat, Bdat),
        row(Bdat, Keyword::Quit, Over, Over),
    ]
};

impl State {
    /// The row of `command` in this state, if it is allowed here.
    pub(crate) fn row(self, command: Keyword) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.state == self && row.command == command)
    }

    /// Whether a transaction is open: `MAIL` was accepted and the mail has not ended.
    #[must_use]
    pub fn is_in_transaction(self) -> bool {
        matches!(self, Self::Mail | Self::Rcpt | Self::Data | Self::Bdat)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::TABLE;

    /// `| states | commands | accepted | refused |` rows of the crate page; `=` is the state itself.
    fn rows_of_the_page() -> Vec<String> {
        let page = include_str!("lib.rs").replace('`', "");
        let rows = page.lines().filter_map(|line| line.strip_prefix("//! | "));
        let mut found = Vec::new();
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let [states, commands, accepted, refused, ""] = cells[..] else { continue };
            for state in
                states.split_whitespace().filter(|word| word.starts_with(char::is_uppercase))
            {
                let stays =
                    |cell| if cell == "=" { String::from(state) } else { String::from(cell) };
                for command in commands.split_whitespace() {
                    found.push(format!("{state} {command} {} {}", stays(accepted), stays(refused)));
                }
            }
        }
        found
    }

    #[test]
    fn the_table_of_the_crate_page_is_the_table() {
        let table: BTreeSet<String> = TABLE
            .iter()
            .map(|row| {
                format!("{:?} {:?} {:?} {:?}", row.state, row.command, row.accepted, row.refused)
            })
            .collect();
        let page = rows_of_the_page();
        assert_eq!(page.iter().cloned().collect::<BTreeSet<_>>(), table);
        assert_eq!(page.len(), table.len(), "no row twice");
        assert_eq!(table.len(), TABLE.len(), "no row twice");
    }
}
