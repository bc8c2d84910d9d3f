"""Base64 and hexadecimal digits, and encodings within one another."""

import base64
import gzip
import json
import urllib.parse

from case import BASE64, HEX, PERCENT, UTF16
from texts import each, line


def b64(content):
    content = content if isinstance(content, bytes) else content.encode()
    return base64.b64encode(content).decode()


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
