#!/usr/bin/env bash
# Goes through a release in a copy of the repository, as far as it goes without GitHub:
# what is refused, the archive, and the tag with its hash.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$PWD/target/release/hfleaks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target=$(rustc --print host-tuple)
version=$(.ci/version.sh)

git clone --quiet . "$work/copy"
cd "$work/copy"
as_somebody() {
    git -c user.name=A -c user.email=a@example.org "$@"
}

# refuses WHAT COMMAND…
refuses() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        echo "a release: $* goes on, although $what" >&2
        exit 1
    fi
}

refuses "the changelog has no such version" .ci/plan.sh OWNER/hfleaks
sed -i "s/^## Unreleased/## $version/" CHANGELOG.md
refuses "Cargo.toml has no repository" .ci/plan.sh OWNER/hfleaks
sed -i 's|^license = |repository = "https://github.com/OWNER/hfleaks"\n&|' Cargo.toml
refuses "the repository is another one" .ci/plan.sh OTHER/hfleaks
[ "$(.ci/plan.sh OWNER/hfleaks)" = "$version" ]
as_somebody commit --quiet --all --message release

.ci/package.sh "$version" "$target" "$binary" "$work/archives" >/dev/null
(cd "$work/archives" && sha256sum -- *.tar.gz >SHA256SUMS)
.ci/tag.sh "$version" "$work/archives/SHA256SUMS"
.ci/tag.sh "$version" "$work/archives/SHA256SUMS" >/dev/null
[ "$(git rev-parse "v$version^")" = "$(git rev-parse HEAD)" ]
[ "$(git diff --name-only HEAD "v$version")" = action.sha256 ]
git show "v$version:action.sha256" | grep -qF "$(cat "$work/archives/SHA256SUMS")"
refuses "the version has a tag" .ci/plan.sh OWNER/hfleaks
sed 's/^./x/' "$work/archives/SHA256SUMS" >"$work/others"
refuses "the tag has other hashes" .ci/tag.sh "$version" "$work/others"
echo "a release of $version is tagged as $(git rev-parse --short "v$version")"
