"""Makes what `benches/containers.sh` measures on: `make_containers.py KIND FOLDER`.

`parquet` makes 1 GB of files of 100 to 250 MB, half of them in snappy and half in zstd,
with columns of text as data sets for language models have them. `notebooks` makes 10,000
notebooks of 10 to 200 kB, some of them with pictures. One file in a hundred holds a
token, made here and found nowhere else. A third argument makes so many percent of that.
"""

import base64
import json
import random
import string
import sys
from pathlib import Path

SYLLABLES = "ba re ti on ed ing er al is le ve co mo de ta ri ne pro con st ma la".split()
random.seed(6)
# Words are as unlike in number as in a language: the first are by far the most.
WORDS = ["".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(30_000)]
WEIGHTS = [1 / (place + 2) for place in range(len(WORDS))]
CODE = [
    "import numpy",
    "x = train(model, {})",
    "for step in range({}):",
    "    loss.append({})",
    "print({})",
]


def token():
    return "hf_" + "".join(random.choices(string.ascii_letters, k=34))


class Prose:
    """Text without end, cut from words that were drawn once."""

    def __init__(self):
        drawn = random.choices(WORDS, WEIGHTS, k=3_000_000)
        self.text = " ".join(drawn).replace(" ba ", ". ")

    def take(self, length):
        start = random.randrange(len(self.text) - length)
        return self.text[start : start + length]


def table(prose, rows):
    import pyarrow

    ids = [f"{random.getrandbits(64):016x}" for _ in range(rows)]
    kinds = random.choices(["web", "book", "code", "chat"], k=rows)
    texts = [prose.take(random.choice([80, 300, 700, 2500])) for _ in range(rows)]
    texts[rows // 2] = f"login('{token()}') {texts[rows // 2]}"
    urls = [f"https://example.org/{each}/{place}" for place, each in enumerate(ids)]
    return pyarrow.table(
        {"id": ids, "source": kinds, "url": urls, "text": texts, "score": range(rows)}
    )


def make_parquet(folder, percent):
    import pyarrow.parquet

    prose = Prose()
    for codec in ["snappy", "zstd"]:
        for place, megabytes in enumerate([100, 150, 250]):
            path, first = folder / f"train-{codec}-{place}.parquet", table(prose, 50_000)
            writer = pyarrow.parquet.ParquetWriter(path, first.schema, compression=codec)
            with path.open("rb") as written:
                writer.write_table(first)
                while written.seek(0, 2) < megabytes * percent * 10_000:
                    writer.write_table(table(prose, 50_000))
            writer.close()
            print(path.name, path.stat().st_size >> 20, "MiB", file=sys.stderr)


def cell(prose, length, picture):
    lines = [random.choice(CODE).format(random.random()) + "\n" for _ in range(length)]
    if random.random() < 0.3:
        text = prose.take(length * 40)
        return {"cell_type": "markdown", "metadata": {}, "source": ["# Training\n", text]}
    printed = [f"step {step}: loss {random.random():.6f}\n" for step in range(length * 2)]
    outputs = [{"name": "stdout", "output_type": "stream", "text": printed}]
    if picture:
        image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.randbytes(picture)).decode()
        data = {"image/png": image, "text/plain": ["<Figure size 640x480>"]}
        outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})
    code = {"cell_type": "code", "execution_count": length, "id": f"{random.getrandbits(32):08x}"}
    return {**code, "metadata": {}, "outputs": outputs, "source": lines}


def make_notebooks(folder, percent):
    prose = Prose()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for place in range(100 * percent):
        size, left, cells = 0, random.choice([8_000, 20_000, 40_000, 80_000, 180_000]), []
        while size < left:
            picture = random.choice([0, 0, 0, 0, 10_000, 20_000]) if left > 40_000 else 0
            cells.append(cell(prose, random.randint(3, 25), picture))
            size += len(json.dumps(cells[-1], indent=1))
        if place % 100 == 50:
            cells.append({"cell_type": "raw", "metadata": {}, "source": [f"login('{token()}')"]})
        book = {
            "cells": cells,
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = folder / f"{place % 97}" / f"notebook-{place}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(book, indent=1) + "\n")


def main():
    kind, folder, *percent = sys.argv[1:]
    make = {"parquet": make_parquet, "notebooks": make_notebooks}[kind]
    folder = Path(folder)
    folder.mkdir(parents=True)
    make(folder, int(percent[0]) if percent else 100)


main()
