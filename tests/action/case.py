"""What the tests of the action have in common.

    HFLEAKS=target/release/hfleaks python3 -B -m unittest discover tests/action

runs all of them, and needs bash, git and curl, and PyYAML. The program that HFLEAKS
names stands in for the one that the action would build. HFLEAKS_BUILD=1 has one test
build the checkout with cargo as well, which takes minutes if target/ holds no release
build of it.
"""

import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path

from runner import Runner
from surroundings import GIT_ENVIRONMENT, Cargo, Repository, made_token

ROOT = Path(__file__).resolve().parents[2]
HFLEAKS = Path(os.environ.get("HFLEAKS", ROOT / "target/release/hfleaks")).resolve()
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
OWN_VERSION = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]
INSTALL, SCAN, UPLOAD, FINISH = (
    "Install hfleaks",
    "Scan",
    "Upload to code scanning",
    "Fail on findings",
)


class ActionTest(unittest.TestCase):
    """A copy of the action's files, cargo's stand-in, and an empty repository, all in
    a folder whose name has a blank and a quote."""

    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="it's an action ")
        self.addCleanup(home.cleanup)
        self.home = Path(home.name)
        self.action = self.home / "action"
        self.action.mkdir()
        for name in ("action.yml", "action.sh", "action.sha256", "Cargo.toml"):
            shutil.copy(ROOT / name, self.action)
        self.cargo = Cargo(self.home / "cargo", HFLEAKS)
        self.repository = Repository(self.home / "workspace")
        self.environment = {
            **GIT_ENVIRONMENT,
            "PATH": f"{self.cargo.folder}:{SYSTEM_PATH}",
            "HOME": str(self.home),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_SERVER_URL": "http://127.0.0.1:1",
        }
        self.github = {"action_repository": "owner/hfleaks", "event": {}}
        self.tokens = []
        self.failing_upload = False

    def token(self):
        self.tokens.append(made_token())
        return self.tokens[-1]

    def leak(self, name):
        """Writes a file with a token of its own."""
        self.repository.write(name, f"token = {self.token()}\n")

    def run_action(self, **inputs):
        """Runs the action; whatever the case, no token may be in what comes of it."""
        temporary = Path(tempfile.mkdtemp(prefix="temp ", dir=self.home))
        runner = Runner(
            self.action, self.repository.folder, temporary, self.environment, self.github
        )
        runner.failing_upload = self.failing_upload
        run = runner.run({name.replace("_", "-"): value for name, value in inputs.items()})
        files = [path for path in temporary.rglob("*") if path.is_file()]
        kept = [path.read_bytes().decode(errors="replace") for path in files]
        for token in self.tokens:
            for text in [run.log, run.summary, str(run.outputs), *kept]:
                self.assertNotIn(token, text)
        return run

    def errors(self, run):
        """What the action itself says is wrong."""
        return [command.data for command in run.commands if command.properties == "title=hfleaks"]

    def annotations(self, run):
        return [command for command in run.commands if command.properties.startswith("file=")]

    def assert_refused(self, run, *words):
        """A wrong input: told once, nothing is uploaded, and the last step fails."""
        self.assertEqual(run.step(SCAN).outcome, "success", run.log)
        self.assertEqual(run.step(UPLOAD).outcome, "skipped")
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertEqual(run.outputs, {"sarif-file": "", "findings": "", "exit-code": "2"})
        for word in words:
            self.assertIn(word, self.errors(run)[0])

    def assert_found(self, run, count):
        self.assertEqual(run.outputs["findings"], str(count), run.log)
        self.assertEqual(run.outputs["exit-code"], "1")
        sarif = json.loads(run.step(UPLOAD).uploaded)
        self.assertEqual(len(sarif["runs"][0]["results"]), count)
