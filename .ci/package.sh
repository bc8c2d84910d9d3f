#!/usr/bin/env bash
# Packs a release: .ci/package.sh VERSION TARGET BINARY OUTDIR makes
# OUTDIR/hfleaks-VERSION-TARGET.tar.gz. What the binary can tell of itself,
# completions and the manual page, it writes itself, so it has to run here.
set -euo pipefail
if [ $# != 4 ]; then
    echo "usage: $0 VERSION TARGET BINARY OUTDIR" >&2
    exit 2
fi
version=$1 target=$2 binary=$3 out=$4
sources=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

said=$("$binary" --version)
if [ "$said" != "hfleaks $version" ]; then
    echo "$binary: is \`$said\`, not hfleaks $version; build it anew" >&2
    exit 1
fi

name=hfleaks-$version-$target
folder=$work/$name
mkdir -p "$folder/complete" "$folder/man" "$out"
case $target in
*-windows-*) cp "$binary" "$folder/hfleaks.exe" ;;
*) cp "$binary" "$folder/hfleaks" ;;
esac
cp "$sources"/{README.md,CHANGELOG.md,LICENSE-MIT,LICENSE-APACHE} "$folder"
# Each under the name by which its shell looks for it.
"$binary" --generate complete-bash >"$folder/complete/hfleaks.bash"
"$binary" --generate complete-zsh >"$folder/complete/_hfleaks"
"$binary" --generate complete-fish >"$folder/complete/hfleaks.fish"
"$binary" --generate complete-powershell >"$folder/complete/_hfleaks.ps1"
"$binary" --generate man >"$folder/man/hfleaks.1"

empty=$(find "$folder" -type f -empty)
if [ -n "$empty" ]; then
    echo "${empty//$work\//}: empty, and would be shipped so; see what" \
        "\`hfleaks --generate\` prints" >&2
    exit 1
fi

# The commit's time, so that the same commit makes the same archive.
time=${SOURCE_DATE_EPOCH:-$(git -C "$sources" log -1 --format=%ct)}
# Windows has no python3.
python=$(command -v python3 || command -v python)
"$python" "$sources/.ci/pack.py" "$folder" "$out/$name.tar.gz" "$time"
echo "$out/$name.tar.gz"
