"""Naive clock: what each milestone should be, worked out anew from a whole history.

It shares no code with crm_complaints/engine and follows the rules as they are written in
docs/administration.md. Nothing is carried from one event to the next: each answer goes
through the history again, and through the opening hours day by day. So it is slow, and
easy to check by hand. Moments are naive datetimes in UTC.

A history is a list of (moment, what happened), in the order in which it happened:
received, acknowledged, wrote (a personal message to the customer), waits (for the
customer), works (it waits no longer), resolved, closed, reopened.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
UTC = ZoneInfo("UTC")


class Demand(NamedTuple):
    """Demand of a policy: ``kind`` within ``delay`` units after ``since``."""

    name: str
    kind: str
    delay: float
    unit: str
    working: bool = False
    pausable: bool = False
    since: str = "received"
    warn: int = 75


class Expected(NamedTuple):
    """Expected: what a milestone should be at one moment."""

    cycle: int
    name: str
    state: str
    started: datetime | None = None
    deadline: datetime | None = None
    original: datetime | None = None
    warning: datetime | None = None
    reached: datetime | None = None
    breached: datetime | None = None
    paused: datetime | None = None


# ---------------------------------------------------
# Hours
# ---------------------------------------------------


class Hours:
    """Opening hours: the same on each weekday, less what is closed on single days."""

    def __init__(self, zone, spans, weekdays, closures):
        """
        :param str zone: name of the time zone
        :param spans: list of (time, time) of a day, local
        :param weekdays: the days that are worked, 0 is Monday
        :param dict closures: date -> list of (time, time), local, closed on that day
        """
        self.zone = ZoneInfo(zone)
        self.spans = spans
        self.weekdays = weekdays
        self.closures = closures
        # remembered, as the same questions are asked at each event
        for name in ("day_of", "open_on", "deadline", "warning", "later"):
            setattr(self, name, lru_cache(maxsize=100_000)(getattr(self, name)))

    def day_of(self, moment):
        return moment.replace(tzinfo=UTC).astimezone(self.zone).date()

    def moment(self, day, clock):
        there = datetime(
            day.year, day.month, day.day, clock.hour, clock.minute, tzinfo=self.zone
        )
        return there.astimezone(UTC).replace(tzinfo=None)

    def last_second(self, day):
        return self.moment(day + DAY, time(0)) - SECOND

    def open_on(self, day):
        """Return the open spans of a local date, as moments in UTC."""
        if day.weekday() not in self.weekdays:
            return []
        # minute by minute: open, and not closed for a holiday
        minutes = []
        for number in range(24 * 60):
            clock = time(number // 60, number % 60)
            opened = any(start <= clock < stop for start, stop in self.spans)
            closed = any(
                start <= clock < stop for start, stop in self.closures.get(day, [])
            )
            if opened and not closed:
                minutes.append(self.moment(day, clock))
        found = []
        for minute in minutes:
            if found and found[-1][1] == minute:
                found[-1][1] = minute + timedelta(minutes=1)
            else:
                found.append([minute, minute + timedelta(minutes=1)])
        return found

    def worked(self, start, stop):
        """Return how much of the time between two moments was open."""
        total = timedelta()
        day = self.day_of(start)
        while day <= self.day_of(stop):
            for opens, closes in self.open_on(day):
                opens, closes = max(opens, start), min(closes, stop)
                if opens < closes:
                    total += closes - opens
            day += DAY
        return total

    def after_work(self, start, amount):
        """Return the moment by which ``amount`` of open time has passed."""
        day = self.day_of(start)
        while True:
            for opens, closes in self.open_on(day):
                opens = max(opens, start)
                if opens >= closes:
                    continue
                if amount <= closes - opens:
                    return opens + amount
                amount -= closes - opens
            day += DAY

    def closings(self, start, stop):
        """Return how many working days ended after ``start``, up to ``stop``."""
        count = 0
        day = self.day_of(start)
        while day <= self.day_of(stop):
            spans = self.open_on(day)
            if spans and start < spans[-1][1] <= stop:
                count += 1
            day += DAY
        return count

    def working_day(self, day, number):
        """Return the ``number``-th working day after a date."""
        while number:
            day += DAY
            if self.open_on(day):
                number -= 1
        return day

    def working_day_from(self, day):
        while not self.open_on(day):
            day += DAY
        return day

    def deadline(self, start, demand):
        """Return the last second in which ``demand`` is met."""
        if demand.unit == "hour":
            amount = timedelta(hours=demand.delay)
            return self.after_work(start, amount) if demand.working else start + amount
        day = self.day_of(start)
        if demand.unit == "week":
            day += 7 * int(demand.delay) * DAY
            day = self.working_day_from(day) if demand.working else day
        elif demand.working:
            day = self.working_day(day, int(demand.delay))
        else:
            day += int(demand.delay) * DAY
        return self.last_second(day)

    def warning(self, start, deadline, demand):
        """Return when the share of the time that the demand names has passed."""
        if demand.working and (total := self.worked(start, deadline)):
            moment = self.after_work(start, total * demand.warn / 100)
        else:
            moment = start + (deadline - start) * demand.warn / 100
        return moment.replace(microsecond=0)

    def later(self, moment, start, stop, unit, working):
        """Return ``moment`` as the pause from ``start`` to ``stop`` moves it."""
        if start > moment or start >= stop:
            return moment
        if unit == "hour" and not working:
            return moment + (stop - start)
        if unit == "hour":
            amount = self.worked(start, stop)
            return self.after_work(moment, amount) if amount else moment
        day = self.day_of(moment)
        if unit == "day" and working:
            days = self.closings(start, stop)
            return self.last_second(self.working_day(day, days)) if days else moment
        days = self.day_of(stop) - self.day_of(start)
        if not days:
            return moment
        day += days
        return self.last_second(self.working_day_from(day) if working else day)


# ---------------------------------------------------
# Histories
# ---------------------------------------------------


@dataclass
class Cycle:
    """Cycle: from the receipt, or a reopening, to the next one."""

    begun: datetime
    thanked: bool = False  # acknowledged before it began
    answered: datetime | None = None  # resolved, or closed without that
    resolved: datetime | None = None  # and not closed at once
    closed: datetime | None = None
    over: datetime | None = None  # reopened again
    messages: list = field(default_factory=list)
    waits: list = field(default_factory=list)  # [from, to or None]


def read(history):
    """Return (moment of the acknowledgement or None, cycles) of a history."""
    acknowledged = None
    cycles = []
    for moment, what in history:
        cycle = cycles[-1] if cycles else None
        waiting = cycle and cycle.waits and cycle.waits[-1][1] is None
        if what in ("received", "reopened"):
            if cycle:
                cycle.over = moment
            cycles.append(Cycle(moment, thanked=acknowledged is not None))
        elif what == "acknowledged":
            acknowledged = acknowledged or moment
        elif what == "wrote":
            cycle.messages.append(moment)
        elif what == "waits":
            if not waiting:
                cycle.waits.append([moment, None])
            continue
        elif what == "resolved":
            cycle.answered = cycle.resolved = moment
        elif what == "closed":
            cycle.answered = cycle.answered or moment
            cycle.closed = moment
        if waiting and what in ("works", "resolved", "closed"):
            cycle.waits[-1][1] = moment
    return acknowledged, cycles


def expect(history, demands, hours, now):
    """Return what each milestone should be at ``now``, by the history up to then."""
    acknowledged, cycles = read(history)
    found = []
    for number, cycle in enumerate(cycles, 1):
        for demand in demands:
            if demand.kind == "acknowledge":
                if number > 1 and cycle.thanked:
                    continue  # once is enough
                ends = acknowledged
            elif demand.kind == "respond":
                ends = min(cycle.messages, default=None)
            elif demand.kind == "resolve":
                ends = cycle.answered
            else:
                ends = None
            if demand.since == "acknowledged":
                start = acknowledged and max(acknowledged, cycle.begun)
            elif demand.since == "resolved":
                start = cycle.resolved
            else:
                start = cycle.begun
            dropped = cycle.closed if demand.kind == "follow_up" else cycle.answered
            dropped = dropped or cycle.over
            if demand.kind == "update":
                found += updates(number, cycle, demand, start, dropped, hours, now)
            else:
                found.append(
                    follow(number, cycle, demand, start, ends, dropped, hours, now)
                )
    return found


def updates(number, cycle, demand, start, dropped, hours, now):
    """Return the updates of a cycle: each begins where the one before was reached.

    A second message on the same day is no new update, unless one is overdue.
    """
    found = []
    for message in cycle.messages:
        before = follow(number, cycle, demand, start, None, None, hours, message)
        if (
            hours.day_of(message) > hours.day_of(start)
            or before.breached
            and message > start
        ):
            found.append(
                follow(number, cycle, demand, start, message, None, hours, now)
            )
            start = message
    return [*found, follow(number, cycle, demand, start, None, dropped, hours, now)]


def follow(number, cycle, demand, start, reached, dropped, hours, now):
    """Return what one milestone should be at ``now``.

    :param start: from when it runs, None if that has not happened
    :param reached: when it was reached, if it was
    :param dropped: when it ended without that, if it did
    """
    end = reached or dropped
    if start is None or end and end < start:
        # it ended before it could begin
        state = ("met" if reached else "cancelled") if end else "waiting"
        return Expected(number, demand.name, state, reached=reached)
    original = deadline = hours.deadline(start, demand)
    warning = hours.warning(start, deadline, demand)
    paused = None
    for begins, stops in cycle.waits if demand.pausable else ():
        begins = max(begins, start)
        if stops is None or end and end < stops:
            stops = end
        if stops and stops > now:
            stops = None
        if stops and stops < begins or end and end < begins or begins > now:
            continue
        if begins > deadline:
            break  # overdue before the pause
        if stops is None:
            paused = begins
            break
        deadline = hours.later(deadline, begins, stops, demand.unit, demand.working)
        warning = hours.later(warning, begins, stops, "hour", demand.working)
    late = not paused and (end or now) > deadline
    if reached:
        state = "missed" if late else "met"
    elif dropped:
        state = "missed" if late else "cancelled"
    elif paused:
        state = "paused"
    elif late:
        state = "breached"
    else:
        state = "at_risk" if warning <= now else "running"
    return Expected(
        number,
        demand.name,
        state,
        start,
        deadline,
        original,
        warning,
        reached,
        deadline + SECOND if late else None,
        paused,
    )


def status(milestones):
    """Return the deadline status of a complaint: its worst open milestone, else all."""
    states = {milestone.state for milestone in milestones}
    for state, shown in (
        ("breached", "breached"),
        ("at_risk", "at_risk"),
        ("running", "on_track"),
        ("waiting", "on_track"),
        ("paused", "paused"),
        ("missed", "missed"),
        ("met", "met"),
    ):
        if state in states:
            return shown
    return "none"


def whole_day():
    """Return the spans that close a whole day."""
    return [(time(0), time.max)]


# The opening hours of the replay, with holidays, an afternoon and a morning off.
HOURS = Hours(
    "Europe/Lisbon",
    [(time(8), time(12)), (time(13), time(17))],
    range(5),
    {
        date(2016, 3, 25): whole_day(),
        date(2016, 4, 25): whole_day(),
        date(2016, 5, 26): whole_day(),
        date(2016, 6, 10): whole_day(),
        date(2016, 8, 15): whole_day(),
        date(2016, 12, 23): [(time(13), time(17))],
        date(2016, 12, 26): whole_day(),
        date(2017, 1, 2): [(time(8), time(12))],
    },
)
