"""Databases, and logs of records."""

import shutil
import sqlite3
import struct
import zlib

from case import Family, Found, write

DATABASES = Family("Databases and logs")


def database(path, *commands):
    """A database, open; each command is SQL with its values."""
    connection = sqlite3.connect(path, isolation_level=None)
    for command, *values in commands:
        connection.execute(command, values)
    return connection


MADE = ("create table history (line integer, source text)",)
FILLED = ("insert into history values (1, 'import os'), (2, 'train()')",)
ROWED = "insert into history values (3, ?)"


@DATABASES.case("SQLite", "history.sqlite*", visible=True)
def _(folder, token):
    database(folder / "history.sqlite", MADE, FILLED, (ROWED, f"login('{token}')"), FILLED).close()


@DATABASES.case(
    "SQLite, nothing but tokens, glued to their neighbours",
    "history.db*",
    "history.db*",
    visible=True,
)
def _(folder, first, second):
    rows = [(ROWED, first), (ROWED, second), (ROWED, "and more")]
    database(folder / "history.db", MADE, *rows).close()


@DATABASES.case("SQLite, a deleted row", "history.sqlite*", visible=True)
def _(folder, token):
    deleted = ("delete from history where line = 3",)
    kept = ("pragma secure_delete = off",)
    database(folder / "history.sqlite", kept, MADE, FILLED, (ROWED, token), deleted).close()


@DATABASES.case("SQLite, UTF-16", "history.sqlite*")
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


@DATABASES.case("SQLite, a value over several pages", "history.sqlite!*")
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


@DATABASES.case("SQLite, in a log that is not merged yet", "history.sqlite-wal*", visible=True)
def _(folder, token):
    (folder / "made").mkdir()
    abandoned(
        folder, database(folder / "made/history.sqlite", *LOGGED, MADE, FILLED, (ROWED, token))
    )


@DATABASES.case("SQLite, in such a log, over several pages", "history.sqlite-wal!*")
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


def field(number, content):
    """A field of bytes, as protobuf writes it."""
    length, varint = len(content), b""
    while length > 127:
        length, varint = length >> 7, varint + bytes([length & 127 | 128])
    return bytes([number << 3 | 2]) + varint + bytes([length]) + content


def setting(name, value):
    """A record of the configuration of a run: a name, and a value in JSON."""
    return field(5, field(1, field(1, name) + field(15, b'"%s"' % value)))


@DATABASES.case("wandb, a record cut by a block's end", Found("run.wandb!*", within={"record": 2}))
def _(folder, token):
    first = setting(b"prompt", b"x " * 16000)
    for filler in range(600, 800, 10):
        second = setting(b"hub_token", b"- " * (filler // 2) + token.encode() + b" -" * 50)
        log = wandb_log([first, second, setting(b"seed", b"42")])
        if token.encode() not in log:
            break
    write(folder / "run.wandb", log)


@DATABASES.case("wandb, a whole record", Found("run.wandb*"), visible=True)
def _(folder, token):
    write(
        folder / "run.wandb",
        wandb_log([setting(b"seed", b"42"), setting(b"hub_token", token.encode())]),
    )
