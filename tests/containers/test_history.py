"""Containers that were committed and deleted again: `hfleaks --history` sees into them
as it does into files, with the same names inside."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from case import environment, problems, scan
from families import FAMILIES

# By the names of families; every so many cases of one are committed.
EVERY = 4

# An object has no name when it is opened, and brotli is told by its name alone; one token
# of one file is one finding, in whichever member.
OTHERWISE = {"brotli", "the same token in two members, and another"}


class HistoryTest(unittest.TestCase):
    def git(self, *arguments):
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment(self.folder.parent), capture_output=True
        )
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))

    def check(self, family):
        """Each case is a commit in a folder of its own, and the next one deletes it."""
        home = tempfile.TemporaryDirectory(prefix="containers ")
        self.addCleanup(home.cleanup)
        self.folder = Path(home.name) / "project"
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        # What could not be scanned is told by its object, whatever paths lead to it.
        cases = [case for case in family.cases if case.is_possible() and not case.unscanned]
        chosen = [case for case in cases[::EVERY] if case.title not in OTHERWISE]
        for place, case in enumerate(chosen):
            (self.folder / f"case{place}").mkdir()
            case.make(self.folder / f"case{place}", *case.tokens())
            self.git("add", "--all", "--force")
            self.git("commit", "--quiet", "--message", "A change")
            self.git("rm", "-r", "--quiet", f"case{place}")
            self.git("commit", "--quiet", "--message", "Another")
        self.assertEqual([each.name for each in self.folder.iterdir()], [".git"])
        result = scan(self.folder, "--history")
        for place, case in enumerate(chosen):
            with self.subTest(case.title):
                wrong = list(
                    problems(case, None, case.tokens(), self.part(result, f"case{place}/"))
                )
                self.assertEqual(wrong, [])
        self.assertEqual(result.unscanned, [])
        for finding in result.findings:
            self.assertIn("history", finding, finding["path"])

    def part(self, result, folder):
        """The scan of one folder, as a scan of that folder would say it."""
        parts = {}
        for name in ["findings", "unscanned"]:
            there = [each for each in result.report[name] if each["path"].startswith(folder)]
            parts[name] = [{**each, "path": each["path"][len(folder) :]} for each in there]
        status = 1 if parts["findings"] else 2 if parts["unscanned"] else 0
        return type(result)(status, parts, result.stderr)


def test_of(family):
    return lambda test: test.check(family)


for each in FAMILIES:
    setattr(HistoryTest, f"test: {each.name}", test_of(each))
del each
