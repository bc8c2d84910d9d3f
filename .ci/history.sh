#!/usr/bin/env bash
# Holds the history scan of a made repository against a plain expression over all
# objects: the same tokens, and one commit that brought each.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git init -q --bare "$work/made.git"
cargo run --quiet --example make_history -- 3000 400 |
    git -C "$work/made.git" fast-import --quiet --done
git -C "$work/made.git" repack -q -a -d -f

status=0
target/release/hfleaks --no-config --history --show-secrets -q \
    -f json="$work/report.json" "$work/made.git" || status=$?
test "$status" = 1
node -e '
    const report = JSON.parse(require("fs").readFileSync(process.argv[1]));
    if (!report.complete) throw new Error("the scan is incomplete");
    for (const finding of report.findings) {
        if (finding.history.introduced_total !== 1) throw new Error(finding.path);
        console.log(finding.secret);
    }
' "$work/report.json" | sort -u >"$work/found"
git -C "$work/made.git" cat-file --batch-all-objects --unordered --batch --buffer |
    grep -aoE 'hf_[A-Za-z0-9]{34,}' | sort -u >"$work/expected"
cmp "$work/found" "$work/expected"
test "$(wc -l <"$work/found")" = 400
echo "400 tokens in $(git -C "$work/made.git" rev-list --count --all) commits, each with the commit that brought it"
