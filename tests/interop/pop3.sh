#!/usr/bin/env bash
# Mail between our POP3 and that of others, both ways, over loopback; every mail compared octet for octet.
# Our client is the example `fetch`, our server the example `maildrop`; the others are Dovecot, and curl,
# fetchmail and Python's poplib.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${RIG:-}" ]; then
    echo "NOT RUN: pop3: ${NO_RIG:-called without the rig, call tests/interop/run.sh pop3}"
    exit 77
fi
if [ ! -d "$SHARED/corpora/spamassassin/spam-2" ]; then
    echo 'NOT RUN: pop3: ../shared/corpora is not here'
    exit 77
fi
# As the tests are built, so that nothing is built twice where these have run.
cargo build --quiet --profile test --workspace --all-features --example fetch --example maildrop
export EXAMPLES=${CARGO_TARGET_DIR:-target}/debug/examples
python3 -B tests/interop/pop3.py
