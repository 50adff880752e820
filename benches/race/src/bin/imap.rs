//! Runs the race of IMAP, prints a table, puts it into `results.json`; fails where a goal is missed.

use std::{env, error::Error, process::ExitCode};

use postrider_race::{
    corpus,
    imap::{
        Unit, commands, envelopes, flags, lists,
        literal::{self, Session},
        ours,
        peers::{codec, proto},
        searches, serving, structures,
        writing::{self, Written},
    },
    race::{Racer, race},
    results::{self, Cell},
};

/// How many times as fast as the fastest peer we are to be.
const ENVELOPE: f64 = 6.0;
const BODYSTRUCTURE: f64 = 6.0;
const FLAGS: f64 = 6.0;
const LIST: f64 = 4.0;
const SEARCH: f64 = 4.0;
const COMMAND: f64 = 4.0;
const LITERAL: f64 = 0.5;
const WRITE: f64 = 4.0;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let rounds = env::var("RACE_ROUNDS").map_or(Ok(25), |rounds| rounds.parse())?;
    let only = env::var("RACE_ONLY").ok();
    let mut table = Table { rounds, only, cells: Vec::new() };
    let real = if corpus::shared("corpora/spamassassin").is_some() { REAL } else { MADE_UP };
    let [envelopes, structures, flags, lists] =
        [envelopes::units(), structures::units(), flags::units(), lists::units()];
    let searches = searches::units();
    table.read("imap/envelope", real, &envelopes, ENVELOPE);
    table.read("imap/bodystructure", MADE_UP, &structures, BODYSTRUCTURE);
    table.read("imap/flags", MADE_UP, &flags, FLAGS);
    table.read("imap/list", MADE_UP, &lists, LIST);
    table.read("imap/search", MADE_UP, &searches, SEARCH);
    table.commands(&commands::units());
    table.literal()?;
    let all = [&envelopes[..], &structures, &flags, &lists];
    table.write("imap/write", real, Some(WRITE), || writing::all_kinds(all));
    let of = |units| move || writing::one_kind(units);
    table.write("imap/write/envelope", real, None, of(&envelopes));
    table.write("imap/write/bodystructure", MADE_UP, None, of(&structures));
    table.write("imap/write/flags", MADE_UP, None, of(&flags));
    table.write("imap/write/list", MADE_UP, None, of(&lists));
    table.write("imap/write/search", MADE_UP, None, of(&searches));
    table.write("imap/write/status", MADE_UP, Some(WRITE), writing::statuses);
    table.write("imap/write/tagged", MADE_UP, Some(WRITE), writing::ends);
    table.serve("imap/serve/envelope", real, &envelopes);
    table.serve("imap/serve/bodystructure", MADE_UP, &structures);
    table.serve("imap/serve/flags", MADE_UP, &flags);
    let missed = table.missed();
    let ran: Vec<String> = table.cells.iter().map(|cell| cell.workload.clone()).collect();
    results::write(table.cells, |workload| ran.iter().any(|one| one == workload))?;
    if missed {
        println!("\na goal is missed");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// What units are made of.
const REAL: &str = "spamassassin";
const MADE_UP: &str = "made-up";

/// The cells so far.
struct Table {
    rounds: usize,
    /// Some workloads only.
    only: Option<String>,
    cells: Vec<Cell>,
}

impl Table {
    fn runs(&self, workload: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.split(',').any(|one| one == workload))
    }

    /// Responses are read to values.
    fn read(&mut self, workload: &str, corpus: &str, units: &[Unit], goal: f64) {
        if !self.runs(workload) {
            return;
        }
        for unit in units {
            let shown = unit.wire.escape_ascii();
            assert_eq!(ours::value(&unit.wire), unit.value, "{shown}");
            assert_eq!(codec::value(&unit.wire), unit.value, "{shown}");
            assert_eq!(proto::value(&unit.wire), unit.value, "{shown}");
        }
        let racers = vec![
            Racer { library: ours::NAME, run: ours::response },
            Racer { library: codec::NAME, run: codec::response },
            Racer { library: proto::NAME, run: proto::response },
        ];
        self.row(workload, corpus, units, Unit::octets, racers, Some(goal));
    }

    /// Commands are read to values.
    fn commands(&mut self, units: &[Unit]) {
        if !self.runs("imap/command") {
            return;
        }
        for unit in units {
            let shown = unit.wire.escape_ascii();
            assert_eq!(ours::command_value(&unit.wire), unit.value, "{shown}");
            assert_eq!(codec::command_value(&unit.wire), unit.value, "{shown}");
        }
        let racers = vec![
            Racer { library: ours::NAME, run: ours::command },
            Racer { library: codec::NAME, run: codec::command },
        ];
        self.row("imap/command", MADE_UP, units, Unit::octets, racers, Some(COMMAND));
    }

    /// A literal comes in.
    fn literal(&mut self) -> Result<(), Box<dyn Error>> {
        if self.runs("imap/literal") {
            let (sessions, racers) = (Session::units()?, literal::racers());
            let goal = Some(LITERAL);
            self.row("imap/literal", MADE_UP, &sessions, Session::octets, racers, goal);
        }
        Ok(())
    }

    /// Values are written.
    fn write(
        &mut self,
        workload: &str,
        corpus: &str,
        goal: Option<f64>,
        units: impl FnOnce() -> Vec<Written>,
    ) {
        if !self.runs(workload) {
            return;
        }
        let racers = vec![
            Racer { library: ours::NAME, run: ours::write },
            Racer { library: codec::NAME, run: codec::write },
        ];
        self.row(workload, corpus, &units(), Written::octets, racers, goal);
    }

    /// FETCH responses are written by a server.
    fn serve(&mut self, workload: &str, corpus: &str, units: &[Unit]) {
        if !self.runs(workload) {
            return;
        }
        let units = writing::one_kind(units);
        serving::check(&units);
        let racers = vec![
            Racer { library: ours::NAME, run: serving::serve },
            Racer { library: codec::NAME, run: codec::write },
        ];
        self.row(workload, corpus, &units, Written::octets, racers, None);
    }

    fn row<T>(
        &mut self,
        workload: &str,
        corpus: &str,
        units: &[T],
        octets: fn(&T) -> usize,
        racers: Vec<Racer<T>>,
        goal: Option<f64>,
    ) {
        let seconds = race(units, octets, &racers, self.rounds).into_iter();
        let seconds: Vec<f64> = seconds.map(|time| time.as_secs_f64()).collect();
        let octets: usize = units.iter().map(octets).sum();
        let (count, each) = (units.len(), octets / units.len());
        println!("\n{workload}, {corpus}: {count} units of {each} octets");
        let all = racers.iter().zip(&seconds);
        let peers = all.clone().filter(|(racer, _)| racer.library != ours::NAME);
        let fastest = peers.map(|(_, seconds)| *seconds).fold(f64::INFINITY, f64::min);
        for (racer, seconds) in all {
            let ours = racer.library == ours::NAME;
            let times = ours.then(|| (fastest / seconds * 100.0).round() / 100.0);
            let cell = Cell {
                workload: workload.into(),
                corpus: corpus.into(),
                library: racer.library.into(),
                mib_per_s: results::round(octets as f64 / seconds / f64::from(1 << 20)),
                ns_per_unit: Some(results::round(seconds * 1e9 / count as f64)),
                times,
                goal: goal.filter(|_| ours),
            };
            tell(&cell, seconds * 1e9 / count as f64);
            self.cells.push(cell);
        }
    }

    fn missed(&self) -> bool {
        let missed = |cell: &Cell| cell.times.zip(cell.goal).is_some_and(|(is, to_be)| is < to_be);
        self.cells.iter().any(missed)
    }
}

fn tell(cell: &Cell, ns: f64) {
    let times = cell.times.map(|times| format!("{times:>8.2} times as fast")).unwrap_or_default();
    let goal = cell.goal.map(|goal| format!(" (goal {goal})")).unwrap_or_default();
    println!("{:<12} {ns:>12.1} ns {:>9.1} MiB/s{times}{goal}", cell.library, cell.mib_per_s);
}
