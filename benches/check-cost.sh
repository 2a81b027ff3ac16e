#!/usr/bin/env bash
# What an annotated function costs `cargo check`, counted in instructions: no busy machine can move that. Of what
# `#[cached]` of `cached` costs, over plain functions; fails above the bar.
#
#   benches/check-cost.sh [functions] [bar]     # default: 30 functions, 0.60
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
functions=${1:-30}
bar=${2:-0.60}
if ! command -v valgrind >/dev/null; then
  [[ ${CACHED_ATTR_REQUIRE_SERVERS:-} != 1 ]] || { echo "valgrind is missing" >&2; exit 1; }
  echo "skipped: valgrind is missing"
  exit 0
fi
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=$place/target
unset RUSTFLAGS
# shellcheck source=programs.sh
source "$here/programs.sh"

contenders=(plain ours cached)
for contender in "${contenders[@]}"; do crate "$contender-$functions" "$contender" "$functions" "$functions"; done
workspace

# Stands before rustc, and counts what it does for our programs alone.
cat >"$place/counting" <<'SH'
#!/usr/bin/env bash
set -euo pipefail
rustc=$1
shift
for contender in plain ours cached; do
  if [[ " $* " == *" --crate-name ${contender}_"* ]]; then
    exec valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
      --log-file="$CARGO_TARGET_DIR/count-$contender" "$("$rustc" --print sysroot)/bin/rustc" "$@"
  fi
done
exec "$rustc" "$@"
SH
chmod +x "$place/counting"

cd "$place"
declare -A COUNT
for contender in "${contenders[@]}"; do
  RUSTC_WRAPPER=$place/counting cargo check --quiet -p "$contender-$functions"
  COUNT[$contender]=$(awk '/I +refs/ { gsub(",", "", $NF); print $NF }' "target/count-$contender")
done
awk -v plain="${COUNT[plain]}" -v ours="${COUNT[ours]}" -v cached="${COUNT[cached]}" -v n="$functions" -v bar="$bar" '
  BEGIN {
    ratio = (ours - plain) / (cached - plain)
    printf "a cached function: %.1f M instructions of `cargo check`, %.1f M with `cached`: %.2f of it, at most %.2f\n",
      (ours - plain) / n / 1e6, (cached - plain) / n / 1e6, ratio, bar
    exit (ratio > bar)
  }'
