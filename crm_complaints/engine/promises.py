"""Milestones of a complaint: which ones it has by its policy, and their state.

``settle`` is called after every change, whoever made it. It only looks at the facts,
not at what happened, so it may be called any number of times.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from . import milestones, phases, working_time
from .milestones import Milestone

ACKNOWLEDGE = "acknowledge"
RESPOND = "respond"
UPDATE = "update"
RESOLVE = "resolve"
FOLLOW_UP = "follow_up"
# in the order of the work
KINDS = (ACKNOWLEDGE, RESPOND, UPDATE, RESOLVE, FOLLOW_UP)


def rank(kind):
    """Return the place of a milestone in the order of the work, others last."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


RECEIVED = "received"
ACKNOWLEDGED = "acknowledged"
RESOLVED = "resolved"

# What a milestone should be, by the facts.
_OPEN = "open"
_OVER = "over"


@dataclass(frozen=True, slots=True)
class Terms:
    """Target: the policy demands ``kind`` within ``delay`` units of ``start_event``."""

    kind: str
    delay: float
    unit: str
    working_time: bool = False
    start_event: str = RECEIVED
    warn_percent: int = 0  # of the time gone, 0: no warning
    pausable: bool = False
    extension_delay: float = 0  # how far it may be extended, 0: without limit


