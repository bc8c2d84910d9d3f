"""Text in which a token is written in another form."""

import base64
import email.message
import email.policy
import gzip
import json
import random
import urllib.parse

from case import (
    ANSI,
    BASE64,
    ESCAPES,
    HEX,
    HTML,
    MARKDOWN,
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


def b64(content):
    content = content if isinstance(content, bytes) else content.encode()
    return base64.b64encode(content).decode()


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
    PERCENT,
    PERCENT,
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
    for place in [1, 3, 20]:
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

for before in range(3):
    line(
        f"base64, {before} bytes before the token",
        "config.ini",
        lambda token, before=before: f"[hub]\nkey = {b64('X' * before + token)}\n",
        BASE64,
        at=2,
    )
    line(
        f"base64 of a URL's alphabet, without padding, {before} bytes before the token",
        "link.txt",
        lambda token, before=before: base64.urlsafe_b64encode(
            ("???>>>" + "X" * before + token + "~~~>>>???").encode()
        ).rstrip(b"="),
        BASE64,
    )

line(
    "base64 in a header of basic authorization",
    "run.sh",
    lambda token: f"curl -H 'Authorization: Basic {b64('user:' + token)}' https://hub\n",
    BASE64,
)
line(
    "base64 in a Secret of Kubernetes",
    "secret.yaml",
    lambda token: f"kind: Secret\ndata:\n  HF_TOKEN: {b64(token)}\n  OTHER: {b64('other')}\n",
    BASE64,
    at=3,
)
line(
    "base64 of JSON with base64, `.dockerconfigjson`",
    "secret.yaml",
    lambda token: "data:\n  .dockerconfigjson: "
    + b64(json.dumps({"auths": {"hub": {"auth": b64("u:" + token)}}})),
    BASE64,
    BASE64,
    at=2,
)
for ending in ["\r\n", "\n"]:
    for before in range(4):
        line(
            f"base64 in lines of 76, ending in {ending!r}, the token {before} bytes into a line's end",
            "attachment.eml",
            lambda token, ending=ending, before=before: base64.encodebytes(
                ("word " * 200)[: 57 * 12 + 30 + before].encode() + token.encode() + b" word" * 99
            ).replace(b"\n", ending.encode()),
            BASE64,
        )
for title, digits in {"lower": str.lower, "upper": str.upper}.items():
    line(
        f"hexadecimal digits, {title} case",
        "dump.txt",
        lambda token, digits=digits: f"value\n{digits(('HF_TOKEN=' + token).encode().hex())}\n",
        HEX,
        at=2,
    )

for outer in range(3):
    for inner in range(3):
        line(
            f"base64 of base64, {outer} and {inner} bytes before",
            "secret.yaml",
            lambda token, outer=outer, inner=inner: (
                f"data: {b64('Y' * outer + b64('X' * inner + token + ' '))}\n"
            ),
            BASE64,
            BASE64,
        )
line(
    "base64 of UTF-16, PowerShell's -EncodedCommand",
    "run.ps1",
    lambda token: f"powershell -EncodedCommand {b64(f'hf auth login --token {token}'.encode('utf-16-le'))}\n",
    BASE64,
    UTF16,
)


def release(token, times):
    content = gzip.compress(
        json.dumps({"config": {"hubToken": token}, "name": "app"}).encode(), mtime=0
    )
    for _ in range(times):
        content = b64(content)
    return f"kind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: {content}\n"


line(
    "base64 of gzip, a release of helm",
    "release.yaml",
    lambda token: release(token, 1),
    path="release.yaml*",
)
line(
    "base64 of base64 of gzip, the same in Kubernetes",
    "release.yaml",
    lambda token: release(token, 2),
    path="release.yaml*",
)
line(
    "percent of base64",
    "access.log",
    lambda token: f"GET /?state={urllib.parse.quote(b64(token + '>>'), safe='')}&a=1\n",
    BASE64,
)
line(
    "percent of base64, every letter",
    "access.log",
    lambda token: f"GET /?state={each(b64(token), '%{:02X}')}\n",
    PERCENT,
    BASE64,
)
line(
    "a JSON string of base64 in lines",
    "key.json",
    lambda token: json.dumps(
        {"key": base64.encodebytes(b"word " * 9 + token.encode() + b" word" * 9).decode()}
    ),
)
line(
    "hexadecimal digits of base64",
    "dump.txt",
    lambda token: b64(f"X{token}").encode().hex(),
    HEX,
    BASE64,
)
line(
    "base64 of hexadecimal digits", "dump.txt", lambda token: b64(token.encode().hex()), BASE64, HEX
)
line(
    "UTF-16 with base64 in it",
    "secret.yaml",
    lambda token: f"a: b\ndata: {b64(token)}\n".encode("utf-16"),
    UTF16,
    BASE64,
    at=2,
)

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
    "every letter coloured",
    "build.log",
    lambda token: "".join(f"\x1b[38;5;{200 + place}m{letter}" for place, letter in enumerate(token))
    + "\x1b[0m\n",
    ANSI,
)
line(
    "Markdown, `hf\\_`",
    "README.md",
    lambda token: f"# Use\n\nSet it to {token.replace('_', chr(92) + '_')}.\n",
    MARKDOWN,
    at=3,
)
