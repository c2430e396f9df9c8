#!/usr/bin/env bash
# Counts the instructions that reading takes for a megabyte of log, which no other work on the
# machine disturbs, and fails when they are many more than was recorded:
#   app/readers/log/benches/callgrind.sh [LOG]      (without one: the cases of this crate)
# What a start takes is left out: a log read twice less the same log read once.
# It needs valgrind (`apt-get install valgrind`), and says so where there is none.
set -euo pipefail
# Hundredths of an instruction for a byte of the cases, as recorded; a log of yours has its own figure.
RECORDED=1063
# A slow-down by so many hundredths is one; another compiler may move the figure a little.
BOUND=125
log=${1:+$(realpath "$1")}
if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed here, so nothing was counted." >&2
  exit 3
fi
cd "$(dirname "$0")/.."
CARGO_PROFILE_RELEASE_STRIP=false cargo build --quiet --locked --release -p waterline-log --example diagnose
target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ -n "$log" ]; then
  cp "$log" "$scratch/once"
else
  # The cases, each behind the output of a busy and peaceful step.
  for case in cases/*/log.txt; do
    for n in $(seq 1000 1999); do
      echo "2026-11-20T10:11:12.000${n}Z   Compiling crate-$n v1.0.$n (/w/crates/$n)"
    done
    cat "$case"
  done >"$scratch/once"
fi
cat "$scratch/once" "$scratch/once" >"$scratch/twice"
count() {
  valgrind --tool=callgrind --callgrind-out-file="$scratch/$1.out" \
    "$target/release/examples/diagnose" "$scratch/$1" 2>&1 >/dev/null | sed -n 's/.*refs: *//p' | tr -d ,
}
once=$(count once)
twice=$(count twice)
bytes=$(stat -c %s "$scratch/once")
a_byte=$(((twice - once) * 100 / bytes))
printf '%d.%02d instructions for a byte of %d; %d million for a start and the first time\n' \
  $((a_byte / 100)) $((a_byte % 100)) "$bytes" $((once / 1000000))
if [ -z "$log" ] && [ "$a_byte" -gt $((RECORDED * BOUND / 100)) ]; then
  printf 'That is a slow-down: %d.%02d were recorded.\n' $((RECORDED / 100)) $((RECORDED % 100)) >&2
  exit 1
fi
