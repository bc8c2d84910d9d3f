#!/bin/sh
# Compares `hfleaks --history` with git itself, with warm caches.
#
#   benches/history.sh             on repositories of 340,000 objects that it
#                                  makes, with 1 and with 10,000 tokens in them
#   benches/history.sh REPO...     on repositories of yours
#
# Needs git, rg, hyperfine and jq (Debian: git, ripgrep, hyperfine, jq). RG names
# another ripgrep, RUNS the number of runs. Before it measures, it checks that
# hfleaks finds the same tokens as a plain expression over all objects.
set -eu
cd "$(dirname "$0")/.."
rg=${RG:-rg}
runs=${RUNS:-7}
pattern='hf_[A-Za-z0-9]{34,}'

cargo build --quiet --release
hfleaks=$PWD/target/release/hfleaks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_repository() {
    if [ ! -e "$2.made" ]; then
        rm -rf "$2"
        git init -q --bare "$2"
        cargo run --quiet --release --example make_history -- 36000 "$1" |
            git -C "$2" fast-import --quiet --done
        git -C "$2" repack -q -a -d -f
        touch "$2.made"
    fi
}

if [ $# -eq 0 ]; then
    make_repository 1 target/bench-history-1.git
    make_repository 10000 target/bench-history-10000.git
    set -- target/bench-history-1.git target/bench-history-10000.git
fi

command() {
    case $1 in
    0) echo "$hfleaks --no-config -q --history $repository" ;;
    1) echo "git -C $repository cat-file --batch-all-objects --unordered --batch --buffer" ;;
    2) echo "git -C $repository log -p --all | $rg -a -c '$pattern'" ;;
    esac
}

measure() {
    repository=$1
    "$hfleaks" --no-config --no-default-excludes --history --show-secrets \
        -f json="$work/report.json" -q "$repository" >/dev/null || true
    jq -r '.findings[].secret' "$work/report.json" | sort -u >"$work/hfleaks"
    git -C "$repository" cat-file --batch-all-objects --unordered --batch --buffer |
        "$rg" -a -o -N "$pattern" | sort -u >"$work/rg" || true
    if ! cmp -s "$work/hfleaks" "$work/rg"; then
        echo "$repository: hfleaks and a plain expression do not find the same tokens" >&2
        exit 1
    fi
    printf '%s: %s objects, %s of them inflated, %s findings, the same tokens as a plain expression\n\n' \
        "$repository" \
        "$(git -C "$repository" cat-file --batch-all-objects --batch-check --unordered | wc -l)" \
        "$(git -C "$repository" cat-file --batch-all-objects --unordered --batch-check='%(objectsize)' |
            awk '{ sum += $1 } END { printf "%.1f GB", sum / 1e9 }')" \
        "$(jq '.findings | length' "$work/report.json")"
    rm -f "$work/report.json" "$work/hfleaks" "$work/rg"

    # The commands take turns, and turns at being first, so that a busy minute of
    # the machine hits all alike. The pipe is slow and measured once.
    run=0
    while [ "$run" -lt "$runs" ]; do
        for turn in 0 1; do
            place=$(((run + turn) % 2))
            hyperfine --style none -i --runs 1 --export-json "$work/$place.$run.json" \
                "$(command "$place")" >/dev/null 2>&1
        done
        run=$((run + 1))
    done
    hyperfine --style none -i --runs 1 --export-json "$work/2.0.json" "$(command 2)" >/dev/null 2>&1
    for place in 0 1 2; do
        jq -s '
            def median: sort | .[length / 2 | floor];
            [.[].results[0]] | {wall: (map(.mean) | median), cpu: (map(.user + .system) | median)}
        ' "$work/$place".*.json
    done | jq -rs '
        def s: . * 100 | round / 100;
        def ratio(of): . / of * 1000 | round / 1000;
        .[1] as $git
        | ["hfleaks --history", "git cat-file --batch-all-objects …", "git log -p --all \\| rg"] as $names
        | "| command | wall, median | to git | CPU, median | to git |",
          "|---|---|---|---|---|",
          (range(3) as $place | .[$place]
           | "| `\($names[$place])` | \(.wall | s) s | \(.wall | ratio($git.wall)) | \(.cpu | s) s | \(.cpu | ratio($git.cpu)) |"),
          ""
    '
    rm -f "$work"/*.json
}

for repository; do
    measure "$repository"
done
