#!/usr/bin/env bash
# Makes the commit of a release: this one, and in it `actions/setup/SHA256SUMS` with the digests of
# the binaries that were just built. Whoever pins the action thereby pins the program.
#
# The commit is kept by the branch `release/vVERSION`; the tag comes when the draft is published.
set -euo pipefail

: "${VERSION:?}" "${GH_TOKEN:?}" "${GITHUB_SHA:?}" "${GITHUB_REPOSITORY:?}"
repo=repos/$GITHUB_REPOSITORY
readonly TARGETS=5

sums=$(grep -E "^[0-9a-f]{64}  waterline-$VERSION-[a-z0-9_-]+\\.tar\\.gz\$" dist/SHA256SUMS)
if [ "$(wc -l <<<"$sums")" -ne "$TARGETS" ]; then
    echo "::error::$TARGETS binaries were expected in dist/SHA256SUMS"
    exit 1
fi

blob=$(gh api "$repo/git/blobs" --field content="$sums"$'\n' --field encoding=utf-8 --jq .sha)
base=$(gh api "$repo/git/commits/$GITHUB_SHA" --jq .tree.sha)
tree=$(gh api "$repo/git/trees" --field base_tree="$base" \
    --field 'tree[][path]=actions/setup/SHA256SUMS' --field 'tree[][mode]=100644' \
    --field 'tree[][type]=blob' --field "tree[][sha]=$blob" --jq .sha)
commit=$(gh api "$repo/git/commits" --field message="Release v$VERSION: digests of its files" \
    --field tree="$tree" --field "parents[]=$GITHUB_SHA" --jq .sha)

branch=release/v$VERSION
found=$(gh api "$repo/git/matching-refs/heads/$branch" --jq '.[].ref')
if grep --quiet --line-regexp --fixed-strings "refs/heads/$branch" <<<"$found"; then
    gh api --method PATCH "$repo/git/refs/heads/$branch" --field sha="$commit" --field force=true --silent
else
    gh api --method POST "$repo/git/refs" --field ref="refs/heads/$branch" --field sha="$commit" --silent
fi
echo "commit=$commit" | tee -a "${GITHUB_OUTPUT:-/dev/null}"
