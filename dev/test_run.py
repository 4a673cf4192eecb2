"""Runs the tests, and whatever else `make test` does, side by side on all cores.

test_run.py FOLDER DATABASE_PREFIX ODOO_COMMAND…

These jobs run side by side: install the dependencies, and in a database of its
own all addons with demo data, and what is tested there; install the main addon,
and all addons with the tests of the small ones; the tests of the engine; then the
tests of the main addon, class by class, in a copy of the database for each process.
$TAGS is Odoo's --test-tags, and may name a layer: a folder of the tests. Then only
these are run. $NEIGHBOURS names addons that are installed in all databases as well.
Logs are in FOLDER, the names of all databases made in FOLDER/databases.
"""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import database
import report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MAIN = "crm_complaints"
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
SMALL = [name for name in ADDONS if name != MAIN]
# OCA's addons that are installed beside ours
NEIGHBOURS = [name for name in os.environ.get("NEIGHBOURS", "").split(",") if name]
# One more than there are cores: tests in a browser, and those that wait for PostgreSQL,
# leave a core idle half of their time.
PROCESSES = len(os.sched_getaffinity(0)) + 1
# If this process is killed, what it started ends as well.
BOUND = ["setpriv", "--pdeathsig", "TERM"]


class Failed(Exception):
    """A job failed that others wait for; the reason is in the log of that name."""


class Run:
    def __init__(self, folder, prefix, odoo):
        self.folder = Path(folder)
        self.prefix = prefix
        self.python, _m, _odoo, *self.odoo_options = odoo
        self.logs = {}

    def database(self, name):
        return f"{self.prefix}_{name}"

    def data(self, name):
        return self.folder / "odoo" / name

    def copy(self, name, new):
        """Copy a database to a new name, with its files."""
        self._remember(new)
        database.main("copy", self.database(name), self.database(new))
        shutil.copytree(
            self.data(name) / "filestore" / self.database(name),
            self.data(new) / "filestore" / self.database(new),
            copy_function=os.link,
        )

    def _remember(self, name):
        with (self.folder / "databases").open("a") as file:
            print(self.database(name), file=file)

    def odoo(self, name, *options, program=("-m", "odoo")):
        """Run Odoo on the database of this name; the log has the same name."""
        self._remember(name)
        self.data(name).mkdir(parents=True, exist_ok=True)
        log = self.folder / f"{name}.log"
        with log.open("wb") as stderr:
            self.logs[log] = subprocess.call(
                [*BOUND, self.python, *program, *self.odoo_options]
                + ["--data-dir", self.data(name), "--database", self.database(name)]
                + ["--db-filter", f"^{self.database(name)}$", "--stop-after-init"]
                + ["--max-cron-threads", "0", "--smtp", "127.0.0.1", "--smtp-port", "9"]
                + list(options),
                stdin=subprocess.DEVNULL,
                stderr=stderr,
            )
        if self.logs[log]:
            raise Failed(name)

    def tests(self, name, share, tags, *options):
        """Run Odoo with this process's share of the tests that the tags select.

        :param share: arguments of test_worker.py
        """
        self.odoo(
            name,
            *("--http-port", str(free_port()), "--test-tags", ",".join(tags)),
            *("--screenshots", self.folder / "screenshots", *options),
            program=(HERE / "test_worker.py", *share),
        )

    # The jobs. Each waits for what it needs, which was started before.

    def install_base(self):
        say("Tests: installing the dependencies …")
        depends = ast.literal_eval((ROOT / MAIN / "__manifest__.py").read_text())[
            "depends"
        ]
        self.odoo("base", "--no-http", "--init", ",".join([*depends, *NEIGHBOURS]))

    def install_demo(self):
        say("Tests: installing all addons with demo data …")
        options = ("--with-demo", "--init", ",".join([*ADDONS, *NEIGHBOURS]))
        self.tests("demo", [self.folder / "demo"], ["complaint_demo"], *options)

    def install_main(self, base, tags):
        base.result()
        say(f"Tests: installing {MAIN} …")
        self.copy("base", "main")
        self.tests("main", ["--list", self.folder / "main"], tags, "--init", MAIN)

    def test_small(self, base, tags):
        base.result()
        say(f"Tests: installing {', '.join(SMALL)} …")
        self.copy("base", "small")
        options = ("--init", ",".join(ADDONS))
        self.tests("small", [self.folder / "small"], tags, *options)

    def test_engine(self):
        record = self.folder / "engine.jsonl"
        subprocess.check_call(
            [*BOUND, self.python, HERE / "test_engine.py"]
            + ["--processes", "1", "--record", record]
        )

    def test_main(self, main, tags, number):
        main.result()
        if number > len(self.listed()):
            return  # the others are enough
        self.copy("main", f"test{number}")
        self.tests(f"test{number}", [self.folder / "main"], tags)

    def start(self, pool, main_tags, small_tags, engine, demo):
        """Submit all jobs to a pool of threads, which takes them in this order."""
        jobs = []

        def start(*job):
            jobs.append(pool.submit(*job))
            return jobs[-1]

        if main_tags or small_tags:
            base = start(self.install_base)
        if demo:
            start(self.install_demo)
        if main_tags:
            main = start(self.install_main, base, main_tags)
        if small_tags:
            start(self.test_small, base, small_tags)
        if engine:
            start(self.test_engine)
        if main_tags:
            for number in range(1, PROCESSES + 1):
                start(self.test_main, main, main_tags, number)
        return jobs

    # Results

    def listed(self):
        """Return the test classes of the main addon, as Odoo finds them."""
        path = self.folder / "main" / "tests.txt"
        return path.read_text().splitlines() if path.exists() else []

    def records(self):
        return [
            record
            for path in sorted(self.folder.rglob("*.jsonl"))
            for record in report.read_tests(path)
        ]


