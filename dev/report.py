"""Tells what two runs of Odoo came to, the tests' and the demo data's, from their logs.

report.py TEST_LOG EXIT_STATUS DEMO_LOG EXIT_STATUS

Its last line is "N passed, N failed". It fails when a test did, when none ran, when
Odoo did, and when a log has a warning or an error: nothing of ours warns without cause.
"""

import re
import sys
from pathlib import Path

RECORD = re.compile(r"[\d-]{10} [\d:,]{12} \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): ")
TOTAL = re.compile(
    r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests"
)
SKIPPED = re.compile(r": skipped (.*)")
LINES_SHOWN = 30
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


def main(test_log, test_status, demo_log, demo_status):
    records = read_records(test_log)
    bad = show_problems("Demo data", demo_log, demo_status, read_records(demo_log))
    bad |= show_problems("Tests", test_log, test_status, records)

    skipped = [match[1] for _level, text in records if (match := SKIPPED.search(text))]
    if skipped:
        print("\nSkipped, and so not passed:", *skipped, sep="\n  ")
    totals = [match for _level, text in records if (match := TOTAL.search(text))]
    failed = errors = ran = 0
    if totals:
        failed, errors, ran = map(int, totals[-1].groups())
    else:
        print("\nOdoo ended before its tests did.")
    skipped_alone = [name for name in skipped if not name.startswith("setUp")]
    passed = max(0, ran - len(skipped_alone) - failed - errors)
    if not passed:
        print("\nNo test has passed.")
    elif bad and not failed + errors:
        print("\nThe tests pass; the run fails for the warnings and errors above.")
    print(f"\n{passed} passed, {failed + errors} failed", flush=True)
    return 1 if bad or failed or errors or not totals or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
