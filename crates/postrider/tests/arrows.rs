//! The arrows between the crates are the design's, and no others.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Who may depend on whom; dev-dependencies are free.
const ARROWS: &[(&str, &[&str])] = &[
    ("postrider-message", &[]),
    ("postrider-wire", &[]),
    ("postrider-mime", &["message"]),
    ("postrider-sasl", &["wire"]),
    ("postrider-smtp", &["wire", "sasl"]),
    ("postrider-pop3", &["wire", "sasl"]),
    ("postrider-imap", &["wire", "sasl"]),
    ("postrider-relay", &["smtp", "mime", "message"]),
    ("postrider-mailbox", &["imap", "pop3", "mime", "message"]),
    ("postrider-testkit", &["wire"]),
    ("postrider", &["wire", "message", "mime", "sasl", "smtp", "pop3", "imap", "relay", "mailbox"]),
    ("postrider-examples", &["", "testkit"]),
    ("postrider-examples-net", &["", "testkit"]),
    ("postrider-benches", &["", "testkit"]),
];

/// The workspace as cargo sees it: package → the packages of ours it needs to be built.
fn arrows() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let metadata = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let needed = package["dependencies"].as_array().expect("a list of dependencies").iter();
            let ours = needed
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| *name == "postrider" || name.starts_with("postrider-"))
                .map(str::to_owned);
            (package["name"].as_str().expect("a name").to_owned(), ours.collect())
        })
        .collect()
}

#[test]
fn the_arrows_are_the_law() {
    let found = arrows();
    assert_eq!(found.len(), ARROWS.len(), "packages: {:?}", found.keys());
    for (package, allowed) in ARROWS {
        let allowed: Vec<String> = allowed
            .iter()
            .map(|name| match *name {
                "" => "postrider".to_owned(),
                name => format!("postrider-{name}"),
            })
            .collect();
        for needed in found.get(*package).expect("every package of the house is there") {
            assert!(allowed.contains(needed), "{package} must not depend on {needed}");
        }
    }
}

/// Where the tests of a crate are one program, a file that is not named in it would not be run.
#[test]
fn no_file_of_tests_is_forgotten() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut looked_at = 0;
    for folder in std::fs::read_dir(crates).expect("the crates are here") {
        let folder = folder.expect("it can be read").path();
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        if !manifest.contains("autotests = false") {
            continue;
        }
        let main = std::fs::read_to_string(folder.join("tests/main.rs")).expect("it has a program");
        for file in std::fs::read_dir(folder.join("tests")).expect("it has tests") {
            let path = file.expect("it can be read").path();
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let own = path.join("main.rs").exists();
            if name == "main" || !(own || path.extension().is_some_and(|end| end == "rs")) {
                continue;
            }
            let module = main.lines().any(|line| line == format!("mod {name};"));
            let end = if own { "/main.rs" } else { ".rs" };
            let program = manifest.contains(&format!("path = \"tests/{name}{end}\""));
            assert!(module || program, "{} is no test", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}
