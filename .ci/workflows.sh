#!/usr/bin/env bash
# Holds the workflows, the Dependabot file, the action and the workflow that its page
# shows against their schemas, the checks of actionlint with shellcheck, and the
# security audits of zizmor.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/workflow-tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -e "$tools/.made" ]; then
    mkdir -p "$tools"
    npm install --silent --no-fund --no-audit --prefix "$tools" \
        @action-validator/cli@0.6.0 @action-validator/core@0.6.0 >/dev/null
    python3 -m venv "$tools"
    # jactionlint has the checks of actionlint, whose own package downloads a program
    # when it is installed.
    "$tools/bin/pip" install --quiet --disable-pip-version-check \
        check-jsonschema==0.39.0 jactionlint==2.3.0 zizmor==1.32.0
    touch "$tools/.made"
fi

holds() {
    "$tools/bin/check-jsonschema" --quiet --builtin-schema "vendor.$1" "${@:2}"
}

# The page's workflow, with the name that the reader has to fill in.
shown=$work/.github/workflows/hfleaks.yml
mkdir -p "$work/.github/workflows"
awk '/^```/ { if (inside) exit; inside = /yaml/; next } inside' docs/github-action.md |
    sed "s/@COMMIT/@$(printf '%040d' 1) # v1.0.0/" >"$shown"

holds github-workflows .github/workflows/*.yml "$shown"
holds dependabot .github/dependabot.yml
holds github-actions action.yml
# It does not know every permission of a workflow yet.
for file in action.yml "$shown"; do
    "$tools/node_modules/.bin/action-validator" "$file"
done
"$tools/bin/jactionlint" --no-online --strict-exit
"$tools/bin/zizmor" --quiet --offline --persona=pedantic . "$work"
