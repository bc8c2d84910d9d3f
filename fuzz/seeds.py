"""Makes the seeds of the fuzz targets anew, or a larger corpus to begin from.

    target/container-tools/bin/python fuzz/seeds.py fuzz/seeds
    target/container-tools/bin/python fuzz/seeds.py target/fuzz-corpus 65536 1000

The arguments are a folder, the largest size of a file, and how many a target may have.
The files come from the cases of `tests/containers`, from the examples of the rules, and
from here. A seed that found something once is kept: its name begins with `found-`.
"""

import io
import json
import lzma
import sqlite3
import struct
import sys
import tempfile
import tomllib
import zlib
from pathlib import Path

import google_crc32c
import pyarrow
from pyarrow import orc

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/containers"))

import packing  # noqa: E402
from case import Found  # noqa: E402
from families import FAMILIES  # noqa: E402

# The documented example, which opens nothing.
EXAMPLE = "hf_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AB"  # hfleaks:allow

ENDINGS = {
    ".7z": "7z", ".a": "ar", ".deb": "ar", ".arrow": "arrow", ".feather": "arrow",
    ".avro": "avro", ".br": "brotli", ".bz2": "bzip2", ".cpio": "cpio", ".gguf": "gguf",
    ".gz": "gzip", ".tgz": "gzip", ".h5": "hdf5", ".lz4": "lz4", ".lz": "lzip",
    ".lzma": "lzma", ".ipynb": "notebook", ".npy": "npy", ".onnx": "onnx", ".orc": "orc",
    ".parquet": "parquet", ".pdf": "pdf", ".pkl": "pickle", ".joblib": "pickle",
    ".png": "png", ".rpm": "rpm", ".safetensors": "safetensors", ".sz": "snappy",
    ".db": "sqlite", ".sqlite": "sqlite", ".tar": "tar", ".tfrecord": "tfrecord",
    ".wandb": "wandb", ".xz": "xz", ".zip": "zip", ".whl": "zip", ".npz": "zip",
    ".docx": "zip", ".xlsx": "zip", ".pt": "zip", ".z": "zlib", ".zst": "zstd",
}
STARTS = {
    b"7z\xbc\xaf": "7z", b"!<arch>": "ar", b"ARROW1": "arrow", b"Obj\x01": "avro",
    b"BZh": "bzip2", b"07070": "cpio", b"GGUF": "gguf", b"\x1f\x8b": "gzip",
    b"\x89HDF": "hdf5", b"\x04\x22\x4d\x18": "lz4", b"LZIP": "lzip",
    b"\x93NUMPY": "npy", b"ORC": "orc", b"PAR1": "parquet", b"%PDF": "pdf",
    b"\x80\x02": "pickle", b"\x80\x04": "pickle", b"\x89PNG": "png",
    b"\xed\xab\xee\xdb": "rpm", b"\xff\x06\0\0sNaPpY": "snappy", b"SQLite": "sqlite",
    b"\x37\x7f\x06": "sqlite-wal", b":W&B": "wandb", b"\xfd7zXZ": "xz", b"PK": "zip",
    b"\x78\x9c": "zlib", b"\x78\xda": "zlib", b"\x28\xb5\x2f\xfd": "zstd",
    b"]\0\0": "lzma",
}  # fmt: skip


def of_containers():
    """Files of the cases, each with the target that it is for."""
    for family in FAMILIES:
        for case in family.cases:
            if not case.is_possible():
                continue
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                case.make(folder, *[EXAMPLE[:37] for _ in case.tokens()])
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        content = path.read_bytes()
                        for target in targets_of(case, path, content):
                            yield f"decode-{target}", content


def targets_of(case, path, content):
    for found in case.found:
        if isinstance(found, Found) and found.decoded:
            yield found.decoded[0]
    starts = [name for start, name in STARTS.items() if content.startswith(start)]
    if starts or path.suffix in ENDINGS:
        yield (starts or [ENDINGS[path.suffix]])[0]
    if content[257:262] == b"ustar":
        yield "tar"


