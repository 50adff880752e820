//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

#[path = "checks/command.rs"]
mod command;
#[path = "checks/framer_split.rs"]
mod framer_split;
#[path = "checks/reading.rs"]
mod reading;
#[path = "checks/response.rs"]
mod response;
#[path = "checks/roundtrip.rs"]
mod roundtrip;

use postrider_testkit::replay_seeds;

#[test]
fn the_seeds_of_imap_response_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_response", response::check);
}

#[test]
fn the_seeds_of_imap_command_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_command", command::check);
}

#[test]
fn the_seeds_of_imap_roundtrip_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_roundtrip", roundtrip::check);
}

#[test]
fn the_seeds_of_imap_framer_split_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_framer_split", framer_split::check);
}
