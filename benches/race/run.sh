#!/usr/bin/env bash
# Times Postrider beside mail-parser and mailparse, and writes results.json.
#   benches/race/run.sh                    the mails of ../shared/corpora or built-in ones, and made-up ones
#   RACE_CORPUS=DIR[:DIR...]               every folder as one more corpus, of its name
#   RACE_ONLY=workload,...                 some workloads only: headers, structure, full, stream,
#                                          everything
#   RACE_ROUNDS=N                          rounds of each batch, 15 where it is not set
# What the three read differently is told by differential.sh and written down in differential.md.
# mail-parser 1.0.1 declares a newer rustc than it needs, hence --ignore-rust-version.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --ignore-rust-version
exec target/release/postrider-race "$@"
