//! What RFCs print and servers were recorded saying, unit by unit, through the grammar. Where ours
//! reads something else than is written, `decisions.md` has a row with the reason.

mod check;
mod kinds;
mod meaning;
mod played;
mod printed;
mod readers;
mod recorded;
mod served;
mod tokens;
mod unit;

use std::path::Path;

use postrider_testkit::{Ledger, shared_files_with};

use check::{CLIENT, Counts, SERVER};
use played::Played;
use printed::Printed;
use served::{MACHINE, Served};
use unit::Unit;

const DECISIONS: &str = include_str!("../decisions.md");

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).expect("a name")
}

/// All dialogues that RFCs print, by file. Those of `rfc-sessions` are cut from the same texts.
fn dialogues(ledger: &mut Ledger) -> Vec<Printed> {
    let files = shared_files_with("vectors/imap/rfc", &["txt"]);
    assert!(files.is_empty() || files.len() == 67, "{}", files.len());
    let mut sessions = shared_files_with("vectors/rfc-sessions", &["txt"]);
    sessions.retain(|file| SESSIONS.contains(&stem(file)));
    let read = files.iter().chain(&sessions).map(|file| {
        let text = std::fs::read_to_string(file).expect("readable");
        let printed = Printed::read(stem(file), &text);
        printed.tell(stem(file), ledger);
        printed
    });
    read.collect()
}

fn printed(ledger: &mut Ledger) -> Vec<Unit> {
    dialogues(ledger).into_iter().flat_map(|file| file.units).collect()
}

/// Those of `rfc-sessions` that speak IMAP.
const SESSIONS: [&str; 10] = [
    "rfc2195-01",
    "rfc2245-01",
    "rfc2595-01",
    "rfc2595-02",
    "rfc2831-01",
    "rfc4505-01",
    "rfc7628-01",
    "rfc7628-04",
    "rfc7628-05",
    "rfc7628-06",
];

fn recorded() -> Vec<Unit> {
    let mut units = Vec::new();
    let files = shared_files_with("vectors/imap/mailkit", &["txt"]);
    assert!(files.is_empty() || files.len() == 350, "{}", files.len());
    for file in &files {
        let octets = std::fs::read(file).expect("readable");
        let place = file.to_str().and_then(|path| path.split_once("mailkit/")).expect("a place").1;
        units.extend(recorded::mailkit(place, &octets));
    }
    for file in &shared_files_with("vectors/imap/dovecot-ext", &["txt"]) {
        units.extend(recorded::dovecot(stem(file), &std::fs::read(file).expect("readable")));
    }
    units
}

#[test]
fn every_unit_means_what_it_says() {
    let mut ledger = Ledger::new(DECISIONS);
    let mut units = printed(&mut ledger);
    if units.is_empty() {
        return;
    }
    units.extend(recorded());
    let mut counts = Counts::default();
    for unit in &units {
        counts.check(unit);
    }
    for file in units.chunk_by(|one, other| one.place == other.place) {
        readers::check(file, &mut counts);
    }
    assert_eq!((counts.responses, counts.commands, counts.streamed), (4264, 1099, 33));
    assert!(counts.answers > 33_000, "{}", counts.answers);
    counts.tell(&mut ledger);
    for by in [CLIENT, SERVER, "the splitter"] {
        ledger.settle_exactly(200, by);
    }
}

#[test]
fn the_client_plays_what_the_rfcs_print() {
    let files = dialogues(&mut Ledger::new(DECISIONS));
    let mut all = Played::default();
    for file in &files {
        played::play(file, &mut all);
    }
    if files.is_empty() {
        return;
    }
    // What is broken has its rows in `decisions.md`.
    let counts = [all.done, all.open, all.own, all.logins, all.pieces, all.broken];
    assert_eq!(counts, [751, 66, 8, 44, 3, 26], "{all:?}");
}

#[test]
fn the_server_plays_what_the_rfcs_print() {
    let files = dialogues(&mut Ledger::new(DECISIONS));
    if files.is_empty() {
        return;
    }
    let mut ledger = Ledger::new(DECISIONS);
    let mut all = Served::default();
    for file in &files {
        served::play(file, &mut all, &mut ledger);
    }
    // What is refused breaks the grammar, or is of another protocol or experiment; what differs has its
    // rows in `decisions.md`.
    let played = [all.done, all.own, all.logins, all.mails, all.misprints, all.open];
    assert_eq!(played, [647, 68, 16, 11, 7, 32], "{all:?}");
    let others = [all.mechanisms, all.nonces, all.refused, all.differing];
    assert_eq!(others, [20, 2, 89, 8], "{all:?}");
    assert_eq!((all.exact, all.news), (472, 97), "{all:?}");
    ledger.settle_exactly(900, MACHINE);
}
