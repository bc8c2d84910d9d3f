"""Bombs: hfleaks ends soon, in little memory, and says which file it has not seen all
of and why. So it does with the usual limits, whatever the file claims.
"""

import bz2
import gzip
import json
import lzma
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import bombs
from case import HFLEAKS, environment, made_token, settings, token_id, write
from packing import tar_of, zipped, zstd

SECONDS = float(os.environ.get("CONTAINERS_SECONDS", 60))
KILOBYTES = 256 << 10

# The name of the file, what writes it, and a word of the reason, or nothing if it need
# not be told.
BOMBS = {
    "10 GB of zeros, gzip": ("zeros.gz", bombs.many_zeros, "unpacks to more than"),
    "2 GB of zeros, bzip2": (
        "zeros.bz2",
        bombs.zeros_in(bz2.compress),
        "unpacks to more than",
    ),
    "2 GB of zeros, xz": ("zeros.xz", bombs.zeros_in(lzma.compress), "unpacks to more than"),
    "2 GB of zeros, zstd": ("zeros.zst", bombs.zeros_in(zstd), "unpacks to more than"),
    "a zip of zips of zeros": ("nested.zip", bombs.nested_zip, "unpacks to more than"),
    "a zip whose members overlap": ("overlapping.zip", bombs.overlapping_zip, ""),
    "two million empty members": ("nothing.zip", bombs.zip_of_nothing, "members"),
    "fifty gzips deep": ("deep.gz", bombs.nested(gzip.compress), "deep"),
    "fifty zstds deep": ("deep.zst", bombs.nested(zstd), "deep"),
    "fifty tars deep": ("deep.tar", bombs.tar_in_tar, "deep"),
    "fifty zips deep": ("deep.zip", bombs.zip_in_zip, "deep"),
    "a dictionary of 4 GB, xz": ("huge.xz", bombs.huge_dictionary_xz, ""),
    # Its magic number is too short to be sure of, so it may be taken for something else.
    "a dictionary of 4 GB, lzma": ("huge.lzma", bombs.huge_dictionary_lzma, None),
    "a window of 2 GB, zstd": ("huge.zst", bombs.huge_window_zstd, ""),
    "a page that says 2 GB": ("huge.parquet", bombs.huge_page, ""),
    "1 GB of zeros in a picture's text": ("huge.png", bombs.long_text_png, "unpacks to more than"),
}


class LimitsTest(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="containers ")
        self.addCleanup(home.cleanup)
        self.home = Path(home.name)
        self.folder = self.home / "files"
        self.folder.mkdir()

    def run_measured(self, *options):
        """The status and the report; memory and time are held to what is allowed."""
        report, measures = self.home / "report.json", self.home / "measures"
        measured = [sys.executable, "-IS", Path(__file__).parent / "measured.py", measures]
        command = [HFLEAKS, "-q", "--no-config", "-f", f"json={report}", *options, "."]
        subprocess.run(
            [*measured, str(SECONDS), *command],
            cwd=self.folder,
            env=environment(self.home),
            check=True,
        )
        *status, seconds, kilobytes = measures.read_text().split()
        self.assertNotEqual(status, ["too", "long"], f"more than {SECONDS} s")
        print(f"  {self.title}: {seconds} s, {int(kilobytes) >> 10} MiB, status {status[0]}")
        self.assertLessEqual(int(kilobytes), KILOBYTES, "too much memory")
        return int(status[0]), json.loads(report.read_text())

    def check(self, title):
        self.title = title
        name, make, reason = BOMBS[title]
        make(self.folder / name)
        # What is beside a bomb is scanned in spite of it.
        token = made_token(title)
        write(self.folder / "beside.txt.gz", gzip.compress(settings(token).encode()))
        status, report = self.run_measured()
        self.assertEqual([each["token_id"] for each in report["findings"]], [token_id(token)])
        self.check_unscanned(name, reason, report)
        (self.folder / "beside.txt.gz").unlink()
        status, report = self.run_measured()
        self.assertEqual((status, report["findings"]), (0 if report["complete"] else 2, []))
        self.check_unscanned(name, reason, report)

    def check_unscanned(self, name, reason, report):
        if reason is None:
            return
        self.assertFalse(report["complete"])
        there = [each for each in report["unscanned"] if each["path"].split("!")[0] == name]
        self.assertTrue(there, report["unscanned"])
        reasons = [each["reason"] for each in there]
        self.assertTrue(any(reason in each for each in reasons), reasons)
        self.assertLess(len(there), 1000, "one file fills the report")

    def test_a_token_ahead_of_zeros_is_found(self):
        self.title = "a token ahead of zeros"
        token = made_token(self.title)
        path = self.folder / "zeros.gz"
        bombs.many_zeros(path, gigabytes=2)
        path.write_bytes(gzip.compress(settings(token).encode()) + path.read_bytes())
        status, report = self.run_measured()
        self.assertEqual(status, 1)
        self.assertEqual([each["token_id"] for each in report["findings"]], [token_id(token)])
        self.check_unscanned("zeros.gz", "unpacks to more than", report)

    def test_limits_can_be_set(self):
        self.title = "limits of one's own"
        token = made_token(self.title)
        text = settings(token)
        write(self.folder / "deep.gz", gzip.compress(zipped({"a.tar": tar_of({"b": text})})))
        write(self.folder / "large.gz", gzip.compress(bytes(5 << 20)))
        write(self.folder / "many.zip", zipped({str(each): "" for each in range(50)}))
        for options, name, reason in [
            (["--max-depth", "2"], "deep.gz", "deep"),
            (["--max-unpacked", "4MiB"], "large.gz", "unpacks to more than"),
            (["--max-members", "20"], "many.zip", "members"),
        ]:
            with self.subTest(options[0]):
                _, report = self.run_measured(*options)
                self.check_unscanned(name, reason, report)
                self.assertEqual(
                    {each["path"].split("!")[0] for each in report["unscanned"]}, {name}
                )

    def test_deep_json_is_no_container(self):
        self.title = "JSON, a million deep"
        bombs.deep_json(self.folder / "deep.ipynb")
        status, report = self.run_measured()
        self.assertIn(status, [0, 2])
        self.assertEqual(report["findings"], [])


def test_of(title):
    return lambda test: test.check(title)


for each in BOMBS:
    setattr(LimitsTest, f"test: {each}", test_of(each))
del each
