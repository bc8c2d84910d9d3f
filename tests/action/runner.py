"""Executes a composite action as GitHub's runner does, as far as action.yml goes.

Steps with `run:` are executed. Steps with `uses:` are other people's actions: what
they would be given is recorded, and the file that is uploaded is read at once.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from expressions import condition, interpolate


@dataclass
class Command:
    """A workflow command that the runner would obey."""

    name: str
    properties: str
    data: str


@dataclass
class Step:
    """What became of a step."""

    name: str
    outcome: str  # success, failure or skipped, as GitHub calls them
    stdout: str = ""
    stderr: str = ""
    outputs: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    uploaded: str = ""


@dataclass
class Run:
    """What became of the action."""

    steps: list
    outputs: dict
    summary: str

    @property
    def failed(self):
        return any(step.outcome == "failure" for step in self.steps)

    def step(self, name):
        return next(step for step in self.steps if step.name == name)

    @property
    def log(self):
        return "".join(step.stdout + step.stderr for step in self.steps)

    @property
    def commands(self):
        """What the runner would obey: it reads both streams, each for itself."""
        streams = [stream for step in self.steps for stream in (step.stdout, step.stderr)]
        return [command for stream in streams for command in obeyed(stream)]


def parse_command(line):
    """The command in a line: `::name properties::data` at its start, or the old form
    `##[name properties]data` anywhere in it."""
    match = re.match(r"\s*::([^\s:]+)(?: (.*?))?::(.*)", line, flags=re.DOTALL)
    match = match or re.search(r"##\[([^\s\]]+)(?: ([^\]]*))?\](.*)", line, flags=re.DOTALL)
    return Command(match[1], match[2] or "", match[3]) if match else None


def obeyed(stream):
    """The commands of a stream, but for those between stop-commands and its end."""
    stopped_until = None
    for line in re.split(r"\r\n|\r|\n", stream):
        command = parse_command(line)
        if command is None:
            continue
        if stopped_until is not None:
            if command.name == stopped_until:
                stopped_until = None
        elif command.name == "stop-commands":
            stopped_until = command.data
        else:
            yield command
    if stopped_until is not None:
        raise AssertionError("the commands were stopped and never allowed again")


def read_values(text):
    """What a step wrote to GITHUB_OUTPUT or GITHUB_ENV: lines `name=value`, or
    `name<<END`, lines, `END`."""
    values, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.match(r"([^=<]+)(=|<<)(.*)", line).groups()
        if sign == "=":
            values[name] = rest
            continue
        value = []
        while (part := next(lines)) != rest:
            value.append(part)
        values[name] = "\n".join(value)
    return values


class Runner:
    """Runs an action once, in a workspace, with a temporary folder of its own."""

    def __init__(self, action, workspace, temporary, environment, github):
        self.action = action
        self.definition = yaml.safe_load((action / "action.yml").read_text())
        self.workspace = workspace
        self.temporary = temporary
        self.environment = dict(environment)
        self.github = github
        self.failing_upload = False

    def run(self, inputs):
        """Runs all steps; an input that the action does not have is a mistake of the
        test."""
        declared = {name: value["default"] for name, value in self.definition["inputs"].items()}
        unknown = inputs.keys() - declared.keys()
        if unknown:
            raise AssertionError(f"action.yml has no inputs {unknown}")
        contexts = {"inputs": {**declared, **inputs}, "steps": {}, "github": self.github}
        summary = self.temporary / "summary"
        summary.touch()
        steps = [self.step(step, contexts, summary) for step in self.definition["runs"]["steps"]]
        outputs = {
            name: interpolate(output["value"], contexts)
            for name, output in self.definition["outputs"].items()
        }
        return Run(steps, outputs, summary.read_text())

    def step(self, definition, contexts, summary):
        """Runs a step if its condition holds, and notes what it leaves to the next."""
        failed = any(step["outcome"] == "failure" for step in contexts["steps"].values())
        contexts["status"] = {
            "success": not failed,
            "failure": failed,
            "cancelled": False,
            "always": True,
        }
        if not condition(definition.get("if", "success()"), contexts):
            step = Step(definition["name"], "skipped")
        elif "uses" in definition:
            step = self.use(definition, contexts)
        else:
            step = self.execute(definition, contexts, summary)
        identifier = definition.get("id", definition["name"])
        contexts["steps"][identifier] = {"outcome": step.outcome, "outputs": step.outputs}
        return step

    def use(self, definition, contexts):
        given = {key: interpolate(value, contexts) for key, value in definition["with"].items()}
        outcome = "failure" if self.failing_upload else "success"
        uploaded = Path(given["sarif_file"]).read_text()
        return Step(definition["name"], outcome, given=given, uploaded=uploaded)

    def execute(self, definition, contexts, summary):
        """Runs the script as `shell: bash` does, in the workspace."""
        script, output, variables = (
            self.temporary / name for name in ("script.sh", "output", "variables")
        )
        script.write_text(interpolate(definition["run"], contexts))
        output.write_text("")
        variables.write_text("")
        environment = {
            **self.environment,
            **{key: interpolate(value, contexts) for key, value in definition["env"].items()},
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_ENV": str(variables),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.temporary),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            check=False,
        )
        self.environment.update(read_values(variables.read_text()))
        return Step(
            definition["name"],
            "success" if done.returncode == 0 else "failure",
            done.stdout.decode(errors="replace"),
            done.stderr.decode(errors="replace"),
            read_values(output.read_text()),
        )
