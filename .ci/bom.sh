#!/usr/bin/env bash
# Lists what is in a release: .ci/bom.sh VERSION FOLDER writes the file
# hfleaks-VERSION.cdx.json, CycloneDX 1.5, with every dependency of every platform. It
# tells no path of the machine, and the same commit makes the same bytes.
#
# Compiles cargo-cyclonedx once, below target/. Needs jq.
set -euo pipefail
if [ $# != 2 ]; then
    echo "usage: $0 VERSION FOLDER" >&2
    exit 2
fi
version=$1
mkdir -p "$2"
folder=$(realpath "$2")
cd "$(dirname "$0")/.."
tool=0.5.9
tools=$PWD/target/bom-tools
if [ ! -e "$tools/.$tool" ]; then
    cargo install --quiet --locked --debug --root "$tools" cargo-cyclonedx --version "$tool"
    touch "$tools/.$tool"
fi

# It writes beside Cargo.toml, and nowhere else.
name=hfleaks-bom-$$
trap 'rm -f "$name.json"' EXIT
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
"$tools/bin/cargo-cyclonedx" cyclonedx --quiet --format json --spec-version 1.5 \
    --target all --override-filename "$name"
here="path+file://$(pwd -P)#"
jq --arg here "$here" '
    walk(if type == "string" and startswith($here) then ltrimstr($here) else . end)
    | del(.serialNumber)
' "$name.json" >"$folder/hfleaks-$version.cdx.json"

# What it lists is what is locked, but for what only tests need.
jq -e --arg version "$version" '
    .metadata.component.version == $version and (.components | length) > 100
    and all(.components[]; .purl | startswith("pkg:cargo/"))
' "$folder/hfleaks-$version.cdx.json" >/dev/null
if grep -q "file:///" "$folder/hfleaks-$version.cdx.json"; then
    echo "the list tells a path of this machine" >&2
    exit 1
fi
echo "hfleaks-$version.cdx.json lists $(jq '.components | length' \
    "$folder/hfleaks-$version.cdx.json") dependencies"
