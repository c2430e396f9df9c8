# shellcheck shell=bash
# What the scripts in this folder share. Sourced, never run.

# Says something about the work; standard output belongs to results.
say() { printf '%s\n' "$*" >&2; }

# Ends with one clear sentence.
fail() {
    say "error: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Prints the folder of PostgreSQL's server programs; Debian keeps them out of the PATH.
postgres_programs() {
    local program newest
    # Of several versions the newest; a pattern without a match stays as it is and is no file.
    newest=$(for program in /usr/lib/postgresql/*/bin/initdb /opt/homebrew/opt/postgresql*/bin/initdb; do
        if [ -x "$program" ]; then
            printf '%s\n' "$program"
        fi
    done | sort -V | tail -n 1)
    [ -n "$newest" ] || newest=$(command -v initdb) || return 1
    dirname "$newest"
}
