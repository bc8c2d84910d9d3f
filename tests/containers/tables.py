"""Tables, databases and logs of records."""

import random
import shutil
import sqlite3
import struct
import zlib

import pyarrow
import pyarrow.feather
import pyarrow.ipc
import pyarrow.orc
import pyarrow.parquet

from case import Family, Found, write

TABLES = Family("Tables, databases, logs")
ROW = 701


def column(token):
    """A thousand texts; the 701st holds the token, and ones before it its halves."""
    words = ["the model", "a prompt", "of training", "loss", "answer", "tensor"]
    source = random.Random(1)
    rows = [" ".join(source.choices(words, k=6)) for _ in range(1000)]
    rows[ROW - 3 : ROW] = [f"{token[:20]} in", f"of {token[20:]} so", f"login('{token}') and"]
    return rows


def table(token, kind=None):
    rows = column(token)
    return pyarrow.table(
        {"id": range(len(rows)), "text": pyarrow.array(rows, kind or pyarrow.string())}
    )


def parquet(title, visible=False, row=ROW, make=table, **options):
    """A case of a file of several row groups and pages. Statistics would show values."""
    found = Found("train.parquet*" if visible else "train.parquet!*", within=row and {"row": row})

    @TABLES.case(f"Parquet, {title}", found, visible=visible)
    def _(folder, token):
        settings = {"row_group_size": 300, "data_page_size": 2048, "write_statistics": False}
        pyarrow.parquet.write_table(
            make(token), folder / "train.parquet", **{**settings, **options}
        )


def nested(token):
    rows = [
        {"messages": [{"role": "user", "content": text}, {"role": "model", "content": "yes"}]}
        for text in column(token)
    ]
    return pyarrow.Table.from_pylist(rows)


def noted(token):
    return pyarrow.table({"id": [1]}).replace_schema_metadata({"hub_token": token, "b": "c"})


for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    for dictionary in [True, False]:
        parquet(
            f"{codec}, {'dictionary' if dictionary else 'plain'}",
            codec == "none",
            compression=codec,
            use_dictionary=dictionary,
        )
for version in ["1.0", "2.0"]:
    parquet(
        f"data pages {version}, zstd",
        compression="zstd",
        data_page_version=version,
        use_dictionary=False,
    )
    parquet(
        f"data pages {version}, zstd, lists of structures",
        row=None,
        make=nested,
        compression="zstd",
        data_page_version=version,
    )
parquet("lists of structures, a dictionary, snappy", row=None, make=nested, compression="snappy")
for encoding in ["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"]:
    for codec in ["none", "snappy", "zstd"]:
        parquet(
            f"{encoding}, {codec}",
            codec == "none",
            use_dictionary=False,
            column_encoding={"text": encoding, "id": "PLAIN"},
            compression=codec,
        )
parquet("bytes, snappy", compression="snappy", make=lambda token: table(token, pyarrow.binary()))
parquet(
    "large strings, snappy",
    compression="snappy",
    make=lambda token: table(token, pyarrow.large_string()),
)
parquet("key and value of metadata", True, None, noted)


@TABLES.case(
    "Parquet, DELTA_BYTE_ARRAY, a prefix shared", Found("train.parquet!*", within={"row": 3})
)
def _(folder, token):
    rows = ["a prompt", f"{token[:20]}!", token, "z"]
    pyarrow.parquet.write_table(
        pyarrow.table({"text": rows}),
        folder / "train.parquet",
        use_dictionary=False,
        compression="none",
        write_statistics=False,
        column_encoding={"text": "DELTA_BYTE_ARRAY"},
    )


@TABLES.case("Parquet, bytes of one length, glued, snappy", "train.parquet!*")
def _(folder, token):
    rows = [token[:20] + "z" * 17, "y" * 17 + token[17:], token, "x" * 37]
    kind = pyarrow.binary(37)
    pyarrow.parquet.write_table(
        pyarrow.table({"text": pyarrow.array([row.encode() for row in rows], kind)}),
        folder / "train.parquet",
        compression="snappy",
        use_dictionary=False,
        write_statistics=False,
    )


def stream(content, path, options=None):
    with pyarrow.ipc.new_stream(str(path), content.schema, options=options) as writer:
        writer.write_table(content, max_chunksize=400)


def file(content, path, options=None):
    with pyarrow.ipc.new_file(str(path), content.schema, options=options) as writer:
        writer.write_table(content, max_chunksize=400)


for title, writer in {"file": file, "stream, as `datasets` caches": stream}.items():
    for codec in [None, "lz4", "zstd"]:

        @TABLES.case(
            f"Arrow {title}, {codec or 'not compressed'}",
            Found("train.arrow!*" if codec else "train.arrow*", within={"row": ROW}),
            visible=not codec,
        )
        def _(folder, token, codec=codec, writer=writer):
            options = pyarrow.ipc.IpcWriteOptions(compression=codec)
            writer(table(token), folder / "train.arrow", options)

    @TABLES.case(f"Arrow {title}, glued", "train.arrow*", visible=True)
    def _(folder, token, writer=writer):
        writer(pyarrow.table({"text": ["before", token, "behind", "more"]}), folder / "train.arrow")

    @TABLES.case(f"Arrow {title}, a dictionary, zstd", "train.arrow!*")
    def _(folder, token, writer=writer):
        content = table(token)
        content = content.set_column(
            1, "text", content["text"].combine_chunks().dictionary_encode()
        )
        writer(content, folder / "train.arrow", pyarrow.ipc.IpcWriteOptions(compression="zstd"))