@dataclass(frozen=True, slots=True)
class Row:
    """Milestone of a complaint, with the terms it was made by.

    ``key`` and ``target`` belong to the caller: the record, None for a new one, and
    the target it comes from.
    """

    key: object
    target: object
    terms: Terms
    cycle: int
    milestone: Milestone

    @property
    def shown(self):
        """The milestone as the complaint shows it: (kind, state, deadline)."""
        return self.terms.kind, self.milestone.state, self.milestone.deadline


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a complaint; all moments are naive UTC or None."""

    phase: str
    # the customer waits for an answer, as the phase says
    is_open: bool
    received_at: datetime
    acknowledged_at: datetime | None = None
    responded_at: datetime | None = None  # in this cycle
    resolved_at: datetime | None = None
    followed_up_at: datetime | None = None
    reopened_at: datetime | None = None  # or when a review began
    cycle: int = 1
    # no customer to answer: the sender is unknown
    anonymous: bool = False
    # a complaint that is neither archived nor made an ordinary ticket again
    active: bool = True
    # its stage means waiting for the customer
    pausing: bool = False
    tz_name: str = "UTC"
    # milestone of another addon -> when it was reached
    further: dict | None = None

    @property
    def begun_at(self):
        """The start of this cycle: the receipt, or the last reopening or review."""
        if self.cycle > 1 and self.reopened_at:
            return self.reopened_at
        return self.received_at


def settle(rows, targets, facts, now, timetable, *, rematch=False, heard_at=None):
    """Milestones: bring those of one complaint into line with its facts.

    :param rows: list of Row, of all cycles
    :param targets: list of (target, Terms): the policy; used for a new cycle, and
        for the present one where ``rematch`` says so
    :param Facts facts:
    :param datetime now: naive, UTC
    :param timetable: the timetable; has ``deadline(start, delay, unit, working_time)``,
        ``shift(deadline, paused_at, resumed_at, unit, working_time)`` and
        ``warning(start, deadline, percent, working_time)``
    :param bool rematch: follow ``targets`` in the present cycle, from its first start
    :param datetime heard_at: the customer has just heard from us personally
    :return: list of Row: the given ones, those that changed as new objects, and new
        ones with ``key`` None
    """
    settled = []
    current = []
    for row in rows:
        if row.cycle == facts.cycle:
            current.append(row)
        elif row.cycle < facts.cycle and row.milestone.state in milestones.OPEN:
            # milestones that were still open there ended with the reopening
            settled.append(
                replace(row, milestone=milestones.cancel(row.milestone, now))
            )
        else:
            settled.append(row)
    if not current or rematch:
        current = _follow_policy(current, targets, facts, now)
    updated = {row.milestone.reached_at for row in current if _is_past_update(row)}
    for row in current:
        if _is_past_update(row):
            settled.append(row)
            continue
        begun = row.milestone.started_at
        row = _settle_row(
            row,
            # each but the first starts where the one before was reached
            begun if row.terms.kind == UPDATE and begun in updated else None,
            facts,
            now,
            timetable,
            rematch,
            heard_at,
        )
        settled.append(row)
        if _is_past_update(row):
            # it repeats for as long as the complaint is open
            following = _begin(
                Milestone(), row.terms, row.milestone.reached_at, now, timetable
            )
            following = _stand_or_go(following, row.terms, facts, now, timetable)
            settled.append(replace(row, key=None, milestone=following))
    return settled


def _is_past_update(row):
    return row.terms.kind == UPDATE and bool(row.milestone.reached_at)


def _follow_policy(rows, targets, facts, now):
    """Match the rows of this cycle with the targets; create and drop as needed."""
    result = [row for row in rows if _is_past_update(row)]
    left = [row for row in rows if not _is_past_update(row)]
    for target, terms in targets:
        same_kind = [row for row in left if row.terms.kind == terms.kind]
        if same_kind:
            # a service target continues as one, and a regulatory one as well
            row = min(
                same_kind,
                key=lambda row: (
                    row.terms.pausable != terms.pausable,
                    row.target != target,
                ),
            )
            left.remove(row)
            if not row.milestone.reached_at:
                milestone = replace(row.milestone, dropped=False)
                row = replace(row, target=target, terms=terms, milestone=milestone)
            result.append(row)
            continue
        if _wanted(terms.kind, facts, None) == _OVER:
            continue
        if terms.kind == ACKNOWLEDGE and facts.cycle > 1 and facts.acknowledged_at:
            continue
        result.append(Row(None, target, terms, facts.cycle, Milestone()))
    for row in left:
        milestone = row.milestone
        if not milestone.reached_at and not milestone.dropped:
            if milestone.state in milestones.OPEN:
                milestone = milestones.cancel(milestone, now)
            row = replace(row, milestone=replace(milestone, dropped=True))
        result.append(row)
    return result


def _wanted(kind, facts, milestone):
    """Return when it was reached, else whether it should be open or over."""
    reached_at = {
        ACKNOWLEDGE: facts.acknowledged_at,
        RESPOND: facts.responded_at,
        RESOLVE: facts.resolved_at,
        FOLLOW_UP: facts.followed_up_at,
        **(facts.further or {}),
    }.get(kind)
    if reached_at:
        return reached_at
    if kind == RESPOND and milestone and milestone.reached_at:
        return milestone.reached_at
    if not facts.active or (facts.anonymous and kind != RESOLVE):
        return _OVER
    lasts = facts.is_open or (kind == FOLLOW_UP and facts.phase == phases.FOLLOW_UP)
    return _OPEN if lasts else _OVER


def _starts_at(terms, facts):
    if terms.start_event == RESOLVED:
        return facts.resolved_at
    if terms.start_event == ACKNOWLEDGED and not facts.anonymous:
        at = facts.acknowledged_at
        return at and max(at, facts.begun_at)
    return facts.begun_at


def _dates(terms, at, pauses, timetable):
    """Return (deadline, warning) of a milestone that starts at ``at``."""
    deadline = timetable.deadline(at, terms.delay, terms.unit, terms.working_time)
    warn_at = warning(terms, at, deadline, timetable)
    if not terms.pausable:
        return deadline, warn_at
    for paused_at, resumed_at in pauses:
        deadline, warn_at = _shifted(
            terms, deadline, warn_at, paused_at, resumed_at, timetable
        )
    return deadline, warn_at


def _shifted(terms, deadline, warn_at, paused_at, resumed_at, timetable):
    """Return (deadline, warning), moved by the length of a pause."""
    working = terms.working_time
    # the warning is a share of time, whatever unit the delay has
    return (
        timetable.shift(deadline, paused_at, resumed_at, terms.unit, working),
        warn_at
        and timetable.shift(warn_at, paused_at, resumed_at, working_time.HOUR, working),
    )


def warning(terms, at, deadline, timetable):
    """Return when to warn of ``deadline``, None where the terms demand no warning."""
    if not terms.warn_percent:
        return None
    return timetable.warning(at, deadline, terms.warn_percent, terms.working_time)


def _begin(milestone, terms, at, now, timetable):
    milestone = milestones.start(milestone, at, *_dates(terms, at, (), timetable))
    return milestones.pass_time(milestone, now)


def _settle_row(row, starts_at, facts, now, timetable, rematch, heard_at):
    before = milestone = row.milestone
    terms = row.terms
    if milestone.dropped:
        return row
    starts_at = starts_at or _starts_at(terms, facts)
    wanted = _wanted(terms.kind, facts, milestone)
    if wanted == _OPEN and _heard(terms, milestone, facts, heard_at):
        wanted = heard_at
    if wanted == _OVER:
        if milestone.state in milestones.OPEN:
            milestone = _go_on(milestone, terms, now, timetable)
            milestone = milestones.cancel(milestone, now)
    elif wanted == _OPEN:
        if milestone.state in milestones.ENDED:
            milestone = milestones.reopen(milestone, now)
        if rematch and not starts_at:
            # by the terms of this policy it has not begun yet
            milestone = Milestone()
        elif milestone.state == milestones.WAITING:
            if starts_at:
                milestone = _begin(milestone, terms, starts_at, now, timetable)
        elif starts_at and (rematch or starts_at != milestone.started_at):
            original, _warn_at = _dates(terms, starts_at, (), timetable)
            deadline, warn_at = _dates(terms, starts_at, milestone.pauses, timetable)
            if milestone.extended and deadline < milestone.deadline:
                deadline = milestone.deadline
                warn_at = warning(terms, starts_at, deadline, timetable)
            if starts_at != milestone.started_at:
                # the start it was judged by was wrong
                milestone = replace(milestone, breached_at=None)
            milestone = milestones.reschedule(
                milestone, starts_at, deadline, warn_at, original
            )
        milestone = _stand_or_go(milestone, terms, facts, now, timetable)
    else:
        if milestone.reached_at:
            return row
        if milestone.state in milestones.ENDED:
            # it was reached after all
            milestone = milestones.reopen(milestone, wanted)
        milestone = _go_on(milestone, terms, wanted, timetable)
        if milestone.state == milestones.WAITING and starts_at:
            milestone = milestones.start(
                milestone, starts_at, *_dates(terms, starts_at, (), timetable)
            )
        milestone = milestones.reach(milestone, wanted)
    return row if milestone == before else replace(row, milestone=milestone)


def _heard(terms, milestone, facts, heard_at):
    """Tell whether a personal message of ours reaches this milestone."""
    if not heard_at or terms.kind not in (RESPOND, UPDATE):
        return False
    if terms.kind == RESPOND:
        return True
    if not milestone.started_at or heard_at < milestone.started_at:
        return False
    # overdue, also where the sweep has not come yet
    if milestones.pass_time(milestone, heard_at).state == milestones.BREACHED:
        return True
    # a second message on the same day is no new update
    zone = working_time.zone(facts.tz_name)
    return working_time.local_date(heard_at, zone) > working_time.local_date(
        milestone.started_at, zone
    )


def _stand_or_go(milestone, terms, facts, now, timetable):
    """Pause while we wait for the customer, go on afterwards."""
    if facts.pausing and terms.pausable:
        if milestone.state in milestones.ALLOWED["pause"]:
            return milestones.pause(milestone, now)
        return milestone
    return milestones.pass_time(_go_on(milestone, terms, now, timetable), now)


def _go_on(milestone, terms, at, timetable):
    """End a pause at ``at``, where there is one."""
    if milestone.state != milestones.PAUSED:
        return milestone
    at = max(at, milestone.paused_at)
    dates = milestone.deadline, milestone.warn_at
    # an extended deadline stays as the customer was told
    if terms.pausable and not milestone.extended:
        dates = _shifted(terms, *dates, milestone.paused_at, at, timetable)
    return milestones.resume(milestone, at, *dates)
