#!/bin/sh
# Builds the machines without the standard library, then shows that the proof can fail.
set -eu
cd "$(dirname "$0")"

cargo build --locked
echo "no_std: builds without std"

if failure=$(cargo build --locked --features std 2>&1); then
    echo "no_std: builds with std in the tree too, so it proves nothing" >&2
    exit 1
fi
case $failure in
*"duplicate lang item"* | *"found duplicate"*) echo "no_std: std in the tree is caught" ;;
*)
    echo "no_std: the build with std fails for another reason:" >&2
    echo "$failure" >&2
    exit 1
    ;;
esac
