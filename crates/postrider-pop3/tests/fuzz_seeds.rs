//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[path = "checks/ops.rs"]
mod ops;

#[test]
fn the_seeds_of_pop3_ops_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "pop3_ops", ops::check);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_calls_hold_too(
        knobs: [u8; 2],
        calls in prop::collection::vec(any::<u8>(), 0..120),
        opening in prop::sample::select(vec![
            &[][..],
            &[0xc0, 0xd8],
            &[0xc2, 0xd8, 1, 0xd8, 0xc0, 0xd8, 0xc0],
            &[0xc0, 2, 0xd8, 0xc0, 0xcf, 0xca],
            &[2, 0xe0],
            &[1, 0xe0],
        ]),
    ) {
        ops::check(&[&knobs[..], opening, &calls].concat());
    }
}
