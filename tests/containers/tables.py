"""Tables in columns."""

import random

import pyarrow
import pyarrow.feather
import pyarrow.ipc
import pyarrow.orc
import pyarrow.parquet

from case import Family, Found

TABLES = Family("Tables")
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
    rows = [token[:20] + "-" * 17, "-" * 17 + token[17:], token, "x" * 37]
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
