#!/usr/bin/env bash
# Builds the wheel: `.ci/wheel.sh TARGET FOLDER`. A musl target makes a static program,
# whose wheel every Linux takes.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1
folder=$(mkdir -p "$2" && cd "$2" && pwd)
tools=$PWD/target/wheel-tools
[ -e "$tools/.made" ] || {
    python3 -m venv "$tools"
    PATH=$tools/bin:$tools/Scripts:$PATH
    python -m pip install --quiet --disable-pip-version-check maturin==1.16.0
    touch "$tools/.made"
}
PATH=$tools/bin:$tools/Scripts:$PATH
cp LICENSE-* wheel/
# The target is told only if it is another one: with it, cargo builds in another folder.
# (The bash of macOS takes an empty list for one that is not set.)
others=()
[ "$target" = "$(rustc --print host-tuple)" ] || others=(--target "$target")
# A static program fits both kinds of Linux, and its wheel has to say so.
case $target in
*-linux-musl) others+=(--compatibility manylinux2014 musllinux_1_1) ;;
esac
cd wheel
maturin build --quiet --release --out "$folder" ${others[@]+"${others[@]}"}
