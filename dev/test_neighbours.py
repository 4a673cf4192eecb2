"""Runs the tests of OCA's helpdesk addons twice: without our addons, and with them.

test_neighbours.py FOLDER DATABASE_PREFIX NEIGHBADDONS_PATH ODOO_COMMAND…

Both runs go side by side, each in a database of its own. The tests start when all
addons are installed. It fails if a test fails, or does not run, with our addons only.
Logs are in FOLDER.
"""

import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from test_run import ADDONS, BOUND, HERE, free_port

IN_THE_ENVIRONMENT = ["helpdesk_mgmt", "helpdesk_mgmt_sla"]
STARTED = re.compile(r" odoo\.addons\.(\w+)\.tests\.\S+: Starting (\S+) \.\.\.")
FAILED = re.compile(r" odoo\.addons\.(\w+)\.tests\.\S+: (?:FAIL|ERROR): (.*)")
PROBLEM = re.compile(r" (?:WARNING|ERROR|CRITICAL) \S+ (odoo\S*: .*)")


def run(folder, database, addons, tags, odoo):
    """Install addons in a new database and run the tests that the tags select.

    :return: tests that started, tests that failed and other problems in the log, the
        tests as (addon, name), and the exit status
    """
    python, _m, _odoo, *options = odoo
    log = Path(folder, f"{database.rpartition('_')[2]}.log")
    with log.open("wb") as stderr:
        status = subprocess.call(
            [*BOUND, python, HERE / "neighbours_worker.py", *options]
            + ["--data-dir", Path(folder, "odoo", database), "--database", database]
            + ["--db-filter", f"^{database}$", "--stop-after-init"]
            + ["--max-cron-threads", "0", "--smtp", "127.0.0.1", "--smtp-port", "9"]
            + [
                "--http-port",
                str(free_port()),
                "--screenshots",
                Path(folder, "screenshots"),
            ]
            + ["--init", ",".join(addons), "--test-tags", ",".join(tags)],
            stdin=subprocess.DEVNULL,
            stderr=stderr,
        )
    text = log.read_text(errors="replace")
    problems = [
        line for line in PROBLEM.findall(text) if "tests when loading" not in line
    ]
    return {*STARTED.findall(text)}, {*FAILED.findall(text)}, {*problems}, status


def main(folder, prefix, path, *odoo):
    neighbours = sorted(
        IN_THE_ENVIRONMENT
        + [manifest.parent.name for manifest in Path(path).glob("*/__manifest__.py")]
    )
    tags = [f"/{name}" for name in neighbours]
    print(
        f"Neighbours: installing {len(neighbours)} addons, and with ours …", flush=True
    )
    with ThreadPoolExecutor(2) as pool:
        without, with_ours = (
            pool.submit(run, folder, f"{prefix}_{name}", addons, tags, odoo)
            for name, addons in (
                ("without", neighbours),
                ("with", [*neighbours, *ADDONS]),
            )
        )
    started, failed, problems, status = without.result()
    if status and not started:
        sys.exit(f"Without ours, Odoo ended with status {status}: see {folder}")
    started_with, failed_with, problems_with, _status = with_ours.result()
    for addon in neighbours:
        counts = [
            Counter(name for name, _test in tests)[addon]
            for tests in (started, failed, started_with, failed_with)
        ]
        print(
            "{:34} without ours {:3}, {} failed; with ours {:3}, {} failed".format(
                addon, *counts
            )
        )
    bad = [
        *(
            f"fails with ours only: {name} {test}"
            for name, test in failed_with - failed
        ),
        *(f"not run with ours: {name} {test}" for name, test in started - started_with),
        *(f"logged with ours only: {line}" for line in problems_with - problems),
    ]
    print(*sorted(bad), sep="\n")
    passed = len(started & started_with) - len(failed | failed_with)
    print(f"\n{passed} of {len(started)} pass without ours and with ours", flush=True)
    return 1 if bad or not started else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
