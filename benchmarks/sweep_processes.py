"""Sweep proofs: the clock's sweep in real processes, on a database that commits.

sweep_processes.py set_up DUE ODOO_OPTION…          complaints that are due, in a new database
sweep_processes.py PROOF DUE ODOO_OPTION…           one proof, on a copy of it

Each proof prints one line, and fails where its claim is not so. Processes are forked
from one that has loaded Odoo and closed its connections, like those of Odoo's server.
SEED decides the random points; STATE names the file in which the undisturbed run keeps
its result, for the killed one.
"""

import json
import multiprocessing
import os
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import desk
from session import close_connections, environment, load_registry

from odoo.service.model import retrying

fork = multiprocessing.get_context("fork")
SEED = int(os.environ.get("SEED") or time.time())
KILLS = 20
CHUNK = 500
# Open complaints that are not due, for each that is due.
IDLE = 1
PATIENCE = 3600
COLOR = 7
# Each saves tickets of their own.
USERS = 3


class Failed(Exception):
    """A proof failed: its claim is not so."""


def ensure(truth, message):
    if not truth:
        raise Failed(message)


# ---------------------------------------------------
# The database
# ---------------------------------------------------


def set_up(registry, due):
    """Create complaints, so many of them due, and a log of all changes of state."""
    with environment(registry) as env:
        desk.set_up(env)
        desk.make_complaints_team(env)
        desk.open_complaints(env, due * (1 + IDLE))
        desk.let_fall_due(env, desk.due_tickets(env, 0, due))
        desk.use_rules(env, desk.shipped_rules(env))
        env.cr.execute(
            """
            CREATE TABLE flip (
                milestone_id integer, before varchar, after varchar, backend integer
            );
            CREATE FUNCTION log_flip() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO flip VALUES (NEW.id, OLD.state, NEW.state, pg_backend_pid());
                RETURN NULL;
            END $$;
            CREATE TRIGGER log_flip AFTER UPDATE ON complaint_milestone
                FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
                EXECUTE FUNCTION log_flip();
            """
        )


def rows(env, query, *params):
    env.cr.execute(query, params or None)
    return env.cr.fetchall()


def snapshot(env):
    """Return everything that a sweep may change, by id.

    Ids of new records are left out: they only tell how often it was tried.
    """
    queries = {
        "milestones": """SELECT id, state, deadline, next_event_at, reached_at,
            paused_at FROM complaint_milestone ORDER BY id""",
        "tickets": """SELECT id, complaint_sla_state, complaint_deadline, priority,
            stage_id, user_id, name FROM helpdesk_ticket ORDER BY id""",
        "activities": """SELECT res_id, activity_type_id, user_id, summary, note
            FROM mail_activity WHERE res_model = 'helpdesk.ticket'
            ORDER BY 1, 2, 3, 4, 5""",
        "followers": """SELECT res_id, partner_id FROM mail_followers
            WHERE res_model = 'helpdesk.ticket' ORDER BY 1, 2""",
        "messages": """SELECT res_id, message_type, subtype_id, author_id, body
            FROM mail_message WHERE model = 'helpdesk.ticket'
            ORDER BY 1, 2, 3, 4, 5""",
        "mails": """SELECT res_id, count(*) FROM mail_mail
            JOIN mail_message message ON message.id = mail_message_id
            WHERE model = 'helpdesk.ticket' GROUP BY 1 ORDER BY 1""",
        "flips": "SELECT milestone_id, before, after FROM flip ORDER BY 1, 2, 3",
    }
    # through JSON, to compare with what was kept in a file
    return json.loads(
        json.dumps({name: rows(env, q) for name, q in queries.items()}, default=str)
    )


def ensure_each_once(env, due, among=None):
    """Check that what was due changed once, and each complaint has one activity."""
    left = desk.count_due(env)
    ensure(not left, f"{left} milestones are left")
    flips = Counter(i for (i,) in rows(env, "SELECT milestone_id FROM flip"))
    twice = sum(count > 1 for count in flips.values())
    ensure(not twice, f"{twice} milestones were flipped more than once")
    ensure(len(flips) == due, f"{len(flips)} milestones were flipped, {due} were due")
    tickets = desk.due_tickets(env, 0, due)
    # what a failing rule tells the leader is another type and does not count
    planned = Counter(
        ticket_id
        for ticket_id, summary in rows(
            env,
            """SELECT res_id, summary FROM mail_activity
                WHERE res_model = 'helpdesk.ticket'""",
        )
        if not among or among not in (summary or "")
    )
    wrong = sum(planned[ticket_id] != 1 for ticket_id in tickets)
    ensure(not wrong, f"{wrong} complaints have no activity, or more than one")
    ensure(len(planned) == due, "complaints that were not due have activities")
    states = dict(rows(env, "SELECT id, complaint_sla_state FROM helpdesk_ticket"))
    wrong = sum(
        states[ticket_id] != expected
        for ids, expected in ((tickets[::2], "at_risk"), (tickets[1::2], "breached"))
        for ticket_id in ids
    )
    ensure(not wrong, f"{wrong} complaints are in a wrong state")


# ---------------------------------------------------
# Processes
# ---------------------------------------------------


class Child:
    """A process that runs a function of (registry, connection, arguments)."""

    def __init__(self, act, registry, *arguments):
        self.connection, theirs = fork.Pipe()
        self.process = fork.Process(
            target=self._run, args=(act, registry, theirs, arguments), daemon=True
        )
        self.process.start()
        theirs.close()

    @staticmethod
    def _run(act, registry, connection, arguments):
        try:
            connection.send(("done", act(registry, connection, *arguments)))
        except BaseException:
            connection.send(("error", traceback.format_exc()))
        connection.close()
        os._exit(0)  # skip the parent's own exit handlers

    def answer(self):
        """Wait for its end; return what its function returned."""
        ensure(self.connection.poll(PATIENCE), "a process does not end")
        try:
            kind, value = self.connection.recv()
        except EOFError:
            raise Failed("a process has died") from None
        self.process.join()
        if kind == "error":
            print(value, file=sys.stderr, flush=True)
            raise Failed(f"a process failed: {value.strip().splitlines()[-1]}")
        return value

    def kill_after(self, seconds):
        """Kill it after so many seconds; return whether it was still running."""
        self.process.join(seconds)
        at_work = self.process.is_alive()
        self.process.kill()
        self.process.join()
        return at_work


def sweep(registry, _connection, due, barrier=None):
    """Run the clock's sweep, in chunks small enough to be shared and lost."""
    if barrier:
        barrier.wait(60)
    start = time.monotonic()
    with environment(registry) as env:
        env["complaint.milestone"]._cron_clock(min(CHUNK, max(due // 20, 1)))
    return time.monotonic() - start


def save(registry, connection, ticket_ids, seed):
    """Save tickets like a user, one request after another, until told to stop."""
    chance = random.Random(seed)
    saved = {}
    times = attempts = 0
    while not connection.poll():
        with registry.cursor() as cr:
            # what the sweep handles soon or just now; or any other one
            cr.execute(
                """SELECT ticket_id FROM complaint_milestone
                    WHERE next_event_at <= now() AT TIME ZONE 'UTC'
                      AND ticket_id = ANY(%s)
                    ORDER BY next_event_at, id LIMIT 50""",
                [ticket_ids],
            )
            near = [ticket_id for (ticket_id,) in cr.fetchall()]
        ticket_id = chance.choice(
            near if near and chance.random() < 0.3 else ticket_ids
        )
        name = f"Saved {times}, {chance.random()}"
        with environment(registry) as env:
            user = desk.handler(env)
        with registry.cursor() as cr:
            env = env(cr=cr, user=user.id, su=False, context={})
            ticket = env["helpdesk.ticket"].browse(ticket_id)

            def write(ticket=ticket, name=name):
                nonlocal attempts
                attempts += 1
                ticket.write({"name": name, "partner_name": name})
                ticket.message_post(body=name)

            retrying(write, env)
        saved[ticket_id] = name
        times += 1
    return saved, times, attempts


# ---------------------------------------------------
# Proofs
# ---------------------------------------------------


def prove_at_once(registry, due, processes):
    barrier = fork.Barrier(processes)
    children = [Child(sweep, registry, due, barrier) for _number in range(processes)]
    seconds = max([child.answer() for child in children])
    with environment(registry) as env:
        ensure_each_once(env, due)
        shares = [
            count
            for (count,) in rows(
                env, "SELECT count(*) FROM flip GROUP BY backend ORDER BY 1 DESC"
            )
        ]
    ensure(
        len(shares) == processes, f"{len(shares)} of {processes} had something to do"
    )
    return f"{seconds:.1f} s, shares {' + '.join(map(str, shares))}"


def prove_two(registry, due):
    """two processes at once: none handled twice, none left"""
    return prove_at_once(registry, due, 2)


def prove_four(registry, due):
    """four processes at once: none handled twice, none left"""
    return prove_at_once(registry, due, 4)


def prove_undisturbed(registry, due):
    """one process, left in peace"""
    seconds = Child(sweep, registry, due).answer()
    with environment(registry) as env:
        ensure_each_once(env, due)
        state = {"seconds": seconds, "state": snapshot(env)}
    Path(os.environ["STATE"]).write_text(json.dumps(state))
    return f"{seconds:.1f} s"


def prove_killed(registry, due):
    """killed at random points twenty times, then finished: the same end"""
    undisturbed = json.loads(Path(os.environ["STATE"]).read_text())
    chance = random.Random(SEED)
    points = []
    at_work = 0
    left = due
    for kill in range(KILLS):
        # so that something is left for each that follows
        share = undisturbed["seconds"] * left / due / (KILLS - kill)
        points.append(chance.uniform(0, 2.2 * share))
        at_work += Child(sweep, registry, due).kill_after(points[-1])
        with environment(registry) as env:
            left = desk.count_due(env)
        close_connections()
    for _attempt in range(10):
        # the locks of a killed one are released as soon as PostgreSQL has noticed
        Child(sweep, registry, due).answer()
        with environment(registry) as env:
            if not desk.count_due(env):
                break
        close_connections()
        time.sleep(1)
    with environment(registry) as env:
        ensure_each_once(env, due)
        state = snapshot(env)
    for name, expected in undisturbed["state"].items():
        found = state[name]
        wrong = sum(one != other for one, other in zip(found, expected, strict=False))
        ensure(
            found == expected,
            f"{name}: {len(found)} instead of {len(expected)}, {wrong} differ",
        )
    compared = ", ".join(f"{len(found)} {name}" for name, found in state.items())
    moments = " ".join(f"{seconds:.2f}" for seconds in points)
    return (
        f"seed {SEED}; {at_work} of {KILLS} hit it at work, {due - left} of {due} done "
        f"by then; the same {compared}; killed after s: {moments}"
    )


def prove_raising(registry, due):
    """a rule that raises on one complaint stops only that one, and says so there"""
    with environment(registry) as env:
        tickets = desk.due_tickets(env, 0, due)
        bad = tickets[len(tickets) // 2]
        model = env["ir.model"]._get("helpdesk.ticket")
        rule = env["base.automation"].create(
            {
                "name": "Stumbles over one",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    (4, field.id)
                    for field in env["ir.model.fields"]._get(
                        "helpdesk.ticket", "complaint_sla_state"
                    )
                ],
                "filter_domain": "[('complaint_sla_state', 'in', ('at_risk', 'breached'))]",
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Stumble",
                            "model_id": model.id,
                            "usage": "base_automation",
                            "state": "code",
                            "code": f"if record.id == {bad}:\n"
                            "    raise UserError('stumbled')\n"
                            f"record.write({{'color': {COLOR}}})",
                        },
                    )
                ],
            }
        )
        name = rule.name
    close_connections()
    seconds = Child(sweep, registry, due).answer()
    with environment(registry) as env:
        ensure_each_once(env, due, among=name)
        colors = dict(rows(env, "SELECT id, color FROM helpdesk_ticket"))
        stopped = [i for i in tickets if colors[i] != COLOR]
        ensure(stopped == [bad], f"the rule stopped on {len(stopped)} complaints")
        noted = rows(
            env,
            """SELECT res_id FROM mail_message
                WHERE model = 'helpdesk.ticket' AND body LIKE %s""",
            f"%{name}%",
        )
        ensure(noted, "there is no note on the complaint")
        ensure(set(noted) == {(bad,)}, "there are notes on others as well")
    return f"{seconds:.1f} s"


def prove_saving(registry, due):
    """users save tickets meanwhile: no state lost, no error"""
    with environment(registry) as env:
        tickets = desk.due_tickets(env, 0, due)
    close_connections()
    shares = [tickets[number::USERS] for number in range(USERS)]
    users = [
        Child(save, registry, share, SEED + number)
        for number, share in enumerate(shares)
    ]
    sweeping = Child(sweep, registry, due)
    try:
        seconds = sweeping.answer()
    finally:
        for user in users:
            user.connection.send("stop")
    saved, times, attempts = {}, 0, 0
    for user in users:
        by_user, times_of_user, attempts_of_user = user.answer()
        saved |= by_user
        times += times_of_user
        attempts += attempts_of_user
    with environment(registry) as env:
        ensure_each_once(env, due)
        names = dict(rows(env, "SELECT id, name FROM helpdesk_ticket"))
        lost = sum(names[ticket_id] != name for ticket_id, name in saved.items())
        ensure(not lost, f"{lost} saved names are lost")
        [(posts,)] = rows(
            env,
            """SELECT count(*) FROM mail_message
                WHERE model = 'helpdesk.ticket' AND body LIKE '%Saved %'
                  -- what tells the owner of an activity names the complaint as well
                  AND message_type != 'user_notification'
                  -- and so does the note of what its title was
                  AND body NOT LIKE '%<li>%'""",
        )
        ensure(posts == times, f"{posts} notes of {times} saves")
    ensure(saved, "the user has saved nothing")
    return (
        f"seed {SEED}; {seconds:.1f} s, {times} times saved, each with a note, "
        f"{attempts - times} of them had to be tried again"
    )


def main(what, due, *options):
    registry = load_registry(options)
    if what == "set_up":
        set_up(registry, int(due))
        return 0
    prove = globals()[f"prove_{what}"]
    close_connections()
    try:
        told = prove(registry, int(due))
    except Failed as failure:
        print(f"FAIL  {int(due):,} due, {prove.__doc__}: {failure}", flush=True)
        return 1
    print(f"PASS  {int(due):,} due, {prove.__doc__} ({told})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
