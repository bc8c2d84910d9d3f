#!/usr/bin/env bash
# Installs the Rust that Cargo.toml names, and the target in $1 if there is one, with
# the rustup that the runners of GitHub have.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
if [ -z "$version" ]; then
    echo "Cargo.toml: no line \`rust-version = …\` says which Rust to install; add one" >&2
    exit 1
fi
# The allocator is C, and has to be compiled for musl.
case ${1:-} in
*-linux-musl) .ci/install.sh musl-tools ;;
esac
rustup toolchain install "$version" --profile minimal --component clippy,rustfmt \
    ${1:+--target "$1"}
rustup default "$version"