def of_formats():
    """Containers that the cases do not have, or not so small."""
    text = f"HF_TOKEN={EXAMPLE}\n"
    # The padding to a whole record is left out.
    yield "decode-tar", packing.tar_of({"a.txt": text})[:2048]
    for content in (b"ab" * 20, text.encode()):
        packed = lzma.compress(content, lzma.FORMAT_ALONE, preset=0)[13:]
        trailer = struct.pack("<IQQ", zlib.crc32(content), len(content), len(packed) + 26)
        yield "decode-lzip", b"LZIP\x01\x12" + packed + trailer
        masked = google_crc32c.value(content)
        masked = ((masked >> 15 | masked << 17) + 0xA282EAD8) & 0xFFFFFFFF
        chunk = struct.pack("<I", masked) + content
        yield "decode-snappy", b"\xff\6\0\0sNaPpY" + chunk_of(1, chunk)
        yield "decode-rpm", rpm(zlib.compress(content))
    yield "decode-snappy", b"\xff\6\0\0sNaPpY" + chunk_of(0, bytes(4) + b"\x06\x14hf_abc")
    yield "decode-avro", avro("null", text.encode())
    yield "decode-avro", avro("deflate", text.encode())
    for compression in ("uncompressed", "zlib", "snappy", "lz4", "zstd"):
        table = pyarrow.table({"a": ["x", text, None], "b": [[1], [], [2]]})
        content = io.BytesIO()
        orc.write_table(table, content, compression=compression)
        yield "decode-orc", content.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/a.db", isolation_level=None)
        for command in ("page_size = 512", "journal_mode = wal", "wal_autocheckpoint = 0"):
            connection.execute(f"pragma {command}")
        connection.execute("create table t (a)")
        connection.execute("insert into t values (?)", [text])
        yield "decode-sqlite-wal", Path(f"{folder}/a.db-wal").read_bytes()
        connection.close()
        yield "decode-sqlite", Path(f"{folder}/a.db").read_bytes()


def chunk_of(kind, content):
    return bytes([kind]) + struct.pack("<I", len(content))[:3] + content


def rpm(payload):
    header = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 1, 4) + bytes(16) + b"some"
    return b"\xed\xab\xee\xdb" + bytes(92) + header + bytes(4) + header + payload


def avro(codec, text):
    def number(it):
        it, written = it << 1, b""
        while it >= 128:
            it, written = it >> 7, written + bytes([it & 127 | 128])
        return written + bytes([it])

    def string(it):
        return number(len(it)) + it

    fields = [{"name": "a", "type": "string"}, {"name": "b", "type": ["null", "long"]}]
    schema = json.dumps({"type": "record", "name": "r", "fields": fields}).encode()
    metadata = {b"avro.schema": schema, b"avro.codec": codec.encode()}
    block = string(text) + number(1) + number(5)
    if codec == "deflate":
        block = zlib.compress(block, wbits=-15)
    written = b"Obj\x01" + number(len(metadata))
    written += b"".join(string(key) + string(value) for key, value in metadata.items())
    return written + b"\0" + b"s" * 16 + number(1) + string(block) + b"s" * 16


NAMES = {
    "action.yml": "action", "compose.yml": "compose", "compose.yaml": "compose",
    "docker-compose.yml": "compose", "environment.yml": "conda", "Dockerfile": "dockerfile",
    ".env": "env-file", "values.yaml": "helm-values", ".gitlab-ci.yml": "pipeline",
    "requirements.txt": "pip", "pyproject.toml": "project", "config": "git-config",
    ".gitmodules": "git-config",
}  # fmt: skip
SUFFIXES = {".py": "python", ".sh": "shell", ".ipynb": "notebook", ".env": "env-file"}


def of_practices():
    """What the practices' rules and their corpus show."""
    for rule in sorted(ROOT.glob("rules/hfp-*.toml")):
        rule = tomllib.loads(rule.read_text())
        for example in rule["examples"] + rule.get("counterexamples", []):
            yield from of_path(Path(example.get("path", "x")), example["text"].encode())
    for path in sorted(ROOT.glob("tests/policy/corpus/**/*")):
        if path.is_file():
            yield from of_path(path, path.read_bytes())
    yield "examine-git-config", b'[remote "origin"]\n\turl = https://user:hf_x@huggingface.co/a/b\n'
    yield "examine-helm-values", b'hub:\n  token: "aGZfeA=="\n  HF_TOKEN: hf_x\n'
    yield "examine-conda", b"dependencies:\n  - pip\n  - pip:\n      - huggingface_hub>=0.20,<1\n"
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1}
    cell |= {"source": ["!hf auth login --token hf_x\n", "%env HF_TOKEN=hf_x"], "outputs": []}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    yield "examine-notebook", json.dumps(book).encode()


