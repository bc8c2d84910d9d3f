#!/usr/bin/env bash
# Holds the formats that platforms read against schemas and programs of others: the
# validator of reviewdog's format, the XML schema that Jenkins reads JUnit by and two
# readers of it, DefectDojo's reader of GitLab's reports, and a strict reader of CSV.
# GitLab's own schema is in no registry; `cargo test --test platforms` holds the
# report against what it asks for.
set -euo pipefail
cd "$(dirname "$0")/.."
hfleaks=$PWD/target/release/hfleaks
tools=$PWD/target/format-tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -e "$tools/.made" ]; then
    mkdir -p "$tools"
    npm install --silent --no-fund --no-audit --prefix "$tools" \
        @umbrelladocs/rdformat-validator@1.0.1 >/dev/null
    python3 -m venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check \
        junitparser==5.0.3 norm-findings==0.4.3 xmlschema==4.3.2
    # Only the source package of pytest has the schema of JUnit.
    "$tools/python/bin/pip" download --quiet --disable-pip-version-check --no-deps \
        --no-binary :all: --dest "$tools" pytest==8.4.2
    tar -xzf "$tools"/pytest-*.tar.gz -C "$tools" --strip-components=3 \
        --wildcards '*/testing/example_scripts/junit-10.xsd'
    touch "$tools/.made"
fi

# Files with findings, a path that cannot be scanned, and names that mean something
# to a spreadsheet, to XML and to JSON.
mkdir "$work/tree"
cp -R fixtures "$work/tree/fixtures"
token=hf_$(printf 'x%.0s' {1..34})
for name in '=1+1' '<a>&"]]>' $'b\tc\nd' 'é "quoted", too'; do
    printf '%s\n' "$token" >"$work/tree/$name"
done
cp -R tests/policy/corpus "$work/tree/corpus"
git -C "$work/tree" init --quiet

reports() {
    (cd "$work/tree" && "$hfleaks" -q "$@" \
        -f "json=$work/report.json" -f "rdjson=$work/report.rdjson" \
        -f "junit=$work/report.xml" -f "gitlab=$work/report.gitlab.json" \
        -f "csv=$work/report.csv" 2>"$work/errors") || [ $? -le 2 ]
    "$tools/node_modules/.bin/rdformat-validator" --strict "$work/report.rdjson" \
        >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    "$tools/python/bin/norm-findings" convert --parser gitlab_secret_detection_report \
        --input-file "$work/report.gitlab.json" --output-file "$work/norm.json" \
        >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    "$tools/python/bin/python" .ci/formats.py "$tools/junit-10.xsd" "$work"
}

reports . missing
reports --policy .
reports missing
printf 'nothing\n' >"$work/tree/clean"
reports clean
