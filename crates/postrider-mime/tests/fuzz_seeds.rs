//! The seeds of the fuzz targets, and with them every input that once was a finding, hold what the
//! targets check.

use std::{fs, path::Path};

#[path = "checks/decode.rs"]
mod decode;
#[cfg(feature = "html")]
#[path = "checks/params.rs"]
mod params;
#[path = "checks/tree_vs_stream.rs"]
mod tree_vs_stream;

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
fn the_seeds_of_decode_hold() {
    replay("decode", decode::check);
}

#[test]
fn the_seeds_of_tree_vs_stream_hold() {
    replay("tree_vs_stream", tree_vs_stream::check);
}

#[test]
#[cfg(feature = "html")]
fn the_seeds_of_params_hold() {
    replay("params", params::check);
}
