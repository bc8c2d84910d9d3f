"""A zip with methods that Python's `zipfile` does not write."""

import struct
import zlib


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
