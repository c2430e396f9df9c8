#!/usr/bin/env bash
# What `make test` does, from a fresh clone: every check there is, one after the other, and a
# summary. A check that fails does not hide the next one; one failure fails the whole.
#
#   scripts/test.sh [tools] [fmt] [clippy] [test] [lint]    [default: all of them]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

PARTS=(tools fmt clippy test lint)
state=
summary=
failed=0

cleanup() {
    if [ -n "$state" ] && [ -e "$state" ]; then
        scripts/postgres.sh stop "$state"
    fi
}
trap cleanup EXIT
# Without these, a signal would end the shell before the trap above is reached.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

part_tools() { scripts/tools.sh; }
part_fmt() { cargo fmt --all --check; }

# Clippy and the tests share what they can: one profile, one set of features, so that the C
# libraries, build scripts and procedural macros of the dependencies are built once.
part_clippy() { cargo clippy --workspace --all-targets --locked -- -D warnings; }

# cargo's own runner, also where nextest is installed: the same run on every machine.
part_test() {
    local url
    url=$(scripts/postgres.sh start "$state")
    say "PostgreSQL of this run: ${url##*@}"
    # An empty variable counts as unset in the tests, which would then leave PostgreSQL out.
    [ -n "$url" ] || fail "PostgreSQL gave no URL"
    WATERLINE_TEST_POSTGRES=$url cargo test --workspace --locked
}

part_lint() { scripts/lint.sh; }

run() {
    local part=$1 begun=$SECONDS status outcome=passed
    say ""
    say "=== $part"
    # Not as a condition: bash would ignore `set -e` inside.
    set +e
    (
        set -e
        "part_$part"
    )
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        outcome="FAILED ($status)"
        failed=1
    fi
    summary+=$(printf '  %-8s %-14s %5d s' "$part" "$outcome" "$((SECONDS - begun))")$'\n'
}

wanted=("$@")
[ "${#wanted[@]}" -gt 0 ] || wanted=("${PARTS[@]}")
for part in "${wanted[@]}"; do
    case " ${PARTS[*]} " in
        *" $part "*) ;;
        *) fail "there is no part $part; there are: ${PARTS[*]}" ;;
    esac
done
# Made here and not in the part: the trap belongs to this shell.
mkdir -p .tools
state=$(mktemp -u .tools/postgres.XXXXXX)

for part in "${wanted[@]}"; do
    run "$part"
    if [ "$part" = tools ] && [ "$failed" -ne 0 ]; then
        fail "without its tools, the rest cannot be checked"
    fi
done

say ""
say "$summary  total                   $(printf '%5d' "$SECONDS") s"
[ "$failed" -eq 0 ] || fail "not everything passed"
