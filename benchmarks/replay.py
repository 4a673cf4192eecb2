"""Replay: a real event log through the clock of the addon, beside a naive calculation.

python benchmarks/replay.py LOG.zip [INCIDENTS]

It needs Python only: neither Odoo nor a database. The log is the "Incident management
process enriched event log" of the UCI Machine Learning Repository (24,918 incidents of
a help desk, CC BY 4.0), as a zip or csv file. Its incidents take the place of
complaints. Their events go through crm_complaints/engine in the order of time, as the
clock of the addon calls it. Before and after each event, all milestones are compared
with those of naive_clock.py, which shares no code with the engine: state, start,
deadline, original deadline, warning, and when it was reached, overdue and paused. The
sweep comes before each event of every second incident, and too late for the others. It
fails where anything differs, and prints the first differences.

How an incident is read as a complaint (its moments are taken as UTC):

- opened_at is the receipt; the first event by which somebody changes the incident is
  the acknowledgement.
- Awaiting User Info and Awaiting Evidence wait for the customer: they pause. Awaiting
  Vendor and Awaiting Problem wait for others: they do not.
- Resolved and Closed are that. From there to any other state, it is reopened.
- Each event in Active or Awaiting counts as a personal message to the customer, except
  the one that reopens. So none is sent if an incident is resolved while it is New.
- resolved_at and closed_at are not read: all rows of an incident have the last ones. An
  event in the state -100 changes nothing.
"""

import csv
import io
import sys
import time
import types
import zipfile
from bisect import bisect_left, bisect_right
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from naive_clock import HOURS, Demand, Expected, expect, status

# the engine without its package, which would import everything else of it
engine = types.ModuleType("engine")
engine.__path__ = [str(Path(__file__).parents[1] / "crm_complaints" / "engine")]
sys.modules["engine"] = engine
from engine import milestones, phases, promises  # noqa: E402
from engine.working_time import LazyTimetable, Timetable  # noqa: E402

ZONE = "Europe/Lisbon"
WAITS = {"Awaiting User Info", "Awaiting Evidence"}
WORKS = {"Active", "Awaiting Vendor", "Awaiting Problem"}
UNKNOWN = "-100"
POLICIES = {
    "working time": (
        Demand("ack", "acknowledge", 1, "day", working=True),
        Demand("reply", "respond", 4, "hour", working=True),
        Demand("service", "resolve", 5, "day", working=True, pausable=True),
        Demand("regulator", "resolve", 14, "day"),
        Demand("call", "follow_up", 3, "day", working=True, since="resolved"),
    ),
    "calendar time": (
        Demand("ack", "acknowledge", 2, "hour"),
        Demand("reply", "respond", 1, "day", pausable=True),
        Demand("update", "update", 6, "hour", pausable=True),
        Demand("service", "resolve", 72, "hour", pausable=True),
        Demand("regulator", "resolve", 8, "week", since="acknowledged"),
        Demand("call", "follow_up", 1, "week", since="resolved"),
    ),
    "pauses": (
        Demand("reply", "respond", 1.5, "hour", working=True, pausable=True, warn=50),
        Demand("update", "update", 2, "day", working=True, pausable=True),
        Demand("hours", "resolve", 20, "hour", working=True, pausable=True, warn=60),
        Demand("days", "resolve", 7, "day", pausable=True, since="acknowledged"),
        Demand("weeks", "resolve", 1, "week", working=True, pausable=True),
        Demand("calendar weeks", "resolve", 2, "week", pausable=True),
    ),
}


# ---------------------------------------------------
# The log
# ---------------------------------------------------


