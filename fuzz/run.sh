#!/usr/bin/env bash
# Runs every fuzz target for some seconds each (default 60), from the committed seeds.
#   fuzz/run.sh [seconds] [target...]
# FUZZ_SANITIZER chooses what watches memory: `address` unless it says `none`, which builds in less time.
# Needs nightly Rust and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-60}
shift || true
targets=("$@")
sanitizer=${FUZZ_SANITIZER:-address}
if [ "${#targets[@]}" -eq 0 ]; then
    mapfile -t targets < <(sed -n 's/^name = "\([a-z0-9_]*\)"$/\1/p' Cargo.toml)
    cargo +nightly fuzz build --fuzz-dir . --sanitizer "$sanitizer" 2>&1 | grep -E '^(error|warning)' || true
fi
for target in "${targets[@]}"; do
    mkdir -p "corpus/$target" "seeds/$target"
    echo "== fuzz $target: $seconds s"
    cargo +nightly fuzz run --fuzz-dir . --sanitizer "$sanitizer" "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        2>&1 | grep -E '^(stat::number_of_executed_units|stat::average_exec_per_sec|SUMMARY|thread|.*panicked)' \
        || { echo "== fuzz $target: FAILED"; exit 1; }
    if compgen -G "artifacts/$target/*" >/dev/null; then
        echo "== fuzz $target: a finding lies in fuzz/artifacts/$target"
        exit 1
    fi
done
