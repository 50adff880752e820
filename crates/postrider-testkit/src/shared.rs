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

/// The files of a folder found by [`shared`] and of the folders below it, in the order of their
/// paths, but for those that tell about it. Where it is not here there are none, which is said on
/// stderr.
///
/// # Panics
///
/// Where the folder is here and cannot be read.
#[must_use]
pub fn shared_files(path: &str) -> Vec<PathBuf> {
    let Some(root) = shared(path) else {
        eprintln!("skipped: ../shared/{path} is not here");
        return Vec::new();
    };
    let (mut folders, mut files) = (vec![root], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if !["LICENSE", "NOTICE", "README.txt"].iter().any(|name| path.ends_with(name)) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Those of [`shared_files`] that have one of these extensions.
///
/// # Panics
///
/// Where the folder is here and has none.
#[must_use]
pub fn shared_files_with(path: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let all = shared_files(path);
    let is_here = !all.is_empty();
    let of_kind = |path: &PathBuf| {
        path.extension().is_some_and(|found| extensions.iter().any(|&wanted| found == wanted))
    };
    let files: Vec<PathBuf> = all.into_iter().filter(of_kind).collect();
    assert!(!is_here || !files.is_empty(), "{path} has no {extensions:?}");
    files
}

/// A file by its path inside the folder `corpora` of the common test data.
///
/// # Panics
///
/// Where it lies elsewhere, or its path is not UTF-8.
#[must_use]
pub fn place_in_corpora(file: &Path) -> String {
    let name = file.to_str().expect("the path is UTF-8");
    name.rsplit_once("corpora/").expect("it lies in the corpora").1.to_owned()
}
