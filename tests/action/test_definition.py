"""What action.yml, its page and the list of hashes must keep to."""

import re
import unittest

import yaml

from case import ROOT
from expressions import UnknownExpression, condition, interpolate


class Definition(unittest.TestCase):
    def setUp(self):
        self.text = (ROOT / "action.yml").read_text()
        self.page = (ROOT / "docs/github-action.md").read_text()
        self.definition = yaml.safe_load(self.text)

    def test_inputs_and_outputs_are_described(self):
        for name, value in self.definition["inputs"].items():
            self.assertTrue(value["description"], name)
            self.assertIsInstance(value["default"], str, name)
        for name, value in self.definition["outputs"].items():
            self.assertTrue(value["description"], name)

    def test_no_script_has_an_expression(self):
        """The value of an expression would be read as part of the script."""
        for step in self.definition["runs"]["steps"]:
            self.assertNotIn("${{", step.get("run", ""))

    def test_every_input_is_used_and_documented(self):
        for name in self.definition["inputs"]:
            self.assertIn(f"inputs.{name} ", self.text)
            self.assertIn(f"| `{name}` |", self.page)
        for name in self.definition["outputs"]:
            self.assertIn(f"| `{name}` |", self.page)

    def test_other_actions_are_pinned(self):
        uses = re.findall(r"uses: (.*)", self.text + self.page)
        self.assertGreaterEqual(len(uses), 2)
        for use in uses:
            if not use.startswith("OWNER/hfleaks@"):
                self.assertRegex(use, r"^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

    def test_the_list_of_hashes_reads_as_one(self):
        for line in (ROOT / "action.sha256").read_text().splitlines():
            self.assertRegex(line, r"^(#.*|[0-9a-f]{64}  hfleaks-\d+\.\d+\.\d+-[\w-]+\.tar\.gz)$")


class Expressions(unittest.TestCase):
    """The tests' own reading of expressions, on which the others rely."""

    CONTEXTS = {
        "inputs": {"a": "Yes"},
        "steps": {"s": {"outputs": {"o": "1"}}},
        "github": {"event": {}},
        "status": {"success": False, "failure": True, "cancelled": False, "always": True},
    }

    def test_values(self):
        text = "${{ inputs.a }}-${{ steps.s.outputs.o }}-${{ github.event.pull_request.base.sha }}"
        self.assertEqual(interpolate(text, self.CONTEXTS), "Yes-1-")

    def test_conditions(self):
        for text, expected in {
            "inputs.a == 'yes'": False,
            "always() && inputs.a == 'yes'": True,
            "${{ !cancelled() && (steps.s.outputs.o != '1' || failure()) }}": True,
            "failure() && !(inputs.a == 'yes')": False,
        }.items():
            self.assertEqual(condition(text, self.CONTEXTS), expected, text)

    def test_what_is_not_understood_is_an_error(self):
        for text in ("hashFiles('a')", "env.A", "inputs.b", "1 < 2", "'a' 'b'", "(inputs.a", ""):
            with self.assertRaises(UnknownExpression, msg=text):
                condition(text, self.CONTEXTS)
