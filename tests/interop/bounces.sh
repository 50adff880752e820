#!/usr/bin/env bash
# Writes 60 notifications of every kind, and lets CPython's email package and flufl.bounce read them:
# the fields, the parts, and who failed or is delayed must be those that were meant. flufl.bounce is that of
# Debian (python3-flufl.bounce) or of PyPI; without either the check cannot run.
set -euo pipefail
cd "$(dirname "$0")/../.."

has_flufl() {
    "$1" -c 'import flufl.bounce' 2>/dev/null
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for one in python3 /usr/bin/python3; do
    if command -v "$one" >/dev/null && has_flufl "$one"; then
        python=$one
        break
    fi
done
if [ -z "$python" ] && command -v python3 >/dev/null; then
    if python3 -m venv "$folder/venv" >/dev/null 2>&1 &&
        "$folder/venv/bin/pip" install --quiet flufl.bounce >/dev/null 2>&1 &&
        has_flufl "$folder/venv/bin/python3"; then
        python=$folder/venv/bin/python3
    fi
fi
if [ -z "$python" ]; then
    echo 'bounces: NOT RUN: there is no flufl.bounce: apt-get install python3-flufl.bounce'
    exit 77
fi
mkdir "$folder/mails"
BOUNCES_DIR=$folder/mails cargo test --quiet --workspace --all-features --test dsn bounces >/dev/null
"$python" tests/interop/bounces_check.py "$folder/mails"
