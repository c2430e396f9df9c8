#!/usr/bin/env bash
# Performs one capability in a step: `perform.sh NAME`, and what the action's inputs say.
#
# The inputs come by the environment and leave as single words of a command line, so no shell ever
# reads them: WATERLINE_OPTION_RUN=42 becomes `--run=42`, WATERLINE_SWITCH_POST=true becomes
# `--post`, WATERLINE_LIST_MATCHERS one `--matchers=…` for each line, WATERLINE_WORDS the words of a
# line, and WATERLINE_FILE and WATERLINE_TEXT what stands last.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(bash "$here/setup.sh")

# run-number → --run-number
flag() { printf -- '--%s' "$1" | tr 'A-Z_' 'a-z-'; }

words=()
if [ -n "${WATERLINE_WORDS-}" ]; then
    # xargs reads quotes as a shell does, and does nothing else that a shell does.
    split=$(mktemp "${RUNNER_TEMP:-/tmp}/waterline-words-XXXXXXXX")
    if ! printf '%s' "$WATERLINE_WORDS" | xargs printf '%s\0' >"$split"; then
        echo "::error title=Waterline::args: a quote is not closed" >&2
        exit 64
    fi
    while IFS= read -r -d '' word; do
        words+=("$word")
    done <"$split"
    rm -f "$split"
fi
for name in "${!WATERLINE_OPTION_@}"; do
    if [ -n "${!name}" ]; then
        words+=("$(flag "${name#WATERLINE_OPTION_}")=${!name}")
    fi
done
for name in "${!WATERLINE_LIST_@}"; do
    while IFS= read -r item; do
        if [ -n "$item" ]; then
            words+=("$(flag "${name#WATERLINE_LIST_}")=$item")
        fi
    done <<<"${!name}"
done
for name in "${!WATERLINE_SWITCH_@}"; do
    case ${!name} in
        true) words+=("$(flag "${name#WATERLINE_SWITCH_}")") ;;
        false | '') ;;
        *)
            echo "::error title=Waterline::$(flag "${name#WATERLINE_SWITCH_}" | cut -c 3-) must be true or false" >&2
            exit 64
            ;;
    esac
done
if [ -n "${WATERLINE_FILE-}${WATERLINE_TEXT-}" ]; then
    words+=(--)
fi
for last in "${WATERLINE_FILE-}" "${WATERLINE_TEXT-}"; do
    if [ -n "$last" ]; then
        words+=("$last")
    fi
done

exec "$program" "$1" ${words[@]+"${words[@]}"}
