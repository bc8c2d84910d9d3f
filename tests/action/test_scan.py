"""What the action scans, shows, uploads and fails on."""

import json
import shutil
from pathlib import Path

from case import FINISH, SCAN, UPLOAD, ActionTest
from surroundings import Repository


class Findings(ActionTest):
    """What is shown, uploaded and failed on."""

    def test_a_clean_tree(self):
        self.repository.write("main.py", "print()\n")
        run = self.run_action()
        self.assertFalse(run.failed, run.log)
        self.assertEqual(run.outputs["exit-code"], "0")
        self.assertEqual(run.outputs["findings"], "0")
        self.assertEqual(run.step(UPLOAD).given["category"], "hfleaks-tree")
        self.assertEqual(json.loads(run.step(UPLOAD).uploaded)["runs"][0]["results"], [])
        self.assertEqual(run.commands, [])

    def test_a_leak(self):
        self.leak("train.py")
        run = self.run_action()
        self.assert_found(run, 1)
        self.assertEqual(
            [step.outcome for step in run.steps], ["success", "success", "success", "failure"]
        )
        self.assertIn("hfleaks reported findings: 1.", self.errors(run)[0])
        self.assertIn("file=train.py,line=1,", self.annotations(run)[0].properties)
        self.assertRegex(run.summary, r"(?m)^\|---\|.*\|$")
        self.assertIn("train.py", run.step(SCAN).stdout)

    def test_findings_need_not_fail(self):
        self.leak("train.py")
        run = self.run_action(fail_on_findings="false")
        self.assert_found(run, 1)
        self.assertFalse(run.failed, run.log)

    def test_what_is_shown_can_be_switched_off(self):
        self.leak("train.py")
        run = self.run_action(annotations="false", summary="false", upload_sarif="false")
        self.assertEqual(self.annotations(run), [])
        self.assertEqual(run.summary, "")
        self.assertEqual(run.step(UPLOAD).outcome, "skipped")
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertTrue(Path(run.outputs["sarif-file"]).is_file())

    def test_nothing_to_scan_is_no_clean_scan(self):
        """As where the checkout was forgotten."""
        shutil.rmtree(self.repository.folder / ".git")
        self.assert_refused(self.run_action(), "no file to scan")
        self.repository.write("excluded.lock", "")
        self.assert_refused(self.run_action(paths="."), "no file to scan")

    def test_lines_may_end_as_on_windows(self):
        self.leak("a b.py")
        self.leak("c.py")
        self.assert_found(self.run_action(paths="a b.py\r\nc.py\r\n"), 2)

    def test_an_upload_that_fails_does_not_hide_the_findings(self):
        self.leak("train.py")
        self.failing_upload = True
        run = self.run_action()
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertIn("hfleaks reported findings: 1.", self.errors(run)[0])

    def test_a_category_of_ones_own(self):
        run = self.run_action(category="nightly\nexit-code=0")
        self.assertEqual(run.step(UPLOAD).given["category"], "nightly\nexit-code=0")

    def test_confidence_and_configuration(self):
        self.repository.write("a.py", f"token = {'hf_' + 'x' * 34}\n")
        self.leak("left out/b.py")
        self.repository.write("my config.toml", 'exclude = ["/left out/"]\n')
        self.assert_found(self.run_action(), 2)
        self.assert_found(self.run_action(min_confidence="high"), 1)
        self.assert_found(self.run_action(config="my config.toml"), 1)
        run = self.run_action(config="my config.toml", min_confidence="high")
        self.assertEqual(run.outputs["exit-code"], "0")


class Scopes(ActionTest):
    """Which of tree, range and history is scanned."""

    def setUp(self):
        """A token that was committed and taken away, between two other commits."""
        super().setUp()
        self.repository.write("main.py", "print()\n")
        self.before = self.repository.commit()
        self.leak("train.py")
        self.repository.commit()
        (self.repository.folder / "train.py").unlink()
        self.after = self.repository.commit()

    def clone_shallow(self):
        """Has the action meet what actions/checkout leaves without fetch-depth: 0."""
        copy = self.home / "shallow"
        source = f"file://{self.repository.folder}"
        self.repository.git("clone", "--quiet", "--depth=1", source, str(copy))
        self.repository.folder = copy

    def opened_pull_request(self, event="pull_request"):
        self.environment["GITHUB_EVENT_NAME"] = event
        ends = {"base": {"sha": self.before}, "head": {"sha": self.after}}
        self.github["event"] = {"pull_request": ends}

    def test_the_tree_is_clean(self):
        self.assertEqual(self.run_action().outputs["exit-code"], "0")

    def test_the_history_is_not(self):
        run = self.run_action(history="true")
        self.assert_found(run, 1)
        self.assertEqual(run.step(UPLOAD).given["category"], "hfleaks-history")

    def test_a_range(self):
        run = self.run_action(range=f"{self.before}..")
        self.assert_found(run, 1)
        self.assertEqual(run.step(UPLOAD).given["category"], "hfleaks-range")
        self.assertEqual(self.run_action(range=f"{self.after}..HEAD").outputs["exit-code"], "0")

    def test_a_pull_request_has_its_commits_scanned(self):
        for event in ("pull_request", "pull_request_target"):
            self.opened_pull_request(event)
            run = self.run_action()
            self.assert_found(run, 1)
            self.assertEqual(run.step(UPLOAD).given["category"], "hfleaks-range")

    def test_paths_have_the_tree_of_a_pull_request_scanned(self):
        self.opened_pull_request()
        run = self.run_action(paths=".")
        self.assertEqual(run.outputs["exit-code"], "0")
        self.assertEqual(run.step(UPLOAD).given["category"], "hfleaks-tree")

    def test_another_repository_than_the_checkout(self):
        folder = self.repository.folder.rename(self.home / "elsewhere")
        self.repository = Repository(self.home / "workspace")
        self.assert_found(self.run_action(history="true", paths=str(folder)), 1)

    def test_a_pull_request_that_does_not_say_which_commits(self):
        self.opened_pull_request()
        for end in ("base", "head"):
            ends = {"base": {"sha": self.before}, "head": {"sha": self.after}, end: {"sha": ""}}
            self.github["event"] = {"pull_request": ends}
            self.assert_refused(self.run_action(), "which commits")

    def test_history_and_range_exclude_each_other(self):
        run = self.run_action(history="true", range="main")
        self.assert_refused(run, "history and range")

    def test_a_shallow_checkout(self):
        self.clone_shallow()
        self.assert_refused(self.run_action(history="true"), "fetch-depth: 0", "history")
        self.assert_refused(self.run_action(range="HEAD"), "fetch-depth: 0", "range")
        self.opened_pull_request()
        self.assert_refused(self.run_action(), "fetch-depth: 0")
        self.assertEqual(self.run_action(paths=".").outputs["exit-code"], "0")

    def test_a_range_of_commits_that_are_not_there(self):
        run = self.run_action(range="--help")
        self.assertEqual(run.outputs["exit-code"], "2")
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertIn("`--help`", run.log)


