#!/usr/bin/env bash
# Times our client beside poplib and curl, all from the same Dovecot. No check: run.sh runs it by name.
#   tests/interop/run.sh bench/pop3
set -euo pipefail
cd "$(dirname "$0")/../../.."
if [ -z "${RIG:-}" ] || [ ! -d "$SHARED/corpora/spamassassin/spam-2" ]; then
    echo "NOT RUN: bench/pop3: ${NO_RIG:-../shared/corpora is not here}"
    exit 77
fi
cargo build --quiet --release -p postrider-examples-net --example fetch --example maildrop
export EXAMPLES=${CARGO_TARGET_DIR:-target}/release/examples
PYTHONPATH=tests/interop python3 -B tests/interop/bench/pop3.py
