#!/usr/bin/env bash
# Counts the instructions of the release build on three fixed workloads, and compares
# with what was counted before: times are noisy, and counts are not.
#
#   benches/counts.sh            fails where a count is more than 5 % above what is written
#   benches/counts.sh --write    writes what it counted
#
# Needs valgrind (Debian: valgrind). The counts are those of one thread; the compiler's
# version and the processor's family have their part in them.
set -euo pipefail
cd "$(dirname "$0")/.."
tolerance=5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --quiet --release --example make_tree --example make_history --bin hfleaks
hfleaks=$PWD/target/release/hfleaks
examples=$PWD/target/release/examples

"$examples/make_tree" "$work/tree" 1500
git init -q --bare "$work/history.git"
"$examples/make_history" 300 40 | git -C "$work/history.git" fast-import --quiet --done
git -C "$work/history.git" repack -q -a -d -f --threads=1
mkdir "$work/packed"
tar -C "$work/tree" -czf "$work/packed/tree.tar.gz" 0
find "$work/tree/1" -type f | sort | head -n 100 | xargs cat | base64 >"$work/packed/text.b64"

# count NAME ARGUMENT…: how many instructions a scan takes, in one thread.
count() {
    local name=$1 status=0
    shift
    env -i PATH="$PATH" HOME="$work" valgrind --quiet --tool=callgrind \
        --callgrind-out-file="$work/$name.out" \
        "$hfleaks" --no-config -q -j 1 "$@" >/dev/null || status=$?
    test "$status" = 1
    echo "$name $(sed -n 's/^summary: //p' "$work/$name.out")"
}

{
    count tree "$work/tree"
    count history --history "$work/history.git"
    count containers "$work/packed"
} >"$work/counts"

if [ "${1:-}" = --write ]; then
    cp "$work/counts" target/counts.txt
    cat target/counts.txt
    exit
fi
join target/counts.txt "$work/counts" | awk -v tolerance="$tolerance" '
    {
        change = 100 * ($3 / $2 - 1)
        printf "%-12s %15.0f instructions, %+.1f %%\n", $1, $3, change
        counted++
        if (change > tolerance) dearer = dearer " " $1
    }
    END {
        if (counted != 3) { print "target/counts.txt does not have the three workloads"; exit 1 }
        if (dearer != "") {
            print "dearer than what target/counts.txt says:" dearer
            print "write it anew with `benches/counts.sh --write` if that is the price of something"
            exit 1
        }
    }'
