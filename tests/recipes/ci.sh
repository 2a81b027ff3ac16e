#!/usr/bin/env bash
# The recipes of the guide, with the frameworks that they are about.
set -euo pipefail
cd "$(dirname "$0")"
exec </dev/null
export CARGO_TERM_COLOR=never
export RUSTFLAGS="-D warnings"

cargo fmt -- --check
cargo test --locked --doc
