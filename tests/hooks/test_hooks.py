"""The hooks, as the real pre-commit and the real git run them.

    WHEELS=FOLDER python3 -B -m unittest discover tests/hooks

needs pre-commit and git on the PATH; FOLDER holds the wheel of this version, which
stands for the released one. HFLEAKS names the program that is installed otherwise, and
HUSKY the bin.js of husky. HOOKS_BUILD=1 also has pre-commit build `hfleaks-src`.
"""

import os
import random
import string
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHEELS = os.environ["WHEELS"]
INSTALLED = Path(os.environ.get("HFLEAKS", ROOT / "target/release/hfleaks")).resolve()
CONFIGURATION = """\
repos:
- repo: {hooks}
  rev: {revision}
  hooks:
  - id: {hook}
"""


def made_token():
    """A token in the form that is issued, made now: a file must hold none."""
    return "hf_" + "".join(random.choices(string.ascii_letters, k=34))


def environment(home):
    """What git and pre-commit need of the machine, and nothing of its user."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "CARGO_TARGET_DIR": str(ROOT / "target"),
        **{name: os.environ[name] for name in os.environ if name.startswith(("CARGO_", "PIP_"))},
        "PIP_FIND_LINKS": f"{WHEELS} {os.environ.get('PIP_FIND_LINKS', '')}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup")),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }


class Folder:
    """A repository that a test fills and commits to."""

    def __init__(self, folder, home):
        self.path = folder
        self.environment = environment(home)
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def run(self, *command):
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )

    def git(self, *arguments):
        done = self.run("git", *arguments)
        if done.returncode != 0:
            raise AssertionError(f"git {arguments}: {done.stdout}")
        return done.stdout.strip()

    def write(self, name, content):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def stage(self, name, content):
        self.write(name, content)
        self.git("add", "--force", "--", name)

    def commit(self, message="A change"):
        return self.run("git", "commit", "--quiet", "--message", message)

    def force(self, name, content):
        """Commits past the hooks, as somebody without them does."""
        self.stage(name, content)
        self.git("commit", "--quiet", "--no-verify", "--message", "A change")
        return self.git("rev-parse", "HEAD")


HOME = tempfile.TemporaryDirectory(prefix="hooks ")
HOOKS = None


def setUpModule():
    """Makes a repository of the hooks as they are in this checkout, committed or not.
    pre-commit installs from it once for all tests."""
    global HOOKS
    unittest.addModuleCleanup(HOME.cleanup)
    HOOKS = Folder(Path(HOME.name) / "hfleaks", Path(HOME.name))
    names = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(names, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (ROOT / name).is_file():
            HOOKS.write(name, (ROOT / name).read_bytes())
    HOOKS.git("add", "--all", "--force")
    HOOKS.git("commit", "--quiet", "--message", "hooks")


class HookTest(unittest.TestCase):
    """An empty repository, and what every run has to keep to."""

    def setUp(self):
        folder = Path(tempfile.mkdtemp(dir=HOME.name)) / "a project"
        self.project = Folder(folder, Path(HOME.name))
        self.tokens = []

    def token(self):
        self.tokens.append(made_token())
        return self.tokens[-1]

    def use(self, hook, more="", stage="pre-commit"):
        """Has the project use a hook, with more lines for it."""
        configuration = CONFIGURATION.format(
            hooks=HOOKS.path, revision=HOOKS.git("rev-parse", "HEAD"), hook=hook
        )
        self.project.force(".pre-commit-config.yaml", configuration + more)
        done = self.project.run("pre-commit", "install", "--hook-type", stage)
        self.assertEqual(done.returncode, 0, done.stdout)

    def add_remote(self):
        """An empty repository beside, to push to."""
        remote = Folder(self.project.path.parent / "remote", Path(HOME.name))
        remote.git("config", "receive.denyCurrentBranch", "ignore")
        self.project.git("remote", "add", "origin", str(remote.path))

    def check_that_what_is_staged_counts(self):
        """Whatever is on disk, in either direction."""
        self.project.stage("train.py", f"login('{self.token()}')\n")
        self.project.write("train.py", "login()\n")
        self.assert_blocked(self.project.commit(), "train.py", "1:8")
        self.project.git("add", "train.py")
        self.project.write("train.py", f"login('{self.token()}')\n")
        self.assert_passed(self.project.commit())

    def assert_blocked(self, done, *places):
        self.assertEqual(done.returncode, 1, done.stdout)
        for place in places:
            self.assertIn(place, done.stdout)
        self.assert_no_token(done.stdout)

    def assert_passed(self, done):
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assert_no_token(done.stdout)

    def assert_no_token(self, text):
        for token in self.tokens:
            self.assertNotIn(token[3:15], text)


class Wheel(HookTest):
    """The hook `hfleaks`, which installs the wheel."""

    def setUp(self):
        super().setUp()
        self.use("hfleaks")

    def test_a_clean_commit_passes(self):
        self.project.stage("main.py", "print()\n")
        done = self.project.commit()
        self.assert_passed(done)
        self.assertRegex(done.stdout, r"hfleaks\.+Passed")

    def test_a_staged_leak_blocks(self):
        self.project.stage("a b/train.py", f"\nlogin('{self.token()}')\n")
        self.assert_blocked(self.project.commit(), "a b/train.py", "2:8", "VNX-SEC-027")

    def test_what_is_staged_counts_and_not_what_is_on_disk(self):
        self.check_that_what_is_staged_counts()

    def test_a_pickle_is_seen(self):
        token = self.token().encode()
        pickle = b"\x80\x02X" + len(token).to_bytes(4, "little") + token + b"q\x00."
        self.project.stage("training_args.bin", pickle)
        self.assert_blocked(self.project.commit(), "training_args.bin")

    def test_what_is_ignored_but_staged_is_seen(self):
        self.project.stage(".gitignore", ".env\n")
        self.project.stage(".env", f"HF_TOKEN={self.token()}\n")
        self.assert_blocked(self.project.commit(), ".env", "1:10")

    def test_what_is_excluded_is_not(self):
        self.project.stage("hfleaks.toml", 'exclude = ["/samples/"]\n')
        self.project.stage("samples/a.py", self.token())
        self.project.stage("poetry.lock", self.token())
        self.assert_passed(self.project.commit())

    def test_what_the_baseline_knows_passes_and_what_it_does_not_blocks(self):
        self.project.force("old.py", f"login('{self.token()}')\n")
        self.project.stage("hfleaks.toml", 'baseline = "known.json"\n')
        written = self.project.run(str(INSTALLED), "--write-baseline", "known.json")
        self.assert_passed(written)
        self.project.git("add", "known.json")
        known = (self.project.path / "old.py").read_text()
        self.project.stage("old.py", f"# moved\n{known}")
        self.assert_passed(self.project.commit())
        self.project.stage("new.py", known)
        self.assert_blocked(self.project.commit(), "new.py")

    def test_no_file_is_taken_for_an_option(self):
        for name in ("--exit-zero", "--exclude=*", "-h", "-fjson=out"):
            self.project.stage(f"./{name}", "")
        self.project.stage("-", self.token())
        self.project.stage("--verbose", self.token())
        self.project.stage("-d/train.py", self.token())
        done = self.project.commit()
        self.assert_blocked(done, "3 findings of 3 tokens in 3 files", "-d/train.py")

    def test_many_files_are_one_run(self):
        for number in range(300):
            self.project.stage(f"{number:03}.txt", "x" * 200)
        self.project.stage("last.txt", self.token())
        done = self.project.commit()
        self.assert_blocked(done, "last.txt")
        self.assertEqual(done.stdout.count("1 finding of 1 token"), 1, done.stdout)


class Push(HookTest):
    """The hook `hfleaks-push`, on a push to a repository beside."""

    def setUp(self):
        super().setUp()
        self.use("hfleaks-push", stage="pre-push")
        self.add_remote()

    def push(self, branch="main"):
        return self.project.run("git", "push", "--quiet", "origin", branch)

    def test_what_was_added_and_removed_again_is_seen(self):
        self.assert_passed(self.push())
        self.project.force("train.py", f"login('{self.token()}')\n")
        self.project.force("train.py", "login()\n")
        self.assert_blocked(self.push(), "train.py", "1:8", "Removed:")
        self.project.git("reset", "--quiet", "--hard", "HEAD~2")
        self.project.force("train.py", "login()\n")
        self.assert_passed(self.push())

    def test_a_first_push_is_scanned_from_the_beginning(self):
        self.project.force("train.py", f"login('{self.token()}')\n")
        self.project.force("train.py", "login()\n")
        self.assert_blocked(self.push(), "train.py")

    def test_a_first_push_of_another_branch_than_the_one_that_is_checked_out(self):
        self.project.git("switch", "--quiet", "--create", "topic")
        self.project.force("train.py", f"login('{self.token()}')\n")
        self.project.git("switch", "--quiet", "main")
        self.assert_blocked(self.push("topic"), "train.py")

    def test_a_new_branch_has_its_own_commits_scanned(self):
        self.assert_passed(self.push())
        self.project.git("switch", "--quiet", "--create", "topic")
        self.project.force("a.py", f"login('{self.token()}')\n")
        self.project.git("rm", "--quiet", "a.py")
        self.project.git("commit", "--quiet", "--no-verify", "--message", "Remove")
        self.assert_blocked(self.push("topic"), "a.py")


class Arguments(HookTest):
    def test_arguments_of_the_user_are_added(self):
        self.use("hfleaks", "    args: [--min-confidence, medium]\n")
        self.project.stage("README.md", "hf_" + "x" * 34)
        self.assert_passed(self.project.commit())
        self.project.stage("train.py", self.token())
        self.assert_blocked(self.project.commit(), "train.py")


class Plain(HookTest):
    """The hooks of git and of husky, as docs/hooks.md has them."""

    def setUp(self):
        super().setUp()
        path = f"{INSTALLED.parent}:{self.project.environment['PATH']}"
        self.project.environment["PATH"] = path

    def script(self, heading, place):
        """The first script of the page behind a text."""
        behind = (ROOT / "docs/hooks.md").read_text().split(heading, 1)[1]
        self.project.write(place, behind.split("```sh\n", 1)[1].split("```", 1)[0])
        (self.project.path / place).chmod(0o755)

    def test_a_hook_before_the_commit(self):
        self.script("As `.git/hooks/pre-commit`", ".git/hooks/pre-commit")
        self.check_that_what_is_staged_counts()

    def test_husky(self):
        husky = os.environ.get("HUSKY")
        if husky is None:
            self.skipTest("HUSKY does not name husky's program")
        done = self.project.run("node", husky)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.script("As `.husky/pre-commit`", ".husky/pre-commit")
        self.check_that_what_is_staged_counts()

    def test_a_hook_before_the_push(self):
        self.add_remote()
        self.script("And as `.git/hooks/pre-push`", ".git/hooks/pre-push")
        push = ["git", "push", "--quiet", "origin"]
        first = self.project.force("main.py", "print()\n")
        self.assert_passed(self.project.run(*push, "main"))
        self.project.force("train.py", f"login('{self.token()}')\n")
        self.project.force("train.py", "login()\n")
        self.assert_blocked(self.project.run(*push, "main"), "train.py", "Removed:")
        self.assert_blocked(self.project.run(*push, "main:new"), "train.py", "Removed:")
        self.assert_passed(self.project.run(*push, f"{first}:refs/heads/old"))
        self.project.git("tag", "--annotate", "--message", self.token(), "v1", first)
        self.assert_blocked(self.project.run(*push, "v1"), "<tag>")
        self.assert_blocked(self.project.run(*push, f"{first}:refs/heads/older", "main"), "train.py")
        self.assert_passed(self.project.run(*push, "--delete", "old"))


class Others(HookTest):
    """The hooks that take hfleaks from elsewhere."""

    def check(self):
        self.project.stage("train.py", f"login('{self.token()}')\n")
        self.assert_blocked(self.project.commit(), "train.py", "VNX-SEC-027")
        self.project.stage("train.py", "login()\n")
        self.assert_passed(self.project.commit())

    def test_the_hfleaks_that_is_installed(self):
        path = f"{INSTALLED.parent}:{self.project.environment['PATH']}"
        self.project.environment["PATH"] = path
        self.use("hfleaks-system")
        self.check()

    @unittest.skipUnless(os.environ.get("HOOKS_BUILD"), "HOOKS_BUILD is not set")
    def test_the_one_that_is_built(self):
        self.use("hfleaks-src")
        self.check()


if __name__ == "__main__":
    unittest.main()
