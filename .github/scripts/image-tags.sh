#!/usr/bin/env bash
# Gives the image of TAG, say v1.2.3, the names `1` and, if no higher version is out, `latest`.
# No image is built or changed by it.
set -euo pipefail
# shellcheck source=.github/scripts/newest.sh
source "$(dirname "${BASH_SOURCE[0]}")/newest.sh"

name=ghcr.io/${GITHUB_REPOSITORY,,}
tags=(--tag "$name:$major")
[ "$TAG" = "$(newest v)" ] && tags+=(--tag "$name:latest")

docker login ghcr.io --username "${GITHUB_ACTOR:?}" --password-stdin <<<"$GH_TOKEN"
docker buildx imagetools create "${tags[@]}" "$name:${TAG#v}"
