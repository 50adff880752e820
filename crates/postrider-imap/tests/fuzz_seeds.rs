//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

#[path = "checks/command.rs"]
mod command;
#[path = "checks/framer_split.rs"]
mod framer_split;
#[path = "checks/ops.rs"]
mod ops;
#[path = "checks/reading.rs"]
mod reading;
#[path = "checks/response.rs"]
mod response;
#[path = "checks/roundtrip.rs"]
mod roundtrip;
#[path = "checks/server_ops.rs"]
mod server_ops;

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

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

#[test]
fn the_seeds_of_imap_client_ops_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_client_ops", ops::check);
}

#[test]
fn the_seeds_of_imap_server_ops_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_server_ops", server_ops::check);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 5000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_calls_hold_too(
        knobs: [u8; 2],
        calls in prop::collection::vec(any::<u8>(), 0..150),
        opening in prop::sample::select(vec![
            &[][..],
            // PREAUTH; somebody who selects
            &[40, 0xff, 0xf4, 5, 0xf4, 46, 0xff],
            // OK, with mechanisms, and a login
            &[39, 44, 0xff, 3, 0xf4, 0xff],
        ]),
    ) {
        ops::check(&[&knobs[..], opening, &calls].concat());
    }

    #[test]
    fn random_calls_to_a_server_hold_too(
        knobs: [u8; 2],
        calls in prop::collection::vec(any::<u8>(), 0..150),
    ) {
        server_ops::check(&[&knobs[..], &calls].concat());
    }
}
