#!/usr/bin/env bash
# Writes dist/waterline-VERSION.cdx.json: the crates inside the binary, in CycloneDX.
set -euo pipefail

: "${VERSION:?}"

if ! command -v cargo-cyclonedx >/dev/null; then
    cargo install cargo-cyclonedx --version 0.5.9 --locked
fi
# Of all targets together: one bill too long is better than five.
cargo cyclonedx --format json --spec-version 1.5 --describe binaries --target all
mkdir -p dist
mv waterline_bin.cdx.json "dist/waterline-$VERSION.cdx.json"