for codec in ["lz4", "zstd"]:

    @TABLES.case(f"Feather, {codec}", Found("train.feather!*", within={"row": ROW}))
    def _(folder, token, codec=codec):
        pyarrow.feather.write_feather(table(token), folder / "train.feather", compression=codec)


for codec in ["zlib", "snappy", "zstd", "lz4"]:

    @TABLES.case(f"ORC, {codec}", "train.orc!*")
    def _(folder, token, codec=codec):
        # Statistics show strings, but not bytes.
        content = {"text": pyarrow.array([row.encode() for row in column(token)])}
        options = {"compression": codec, "compression_strategy": "compression"}
        pyarrow.orc.write_table(pyarrow.table(content), folder / "train.orc", **options)


def database(path, *commands):
    """A database, open; each command is SQL with its values."""
    connection = sqlite3.connect(path, isolation_level=None)
    for command, *values in commands:
        connection.execute(command, values)
    return connection


MADE = ("create table history (line integer, source text)",)
FILLED = ("insert into history values (1, 'import os'), (2, 'train()')",)
ROWED = "insert into history values (3, ?)"


@TABLES.case("SQLite", "history.sqlite*", visible=True)
def _(folder, token):
    database(folder / "history.sqlite", MADE, FILLED, (ROWED, f"login('{token}')"), FILLED).close()


@TABLES.case(
    "SQLite, nothing but tokens, glued to their neighbours",
    "history.db*",
    "history.db*",
    visible=True,
)
def _(folder, first, second):
    rows = [(ROWED, first), (ROWED, second), (ROWED, "and more")]
    database(folder / "history.db", MADE, *rows).close()


@TABLES.case("SQLite, a deleted row", "history.sqlite*", visible=True)
def _(folder, token):
    deleted = ("delete from history where line = 3",)
    kept = ("pragma secure_delete = off",)
    database(folder / "history.sqlite", kept, MADE, FILLED, (ROWED, token), deleted).close()


@TABLES.case("SQLite, UTF-16", "history.sqlite*")
def _(folder, token):
    encoding = ("pragma encoding = 'UTF-16le'",)
    database(
        folder / "history.sqlite", encoding, MADE, FILLED, (ROWED, f"login('{token}')")
    ).close()


def overflowing(path, token, *before):
    """A value over several pages, one of which ends within the token."""
    for words in range(100, 300):
        # Pages are full from the end of a value on.
        path.unlink(missing_ok=True)
        value = "lorem " * 200 + token + " ipsum" * words
        connection = database(
            path, ("pragma page_size = 512",), *before, MADE, FILLED, (ROWED, value)
        )
        files = [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
        if not any(token.encode() in each.read_bytes() for each in files):
            return connection
        connection.close()
    raise AssertionError("no page ends within the token")


@TABLES.case("SQLite, a value over several pages", "history.sqlite!*")
def _(folder, token):
    overflowing(folder / "history.sqlite", token).close()


def abandoned(folder, connection):
    """Copies a database with its log, as a crash leaves it."""
    for path in (folder / "made").iterdir():
        if not path.name.endswith("-shm"):
            shutil.copy(path, folder)
    connection.close()
    shutil.rmtree(folder / "made")


LOGGED = (("pragma journal_mode = wal",), ("pragma wal_autocheckpoint = 0",))


@TABLES.case("SQLite, in a log that is not merged yet", "history.sqlite-wal*", visible=True)
def _(folder, token):
    (folder / "made").mkdir()
    abandoned(
        folder, database(folder / "made/history.sqlite", *LOGGED, MADE, FILLED, (ROWED, token))
    )


@TABLES.case("SQLite, in such a log, over several pages", "history.sqlite-wal!*")
def _(folder, token):
    (folder / "made").mkdir()
    abandoned(folder, overflowing(folder / "made/history.sqlite", token, *LOGGED))


def wandb_log(records):
    """The log of wandb: blocks of 32 KiB, records cut where a block ends."""
    log = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
    for record in records:
        kind = "first"
        while record or kind == "first":
            room = 32768 - len(log) % 32768
            if room < 7:
                log += b"\0" * room
                continue
            piece, record = record[: room - 7], record[room - 7 :]
            number = {
                ("first", False): 2,
                ("first", True): 1,
                ("middle", False): 3,
                ("middle", True): 4,
            }
            number = number[kind, not record]
            checksum = zlib.crc32(bytes([number]) + piece)
            log += struct.pack("<IHB", checksum, len(piece), number) + piece
            kind = "middle"
    return log


@TABLES.case("wandb, a record cut by a block's end", Found("run.wandb!*", within={"record": 2}))
def _(folder, token):
    first = b"x " * 16000
    place = 32768 - 7 - 7 - len(first) - 7 - 20
    write(
        folder / "run.wandb", wandb_log([first, b"-" * place + token.encode() + b" " * 99, b"end"])
    )


@TABLES.case("wandb, a whole record", "run.wandb*", visible=True)
def _(folder, token):
    write(folder / "run.wandb", wandb_log([b"first", b'{"hub_token": "%s"}' % token.encode()]))
