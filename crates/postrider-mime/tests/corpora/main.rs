//! Structure, octets and decoded bodies agree with what the programs that the corpora come from say
//! of them. Every difference is a row of `tests/decisions.md`, under the sentence of an RFC that
//! decides it.

mod enmime;
mod entity;
mod files;
mod mime4j;
mod mimekit;
mod perl;

use std::path::{Path, PathBuf};

use postrider_testkit::{Ledger, shared};

/// An empty ledger beside the differences that are listed.
fn ledger() -> Ledger {
    Ledger::new(include_str!("../decisions.md"))
}

/// The files of a folder of the corpora with one of these extensions, in order; none, and a word
/// of it, where the corpora are not here.
fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let Some(path) = shared(&format!("corpora/{folder}")) else {
        eprintln!("skipped: ../shared/corpora/{folder} is not here");
        return Vec::new();
    };
    let of_kind = |path: &PathBuf| {
        path.extension().is_some_and(|found| extensions.iter().any(|&wanted| found == wanted))
    };
    let entries = path.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(of_kind).collect();
    assert!(!files.is_empty(), "{folder} has no {extensions:?}");
    files.sort();
    files
}

/// A file by its name inside the corpora.
fn place(file: &Path) -> String {
    let name = file.to_str().expect("the names are ASCII");
    name.rsplit_once("corpora/").expect("it lies in the corpora").1.to_owned()
}
