"""Runs the tests of crm_complaints/engine: plain Python, so without Odoo or a database.

test_engine.py [--processes N] [--record FILE] [NAME…]

A NAME is a file of crm_complaints/tests/engine without its test_, as in "promises"; none
means all of them. The last line is "N passed, N failed". It fails when a test fails or
is skipped, and when there are none. With a FILE, the results are written there for
report.py, which counts them with the others.
"""

import argparse
import functools
import os
import sys
import types
import unittest
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path

from report import sum_up, write_tests

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "crm_complaints" / "tests"


@functools.cache
def import_tests(name):
    """Import a test module, without the __init__.py of packages, which need Odoo."""
    for folder in (TESTS.parent, TESTS):
        package = types.ModuleType(".".join(folder.relative_to(ROOT).parts))
        package.__path__ = [str(folder)]
        sys.modules.setdefault(package.__name__, package)
    return import_module(f"crm_complaints.tests.engine.test_{name}")


def list_tests(name):
    """Return the tests of a module, each as (module, class, method)."""
    module = import_tests(name)
    return [
        (name, test_class.__name__, method)
        for test_class in vars(module).values()
        if isinstance(test_class, type)
        and issubclass(test_class, unittest.TestCase)
        and test_class.__module__ == module.__name__
        for method in unittest.defaultTestLoader.getTestCaseNames(test_class)
    ]


def run_test(test):
    """Run a test, as named by `list_tests`.

    :return: its result, as `report.py` reads it, and what to print
    """
    name, class_name, method = test
    result = unittest.TestResult()
    began = os.times()
    unittest.TestSuite([getattr(import_tests(name), class_name)(method)]).run(result)
    record = {
        "file": f"crm_complaints/tests/engine/test_{name}.py",
        "tests": [f"{class_name}.{method}"],
        "ran": result.testsRun,
        "failed": len(result.failures) + len(result.errors),
        "skipped": len(result.skipped),
        "seconds": os.times().elapsed - began.elapsed,
    }
    said = [f"{failed}\n{text}" for failed, text in result.failures + result.errors]
    said += [f"{skipped} was skipped: {reason}" for skipped, reason in result.skipped]
    return record, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--record", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or [
        path.stem.removeprefix("test_")
        for path in sorted(TESTS.glob("engine/test_*.py"))
    ]
    tests = [test for name in names for test in list_tests(name)]
    if "odoo" in sys.modules:
        sys.exit("A test of the engine imports Odoo. Move it to another layer.")
    records = []
    with ProcessPoolExecutor(options.processes) as pool:
        # In this order the slow ones are not the last.
        for record, said in pool.map(run_test, reversed(tests)):
            records.append(record)
            print(*said, sep="\n", end="\n" if said else "", flush=True)
    if options.record:
        write_tests(options.record, records)
        return 0
    return sum_up(records)


if __name__ == "__main__":
    sys.exit(main())
