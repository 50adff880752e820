//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use postrider_testkit::replay_seeds;

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

fn replay(target: &str, check: fn(&[u8])) {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), target, check);
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
