#!/usr/bin/env python3
"""Measures what a byte costs in files that were made to be dear, beside ordinary ones.

    benches/complexity.py           32 MB of each; fails where one is dearer than is stated
    benches/complexity.py 8         8 MB of each
    benches/complexity.py 32 pipe   those that have "pipe" in their names, and ordinary ones

HFLEAKS names another program than target/release/hfleaks. Needs nothing but Python. One
thread scans one file; what counts is the processor's time, the best of three, and the
memory at its highest. A quarter of each file is measured too: four times the bytes may
take little more than four times as long.
"""

import base64
import os
import random
import string
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = os.environ.get("HFLEAKS", "target/release/hfleaks")
ALPHANUMERIC = string.ascii_letters + string.digits
BUDGET = 64 << 20
# A file of the policy is parsed as a whole, and its tree is as large as three hundred times
# the file where it was made to be so.
POLICY_SIZE, POLICY_BUDGET = 1_000_000, 384 << 20
# To four times the bytes, for each of them.
MOST_GROWTH = 2
# A finding is judged, kept, sorted and shown.
MOST_MICROSECONDS, MOST_KEPT = 80, 2500


def letters(count):
    return "".join(random.choices(string.ascii_letters, k=count))


def token():
    return "hf_" + letters(34)


def fill(size, text):
    """The text, again and again."""
    text = text.encode() if isinstance(text, str) else text
    return (text * (size // len(text) + 1))[:size]


def ordinary(size):
    """Lines of words, as code and prose have them."""
    word = lambda: "".join(random.choices(string.ascii_lowercase, k=random.randint(1, 9)))
    words = [word() for _ in range(5000)] + '{ } (x) = == "a" 0 17 // /* */ self. -> \\n %s &x'.split()
    line = lambda: " ".join(random.choices(words, k=random.randint(0, 14)))
    return fill(size, "".join(line() + "\n" for _ in range(50_000)))


def drawn(size, alphabet):
    """Characters that repeat themselves after about a megabyte."""
    return fill(size, "".join(random.choices(alphabet, k=(1 << 20) + 7)))


def made(make, count=30_000):
    """Units that repeat themselves after so many."""
    return lambda size: fill(size, "".join(make() for _ in range(count)))


def encoded(encode):
    """An encoding of near misses, whose signs are everywhere."""
    return lambda size: fill(size, encode(("hf_" + letters(20) + " ").encode()))


def each(form):
    return lambda text: "".join(form % byte for byte in text).encode()


def of(text):
    return lambda size: fill(size, text)


# Name, what makes so many bytes of it, and the factor to an ordinary byte.
BYTES = [
    ("newlines", of("\n"), 4),
    ("zeros", of(b"\0"), 4),
    ("random bytes", os.urandom, 5),
    ("one letter, one line", of("a"), 9),
    ("alphanumerics, one line", lambda size: drawn(size, ALPHANUMERIC), 20),
    ("base64 in lines", lambda size: base64.encodebytes(os.urandom(size * 3 // 4)), 40),
    ("hf_hf_hf_…", of("hf_"), 150),
    ("hf_ and 33 letters", made(lambda: "hf_" + letters(33) + " "), 50),
    ("33 letters and hf_", made(lambda: letters(33) + "hf_ "), 25),
    ("hf_jwt_eyJ", of("hf_jwt_eyJ"), 110),
    ("hf_oauth_eyJ.eyJ.", of("hf_oauth_eyJ.eyJ."), 70),
    ('"hf_', of('"hf_'), 100),
    ("%%%…", of("%"), 9),
    ("&#&#…", of("&#"), 9),
    ("backslashes", of("\\"), 80),
    ("escape characters", of("\x1b["), 4),
    ('" + "', of('" + "'), 4),
    ("gzip's first bytes", of(b"\x1f\x8b\x08"), 5),
    ("base64 of hf_", of("aGZf"), 350),
    ("in base64", encoded(base64.b64encode), 130),
    ("in base64 twice", encoded(lambda text: base64.b64encode(base64.b64encode(text))), 230),
    ("in hex", encoded(lambda text: text.hex().encode()), 80),
    ("in %68%66", encoded(each("%%%02x")), 180),
    ("in &#104;&#102;", encoded(each("&#%d;")), 180),
    ("in \\x68\\x66", encoded(each("\\x%02x")), 200),
    ("in \\u0068\\u0066", encoded(each("\\u%04x")), 200),
    ("quoted-printable", encoded(lambda text: b"=68=66_" + text[3:] + b"=\n"), 5),
    ("UTF-16", encoded(lambda text: text.decode().encode("utf-16-le")), 50),
    ("UTF-32", encoded(lambda text: text.decode().encode("utf-32-le")), 25),
]


def workflow(size, run="make test"):
    step = "      - run: |\n          echo $HF_TOKEN | wc -c\n          " + run + "\n        env:\n          HF_TOKEN: x\n"
    return "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n" + step + "      - run: make\n" * (size // 18)


def flow(value):
    """A workflow that has this value."""
    return lambda size: workflow(0) + "env:\n  A: " + value(size) + "\n"


def python(text):
    return lambda size: "import os\nos.environ['HF_TOKEN'] = g()\n" + text(size) + "\n"


def shell(text):
    return lambda size: "export HF_TOKEN=x\n" + text(size) + "\n"


def stairs(line):
    return lambda size: "".join(" " * depth + line + "\n" for depth in range(int((2 * size) ** 0.5)))


def times(text, before="", behind=""):
    return lambda size: before + text * (size // len(text)) + behind


# Name, file name, what makes it, and the factor to the first of the same file name.
POLICY = [
    ("ordinary Python", "a.py", python(times("def f(x):\n    y = g(x, key='v')\n    return [y for y in h(x) if y]\n\n")), 1),
    ("f-strings", "a.py", python(times("x = f'{a} b {c!r:>{width}} {d}'\n")), 4),
    ("one f-string", "a.py", python(times("{a}", "x = f'", "'")), 4),
    ("open brackets", "a.py", python(times("(")), 4),
    ("nested calls", "a.py", python(times("f(")), 4),
    ("deep indentation", "a.py", python(stairs("if x:")), 4),
    ("a sum of strings", "a.py", python(times(" + 'a'", "x = 'a'")), 4),
    ("ordinary workflow", ".github/workflows/a.yml", workflow, 1),
    ("flow brackets", ".github/workflows/a.yml", flow(times("[")), 4),
    ("flow maps", ".github/workflows/a.yml", flow(times("{a: ")), 4),
    ("deep maps", ".github/workflows/a.yml", lambda size: workflow(0) + stairs("a:")(size), 4),
    ("deep lists", ".github/workflows/a.yml", lambda size: workflow(0) + "a:\n " + "- " * (size // 2), 4),
    ("aliases", ".github/workflows/a.yml", lambda size: workflow(0) + "a: &a [x]\nb: [" + "*a ," * (size // 4) + "]\n", 4),
    ("expressions", ".github/workflows/a.yml", lambda size: workflow(0, "echo " + "${{ secrets.HF_TOKEN }}" * (size // 23)), 20),
    ("ordinary shell", "a.sh", shell(times('if [ -n "$x" ]; then\n  echo "hello $x" >out\nfi\nfor f in *; do cat "$f"; done\n')), 1),
    ("a pipeline", "a.sh", shell(times(" | b", "a")), 4),
    ("substitutions", "a.sh", shell(times("$(")), 4),
    ("here documents", "a.sh", shell(times("cat <<A\nx\nA\n")), 4),
    ("open quotes", "a.sh", shell(times("\"'`")), 4),
    ("a list", "a.sh", shell(times("a && ")), 4),
    ("ordinary Dockerfile", "Dockerfile", times("RUN apt-get install x && echo y\nENV A=b\n", "FROM a\nARG HF_TOKEN\n"), 1),
    ("one instruction", "Dockerfile", times(" \\\n  && b", "FROM a\nARG HF_TOKEN\nRUN a", "\n"), 4),
]


class Case:
    """A folder with a file to scan, and what scanning it has cost."""

    def __init__(self, work, name, make, size, options=()):
        self.folder = Path(tempfile.mkdtemp(dir=work))
        self.path = self.folder / name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.options = options
        # Made by a process of its own: what a program is started from counts as its memory.
        child = os.fork()
        if child == 0:
            random.seed(8)
            text = make(size)
            self.path.write_bytes(text.encode() if isinstance(text, str) else text)
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(f"{name} cannot be made")
        self.size = self.path.stat().st_size

    def run(self, runs=3):
        self.seconds, self.memory = float("inf"), 0
        command = [PROGRAM, "--no-config", "-q", "-j", "1", *self.options, str(self.folder)]
        for _ in range(runs):
            with open(os.devnull, "w") as nowhere, tempfile.TemporaryFile("w+") as errors:
                child = subprocess.Popen(command, stdout=nowhere, stderr=errors)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                errors.seek(0)
                self.told = errors.read(300).split("\n")[0].split(": ", 2)[-1]
            if child.returncode not in (0, 1, 2):
                sys.exit(f"status {child.returncode}: {' '.join(command)}\n{self.told}")
            self.seconds = min(self.seconds, usage.ru_utime + usage.ru_stime)
            self.memory = max(self.memory, usage.ru_maxrss * 1024)
        return self


class Bench:
    def __init__(self, work, size, chosen):
        self.work, self.size, self.chosen = work, size, chosen
        self.start = Case(work, "a.txt", of("a"), 1).run(10).seconds
        self.dear = []

    def measured(self, name, make, size, options=()):
        """Nanoseconds a byte, growth, memory, and what was told."""
        whole, part = (Case(self.work, name, make, bytes, options) for bytes in (size, size // 4))
        for case in whole, part:
            # What others are measured by is measured best.
            case.run(10 if make is ordinary else 3)
            case.path.unlink()
        cost = lambda case: max(case.seconds - self.start, 1e-5) * 1e9 / case.size
        # Of what is done in no time, growth says nothing.
        growth = cost(whole) / cost(part) if whole.seconds > 10 * self.start else 1
        return cost(whole), growth, whole.memory, whole.told

    def row(self, name, measured, ordinary, most, budget):
        cost, growth, memory, told = measured
        factor = cost / ordinary
        if factor > most or growth > MOST_GROWTH or memory > budget:
            self.dear.append(name)
            name = f"**{name}**"
        print(f"| {name} | {cost:.2f} | {factor:.1f} | {most} | {growth:.2f} | {memory >> 20} MiB | {told[:60]} |", flush=True)

    def table(self, title, cases, size, budget, options=()):
        print(f"\n| {title} | ns a byte | to ordinary | at most | growth | memory | told |\n|---|---|---|---|---|---|---|")
        ordinary = {}
        for name, path, make, most in cases:
            if most > 1 and not self.chosen(name):
                continue
            measured = self.measured(path, make, size, options)
            self.row(name, measured, ordinary.setdefault(path, measured[0]), most, budget)

    def findings(self):
        """What many findings cost, each: of their bytes nothing can be said."""
        count = self.size // 32
        line = lambda end: lambda _: "".join(token() + end for _ in range(count))
        baseline = Path(self.work) / "baseline.json"
        print(f"\n| {count:,} | µs each | bytes kept of each |\n|---|---|---|")
        for name, end, options in [
            ("findings in one line", " ", ()),
            ("findings in lines", "\n", ()),
            ("suppressed lines", " # hfleaks:allow\n", ()),
            ("entries of a baseline", "\n", ("--baseline", str(baseline))),
        ]:
            if not self.chosen(name):
                continue
            case = Case(self.work, "a.txt", line(end), 0, options)
            if options:
                command = [PROGRAM, "--no-config", "-q", "--write-baseline", str(baseline), str(case.folder)]
                subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            case.run(1)
            micros = (case.seconds - self.start) * 1e6 / count
            kept = max(case.memory - BUDGET, 0) / count
            if micros > MOST_MICROSECONDS or kept > MOST_KEPT:
                self.dear.append(name)
                name = f"**{name}**"
            print(f"| {name} | {micros:.2f} | {kept:.0f} |", flush=True)


def main():
    size = int(sys.argv[1] if len(sys.argv) > 1 else 32) << 20
    chosen = lambda name: len(sys.argv) < 3 or sys.argv[2] in name
    with tempfile.TemporaryDirectory(prefix="hfleaks-complexity-") as work:
        bench = Bench(work, size, chosen)
        print(f"A scan of one byte takes {bench.start * 1000:.1f} ms.")
        raw = [("ordinary text", ordinary, 1), *BYTES]
        raw = [(name, "a.txt", make, most) for name, make, most in raw]
        bench.table("bytes", raw, size, BUDGET)
        bench.findings()
        bench.table("files, with `--policy`", POLICY, POLICY_SIZE, POLICY_BUDGET, ("--policy",))
    if bench.dear:
        sys.exit("dearer than is stated: " + ", ".join(bench.dear))


main()
