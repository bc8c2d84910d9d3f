"""Reads the reports of a folder with programs of others, and compares how many
findings each of them sees with how many there are: `formats.py SCHEMA FOLDER`."""

import csv
import io
import json
import pathlib
import sys

import junitparser
import xmlschema

schema, folder = sys.argv[1], pathlib.Path(sys.argv[2])


def main():
    report = json.loads((folder / "report.json").read_text())
    found, missed = len(report["findings"]), len(report["unscanned"])
    diagnostics = json.loads((folder / "report.rdjson").read_text())["diagnostics"]
    expect("rdjson", len(diagnostics), found + missed)
    junit(found, missed)
    table(found, missed)
    expect("gitlab", imported(), found)
    print(f"formats: {found} findings and {missed} paths not scanned in all of them")


def junit(found, missed):
    path = str(folder / "report.xml")
    xmlschema.validate(path, schema)
    suites = junitparser.JUnitXml.fromfile(path)
    expect("junit, failures", suites.failures, found)
    expect("junit, errors", suites.errors, missed)
    results = [result for suite in suites for case in suite for result in case.result]
    expect("junit, results", len(results), found + missed)
    names = [(case.classname, case.name) for suite in suites for case in suite]
    expect("junit, names of tests", len(set(names)), max(1, found + missed))


def table(found, missed):
    text = (folder / "report.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    expect("csv, rows", len(rows), 1 + found + missed)
    expect("csv, widths", {len(row) for row in rows}, {len(rows[0])})
    again = io.StringIO(newline="")
    csv.writer(again, lineterminator="\r\n").writerows(rows)
    expect("csv, written anew", again.getvalue(), text)


def imported():
    """How many findings DefectDojo's reader takes from GitLab's report."""
    read = json.loads((folder / "norm.json").read_text())
    return len(read["findings"] if isinstance(read, dict) else read)


def expect(what, is_there, should_be):
    if is_there != should_be:
        sys.exit(f"{what}: {is_there!r}, not {should_be!r}")


main()
