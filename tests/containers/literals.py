"""Strings that Python joins: the token is in no one of them."""

from case import JOINED, Family, Found, write

LITERALS = Family("Joined strings")


def source(title, text, at=2):
    """A case of a program; `A` and `B` stand for the token's halves."""

    @LITERALS.case(title, Found("train.py", line=at, decoded=[JOINED]))
    def _(folder, token):
        write(folder / "train.py", "import hub\n" + text.format(A=token[:12], B=token[12:]) + "\n")


source("side by side", 'login("{A}" "{B}")')
source("side by side, without a blank", 'login("{A}""{B}")')
source("with single quotes", "login('{A}' '{B}')")
source("with mixed quotes", "login('{A}' \"{B}\")")
source("over lines in parentheses", 'login(\n    token="{A}"\n    "{B}",\n)', at=3)
source("over lines, with comments", 'login(\n    "{A}"  # first\n    "{B}"  # second\n)', at=3)
source("over lines with CRLF", 'login(\r\n    "{A}"\r\n    "{B}"\r\n)', at=3)
source("over lines with backslashes", 'token = "{A}" \\\n    "{B}"')
source("with `+`", 'login("{A}" + "{B}")')
source("with `+` at the ends of lines", 'login(\n    "{A}" +\n    "{B}"\n)', at=3)
source("with `+` at the starts of lines", 'login(\n    "{A}"\n    + "{B}"\n)', at=3)
source("f-strings without fields", 'login(f"{A}" f"{B}")')
source("an f-string and a string", 'login(f"{A}" "{B}")')
source("raw strings and bytes", 'login(rb"{A}" b"{B}")')
source("triple quotes", 'login("""{A}""" """{B}""")')


@LITERALS.case("in three parts", Found("train.py", line=1, decoded=[JOINED]))
def _(folder, token):
    write(folder / "train.py", f"t = '{token[:5]}' '{token[5:20]}' '{token[20:]}'\n")


@LITERALS.case("letter by letter behind the prefix", Found("train.py", line=1, decoded=[JOINED]))
def _(folder, token):
    write(folder / "train.py", f"t = {' + '.join(map(repr, [token[:3], *token[3:]]))}\n")


@LITERALS.case("an escape in one half", Found("train.py", line=1))
def _(folder, token):
    write(folder / "train.py", f"t = 'hf\\x5f{token[3:9]}' '{token[9:]}'\n")


@LITERALS.case(
    "words that are not joined stay apart, the token beside is found", "train.py", visible=True
)
def _(folder, token):
    write(folder / "train.py", f"a = ['hf_', 'abcdefghijklmnopqrstuvwxyzabcdefgh', '{token}']\n")
