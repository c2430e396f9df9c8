#!/usr/bin/env bash
# Prints the version to release, after making sure that tag, manifest and changelog agree.
# Without a tag, it is a rehearsal, and the manifest's version will do.
set -euo pipefail

version=$(cargo metadata --no-deps --format-version 1 |
    jq --raw-output '.packages[] | select(.name == "waterline") | .version')

if [ "${GITHUB_REF_TYPE-}" = tag ]; then
    if [ "$GITHUB_REF_NAME" != "v$version" ]; then
        echo "::error::the tag is $GITHUB_REF_NAME, but Cargo.toml says $version"
        exit 1
    fi
    if ! grep --quiet --fixed-strings "## [$version]" CHANGELOG.md; then
        echo "::error file=CHANGELOG.md::there is no section [$version]"
        exit 1
    fi
fi

echo "version=$version" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
