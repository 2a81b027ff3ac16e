#!/usr/bin/env bash
# What has to pass here. Called by the project's own .ci/run, and just as well by hand.
set -euo pipefail
cd "$(dirname "$0")"

moto=../../target/moto
if ! [ -x "$moto/bin/moto_server" ]; then
    python3 -m venv "$moto"
    "$moto/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.*'
fi

export CARGO_INCREMENTAL=0
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo test --locked --doc
# Here a missing server is a failure, not a skip.
CACHED_ATTR_REQUIRE_SERVERS=1 cargo test --locked --all-targets
