#!/usr/bin/env bash
# Executes the GitHub action, step by step as a runner does, with the release build
# and with one that it makes itself.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/action-tools
if [ ! -e "$tools/.made" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.3
    touch "$tools/.made"
fi
HFLEAKS_BUILD=1 "$tools/bin/python" -B -m unittest discover tests/action
