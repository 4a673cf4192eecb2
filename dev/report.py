"""Tells what runs of Odoo came to, the demo data's and the tests', from their logs.

report.py ENGINE_RECORDS DEMO_LOG EXIT_STATUS TEST_LOG EXIT_STATUS [TEST_LOG EXIT_STATUS]…

Its last line is "N passed, N failed", of all of them together. It fails when a test did,
when a run of tests had none, when Odoo did, and when a log has a warning or an error:
nothing of ours warns without cause.

A record tells what became of tests that ran together: their "file", their names ("tests"),
and how many of them "ran", "failed" and were "skipped", in how many "seconds".
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

RECORD = re.compile(r"[\d-]{10} [\d:,]{12} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): ")
TOTAL = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests"
)
SKIPPED = re.compile(r": skipped (.*)")
LINES_SHOWN = 30
FILES_SHOWN = 10
HARMLESS = [
    # The test is over and its browser is going; what the page still asked for fails.
    "Error received after termination",
]


def read_records(path):
    """Return the log's records as (level, text), the lines that follow one with it."""
    records = []
    for line in Path(path).read_text(errors="replace").splitlines():
        if match := RECORD.match(line):
            records.append([match["level"], [line]])
        elif records:
            records[-1][1].append(line)
    return [(level, "\n".join(shorten(lines))) for level, lines in records]


def shorten(lines):
    """Leave out the middle of a long traceback."""
    if len(lines) <= LINES_SHOWN:
        return lines
    return [*lines[:5], "  …", *lines[5 - LINES_SHOWN :]]


def show_problems(title, path, status, records):
    """Print what went wrong in one run; return whether anything did."""
    problems = [
        text
        for level, text in records
        if level not in ("INFO", "DEBUG")
        and not TOTAL.search(text)
        and not any(harmless in text for harmless in HARMLESS)
    ]
    if not problems and status == "0":
        return False
    print(
        f"\n{title}: {len(problems)} warnings and errors, "
        f"exit status {status}; the whole log: {path}"
    )
    for text in problems:
        print(text)
    if not problems:
        print(
            "\n".join(
                Path(path).read_text(errors="replace").splitlines()[-LINES_SHOWN:]
            )
        )
    return True


def count_tests(path, status):
    """Print what went wrong in a run of tests.

    :return: (passed, failed, whether anything was wrong)
    """
    records = read_records(path)
    bad = show_problems("Tests", path, status, records)
    skipped = [match[1] for _level, text in records if (match := SKIPPED.search(text))]
    if skipped:
        print("\nSkipped, and so not passed:", *skipped, sep="\n  ")
    totals = [match for _level, text in records if (match := TOTAL.search(text))]
    failed = errors = ran = 0
    if totals:
        failed, errors, ran = map(int, totals[-1].groups())
    else:
        print(f"\nOdoo ended before its tests did: {path}")
    skipped_alone = [name for name in skipped if not name.startswith("setUp")]
    passed = max(0, ran - len(skipped_alone) - failed - errors)
    if not passed:
        print(f"\nNo test has passed: {path}")
    return passed, failed + errors, bad or not totals or not passed


def write_tests(path, records):
    Path(path).write_text("".join(f"{json.dumps(record)}\n" for record in records))


def read_tests(path):
    path = Path(path)
    return list(map(json.loads, path.read_text().splitlines())) if path.exists() else []


def count_records(records):
    """Count what became of tests, and say in which files they took longest.

    :return: (passed, failed, whether one was skipped or did not run)
    """
    seconds = Counter()
    for record in records:
        seconds[record["file"]] += record["seconds"]
    print("\nSlowest files, in seconds:")
    for file, taken in seconds.most_common(FILES_SHOWN):
        print(f"{taken:6.1f}  {file}")
    failed, skipped, ran = (
        sum(record[key] for record in records) for key in ("failed", "skipped", "ran")
    )
    missing = sum(len(record["tests"]) for record in records) - ran
    return ran - failed - skipped, failed, bool(skipped or missing)


def finish(passed, failed, bad):
    """Print the last line; return the exit status."""
    if bad and passed and not failed:
        print("\nThe run fails for what stands above.")
    if not passed:
        print("\nNo test has passed.")
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if bad or failed or not passed else 0


def main(engine_records, demo_log, demo_status, *tests):
    bad = show_problems("Demo data", demo_log, demo_status, read_records(demo_log))
    passed, failed, engine_bad = count_records(read_tests(engine_records))
    bad |= engine_bad
    for path, status in zip(tests[::2], tests[1::2], strict=True):
        run_passed, run_failed, run_bad = count_tests(path, status)
        passed += run_passed
        failed += run_failed
        bad |= run_bad
    return finish(passed, failed, bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
