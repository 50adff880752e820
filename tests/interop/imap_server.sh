#!/usr/bin/env bash
# The example `imap_server` over loopback, asked by clients that we did not write: Python's imaplib and
# curl. Needs no rig.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v python3 >/dev/null; then
    echo 'NOT RUN: imap_server: Python 3 is not installed'
    exit 77
fi
# As the tests are built, so that nothing is built twice where these have run.
cargo build --quiet --profile test --workspace --all-features --example imap_server
export EXAMPLES=${CARGO_TARGET_DIR:-target}/debug/examples
python3 -B tests/interop/imap_server_all.py "$@"
