//! What others say and what we say, checked against the rows of `decisions.md`.

use std::fmt::Write;

/// One answer to one question by another program and by us.
#[derive(Debug)]
struct Row {
    place: String,
    field: String,
    by: String,
    ours: String,
    theirs: String,
}

impl Row {
    /// Whether this is the same difference, whatever others say by now.
    fn is(&self, known: &Self) -> bool {
        let question = |row: &Self| (row.place.clone(), row.field.clone(), row.by.clone());
        question(self) == question(known) && self.ours == known.ours
    }
}

/// The differences that were met, and how many answers were compared.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    compared: usize,
    differences: Vec<Row>,
}

impl Ledger {
    /// Compares two answers to the same question.
    pub(crate) fn compare(&mut self, place: &str, field: &str, by: &str, theirs: &str, ours: &str) {
        self.compared += 1;
        if theirs != ours {
            self.differences.push(Row {
                place: place.to_owned(),
                field: field.to_owned(),
                by: by.to_owned(),
                theirs: shown(theirs),
                ours: shown(ours),
            });
        }
    }

    /// Fails where a difference is not listed, or is listed with another answer of ours, and where
    /// fewer answers than this were compared.
    pub(crate) fn settle(&self, at_least: usize) {
        let listed = listed();
        let mut new = String::new();
        let is_new = |row: &&Row| !listed.iter().any(|known| row.is(known));
        for row in self.differences.iter().filter(is_new) {
            let Row { place, field, by, theirs, ours } = row;
            writeln!(new, "| `{place}` | {field} | {by} | `{theirs}` | `{ours}` |").unwrap();
        }
        assert!(new.is_empty(), "differences that tests/decisions.md does not list:\n{new}");
        assert!(self.compared >= at_least, "only {} answers were compared", self.compared);
    }

    /// Fails where `decisions.md` lists a difference to this program that was not met.
    pub(crate) fn settle_exactly(&self, at_least: usize, by: &str) {
        self.settle(at_least);
        let unmet = self.unmet(&[by]);
        assert!(unmet.is_empty(), "tests/decisions.md lists what is no difference: {unmet:?}");
    }

    /// Tells on stderr which differences to these programs are listed and were not met.
    pub(crate) fn tell_unmet(&self, by: &[&str]) {
        for row in self.unmet(by) {
            eprintln!("tests/decisions.md lists what is no difference: {row:?}");
        }
    }

    fn unmet(&self, by: &[&str]) -> Vec<Row> {
        let met = |known: &Row| self.differences.iter().any(|row| row.is(known));
        let mut rows = listed();
        rows.retain(|known| by.contains(&&*known.by) && !met(known));
        rows
    }
}

/// A value in one cell of a table.
fn shown(value: &str) -> String {
    match value {
        "" => "nothing".to_owned(),
        value => value.replace('\n', ", "),
    }
}

/// The rows of the tables: place, field, by whom, they say, we say. Two who say the same share a row.
fn listed() -> Vec<Row> {
    let text = include_str!("../decisions.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.flat_map(|line| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
        let [place, field, by, theirs, ours] = cells[..] else { panic!("not five cells: {line}") };
        let cell = |cell: &str| cell.trim_matches('`').to_owned();
        by.split(", ").map(move |by| Row {
            place: cell(place),
            field: field.to_owned(),
            by: by.to_owned(),
            theirs: cell(theirs),
            ours: cell(ours),
        })
    });
    rows.collect()
}
