"""A case: files made by the programs that people make them with, with tokens in named
places, and where hfleaks has to find each of them.

A family is a file beside this one; `FAMILIES` has them all. What the JSON report calls
things stands in the constants here and nowhere else.
"""

import dataclasses
import fnmatch
import hashlib
import json
import os
import random
import shutil
import string
import struct
import subprocess
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HFLEAKS = Path(os.environ.get("HFLEAKS", ROOT / "target/release/hfleaks")).resolve()
SEED = os.environ.get("CONTAINERS_SEED", "1")

# The names of encodings in a finding's `decoded`.
UTF16, UTF32 = "utf-16", "utf-32"
ESCAPES, PERCENT, HTML, QUOTED = "escapes", "percent", "html", "quoted-printable"
BASE64, HEX, ANSI, JOINED = "base64", "hex", "ansi", "joined-strings"

# The line of the file in which the token stands as it is.
THERE = "there"

FAMILIES = []


@dataclasses.dataclass(frozen=True)
class Found:
    """Where a token has to be found: at least one finding of it fits all of this."""

    path: str  # `*` stands for anything
    token: int = 0
    line: typing.Any = None
    decoded: typing.Any = None  # the outermost encoding first
    within: typing.Any = None  # what has to be in it, among other things


@dataclasses.dataclass(frozen=True)
class Case:
    title: str
    make: typing.Callable
    found: tuple
    # Pairs of a path and a word of the reason.
    unscanned: tuple
    # Whether a token's bytes stand in a file as they are. Where they do not, nobody
    # who only reads files can find them.
    visible: bool
    # A program that makes the file, if it is not one of Python's packages.
    needs: str | None

    def tokens(self):
        """The tokens that it plants, one for each number in `found`."""
        count = max([found.token for found in self.found], default=0) + 1
        return [made_token(f"{self.title} {place}") for place in range(count)]

    def is_possible(self):
        return self.needs is None or shutil.which(self.needs) is not None


class Family:
    def __init__(self, name):
        self.name = name
        self.cases = []
        FAMILIES.append(self)

    def case(self, title, *found, unscanned=(), visible=False, needs=None):
        """Registers a function that is given a folder and the tokens. A path alone is
        where the token of that place in the list is found."""
        found = tuple(
            Found(each, token=place) if isinstance(each, str) else each
            for place, each in enumerate(found)
        )

        def register(make):
            self.cases.append(Case(title, make, found, tuple(unscanned), visible, needs))
            return make

        return register


def made_token(seed):
    """A token in the form that is issued, made now: a file must hold none."""
    letters = random.Random(f"{SEED} {seed}").choices(string.ascii_letters, k=34)
    return "hf_" + "".join(letters)


def token_id(token):
    """What a report calls a token instead of showing it."""
    return hashlib.sha256(struct.pack("<Q", len(token)) + token.encode()).hexdigest()


def settings(token):
    """A small file with the token in line 3. Line 1 has its halves, so that a coder that
    refers to what it has seen has no reason to write the token again."""
    return f"# was: {token[:20]}, {token[20:]};\nHF_HOME=/data\nHF_TOKEN={token}\nLOG=info\n"


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@dataclasses.dataclass(frozen=True)
class Scan:
    status: int
    report: dict
    stderr: str

    @property
    def findings(self):
        return self.report["findings"]

    @property
    def unscanned(self):
        return self.report["unscanned"]


def environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}


def scan(folder, *options, paths=(".",), report=None, timeout=300):
    """Runs hfleaks in a folder; the report is written beside the folder."""
    report = report or folder.parent / f"{folder.name}.json"
    command = [HFLEAKS, "-q", "--no-config", "--color=never", "-f", f"json={report}", *options]
    done = subprocess.run(
        [*command, *paths],
        cwd=folder,
        env=environment(folder.parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
    )
    stderr = done.stderr.decode(errors="replace")
    if done.returncode not in (0, 1, 2) or not report.exists():
        raise AssertionError(f"hfleaks ended with status {done.returncode}: {stderr}")
    return Scan(done.returncode, json.loads(report.read_text()), stderr)


def is_in(wanted, given):
    """Whether all that is wanted is among what is given."""
    if isinstance(wanted, dict):
        given = given if isinstance(given, dict) else {}
        return all(is_in(value, given.get(name)) for name, value in wanted.items())
    return wanted == given


def fits(path, pattern):
    return fnmatch.fnmatchcase(path, pattern.replace("[", "[[]").replace("?", "[?]"))


def check_visible(case, folder, tokens):
    """A fixture that is not what its title says proves nothing."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    visible = any(token.encode() in content for token in tokens for content in contents)
    if visible != case.visible:
        raise AssertionError(f"the fixture is wrong: a token is visible in it: {visible}")


def line_of(folder, path, token):
    """The line where a token stands as it is; nothing if the file is gone."""
    if folder is None:
        return None
    content = (folder / path.split("!")[0]).read_bytes()
    return content[: content.index(token.encode())].count(b"\n") + 1


def problems(case, folder, tokens, result):
    """What a scan did not say as the case wants it, in lines without tokens."""
    names = {token_id(token): place for place, token in enumerate(tokens)}
    for finding in result.findings:
        if finding["token_id"] not in names:
            yield f"{finding['path']}:{finding['line']} has a token that nobody planted"
    for wanted in case.found:
        token = tokens[wanted.token]
        there = [each for each in result.findings if each["token_id"] == token_id(token)]
        paths = [each["path"] for each in there]
        there = [each for each in there if fits(each["path"], wanted.path)]
        if not there:
            yield f"token {wanted.token} is not in {wanted.path}, but in {paths}"
            continue
        line = line_of(folder, wanted.path, token) if wanted.line == THERE else wanted.line
        expected = {"line": line, "decoded": wanted.decoded, "within": wanted.within}
        expected = {name: value for name, value in expected.items() if value is not None}
        if not any(is_in(expected, each) for each in there):
            places = [{name: each.get(name) for name in expected} for each in there]
            yield f"token {wanted.token} in {wanted.path} is at {places}, not {expected}"
    yield from unscanned_problems(case, result)


def unscanned_problems(case, result):
    for each in result.unscanned:
        if not any(
            fits(each["path"], path) and word in each["reason"] for path, word in case.unscanned
        ):
            yield f"{each['path']} was not scanned: {each['reason']}"
    for path, word in case.unscanned:
        if not any(
            fits(each["path"], path) and word in each["reason"] for each in result.unscanned
        ):
            yield f"{path} is not said to be unscanned ({word}), but {result.unscanned}"
    # A finding weighs more than what could not be scanned.
    status = 1 if case.found else 2 if case.unscanned else 0
    if result.status != status:
        yield f"the status is {result.status}, not {status}: {result.stderr}"