def say(text):
    print(text, flush=True)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def read_tags(tags):
    """Return what $TAGS selects, as the arguments of `Run.start` after the pool.

    The small addons change what they extend, so they have a database of their own.
    """
    if not tags:
        return [f"/{MAIN}"], [f"/{name}" for name in SMALL], True, True
    main, small, engine = [], [], False
    tests = Path(MAIN, "tests")
    for tag in tags.split(","):
        if tag == "engine":
            engine = True
        elif tag.isidentifier() and (ROOT / tests / tag).is_dir():
            main += [f"/{tests / tag / path.name}" for path in find_tests(tests / tag)]
        elif {*re.split("[/:]", tag)} & {*SMALL}:
            small.append(tag)
        else:
            main.append(tag)
    return main, small, engine, False


def find_unknown(tags):
    """Return the addons of ours that the tags name, but that are not there."""
    named = re.findall(rf"(?:^|,)-?/({MAIN}\w*)", tags)
    return sorted({*named} - {*ADDONS})


def find_tests(folder):
    return sorted((ROOT / folder).rglob("test_*.py"))


def written_tests():
    """Return the tests that are in the files, as "file Class.method".

    Classes within an if are left out: they exist only where its condition is met.
    """
    return {
        f"{path.relative_to(ROOT)} {node.name}.{method.name}"
        for addon in ADDONS
        for path in find_tests(f"{addon}/tests")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test")
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name.startswith("test")
    }


def main(folder, prefix, *odoo):
    run = Run(folder, prefix, odoo)
    tags = os.environ.get("TAGS")
    if unknown := find_unknown(tags or ""):
        say(f"TAGS: the checkout has no addon {', '.join(unknown)}.")
        return 2
    with ThreadPoolExecutor(PROCESSES) as pool:
        jobs = run.start(pool, *read_tags(tags))
    bad = False
    for log, status in run.logs.items():
        bad |= report.show_problems(log, status)
    for job in jobs:
        if error := job.exception():
            bad = True
            if not isinstance(error, Failed):
                report.show_error(error)
    records = run.records()
    ran = {f"{record['file']} {test}" for record in records for test in record["tests"]}
    missing = {*run.listed()} - {record.get("class") for record in records}
    if not tags:
        missing |= written_tests() - ran
    return report.sum_up(records, missing, bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
