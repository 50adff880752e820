//! Compares what mail-parser's own JSON says of its mails with what we read. Every difference is of
//! one class, and the classes, counts and places are those of `eml.md`; else the program fails and
//! tells which.
//!
//! With `--write` it writes that file.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use postrider_race::eml::{self, Answers, report::Report};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(folder) = eml::folder() else {
        println!("skipped: the sources of mail-parser 1.0.1 are not here");
        return Ok(ExitCode::SUCCESS);
    };
    let answers = Answers::of(&folder)?;
    let report = Report::of(&answers);
    for wrong in &report.wrong {
        println!("{wrong}\n");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("eml.md");
    let text = report.markdown();
    let same = fs::read_to_string(&path).is_ok_and(|was| was == text);
    if env::args().any(|arg| arg == "--write") {
        fs::write(&path, text)?;
    } else if !same {
        println!("eml.md is not what is found; see the difference after --write");
        return Ok(ExitCode::FAILURE);
    }
    let Answers { mails, compared, differences, .. } = &answers;
    println!(
        "{mails} mails, {compared} answers, {} different, {} left",
        differences.len(),
        report.wrong.len()
    );
    Ok(if report.wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
