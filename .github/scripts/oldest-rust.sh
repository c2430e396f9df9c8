#!/usr/bin/env bash
# Checks the workspace with the `rust-version` of its manifest, read from there.
set -euo pipefail

oldest=$(cargo metadata --no-deps --format-version 1 | jq --raw-output '[.packages[].rust_version] | unique | join(" ")')
rustup toolchain install "$oldest" --profile minimal
cargo "+$oldest" check --workspace --locked
