"""Notebooks, made with nbformat: the cell counts, beside the line of the file."""

import base64
import io
import json

import nbformat
from nbformat import v4
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from case import BASE64, JOINED, THERE, Family, Found, write

NOTEBOOKS = Family("Notebooks")


def within(index, kind, part, **more):
    return {"cell": {"index": index, "kind": kind, "part": part, **more}}


def notebook(title, place, visible=True, line=THERE, decoded=None, path="train.ipynb"):
    """A case of a notebook whose second cell a function makes, or changes."""
    found = Found(path, line=line, within=place, decoded=decoded)

    def register(make):
        @NOTEBOOKS.case(title, found, visible=visible)
        def _(folder, token):
            cell = v4.new_code_cell("import os\nlogin()", execution_count=7)
            first = v4.new_markdown_cell("# Training")
            book = v4.new_notebook(cells=[first, cell, v4.new_code_cell("train()")])
            book.cells[1] = make(cell, token, book) or cell
            nbformat.validate(book)
            nbformat.write(book, folder / "train.ipynb")

        return make

    return register


def png(token):
    text = PngInfo()
    text.add_text("Comment", f"{token} ", zip=True)
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "png", pnginfo=text)
    return base64.b64encode(content.getvalue()).decode()


@notebook(
    "the source of a cell",
    within(2, "code", "source", execution_count=7, line=3, column=14),
)
def _(cell, token, book):
    cell.source = f"from huggingface_hub import login\n\nlogin(token='{token}')\ntrain()"


@notebook("the source of a cell that has not run", within(2, "code", "source", line=1, column=8))
def _(cell, token, book):
    cell.source = f"login('{token}')"
    cell.execution_count = None


@notebook(
    "strings joined in a cell", within(2, "code", "source", line=2, column=6), False, None, [JOINED]
)
def _(cell, token, book):
    cell.source = f"login(\n    '{token[:9]}'\n    '{token[9:]}'\n)"


@notebook("a cell of Markdown", within(2, "markdown", "source", line=3, column=4))
def _(cell, token, book):
    return v4.new_markdown_cell(f"# Use\n\nit {token}")


@notebook("a raw cell", within(2, "raw", "source", line=1, column=1))
def _(cell, token, book):
    return v4.new_raw_cell(token)


@notebook("what was printed", within(2, "code", "output", execution_count=7, line=2, column=7))
def _(cell, token, book):
    cell.outputs = [v4.new_output("stream", name="stdout", text=f"Logged in\ntoken {token}\n")]


@notebook("what was printed, in the second output", within(2, "code", "output", line=1, column=3))
def _(cell, token, book):
    first = v4.new_output("stream", name="stdout", text="Logged in\n")
    cell.outputs = [first, v4.new_output("stream", name="stderr", text=f"> {token}\n")]


@notebook("a result of text", within(2, "code", "output", line=1, column=2))
def _(cell, token, book):
    data = {"text/plain": f"'{token}'"}
    cell.outputs = [v4.new_output("execute_result", data, execution_count=7)]


@notebook("a result of HTML", within(2, "code", "output"))
def _(cell, token, book):
    data = {"text/html": f"<table>\n<tr><td>{token}</td></tr>\n</table>", "text/plain": "table"}
    cell.outputs = [v4.new_output("display_data", data)]


@notebook("a result of HTML, an entity inside", within(2, "code", "output"), False, None)
def _(cell, token, book):
    data = {"text/html": f"<pre>{token.replace('_', '&#95;')}</pre>"}
    cell.outputs = [v4.new_output("display_data", data)]


@notebook("a result of JSON", within(2, "code", "output"))
def _(cell, token, book):
    data = {"application/json": {"config": [{"token": token}]}, "text/plain": "object"}
    cell.outputs = [v4.new_output("display_data", data)]


@notebook("a traceback", within(2, "code", "traceback"))
def _(cell, token, book):
    lines = ["\x1b[0;31mHTTPError\x1b[0m", f"\x1b[1;32m----> 2\x1b[0m login('{token}')", "401"]
    cell.outputs = [v4.new_output("error", ename="HTTPError", evalue="401", traceback=lines)]


@notebook("a traceback, coloured inside the token", within(2, "code", "traceback"), False, None)
def _(cell, token, book):
    lines = [f"\x1b[1;32m----> 2\x1b[0m login('hf\x1b[38;5;66m_\x1b[0m{token[3:]}')"]
    cell.outputs = [v4.new_output("error", ename="HTTPError", evalue="401", traceback=lines)]


@notebook("metadata of a cell", within(2, "code", "metadata"))
def _(cell, token, book):
    cell.metadata["parameters"] = {"token": token}


@notebook("the state of a widget", None)
def _(cell, token, book):
    state = {
        "a1": {
            "model_name": "TextModel",
            "model_module": "@jupyter-widgets/controls",
            "model_module_version": "1.5.0",
            "state": {"value": token},
        }
    }
    mime = "application/vnd.jupyter.widget-state+json"
    book.metadata["widgets"] = {mime: {"version_major": 2, "version_minor": 0, "state": state}}


@notebook(
    "an attachment, text in base64", within(2, "markdown", "attachment"), False, None, [BASE64]
)
def _(cell, token, book):
    content = base64.b64encode(f"the token: {token}\n".encode()).decode()
    return v4.new_markdown_cell("see", attachments={"notes.txt": {"text/plain": content}})


@notebook("an attachment, a picture with compressed text", None, False, None, path="train.ipynb*")
def _(cell, token, book):
    return v4.new_markdown_cell("see", attachments={"a.png": {"image/png": png(token)}})


@notebook("a picture with compressed text in an output", None, False, None, path="train.ipynb*")
def _(cell, token, book):
    cell.outputs = [v4.new_output("display_data", {"image/png": png(token)})]


@NOTEBOOKS.case(
    "a notebook in one line",
    Found("train.ipynb", line=1, within=within(1, "code", "source", line=2, column=8)),
    visible=True,
)
def _(folder, token):
    cells = [v4.new_code_cell(f"import os\nlogin('{token}')")]
    write(folder / "train.ipynb", json.dumps(v4.new_notebook(cells=cells)))


@NOTEBOOKS.case(
    "two tokens in two cells",
    Found("train.ipynb", 0, THERE, within=within(1, "code", "source")),
    Found("train.ipynb", 1, THERE, within=within(2, "code", "output")),
    visible=True,
)
def _(folder, first, second):
    output = v4.new_output("stream", name="stdout", text=second)
    cells = [v4.new_code_cell(first), v4.new_code_cell("print()", outputs=[output])]
    nbformat.write(v4.new_notebook(cells=cells), folder / "train.ipynb")


@NOTEBOOKS.case("a file that is no notebook in spite of its name", "train.ipynb", visible=True)
def _(folder, token):
    write(folder / "train.ipynb", f"<<<<<<< HEAD\nlogin('{token}')\n")
