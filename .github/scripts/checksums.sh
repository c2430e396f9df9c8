#!/usr/bin/env bash
# Writes dist/SHA256SUMS over everything in dist/, and says where the bill of materials is.
set -euo pipefail

cd dist
rm -f SHA256SUMS
sha256sum -- * >../SHA256SUMS
mv ../SHA256SUMS .
cat SHA256SUMS

sboms=(*.cdx.json)
if [ "${#sboms[@]}" -ne 1 ] || [ ! -f "${sboms[0]}" ]; then
    echo "::error::one bill of materials was expected, but there is: ${sboms[*]}"
    exit 1
fi
echo "sbom=dist/${sboms[0]}" >>"${GITHUB_OUTPUT:-/dev/null}"
