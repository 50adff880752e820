#!/usr/bin/env bash
# Sections, searches, orders and threads of the shared mails, as Dovecot tells them and as we do.
set -euo pipefail
cd "$(dirname "$0")/../.."
corpora=${SHARED:-../shared}/corpora
if [ -z "${RIG:-}" ]; then
    echo "NOT RUN: mailbox: ${NO_RIG:-called without the rig, call tests/interop/run.sh mailbox}"
    exit 77
fi
if [ ! -d "$corpora/spamassassin" ]; then
    echo "NOT RUN: mailbox: ../shared/corpora is not here"
    exit 77
fi
# As the tests are built, so that nothing is built twice where these have run.
cargo build --quiet --profile test --workspace --all-features --example answers
python3 -B tests/interop/mailbox_all.py "$RIG" "$IMAP" "$corpora" \
    "${CARGO_TARGET_DIR:-target}/debug/examples/answers"
