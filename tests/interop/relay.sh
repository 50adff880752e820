#!/usr/bin/env bash
# The example `relay` between smtplib and three Postfix instances, whose queues and Maildirs tell what arrived.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${RIG:-}" ]; then
    echo "NOT RUN: relay: ${NO_RIG:-called without the rig, call tests/interop/run.sh relay}"
    exit 77
fi
# As the tests are built, so that nothing is built twice where these have run.
cargo build --quiet --profile test --workspace --all-features --example relay --example route
export EXAMPLES=${CARGO_TARGET_DIR:-target}/debug/examples
python3 -B tests/interop/relay.py "$@"