def of_path(path, content):
    target = NAMES.get(path.name, SUFFIXES.get(path.suffix))
    if "workflows" in path.parts:
        target = "workflow"
    elif target is None and path.suffix in (".yml", ".yaml"):
        target = "manifests"
    if target:
        yield f"examine-{target}", content


def of_files():
    """What is read before a scan."""
    for rule in sorted(ROOT.glob("rules/*.toml")):
        yield "parse-rule", rule.read_bytes()
    yield "parse-rule", (
        b'id = "ORG-001"\nname = "a"\ntitle = "A"\nseverity = "high"\ncwe = 798\n'
        b"pattern = 'org_[0-9a-f]{32}'\nliteral = 'org_'\n"
    )
    options = (
        b'select = ["HFL"]\nignore = ["HFL-003"]\nexclude = ["/a/**", "!*.md"]\n'
        b'min-confidence = "medium"\ncontainers = ["zip"]\nmax-depth = 3\nmax-unpacked = "1MiB"\n'
    )
    yield "parse-config", options
    yield "parse-pyproject", b'[project]\nname = "a"\n\n[tool.hfleaks]\n' + options
    entry = {"path": "a.py", "rule": "VNX-SEC-027", "fingerprint": "0" * 64}
    yield "parse-baseline", json.dumps({"version": 1, "findings": [entry]}).encode()
    yield "parse-baseline", b'{"version": 1, "findings": []}'


def of_detection():
    jwt = b"hf_jwt_eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0." + b"Z" * 86
    texts = [
        EXAMPLE.encode() + b" hf_oauth_eyJ\xffA\x05.\xffB\x40.\xffC\x02 ",
        b"\xff \x50" + jwt + b"\xff \x50" + EXAMPLE[:37].encode() + b"\xffa\x60",
        b"hf_" * 40 + b"api_org_" + b"Ab" * 17 + b"oauth_app_secret_" + b"0a" * 18,
    ]
    for text in texts:
        yield "detect-expressions", b"0" + text
        yield "detect-views", b"\x40" + text


FORMATS = """text json jsonl sarif github github-summary gitlab rdjson junit csv markdown""".split()


def of_rendering():
    hexadecimal = EXAMPLE.encode().hex().encode()
    texts = [
        b"vtrain.py\n\xc3\xa9\tlogin('" + EXAMPLE.encode() + b"') # ]]> <a> \"'\n"
        b"x = '" + EXAMPLE[:37].encode() + b"'  # hfleaks: allow\r\n",
        b"n" + EXAMPLE.encode() + b"/\xff,\x1b[1m.yml\nHF_TOKEN=" + hexadecimal,
        b"v.github/workflows/a.yml\non: push\nenv:\n  HF_TOKEN: " + EXAMPLE.encode()
        + b"\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: hf upload a/b . --token $HF_TOKEN\n",
        b"qa.zip\n" + packing.zipped({"a|b.txt": EXAMPLE, EXAMPLE: "x"}),
    ]  # fmt: skip
    for name in FORMATS:
        for text in texts:
            yield f"render-{name}", text


def with_length(content):
    return struct.pack("<H", len(content)) + content


def objects(*objects):
    """As `src/fuzzing/repository/files.rs` reads them."""
    return b"".join(bytes([kind]) + with_length(content) for kind, content in objects)


COMMIT, TREE, BLOB, TAG, BEFORE, BY_ID = range(6)
WHO = b"author A <a@example.org> 1700000000 +0000\ncommitter A <a@example.org> 1700000000 +0000\n"


