#!/usr/bin/env bash
# Makes the container image for both architectures out of the binaries in dist/, and pushes it as
# ghcr.io/OWNER/NAME:VERSION if PUSH is `true`. The same Dockerfile as for a build from source: the
# folder takes the place of its stage `build`, so the image holds the very files of the release.
set -euo pipefail

: "${VERSION:?}" "${PUSH:?}" "${GITHUB_REPOSITORY:?}"

name=ghcr.io/${GITHUB_REPOSITORY,,}
out=$(mktemp -d)
mkdir -p "$out/out/data"
unpack() {
    local folder=waterline-$VERSION-$1 architecture=$2
    tar -C "$out" -xzf "dist/$folder.tar.gz"
    install -D "$out/$folder/waterline" "$out/out/$architecture/waterline"
    rm -r "${out:?}/$folder"
}
unpack x86_64-unknown-linux-musl amd64
unpack aarch64-unknown-linux-musl arm64

output=(--output "type=oci,dest=$out/image.tar")
if [ "$PUSH" = true ]; then
    output=(--push)
    docker login ghcr.io --username "${GITHUB_ACTOR:?}" --password-stdin <<<"${REGISTRY_TOKEN:?}"
fi

# Only this driver builds for several architectures at once. Nothing runs in the last stage, so
# none has to be emulated.
docker buildx create --use --driver docker-container >/dev/null
# Provenance is attested by GitHub, for the image as for the files: one place to look.
docker buildx build . \
    --platform linux/amd64,linux/arm64 \
    --build-context "build=$out" \
    --provenance=false \
    --tag "$name:$VERSION" \
    --label "org.opencontainers.image.version=$VERSION" \
    --label "org.opencontainers.image.revision=${GITHUB_SHA:?}" \
    --label "org.opencontainers.image.source=https://github.com/$GITHUB_REPOSITORY" \
    --metadata-file "$out/metadata.json" \
    "${output[@]}"

{
    echo "name=$name"
    echo "digest=$(jq --exit-status --raw-output '."containerimage.digest"' "$out/metadata.json")"
} | tee -a "${GITHUB_OUTPUT:-/dev/null}"
