"""What the action meets on a runner: a repository, cargo, and a server with
releases."""

import io
import os
import random
import shlex
import string
import subprocess
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def made_token():
    """A token in the form that is issued, made now: a file must hold none."""
    return "hf_" + "".join(random.choices(string.ascii_letters, k=34))


class Repository:
    """A git repository that a test fills."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            env={**os.environ, **GIT_ENVIRONMENT},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message="A change"):
        """Commits everything, and returns the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{text}")
    path.chmod(0o755)


class Cargo:
    """A program `cargo` that compiles nothing: it notes how it was called, and puts a
    ready hfleaks where a build would leave it."""

    def __init__(self, folder, hfleaks):
        self.folder = folder
        self.noted = folder / "calls"
        write_program(
            folder / "cargo",
            f'printf "%s: %s\\n" "$PWD" "$*" >>{shlex.quote(str(self.noted))}\n'
            "mkdir -p target/release\n"
            f"ln -sf {shlex.quote(str(hfleaks))} target/release/hfleaks\n",
        )

    @property
    def calls(self):
        return self.noted.read_text().splitlines() if self.noted.exists() else []


def archive(name, hfleaks):
    """A release's archive, whose program runs the given one."""
    program = f'#!/bin/sh\nexec {shlex.quote(str(hfleaks))} "$@"\n'.encode()
    member = tarfile.TarInfo(f"{name}/hfleaks")
    member.size = len(program)
    member.mode = 0o755
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(member, io.BytesIO(program))
    return packed.getvalue()


@contextmanager
def server(files):
    """A server on this machine with these paths; everything else is a 404. Gives its
    URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            """Nothing, so that the output is that of the tests."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()
