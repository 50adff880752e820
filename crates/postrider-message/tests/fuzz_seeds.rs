//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use std::{fs, path::Path};

#[path = "checks/addresses.rs"]
mod addresses;
#[path = "checks/date.rs"]
mod date;
#[path = "checks/edit_roundtrip.rs"]
mod edit_roundtrip;
#[path = "checks/fields.rs"]
mod fields;
#[path = "checks/header_section.rs"]
mod header_section;
#[path = "checks/lint.rs"]
mod lint;
#[path = "checks/received.rs"]
mod received;
#[path = "checks/unstructured.rs"]
mod unstructured;

/// Replays the seeds of one target, which must be there in a checkout.
fn replay(target: &str, check: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    if !fuzz.is_dir() {
        eprintln!("skipped: the fuzz folder is not part of the package");
        return;
    }
    let mut seeds = 0;
    for seed in fs::read_dir(fuzz.join("seeds").join(target)).unwrap() {
        let path = seed.unwrap().path();
        println!("{}", path.display());
        check(&fs::read(path).unwrap());
        seeds += 1;
    }
    assert!(seeds >= 10, "{target} has only {seeds} seeds");
}

#[test]
fn the_seeds_of_addresses_hold() {
    replay("addresses", addresses::check);
}

#[test]
fn the_seeds_of_date_hold() {
    replay("date", date::check);
}

#[test]
fn the_seeds_of_edit_roundtrip_hold() {
    replay("edit_roundtrip", edit_roundtrip::check);
}

#[test]
fn the_seeds_of_fields_hold() {
    replay("fields", fields::check);
}

#[test]
fn the_seeds_of_header_section_hold() {
    replay("header_section", header_section::check);
}

#[test]
fn the_seeds_of_lint_hold() {
    replay("lint", lint::check);
}

#[test]
fn the_seeds_of_received_hold() {
    replay("received", received::check);
}

#[test]
fn the_seeds_of_unstructured_hold() {
    replay("unstructured", unstructured::check);
}
