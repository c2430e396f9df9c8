#!/usr/bin/env bash
# Counts the instructions that reading a log takes, which no other work on the machine disturbs:
#   app/readers/log/benches/callgrind.sh LOG
# It needs valgrind, and says so where there is none.
set -euo pipefail
log=$(realpath "${1:?which log?}")
if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed here, so nothing was counted." >&2
  exit 3
fi
cd "$(dirname "$0")/.."
CARGO_PROFILE_RELEASE_STRIP=false cargo build --quiet --release -p waterline-log --example diagnose
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
out=$(mktemp)
trap 'rm -f "$out"' EXIT
valgrind --tool=callgrind --callgrind-out-file="$out" "$target/release/examples/diagnose" "$log" 2>&1 >/dev/null |
  grep 'refs'
callgrind_annotate "$out" | grep '^ *[0-9,]* (' | head -20
