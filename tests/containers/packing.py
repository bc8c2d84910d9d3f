"""Archives in memory, for cases to put into files."""

import io
import struct
import tarfile
import zipfile
import zlib

import zstandard


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


def cpio_of(members):
    """A cpio of contents by name, in the newer ASCII format."""
    archive = b""
    for number, (name, member) in enumerate([*members.items(), ("TRAILER!!!", "")], 1):
        member, name = member.encode(), name.encode() + b"\0"
        fields = [number, 0o100644, 0, 0, 1, 0, len(member), 0, 0, 0, 0, len(name), 0]
        archive += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        archive += bytes(-len(archive) % 4) + member
        archive += bytes(-len(archive) % 4)
    return archive


def zipped(members, method=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def zstd(content, **options):
    return zstandard.ZstdCompressor(**options).compress(content)


def zip_of(members):
    """A zip of (content, method, function that compresses) by name."""
    local, central = b"", b""
    for name, (content, method, compress) in members.items():
        packed, name = compress(content), name.encode()
        fields = (method, 0, 0x21, zlib.crc32(content), len(packed), len(content), len(name), 0)
        offset = len(local)
        local += struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 63, 0, *fields) + name + packed
        central += (
            struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 63, 63, 0, *fields, 0, 0, 0, 0, offset)
            + name
        )
    count = len(members)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(central), len(local), 0)
    return local + central + end
