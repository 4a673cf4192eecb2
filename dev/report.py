"""Test report: prints the problems in Odoo's logs, and the results of the tests.

A record is the result of tests that ran together: their "file", their names ("tests"),
how many of them "ran", "failed" and were "skipped", and in how many "seconds". A file of
records has one on each line, as JSON.
"""

import json
import re
import traceback
from collections import Counter
from pathlib import Path

RECORD = re.compile(r"[\d-]{10} [\d:,]{12} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): ")
CAUSE = re.compile(r"[\w.]+(Error|Exception|Warning|Violation|Failure)\b.*: ")
SKIPPED = re.compile(r": skipped (.*)")
LINES_SHOWN = 30
FILES_SHOWN = 10
HARMLESS = [
    # The test is over and its browser is closing, so open requests of the page fail.
    "Error received after termination",
    # Odoo's own summary: the failures themselves are above it.
    "tests when loading database",
]


def write_tests(path, records):
    with Path(path).open("a") as file:
        file.writelines(f"{json.dumps(record)}\n" for record in records)


def read_tests(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def read_log(path):
    """Return the log's records as (level, text), with the lines that belong to each."""
    records = []
    for line in Path(path).read_text(errors="replace").splitlines():
        if match := RECORD.match(line):
            records.append([match["level"], [line]])
        elif records:
            records[-1][1].append(line)
    return [(level, "\n".join(shorten(lines))) for level, lines in records]


def shorten(lines):
    """Leave out the middle of a long traceback, but the errors that led to the last."""
    if len(lines) <= LINES_SHOWN:
        return lines
    middle = [line for line in lines[5 : 5 - LINES_SHOWN] if CAUSE.match(line)]
    return [*lines[:5], "  …", *middle, *lines[5 - LINES_SHOWN :]]


def show_problems(path, status):
    """Print what went wrong in a run of Odoo, warnings included.

    :return: whether anything did
    """
    records = read_log(path)
    problems = [
        text
        for level, text in records
        if level not in ("INFO", "DEBUG")
        and not any(harmless in text for harmless in HARMLESS)
    ]
    skipped = [match[1] for _level, text in records if (match := SKIPPED.search(text))]
    if skipped:
        print("\nSkipped, and therefore not passed:", *skipped, sep="\n  ")
    if not problems and not status:
        return bool(skipped)
    print(
        f"\n{len(problems)} warnings and errors, exit status {status}; full log: {path}"
    )
    print(*problems, sep="\n")
    if not problems:
        print(
            *Path(path).read_text(errors="replace").splitlines()[-LINES_SHOWN:],
            sep="\n",
        )
    return True


def show_error(error):
    """Print an error of the scripts themselves."""
    print("", *traceback.format_exception(error), sep="\n")


def sum_up(records, missing=(), bad=False):
    """Print the slowest files and, last, how many tests passed and failed.

    :param missing: names of tests that did not run but should have
    :param bad: whether something else went wrong
    :return: the exit status
    """
    seconds = Counter()
    for record in records:
        seconds[record["file"]] += record["seconds"]
    if records:
        print("\nSlowest files, in seconds:")
    for file, taken in seconds.most_common(FILES_SHOWN):
        print(f"{taken:7.1f}  {file}")
    missing = {*missing} | {
        f"{len(record['tests']) - record['ran']} tests of {record['file']}"
        for record in records
        if record["ran"] < len(record["tests"]) and not record["failed"]
    }
    if missing:
        print("\nNot run:", *sorted(missing), sep="\n  ")
    failed = sum(record["failed"] for record in records)
    passed = sum(max(0, r["ran"] - r["failed"] - r["skipped"]) for r in records)
    skipped = any(record["skipped"] for record in records)
    if not passed:
        print("\nNo test passed.")
    bad = bool(bad or missing or skipped or not passed)
    if bad and passed and not failed:
        print("\nThe run fails for the reasons above.")
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if bad or failed else 0
