#!/usr/bin/env bash
# Holds the dependencies against deny.toml: their licences, duplicates and sources.
# Compiles cargo-deny once, below target/.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2
tools=$PWD/target/deny-tools

if [ "$("$tools/bin/cargo-deny" --version 2>/dev/null)" != "cargo-deny $version" ]; then
    # It checks for a second what takes minutes to optimize; and its default features
    # are for fetching advisories.
    cargo install --quiet --locked --debug --no-default-features --root "$tools" \
        cargo-deny --version "$version"
fi
"$tools/bin/cargo-deny" --locked check --hide-inclusion-graph licenses bans sources
