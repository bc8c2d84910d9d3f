#!/usr/bin/env bash
# The commands of the remedies exist, in the oldest huggingface_hub that they name
# and in the newest; the YAML to paste parses.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for version in ==0.34.0 ''; do
    python3 -m venv "$work/hub$version"
    "$work/hub$version/bin/pip" install --quiet --disable-pip-version-check \
        "huggingface_hub$version" pyyaml
done
"$work/hub/bin/python" .ci/remedies.py "$work/hub==0.34.0" "$work/hub"
