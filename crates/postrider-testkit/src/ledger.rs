//! What others say and what we say, checked against the rows of a text that people read.

use std::fmt::Write;

/// Compares the answers of other programs with ours, and settles the differences against the tables
/// of a Markdown text.
///
/// A row of a table is `` | `place` | question | by | `they say` | `we say` | ``; all other lines are
/// for people, who read there why the two differ. Programs that say the same share a row: `by` is
/// then a list with `, ` between. A difference without a row fails, and so does a row without its
/// difference.
///
/// ```
/// use postrider_testkit::Ledger;
///
/// let decisions = "| `a.eml` | Subject | other | `Re: b` | `b` |";
/// let mut ledger = Ledger::new(decisions);
/// ledger.compare("a.eml", "Subject", "other", "Re: b", "b");
/// ledger.compare("a.eml", "From", "other", "me", "me");
/// ledger.settle_exactly(2, "other");
/// ```
#[derive(Debug)]
pub struct Ledger {
    listed: Vec<Row>,
    compared: usize,
    differences: Vec<Row>,
}

/// One answer to one question by another program and by us.
#[derive(Debug, Clone)]
struct Row {
    place: String,
    question: String,
    by: String,
    theirs: String,
    ours: String,
}

impl Row {
    /// Whether this is the same difference, whatever others say by now.
    fn is(&self, known: &Self) -> bool {
        let question = |row: &Self| (row.place.clone(), row.question.clone(), row.by.clone());
        question(self) == question(known) && self.ours == known.ours
    }
}

impl Ledger {
    /// An empty ledger beside the text that lists the known differences.
    ///
    /// # Panics
    ///
    /// Where a row has not five cells.
    #[must_use]
    pub fn new(decisions: &str) -> Self {
        Self { listed: listed(decisions), compared: 0, differences: Vec::new() }
    }

    /// Compares two answers to the same question.
    pub fn compare(&mut self, place: &str, question: &str, by: &str, theirs: &str, ours: &str) {
        self.compared += 1;
        if theirs != ours {
            self.push(place, question, by, shown(theirs), shown(ours));
        }
    }

    /// Compares two answers that are octets. Where they differ, a row tells the number of octets and
    /// some of them from where the two part, which it numbers from 0.
    pub fn compare_octets(
        &mut self,
        place: &str,
        question: &str,
        by: &str,
        theirs: &[u8],
        ours: &[u8],
    ) {
        self.compared += 1;
        if theirs != ours {
            let same = theirs.iter().zip(ours).take_while(|(one, other)| one == other).count();
            let (theirs, ours) = (excerpt(theirs, same), excerpt(ours, same));
            self.push(place, question, by, theirs, ours);
        }
    }

    fn push(&mut self, place: &str, question: &str, by: &str, theirs: String, ours: String) {
        let (place, question, by) = (place.to_owned(), question.to_owned(), by.to_owned());
        self.differences.push(Row { place, question, by, theirs, ours });
    }

    /// Fails where a difference is not listed, or is listed with another answer of ours, and where
    /// fewer answers than this were compared.
    ///
    /// # Panics
    ///
    /// Where it fails; it tells the rows that are missing.
    pub fn settle(&self, at_least: usize) {
        let mut new = String::new();
        let is_new = |row: &&Row| !self.listed.iter().any(|known| row.is(known));
        for row in self.differences.iter().filter(is_new) {
            let Row { place, question, by, theirs, ours } = row;
            writeln!(new, "| `{place}` | {question} | {by} | `{theirs}` | `{ours}` |")
                .expect("a string takes it");
        }
        assert!(new.is_empty(), "differences that the decisions do not list:\n{new}");
        assert!(self.compared >= at_least, "only {} answers were compared", self.compared);
    }

    /// As [`settle`](Self::settle); fails too where the decisions list a difference to this program
    /// that was not met.
    ///
    /// # Panics
    ///
    /// Where it fails.
    pub fn settle_exactly(&self, at_least: usize, by: &str) {
        self.settle(at_least);
        let unmet = self.unmet(&[by]);
        assert!(unmet.is_empty(), "the decisions list what is no difference: {unmet:#?}");
    }

    /// Tells on stderr which differences to these programs are listed and were not met.
    pub fn tell_unmet(&self, by: &[&str]) {
        for row in self.unmet(by) {
            eprintln!("the decisions list what is no difference: {row:?}");
        }
    }

    fn unmet(&self, by: &[&str]) -> Vec<&Row> {
        let met = |known: &Row| self.differences.iter().any(|row| row.is(known));
        self.listed.iter().filter(|known| by.contains(&&*known.by) && !met(known)).collect()
    }
}

/// A value in one cell of a table.
fn shown(value: &str) -> String {
    match value {
        "" => "nothing".to_owned(),
        value => value.replace('\n', ", "),
    }
}

/// How many octets, and the first that others do not have.
fn excerpt(octets: &[u8], from: usize) -> String {
    let rest = &octets[from..];
    let text = rest[..rest.len().min(24)].escape_ascii().to_string();
    // What would end the cell or its code.
    let text = text.replace('|', "\\x7c").replace('`', "\\x60");
    format!("{} octets, at {from} \"{text}\"", octets.len())
}

/// The rows of the tables. Those that share one are parted.
fn listed(decisions: &str) -> Vec<Row> {
    let rows = decisions.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.flat_map(|line| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [place, question, by, theirs, ours] = cells[..] else {
            panic!("not five cells: {line}")
        };
        let cell = |cell: &str| cell.trim_matches('`').to_owned();
        by.split(", ").map(move |by| Row {
            place: cell(place),
            question: question.to_owned(),
            by: by.to_owned(),
            theirs: cell(theirs),
            ours: cell(ours),
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECISIONS: &str =
        "# Text\n\n| where | what |\n|---|---|\n| `a` | x | one, two | `1` | `2` |\n";

    fn fails(check: impl FnOnce() + std::panic::UnwindSafe) -> bool {
        std::panic::catch_unwind(check).is_err()
    }

    #[test]
    fn a_listed_difference_settles_and_others_fail() {
        let settles = |by: &str, theirs: &str, ours: &str| {
            let mut ledger = Ledger::new(DECISIONS);
            ledger.compare("a", "x", by, theirs, ours);
            !fails(move || ledger.settle_exactly(1, by))
        };
        assert!(settles("one", "1", "2") && settles("two", "1", "2"));
        // They may say something else by now; we may not.
        assert!(settles("one", "3", "2") && !settles("one", "1", "3"));
        // Agreement makes the row stale; a third program has none.
        assert!(!settles("one", "2", "2"));
        assert!(settles("three", "2", "2") && !settles("three", "1", "2"));
    }

    #[test]
    fn too_few_answers_fail() {
        assert!(fails(|| Ledger::new("").settle(1)));
    }

    #[test]
    fn octets_are_shown_from_where_they_part() {
        let mut ledger = Ledger::new("");
        ledger.compare_octets("a", "body", "one", b"ab\r\n", b"ab|`\n");
        let row = &ledger.differences[0];
        assert_eq!(row.theirs, r#"4 octets, at 2 "\r\n""#);
        assert_eq!(row.ours, r#"5 octets, at 2 "\x7c\x60\n""#);
    }
}
