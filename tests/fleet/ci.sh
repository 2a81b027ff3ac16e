#!/usr/bin/env bash
# The shared tier against real servers: installed here where they are missing.
set -euo pipefail
cd "$(dirname "$0")"
exec </dev/null
export CARGO_TERM_COLOR=never
export RUSTFLAGS="-D warnings"

../../.ci/servers
cargo fmt -- --check
cargo clippy --locked --all-targets --features tls -- -D warnings
cargo test --locked --features tls