def read_log(path):
    """Return {number of an incident: list of its rows in the order of time}."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            (name,) = (one for one in archive.namelist() if one.endswith(".csv"))
            text = archive.read(name).decode()
    else:
        text = Path(path).read_text()
    lines = csv.reader(io.StringIO(text))
    names = next(lines)
    # copies of the log call the state ident_state or incident_state
    names[1] = "state"
    incidents = {}
    for line in lines:
        row = dict(zip(names, line, strict=True))
        incidents.setdefault(row["number"], []).append(
            (
                moment(row["sys_updated_at"]),
                row["state"],
                int(row["sys_mod_count"]),
                moment(row["opened_at"]),
            )
        )
    for rows in incidents.values():
        rows.sort(key=lambda row: row[0])
    return incidents


def moment(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M")


def to_history(rows):
    """Return what happened to an incident: a list of (moment, list of what) by event."""
    # a few were changed before they were opened
    history = [(min(rows[0][3], rows[0][0]), ["received"])]
    acknowledged = False
    before = "New"
    for at, state, changes, _opened_at in rows:
        what = []
        if changes and not acknowledged:
            acknowledged = True
            what.append("acknowledged")
        if state != UNKNOWN:
            what += to_events(before, state)
            before = state
        history.append((at, what))
    return history


def to_events(before, state):
    ended = ("Resolved", "Closed")
    if state in ended:
        return [] if state == before else [state.lower()]
    reopened = before in ended
    events = ["reopened"] if reopened else []
    if state in WAITS:
        events.append("waits")
    elif before in WAITS:
        events.append("works")
    if state in WAITS | WORKS and not reopened:
        events.append("wrote")
    return events


# ---------------------------------------------------
# The engine
# ---------------------------------------------------


@lru_cache(maxsize=1)
def intervals():
    """Return the opening hours of all years of the log, as a calendar gives them."""
    tz = ZoneInfo(ZONE)
    found = []
    day = datetime(2015, 12, 1)
    while day < datetime(2018, 1, 1):
        closed = HOURS.closures.get(day.date(), ())
        for opens, closes in ((8, 12), (13, 17)):
            off = any(a.hour <= opens and b.hour >= closes for a, b in closed)
            if day.weekday() < 5 and not off:
                found.append(
                    tuple(
                        day.replace(hour=hour, tzinfo=tz)
                        .astimezone(timezone.utc)
                        .replace(tzinfo=None)
                        for hour in (opens, closes)
                    )
                )
        day += timedelta(days=1)
    return found


def read_timetable(start, end):
    known = intervals()
    first = bisect_left(known, (start, start)) - 1
    last = bisect_right(known, (end, end))
    return Timetable(known[max(first, 0) : last], ZONE, start, end)


@dataclass
class Desk:
    """Desk: one complaint as the addon keeps it; calls the engine as the addon does."""

    targets: list
    rows: list = field(default_factory=list)
    facts: promises.Facts = None
    changed: dict = field(default_factory=dict)

    def happen(self, at, what):
        facts = self.changed
        rematch = what in ("received", "reopened")
        if what == "received":
            facts.update(phase=phases.RECEPTION, is_open=True, received_at=at)
        elif what == "acknowledged":
            facts.update(acknowledged_at=at)
        elif what == "wrote":
            # the first reply counts in the first cycle, later ones as messages
            if facts.get("cycle", 1) == 1 and not facts.get("responded_at"):
                facts.update(responded_at=at)
        elif what in ("waits", "works"):
            facts.update(phase=phases.SOLUTION, pausing=what == "waits")
        elif what == "reopened":
            facts.update(
                phase=phases.HEARING,
                is_open=True,
                resolved_at=None,
                responded_at=None,
                reopened_at=at,
                cycle=facts.get("cycle", 1) + 1,
            )
        else:
            facts.update(
                phase=phases.FOLLOW_UP if what == "resolved" else phases.CLOSED,
                is_open=False,
                pausing=False,
                resolved_at=facts.get("resolved_at") or at,
            )
        self.rows = promises.settle(
            self.rows,
            self.targets,
            promises.Facts(tz_name=ZONE, **facts),
            at,
            LazyTimetable(read_timetable, [at], ZONE),
            rematch=rematch,
            heard_at=at if what == "wrote" else None,
        )

    def sweep(self, now):
        """Let time pass, as the sweep does."""
        self.rows = self.at(now)

    def at(self, now):
        """Return the rows as the sweep makes them."""
        return [
            promises.Row(
                row.key,
                row.target,
                row.terms,
                row.cycle,
                milestones.pass_time(row.milestone, now),
            )
            for row in self.rows
        ]


def to_terms(demand):
    return promises.Terms(
        demand.kind,
        demand.delay,
        demand.unit,
        demand.working,
        demand.since,
        demand.warn,
        demand.pausable,
    )


def to_expected(row):
    one = row.milestone
    return Expected(
        row.cycle,
        row.target,
        one.state,
        one.started_at,
        one.deadline,
        one.original_deadline,
        one.warn_at,
        one.reached_at,
        one.breached_at,
        one.paused_at,
    )


def place(one):
    return one.cycle, one.name, one.started or datetime.max


# ---------------------------------------------------
# Comparing
# ---------------------------------------------------


def compare(number, rows, demands, events, now, counts, differences):
    """Compare all milestones of a complaint at ``now``; return those of the engine."""
    ours = sorted(map(to_expected, rows), key=place)
    theirs = sorted(expect(events, demands, HOURS, now), key=place)
    counts["moments"] += 1
    counts["statuses agree"] += milestones.overall(one.state for one in ours) == status(
        theirs
    )
    counts["compared"] += max(len(ours), len(theirs))
    for one, other in zip(ours, theirs, strict=False):
        counts["agree"] += one == other
        counts["deadlines agree"] += one[:2] + one[4:6] == other[:2] + other[4:6]
        counts["states agree"] += one[:3] == other[:3]
    if ours != theirs:
        only_ours = [one for one in ours if one not in theirs]
        only_theirs = [one for one in theirs if one not in ours]
        differences.append((number, now, only_ours, only_theirs))
    return ours


def replay(number, log, demands, counts, differences):
    """Replay one incident by one policy; compare before and after each event."""
    desk = Desk([(demand.name, to_terms(demand)) for demand in demands])
    events = []
    for at, what in to_history(log):
        if events:
            if int(number) % 2:
                desk.sweep(at)  # for the others it comes too late
            compare(number, desk.at(at), demands, events, at, counts, differences)
        for one in what:
            desk.happen(at, one)
            events.append((at, one))
        # an event that changes nothing calls no clock
        rows = desk.rows if what else desk.at(at)
        last = compare(number, rows, demands, events, at, counts, differences)
    counts["incidents"] += 1
    counts["reopened"] += any(one.cycle > 1 for one in last)
    counts["paused"] += any(row.milestone.pauses for row in desk.rows)
    counts["milestones"] += len(last)
    counts["deadlines moved"] += sum(one.deadline != one.original for one in last)
    for one in last:
        counts[one.state] += 1


def replay_some(incidents):
    """Replay a part of the log by each policy, in a process of its own."""
    found = {}
    for name, demands in POLICIES.items():
        counts, differences = Counter(), []
        for number, rows in incidents:
            replay(number, rows, demands, counts, differences)
        found[name] = counts, differences
    return found


COLUMNS = (
    "incidents",
    "reopened",
    "paused",
    "milestones",
    "met",
    "missed",
    "cancelled",
    "deadlines moved",
    "moments",
    "compared",
    "agree",
    "deadlines agree",
    "states agree",
    "statuses agree",
)


def main(path, most=None):
    began = time.monotonic()
    incidents = list(read_log(path).items())[: most and int(most)]
    size = 250
    parts = [incidents[at : at + size] for at in range(0, len(incidents), size)]
    totals = {name: (Counter(), []) for name in POLICIES}
    with ProcessPoolExecutor() as pool:
        for found in pool.map(replay_some, parts):
            for name, (counts, differences) in found.items():
                totals[name][0].update(counts)
                totals[name][1].extend(differences)
    print(" " * 16, *(f"{name:>15}" for name in POLICIES), sep="")
    for column in COLUMNS:
        values = (f"{counts[column]:>15,}" for counts, _differences in totals.values())
        print(f"{column:<16}", *values, sep="")
    for name, (_counts, differences) in totals.items():
        for number, now, ours, theirs in differences[:10]:
            print(f"\n{name}: {number} at {now}", ours, theirs, sep="\n  ")
    print(f"\n{sum(len(rows) for _number, rows in incidents):,} events,", end=" ")
    print(f"{time.monotonic() - began:.0f} s")
    return any(differences for _counts, differences in totals.values())


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
