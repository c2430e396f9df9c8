#!/usr/bin/env bash
# Writes dist/waterline-VERSION.cdx.json: the crates inside the binary, in CycloneDX.
set -euo pipefail

: "${VERSION:?}"

cargo install cargo-cyclonedx --version 0.5.9 --locked
# Of all targets together: a bill too long is better than one for each.
cargo cyclonedx --format json --spec-version 1.5 --describe binaries --target all \
    --override-filename waterline-sbom
mkdir -p dist
mv waterline-sbom.json "dist/waterline-$VERSION.cdx.json"
