//! Where the common test data lies, if it lies anywhere.

use std::path::{Path, PathBuf};

/// The path of `path` inside the folder `shared` that stands beside the checkout, or `None` where
/// there is none (a plain clone). Looked for from `CARGO_MANIFEST_DIR` upward.
///
/// A test that gets `None` writes `skipped: …` to stderr and returns.
///
/// ```
/// if let Some(rfc) = postrider_testkit::shared("rfc/rfc5321.txt") {
///     assert!(rfc.is_file());
/// }
/// ```
#[must_use]
pub fn shared(path: &str) -> Option<PathBuf> {
    let start = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let start = start.or_else(|| std::env::current_dir().ok())?;
    start.ancestors().map(|dir| dir.join("shared").join(path)).find(|found| found.exists())
}

/// Reads a file found by [`shared`], or says on stderr that the caller skips its test.
#[must_use]
pub fn read_shared(path: &str) -> Option<Vec<u8>> {
    let found = shared(path);
    if found.is_none() {
        eprintln!("skipped: ../shared/{path} is not here");
    }
    std::fs::read::<&Path>(found?.as_ref()).ok()
}
