#!/usr/bin/env bash
# Times the language of IMAP beside imap-codec and imap-proto, and a literal on its way in beside
# memcpy; puts its cells into results.json. Fails where a goal is missed.
#   benches/race/imap.sh
#   RACE_ONLY=workload,...        some workloads only, such as imap/list
#   RACE_ROUNDS=N                 rounds of each batch, 25 where it is not set
# mail-parser 1.0.1 declares a newer rustc than it needs, hence --ignore-rust-version.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --ignore-rust-version --bin imap
exec "${CARGO_TARGET_DIR:-target}/release/imap" "$@"
