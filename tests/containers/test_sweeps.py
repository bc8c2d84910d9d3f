"""The same encoding at every place: breaks and escapes at each letter of a token, tokens
in each place of a long file, in which scanners read piece by piece.
"""

import base64
import gzip
import io
import random
import tarfile
import tempfile
import unittest
import zlib
from pathlib import Path

from case import made_token, scan, token_id, write
from packing import zipped, zstd

LENGTH = 37
MEGABYTE = 1 << 20


class SweepTest(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="containers ")
        self.addCleanup(home.cleanup)
        self.folder = Path(home.name) / "files"
        self.folder.mkdir()

    def sweep(self, places, text, name="a.txt"):
        """Each place is a file with a token of its own, which is found in it."""
        ids = {}
        for place in places:
            token = made_token(f"{self.id()} {place}")
            ids[place] = token_id(token)
            content = text(token, place)
            content = content if isinstance(content, bytes) else content.encode()
            self.assertNotIn(token.encode(), content)
            write(self.folder / str(place) / name, content)
        result = scan(self.folder)
        found = {(each["path"].split("/")[0], each["token_id"]) for each in result.findings}
        self.assertEqual([], [place for place in places if (str(place), ids[place]) not in found])
        self.assertEqual(set(), {name for _, name in found} - set(ids.values()))
        self.assertEqual(result.unscanned, [])

    def broken(self, text, opening="", places=range(2, LENGTH), name="a.txt"):
        """A break behind each letter of a token, but for the first, by which it is found."""
        self.sweep(places, lambda token, at: f"{opening}{token[:at]}{text}{token[at:]}\n", name)

    def test_soft_line_breaks(self):
        self.broken("=\r\n", "The token is ", name="mail.eml")

    def test_colours(self):
        self.broken("\x1b[1;31m", "token ")

    def test_literals_side_by_side(self):
        self.broken('" "', 'login("', places=range(3, LENGTH), name="a.py")

    def escaped(self, form, name="a.txt"):
        """Each letter of a token escaped, one at a time, but for the two by which it is found."""
        self.sweep(
            range(2, LENGTH),
            lambda token, at: f'"{token[:at]}{form.format(ord(token[at]))}{token[at + 1 :]}"\n',
            name,
        )

    def test_escapes_of_json(self):
        self.escaped("\\u{:04x}", "a.json")

    def test_escapes_of_python(self):
        self.escaped("\\x{:02x}", "a.py")

    def test_percent(self):
        self.escaped("%{:02X}", "a.log")

    def test_references_of_html(self):
        self.escaped("&#{};", "a.html")

    def test_quoted_printable(self):
        self.escaped("={:02X}", "a.eml")

    def test_lines_of_base64(self):
        def wrapped(token, at):
            return base64.encodebytes(b"x " * 60 + b"y" * at + token.encode() + b" z" * 60)

        self.sweep(range(57), wrapped)

    def test_lines_of_base64_in_json(self):
        def wrapped(token, at):
            content = base64.encodebytes(b"y" * at + token.encode() + b" z" * 60).decode()
            return '{"key": "' + content.replace("\n", "\\n") + '"}'

        self.sweep(range(57), wrapped, "a.json")

    def test_long_lines_of_base64(self):
        def one_line(token, at):
            return base64.b64encode(b"y" * at + token.encode() + b" z" * 5000)

        self.sweep([*range(3), *range(1000, 100_000, 9973)], one_line)

    def along(self, encode, step, pack=None, name="a.bin", size=5 * MEGABYTE):
        """A long file with a token at every so many bytes."""
        filler = random.Random(1)
        content, ids = [], []
        while len(ids) * step < size:
            token = made_token(f"{self.id()} {len(ids)}")
            ids.append(token_id(token))
            encoded = encode(token)
            encoded = encoded if isinstance(encoded, bytes) else encoded.encode()
            words = "".join(filler.choices("abcdefghij  \n", k=step - len(encoded) - 2)).encode()
            content += [words, b"\n", encoded, b"\n"]
        content = b"".join(content)
        write(self.folder / name, pack(content) if pack else content)
        result = scan(self.folder)
        found = [each["token_id"] for each in result.findings]
        self.assertEqual(len(set(ids) - set(found)), 0, f"of {len(ids)}")
        self.assertEqual(len(found), len(ids))
        self.assertEqual(result.unscanned, [])
        return result

    def test_base64_along_a_file(self):
        self.along(lambda token: base64.b64encode(b"user:" + token.encode()), 997)

    def test_base64_of_base64_along_a_file(self):
        self.along(lambda token: base64.b64encode(base64.b64encode(token.encode())), 1009)

    def test_utf_16_along_a_file(self):
        self.along(lambda token: f"\n{token}\n".encode("utf-16-le"), 1013)

    def test_escapes_along_a_file(self):
        self.along(lambda token: token.replace("_", "\\u005f"), 1019)

    def test_plain_tokens_along_what_gzip_unpacks(self):
        result = self.along(str, 1021, gzip.compress, "a.log.gz")
        lines = [each["line"] for each in result.findings]
        self.assertEqual(lines, sorted(lines))

    def test_plain_tokens_along_what_zstd_unpacks(self):
        self.along(str, 1021, zstd, "a.log.zst")

    def test_encoded_tokens_along_a_member(self):
        self.along(
            lambda token: base64.b64encode(token.encode()),
            1031,
            lambda content: zipped({"a.log": content}),
            "a.zip",
        )

    def test_gzips_along_a_tar(self):
        """A tar too large to be kept in memory, in gzip, with gzips in it."""
        ids = []
        with tarfile.open(self.folder / "a.tar.gz", "w:gz", compresslevel=1) as archive:
            for place in range(80):
                token = made_token(f"{self.id()} {place}")
                ids.append(token_id(token))
                filler = random.Random(place).randbytes(MEGABYTE)
                packed = gzip.compress(token.encode() + b"\n" + filler, 1)
                info = tarfile.TarInfo(f"logs/{place}.log.gz")
                info.size = len(packed)
                archive.addfile(info, io.BytesIO(packed))
        result = scan(self.folder)
        self.assertEqual({each["token_id"] for each in result.findings}, set(ids))
        paths = {each["path"] for each in result.findings}
        self.assertIn("a.tar.gz!a.tar!logs/79.log.gz!79.log", paths)
        self.assertEqual(result.unscanned, [])

    def test_zlib_streams_of_many_lengths(self):
        """Short streams, whose first two bytes say little."""

        def packed(token, length):
            return zlib.compress(f"{'x ' * length}{token}\n".encode())

        self.sweep([*range(0, 200, 7), 5000, 50_000], packed, "object")
