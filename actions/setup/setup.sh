#!/usr/bin/env bash
# Finds or fetches the program for this machine, and prints its path on standard output.
#
# What is run is what this very commit of the action names: `SHA256SUMS` beside this file holds the
# digests of the release's files, and a file that does not fit is never unpacked. Nothing here is
# taken from a moving place, and nothing falls back to something weaker.
#
# Environment: WATERLINE_BUILD      `true` builds the program with cargo from this commit instead
#              WATERLINE_DOWNLOAD   an address to fetch from instead of this GitHub's releases
#              ACTION_REPOSITORY    the repository of the action, as the runner knows it
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly HOME_REPOSITORY=waterline-dev/waterline

# The runner reads commands from what is printed, so everything but our own words is made plain.
plain() { printf '%s' "$1" | tr -c 'A-Za-z0-9 .,()/:_@+-' '?' | cut -c 1-300; }
say() { printf 'waterline: %s\n' "$(plain "$1")" >&2; }
fail() {
    printf '::error title=Waterline::%s\n' "$(plain "$1")" >&2
    exit 1
}

# The target of this machine, as Rust names it.
target() {
    local system=${RUNNER_OS:-$(uname -s)} machine=${RUNNER_ARCH:-$(uname -m)}
    case $system/$machine in
        Linux/X64 | Linux/x86_64) echo x86_64-unknown-linux-musl ;;
        Linux/ARM64 | Linux/aarch64) echo aarch64-unknown-linux-musl ;;
        macOS/X64 | Darwin/x86_64) echo x86_64-apple-darwin ;;
        macOS/ARM64 | Darwin/arm64) echo aarch64-apple-darwin ;;
        Windows/X64 | MINGW*/x86_64 | MSYS*/x86_64) echo x86_64-pc-windows-msvc ;;
        *) fail "there is no release for $system on $machine. Set build: true to build it with cargo." ;;
    esac
}

digest() {
    if command -v sha256sum >/dev/null; then
        sha256sum <"$1"
    else
        shasum -a 256 <"$1"
    fi | cut -d ' ' -f 1
}

# Builds from this commit. Cargo's own target folder is kept for the next run on this machine.
build() {
    command -v cargo >/dev/null || fail "build: true needs cargo, which is not installed here"
    local root=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}/waterline/built
    say "building the program with cargo; this takes some minutes"
    cargo install --quiet --locked --path "$here/../.." --root "$root" --bin waterline >&2 ||
        fail "cargo could not build the program; its own words stand above"
    echo "$root/bin/waterline"
}

# fetch ADDRESS FILE: true where it arrived. Proxies are taken from the environment, as curl does.
fetch() {
    local only=https said
    case $1 in http://*) only=http,https ;; esac
    # It quotes the address, which may be anybody's words.
    if ! said=$(curl --fail --silent --show-error --location --proto "=$only" --retry 3 \
        --retry-connrefused --connect-timeout 20 --max-time 600 --output "$2" -- "$1" 2>&1); then
        say "$said"
        return 1
    fi
}

# The places to fetch from, best first, each behind the repository that built what lies there: where
# one was named, that alone.
origins() {
    local server=${GITHUB_SERVER_URL:-https://github.com} repository
    if [ -n "${WATERLINE_DOWNLOAD-}" ]; then
        echo "- ${WATERLINE_DOWNLOAD%/}"
        return
    fi
    # Some runners do not say which repository an action is of, or name the caller's.
    for repository in "${ACTION_REPOSITORY:-$HOME_REPOSITORY}" "$HOME_REPOSITORY"; do
        echo "$repository $server/$repository/releases/download/v$version"
        # An Enterprise Server that takes actions from github.com has no release of them.
        if [ "$server" != https://github.com ]; then
            echo "$repository https://github.com/$repository/releases/download/v$version"
        fi
    done | awk '!seen[$0]++'
}

# Where `gh` can, it also checks who built the file and from what. The digest has been checked by
# then, so a machine without `gh` loses nothing but the second opinion.
attest() {
    local repository=$2
    if [ -n "${WATERLINE_DOWNLOAD-}" ] || [ "${GITHUB_SERVER_URL:-https://github.com}" != https://github.com ]; then
        return
    fi
    if ! command -v gh >/dev/null || [ -z "${GITHUB_TOKEN-}" ] || ! gh attestation --help >/dev/null 2>&1; then
        return
    fi
    say "checking where $name comes from"
    local said
    if ! said=$(GH_TOKEN=$GITHUB_TOKEN gh attestation verify "$1" --repo "$repository" 2>&1); then
        say "$said"
        fail "the attestation of $name does not hold: it was not built by $repository. Nothing was run."
    fi
}

if [ "${WATERLINE_BUILD:-false}" = true ]; then
    build
    exit
fi

[ -f "$here/SHA256SUMS" ] ||
    fail "this commit of the action is no release. Use the tag or the commit of a release, or set build: true."
target=$(target)
line=$(grep -E "^[0-9a-f]{64}  waterline-[0-9A-Za-z.+-]+-$target\.tar\.gz\$" "$here/SHA256SUMS" || true)
[ -n "$line" ] || fail "SHA256SUMS names no file for $target. Set build: true to build it with cargo."
wanted=${line%% *}
name=${line##* }
version=${name#waterline-}
version=${version%-"$target".tar.gz}

cache=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}/waterline/$version/$target
archive=$cache/$name
mkdir -p "$cache"
# What lies in the cache is checked each time: on a machine of one's own, others write there too.
if [ ! -f "$archive" ] || [ "$(digest "$archive")" != "$wanted" ]; then
    part=$archive.$$.part
    trap 'rm -f "$part"' EXIT
    arrived=
    while read -r builder origin; do
        if fetch "$origin/$name" "$part"; then
            arrived=$builder
            break
        fi
    done < <(origins)
    [ -n "$arrived" ] || fail "$name could not be fetched. Is the release out, and is the way there open (HTTPS_PROXY)?"
    found=$(digest "$part")
    [ "$found" = "$wanted" ] ||
        fail "$name has the digest $found, but this commit names $wanted. Nothing was run."
    attest "$part" "$arrived"
    mv -f "$part" "$archive"
fi

# Unpacked anew for each job, out of what was just checked. Relative names, for tar on Windows takes
# the colon of a drive for a host.
place=$(mktemp -d "${RUNNER_TEMP:-/tmp}/waterline-XXXXXXXX")
tar -xzf - -C "$place" <"$archive" >&2 || fail "$name cannot be unpacked"
program=$place/waterline-$version-$target/waterline
[ -f "$program" ] || program+=.exe
[ -f "$program" ] || fail "$name holds no program"
echo "$program"
