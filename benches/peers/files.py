"""Cases of files: which hold the token as it is, or packed, encoded or split."""

import base64
import gzip
import io
import json
import pickle
import py_compile
import random
import sqlite3
import struct
import tarfile
import zipfile

import pyarrow
import pyarrow.parquet

from case import FILES, SEALED, case, commit, git, init, write


def line(name, before, after, title, encoding="utf-8"):
    """Registers a case of one file with the token between two texts."""

    @case(FILES, title)
    def _(folder, token):
        write(folder / name, (before + token + after).encode(encoding))


line("train.py", 'from huggingface_hub import login\n\nlogin(token="', '")\n', "a string in Python")
line(".env", "HF_TOKEN=", "\n", "`.env`")
line(".cache/huggingface/token", "", "", "`.cache/huggingface/token`, nothing but the token")
line(
    "upload.sh",
    "#!/bin/sh\ngit clone https://user:",
    "@huggingface.co/org/model\n",
    "a remote URL in a shell script, `https://user:TOKEN@…`",
)


@case(FILES, "the same URL in `.git/config`")
def _(folder, token):
    init(folder)
    git(folder, "remote", "add", "origin", f"https://user:{token}@huggingface.co/org/model")


@case(FILES, "committed in a `.env` that `.gitignore` names")
def _(folder, token):
    init(folder)
    write(folder / ".gitignore", ".env\n")
    write(folder / ".env", f"HF_TOKEN={token}\n")
    git(folder, "add", "--force", ".env", ".gitignore")
    git(folder, "commit", "-m", "Configuration")


@case(FILES, "in a `.env` that `.gitignore` names and nobody committed")
def _(folder, token):
    init(folder)
    write(folder / ".gitignore", ".env\n")
    write(folder / ".env", f"HF_TOKEN={token}\n")
    commit(folder, "Configuration")


def pickled(token):
    """What `transformers` saves of its arguments; the opcode `q` follows the token."""
    return pickle.dumps({"output_dir": "out", "hub_token": token, "fp16": True}, protocol=2)


@case(FILES, "a pickle of protocol 2, the opcode `q` follows")
def _(folder, token):
    write(folder / "arguments.pkl", pickled(token))


@case(FILES, "`training_args.bin` as `torch.save` writes it, a zip that stores a pickle")
def _(folder, token):
    file = folder / "training_args.bin"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("training_args/data.pkl", pickled(token))


@case(FILES, "`.pyc`")
def _(folder, token):
    source = folder / "settings.py"
    write(source, f'TOKEN = "{token}"\n')
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    target = folder / "__pycache__" / "settings.cpython.pyc"
    py_compile.compile(str(source), str(target), "settings.py", True, invalidation_mode=unchecked)
    source.unlink()


@case(FILES, "a numpy array of strings")
def _(folder, token):
    header = b"{'descr': '|S64', 'fortran_order': False, 'shape': (2,), }".ljust(117) + b"\n"
    rows = b"".join(text.encode().ljust(64, b"\0") for text in ["a prompt", token])
    write(folder / "prompts.npy", b"\x93NUMPY\x01\0" + struct.pack("<H", 118) + header + rows)


def safetensors(token):
    tensor = {"dtype": "F32", "shape": [64], "data_offsets": [0, 256]}
    header = json.dumps({"__metadata__": {"hub_token": token}, "bias": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + random.Random(1).randbytes(256)


@case(FILES, "metadata of a safetensors file")
def _(folder, token):
    write(folder / "model.safetensors", safetensors(token))


@case(FILES, "an SQLite database")
def _(folder, token):
    database = sqlite3.connect(folder / "history.sqlite")
    with database:
        database.execute("create table history (line integer, source text)")
        database.execute("insert into history values (1, ?)", [f'login("{token}")'])
    database.close()


line("access.log", "GET /?q=%22", "%22 HTTP/1.1\n", "between `%22`, percent-encoded quotes")
line("access.log", "GET /?next=%2F%3Ftoken%3D", "&page=2 HTTP/1.1\n", "after `%3D`")
line(
    "request.json",
    '{"source": "export HF_TOKEN=',
    '\\npython train.py"}\n',
    "before `\\n` in JSON",
)
line("train.ipynb", '{"cells": [{"source": ["login(\\"', '\\")"]}]}\n', 'between `\\"` in JSON')
line("build.log", "token \x1b[32m", "\x1b[0m is valid\n", "between colour codes of a terminal")
line("mail.eml", "HF_TOKEN=3D", "\n", "after `=3D` (quoted-printable)")
line("mail.eml", "the token is ", "=3D\n", "before `=3D` (quoted-printable)")
line("app.min.js", 'const a="', '",b=1;\n', "`app.min.js`")
line("token.txt", "\ufeff", "\n", "after a byte order mark, UTF-8")
line(
    "notes.txt",
    "cl\xe9 d'acc\xe8s: \xab",
    "\xbb priv\xe9e\n",
    "between bytes of Latin-1",
    "latin-1",
)


@case(FILES, "on a line of 2 MB, a notebook's JSON")
def _(folder, token):
    cells = [{"cell_type": "code", "source": [f"value_{i} = {i}\n"]} for i in range(35_000)]
    cells[20_000]["source"] = [f"login('{token}')\n"]
    write(folder / "analysis.ipynb", json.dumps({"cells": cells}, separators=(",", ":")))


@case(FILES, "in a log of 20 MB")
def _(folder, token):
    lines = [f"step {i:07} of the training, all is well" for i in range(500_000)]
    lines[400_000] = f"HF_TOKEN={token}"
    write(folder / "training.log", "\n".join(lines) + "\n")


@case(SEALED, "gzip", holds="none")
def _(folder, token):
    write(folder / "train.log.gz", gzip.compress(f"HF_TOKEN={token}\n".encode(), mtime=0))


@case(SEALED, "`.tar.gz`", holds="none")
def _(folder, token):
    content = f"HF_TOKEN={token}\n".encode()
    member = tarfile.TarInfo("project/.env")
    member.size = len(content)
    with tarfile.open(folder / "project.tar.gz", "w:gz") as archive:
        archive.addfile(member, io.BytesIO(content))


def zipped(token):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project/.env", f"HF_TOKEN={token}\n" * 2)
    return packed.getvalue()


@case(SEALED, "a zip, deflated", holds="none")
def _(folder, token):
    write(folder / "project.zip", zipped(token))


@case(SEALED, "Parquet, gzip", holds="none")
def _(folder, token):
    rows = ["a prompt"] * 500 + [f'login("{token}")'] + ["another"] * 500
    table = pyarrow.table({"text": rows})
    options = {"compression": "gzip", "use_dictionary": False, "write_statistics": False}
    pyarrow.parquet.write_table(table, folder / "train.parquet", **options)


@case(SEALED, "base64, a Secret of Kubernetes", holds="none")
def _(folder, token):
    encoded = base64.b64encode(token.encode()).decode()
    write(
        folder / "secret.yaml",
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: hub\ndata:\n  HF_TOKEN: {encoded}\n",
    )


@case(SEALED, "hexadecimal digits", holds="none")
def _(folder, token):
    write(folder / "dump.txt", f"value: {token.encode().hex()}\n")


@case(SEALED, "UTF-16 with a byte order mark", holds="none")
def _(folder, token):
    write(folder / "token.txt", f"HF_TOKEN={token}\r\n".encode("utf-16"))


@case(SEALED, "split over two strings of Python", holds="none")
def _(folder, token):
    write(folder / "train.py", f'login(\n    token="{token[:20]}"\n    "{token[20:]}"\n)\n')
