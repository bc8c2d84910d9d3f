#!/usr/bin/env bash
# Prints the version that Cargo.toml names, if this checkout may be released as that:
# no tag has it yet, CHANGELOG.md speaks of it, and `package.repository` is the
# repository in $1 (OWNER/NAME).
set -euo pipefail
cd "$(dirname "$0")/.."
here=${1:?name the repository, as OWNER/NAME}

refuse() {
    echo "$*" >&2
    exit 1
}

metadata=$(cargo metadata --locked --no-deps --format-version 1)
field() {
    python3 -c '
import json, sys
print(json.load(sys.stdin)["packages"][0][sys.argv[1]] or "")
' "$1" <<<"$metadata"
}
version=$(field version)
repository=$(field repository)

if git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null; then
    refuse "Cargo.toml: version $version has a tag, v$version; raise the version"
fi
.ci/changelog.sh "$version" >/dev/null
if [ "${repository%.git}" != "https://github.com/$here" ]; then
    refuse "Cargo.toml: repository is ${repository:-not set}, but this is" \
        "https://github.com/$here; release from there, or change the line"
fi
echo "$version"
