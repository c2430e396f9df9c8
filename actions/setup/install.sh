#!/usr/bin/env bash
# The step of this action: the program on the PATH of the steps that follow, and two outputs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(bash "$here/setup.sh")
version=$("$program" --version)
dirname "$program" >>"$GITHUB_PATH"
{
    printf 'path=%s\n' "$program"
    printf 'version=%s\n' "${version##* }"
} >>"$GITHUB_OUTPUT"
