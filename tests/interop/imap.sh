#!/usr/bin/env bash
# Our IMAP client against Dovecot: examples/net/tests/dovecot, with accounts for each of its tests. What
# should come out is known from the mails, from doveadm and from Python's imaplib.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${RIG:-}" ]; then
    echo "NOT RUN: imap: ${NO_RIG:-called without the rig, call tests/interop/run.sh imap}"
    exit 77
fi
if [ ! -d "$SHARED/corpora/spamassassin/spam-2" ]; then
    echo 'NOT RUN: imap: ../shared/corpora is not here'
    exit 77
fi
for user in login mails append multi search store idle qresync condstore compare list quota metadata acl \
    preview notify rest; do
    echo "$user:{PLAIN}tanstaaf"
done >>"$RIG/dovecot/users"
# As the tests are built, so that nothing is built twice where these have run.
cargo test --quiet --workspace --all-features --test dovecot -- --nocapture
cargo build --quiet --profile test --workspace --all-features --example fetch --example watch
export EXAMPLES=${CARGO_TARGET_DIR:-target}/debug/examples
python3 -B tests/interop/imap_fetch.py
