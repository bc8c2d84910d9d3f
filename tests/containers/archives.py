"""Compressions and archives. The member that has the token is `settings`, in line 3."""

import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import zipfile
import zlib

import brotli
import inflate64
import lz4.block
import lz4.frame
import py7zr
import pyzipper
import zstandard

from case import Family, Found, settings, write
from zip_by_hand import zip_of

ARCHIVES = Family("Archives")
# A place in `settings` that is within the token.
CUT = 90
LINES = "".join(f"step {step}: loss {1 / (step + 1):.4f}\n" for step in range(200))


def packed(title, name, path, pack, before=""):
    """A case of one compressed file."""

    line = 3 + before.count("\n")

    @ARCHIVES.case(title, Found(f"{name}!{path}", line=line))
    def _(folder, token):
        write(folder / name, pack((before + settings(token)).encode()))


def tar_of(members, format=tarfile.PAX_FORMAT, mode="w"):
    """A tar of contents by name."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode, format=format) as archive:
        for name, member in members.items():
            member = member if isinstance(member, bytes) else member.encode()
            info = tarfile.TarInfo(name)
            info.size = len(member)
            archive.addfile(info, io.BytesIO(member))
    return content.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def zstd(content, **options):
    return zstandard.ZstdCompressor(**options).compress(content)


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

    @ARCHIVES.case(f"a text in spite of its name, `{name}`", Found(name, line=3), visible=True)
    def _(folder, token, name=name):
        write(folder / name, settings(token))


def archive(title, name, path, make, visible=False):
    """A case of an archive of several members, one of which has the token."""

    @ARCHIVES.case(title, Found(f"{name}!{path}", line=3), visible=visible)
    def _(folder, token):
        members = {"app/README.md": "# App\n", "app/.env": settings(token), "app/empty": ""}
        write(folder / name, make(members))


def odd_zip(method, compress):
    def make(members):
        return zip_of(
            {name: (member.encode(), method, compress) for name, member in members.items()}
        )

    return make


def deflate64(content):
    deflater = inflate64.Deflater()
    return deflater.deflate(content) + deflater.flush()


def raw_xz(content):
    return lzma.compress(content, lzma.FORMAT_XZ)


for method, visible in {"STORED": True, "DEFLATED": False, "BZIP2": False, "LZMA": False}.items():
    archive(
        f"zip, {method.lower()}",
        "app.zip",
        "app/.env",
        lambda members, method=method: zipped(members, getattr(zipfile, f"ZIP_{method}")),
        visible,
    )
archive("zip, zstd", "app.zip", "app/.env", odd_zip(93, zstd))
archive("zip, xz", "app.zip", "app/.env", odd_zip(95, raw_xz))
archive("zip, deflate64", "app.zip", "app/.env", odd_zip(9, deflate64))
archive(
    "zip behind other bytes",
    "setup.exe",
    "app/.env",
    lambda members: b"MZ\x90\0" * 99 + zipped(members),
)
archive("zip named `.dat`", "app.dat", "app/.env", zipped)


@ARCHIVES.case("zip written to a pipe, lengths behind the data", Found("app.zip!app/.env", line=3))
def _(folder, token):
    class Pipe(io.RawIOBase):
        content = b""

        def writable(self):
            return True

        def write(self, content):
            self.content += bytes(content)
            return len(content)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app/.env", settings(token))
    write(folder / "app.zip", pipe.content)


@ARCHIVES.case("zip with a comment and a member's comment", "app.zip*", "app.zip*", visible=True)
def _(folder, first, second):
    with zipfile.ZipFile(folder / "app.zip", "w") as archive:
        info = zipfile.ZipInfo("app/empty")
        info.comment = first.encode()
        archive.writestr(info, "")
        archive.comment = second.encode()


@ARCHIVES.case(
    "zip, encrypted with AES, beside a plain member",
    Found("app.zip!app/.env", line=3),
    unscanned=[("app.zip!app/secret", "encrypted")],
)
def _(folder, token):
    with pyzipper.AESZipFile(folder / "app.zip", "w", pyzipper.ZIP_DEFLATED) as archive:
        archive.writestr("app/.env", settings(token))
        archive.setpassword(b"password")
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr("app/secret", settings("x" * 37))


@ARCHIVES.case(
    "zip, encrypted with PKWARE's cipher", unscanned=[("app.zip!secret", "encrypted")], needs="zip"
)
def _(folder, token):
    write(folder / "secret", settings("x" * 37))
    subprocess.run(
        ["zip", "-q", "-m", "-P", "password", "app.zip", "secret"], cwd=folder, check=True
    )


def seven(filters, **options):
    def make(members):
        content = io.BytesIO()
        with py7zr.SevenZipFile(content, "w", filters=filters, **options) as archive:
            for name, member in members.items():
                archive.writestr(member, name)
        return content.getvalue()

    return make


for title, filters in {
    "LZMA2": [{"id": py7zr.FILTER_LZMA2, "preset": 7}],
    "LZMA": [{"id": py7zr.FILTER_LZMA, "preset": 7}],
    "a filter for programs of x86 and LZMA2": [
        {"id": py7zr.FILTER_X86},
        {"id": py7zr.FILTER_LZMA2, "preset": 7},
    ],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}],
    "zstd": [{"id": py7zr.FILTER_ZSTD, "level": 3}],
    "PPMd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}],
    "brotli": [{"id": py7zr.FILTER_BROTLI, "level": 11}],
}.items():
    archive(f"7z, {title}", "app.7z", "app/.env", seven(filters))
archive("7z, stored", "app.7z", "app/.env", seven([{"id": py7zr.FILTER_COPY}]), visible=True)

for title, hidden in {"the members": False, "the names too": True}.items():

    @ARCHIVES.case(f"7z, encrypted, {title}", unscanned=[("app.7z*", "encrypted")])
    def _(folder, token, hidden=hidden):
        make = seven(None, password="password", header_encryption=hidden)
        write(folder / "app.7z", make({"app/.env": settings("x" * 37)}))


for title, format in {
    "ustar": tarfile.USTAR_FORMAT,
    "GNU": tarfile.GNU_FORMAT,
    "pax": tarfile.PAX_FORMAT,
}.items():
    archive(
        f"tar, {title}",
        "app.tar",
        "app/.env",
        lambda members, format=format: tar_of(members, format),
        visible=True,
    )
    long = "app/" + "folder/" * (20 if title == "ustar" else 60) + ".env"
    archive(
        f"tar, {title}, a long name",
        "app.tar",
        long,
        lambda members, format=format, long=long: tar_of(
            {**members, long: members["app/.env"]}, format
        ),
        visible=True,
    )

for ending, pack in {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd,
    "lz4": lz4.frame.compress,
    "br": brotli.compress,
}.items():
    archive(
        f"tar in {ending}",
        f"app.tar.{ending}",
        "app.tar!app/.env",
        lambda members, pack=pack: pack(tar_of(members)),
    )
archive("`.tgz`", "app.tgz", "app.tar!app/.env", lambda members: gzip.compress(tar_of(members)))
archive("tar named `.log`", "app.log", "app/.env", tar_of, visible=True)


@ARCHIVES.case(
    "zip in tar.gz in zip", Found("all.zip!build/app.tar.gz!app.tar!lib/app.zip!app/.env", line=3)
)
def _(folder, token):
    inner = zipped({"app/.env": settings(token)})
    write(
        folder / "all.zip",
        zipped({"build/app.tar.gz": gzip.compress(tar_of({"lib/app.zip": inner}))}),
    )


@ARCHIVES.case(
    "the same token in two members, and another",
    Found("app.zip!a", 0, 3),
    Found("app.zip!b", 0, 3),
    Found("app.zip!c", 1, 3),
)
def _(folder, first, second):
    write(
        folder / "app.zip",
        zipped({"a": settings(first), "b": settings(first), "c": settings(second)}),
    )
