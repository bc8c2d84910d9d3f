"""Small files that unpack to much, or say so. Each function writes one."""

import lzma
import struct
import zlib

import numpy
import pyarrow
import pyarrow.parquet
import zstandard

from packing import tar_of, zipped

ZEROS = bytes(1 << 20)


def deflated_zeros(megabytes):
    """Deflated zeros, as a stream without what is around it. The pieces of it do not
    refer to one another, so that one of them is made and then repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = b"".join(packer.compress(ZEROS) for _ in range(64)) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * (megabytes // 64) + b"\3\0"


def many_zeros(path, gigabytes=10):
    """10 GB of zeros in one stream of gzip, about 10 MB. The checksum at its end, which
    nobody should come to, is wrong."""
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    path.write_bytes(header + deflated_zeros(gigabytes << 10) + bytes(8))


def zeros_in(compress):
    """2 GB of zeros in several streams of another compression."""

    def make(path):
        path.write_bytes(compress(ZEROS * 128) * 16)

    return make


def nested_zip(path):
    """Five layers of ten zips each, with 100 MB of zeros in each of the last: 10 TB."""
    content = zipped({"zeros": ZEROS * 100})
    for layer in range(5):
        content = zipped({f"{layer}-{copy}.zip": content for copy in range(10)})
    path.write_bytes(content)


def overlapping_zip(path, count=20_000):
    """One compressed megabyte of zeros, which 20,000 names of the index lead to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(ZEROS) + packer.flush()
    fields = (8, 0, 0x21, zlib.crc32(ZEROS), len(packed), len(ZEROS), 6, 0)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, *fields) + b"000000" + packed
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, *fields, 0, 0, 0, 0, 0)
    central = b"".join(entry + b"%06d" % place for place in range(count))
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(central), len(local), 0)
    path.write_bytes(local + central + end)


def zip_of_nothing(path, count=2_000_000):
    """Two million empty members."""
    fields = (0, 0, 0x21, 0, 0, 0, 7, 0)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 10, 0, *fields) + b"0000000"
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 10, 10, 0, *fields, 0, 0, 0, 0, 0)
    digits = numpy.arange(count)[:, None] // 10 ** numpy.arange(6, -1, -1) % 10 + ord("0")
    locals_ = numpy.tile(numpy.frombuffer(local, "u1"), (count, 1))
    locals_[:, -7:] = digits
    central = numpy.tile(numpy.frombuffer(entry + b"0000000", "u1"), (count, 1))
    central[:, -7:] = digits
    offsets = (numpy.arange(count, dtype="<u4") * len(local)).view("u1").reshape(count, 4)
    central[:, len(entry) - 4 : len(entry)] = offsets
    end = struct.pack(
        "<4sQHHIIQQQQ4sIQI", b"PK\6\6", 44, 45, 45, 0, 0, count, count, central.size, locals_.size,
        b"PK\6\7", 0, locals_.size + central.size, 1,
    )  # fmt: skip
    end += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    path.write_bytes(locals_.tobytes() + central.tobytes() + end)


def nested(pack, levels=50):
    """A text within itself, as deep as a quine would go."""

    def make(path):
        content = b"a text\n"
        for _ in range(levels):
            content = pack(content)
        path.write_bytes(content)

    return make


def huge_dictionary_xz(path):
    """xz that asks for a dictionary of 4 GB less one byte, to unpack a few lines."""
    content = bytearray(lzma.compress(b"a text\n" * 99, lzma.FORMAT_XZ))
    header = slice(12, 12 + (content[12] + 1) * 4)
    place = content.index(b"\x21\x01", header.start, header.stop) + 2
    content[place] = 40
    checksum = zlib.crc32(content[header.start : header.stop - 4])
    content[header.stop - 4 : header.stop] = checksum.to_bytes(4, "little")
    path.write_bytes(content)


def huge_dictionary_lzma(path):
    """The same in the older format."""
    content = bytearray(lzma.compress(b"a text\n" * 99, lzma.FORMAT_ALONE))
    content[1:5] = b"\xff\xff\xff\xff"
    path.write_bytes(content)


def huge_window_zstd(path):
    """zstd that asks for a window of 2 GB."""
    content = ZEROS * 3
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(
            window_log=27, write_content_size=False
        )
    )
    packing = packer.compressobj()
    packed = bytearray(packing.compress(content) + packing.flush())
    # Behind the magic number: a descriptor without a size, and the window's exponent.
    assert packed[4] & 0xE3 == 0
    packed[5] = 31 - 10 << 3
    path.write_bytes(packed)


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def read_varint(content, place):
    """The number there, and where it ends."""
    end = place
    while content[end] > 127:
        end += 1
    bits = (content[each] & 127 for each in range(place, end + 1))
    return sum(value << 7 * power for power, value in enumerate(bits)), end + 1


def huge_page(path):
    """A Parquet file whose page says that it unpacks to 2 GB less one byte. Snappy says
    so too, at the start of the page."""
    claim = 2**31 - 1
    rows = [f"a text, number {row * 7919 % 1000}" for row in range(3000)]
    options = {"use_dictionary": False, "write_statistics": False, "compression": "snappy"}
    pyarrow.parquet.write_table(pyarrow.table({"text": rows}), path, **options)
    content = path.read_bytes()
    start = pyarrow.parquet.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset
    # The header of a page, in Thrift: kind, size, size compressed, and what else there
    # is; numbers are doubled.
    assert content[start : start + 3] == b"\x15\x00\x15"
    _, size_end = read_varint(content, start + 3)
    packed, packed_end = read_varint(content, size_end + 1)
    page = content.index(b"\x1c\0\0\0", packed_end) + 4
    _, page_text = read_varint(content, page)
    size = varint(2 * claim)
    # All of it has to be as long as before, so the page loses what its header gains.
    packed = packed // 2 - (len(size) - (size_end - start - 3))
    header = content[start : start + 3] + size + b"\x15" + varint(2 * packed)
    header += content[packed_end:page]
    tail = content[page + packed + len(header) - (page - start) :]
    body = (varint(claim) + content[page_text:])[:packed]
    path.write_bytes(content[:start] + header + body + tail)
    assert path.stat().st_size == len(content)


def tar_in_tar(path):
    """Fifty tars within one another."""
    nested(lambda content: tar_of({"a.tar": content}))(path)


def zip_in_zip(path):
    """Fifty zips within one another."""
    nested(lambda content: zipped({"a.zip": content}))(path)


def long_text_png(path):
    """A picture whose compressed text is 1 GB of zeros."""

    def chunk(kind, content):
        checksum = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + checksum

    text = b"\x78\xda" + deflated_zeros(1200) + bytes(4)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\0"))
    text = chunk(b"zTXt", b"Comment\0\0" + text)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + text + data + chunk(b"IEND", b""))


def deep_json(path):
    """A notebook that is nested a million deep."""
    path.write_text('{"cells": ' + "[" * 1_000_000)
