"""Runs hfleaks and other scanners on small cases that hold one Hugging Face token
each, and writes which of them find it: `page.py [--tokens N] PAGE`.

`benches/peers.sh` installs the scanners and runs this with them in PATH. A tool has
found a token only if it reports something in the case that holds it, and nothing in
the same case with harmless words of the same length in its place.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

# Importing these two registers their cases.
import files
import repositories
from case import CASES, FILES, HISTORY, SEALED, environment
from texts import COMMANDS, INTRODUCTION, NOTES
from tokens import HARMLESS, draw
from tools import THOROUGH, TOOLS, columns, reports

ANYWAY = "also without the token"


def cell(what, tool, tokens):
    """What the table says: the words are tried where a token was found."""
    answers = [reports(tool, what, token) for token in tokens]
    if any(answers):
        answers.append(reports(tool, what, HARMLESS))
    wrong = [answer for answer in answers if isinstance(answer, str)]
    if wrong:
        return wrong[0]
    if not any(answers):
        return "no"
    *found, harmless = answers
    if harmless:
        return ANYWAY
    return "yes" if all(found) else f"{sum(found)} of {len(found)}"


def measure(tokens):
    """The cells, by the title of the case and the name of the column."""
    cells = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pending = {
            (what.title, tool.name): pool.submit(cell, what, tool, tokens)
            for what in CASES
            for tool in columns(what.group)
        }
        for place, result in pending.items():
            cells[place] = result.result()
            print(*place, cells[place], sep="\t", flush=True)
    return cells


def table(group, cells):
    names = [tool.name for tool in columns(group)]
    rows = [what.title for what in CASES if what.group == group]
    yield "| " + " | ".join(["", *names]) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for title in rows:
        yield "| " + " | ".join([title, *(cells[title, name] for name in names)]) + " |"
    found = [sum(cells[title, name] in ("yes", ANYWAY) for title in rows) for name in names]
    yield "| " + " | ".join([f"**found, of {len(rows)}**", *map(str, found)]) + " |"


def version(tool):
    done = subprocess.run(
        shlex.split(tool.version), env=environment(), capture_output=True, text=True, check=True
    )
    return re.search(r"\d+\.\d+\.\d+\S*", done.stdout)[0]


def commands():
    for tool in TOOLS:
        yield f"**{tool.name}** {version(tool)} ({tool.package})\n"
        yield "```sh"
        yield from dict.fromkeys(filter(None, [tool.files, tool.history, tool.staged]))
        yield from (each.history for each in THOROUGH if each.name.startswith(f"{tool.name},"))
        yield "```\n"


def page(cells, tokens):
    parts = [INTRODUCTION.format(tokens=tokens, harmless=HARMLESS)]
    for group in [FILES, SEALED, HISTORY]:
        parts += [f"## {group}\n", *table(group, cells), "", NOTES[group]]
    parts += ["## Versions and commands\n", COMMANDS, *commands()]
    return "\n".join(parts).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=1)
    parser.add_argument("page", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        # All that is made, here and by the tools, is gone in the end.
        tempfile.tempdir = work
        text = page(measure(draw(options.tokens)), options.tokens)
    options.page.write_text(text)


if __name__ == "__main__":
    main()
