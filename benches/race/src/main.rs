//! Runs the race, prints a table, writes `results.json`.

use std::{env, error::Error, fs, path::Path};

use postrider_race::{
    corpus::corpora,
    equal,
    letters::{Letter, letters},
    race::{Racer, race},
    results::{self, Cell},
    workloads::{workloads, writing},
};

const OURS: &str = "postrider";

fn main() -> Result<(), Box<dyn Error>> {
    let only = env::var("RACE_ONLY").ok();
    let runs = |workload: &str| {
        only.as_ref().is_none_or(|only| only.split(',').any(|one| one == workload))
    };
    let rounds = env::var("RACE_ROUNDS").map_or(Ok(15), |rounds| rounds.parse())?;
    let mut cells = Vec::new();
    for corpus in corpora()? {
        println!("\n{}: {} mails, {} octets", corpus.name, corpus.mails.len(), corpus.octets());
        for (workload, racers) in workloads() {
            if runs(workload) {
                equal::tell(workload, &corpus);
                let octets = corpus.octets();
                let race = Race { workload, corpus: &corpus.name, octets };
                race.run(&corpus.mails, Vec::len, &racers, rounds, &mut cells);
            }
        }
        for (workload, attachments, racers) in writing().into_iter().filter(|one| runs(one.0)) {
            let letters = letters(&corpus, attachments);
            if letters.is_empty() {
                println!("{workload}: no letters");
                continue;
            }
            equal::tell_built(workload, attachments, &letters);
            let octets = letters.iter().map(Letter::octets).sum();
            let race = Race { workload, corpus: &corpus.name, octets };
            race.run(&letters, Letter::octets, &racers, rounds, &mut cells);
        }
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (mark, workload, corpus) in QUOTED {
        if let Some(ratio) = ratio(&cells, workload, corpus) {
            quote(&here.join("../../README.md"), mark, ratio)?;
        }
    }
    results::write(cells, |workload| !results::is_imap(workload))
}

/// The ratios that the README quotes: their mark there, and the cells they are of.
const QUOTED: [(&str, &str, &str); 8] = [
    ("headers", "headers", "spamassassin"),
    ("structure", "structure", "spamassassin"),
    ("full", "full", "spamassassin"),
    ("full-easy-ham", "full", "spamassassin/easy-ham-2"),
    ("build-text", "build/text", "spamassassin"),
    ("build-attachments", "build/attachments", "spamassassin"),
    ("everything", "everything", "spamassassin"),
    ("stream", "stream", "spamassassin"),
];

/// How many times we are as fast as mail-parser, by the faster of its ways, or as mail-builder, or
/// the stream as the whole.
fn ratio(cells: &[Cell], workload: &str, corpus: &str) -> Option<f64> {
    let speed = |cell: &&Cell| cell.workload == workload && cell.corpus == corpus;
    let cells: Vec<_> = cells.iter().filter(speed).collect();
    let ours = cells.iter().find(|cell| cell.library == OURS)?.mib_per_s;
    let theirs = cells.iter().filter(|cell| {
        let peers = ["mail-parser", "mail-builder", "postrider (full)"];
        peers.iter().any(|peer| cell.library.starts_with(peer))
    });
    let theirs = theirs.map(|cell| cell.mib_per_s).fold(0.0, f64::max);
    (theirs > 0.0).then_some(ours / theirs)
}

/// Puts the ratio of a workload where the README quotes it: `<!-- workload -->5.3<!-- / -->`.
fn quote(readme: &Path, workload: &str, ratio: f64) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(readme)?;
    let mark = format!("<!-- {workload} -->");
    let (before, rest) = text.split_once(&mark).ok_or("the README quotes no such ratio")?;
    let (_, after) =
        rest.split_once("<!-- / -->").ok_or("the quotation in the README has no end")?;
    // Rounded down: what is promised is kept.
    let ratio = (ratio * 10.0).floor() / 10.0;
    fs::write(readme, format!("{before}{mark}{ratio:.1}<!-- / -->{after}"))?;
    Ok(())
}

/// A table of a workload at a corpus.
struct Race<'a> {
    workload: &'static str,
    corpus: &'a str,
    octets: usize,
}

impl Race<'_> {
    fn run<T>(
        &self,
        mails: &[T],
        size: fn(&T) -> usize,
        racers: &[Racer<T>],
        rounds: usize,
        cells: &mut Vec<Cell>,
    ) {
        let times = race(mails, size, racers, rounds);
        let mib = self.octets as f64 / f64::from(1 << 20);
        let ours = times[0].as_secs_f64();
        println!("{:28} {:>10} {:>10} {:>8}", self.workload, "us/mail", "MiB/s", "ratio");
        for (racer, time) in racers.iter().zip(&times) {
            let seconds = time.as_secs_f64();
            let (each, speed) = (seconds * 1e6 / mails.len() as f64, mib / seconds);
            let ratio = seconds / ours;
            println!("{:28} {each:>10.3} {speed:>10.0} {ratio:>8.2}", racer.library);
            cells.push(Cell {
                workload: self.workload.to_owned(),
                corpus: self.corpus.to_owned(),
                library: racer.library.to_owned(),
                mib_per_s: results::round(speed),
                ns_per_unit: None,
                times: None,
                goal: None,
            });
        }
        debug_assert_eq!(racers[0].library, OURS);
    }
}
