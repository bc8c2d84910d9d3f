"""Options that choose what is opened, and names of members that mean harm."""

import gzip
import io
import subprocess
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

from case import HFLEAKS, environment, made_token, scan, settings, token_id, write
from packing import tar_of, zipped

HOSTILE = ["../../etc/passwd", "/etc/passwd", "a\x1b[31mb", "a\nb", "..\\..\\c", "a!b", "é\u202eb"]


class OptionsTest(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="containers ")
        self.addCleanup(home.cleanup)
        self.folder = Path(home.name) / "files"
        self.folder.mkdir()
        self.tokens = {}

    def token(self, name):
        return self.tokens.setdefault(name, made_token(name))

    def names(self, result):
        """The names that were given to the tokens which were found."""
        ids = {token_id(token): name for name, token in self.tokens.items()}
        return sorted({ids.get(each["token_id"], "not planted") for each in result.findings})

    def fill(self):
        write(self.folder / "plain.txt", settings(self.token("plain")))
        write(self.folder / "stored.zip", zipped({"a": settings(self.token("stored"))}, 0))
        write(self.folder / "deflated.zip", zipped({"a": settings(self.token("deflated"))}))
        content = {"a": settings(self.token("tar"))}
        write(self.folder / "app.tar.gz", gzip.compress(tar_of(content)))
        inner = {"b.zip": zipped({"a": settings(self.token("inner"))})}
        write(self.folder / "inner.tar.gz", gzip.compress(tar_of(inner)))

    def test_everything_is_opened(self):
        self.fill()
        self.assertEqual(self.names(scan(self.folder)), sorted(self.tokens))

    def test_nothing_is_opened(self):
        self.fill()
        result = scan(self.folder, "--no-containers")
        self.assertEqual(self.names(result), ["plain", "stored"])
        self.assertFalse([each["path"] for each in result.findings if "!" in each["path"]])

    def test_some_formats_are_opened(self):
        self.fill()
        result = scan(self.folder, "--containers", "gzip,tar")
        self.assertEqual(self.names(result), ["plain", "stored", "tar"])

    def hostile_zip(self):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in HOSTILE:
                archive.writestr(name, settings(self.token(name)))
        return content.getvalue()

    def hostile_tar(self):
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            for name in HOSTILE:
                info = tarfile.TarInfo(name)
                text = settings(self.token(name)).encode()
                info.size = len(text)
                archive.addfile(info, io.BytesIO(text))
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc"
            archive.addfile(link)
        return content.getvalue()

    def test_names_of_members_write_nothing_and_are_shown_escaped(self):
        for name, content in {"a.zip": self.hostile_zip(), "a.tar.gz": self.hostile_tar()}.items():
            with self.subTest(name):
                write(self.folder / name, content)
                before = self.everything()
                result = scan(self.folder, "-f", "text", report=self.folder.parent / "report.json")
                (self.folder.parent / "report.json").unlink()
                self.assertEqual(self.names(result), sorted(self.tokens))
                self.assertEqual(self.everything(), before)
                (self.folder / name).unlink()

    def everything(self):
        """All files near, by path, and when and how they were written."""
        near = sorted(self.folder.parent.rglob("*"))
        return [
            (path, path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in near
            if path.is_file()
        ]

    def test_no_report_has_control_characters_of_members(self):
        write(self.folder / "a.zip", self.hostile_zip())
        write(self.folder / "a.tar.gz", self.hostile_tar())
        for kind in ["text", "github", "csv", "junit", "gitlab", "rdjson", "sarif", "json"]:
            with self.subTest(kind):
                output = self.output("-f", kind)
                self.assertNotIn(b"\x1b", output)
                if kind == "text":
                    self.assertNotIn("\u202e".encode(), output)
                for token in self.tokens.values():
                    self.assertNotIn(token.encode(), output)

    def output(self, *options):
        command = [HFLEAKS, "--no-config", "--color=never", *options, "."]
        done = subprocess.run(
            command, cwd=self.folder, env=environment(self.folder.parent), capture_output=True
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stdout + done.stderr

    def test_standard_input_is_opened(self):
        content = gzip.compress(settings(self.token("stdin")).encode())
        report = self.folder.parent / "stdin.json"
        done = subprocess.run(
            [HFLEAKS, "-q", "--no-config", "-f", f"json={report}", "-"],
            input=content,
            cwd=self.folder,
            env=environment(self.folder.parent),
            capture_output=True,
        )
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(token_id(self.token("stdin")), report.read_text())
