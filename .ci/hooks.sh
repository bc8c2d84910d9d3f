#!/usr/bin/env bash
# Builds the wheel, installs it with pip and runs it with uvx, and has the real
# pre-commit, git and husky run the hooks.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/hook-tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ ! -e "$tools/.made" ]; then
    mkdir -p "$tools"
    npm install --silent --no-fund --no-audit --prefix "$tools" husky@9.1.7 >/dev/null
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check pre-commit==4.7.0 uv==0.13.9
    touch "$tools/.made"
fi

# They only have to run: what takes minutes to optimize is for releases.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_TARGET_DIR=$PWD/target/unoptimized

wheels=$work/wheels
.ci/wheel.sh "$(rustc --print host-tuple)" "$wheels"
version=$(.ci/version.sh)

# expect WHAT WANTED GOT
expect() {
    if [ "$2" != "$3" ]; then
        printf 'the wheel: %s is %s, not %s\n' "$1" "$3" "$2" >&2
        exit 1
    fi
}

python3 -m venv "$work/fresh"
"$work/fresh/bin/pip" install --quiet --disable-pip-version-check --no-index \
    --find-links "$wheels" "hfleaks==$version"
expect "what pip installed" "hfleaks $version" "$("$work/fresh/bin/hfleaks" --version)"
expect "the status for a clean file" 0 "$("$work/fresh/bin/hfleaks" -q Cargo.toml; echo $?)"
expect "the status for a leak" 1 \
    "$("$work/fresh/bin/hfleaks" -q -f json=/dev/null fixtures/shell || echo $?)"
expect "what uvx runs" "hfleaks $version" "$(UV_CACHE_DIR=$work/uv "$tools/bin/uvx" --quiet \
    --offline --no-index --find-links "$wheels" "hfleaks@$version" --version)"
echo "the wheel: $(basename "$wheels"/*.whl)"

"$tools/bin/pre-commit" validate-manifest .pre-commit-hooks.yaml
PATH=$tools/bin:$PATH WHEELS=$wheels HUSKY=$tools/node_modules/husky/bin.js HOOKS_BUILD=1 \
    "$tools/bin/python" -B -m unittest discover tests/hooks
