#!/usr/bin/env bash
# Packs the release build as a release would, twice, and holds what is in the archive
# against those who read it: shells, and a formatter of manual pages.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.ci/install.sh zsh fish mandoc

target=$(rustc --print host-tuple)
version=$(.ci/version.sh)
for folder in one two; do
    .ci/package.sh "$version" "$target" target/release/hfleaks "$work/$folder" >/dev/null
done
name=hfleaks-$version-$target
cmp "$work/one/$name.tar.gz" "$work/two/$name.tar.gz"
tar -xzf "$work/one/$name.tar.gz" -C "$work"

"$work/$name/hfleaks" -q Cargo.toml
bash -n "$work/$name/complete/hfleaks.bash"
zsh -n "$work/$name/complete/_hfleaks"
fish --no-execute "$work/$name/complete/hfleaks.fish"
completed=$(fish -c "source $work/$name/complete/hfleaks.fish; complete -C 'hfleaks --hist'")
case $completed in
    --history*) ;;
    *) echo "fish completes \`hfleaks --hist\` by \`$completed\`" >&2 && exit 1 ;;
esac
mandoc -T lint -W error "$work/$name/man/hfleaks.1"
tar -tzf "$work/one/$name.tar.gz"
