#!/usr/bin/env bash
# A part of the tests as users' programs run: without tokio's `test-util`.
set -euo pipefail
cd "$(dirname "$0")"
exec </dev/null
export CARGO_TERM_COLOR=never
export RUSTFLAGS="-D warnings"

cargo fmt -- --check
if cargo tree --locked -e all -e features | grep -q 'tokio feature "test-util"'; then
  echo "tokio's test-util is in the build: these tests are about the clock without it" >&2
  exit 1
fi
# Clippy compiles as well: what is tested here has been linted by the same build.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver
cargo test --locked
