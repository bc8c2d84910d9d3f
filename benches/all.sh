#!/usr/bin/env bash
# Runs every benchmark of whole commands, and writes their tables into
# docs/performance.md, with the machine and the versions they were made with.
#
#   benches/all.sh
#
# Takes about 20 minutes after the first time, which makes the trees and the repositories.
# Installs what it needs (ripgrep, hyperfine, jq, and for containers what
# `.ci/containers.sh` installs). RUNS is the number of runs of each.
set -euo pipefail
cd "$(dirname "$0")/.."
page=docs/performance.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.ci/install.sh hyperfine jq
command -v rg >/dev/null || .ci/install.sh ripgrep
[ -x target/container-tools/bin/python ] || .ci/containers.sh >/dev/null
cargo build --quiet --release
hfleaks=$PWD/target/release/hfleaks

# table TITLE COMMAND…: how long commands take beside the first of them, in turns.
table() {
    printf '\n### %s\n\n| command | median | to the first |\n|---|---|---|\n' "$1"
    shift
    local run place first=
    for run in $(seq "${RUNS:-15}"); do
        place=0
        for command; do
            hyperfine --style none -i --runs 1 -N --export-json "$work/$place.$run.json" \
                "$command" >/dev/null 2>&1
            place=$((place + 1))
        done
    done
    place=0
    for command; do
        median=$(jq -s '[.[].results[0].mean * 1000] | sort | .[length / 2 | floor]' \
            "$work/$place".*.json)
        first=${first:-$median}
        awk -v command="${command//"$work"/.}" -v median="$median" -v first="$first" 'BEGIN {
            gsub(/[^ ]*\//, "", command)
            printf "| `%s` | %.1f ms | %.2f |\n", command, median, median / first
        }'
        place=$((place + 1))
    done
    rm -f "$work"/*.json
}

start_up() {
    mkdir -p "$work/small"
    echo 'print("hello")' >"$work/small/a.py"
    table "Start-up: one small file" "rg -uuu -a -c hf_ $work/small" \
        "$hfleaks --no-config -q $work/small" "$hfleaks --no-config -q --policy $work/small"
}

# A token on each of 100,000 lines.
findings() {
    awk 'BEGIN {
        srand(7)
        letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for (line = 0; line < 100000; line++) {
            token = "hf_"
            for (place = 0; place < 34; place++)
                token = token substr(letters, int(rand() * 52) + 1, 1)
            print "login(\"" token "\")"
        }
    }' >"$work/many.py"
    table "100,000 findings in one file" "rg -uuu -a -c hf_ $work/many.py" \
        "$hfleaks --no-config -f csv=$work/out.csv $work/many.py" \
        "$hfleaks --no-config -f json=$work/out.json $work/many.py" \
        "$hfleaks --no-config -f sarif=$work/out.sarif $work/many.py"
}

measured() {
    printf '\n%s, %s cores, %s; hfleaks %s (%s), %s, %s.\n' \
        "$(uname -sm)" "$(nproc)" "$(date -u +%Y-%m-%d)" \
        "$("$hfleaks" --version | cut -d' ' -f2)" "$(git rev-parse --short HEAD)" \
        "$(rg --version | head -n 1)" "$(git --version)"
    start_up
    printf '\n### A tree\n\n'
    benches/tree.sh
    printf '\n### A history\n\n'
    benches/history.sh
    printf '\n### Containers\n\n'
    benches/containers.sh
    findings
    printf '\n'
}

measured | sed "s|$PWD/||g; s|$work|.|g" >"$work/measured"
awk -v measured="$work/measured" '
    /^<!-- measured by benches\/all.sh -->$/ {
        print
        while ((getline line < measured) > 0) print line
        skipping = 1
        next
    }
    /^<!-- end -->$/ { skipping = 0 }
    !skipping
' "$page" >"$work/page"
cp "$work/page" "$page"
