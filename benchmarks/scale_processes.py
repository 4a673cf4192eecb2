"""Scaling out: what several processes, a replica and a connection pooler do, measured.

scale_processes.py PART ODOO_OPTION…        one part, on a copy of the faults' database

PART is workers (one worker, two, two servers), replica (REPLICA and LOG name the folder
of its socket, on port 5433, and a file), or pooler (POOLER names the folder of the
socket of pgbouncer, on port 6432).
"""

import contextlib
import os
import select
import sys
import threading
import time
import xmlrpc.client
from pathlib import Path

import fault_processes
import psycopg2
import requests
from fault_processes import Load, Odoo, insist

MAILS = 120
CLIENTS = 4
LAST = "SELECT max(id) FROM helpdesk_ticket WHERE is_complaint AND active"


def deliver(servers, load, names):
    """Hand e-mails over as fast as clients can, in turn to each server; return seconds."""

    def run(number):
        odoo = servers[number % len(servers)]
        for name in names[number::CLIENTS]:
            raw = xmlrpc.client.Binary(load.mail(name))
            insist(
                lambda raw=raw: (
                    odoo.call("mail.thread", "message_process", False, raw) or True
                )
            )

    threads = [threading.Thread(target=run, args=[n]) for n in range(CLIENTS)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start


def run_workers(options):
    """e-mails handed over by four clients at once, each answered by e-mail"""
    load = None
    for servers, workers in ((1, "1"), (1, "2"), (2, "1")):
        fault_processes.WORKERS = workers
        with contextlib.ExitStack() as running:
            odoos = [running.enter_context(Odoo(options)) for _number in range(servers)]
            if load is None:
                load = Load(odoos[0])
                load.connect()
            run = f"{servers} {workers}"
            deliver(odoos, load, [f"Warm {run} {number}" for number in range(16)])
            before = len(load.smtp.mails)
            seconds = deliver(
                odoos, load, [f"Mail {run} {number}" for number in range(MAILS)]
            )
            sent = len(load.smtp.mails) - before
        print(
            f"{servers} server(s) with {workers} worker(s): "
            f"{MAILS / seconds:.1f} e-mails a second, {sent} answered",
            flush=True,
        )
    load.listening.close()


def run_replica(options):
    """which calls of the reports and lists are answered by the replica"""
    replica = os.environ["REPLICA"]
    log = Path(os.environ["LOG"])
    options += ["--db_replica_host", replica, "--db_replica_port", "5433"]

    def reads():
        connection = psycopg2.connect(
            host=replica, port=5433, user="odoo", dbname=odoo.database
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables"
            )
            (count,) = cursor.fetchone()
        connection.close()
        return int(count)

    def modes_of(request, length):
        """Return how Odoo answered a request: ro, rw, or ro->rw where it had to repeat it."""
        time.sleep(0.2)
        lines = log.read_bytes()[length:].decode().splitlines()
        return {line.rsplit(None, 1)[-1] for line in lines if request in line}

    with Odoo(options) as odoo, requests.Session() as session:

        def ask(route, **params):
            answer = session.post(
                f"{odoo.url}{route}",
                json={"jsonrpc": "2.0", "method": "call", "params": params},
                timeout=120,
            ).json()
            if "error" in answer:
                return answer["error"]["data"]["message"]
            return ""

        def call(model, method, *args, **kwargs):
            return ask(
                f"/web/dataset/call_kw/{model}/{method}",
                model=model,
                method=method,
                args=args,
                kwargs=kwargs,
            )

        login = {"db": odoo.database, "login": "admin", "password": "admin"}
        ask("/web/session/authenticate", **login)
        count = {"aggregates": ["__count"]}
        names = {"specification": {"display_name": {}}}
        complaints = [("is_complaint", "=", True)]
        report, ticket = "complaint.report", "helpdesk.ticket"
        group, bar = "formatted_read_group", {"field": "complaint_sla_state"}
        teams, states = count | {"groupby": ["team_id"]}, count | {"groupby": ["state"]}
        calls = [
            (report, group, [[]], teams),
            (report, "formatted_read_grouping_sets", [[], [[], ["team_id"]]], count),
            (report, "web_read_group", [[], ["team_id"]], count),
            (report, "search_read", [[], ["ticket_id"]], {"limit": 5}),
            ("complaint.milestone", group, [[]], states),
            (ticket, group, [complaints], teams),
            (ticket, "web_search_read", [complaints], names),
            (ticket, "web_read_group", [complaints, ["stage_id"]], count),
            (
                ticket,
                "read_progress_bar",
                [complaints, "stage_id", bar | {"colors": {}}],
                {},
            ),
            (ticket, "web_read", [[odoo.rows(LAST)[0][0]]], names),
            (ticket, "get_views", [[[False, "kanban"], [False, "list"]]], {}),
            ("complaint.warning", group, [[]], count | {"groupby": ["company_id"]}),
        ]
        for call_again in (False, True):
            # caches are filled by the first time
            before = reads()
            for model, method, args, kwargs in calls:
                length = len(log.read_bytes())
                error = call(model, method, *args, **kwargs)
                if call_again:
                    modes = modes_of("call_kw", length)
                    print(f"{model}.{method}: {modes} {error}", flush=True)
        time.sleep(2)  # PostgreSQL writes its statistics late
        print(f"{reads() - before} scans on the replica", flush=True)
        for path in ("/complaints/new", "/web/login"):
            length = len(log.read_bytes())
            answer = session.get(odoo.url + path, timeout=60)
            modes = modes_of(f"GET {path}", length)
            print(f"{path}: {answer.status_code}, {modes}", flush=True)
        os.kill(int(os.environ["REPLICA_PID"]), 15)
        for number in range(3):
            time.sleep(3)
            error = call(*calls[0][:2], *calls[0][2], **calls[0][3])
            print(f"replica gone, call {number + 1}: {error or 'answered'}", flush=True)


def run_pooler(options):
    """through pgbouncer: messages between sessions, e-mails, and how soon a cron wakes"""
    pooler = os.environ["POOLER"]
    connections = [
        psycopg2.connect(host=pooler, port=6432, user="odoo", dbname="postgres")
        for _number in range(2)
    ]
    for connection in connections:
        connection.autocommit = True
    listener, other = connections
    listener.cursor().execute("LISTEN somebody")
    for _number in range(4):
        other.cursor().execute("NOTIFY somebody")
        select.select([listener], [], [], 0.5)
        listener.poll()
    print(f"NOTIFY: {len(listener.notifies)} of 4 arrive", flush=True)
    with Odoo([*options, "--db_host", pooler, "--db_port", "6432"]) as odoo:
        load = Load(odoo)
        load.connect()
        deliver([odoo], load, [f"Warm {number}" for number in range(16)])
        seconds = deliver([odoo], load, [f"Mail {number}" for number in range(MAILS)])
        print(f"{MAILS / seconds:.1f} e-mails a second", flush=True)
        load.mailbox.put(load.mail("Wakes"))
        start = time.monotonic()
        odoo.wake("mail.ir_cron_mail_gateway_action")
        insist(lambda: not load.mailbox.unseen())
        print(f"a cron wakes after {time.monotonic() - start:.0f} s", flush=True)
        [(count,)] = odoo.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        print(f"{count} connections at PostgreSQL", flush=True)
        load.listening.close()


def main(what, *options):
    run = globals()[f"run_{what}"]
    print(f"{what}: {run.__doc__}", flush=True)
    run(list(options))


if __name__ == "__main__":
    main(*sys.argv[1:])
