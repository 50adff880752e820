//! Runs the race, prints a table, writes `results.json`.

use std::{env, error::Error, fs, path::Path};

use postrider_race::{
    case::Case,
    classes,
    corpus::{Corpus, corpora},
    headers::{self, Headers, Sum},
    race::{Racer, race},
    values::Library,
};
use serde::Serialize;

/// One cell of the table.
#[derive(Serialize)]
struct Cell {
    workload: &'static str,
    corpus: String,
    library: &'static str,
    mib_per_s: f64,
}

const OURS: &str = "postrider";

fn main() -> Result<(), Box<dyn Error>> {
    let only = env::var("RACE_ONLY").ok();
    let runs = |workload: &str| {
        only.as_ref().is_none_or(|only| only.split(',').any(|one| one == workload))
    };
    let rounds = env::var("RACE_ROUNDS").map_or(Ok(15), |rounds| rounds.parse())?;
    let mut cells = Vec::new();
    for corpus in corpora()? {
        if runs("headers") {
            equal_headers(&corpus);
            table("headers", &corpus, &header_racers(), rounds, &mut cells);
        }
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join("results.json"), serde_json::to_string_pretty(&cells)? + "\n")?;
    if let Some(ratio) = ratio(&cells, "headers", "spamassassin") {
        quote(&here.join("../../README.md"), "headers", ratio)?;
    }
    Ok(())
}

/// How many times we are as fast as mail-parser, by the faster of its ways.
fn ratio(cells: &[Cell], workload: &str, corpus: &str) -> Option<f64> {
    let speed = |cell: &&Cell| cell.workload == workload && cell.corpus == corpus;
    let cells: Vec<_> = cells.iter().filter(speed).collect();
    let ours = cells.iter().find(|cell| cell.library == OURS)?.mib_per_s;
    let theirs = cells.iter().filter(|cell| cell.library.starts_with("mail-parser"));
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

/// Reads with one library and adds up.
macro_rules! racer {
    ($library:literal, $read:path) => {
        Racer {
            library: $library,
            run: |mail| {
                let mut sum = Sum::default();
                $read(mail, &mut sum);
                sum.0
            },
        }
    };
}

fn header_racers() -> [Racer; 4] {
    [
        racer!("postrider", headers::postrider),
        racer!("mail-parser", headers::mail_parser),
        racer!("mail-parser (parse_headers)", headers::mail_parser_headers),
        racer!("mailparse", headers::mailparse),
    ]
}

/// Tells how many mails are read alike before they are timed, and how many of the others differ in
/// ways only that are written down in `differential.md`.
fn equal_headers(corpus: &Corpus) {
    let (mut same, mut known) = (0, 0);
    for mail in &corpus.mails {
        let (mut ours, mut theirs) = (Headers::default(), Headers::default());
        headers::postrider(mail, &mut ours);
        headers::mail_parser(mail, &mut theirs);
        same += usize::from(ours == theirs);
        known += usize::from(ours == theirs || differs_as_known(mail));
    }
    let count = corpus.mails.len();
    println!("\n{}: {count} mails, {} octets", corpus.name, corpus.octets());
    println!(
        "headers: same values as mail-parser in {same} mails, \
         same or in a written-down class in {known}"
    );
}

/// Whether each disagreement about the fields of the workload is of one class, and there is one.
fn differs_as_known(mail: &[u8]) -> bool {
    let mut cases = Case::of(mail);
    cases.retain(|case| {
        case.library == Library::MailParser && headers::FIELDS.contains(&case.field)
    });
    !cases.is_empty() && cases.iter().all(|case| classes::of(case).len() == 1)
}

fn table(
    workload: &'static str,
    corpus: &Corpus,
    racers: &[Racer],
    rounds: usize,
    cells: &mut Vec<Cell>,
) {
    let times = race(corpus, racers, rounds);
    let mib = corpus.octets() as f64 / f64::from(1 << 20);
    let ours = times[0].as_secs_f64();
    println!("{:28} {:>10} {:>10} {:>8}", workload, "us/mail", "MiB/s", "ratio");
    for (racer, time) in racers.iter().zip(&times) {
        let seconds = time.as_secs_f64();
        let (each, speed) = (seconds * 1e6 / corpus.mails.len() as f64, mib / seconds);
        let ratio = seconds / ours;
        println!("{:28} {each:>10.3} {speed:>10.0} {ratio:>8.2}", racer.library);
        cells.push(Cell {
            workload,
            corpus: corpus.name.clone(),
            library: racer.library,
            mib_per_s: (speed * 10.0).round() / 10.0,
        });
    }
    debug_assert_eq!(racers[0].library, OURS);
}
