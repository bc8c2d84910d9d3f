"""A case: a folder or a repository that holds one token where its title says, made
anew for each run of a tool. The cases themselves are in `files.py` and
`repositories.py`."""

import dataclasses
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import typing

AUTHOR = {"NAME": "A", "EMAIL": "a@example.org", "DATE": "2026-01-02T03:04:05Z"}


@dataclasses.dataclass(frozen=True)
class Case:
    title: str
    make: typing.Callable
    group: str
    # "history" or "staged" where a tool's command for that is to be used.
    command: str = "files"
    # Where the bytes of the token have to be for the case to be what its title
    # says: in a file, in an object of git, in both, or in none.
    holds: str = "file"


CASES = []


def case(group, title, **options):
    """Registers a function that writes a case for a token into a folder."""

    def register(make):
        CASES.append(Case(title, make, group, **options))
        return make

    return register


FILES = "Files that hold it as it is"
SEALED = "Files that hold it packed, encoded or split"
HISTORY = "Repositories"


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def git(folder, *args, stdin=""):
    command = ["git", "-C", str(folder), *args]
    done = subprocess.run(command, env=environment(), input=stdin.encode(), capture_output=True)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}: {done.stderr.decode()}")
    return done.stdout


def init(folder):
    git(folder, "init", "--initial-branch=main")


def commit(folder, message):
    git(folder, "add", "--all")
    git(folder, "commit", "-m", message)


def environment():
    """Nothing of the user's configuration may change what is made or found."""
    home = pathlib.Path(tempfile.gettempdir()) / "home"
    home.mkdir(exist_ok=True)
    settings = {"HOME": str(home), "PATH": os.environ["PATH"], "TMPDIR": tempfile.gettempdir()}
    settings.update({"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull})
    for role in ["AUTHOR", "COMMITTER"]:
        settings.update({f"GIT_{role}_{field}": value for field, value in AUTHOR.items()})
    return settings


def check(what, folder, token):
    """Fails if the token is not where the case says, or also where it should not be."""
    sought = token.encode()
    paths = [path for path in folder.rglob("*") if path.is_file()]
    in_file = any(sought in path.read_bytes() for path in paths)
    in_object = False
    if (folder / ".git").exists():
        in_object = sought in git(folder, "cat-file", "--batch-all-objects", "--batch")
    should_be = {
        "file": [(True, False), (True, True)],
        "object": [(False, True)],
        "both": [(True, True)],
        "none": [(False, False)],
    }
    if (in_file, in_object) not in should_be[what.holds]:
        sys.exit(f"{what.title}: in a file {in_file}, in an object {in_object}, not {what.holds}")
