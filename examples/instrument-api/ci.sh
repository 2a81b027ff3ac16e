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
# Clippy compiles as well: what is tested here has been linted by the same build.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver
cargo test --locked
