#!/usr/bin/env bash
# What has to pass here, by hand or from the project's .ci/run.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_INCREMENTAL=0
export RUSTFLAGS="${RUSTFLAGS:--D warnings}"

../moto/install.sh
cargo fetch --locked
export CARGO_NET_OFFLINE=true
cargo fmt --all -- --check
# Clippy compiles as well: what is tested here has been linted by the same build.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver
cargo test --locked --workspace --all-targets
cargo test --locked --doc
# The deployed function has none of what the local run and the tests are made of.
if cargo tree --locked --edges normal,build | grep --extended-regexp ' (axum|lambda-local|moto) '; then
  echo "development crates are in the deployed function" >&2
  exit 1
fi
