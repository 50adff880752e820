#!/usr/bin/env bash
# Writes 500 messages of every kind with the builder, and lets others read them: CPython's email
# package and, where benches/race can be built, mail-parser. Each must read what was meant but for the
# differences that crates/postrider-mime/tests/decisions.md lists.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
READBACK_DIR=$folder cargo test --quiet --workspace --all-features --test readback
if command -v python3 >/dev/null; then
    python3 tests/interop/readback.py "$folder"
else
    echo "skipped: no python3 here"
fi
# mail-parser 1.0.1 declares a newer rustc than it needs.
cd benches/race
cargo run --quiet --release --locked --ignore-rust-version --bin readback -- "$folder"
