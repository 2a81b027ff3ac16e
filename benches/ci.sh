#!/usr/bin/env bash
# The bars that do not depend on how busy the machine is: allocations, instructions, bytes, hit ratios.
set -euo pipefail
cd "$(dirname "$0")"
exec </dev/null
export CARGO_TERM_COLOR=never
# A debugger's lines are wanted in release builds here; warnings are errors as everywhere.
export RUSTFLAGS="-D warnings"

# What the attribute costs `cargo check`: counted under valgrind, which takes minutes of one core, whatever else runs.
cost_log=$(mktemp)
./check-cost.sh >"$cost_log" 2>&1 &
cost=$!
trap 'kill "$cost" 2>/dev/null || true; rm -f "$cost_log"' EXIT

cargo fmt -- --check
cargo clippy --locked --all-targets -- -D warnings
if cargo tree --locked -e features | grep -q 'tokio feature "test-util"'; then
  echo "tokio's test-util is in the build: it replaces the clock that is measured" >&2
  exit 1
fi
# Each entry that leaves would interrupt every core by a system call.
if cargo tree --locked -e features | grep -q 'seize feature "fast-barrier"'; then
  echo "seize's fast-barrier is in the build" >&2
  exit 1
fi
# One test at a time: each counts what its own work does. Instructions are counted in processes of their own.
cargo test --locked --release --test hit --test memory --test miss --test ratio -- --test-threads=1
cargo test --locked --release --test instructions

if ! wait "$cost"; then
  cat "$cost_log" >&2
  exit 1
fi
cat "$cost_log"
