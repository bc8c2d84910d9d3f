#!/usr/bin/env bash
# Faults that take too long for a test, or a program that tests do without: a million
# files in one folder, and a clock before 1970.
#
# HFLEAKS names another program than the release build. Needs GNU time and faketime
# (Debian: time, faketime), python3, and a million free inodes.
set -euo pipefail
cd "$(dirname "$0")/.."
hfleaks=${HFLEAKS:-$PWD/target/release/hfleaks}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for needed in faketime time; do
    if ! type -P "$needed" >/dev/null; then
        apt-get install -qq -y "$needed" >/dev/null
    fi
done

token=$(python3 -c 'import random, string; print("hf_" + "".join(random.choices(string.ascii_letters, k=34)))')

# expect STATUS COMMAND…: runs it, with its output in $work/out and $work/err.
expect() {
    local expected=$1 status=0
    shift
    "$@" >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" != "$expected" ] || grep -q 'panicked\|hfleaks failed' "$work/err"; then
        echo "expected status $expected, got $status: $*" >&2
        head -n 20 "$work/err" >&2
        exit 1
    fi
}

# The names of a folder are listed before the first is scanned, and each takes about so
# many bytes of memory, beside the 64 MB of a scan.
a_name=256
count=1000000
mkdir "$work/many"
python3 - "$work/many" "$count" <<'PYTHON'
import os, sys
folder = os.open(sys.argv[1], os.O_RDONLY)
for number in range(int(sys.argv[2])):
    os.close(os.open(f"file-{number:07}.txt", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=folder))
PYTHON
echo "$token" >"$work/many/file-0500000.txt"
expect 1 env time --quiet --format '%M %e' --output "$work/cost" "$hfleaks" --no-config -j 2 "$work/many"
grep -q 'file-0500000.txt' "$work/out"
grep -q '1,000,000 files' "$work/out"
read -r kilobytes seconds <"$work/cost"
echo "a million files in one folder: $((kilobytes / 1000)) MB, $seconds s"
test "$((kilobytes * 1024))" -lt "$(((64 << 20) + count * a_name))"
find "$work/many" -delete

# A clock before 1970: nothing that tells the time fails, and no token is valid since.
mkdir "$work/clock"
git -C "$work/clock" init -q
echo "$token" >"$work/clock/a.txt"
git -C "$work/clock" add a.txt
git -C "$work/clock" -c user.name=a -c user.email=a@example.org commit -q -m a
for format in text json jsonl sarif github github-summary gitlab junit csv markdown rdjson; do
    "$hfleaks" --help | grep -q -w "$format" || continue
    expect 1 env -C "$work/clock" faketime -m '1955-11-05 06:00:00' "$hfleaks" -f "$format"
    expect 1 env -C "$work/clock" faketime -m '1955-11-05 06:00:00' "$hfleaks" --history -f "$format"
done
expect 1 env -C "$work/clock" faketime -m '1955-11-05 06:00:00' "$hfleaks" --since '2 weeks ago'
echo "a clock before 1970 is no reason to fail"
