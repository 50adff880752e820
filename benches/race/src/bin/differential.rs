//! Compares what the libraries read of real mails. Every disagreement is of one class, and the
//! classes and their counts are those of `differential.md`; else the program fails and tells which.
//!
//! With `--write` it writes that file.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use postrider_race::{
    corpus::{self, Corpus},
    report::Report,
};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if corpus::shared("corpora/spamassassin").is_none() {
        println!("skipped: SpamAssassin's mails are not here");
        return Ok(ExitCode::SUCCESS);
    }
    let Corpus { mails, .. } = corpus::spamassassin()?;
    let report = Report::of(&mails);
    for wrong in &report.wrong {
        println!("{wrong}\n");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("differential.md");
    let text = report.markdown();
    let same = fs::read_to_string(&path).is_ok_and(|was| was == text);
    if env::args().any(|arg| arg == "--write") {
        fs::write(&path, text)?;
    } else if !same {
        println!("differential.md is not what is found; see the difference after --write");
        return Ok(ExitCode::FAILURE);
    }
    let tell = if report.wrong.is_empty() { "each of one class" } else { "not all classified" };
    println!("{} mails: disagreements {tell}, {} left", mails.len(), report.wrong.len());
    Ok(if report.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
