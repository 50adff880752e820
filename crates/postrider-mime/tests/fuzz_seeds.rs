//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use postrider_testkit::replay_seeds;

#[cfg(feature = "html")]
#[path = "checks/bounce.rs"]
mod bounce;
#[path = "checks/decode.rs"]
mod decode;
#[path = "checks/edit.rs"]
mod edit;
#[path = "checks/mbox.rs"]
mod mbox;
#[cfg(feature = "html")]
#[path = "checks/params.rs"]
mod params;
#[cfg(feature = "tls-report")]
#[path = "checks/reports.rs"]
mod reports;
#[path = "checks/roundtrip.rs"]
mod roundtrip;
#[path = "checks/tree_vs_stream.rs"]
mod tree_vs_stream;

fn replay(target: &str, check: fn(&[u8])) {
    replay_seeds(env!("CARGO_MANIFEST_DIR"), target, check);
}

#[test]
fn the_seeds_of_decode_hold() {
    replay("decode", decode::check);
}

#[test]
fn the_seeds_of_edit_hold() {
    replay("edit", edit::check);
}

#[test]
fn the_seeds_of_tree_vs_stream_hold() {
    replay("tree_vs_stream", tree_vs_stream::check);
}

#[test]
fn the_seeds_of_mbox_hold() {
    replay("mbox", mbox::check);
}

#[test]
fn the_seeds_of_roundtrip_hold() {
    replay("roundtrip", roundtrip::check);
}

#[test]
#[cfg(feature = "html")]
fn the_seeds_of_params_hold() {
    replay("params", params::check);
}

#[test]
#[cfg(feature = "tls-report")]
fn the_seeds_of_reports_hold() {
    replay("reports", reports::check);
}

#[test]
#[cfg(feature = "html")]
fn the_seeds_of_bounce_hold() {
    replay("bounce", bounce::check);
}
