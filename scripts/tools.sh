#!/usr/bin/env bash
# Installs what `make test` needs beside the Rust toolchain, and nothing that is there already:
# Debian packages (as root or with sudo), and the linters into .tools/venv. Says little.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

VENV=.tools/venv
REQUIREMENTS=scripts/requirements.txt

# Prints the package for everything that is missing, one a line.
missing_packages() {
    have cc || printf 'gcc\nlibc6-dev\n'
    have git || echo git
    have make || echo make
    have curl || echo curl
    have shellcheck || echo shellcheck
    have python3 || echo python3
    # Debian splits `venv` off; without it, python3 -m venv fails halfway.
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    [ -n "$(postgres_programs)" ] && have psql || echo postgresql
    # The set-up is clicked through in a real browser; its driver finds either of these.
    have chromium || have google-chrome || echo chromium
    have chromedriver || echo chromium-driver
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" # nobody is there to type a password
    fi
}

# Runs a command that talks a lot, and shows what it said only where it failed.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

install_packages() {
    local missing=("$@")
    if ! have apt-get; then
        fail "please install ${missing[*]} (Debian's names) with your package manager, then try again"
    fi
    if [ "$(id -u)" -ne 0 ] && { ! have sudo || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; }; then
        fail "please install ${missing[*]} as root, then try again: apt-get install ${missing[*]}"
    fi
    say "installing ${missing[*]}"
    # PostgreSQL's package makes and starts a cluster of its own unless told not to. The note to
    # it goes again at once: what this machine does with later installations is not our business.
    local note=/etc/postgresql-common/createcluster.d/waterline-test.conf
    as_root mkdir -p "$(dirname "$note")"
    as_root sh -c "echo 'create_main_cluster = false' >$note"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    local status=0
    quietly as_root "${apt[@]}" update &&
        quietly as_root "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" ||
        status=$?
    as_root rm -f "$note"
    [ "$status" -eq 0 ] || fail "apt-get could not install ${missing[*]}"
}

install_linters() {
    # The stamp is written last, so a folder without the right one is incomplete or out of date.
    local stamp wanted
    stamp=$VENV/.installed
    wanted=$(python3 -c 'import sys; print(sys.version)'; pwd; cat "$REQUIREMENTS")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "the linters need Python 3.11 or newer, and python3 is $(python3 -V | cut -d ' ' -f 2)"
    say "installing the linters into $VENV"
    rm -rf "$VENV"
    quietly python3 -m venv "$VENV"
    # Every file is named by its digest; nothing is built here.
    quietly "$VENV/bin/pip" install --disable-pip-version-check --require-hashes --no-deps \
        --only-binary :all: --requirement "$REQUIREMENTS"
    printf '%s\n' "$wanted" >"$stamp"
}

have cargo || fail "please install Rust's toolchain first: https://rustup.rs"
missing=()
while read -r package; do
    missing+=("$package")
done < <(missing_packages)
if [ "${#missing[@]}" -gt 0 ]; then
    install_packages "${missing[@]}"
fi
install_linters
