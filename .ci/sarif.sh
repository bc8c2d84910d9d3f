#!/usr/bin/env bash
# Holds SARIF files of hfleaks against the schema, against the validator of the
# Microsoft SARIF Multitool with the rules for GitHub, and its line hashes
# against the ones that the Multitool computes.
set -euo pipefail
cd "$(dirname "$0")/.."
hfleaks=$PWD/target/release/hfleaks
tools=$PWD/target/sarif-tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -e "$tools/.made" ]; then
    mkdir -p "$tools"
    npm install --silent --no-fund --no-audit --prefix "$tools" @microsoft/sarif-multitool@5.7.0 >/dev/null
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check check-jsonschema
    touch "$tools/.made"
fi
package=$tools/node_modules/@microsoft/sarif-multitool-linux
multitool=$package/Sarif.Multitool
chmod u+x "$multitool"

# A repository with lines that are hard to hash: line ends of every kind, equal
# lines, bytes that are no text, a file of several windows.
mkdir "$work/tree"
node .ci/hard-lines.mjs "$work/tree"
git -C "$work/tree" init --quiet

"$hfleaks" -q -f "sarif=$work/fixtures.sarif" fixtures || [ $? = 1 ]
(cd "$work/tree" && "$hfleaks" -q -f "sarif=$work/tree.sarif") || [ $? = 1 ]

# The same files as a history: some in HEAD, one deleted, a token in a message, and
# a reference to nothing, which is told without a place.
as_somebody() {
    git -C "$work/tree" -c user.name=A -c user.email=a@example.org -c core.autocrlf=false "$@"
}
as_somebody add --all
as_somebody commit --quiet --message "an example: hf_$(printf 'x%.0s' {1..34})"
first=$(git -C "$work/tree" ls-files -- . | head -n 1)
as_somebody rm --quiet --cached "$first"
as_somebody commit --quiet --message "delete"
printf '%040d\n' 1 >"$work/tree/.git/refs/heads/nothing"
"$hfleaks" -q -f "sarif=$work/history.sarif" --history "$work/tree" || [ $? = 1 ]

# And what the rules of the policy find.
"$hfleaks" -q --no-config --policy -f "sarif=$work/policy.sarif" tests/policy/corpus || [ $? = 1 ]

for file in fixtures tree history policy; do
    "$tools/python/bin/check-jsonschema" --schemafile "$package/sarif-2.1.0.json" "$work/$file.sarif"
    "$multitool" validate "$work/$file.sarif" --rule-kind 'Sarif;Gh' --level 'Error;Warning;Note' \
        --output "$work/$file.validation.sarif" --log ForceOverwrite >"$work/log" || { cat "$work/log"; exit 1; }
    node .ci/check-validation.mjs "$work/$file.validation.sarif"
done

node .ci/without-hashes.mjs "$work/tree.sarif" >"$work/bare.sarif"
"$multitool" rewrite "$work/bare.sarif" --insert RollingHashPartialFingerprints \
    --output "$work/hashed.sarif" --log ForceOverwrite >"$work/log" || { cat "$work/log"; exit 1; }
node .ci/compare-hashes.mjs "$work/tree.sarif" "$work/hashed.sarif"
