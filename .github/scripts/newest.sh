# shellcheck shell=bash
# Sourced. Sets `major` from TAG, and ends the script with success where TAG is not the newest
# published release of its major version: a fix for an older line does not take the others back.

: "${TAG:?}" "${GH_TOKEN:?}" "${GITHUB_REPOSITORY:?}"

if [[ ! $TAG =~ ^v([0-9]+)\.[0-9]+\.[0-9]+$ ]]; then
    echo "::error::$TAG is not the tag of a release"
    exit 1
fi
major=${BASH_REMATCH[1]}

published=$(gh release list --repo "$GITHUB_REPOSITORY" --limit 1000 \
    --exclude-drafts --exclude-pre-releases --json tagName --jq '.[].tagName')
if ! grep --quiet --line-regexp --fixed-strings "$TAG" <<<"$published"; then
    echo "::error::$TAG is not among the published releases"
    exit 1
fi

# newest PREFIX: the highest published version that begins so.
newest() { grep "^${1//./\\.}[0-9]" <<<"$published" | sort --version-sort | tail -n 1; }

if [ "$TAG" != "$(newest "v$major.")" ]; then
    echo "::notice::$TAG is older than $(newest "v$major."); v$major stays where it is"
    exit 0
fi
