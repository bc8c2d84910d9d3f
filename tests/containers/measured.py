"""Runs a command and writes what it took: `measured.py FILE SECONDS COMMAND…`.

The memory of a child counts from its start, when it still is a copy of its parent; so
the parent has to be small.
"""

import resource
import subprocess
import sys
import time

file, seconds, *command = sys.argv[1:]
start = time.monotonic()
try:
    status = subprocess.run(command, timeout=float(seconds)).returncode
except subprocess.TimeoutExpired:
    status = "too long"
took = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open(file, "w") as out:
    print(status, f"{took:.1f}", peak, file=out)
