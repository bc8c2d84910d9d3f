"""Archives. The member that has the token is `app/.env`, in line 3."""

import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import zipfile

import brotli
import inflate64
import lz4.frame
import py7zr
import pyzipper

from case import Family, Found, settings, write
from packing import cpio_of, tar_of, zip_of, zipped, zstd

ARCHIVES = Family("Archives")


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
        info.comment = f"{first}.".encode()
        archive.writestr(info, "")
        archive.comment = f"{second}.".encode()


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
    "zstd": [{"id": py7zr.FILTER_ZSTD, "level": 3}],
    "PPMd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}],
}.items():
    archive(f"7z, {title}", "app.7z", "app/.env", seven(filters))
archive("7z, stored", "app.7z", "app/.env", seven([{"id": py7zr.FILTER_COPY}]), visible=True)

@ARCHIVES.case("7z, deflate", unscanned=[("app.7z*", "unsupported")])
def _(folder, token):
    make = seven([{"id": py7zr.FILTER_DEFLATE}])
    write(folder / "app.7z", make({"app/.env": settings("x" * 37)}))


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
            {"app/README.md": "", long: members["app/.env"]}, format
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
archive("cpio", "app.cpio", "app/.env", cpio_of, visible=True)
archive(
    "cpio in gzip, an initial RAM disk",
    "initrd.img",
    "*!app/.env",
    lambda members: gzip.compress(cpio_of(members)),
)
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
    Found("app.zip!b", 0, 4),
    Found("app.zip!c", 1, 3),
)
def _(folder, first, second):
    write(
        folder / "app.zip",
        zipped({"a": settings(first), "b": "\n" + settings(first), "c": settings(second)}),
    )
