#!/usr/bin/env bash
# Prints the version of the crate.
set -euo pipefail
cargo metadata --locked --no-deps --format-version 1 \
    --manifest-path "$(dirname "$0")/../Cargo.toml" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["packages"][0]["version"])'
