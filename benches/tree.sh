#!/bin/sh
# Compares hfleaks with ripgrep on a tree, with warm caches; and all its rules with
# one.
#
#   benches/tree.sh           on a tree of 110,000 files and 2 GB that it makes
#   benches/tree.sh FOLDER    on a tree of yours
#
# Needs rg, hyperfine and jq (Debian: ripgrep, hyperfine, jq). RG names another
# ripgrep, RUNS the number of runs. Before it measures, it checks that both find
# the same matches.
set -eu
cd "$(dirname "$0")/.."
rg=${RG:-rg}
runs=${RUNS:-10}
pattern='hf_[A-Za-z0-9]{34,}'

cargo build --quiet --release
hfleaks=$PWD/target/release/hfleaks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -gt 0 ]; then
    tree=$1
else
    tree=target/bench-tree-2
    if [ ! -e "$tree.made" ]; then
        rm -rf "$tree"
        cargo run --quiet --release --example make_tree -- "$tree" 110000
        touch "$tree.made"
    fi
fi

# Path and offset of every match. The texts of matches stay out of it.
"$hfleaks" --no-config --no-ignore --no-default-excludes -f json "$tree" |
    jq -r '.findings[] | select(.path | contains("/.git/") | not) | "\(.path):\(.offset)"' |
    sort >"$work/hfleaks" || true
"$rg" -uuu -a -o -b -N --no-heading -H -g '!**/.git/**' "$pattern" "$tree" |
    sed -E 's/^(.*):([0-9]+):hf_[A-Za-z0-9]+$/\1:\2/' | sort >"$work/rg" || true
if ! cmp -s "$work/hfleaks" "$work/rg"; then
    echo "hfleaks and ripgrep do not find the same:" >&2
    diff "$work/hfleaks" "$work/rg" | head >&2
    exit 1
fi

printf '%s: %s files, %s, %s matches found by both\n\n' "$tree" \
    "$(find "$tree" -type f | wc -l)" "$(du -sh --apparent-size "$tree" | cut -f1)" \
    "$(wc -l <"$work/rg")"

command() {
    case $1 in
    0) echo "$hfleaks --no-config -q $tree" ;;
    1) echo "$hfleaks --no-config -q --select VNX-SEC-027 $tree" ;;
    2) echo "$hfleaks --no-config -q --no-ignore --no-default-excludes $tree" ;;
    3) echo "$rg -uuu -a -c $pattern $tree" ;;
    esac
}

# The commands take turns, and turns at being first, so that a busy minute of
# the machine and a cold cache hit all alike.
run=0
while [ "$run" -lt "$runs" ]; do
    for turn in 0 1 2 3; do
        place=$(((run + turn) % 4))
        hyperfine --style none -N -i --runs 1 --export-json "$work/$place.$run.json" \
            "$(command "$place")" >/dev/null 2>&1
    done
    run=$((run + 1))
done

for place in 0 1 2 3; do
    jq -s '
        def median: sort | .[length / 2 | floor];
        [.[].results[0]] | {wall: (map(.mean) | median), cpu: (map(.user + .system) | median)}
    ' "$work/$place".*.json
done | jq -rs '
    def ms: . * 1000 | round;
    def ratio(of): . / of * 100 | round / 100;
    .[3] as $rg
    | ["hfleaks", "hfleaks --select VNX-SEC-027", "hfleaks --no-ignore --no-default-excludes",
       "rg -uuu -a -c"] as $names
    | "| command | wall, median | to ripgrep | CPU, median | to ripgrep |",
      "|---|---|---|---|---|",
      (range(4) as $place | .[$place]
       | "| `\($names[$place])` | \(.wall | ms) ms | \(.wall | ratio($rg.wall)) | \(.cpu | ms) ms | \(.cpu | ratio($rg.cpu)) |")
'
