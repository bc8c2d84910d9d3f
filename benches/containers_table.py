"""Prints how many of the tokens that `tests/containers` plants hfleaks finds, and how
many `rg -z` shows, by family: a table in Markdown.

    target/container-tools/bin/python -B benches/containers_table.py [--missing]

needs what `.ci/containers.sh` installs, and for `rg -z` gzip, bzip2, xz, lz4, brotli and
zstd, which it runs. HFLEAKS names another program than the release build. A token counts
for hfleaks if its report names that token, and for ripgrep if its output has it, wherever
that is; both are told nothing but the folder. --missing lists what hfleaks does not find.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "containers"))

from case import check_visible, scan, token_id
from families import FAMILIES

PATTERN = "hf_[A-Za-z0-9]{34,}"
# `-a` has to stand behind `-uuu`, which would take it back.
RIPGREP = [str(Path(sys.executable).parent / "rg"), "-uuu", "-a", "-z", "--no-config", PATTERN]
PACKERS = ["gzip", "bzip2", "xz", "lz4", "brotli", "zstd"]


def found_by_hfleaks(folder, tokens):
    ids = {finding["token_id"] for finding in scan(folder).findings}
    return [token_id(token) in ids for token in tokens]


def found_by_ripgrep(folder, tokens):
    done = subprocess.run([*RIPGREP, "."], cwd=folder, capture_output=True)
    return [token.encode() in done.stdout for token in tokens]


def is_without_tokens(case):
    """Whether it is about what cannot be read."""
    return not case.found or not case.is_possible()


def measure(case):
    """What each of the two finds, token by token."""
    with tempfile.TemporaryDirectory(prefix="containers ") as home:
        folder = Path(home) / "files"
        folder.mkdir()
        tokens = case.tokens()
        case.make(folder, *tokens)
        check_visible(case, folder, tokens)
        return found_by_hfleaks(folder, tokens), found_by_ripgrep(folder, tokens)


def row(family):
    """The numbers of a family: cases, tokens, and those that each finds."""
    numbers = [0, 0, 0, 0]
    for case in family.cases:
        if is_without_tokens(case):
            continue
        hfleaks, ripgrep = measure(case)
        counts = [1, len(hfleaks), sum(hfleaks), sum(ripgrep)]
        numbers = [sum(pair) for pair in zip(numbers, counts)]
        if "--missing" in sys.argv and not all(hfleaks):
            print(f"not found: {family.name}: {case.title}", file=sys.stderr)
    return numbers


def main():
    missing = [packer for packer in PACKERS if shutil.which(packer) is None]
    if missing:
        sys.exit(f"rg -z needs {', '.join(missing)}")
    version = subprocess.run([RIPGREP[0], "--version"], capture_output=True, text=True, check=True)
    rows = {family.name: row(family) for family in FAMILIES}
    rows["**all**"] = [sum(column) for column in zip(*rows.values())]
    print(
        f"| | files made | tokens in them | hfleaks | {version.stdout.split(' (')[0].split()[0]} "
        f"{version.stdout.split()[1]}, `rg -uuu -a -z` |"
    )
    print("|---|---|---|---|---|")
    for name, numbers in rows.items():
        print(f"| {' | '.join(map(str, [name, *numbers]))} |")


main()
