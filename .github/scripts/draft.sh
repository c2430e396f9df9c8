#!/usr/bin/env bash
# Makes a draft release v$VERSION of COMMIT with the files in dist/ and the changelog's words. The
# tag is made when a person publishes it.
# Run again, it replaces the draft's files; a release that is out is never touched.
set -euo pipefail

: "${VERSION:?}" "${GH_TOKEN:?}" "${COMMIT:?}"
tag=v$VERSION

notes=$(mktemp)
# From the section's heading to the next one.
awk -v heading="## [$VERSION]" '
    index($0, heading) == 1 { inside = 1; next }
    /^## \[/ || /^\[[^]]*\]: / { inside = 0 }
    inside
' CHANGELOG.md >"$notes"
grep --quiet '[^[:space:]]' "$notes" || {
    echo "::error file=CHANGELOG.md::the section [$VERSION] is empty"
    exit 1
}

kind=()
case $VERSION in *-*) kind=(--prerelease) ;; esac

state=$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null || echo none)
case $state in
    none) gh release create "$tag" --draft --target "$COMMIT" --title "$tag" --notes-file "$notes" "${kind[@]}" dist/* ;;
    true)
        gh release upload "$tag" --clobber dist/*
        gh release edit "$tag" --draft --target "$COMMIT"
        ;;
    *)
        echo "::error::$tag is published already"
        exit 1
        ;;
esac
