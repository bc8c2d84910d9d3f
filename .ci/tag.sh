#!/usr/bin/env bash
# Tags HEAD as released: .ci/tag.sh VERSION SHA256SUMS puts the hashes of the
# archives into action.sha256, in a commit of its own on top of HEAD, and the tag
# vVERSION on that. Nothing is pushed, and the branch stays where it is.
#
# The time is HEAD's: the same archives make the same commit, so a release that failed
# half way tags again without a conflict.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?name a version, such as 0.1.0}
sums=${2:?name the file SHA256SUMS of the archives}

if ! grep -q "hfleaks-$version-" "$sums" || grep -qv "  hfleaks-$version-" "$sums"; then
    echo "$sums: has to list archives of version $version, and nothing else" >&2
    exit 1
fi

index=$(mktemp)
trap 'rm -f "$index"' EXIT
export GIT_INDEX_FILE=$index
export GIT_AUTHOR_NAME='hfleaks release' GIT_AUTHOR_EMAIL=release@hfleaks.invalid
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
GIT_COMMITTER_DATE=$(git log -1 --format=%cI)
export GIT_COMMITTER_DATE GIT_AUTHOR_DATE=$GIT_COMMITTER_DATE

# Without those of a build of this version that was given up.
known=$(git cat-file blob HEAD:action.sha256 2>/dev/null | grep -v "  hfleaks-$version-" || true)
list=$(printf '%s\n' "$known" "$(cat "$sums")" | sed '/^$/d' |
    git hash-object -w --stdin)
git read-tree HEAD
git update-index --add --cacheinfo "100644,$list,action.sha256"
commit=$(git commit-tree "$(git write-tree)" -p HEAD -m "Release $version")
if [ "$(git rev-parse --quiet --verify "refs/tags/v$version" || true)" != "$commit" ]; then
    if ! git tag "v$version" "$commit"; then
        echo "v$version: is tagged with another build already; docs/releasing.md says" \
            "how to go on" >&2
        exit 1
    fi
fi
echo "v$version is $commit"
