"""Where the action takes the program from."""

import hashlib
import os
import shutil
import unittest

from case import HFLEAKS, INSTALL, OWN_VERSION, ROOT, SYSTEM_PATH, ActionTest
from surroundings import archive, server

TARGET = "x86_64-unknown-linux-musl"


class Installation(ActionTest):
    def release(self, version=OWN_VERSION):
        """Files of a release, and its line in the action's list of hashes."""
        name = f"hfleaks-{version}-{TARGET}"
        content = archive(name, HFLEAKS)
        with (self.action / "action.sha256").open("a") as hashes:
            hashes.write(f"{hashlib.sha256(content).hexdigest()}  {name}.tar.gz\n")
        return {f"/owner/hfleaks/releases/download/v{version}/{name}.tar.gz": content}

    def run_with_server(self, files, **inputs):
        with server(files) as url:
            self.environment["GITHUB_SERVER_URL"] = url
            return self.run_action(**inputs)

    def assert_not_installed(self, run, *words):
        self.assertEqual(
            [step.outcome for step in run.steps], ["failure", "skipped", "skipped", "skipped"]
        )
        self.assertEqual(len(self.errors(run)), 1, run.log)
        for word in words:
            self.assertIn(word, self.errors(run)[0])

    def test_what_is_not_listed_is_built_from_the_checkout(self):
        self.assertFalse(self.run_action().failed)
        build = f"{self.action}: build --release --locked --target-dir target"
        self.assertEqual(self.cargo.calls, [build])

    def test_what_is_listed_is_downloaded(self):
        for version in (OWN_VERSION, "93.0.1"):
            self.leak("train.py")
            run = self.run_with_server(self.release(version), version=version)
            self.assert_found(run, 1)
            self.assertIn(f"/hfleaks-{version}-{TARGET}/", run.step(INSTALL).outputs["binary"])
        self.assertEqual(self.cargo.calls, [])

    def test_another_content_than_the_listed_one_is_not_unpacked(self):
        files = {path: content + b"x" for path, content in self.release().items()}
        run = self.run_with_server(files)
        self.assert_not_installed(run, "SHA-256", next(iter(files)))
        self.assertEqual(self.cargo.calls, [])
        self.assertEqual(list(self.home.rglob(f"hfleaks-{OWN_VERSION}-{TARGET}")), [])

    def test_what_cannot_be_downloaded_is_built(self):
        self.release()
        run = self.run_with_server({})
        self.assertFalse(run.failed, run.log)
        self.assertIn("could not be downloaded", run.log)
        self.assertEqual(len(self.cargo.calls), 1)

    def test_another_version_that_cannot_be_downloaded(self):
        self.release("93.0.1")
        run = self.run_with_server({}, version="93.0.1")
        self.assert_not_installed(run, "93.0.1", "could not be downloaded")
        self.assertEqual(self.cargo.calls, [])

    def test_a_version_that_is_not_listed(self):
        self.release("93.0.1")
        self.release("93.0.2")
        self.assert_not_installed(self.run_action(version="93.0.3"), "'93.0.3'", "93.0.1 93.0.2")

    def test_what_is_no_version(self):
        for version in ("v1.2.3", "1.2", "latest", "1.2.3-beta", "1.2.3/../..", "1.2.3\n"):
            self.assert_not_installed(self.run_action(version=version), "three numbers")

    def test_a_machine_without_archives(self):
        self.release()
        self.environment["RUNNER_ARCH"] = "ARM"
        self.assertFalse(self.run_action().failed)
        self.assertEqual(len(self.cargo.calls), 1)

    def test_no_cargo(self):
        self.environment["PATH"] = SYSTEM_PATH
        if shutil.which("cargo", path=SYSTEM_PATH):
            self.skipTest("cargo is among the system's own programs")
        self.assert_not_installed(self.run_action(), "no cargo", "rustup")

    def test_a_build_that_fails(self):
        (self.cargo.folder / "cargo").write_text("#!/bin/sh\nexit 101\n")
        self.assert_not_installed(self.run_action(), "could not build", OWN_VERSION)

    @unittest.skipUnless(os.environ.get("HFLEAKS_BUILD"), "HFLEAKS_BUILD is not set")
    def test_the_checkout_itself(self):
        self.action = ROOT
        self.environment = {**self.environment, **os.environ}
        self.leak("train.py")
        run = self.run_action()
        self.assertIn(f"hfleaks {OWN_VERSION}", run.step(INSTALL).stdout)
        self.assert_found(run, 1)
