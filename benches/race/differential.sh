#!/usr/bin/env bash
# Compares what Postrider, mail-parser and mailparse read of SpamAssassin's mails.
#   benches/race/differential.sh           fails where a disagreement is not of exactly one class, or
#                                          where differential.md is not what is found
#   benches/race/differential.sh --write   writes differential.md
# It says `skipped` where the mails are not in ../shared/corpora. mail-parser 1.0.1 declares a newer
# rustc than it needs, hence --ignore-rust-version.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --ignore-rust-version
exec "${CARGO_TARGET_DIR:-target}/release/differential" "$@"
