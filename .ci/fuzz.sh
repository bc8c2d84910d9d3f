#!/usr/bin/env bash
# Fuzzes every target for a short time from its seeds: FUZZ_SECONDS each, 2 if it is not
# set. Arguments are the targets to run, such as `decode-zip`; without any, all.
#
# What is found stays in target/fuzz/found, and new inputs in target/fuzz/corpus. Takes a
# nightly toolchain if there is one; where not, the stable one is told that it is one.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-2}
tools=$PWD/target/fuzz-tools
export PATH="$tools/bin:$PATH"
if ! command -v cargo-fuzz >/dev/null; then
    cargo install --quiet --locked cargo-fuzz --version 0.13.2 --root "$tools"
fi
if toolchain=$(rustup toolchain list 2>/dev/null | grep -om1 '^nightly[^ ]*'); then
    export RUSTUP_TOOLCHAIN=$toolchain
else
    export RUSTC_BOOTSTRAP=1
fi
# What is fuzzed is what is shipped.
cp Cargo.lock fuzz/Cargo.lock
# Many units: an hour of fuzzing loses little by it, and the gate wins minutes.
cargo fuzz build --codegen-units 16 --target-dir target/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
programs=$PWD/target/fuzz/$host/release

# One target: its seeds and what was made of them before.
fuzz() {
    local target=$1 corpus=target/fuzz/corpus/$1 found=target/fuzz/found/$1
    mkdir -p "$corpus" "$found"
    if SUBJECT=${target#*-} "$programs/${target%%-*}" "$corpus" "fuzz/seeds/$target" \
        -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=65536 \
        -artifact_prefix="$found/" -print_final_stats=1 -print_funcs=0 \
        -detect_leaks=0 >"$found/log" 2>&1; then
        sed -n 's/^stat::number_of_executed_units: *//p' "$found/log" |
            xargs printf '%-32s %9s runs\n' "$target"
    else
        printf '%s\n' "$target has found something: $found" "$(tail -n 40 "$found/log")"
        return 1
    fi
}
export -f fuzz
export seconds programs

if [ "$#" = 0 ]; then
    set -- fuzz/seeds/*/
    set -- "${@#fuzz/seeds/}"
    set -- "${@%/}"
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'fuzz {}'
