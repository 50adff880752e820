#!/usr/bin/env bash
# Compares what mail-parser says of its own mails with what Postrider reads of them.
#   benches/race/eml.sh           fails where a difference is not of exactly one class, or where eml.md
#                                 is not what is found
#   benches/race/eml.sh --write   writes eml.md
#   MAIL_PARSER=DIR               mail-parser's sources, where Cargo does not keep them
# mail-parser 1.0.1 declares a newer rustc than it needs, hence --ignore-rust-version.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --ignore-rust-version
exec "${CARGO_TARGET_DIR:-target}/release/eml" "$@"
