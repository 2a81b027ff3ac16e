#!/usr/bin/env bash
# Format, lints and tests of this example: a workspace of its own.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_INCREMENTAL=0
export RUSTFLAGS="${RUSTFLAGS:--D warnings}"

../../.ci/servers
cargo fetch --locked
export CARGO_NET_OFFLINE=true
cargo fmt -- --check
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked
