"""Benchmarks: this addon compared with helpdesk_mgmt, helpdesk_mgmt_sla and plain SQL.

bench.py PLAIN OURS THEIRS LOG ODOO_OPTION…

PART in the environment names what is measured, as in PART="mixed mail": of ``PARTS``.

The three are copies of one database: helpdesk_mgmt alone, with crm_complaints, with
helpdesk_mgmt_sla, so that none is measured with another's costs. Each is served by a
process; they take turns, repetition by repetition, so that other load on the machine
meets all of them. Everything is committed; caches are warm.
"""

import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

from cost import Cost

COUNT = 1000
DEADLINES = 10_000
OPEN = 100_000
DUE = 5_000
CHUNK = 500
# Fewer records at a time, but more often: as many in all.
REPETITIONS = int(os.environ.get("REPETITIONS") or 3)
# What takes theirs a minute or more is done for fewer, and less often.
SLOW_COUNT = 250
RULES_DUE = 500
MIXED = 500
MAILS = 400
MAILS_AT_ONCE = 50
CUSTOMERS = 1000
HISTORY = 20_000
PAGE = 80
YEARS_OF = int(os.environ.get("COMPLAINTS") or 1_000_000)
THEIR_FIGURES = ["helpdesk_ticket_count"]
OUR_FIGURES = [
    f"complaint_{name}"
    for name in (
        "count",
        "open_count",
        "last_received_at",
        "repeat_count",
        "decided_count",
        "upheld_share",
        "satisfaction",
        "trust",
        "remedy_count",
        "remedy_amount",
        "outstanding_count",
    )
]
COLUMNS = (
    "what",
    "against",
    "ours",
    "theirs",
    "ratio",
    "goal",
    "met",
)


