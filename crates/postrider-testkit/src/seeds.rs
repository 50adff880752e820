//! The seeds of fuzz targets, replayed by `cargo test`.

use std::{fs, path::Path};

/// Hands every seed of a fuzz target to its check: the files of `fuzz/seeds/TARGET` of the checkout
/// that a package of this `CARGO_MANIFEST_DIR` lies in, two folders above it. Fails where there are
/// fewer than ten; writes `skipped: …` to stderr where the package is alone.
pub fn replay_seeds(manifest_dir: &str, target: &str, check: fn(&[u8])) {
    let fuzz = Path::new(manifest_dir).join("../../fuzz");
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