class StrangersText(ActionTest):
    """Names and inputs that look like options, scripts or commands."""

    def test_paths_are_only_paths(self):
        names = [
            "with blanks.txt",
            " blanks around ",
            "quotes \"' and \\.txt",
            "$(touch pwned).txt",
            "`touch pwned`.txt",
            "a; touch pwned;.txt",
            "* | & > pwned",
            "--history",
            "-",
            "%0A::error::pwned",
        ]
        for name in names:
            self.leak(name)
        self.leak("not named.txt")
        named = [name for name in names if name != "-"] + ["./-", ""]
        self.assert_found(self.run_action(paths="\n".join(named)), len(names))
        self.assertFalse((self.repository.folder / "pwned").exists())

    def test_standard_input_is_no_path(self):
        self.assert_refused(self.run_action(paths="a\n-"), "'-'")

    def test_names_of_files_are_no_commands(self):
        names = ["::error::pwned", "a\n::error::pwned\n", "##[error]pwned", "b\r::debug::pwned"]
        for name in names:
            self.leak(name)
        run = self.run_action(paths=".\n::error::pwned, and missing\n##[error]missing")
        self.assertEqual(run.outputs["findings"], "4", run.log)
        self.assertEqual(len(self.annotations(run)), 4)
        for command in run.commands:
            titles = "^(file=.*,title=VNX|title=Not scanned$|title=hfleaks$)"
            self.assertRegex(command.properties, titles)

    def test_inputs_are_no_options(self):
        for name in ("config", "min_confidence"):
            run = self.run_action(**{name: "--exit-zero"})
            self.assertEqual(run.outputs["exit-code"], "2")
            self.assertIn("--exit-zero", run.step(SCAN).stdout)
            self.assertTrue(run.failed)

    def test_inputs_in_messages_are_no_commands(self):
        wrong = "no\n::error::pwned\r%"
        for name in ("history", "version"):
            run = self.run_action(**{name: wrong})
            self.assertEqual(len(self.errors(run)), len(run.commands), run.log)
            self.assertIn("no%0A::error::pwned%0D%25", self.errors(run)[0])


class Failures(ActionTest):
    """What must not be taken for a clean scan."""

    def test_a_configuration_that_is_missing(self):
        run = self.run_action(config="nowhere.toml")
        self.assertEqual(run.outputs, {"sarif-file": "", "findings": "", "exit-code": "2"})
        self.assertEqual(run.step(UPLOAD).outcome, "skipped")
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertIn("nowhere.toml", run.log)

    def test_a_scan_that_is_not_complete(self):
        run = self.run_action(paths=".\nmissing", fail_on_findings="false")
        self.assertEqual(run.outputs["exit-code"], "2")
        self.assertEqual(run.step(UPLOAD).outcome, "skipped")
        self.assertEqual(run.step(FINISH).outcome, "failure")
        self.assertIn("not complete", self.errors(run)[0])

    def test_a_scan_that_found_something_and_is_not_complete(self):
        self.leak("train.py")
        run = self.run_action(paths=".\nmissing", fail_on_findings="false")
        self.assertEqual(run.outputs["exit-code"], "1")
        self.assertEqual(run.outputs["findings"], "1")
        self.assertEqual(run.step(UPLOAD).outcome, "skipped")
        self.assertEqual(run.step(FINISH).outcome, "failure")

    def test_booleans(self):
        for name in ("history", "upload_sarif", "annotations", "summary", "fail_on_findings"):
            for value in ("yes", "", "True"):
                run = self.run_action(**{name: value})
                self.assert_refused(run, name.replace("_", "-"), f"'{value}'")
