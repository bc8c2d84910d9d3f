"""What hfleaks finds in files that other programs made, one test a case.

    HFLEAKS=target/release/hfleaks python -B -m unittest discover tests/containers

runs all of them, with the packages that `.ci/containers.sh` installs; `-k` chooses.
CONTAINERS_SEED gives other tokens.
"""

import tempfile
import unittest
from pathlib import Path

from case import check_visible, problems, scan
from families import FAMILIES


class CaseTest(unittest.TestCase):
    def check(self, case):
        if not case.is_possible():
            self.skipTest(f"{case.needs} is not installed")
        with tempfile.TemporaryDirectory(prefix="containers ") as home:
            folder = Path(home) / "files"
            folder.mkdir()
            tokens = case.tokens()
            case.make(folder, *tokens)
            check_visible(case, folder, tokens)
            wrong = list(problems(case, folder, tokens, scan(folder)))
        if wrong:
            self.fail("\n".join([case.title, *wrong]))


def test_of(case):
    return lambda test: test.check(case)


def load_tests(loader, tests, pattern):
    """One class a family, one method a case."""
    suite = unittest.TestSuite()
    for family in FAMILIES:
        names = {f"test: {case.title}": test_of(case) for case in family.cases}
        assert len(names) == len(family.cases), f"two cases of {family.name} have one title"
        suite.addTests(loader.loadTestsFromTestCase(type(family.name, (CaseTest,), names)))
    return suite
