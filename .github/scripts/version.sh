#!/usr/bin/env bash
# Prints the version to release: the manifest's. For a draft, the changelog must have its section.
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
