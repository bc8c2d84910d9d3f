"""All families, in the order of the table that `benches/containers_table.py` prints."""

import importlib

from case import FAMILIES

NAMES = """texts bases literals notebooks compressions archives packages models tables
databases images"""

# A module registers its cases when it is imported.
for name in NAMES.split():
    importlib.import_module(name)

__all__ = ["FAMILIES"]
