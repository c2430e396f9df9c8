#!/usr/bin/env bash
# Looks at everything that is not Rust: dependencies, workflows, actions, shell. `make lint` adds
# rustfmt and clippy. Each linter says what it looked at, also where that is nothing yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
exec 2>&1 # one stream, so that a finding stands below the name of its linter

TOOLS=.tools/venv/bin
failed=()

# Sets `found` to the project's files that match, new ones included, ignored ones not.
find_files() {
    found=()
    local file
    while IFS= read -r -d '' file; do
        # Git also lists what is deleted in the work tree.
        [ -f "$file" ] && found+=("$file")
    done < <(git ls-files -z --cached --others --exclude-standard -- "$@")
    return 0
}

# check NAME WHAT COMMAND…: runs the command on the files in `found`.
check() {
    local name=$1 what=$2
    shift 2
    if [ "${#found[@]}" -eq 0 ]; then
        say "$name: nothing to check, there are no $what yet"
        return
    fi
    say "$name: ${#found[@]} $what"
    "$@" "${found[@]}" || failed+=("$name")
}

# act reads whole folders. That it finds no Docker is a warning of its, and no matter here.
act_validates() {
    local file
    for file in "$@"; do
        dirname "$file"
    done | sort -u | while IFS= read -r file; do
        "$TOOLS/act" --validate --strict --no-cache-server --workflows "$file" </dev/null || exit 1
    done
}

WORKFLOWS=('.github/workflows/*.yml' '.github/workflows/*.yaml' 'workflows/*.yml' 'workflows/*.yaml')
ACTIONS=('action.yml' 'actions/*/action.yml')

# Warnings are counted, not printed: two versions of a crate are mostly somebody else's to mend.
say "cargo deny: banned crates, licences and sources of Cargo.lock"
"$TOOLS/cargo-deny" --locked --log-level error check --hide-inclusion-graph --show-stats \
    bans licenses sources || failed+=("cargo deny")

find_files "${WORKFLOWS[@]}" "${ACTIONS[@]}" '.github/dependabot.yml'
check zizmor "workflows, actions and dependabot files" \
    "$TOOLS/zizmor" --offline --no-progress --quiet --persona pedantic --strict-collection

schema() { "$TOOLS/check-jsonschema" --quiet "$@"; }
find_files "${WORKFLOWS[@]}"
check "schema of workflows" workflows schema --builtin-schema vendor.github-workflows
check "act --validate" workflows act_validates
find_files "${ACTIONS[@]}"
check "schema of actions" actions schema --builtin-schema vendor.github-actions
find_files '.github/dependabot.yml'
check "schema of dependabot" "dependabot files" schema --builtin-schema vendor.dependabot
find_files 'schema/*.json'
check "schema of schemas" "JSON Schemas" schema --check-metaschema

find_files '*.sh' '.ci/run'
check shellcheck scripts shellcheck --external-sources

if [ "${#failed[@]}" -gt 0 ]; then
    fail "these are not content: ${failed[*]}"
fi
