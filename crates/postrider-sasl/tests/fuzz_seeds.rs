//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[path = "checks/scram.rs"]
mod scram;

#[test]
fn the_seeds_of_sasl_scram_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "sasl_scram", scram::check);
}

proptest! {
    #[test]
    fn random_octets_and_lines_hold_too(
        octets in prop::collection::vec(any::<u8>(), 0..80), choice: u8,
        lines in "([nyp],,|[ncrsivexm]=|[a-zA-Z0-9+/~]{0,5}|=|,|\n|\u{e9}){0,24}",
    ) {
        scram::check(&octets);
        scram::check(&[&[choice], lines.as_bytes()].concat());
    }
}
