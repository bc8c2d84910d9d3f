"""Holds the commands and the YAML of the remedies against the real things: every
`hf` command must exist, with its options, in the oldest huggingface_hub that the
remedies name and in the newest; every paste that is YAML must parse.

Run by `.ci/remedies.sh`, with a folder of each version's `hf` as arguments.
"""

import pathlib
import re
import subprocess
import sys
import tomllib

import yaml


def texts():
    for path in sorted(pathlib.Path("rules").rglob("*.toml")):
        rule = tomllib.loads(path.read_text())
        yield path, rule.get("revoke", "")
        yield path, rule.get("history", "")
        if "check" in rule:
            # What it describes is what is not to be done.
            del rule["description"]
        for value in rule.values():
            places = value.values() if isinstance(value, dict) else []
            for text in [value, *places]:
                if isinstance(text, dict):
                    yield path, text.get("text", "")
                    yield path, text.get("paste", "")
                elif isinstance(text, str):
                    yield path, text


def commands(text):
    """The words and the options of each `hf` command."""
    for found in re.finditer(r"(?:`|: |\" |- )(hf(?: [^`\n]+))", text):
        words = found.group(1).split()
        names = [word for word in words[1:] if re.fullmatch(r"[a-z]+(?:-[a-z]+)*", word)]
        options = [word for word in words[1:] if word.startswith("--")]
        yield tuple(names), tuple(options)


def main():
    wanted = {command: path for path, text in texts() for command in commands(text)}
    assert len(wanted) > 3, "the remedies name commands"
    for folder in sys.argv[1:]:
        for (names, options), path in wanted.items():
            run = subprocess.run(
                [f"{folder}/bin/hf", *names, "--help"], capture_output=True, text=True
            )
            shown = " ".join(["hf", *names, *options])
            assert run.returncode == 0, f"{path}: {folder}: no command `{shown}`"
            for option in options:
                assert option in run.stdout, f"{path}: {folder}: no option in `{shown}`"
    pastes = 0
    for path, text in texts():
        if re.search(r"(?m)^[a-z_]+:", text) and "RUN " not in text and text.count("\n") > 2:
            yaml.safe_load(text)
            pastes += 1
    assert pastes > 3, "the remedies have YAML to paste"
    for names, options in sorted(wanted):
        print(" ", "hf", *names, *options)
    print(f"{len(wanted)} commands and {pastes} pastes are right")


main()
