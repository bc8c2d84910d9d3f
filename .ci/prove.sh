#!/usr/bin/env bash
# Runs what proves the promises of SECURITY.md, beside what `cargo test` holds for every
# change.
#
#   .ci/prove.sh           the short form, which is a part of .ci/run: some minutes
#   .ci/prove.sh long      FUZZ_SECONDS (3600) of every fuzz target, PROPTEST_CASES (1000)
#                          new cases of every property, and every benchmark: two days
#
# docs/proof.md says which promise each part holds. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
form=${1:-short}

part() { printf '\n-- %s (after %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

case $form in
short) export FUZZ_SECONDS=${FUZZ_SECONDS:-1} ;;
long) export FUZZ_SECONDS=${FUZZ_SECONDS:-3600} ;;
*)
    echo "usage: $0 [long]" >&2
    exit 2
    ;;
esac

cargo build --quiet --release --locked

part "instructions of fixed workloads"
benches/counts.sh

part "a million files in a folder, and a clock before 1970"
.ci/faults.sh

part "what was made to be dear"
if [ "$form" = long ]; then
    benches/complexity.py 256
else
    # A busy machine makes it any number now and then.
    benches/complexity.py 4 || benches/complexity.py 4 || benches/complexity.py 4
fi

if [ "$form" = long ]; then
    part "what no run gives away, and what none loses, with random cases"
    PROPTEST_CASES=${PROPTEST_CASES:-1000} cargo test --test leaks --test differential
    part "benchmarks, into docs/performance.md"
    benches/all.sh
fi

part "every fuzz target for $FUZZ_SECONDS s"
.ci/fuzz.sh
