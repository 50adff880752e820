//! Two IMAP sessions of one account in memory, over random sequences of what their clients do.

#[path = "checks/sessions.rs"]
mod sessions;

use postrider_testkit::replay_seeds;
use proptest::prelude::*;

#[test]
fn the_seeds_of_imap_sessions_hold() {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), "imap_sessions", sessions::check);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn clients_can_follow_what_they_are_told(
        knobs: u8,
        happenings in prop::collection::vec(any::<u8>(), 0..150),
    ) {
        sessions::check(&[&[knobs], &happenings[..]].concat());
    }
}