class Side:
    """One side of a comparison: a process with one of the databases."""

    def __init__(self, database, log, options):
        worker = Path(__file__).with_name("bench_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, worker, *options, "--database", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self.costs = defaultdict(list)
        self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(
                "crm_complaints: a process of the benchmark has ended: see its log"
            )
        return json.loads(line)

    def do(self, operation, **arguments):
        print(json.dumps([operation, arguments]), file=self.process.stdin, flush=True)
        return self._answer()

    def measure(self, name, operation, per=1, **arguments):
        """Do it once more, and keep the cost of one of ``per`` records."""
        answer = self.do(operation, **arguments)
        effects = answer.pop("effects", None)
        self.costs[name].append(Cost(**answer).per(per))
        return effects

    def median(self, name):
        return Cost.median(self.costs[name])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Table:
    """The printed table of results, and whether all goals are met."""

    def __init__(self):
        self.rows = []
        self.notes = []
        self.missed = 0

    def add(self, what, against, ours, theirs, ratio, goal, met):
        """:param met: whether the goal is met; None where there is none"""
        self.missed += met is False
        verdict = {True: "yes", False: "NO", None: "–"}[met]
        self.rows.append((what, against, ours, theirs, ratio, goal, verdict))

    def compare(self, what, against, ours, theirs, queries=None, time=None, cpu=None):
        """Add a row on two lists of costs; the last three limit the ratios.

        Ratios are medians too, of those within a repetition. The ratio of CPU time is
        shown where it is limited: it does not depend on what else the machine does.
        """
        by_queries, by_time, by_cpu = (
            statistics.median(
                getattr(one, name) / (getattr(other, name) or 1)
                for one, other in zip(ours, theirs, strict=False)
            )
            for name in ("queries", "seconds", "cpu_seconds")
        )
        goals = []
        met = []
        if queries:
            goals.append(f"≤ {queries} × queries")
            met.append(by_queries <= queries)
        if time:
            goals.append(f"≤ {time} × time")
            met.append(by_time <= time)
        ratio = f"{by_queries:.2f} q, {by_time:.2f} t"
        if cpu:
            goals.append(f"≤ {cpu} × CPU")
            met.append(by_cpu <= cpu)
            ratio += f", {by_cpu:.2f} c"
        self.add(
            what,
            against,
            show(Cost.median(ours)),
            show(Cost.median(theirs)),
            ratio,
            ", ".join(goals) or "–",
            all(met) if met else None,
        )

    def print(self):
        rows = [COLUMNS, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for number, row in enumerate(rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("| " + " | ".join(cells) + " |")
            if not number:
                print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
        for note in self.notes:
            print(note)


def show(cost):
    return f"{number(cost.queries)} q, {duration(cost.seconds)}"


def number(value):
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def duration(seconds):
    if seconds >= 1:
        return f"{seconds:.2f} s"
    if seconds >= 0.001:
        return f"{1000 * seconds:.2f} ms"
    return f"{1_000_000 * seconds:.1f} µs"


def say(text):
    print(text, file=sys.stderr, flush=True)


# ---------------------------------------------------
# What is measured
# ---------------------------------------------------


# Values of our complaints beyond those of a plain ticket: who was acknowledged on the
# spot need not be called back. So all milestones are made, and no further work.
ON_THE_SPOT = {
    "complaint_acknowledged_at": f"{datetime.now(timezone.utc):%F %T}",
    "complaint_acknowledged_by": "in_person",
}


def measure_tickets(plain, ours, theirs):
    """Create and move a thousand at once, the sides taking turns."""
    sides = [plain, ours, theirs]
    for side in sides:  # warm caches: of templates, rights, stages
        for vals in ({}, ON_THE_SPOT) if side is ours else ({},):
            side.do("create", count=20, **vals)
            side.do("move")
    for repetition in range(REPETITIONS):
        say(f"  tickets, {repetition + 1} of {REPETITIONS} …")
        for side in sides[repetition % 3 :] + sides[: repetition % 3]:
            if side is theirs and repetition >= 2:
                continue  # so slow that two repetitions are enough
            count = SLOW_COUNT if side is theirs else COUNT
            vals = ON_THE_SPOT if side is ours else {}
            side.measure("create", "create", count, count=count, **vals)
            side.left = side.do("count_left")
            side.measure("move", "move", count)
            if side is ours:
                side.measure("call", "create", COUNT, count=COUNT)


def report_tickets(table, plain, ours, theirs):
    create, move = "create a complaint, milestones included", "move a complaint on"
    plainly, sla = "plain ticket", "ticket with helpdesk_mgmt_sla"
    for what, name, against, other, queries, time in (
        (create, "create", plainly, plain, 0.9, 1.0),
        (create, "create", sla, theirs, 0.4, 0.3),
        ("the same, a call-back planned as well", "call", plainly, plain, None, None),
        (move, "move", plainly, plain, 1.1, None),
        (move, "move", sla, theirs, 0.1, None),
    ):
        costs = other.costs["move" if name == "move" else "create"]
        table.compare(what, against, ours.costs[name], costs, queries, time)
    found = ours.do("count_milestones")
    table.notes.append(
        f"Tickets and complaints: medians of {COUNT:,} in one call, a share each; a "
        "complaint has " + ", ".join(f"{n:g} {name}" for name, n in found.items())
    )
    for name, side in (("ours", ours), ("plain", plain), ("theirs", theirs)):
        shown = ", ".join(f"{n:g} {kind}" for kind, n in side.left.items() if n)
        table.notes.append(f"  created, {name}: {shown}")
        if side.left != plain.left:
            table.missed += 1
            table.notes.append("  NOT THE SAME as a plain ticket")


def measure_mixed(table, plain, ours):
    """Create mixed batches: all channels, half of the customers known, as shipped.

    Plain tickets are not acknowledged. So the same is measured without the mails of
    ours as well, and, on the channels answered by mail, with a stage's mail of theirs.
    """

    def compare(name, what, against, channels=(), **goals):
        asked = {"channels": channels} if channels else {}
        mails = {}
        for side in (plain, ours):
            side.do("mixed", count=20, **asked)  # warm caches
        for repetition in range(REPETITIONS + 1):
            say(f"  {name}, {repetition + 1} of {REPETITIONS + 1} …")
            for side in (plain, ours)[:: (-1) ** repetition]:
                mails[side] = side.measure(name, "mixed", MIXED, count=MIXED, **asked)
        table.compare(what, against, ours.costs[name], plain.costs[name], **goals)
        sent = f"{mails[ours]['mails']} mails sent by ours, {mails[plain]['mails']} by theirs"
        table.notes.append(f"{name.capitalize()}: {sent}")

    compare(
        "mixed desk",
        f"mixed desk: {MIXED} complaints in one call, acknowledged",
        "plain tickets, not acknowledged",
        queries=0.9,
        cpu=1.1,
    )
    found = ours.do("count_milestones")
    table.notes.append(
        "Mixed desk: all channels, half of the customers complained before, nobody is "
        "assigned yet, acknowledgements are sent; a complaint has "
        + ", ".join(f"{n:g} {name}" for name, n in found.items())
    )
    plain.do("set_up", step="thank_by_stage")
    compare(
        "by e-mail and web",
        f"{MIXED} by e-mail and web alone, each acknowledged",
        "plain tickets, with a stage's mail",
        channels=("E-mail", "Web"),
    )
    plain.do("set_up", step="thank_nobody")
    ours.do("set_up", step="acknowledge_by_hand")
    compare(
        "without mails",
        "the mixed desk, acknowledgements by e-mail left to people",
        "plain tickets, not acknowledged",
    )
    ours.do("set_up", step="acknowledge_automatically")


def measure_customers(table, plain, ours):
    """Read a page of contacts with all figures of their complaints."""
    say(f"  {HISTORY:,} tickets of {CUSTOMERS:,} customers …")
    for side in (plain, ours):
        side.do("customers", count=CUSTOMERS, tickets=HISTORY)
    for repetition in range(REPETITIONS + 1):  # the first one warms caches
        for side, figures in ((plain, THEIR_FIGURES), (ours, OUR_FIGURES)):
            side.measure("page", "read_customers", count=PAGE, figures=figures)
            if not repetition:
                side.costs["page"].clear()
    mine, others = ours.median("page"), plain.median("page")
    table.add(
        f"{PAGE} contacts, all figures, {HISTORY:,} complaints",
        "helpdesk_mgmt, number of tickets",
        show(mine),
        show(others),
        f"{mine.queries / others.queries:.2f} q, {mine.seconds / others.seconds:.2f} t",
        "≤ 4 queries, ≤ 0.2 × time",
        mine.queries <= 4 and mine.seconds <= 0.2 * others.seconds,
    )


def measure_deadlines(table, ours):
    say("  deadlines …")
    ours.measure("one by one", "deadlines_one_by_one", count=DEADLINES)
    for _repetition in range(REPETITIONS):
        ours.measure("at once", "deadlines_at_once", count=DEADLINES)
    rounded, differ = ours.do("deadlines_that_differ")
    one, many = ours.median("one by one"), ours.median("at once")
    faster = one.seconds / many.seconds
    table.add(
        f"{DEADLINES:,} deadlines",
        "plan_hours one by one",
        f"{many.queries:.0f} q, {duration(many.seconds)}",
        f"{one.queries:,.0f} q, {duration(one.seconds)}",
        f"{faster:,.0f} × faster, {differ} differ",
        "≥ 200 × faster, none differs",
        faster >= 200 and not differ,
    )
    if rounded:
        table.notes.append(
            f"Deadlines: {rounded} fall on the end of a shift, where plan_hours, which "
            "adds up hours as floats, names the beginning of the next one instead."
        )


def measure_sweep(table, ours):
    say(f"  {OPEN:,} open complaints …")
    ours.do("open_complaints", count=OPEN)
    ours.do("use_rules", which="none")
    ours.do("sweep", due=CHUNK)  # warm caches
    for _repetition in range(REPETITIONS):
        ours.measure("idle", "sweep", due=0)
    idle = ours.median("idle")
    table.add(
        f"sweep, {OPEN:,} open, none due",
        "–",
        f"{idle.queries:.0f} q, {duration(idle.sql_seconds)} in PostgreSQL",
        "–",
        "–",
        "≤ 3 queries, ≤ 5 ms",
        idle.queries <= 3 and idle.sql_seconds <= 0.005,
    )
    for repetition in range(REPETITIONS):
        say(f"  sweep without rules, {repetition + 1} of {REPETITIONS} …")
        ours.measure("sweep", "sweep", due=DUE)
        ours.measure("update", "bare_update", due=DUE)
    sweep, update = ours.median("sweep"), ours.median("update")
    by_chunk = sweep.queries / (DUE / CHUNK)
    pairs = zip(ours.costs["sweep"], ours.costs["update"], strict=True)
    times = statistics.median(one.seconds / other.seconds for one, other in pairs)
    table.add(
        f"sweep, {OPEN:,} open, {DUE:,} due, no rules",
        "one UPDATE of the same rows",
        f"{by_chunk:.1f} q a chunk of {CHUNK}, {duration(sweep.seconds)}",
        f"1 q, {duration(update.seconds)}",
        f"{times:.1f} t",
        "≤ 12 q a chunk, ≤ 15 × time",
        by_chunk <= 12 and times <= 15,
    )


def measure_rules(table, ours):
    effects = {}
    # warm caches on both sides, a few at a time
    for repetition in range(-1, REPETITIONS):
        say(f"  sweep with rules, {repetition + 1} of {REPETITIONS} …")
        due = RULES_DUE if repetition >= 0 else 20
        for which, operation in (("shipped", "sweep"), ("on_time", "on_time_run")):
            ours.do("use_rules", which=which)
            name = which if repetition >= 0 else "warm"
            effects[which] = ours.measure(name, operation, per=due, due=due)
    table.compare(
        "the same, the rules that come with it on",
        "rules by date (on_time) that do the same",
        ours.costs["shipped"],
        ours.costs["on_time"],
        time=0.5,
    )
    table.notes.append(
        f"With rules: a complaint's share of {RULES_DUE:,} due at a time, half to be "
        "warned of and half late; activities are planned without a mail to their users."
    )
    for which, done in effects.items():
        shown = ", ".join(f"{count:,} {kind}" for kind, count in done.items())
        table.notes.append(f"  done by {which} rules: {shown}")
    if effects["shipped"] != effects["on_time"]:
        table.missed += 1
        table.notes.append("  NOT THE SAME: the two do different things")


def measure_mail(table, plain, ours):
    """Receive a mail and answer it: ours beside a ticket whose stage sends a mail."""
    for side in (plain, ours):
        side.do("set_up", step="open_mailbox")
    plain.do("set_up", step="thank_by_stage")
    ours.do("use_rules", which="shipped")
    for side in (plain, ours):
        side.do("receive", count=10)  # warm caches
    for start in range(0, MAILS, MAILS_AT_ONCE):
        say(f"  mails, {start + MAILS_AT_ONCE:,} of {MAILS:,} …")
        for side in (plain, ours):
            side.measure("mail", "receive", MAILS_AT_ONCE, count=MAILS_AT_ONCE)
    table.compare(
        "a mail in, acknowledged, all milestones",
        "helpdesk_mgmt, with a stage's mail",
        ours.costs["mail"],
        plain.costs["mail"],
        queries=1.0,
        cpu=1.0,
    )
    rates = ", ".join(
        f"{1 / statistics.mean(cost.seconds for cost in side.costs['mail']):.1f} {name}"
        for name, side in (("ours", ours), ("plain", plain))
    )
    table.notes.append(
        f"Mails a second over {MAILS:,}, one process, the answer's sending included: "
        + rates
    )


def measure_ordinary(table, plain, ours):
    ours.do("use_rules", which="shipped")
    with_ours, without = ours.do("ordinary"), plain.do("ordinary")
    more = {name: with_ours[name] - without[name] for name in without}
    table.add(
        "create and write one ordinary ticket",
        "without the addon",
        *(
            f"{found['create']} q, {'/'.join(str(n) for n in list(found.values())[1:])} q"
            for found in (with_ours, without)
        ),
        f"+ {max(more.values())} q",
        "+ 0 queries",
        max(more.values()) <= 0,
    )
    table.notes.append("Ordinary ticket: " + ", ".join(with_ours))


def measure_reports(table, plain, ours):
    """Ask what reports ask, beside SQL by hand, of years of complaints."""
    say(f"  {YEARS_OF:,} complaints, and as many plain tickets …")
    sizes = [
        side.do("fill_years", count=YEARS_OF, ours=side is ours)
        for side in (ours, plain)
    ]
    for name in ours.do("questions"):
        say(f"  {name} …")
        for repetition in range(REPETITIONS + 1):
            for by_hand in (False, True):
                ours.measure(
                    f"{name}, {by_hand}", "ask", question=name, by_hand=by_hand
                )
            if not repetition:  # the first one warms caches
                for by_hand in (False, True):
                    ours.costs[f"{name}, {by_hand}"].clear()
        table.compare(
            name,
            "SQL by hand",
            ours.costs[f"{name}, False"],
            ours.costs[f"{name}, True"],
            time=1.5,
        )
        if ours.do("answers_differ", question=name):
            table.missed += 1
            table.notes.append(f"NOT THE SAME by hand: {name}")
    for kanban, what in ((False, "list"), (True, "pipeline")):
        name = f"first page of the {what}"
        say(f"  {name} …")
        for repetition in range(REPETITIONS + 1):
            for side in (ours, plain):
                side.measure(name, "first_page", ours=side is ours, kanban=kanban)
                if not repetition:
                    side.costs[name].clear()
        table.compare(
            name, "plain tickets", ours.costs[name], plain.costs[name], time=1.2
        )
    table.notes.append(
        f"Reports: {YEARS_OF:,} complaints over four years, four milestones each; on "
        f"disk {sizes[0]:,} bytes a complaint with its milestones and indexes, "
        f"{sizes[1]:,} a plain ticket."
    )


# In this order; what comes later finds what those before have left.
PARTS = (
    "mixed",
    "ordinary",
    "tickets",
    "mail",
    "customers",
    "deadlines",
    "sweep",
    "reports",
)


def chosen_parts():
    parts = (os.environ.get("PART") or " ".join(PARTS)).replace(",", " ").split()
    if unknown := set(parts) - set(PARTS):
        sys.exit(
            f"crm_complaints: PART={' '.join(unknown)} is none of {' '.join(PARTS)}"
        )
    return parts


def main(plain, ours, theirs, log, *options):
    table = Table()
    parts = chosen_parts()
    names = [plain, ours, theirs] if "tickets" in parts else [plain, ours]
    with open(log, "a") as errors:
        sides = [Side(name, errors, options) for name in names]
    plain, ours, *more = sides
    if "mixed" in parts:
        # by the policies as they come; the others measure all kinds of milestones
        ours.do("set_up", step="make_team")
        ours.do("use_rules", which="shipped")
        measure_mixed(table, plain, ours)
    ours.do("set_up", step="make_complaints_team")
    if "ordinary" in parts:
        measure_ordinary(table, plain, ours)
    if "tickets" in parts:
        (theirs,) = more
        theirs.do("set_up", step="use_sla")
        measure_tickets(plain, ours, theirs)
        report_tickets(table, plain, ours, theirs)
    if "mail" in parts:
        measure_mail(table, plain, ours)
    if "customers" in parts:
        measure_customers(table, plain, ours)
    if "deadlines" in parts:
        measure_deadlines(table, ours)
    if "sweep" in parts:
        measure_sweep(table, ours)
        measure_rules(table, ours)
    if "reports" in parts:
        measure_reports(table, plain, ours)
    for side in sides:
        side.close()
    table.print()
    if table.missed:
        print(f"{table.missed} goals are not met.")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
