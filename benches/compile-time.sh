#!/usr/bin/env bash
# What annotated functions cost the compiler: user CPU beside plain functions, `cached` and moka by hand.
#
#   benches/compile-time.sh [functions] [rounds]     # default: 100 functions, 3 rounds; about ten minutes
#
# Everything is generated and built outside the repository. Functions of 100 value types are the harder case:
# what a crate makes generic is compiled again for each of them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
functions=${1:-100}
rounds=${2:-3}
# moka by hand takes seconds of release build for each value type: fewer of them say the same.
few=$(((functions + 9) / 10))
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=$place/target
unset RUSTFLAGS

# shellcheck source=programs.sh
source "$here/programs.sh"

# User seconds of a command.
cpu() {
  local TIMEFORMAT=%U
  { time "$@" >"$place/log" 2>&1 || { cat "$place/log" >&2; exit 1; }; } 2>&1
}

median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

# `ours-100` is a program of one contender with 100 value types, `ours-1` one of a single type.
sizes=(1 "$functions")
workspace
for types in "${sizes[@]}"; do
  for contender in plain ours cached concurrent; do crate "$contender-$types" "$contender" "$types" "$functions"; done
  for contender in plain moka; do crate "$contender-$types-few" "$contender" "$types" "$few"; done
done
for contender in plain ours cached moka; do crate "$contender-0" "$contender" 1 1; done
cd "$place"

# The dependencies are built before anything is timed.
for name in *-0; do
  for kind in check build 'build --release'; do
    # shellcheck disable=SC2086 # words are wanted
    cpu cargo $kind --quiet -p "$name" >/dev/null
  done
done

# One line for each round: program, kind, seconds. Rounds are interleaved.
for ((round = 0; round < rounds; round++)); do
  for name in *-[1-9]*; do
    for kind in check build 'build --release'; do
      touch "$name/src/main.rs"
      # shellcheck disable=SC2086 # words are wanted
      echo "$name;$kind;$(cpu cargo $kind --quiet -p "$name")"
    done
  done
done >samples

seconds() { grep "^$1;$2;" samples | cut -d';' -f3 | median; }

# Milliseconds a function, over plain ones.
each() {
  local contender=$1 types=$2 kind=$3 count=$functions tail=''
  if [[ $contender == moka ]]; then count=$few tail=-few; fi
  awk -v a="$(seconds "$contender-$types$tail" "$kind")" -v b="$(seconds "plain-$types$tail" "$kind")" \
    -v n="$count" 'BEGIN { printf "%.1f", 1000 * (a - b) / n }'
}

echo "Milliseconds of user CPU for each function, over plain ones ($functions functions, median of $rounds):"
echo
echo '| | check | debug build | release build |'
echo '|---|--:|--:|--:|'
for types in "${sizes[@]}"; do
  for contender in ours cached concurrent moka; do
    echo "| $types value type(s): ${TITLE[$contender]} | $(each $contender "$types" check) |" \
      "$(each $contender "$types" build) | $(each $contender "$types" 'build --release') |"
  done
done

clean() {
  rm -rf target/clean
  CARGO_TARGET_DIR=$place/target/clean cpu cargo build --quiet -p "$1"
}

# With a single function each: what is left is the dependencies.
sed -i 's/members = .*/members = ["*-0"]/' Cargo.toml
for ((round = 0; round < rounds; round++)); do
  for contender in plain ours cached moka; do echo "$contender;clean;$(clean "$contender-0")"; done
done >samples
echo
echo 'User seconds of a clean debug build, over bare tokio:'
echo
echo '| `cached-attr` | `cached` | moka, `future` |'
echo '|--:|--:|--:|'
for contender in ours cached moka; do
  awk -v a="$(seconds $contender clean)" -v b="$(seconds plain clean)" 'BEGIN { printf "| %.1f ", a - b }'
done
echo '|'
