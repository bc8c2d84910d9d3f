#!/usr/bin/env bash
# Prints what CHANGELOG.md says of the version in $1: the text of its release.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:?name a version, such as 0.1.0}

section=$(awk -v version="$version" '
    $1 == "##" { inside = $2 == version; next }
    inside
' CHANGELOG.md)
if [ -z "$section" ]; then
    echo "CHANGELOG.md: no section \`## $version\`, or nothing in it; rename" \
        "\`## Unreleased\` before you release" >&2
    exit 1
fi
printf '%s\n' "$section" | sed '/./,$!d'
