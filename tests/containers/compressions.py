"""Files that are compressed, or only seem to be. The token is in the last lines."""

import bz2
import gzip
import lzma
import zlib

import brotli
import lz4.block
import lz4.frame

from case import Family, Found, settings, write
from packing import zstd

COMPRESSIONS = Family("Compressions")
# A place in `settings` that is within the token.
CUT = 90
LINES = "".join(f"step {step}: loss {1 / (step + 1):.4f}\n" for step in range(200))


def packed(title, name, path, pack, before=""):
    """A case of one compressed file."""

    line = 3 + before.count("\n")

    @COMPRESSIONS.case(title, Found(f"{name}!{path}", line=line))
    def _(folder, token):
        write(folder / name, pack((before + settings(token)).encode()))


def linked_lz4(content):
    return lz4.frame.compress(content, block_linked=True, block_size=4, content_checksum=True)


packed("gzip", "app.log.gz", "app.log", gzip.compress)
packed("gzip with lines before", "app.log.gz", "app.log", gzip.compress, LINES)
packed(
    "gzip of several streams",
    "app.log.gz",
    "app.log",
    lambda content: gzip.compress(b"") + gzip.compress(content),
)
packed("gzip named `.log`", "app.log", "*", gzip.compress)
packed("gzip without a name", "app", "*", gzip.compress)
packed(
    "gzip, its token over two streams",
    "app.log.gz",
    "app.log",
    lambda content: gzip.compress(content[:CUT]) + gzip.compress(content[CUT:]),
)
packed("zlib", "state.zlib", "*", zlib.compress)
packed("zlib, best compression", "state.z", "*", lambda content: zlib.compress(content, 9))
packed("bzip2", "app.log.bz2", "app.log", bz2.compress)
packed(
    "bzip2 of several streams",
    "app.log.bz2",
    "app.log",
    lambda content: bz2.compress(b"") + bz2.compress(content[:CUT]) + bz2.compress(content[CUT:]),
)
packed("xz", "app.log.xz", "app.log", lzma.compress)
packed(
    "xz of several streams",
    "app.log.xz",
    "app.log",
    lambda content: lzma.compress(content[:CUT]) + lzma.compress(content[CUT:]),
)
packed(
    "xz, a filter for programs of x86",
    "app.xz",
    "app",
    lambda content: lzma.compress(
        content, filters=[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6}]
    ),
)
packed("lzma", "app.log.lzma", "app.log", lambda content: lzma.compress(content, lzma.FORMAT_ALONE))
packed("zstd", "app.log.zst", "app.log", zstd)
packed(
    "zstd at level 19, with a checksum",
    "app.log.zst",
    "app.log",
    lambda content: zstd(content, level=19, write_checksum=True),
)
packed(
    "zstd of several frames, one to skip",
    "app.log.zst",
    "app.log",
    lambda content: b"\x50\x2a\x4d\x18\4\0\0\0skip" + zstd(content[:CUT]) + zstd(content[CUT:]),
)
packed("lz4", "app.log.lz4", "app.log", lz4.frame.compress)
packed("lz4 of linked blocks", "app.log.lz4", "app.log", linked_lz4, LINES * 40)
packed(
    "lz4, the legacy frame",
    "initrd.lz4",
    "*",
    lambda content: b"\x02\x21\x4c\x18"
    + (lambda block: len(block).to_bytes(4, "little") + block)(
        lz4.block.compress(content, store_size=False)
    ),
)
packed("brotli", "app.js.br", "app.js", brotli.compress)

for name in [
    "notes.gz",
    "page.br",
    "page.zst",
    "page.zip",
    "page.7z",
    "page.parquet",
    "deploy.branch.yaml",
]:

    @COMPRESSIONS.case(f"a text in spite of its name, `{name}`", Found(name, line=3), visible=True)
    def _(folder, token, name=name):
        write(folder / name, settings(token))
