#!/usr/bin/env bash
# Times the grammar of MAIL and RCPT beside smtp-proto, and a server that takes a mail in beside a
# memchr line count; writes smtp.json. Fails where a goal is missed.
#   benches/race/smtp.sh
#   RACE_ROUNDS=N                 rounds of each batch, 25 where it is not set
# mail-parser 1.0.1 declares a newer rustc than it needs, hence --ignore-rust-version.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --release --locked --ignore-rust-version --bin smtp
exec "${CARGO_TARGET_DIR:-target}/release/smtp" "$@"
