#!/bin/sh
# Measures what hfleaks makes of Parquet files and of notebooks, beside a program that
# only unpacks the same pages, or parses the same JSON, with the same libraries and as
# many threads; with warm caches.
#
#   benches/containers.sh            on 1 GB of Parquet and 10,000 notebooks
#   benches/containers.sh PERCENT    on so many percent of that
#
# Needs hyperfine and jq (Debian: hyperfine, jq), and what `.ci/containers.sh` installs.
# RUNS is the number of runs, HFLEAKS another program than the release build. Before it
# measures, it checks that hfleaks opens the files and finds what was planted.
set -eu
cd "$(dirname "$0")/.."
percent=${1:-100}
runs=${RUNS:-10}
python=$PWD/target/container-tools/bin/python
data=target/bench-containers-$percent

cargo build --quiet --release --examples
hfleaks=${HFLEAKS:-$PWD/target/release/hfleaks}
examples=$PWD/target/release/examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for kind in parquet notebooks; do
    if [ ! -e "$data/$kind.made" ]; then
        rm -rf "${data:?}/$kind"
        mkdir -p "$data"
        "$python" -B benches/make_containers.py "$kind" "$data/$kind" "$percent"
        touch "$data/$kind.made"
    fi
done

# check KIND CONDITION: of the report, in jq.
check() {
    "$hfleaks" -q --no-config -f "json=$work/report.json" "$data/$1" || [ $? = 1 ]
    if ! jq -e ".complete and ($2)" "$work/report.json" >/dev/null; then
        echo "hfleaks does not find what was planted in $data/$1:" >&2
        jq -c '{complete, unscanned, findings: (.findings | length)}' "$work/report.json" >&2
        exit 1
    fi
}
check parquet '[.findings[].path | split("!")[0]] | unique | length == 6'
check notebooks "[.findings[].path] | unique | length == $percent"
check notebooks 'all(.findings[]; .within.cell)'

command() {
    case $1 in
    0) echo "$hfleaks --no-config -q $data/parquet" ;;
    1) echo "$hfleaks --no-config -q --no-containers $data/parquet" ;;
    2) echo "$examples/read_parquet $(echo "$data"/parquet/*)" ;;
    3) echo "$hfleaks --no-config -q $data/notebooks" ;;
    4) echo "$hfleaks --no-config -q --no-containers $data/notebooks" ;;
    5) echo "$examples/read_notebooks $data/notebooks" ;;
    esac
}

# The commands of a kind take turns, and turns at being first, so that a busy minute of
# the machine and a cold cache hit all alike.
for first in 0 3; do
    run=0
    while [ "$run" -lt "$runs" ]; do
        for turn in 0 1 2; do
            place=$((first + (run + turn) % 3))
            hyperfine --style none -N -i --runs 1 --export-json "$work/$place.$run.json" \
                "$(command "$place")" >/dev/null 2>&1
        done
        run=$((run + 1))
    done
done

size() {
    find "$data/$1" -type f -printf '%s\n' | jq -s add
}
unpacked=$("$examples/read_parquet" "$data"/parquet/*)
for place in 0 1 2 3 4 5; do
    jq -s '
        def median: sort | .[length / 2 | floor];
        [.[].results[0]] | {wall: (map(.mean) | median), cpu: (map(.user + .system) | median)}
    ' "$work/$place".*.json
done | jq -rs --argjson parquet "$(size parquet)" --argjson notebooks "$(size notebooks)" \
    --argjson unpacked "$unpacked" '
    def ms: . * 1000 | round;
    def speed(bytes): bytes / .wall / 1e6 | round;
    def ratio(of): . / of * 100 | round / 100;
    def row(name; bytes; base):
        "| \(name) | \(.wall | ms) ms | \(speed(bytes)) MB/s | \(.wall | ratio(base.wall)) | \(.cpu | ms) ms | \(.cpu | ratio(base.cpu)) |";
    . as $rows
    | ["hfleaks", "hfleaks --no-containers", "unpacks its pages, no more",
       "hfleaks", "hfleaks --no-containers", "parses its JSON, no more"] as $names
    | "\($parquet / 1e6 | round) MB of Parquet, which unpack to \($unpacked / 1e6 | round) MB of pages with text; \($notebooks / 1e6 | round) MB of notebooks. Speed is of bytes on disk, and ratios are to the last line of a kind.",
      "",
      "| | wall, median | speed | ratio | CPU, median | ratio |",
      "|---|---|---|---|---|---|",
      (range(3) as $place | $rows[$place] | row("Parquet: " + $names[$place]; $parquet; $rows[2])),
      (range(3; 6) as $place | $rows[$place] | row("notebooks: " + $names[$place]; $notebooks; $rows[5]))
'
