#!/usr/bin/env bash
# Format and lints of the crate, and that moto can be installed.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