def of_repositories():
    token = EXAMPLE.encode()
    commit = (COMMIT, b"tree \x81\nparent \x84\n" + WHO + b"\nIt is " + token + b"\n")
    tree = (TREE, b"100644 a.txt\0\x82" b"40000 b\0\x85" b"160000 c\0\x90")
    blob = (BLOB, b"x " + token + b"\n")
    tag = (TAG, b"object \x80\ntype commit\ntag v1\ntagger A <a@example.org> 1 +0000\n\n" + token)
    first = (COMMIT, b"tree \x85\n" + WHO + b"\nFirst\n")
    below = (TREE, b"100644 a.txt\0\x82")
    yield "repository-objects", objects(commit, tree, blob, tag, first, below)
    length = len(blob[1])
    delta = bytes([length, length + 2, 0x90, length, 2]) + b"ab"
    deltas = [(BEFORE, b"\2" + delta), (BY_ID, b"\6" + delta), (BY_ID, b"\7" + delta)]
    packed = objects(commit, tree, blob, tag, first, below, *deltas)
    yield "repository-packed", packed
    yield "repository-delta", with_length(b"abcdef") + b"\6\6\x90\3\1X\x91\4\2"
    yield "repository-delta", with_length(b"abcdef") + b"\6\x89\x80\4\x90\3\x80\6" + bytes(9)
    header = f"blob {length}\0".encode()
    yield "repository-loose", zlib.compress(header + blob[1])
    yield "repository-loose", zlib.compress(b"commit 200\0tree " + b"02" * 20 + b"\n" + WHO)
    index, pack = pack_of([(3, blob[1]), (1, b"tree " + b"02" * 20 + b"\n" + WHO)])
    yield "repository-pack", with_length(index) + pack
    yield "repository-index", git_index([(b"a.txt", 0o100644, 2), (b"b/\xc3\xa9", 0o120000, 9)])
    yield "repository-references", b"ref: refs/heads/main\n# pack-refs with: peeled\n" + (
        b"01" * 20 + b" refs/heads/main\n" + b"04" * 20 + b" refs/tags/v1\n^" + b"01" * 20 + b"\n"
    )
    yield "repository-references", b"01" * 20 + b"\n" + b"02" * 20 + b" refs/heads/tree\n"


def pack_of(entries):
    pack, offsets = b"PACK" + struct.pack(">II", 2, len(entries)), []
    for kind, content in entries:
        offsets.append(len(pack))
        pack += bytes([kind << 4 | len(content) & 15 | 0x80, len(content) >> 4])
        pack += zlib.compress(content)
    count = len(entries)
    index = b"\xfftOc" + struct.pack(">I", 2)
    index += b"".join(struct.pack(">I", min(first, count)) for first in range(256))
    index += b"".join(bytes([place + 1]) * 20 for place in range(count)) + bytes(4 * count)
    index += b"".join(struct.pack(">I", offset) for offset in offsets) + bytes(40)
    return index, pack + bytes(20)


def git_index(files):
    index = b"DIRC" + struct.pack(">II", 2, len(files))
    for name, mode, place in files:
        entry = bytes(24) + struct.pack(">I", mode) + bytes(12) + bytes([place + 1]) * 20
        entry += struct.pack(">H", len(name)) + name
        index += entry + bytes(8 - len(entry) % 8)
    return index + bytes(20)


def main(folder, largest=2048, most=3):
    made = {}
    for source in (
        of_containers, of_formats, of_practices, of_files, of_detection, of_rendering, of_repositories,
    ):  # fmt: skip
        for target, content in source():
            if len(content) <= int(largest):
                made.setdefault(target, set()).add(content)
    for target, contents in made.items():
        below = Path(folder) / target
        below.mkdir(parents=True, exist_ok=True)
        for path in below.iterdir():
            if not path.name.startswith("found-"):
                path.unlink()
        # The smallest, the largest, and some between.
        contents = sorted(contents, key=lambda it: (len(it), it))
        step = max(1, (len(contents) - 1) / max(1, int(most) - 1))
        places = {min(round(step * place), len(contents) - 1) for place in range(int(most))}
        for number, place in enumerate(sorted(places), 1):
            (below / f"{number}").write_bytes(contents[place])


if __name__ == "__main__":
    main(*sys.argv[1:])
