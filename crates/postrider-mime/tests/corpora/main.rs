//! Structure, octets and decoded bodies agree with what the programs that the corpora come from say
//! of them. Every difference is a row of `tests/decisions.md`, under the sentence of an RFC that
//! decides it.

mod enmime;
mod entity;
mod files;
mod mime4j;
mod mimekit;
mod perl;

use std::path::PathBuf;

use postrider_testkit::{Ledger, place_in_corpora as place, shared_files_with};

/// An empty ledger beside the differences that are listed.
fn ledger() -> Ledger {
    Ledger::new(include_str!("../decisions.md"))
}

/// The files of a folder of the corpora with one of these extensions.
fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    shared_files_with(&format!("corpora/{folder}"), extensions)
}
