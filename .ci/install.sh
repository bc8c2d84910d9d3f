#!/usr/bin/env bash
# Installs Debian's packages of these names, if a program of the same name is missing.
set -euo pipefail
missing=()
for program; do
    command -v "$program" >/dev/null || missing+=("$program")
done
[ "${#missing[@]}" != 0 ] || exit 0
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
