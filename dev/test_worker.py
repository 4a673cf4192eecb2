"""Test worker: Odoo whose tests are shared among processes; each takes the next class.

test_worker.py FOLDER ODOO_OPTION…
test_worker.py --list FOLDER ODOO_OPTION…

All workers share FOLDER. There, taken/ has a file for each class that a worker has
taken, NAME.jsonl the results, for report.py, and tests.txt the list of tests, the same
for all, as Odoo's own rules select them. With --list, only the tests that run at
installation are run.
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

from odoo.addons.base.models.ir_qweb import IrQweb

ROOT = Path(__file__).resolve().parent.parent
OF_UNIT_TESTS = ("unit_tests", "unit_tests_setup", "qunit_suite_tests", "tests_assets")
run_suite = loader.run_suite


class Progress(logging.Handler):
    """Print which test fails, as soon as it does."""

    def emit(self, record):
        first_line = record.getMessage().partition("\n")[0]
        if first_line.startswith(("FAIL: ", "ERROR: ")):
            say(f"         {first_line}")


def say(text):
    print(text, file=console, flush=True)


def classes_of(suite):
    """Return the tests class by class, the usually slowest first."""
    classes = {}
    for test in suite:
        classes.setdefault(type(test), []).append(test)
    return sorted(
        classes.items(),
        key=lambda item: (not issubclass(item[0], HttpCase), -len(item[1])),
    )


class Share:
    """This process's share of the tests."""

    def __init__(self, folder, only_list):
        self.folder = folder
        self.only_list = only_list
        self.records = folder / f"{os.getpid()}.jsonl"
        (folder / "taken").mkdir(parents=True, exist_ok=True)

    def run(self, suite, global_report=None):
        """Like `odoo.tests.loader.run_suite`, with the classes not taken yet."""
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
        began = os.times()  # a clock that tests cannot freeze
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
            # of this process only, without PostgreSQL and the browser
            "cpu": sum(ended[:2]) - sum(began[:2]),
        }
        report.write_tests(self.records, [record])
        say(f"{record['seconds']:7.1f}  {record['file']} {test_class.__qualname__}")
        return result


def leave_out_unit_tests(pregenerate=IrQweb._get_bundles_to_pregenarate):
    """Let Odoo prepare no bundles of its own unit tests: that takes as long as the rest."""

    def choose(self):
        return [
            {name for name in names if not name.endswith(OF_UNIT_TESTS)}
            for names in pregenerate(self)
        ]

    IrQweb._get_bundles_to_pregenarate = choose


def main():
    options = sys.argv[1:]
    only_list = options[0] == "--list"
    folder, *options = options[only_list:]
    loader.run_suite = Share(Path(folder), only_list).run
    leave_out_unit_tests()
    logging.getLogger().addHandler(Progress(logging.ERROR))
    sys.argv = ["odoo", *options]
    odoo.cli.main()


if __name__ == "__main__":
    # All other output goes where Odoo logs.
    console = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    main()
