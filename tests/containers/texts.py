"""Text in which a token is written in another form."""

import email.message
import email.policy
import json
import random

from case import (
    ANSI,
    BASE64,
    ESCAPES,
    HTML,
    PERCENT,
    QUOTED,
    UTF16,
    UTF32,
    Family,
    Found,
    write,
)

ENCODINGS = Family("Encodings")


def line(title, name, encode, *decoded, at=None, visible=False, path=None):
    """A case of one file, which a function makes of the token."""
    found = Found(path or name, line=at, decoded=list(decoded) or None)

    @ENCODINGS.case(title, found, visible=visible)
    def _(folder, token):
        write(folder / name, encode(token))


def each(token, form):
    return "".join(form.format(ord(letter)) for letter in token)


for codec, name in {"utf-16": UTF16, "utf-32": UTF32}.items():
    for order in ["le", "be"]:
        for mark in ["with", "without"]:
            line(
                f"{codec.upper()} {order.upper()} {mark} a byte order mark",
                "output.txt",
                lambda token, codec=f"{codec}-{order}", mark=mark: (
                    ("\ufeff" if mark == "with" else "")
                    + f"PS C:\\> hf auth token\r\n{token}\r\nPS C:\\> exit\r\n"
                ).encode(codec),
                name,
                at=2,
            )
        line(
            f"{codec.upper()} {order.upper()} in a binary, at an odd offset",
            "tool.exe",
            lambda token, codec=f"{codec}-{order}": (
                random.Random(1).randbytes(1001)
                + token.encode(codec)
                + b"\0" * 8
                + random.Random(2).randbytes(1000)
            ),
            name,
        )

line(
    "JSON, the underscore escaped",
    "request.json",
    lambda token: '{\n  "token": "' + token.replace("_", "\\u005f") + '"\n}\n',
    ESCAPES,
    at=2,
)
line(
    "JSON, every letter escaped",
    "request.json",
    lambda token: '{"a": 1,\n"token": "' + each(token, "\\u{:04x}") + '\\n"}\n',
    ESCAPES,
    at=2,
)
line(
    "JSON in JSON, the underscore escaped twice",
    "event.json",
    lambda token: json.dumps({"body": '{"token": "' + token.replace("_", "\\u005F") + '"}'}),
)
line(
    "JSON, behind `\\/` in a URL",
    "remote.json",
    lambda token: '{"url": "https:\\/\\/user:' + token + '@huggingface.co\\/org\\/model"}',
    visible=True,
)
line(
    "JSON, behind `\\/`, the underscore escaped",
    "remote.json",
    lambda token: '{"url": "\\/' + token.replace("_", "\\u005f") + '\\/"}',
    ESCAPES,
)
for title, form in {
    "`\\x68`": "\\x{:02x}",
    "`\\x5F`, upper case": "\\x{:02X}",
    "octal": "\\{:03o}",
    "`\\u0068`": "\\u{:04x}",
    "`\\U00000068`": "\\U{:08x}",
}.items():
    line(
        f"Python, every letter as {title}",
        "train.py",
        lambda token, form=form: f"import os\nlogin('{each(token, form)}')\n",
        ESCAPES,
        at=2,
    )
line(
    "Python, three letters as `\\x68\\x66\\x5f`",
    "train.py",
    lambda token: f"login(b'{each(token[:3], chr(92) + 'x{:02x}')}{token[3:]}')\n",
    ESCAPES,
)

line(
    "percent, `hf%5F`",
    "access.log",
    lambda token: f"GET /?q={token.replace('_', '%5F')}&a=1\n",
    PERCENT,
)
line(
    "percent, `hf%5f`",
    "access.log",
    lambda token: f"GET /{token.replace('_', '%5f')} HTTP/1.1\n",
    PERCENT,
)
line(
    "percent, every letter",
    "access.log",
    lambda token: f"-\nGET /?q={each(token, '%{:02X}')}&a=1\n",
    PERCENT,
    at=2,
)
line(
    "percent twice, `hf%255F`",
    "access.log",
    lambda token: f"GET /?q={token.replace('_', '%255F')}\n",
)

for entity in ["&#95;", "&#095;", "&#x5f;", "&#x5F;", "&#X005F;", "&lowbar;", "&UnderBar;"]:
    line(
        f"HTML, `hf{entity}`",
        "page.html",
        lambda token, entity=entity: f"<p>\n<code>{token.replace('_', entity)}</code>\n",
        HTML,
        at=2,
    )
line(
    "HTML, every letter, decimal",
    "page.html",
    lambda token: f"<code>{each(token, '&#{};')}</code>",
    HTML,
)
line(
    "HTML, every letter, hexadecimal",
    "page.html",
    lambda token: f"<code>{each(token, '&#x{:x};')}</code>",
    HTML,
)

line(
    "quoted-printable, `hf=5F`",
    "mail.eml",
    lambda token: f"The token is {token.replace('_', '=5F')}.\r\n",
    QUOTED,
)
for ending in ["\r\n", "\n"]:
    for place in [2, 3, 20]:
        line(
            f"quoted-printable, soft line break {ending!r} after {place} letters",
            "mail.eml",
            lambda token, place=place, ending=ending: (
                f"Hello{ending}the token is {token[:place]}={ending}{token[place:]}=20{ending}"
            ),
            QUOTED,
            at=2,
        )


def mail(token, encoding, text="The new token, for all of us who train models this week, is {}.\n"):
    message = email.message.EmailMessage(email.policy.SMTP)
    message["Subject"] = "é: a token"
    message.set_content("Bonjour à tous,\n" + text.format(token), cte=encoding)
    message.add_attachment(b"\x89attached", maintype="application", subtype="octet-stream")
    return bytes(message)


line(
    "a mail in quoted-printable", "mail.eml", lambda token: mail(token, "quoted-printable"), QUOTED
)
line("a mail in base64", "mail.eml", lambda token: mail(token, "base64"), BASE64)

line(
    "a colour of a terminal inside",
    "build.log",
    lambda token: f"ok\n{token[:9]}\x1b[1;31m{token[9:]}\x1b[0m\n",
    ANSI,
    at=2,
)
line(
    "marks of grep inside",
    "build.log",
    lambda token: f"env: \x1b[01;31m\x1b[Khf_\x1b[m\x1b[K{token[3:]}\n",
    ANSI,
)
line(
    "every letter behind the prefix coloured",
    "build.log",
    lambda token: token[:3]
    + "".join(f"\x1b[38;5;200m{letter}" for letter in token[3:])
    + "\x1b[0m\n",
    ANSI,
)
line(
    "Markdown, `hf\\_`",
    "README.md",
    lambda token: f"# Use\n\nSet it to {token.replace('_', chr(92) + '_')}.\n",
    ESCAPES,
    at=3,
)
