//! The protocol as a table, one for both machines.

use crate::Keyword;

/// The states of a session (RFC 5321 §4.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// `EHLO`, `HELO` or, in LMTP, `LHLO` is due: at the start, and again after a TLS upgrade or
    /// `XCLIENT`.
    Start,
    /// The client said who it is; no mail is under way.
    Greeted,
    /// An exchange of `AUTH` is under way (RFC 4954 §4).
    Auth,
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

/// What is not here is refused, and changes nothing. From `Auth`, the end of the exchange leads to
/// `Greeted`, and so does the end of the mail from `Data` and `Bdat`, whatever the verdict. A chunk that is refused ends its transaction, so that no mail
/// is taken of which a chunk is missing (RFC 3030 §2: "indeterminate", and `RSET` is due). `DATA` in `Mail` is refused by our server, because nobody would
/// get the mail; should another accept it, our client answers with a lone dot (RFC 2920 §3.1).
pub(crate) const TABLE: &[Row] = {
    use State::{Auth, Bdat, Data, Greeted, Mail, Over, Rcpt, Start};
    &[
        row(Start, Keyword::Ehlo, Greeted, Start),
        row(Start, Keyword::Helo, Greeted, Start),
        row(Start, Keyword::Lhlo, Greeted, Start),
        row(Start, Keyword::Rset, Start, Start),
        row(Start, Keyword::Noop, Start, Start),
        row(Start, Keyword::Vrfy, Start, Start),
        row(Start, Keyword::Expn, Start, Start),
        row(Start, Keyword::Help, Start, Start),
        row(Start, Keyword::StartTls, Start, Start),
        row(Start, Keyword::Xclient, Start, Start),
        row(Start, Keyword::Quit, Over, Over),
        row(Greeted, Keyword::Ehlo, Greeted, Greeted),
        row(Greeted, Keyword::Helo, Greeted, Greeted),
        row(Greeted, Keyword::Lhlo, Greeted, Greeted),
        row(Greeted, Keyword::Mail, Mail, Greeted),
        row(Greeted, Keyword::Rset, Greeted, Greeted),
        row(Greeted, Keyword::Noop, Greeted, Greeted),
        row(Greeted, Keyword::Vrfy, Greeted, Greeted),
        row(Greeted, Keyword::Expn, Greeted, Greeted),
        row(Greeted, Keyword::Help, Greeted, Greeted),
        row(Greeted, Keyword::Extension, Greeted, Greeted),
        row(Greeted, Keyword::StartTls, Start, Greeted),
        row(Greeted, Keyword::Auth, Auth, Greeted),
        row(Greeted, Keyword::Xforward, Greeted, Greeted),
        row(Greeted, Keyword::Xclient, Start, Greeted),
        row(Greeted, Keyword::Quit, Over, Over),
        row(Mail, Keyword::Ehlo, Greeted, Mail),
        row(Mail, Keyword::Helo, Greeted, Mail),
        row(Mail, Keyword::Lhlo, Greeted, Mail),
        row(Mail, Keyword::Rcpt, Rcpt, Mail),
        row(Mail, Keyword::Data, Data, Mail),
        row(Mail, Keyword::Bdat, Bdat, Greeted),
        row(Mail, Keyword::Rset, Greeted, Mail),
        row(Mail, Keyword::Noop, Mail, Mail),
        row(Mail, Keyword::Vrfy, Mail, Mail),
        row(Mail, Keyword::Expn, Mail, Mail),
        row(Mail, Keyword::Help, Mail, Mail),
        row(Mail, Keyword::Extension, Mail, Mail),
        row(Mail, Keyword::Quit, Over, Over),
        row(Rcpt, Keyword::Ehlo, Greeted, Rcpt),
        row(Rcpt, Keyword::Helo, Greeted, Rcpt),
        row(Rcpt, Keyword::Lhlo, Greeted, Rcpt),
        row(Rcpt, Keyword::Rcpt, Rcpt, Rcpt),
        row(Rcpt, Keyword::Data, Data, Rcpt),
        row(Rcpt, Keyword::Bdat, Bdat, Greeted),
        row(Rcpt, Keyword::Rset, Greeted, Rcpt),
        row(Rcpt, Keyword::Noop, Rcpt, Rcpt),
        row(Rcpt, Keyword::Vrfy, Rcpt, Rcpt),
        row(Rcpt, Keyword::Expn, Rcpt, Rcpt),
        row(Rcpt, Keyword::Help, Rcpt, Rcpt),
        row(Rcpt, Keyword::Extension, Rcpt, Rcpt),
        row(Rcpt, Keyword::Quit, Over, Over),
        row(Bdat, Keyword::Ehlo, Greeted, Bdat),
        row(Bdat, Keyword::Helo, Greeted, Bdat),
        row(Bdat, Keyword::Lhlo, Greeted, Bdat),
        row(Bdat, Keyword::Bdat, Bdat, Greeted),
        row(Bdat, Keyword::Rset, Greeted, Bdat),
        row(Bdat, Keyword::Noop, Bdat, Bdat),
        row(Bdat, Keyword::Vrfy, Bdat, Bdat),
        row(Bdat, Keyword::Expn, Bdat, Bdat),
        row(Bdat, Keyword::Help, Bdat, Bdat),
        row(Bdat, Keyword::Extension, Bdat, Bdat),
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
