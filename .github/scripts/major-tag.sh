#!/usr/bin/env bash
# Moves the tag `v1` to the commit of TAG, say v1.2.3, so that `uses: …@v1` gets it.
set -euo pipefail
# shellcheck source=.github/scripts/newest.sh
source "$(dirname "${BASH_SOURCE[0]}")/newest.sh"

commit=$(gh api "repos/$GITHUB_REPOSITORY/commits/$TAG" --jq .sha)
refs=repos/$GITHUB_REPOSITORY/git/refs
# The list also holds v10 for v1, so the name is compared in full.
found=$(gh api "repos/$GITHUB_REPOSITORY/git/matching-refs/tags/v$major" --jq '.[].ref')
if grep --quiet --line-regexp --fixed-strings "refs/tags/v$major" <<<"$found"; then
    gh api --method PATCH "$refs/tags/v$major" --field sha="$commit" --field force=true --silent
else
    gh api --method POST "$refs" --field ref="refs/tags/v$major" --field sha="$commit" --silent
fi
echo "v$major is $TAG now: $commit"
