#!/usr/bin/env bash
# The shared tier against real servers: installed here where they are missing.
set -euo pipefail
cd "$(dirname "$0")"
exec </dev/null
export CARGO_TERM_COLOR=never
export RUSTFLAGS="-D warnings"

../../.ci/servers
cargo fmt -- --check
# Clippy compiles as well: what is tested here has been linted by the same build.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver
cargo test --locked --features tls
