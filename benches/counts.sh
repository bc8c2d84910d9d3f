#!/usr/bin/env bash
# Counts the instructions of the release build on four fixed workloads, and compares
# with benches/counts.txt: times are noisy, and counts are not.
#
#   benches/counts.sh            fails where a count is more than 3 % above what is written
#   benches/counts.sh --write    writes what it counted
#
# HFLEAKS names another program than target/release/hfleaks. Needs valgrind, and installs it
# where apt-get does. The counts are those of one thread. Another compiler makes other
# instructions of the same source: there, only 15 % more are a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.ci/install.sh valgrind

[ -n "${HFLEAKS:-}" ] || cargo build --quiet --release --locked
hfleaks=${HFLEAKS:-$PWD/target/release/hfleaks}
cargo build --quiet --example make_tree --example make_history
examples=$PWD/target/debug/examples

"$examples/make_tree" "$work/tree" 1500
git init -q --bare "$work/history.git"
"$examples/make_history" 300 40 | git -C "$work/history.git" fast-import --quiet --done
git -C "$work/history.git" repack -q -a -d -f --threads=1
mkdir "$work/packed"
tar -C "$work/tree" -czf "$work/packed/tree.tar.gz" 0
find "$work/tree/1" -type f | sort | head -n 100 | xargs cat | base64 >"$work/packed/text.b64"
mkdir "$work/small"
echo 'login("hf_'"$(printf 'aBcDeFgHiJkLmNoPq%.0s' 1 2)"'")' >"$work/small/a.py"

# count NAME ARGUMENT…: how many instructions a scan takes, in one thread.
count() {
    local name=$1 status=0
    shift
    env -i PATH="$PATH" HOME="$work" valgrind --log-file="$work/log" --tool=callgrind \
        --callgrind-out-file="$work/$name.out" \
        "$hfleaks" --no-config -q -j 1 "$@" >/dev/null || status=$?
    test "$status" = 1
    echo "$name $(sed -n 's/^summary: //p' "$work/$name.out")"
}

compiler=$(rustc --version)
{
    echo "# $compiler"
    count start-up "$work/small"
    count tree "$work/tree"
    count history --history "$work/history.git"
    count containers "$work/packed"
} >"$work/counts"

written=benches/counts.txt
if [ "${1:-}" = --write ]; then
    cp "$work/counts" "$written"
    cat "$written"
    exit
fi
tolerance=3
if [ "# $compiler" != "$(head -n 1 "$written")" ]; then
    tolerance=15
    echo "$written was counted with $(head -n 1 "$written" | cut -c3-), this with $compiler"
fi
join --nocheck-order <(grep -v '^#' "$written") <(grep -v '^#' "$work/counts") |
    awk -v tolerance="$tolerance" -v written="$written" '
        {
            change = 100 * ($3 / $2 - 1)
            printf "%-12s %15.0f instructions, %+.1f %%\n", $1, $3, change
            counted++
            if (change > tolerance) dearer = dearer " " $1
        }
        END {
            if (counted != 4) { print written " does not have the four workloads"; exit 1 }
            if (dearer != "") {
                print "more than " tolerance " % above " written ":" dearer
                print "if that is the price of something, benches/counts.sh --write"
                exit 1
            }
        }'
