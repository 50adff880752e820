//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[path = "checks/ops.rs"]
mod ops;

#[test]
fn the_seeds_of_smtp_ops_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "smtp_ops", ops::check);
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
            &[][..], &[0, 1, 0x60, 0x78, 3, 4], &[0, 1, 11], &[0xff, 0xff, 0xff, 0x80, 0x18],
        ]),
    ) {
        ops::check(&[&knobs[..], opening, &calls].concat());
    }
}
