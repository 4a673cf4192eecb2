"""Odoo in a process of our own: its registry, environments, and measuring."""

import gc
import logging
import os
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
from cost import Cost

import odoo.init  # noqa: F401  # before anything else of Odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

# Rules that are switched off and on, and errors on purpose, need not be logged.
QUIET = ("odoo.registry", "odoo.modules", "odoo.addons.base_automation")


def load_registry(options):
    """Return the registry of the database that Odoo's command line options name."""
    config.parse_config([*options, "--log-level", "warn"], setup_logging=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    (database,) = config["db_name"]
    threading.current_thread().dbname = database
    return Registry(database)


def close_connections():
    """Close this process's connections, before it forks or a database is copied."""
    sql_db.close_all()


@contextmanager
def environment(registry, user_id=SUPERUSER_ID, **context):
    """Yield an environment like that of a request; it is committed at the end."""
    with registry.cursor() as cr:
        yield api.Environment(cr, user_id, context)


def measure(env, act):
    """Return the cost of ``act()``, with the flush of what is pending and the commit.

    COMMIT itself is not counted as a statement; statements on other cursors, such as
    after the commit, are. The seconds in PostgreSQL are those that its client waits for
    it, the transport included.
    """
    cr = env.cr
    env.flush_all()
    cr.flush()
    gc.collect()
    thread = threading.current_thread()
    thread.query_time = 0.0
    thread.query_count = 0
    backends = _backend_seconds(cr)
    busy = time.process_time()
    start = time.perf_counter()
    act()
    env.flush_all()
    cr.commit()
    seconds = time.perf_counter() - start
    busy = time.process_time() - busy
    cost = Cost(thread.query_count, seconds, thread.query_time, busy)
    cost.cpu_seconds += _backend_seconds(cr) - backends
    del thread.query_time, thread.query_count
    return cost


def _backend_seconds(cr):
    """Return the CPU time of the database's PostgreSQL processes, 0 if not on this host.

    On a connection of its own, so that it counts for nobody.
    """
    with psycopg2.connect(dbname=cr.dbname) as connection, connection.cursor() as own:
        own.execute(
            """SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
        pids = [pid for (pid,) in own.fetchall()]
    connection.close()
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")
