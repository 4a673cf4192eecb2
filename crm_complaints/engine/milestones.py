"""Milestones: the states of one clock of a complaint, and the events that change them.

A milestone is a value. Each event takes one and returns the next, or raises where it is
not possible. When something was reached, and that a deadline passed, stays on record.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Not started: what it starts from has not happened yet.
WAITING = "waiting"
RUNNING = "running"
# Most of the time has passed.
AT_RISK = "at_risk"
# Overdue: the deadline has passed, and it is still open.
BREACHED = "breached"
# Stands still while we wait for the customer.
PAUSED = "paused"
# Reached in time; reached or dropped after the deadline; dropped before it.
MET = "met"
MISSED = "missed"
CANCELLED = "cancelled"

STATES = (WAITING, RUNNING, AT_RISK, BREACHED, PAUSED, MET, MISSED, CANCELLED)
OPEN = (WAITING, RUNNING, AT_RISK, BREACHED, PAUSED)
# Started, and not yet ended.
STARTED = (RUNNING, AT_RISK, BREACHED, PAUSED)
ENDED = (MET, MISSED, CANCELLED)

# event -> the states in which it can happen
ALLOWED = {
    "start": (WAITING,),
    "pass_time": STATES,
    "pause": (RUNNING, AT_RISK),
    "resume": (PAUSED,),
    "extend": STARTED,
    "reschedule": STARTED,
    "reach": OPEN,
    "reopen": ENDED,
    "cancel": OPEN,
}

# A deadline is the last second in which a milestone is met.
_TICK = timedelta(seconds=1)

# Deadline status of a complaint by its open milestones, the worst first.
_WORST = (
    (BREACHED, BREACHED),
    (AT_RISK, AT_RISK),
    (RUNNING, "on_track"),
    (WAITING, "on_track"),
    (PAUSED, PAUSED),
)


class IllegalTransition(ValueError):
    """An event that cannot happen to a milestone in its state."""

    def __init__(self, event, state):
        super().__init__(f"A milestone that is {state} cannot {event}")
        self.event = event
        self.state = state


@dataclass(frozen=True, slots=True)
class Milestone:
    """Milestone: one clock of a complaint; all moments are naive UTC or None.

    ``deadline`` is the last second in which it is met. ``breached_at`` is the first
    second in which it was overdue; once set it stays, and it ends as ``missed``.
    """

    state: str = WAITING
    started_at: datetime | None = None
    deadline: datetime | None = None
    original_deadline: datetime | None = None
    warn_at: datetime | None = None
    reached_at: datetime | None = None
    paused_at: datetime | None = None
    breached_at: datetime | None = None
    # (from, to) of each pause that is over
    pauses: tuple = ()
    # the deadline was extended, which no recalculation takes back
    extended: bool = False
    # the policy that fits now has no such target
    dropped: bool = False

    @property
    def next_event_at(self):
        """The moment at which time alone changes the state; None where it does not."""
        if self.state == RUNNING:
            if self.warn_at and self.warn_at <= self.deadline:
                return self.warn_at
            return self.deadline + _TICK
        if self.state == AT_RISK:
            return self.deadline + _TICK
        return None


def _ensure(milestone, event):
    if milestone.state not in ALLOWED[event]:
        raise IllegalTransition(event, milestone.state)


def start(milestone, at, deadline, warn_at=None):
    """Start at ``at``, to be reached by ``deadline``.

    :raises IllegalTransition: where it has started already
    """
    _ensure(milestone, "start")
    return replace(
        milestone,
        state=RUNNING,
        started_at=at,
        deadline=deadline,
        original_deadline=deadline,
        warn_at=warn_at,
    )


def pass_time(milestone, now):
    """Return what a milestone is at ``now``; the same one where nothing changes."""
    due = milestone.next_event_at
    while due and due <= now:
        if milestone.state == RUNNING and due <= milestone.deadline:
            milestone = replace(milestone, state=AT_RISK)
        else:
            milestone = replace(
                milestone,
                state=BREACHED,
                breached_at=milestone.breached_at or due,
            )
        due = milestone.next_event_at
    return milestone


def pause(milestone, at):
    """Pause from ``at`` on; a deadline that passed before stays breached.

    :raises IllegalTransition: where it is not running
    """
    _ensure(milestone, "pause")
    milestone = pass_time(milestone, at)
    if milestone.state == BREACHED:
        return milestone
    return replace(milestone, state=PAUSED, paused_at=at)


def resume(milestone, at, deadline, warn_at=None):
    """Resume at ``at``, with the dates moved by as much as the pause took.

    :raises IllegalTransition: where it is not paused
    """
    _ensure(milestone, "resume")
    return replace(
        milestone,
        state=RUNNING,
        paused_at=None,
        pauses=(*milestone.pauses, (milestone.paused_at, at)),
        deadline=deadline,
        warn_at=warn_at,
    )


def extend(milestone, deadline, warn_at=None):
    """Extend the deadline; the first deadline, or its breach, stays on record.

    :raises IllegalTransition: where it has not started or has ended
    """
    _ensure(milestone, "extend")
    return replace(_redate(milestone, deadline, warn_at), extended=True)


def reschedule(milestone, at, deadline, warn_at=None, original_deadline=None):
    """Follow other terms from the first start on, as if they had always applied.

    A breach stays on record: the former deadline was missed.

    :param original_deadline: the date before any extension or pause; ``deadline`` by
        default
    :raises IllegalTransition: where it has not started or has ended
    """
    _ensure(milestone, "reschedule")
    if milestone.paused_at and milestone.paused_at > deadline:
        # it was overdue before it could pause
        milestone = replace(milestone, state=RUNNING, paused_at=None)
    return replace(
        _redate(milestone, deadline, warn_at),
        started_at=at,
        original_deadline=original_deadline or deadline,
    )


def _redate(milestone, deadline, warn_at):
    state = PAUSED if milestone.state == PAUSED else RUNNING
    return replace(milestone, state=state, deadline=deadline, warn_at=warn_at)


def reach(milestone, at):
    """Note that it was reached at ``at``.

    :raises IllegalTransition: where it has ended already
    """
    _ensure(milestone, "reach")
    breached_at = milestone.breached_at
    # a milestone that is paused, or has not started, cannot become overdue
    runs = milestone.state in (RUNNING, AT_RISK)
    if not breached_at and runs and at > milestone.deadline:
        breached_at = milestone.deadline + _TICK
    return replace(
        milestone,
        state=MISSED if breached_at else MET,
        reached_at=at,
        paused_at=None,
        breached_at=breached_at,
    )


def reopen(milestone, now):
    """Open it again, since what ended it turned out not to have happened.

    :raises IllegalTransition: where it is open
    """
    _ensure(milestone, "reopen")
    state = RUNNING if milestone.started_at else WAITING
    return pass_time(replace(milestone, state=state, reached_at=None), now)


def cancel(milestone, now):
    """End it without its being reached; where it was overdue, it ends as missed.

    :raises IllegalTransition: where it has ended already
    """
    _ensure(milestone, "cancel")
    milestone = pass_time(milestone, now)
    return replace(
        milestone,
        state=MISSED if milestone.breached_at else CANCELLED,
        paused_at=None,
    )


def overall(states):
    """Return the deadline status of a complaint, given the states of its milestones.

    :param states: iterable of states, of every cycle
    :return: "breached", "at_risk", "on_track", "paused", "missed", "met" or "none"
    """
    states = set(states)
    for state, result in _WORST:
        if state in states:
            return result
    if MISSED in states:
        return MISSED
    return MET if MET in states else "none"
