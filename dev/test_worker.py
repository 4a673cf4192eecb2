"""Odoo, whose tests are shared with other processes: each takes the next class of them.

test_worker.py FOLDER ODOO_OPTION…
test_worker.py --list FOLDER ODOO_OPTION…

All that share have the same FOLDER. There, taken/ has a file for each class that somebody
has taken, NAME.jsonl what became of them, for report.py, and tests.txt what there is to run:
all know it, as Odoo's own rules choose the tests. With --list, only the tests that belong
at the installing are run.
"""

import logging
import os
import sys
from pathlib import Path

import report

import odoo.cli
from odoo.tests import loader
from odoo.tests.common import HttpCase
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

ROOT = Path(__file__).resolve().parent.parent
run_suite = loader.run_suite


class Progress(logging.Handler):
    """Prints which test fails, as soon as it does."""

    def emit(self, record):
        first_line = record.getMessage().partition("\n")[0]
        if first_line.startswith(("FAIL: ", "ERROR: ")):
            say(f"         {first_line}")


def say(text):
    print(text, file=console, flush=True)


def classes_of(suite):
    """Return the tests class by class, those first that usually take longest."""
    classes = {}
    for test in suite:
        classes.setdefault(type(test), []).append(test)
    return sorted(
        classes.items(),
        key=lambda item: (not issubclass(item[0], HttpCase), -len(item[1])),
    )


class Share:
    """This process's share in the tests."""

    def __init__(self, folder, only_list):
        self.folder = folder
        self.only_list = only_list
        self.records = folder / f"{os.getpid()}.jsonl"
        (folder / "taken").mkdir(parents=True, exist_ok=True)

    def run(self, suite, global_report=None):
        """Do as `odoo.tests.loader.run_suite` does, with what nobody has taken yet."""
        result = OdooTestResult(global_report=global_report)
        for test_class, tests in classes_of(suite):
            name = f"{test_class.__module__}.{test_class.__qualname__}"
            if self.only_list and "at_install" not in tests[0].test_tags:
                with (self.folder / "tests.txt").open("a") as file:
                    print(name, file=file)
            elif self._take(name):
                result.update(self._run_class(name, tests, global_report))
        return result

    def _take(self, name):
        try:
            (self.folder / "taken" / name).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _run_class(self, name, tests, global_report):
        test_class = type(tests[0])
        began = os.times()  # a clock that no test stops
        result = run_suite(OdooSuite(tests), global_report)
        ended = os.times()
        file = Path(sys.modules[test_class.__module__].__file__)
        record = {
            "class": name,
            "file": str(file.relative_to(ROOT)),
            "tests": [f"{test_class.__qualname__}.{t._testMethodName}" for t in tests],
            "ran": result.testsRun,
            "failed": result.failures_count + result.errors_count,
            "skipped": result.skipped,
            "seconds": ended.elapsed - began.elapsed,
            # of this process alone: neither PostgreSQL's nor the browser's
            "cpu": sum(ended[:2]) - sum(began[:2]),
        }
        report.write_tests(self.records, [record])
        say(f"{record['seconds']:7.1f}  {record['file']} {test_class.__qualname__}")
        return result


def main():
    options = sys.argv[1:]
    only_list = options[0] == "--list"
    folder, *options = options[only_list:]
    loader.run_suite = Share(Path(folder), only_list).run
    logging.getLogger().addHandler(Progress(logging.ERROR))
    sys.argv = ["odoo", *options]
    odoo.cli.main()


if __name__ == "__main__":
    # Whatever else is printed goes where Odoo logs.
    console = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
