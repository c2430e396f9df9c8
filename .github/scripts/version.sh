#!/usr/bin/env bash
# Prints the version to release, after making sure that manifest, changelog and the files to copy
# agree. A rehearsal needs no section in the changelog.
set -euo pipefail

version=$(cargo metadata --no-deps --format-version 1 |
    jq --raw-output '.packages[] | select(.name == "waterline") | .version')

if [ "${DRAFT:-false}" = true ]; then
    if ! grep --quiet --fixed-strings "## [$version]" CHANGELOG.md; then
        echo "::error file=CHANGELOG.md::there is no section [$version]"
        exit 1
    fi
fi

echo "version=$version" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
