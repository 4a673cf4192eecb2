"""Milestones in the engine: what follows from a complaint's facts."""

import itertools
import unittest
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine import milestones, phases
from ...engine.promises import Facts, Terms, settle
from ...engine.working_time import LazyTimetable, Timetable
from .common import property_of

PROPERTY = property_of(200)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# A Monday.
RECEIVED = datetime(2026, 3, 2, 9, 0)


def terms(kind, delay=48, unit="hour", **kwargs):
    return Terms(kind=kind, delay=delay, unit=unit, **kwargs)


def office(start, end):
    """Monday to Friday, 9 to 17."""
    days = ((start + number * DAY) for number in range((end - start).days + 2))
    return Timetable(
        [
            (
                datetime.combine(day.date(), time(9)),
                datetime.combine(day.date(), time(17)),
            )
            for day in days
            if day.weekday() < 5
        ],
        "UTC",
        start,
        end,
    )


ACKNOWLEDGE = terms("acknowledge", 24)
RESPOND = terms("respond", 72)
UPDATE = terms("update", 5, "day")
RESOLVE = terms("resolve", 240, warn_percent=75)
FOLLOW_UP = terms("follow_up", 336, start_event="resolved")
ALL = (ACKNOWLEDGE, RESPOND, UPDATE, RESOLVE, FOLLOW_UP)
# A service target, which may pause, and a regulator's, which may not.
SERVICE = terms("resolve", 120, pausable=True)
LEGAL = terms("resolve", 240)


class Complaint:
    """A complaint as the records keep it: facts, rows with keys, and a policy."""

    def __init__(self, test, *promises, **facts):
        self.test = test
        self.policy = promises
        self.now = facts.setdefault("received_at", RECEIVED)
        self.facts = Facts(**self._in_phase({"phase": "reception", **facts}))
        self.rows = []
        self.keys = itertools.count(1)
        self.timetable = LazyTimetable(office, [], "UTC")
        self.settle(rematch=True)

    @staticmethod
    def _in_phase(facts):
        """Return facts with whether the phase among them is an open one."""
        if "phase" in facts:
            facts = {"is_open": facts["phase"] in phases.OPEN, **facts}
        return facts

    def _settled(self, **how):
        targets = [(f"{self.policy}{n}", one) for n, one in enumerate(self.policy)]
        return settle(self.rows, targets, self.facts, self.now, self.timetable, **how)

    def settle(self, **how):
        """Settle, and check that settling again changes nothing."""
        self.rows = [
            row if row.key else replace(row, key=next(self.keys))
            for row in self._settled(**how)
        ]
        test = self.test
        keys = Counter(row.key for row in self.rows)
        test.assertEqual(set(keys.values()) - {1}, set(), "each row once")
        again = {row.key: row for row in self._settled()}
        test.assertEqual(again, {row.key: row for row in self.rows})
        for row in self.rows:
            test.assertIs(again[row.key], row, "what did not change is the same object")

    def at(self, moment):
        """Let it be ``moment``, or as much later as a timedelta says."""
        self.now = self.now + moment if isinstance(moment, timedelta) else moment
        return self

    def set(self, **facts):
        self.facts = replace(self.facts, **self._in_phase(facts))
        self.settle()
        return self

    def hear(self, at=None):
        """A member of staff writes to the customer, or speaks with them."""
        at = at or self.now
        if self.facts.cycle == 1 and not self.facts.responded_at:
            self.set(responded_at=at)
        self.settle(heard_at=at)
        return self

    def follow(self, *promises):
        """Put it under another policy."""
        self.policy = promises
        self.settle(rematch=True)
        return self

    def move(self, phase):
        """Move it to a phase, with the dates that the records set on a move."""
        before = self.facts.phase
        changes = {"phase": phase}
        if phases.is_reopening(before, phase):
            changes |= {
                "reopened_at": self.now,
                "cycle": self.facts.cycle + 1,
                "resolved_at": None,
                "followed_up_at": None,
                "responded_at": None,
            }
        elif phases.is_resolution(before, phase) and not self.facts.resolved_at:
            changes["resolved_at"] = self.now
        return self.set(**changes)

    def all(self, kind, cycle=None):
        """Return the milestones of a kind, in the order in which they began."""
        found = [
            row.milestone
            for row in self.rows
            if row.terms.kind == kind and cycle in (None, row.cycle)
        ]
        return sorted(found, key=lambda one: one.started_at or datetime.max)

    def one(self, kind, cycle=None):
        found = self.all(kind, cycle)
        self.test.assertEqual(len(found), 1, kind)
        return found[0]

    def states(self):
        return {(row.terms.kind, row.cycle): row.milestone.state for row in self.rows}

    def overall(self):
        return milestones.overall(row.milestone.state for row in self.rows)


class PromisesCase(unittest.TestCase):
    def complaint(self, *promises, **facts):
        return Complaint(self, *promises, **facts)

    def assertState(self, complaint, kind, state, cycle=None):
        self.assertEqual(complaint.one(kind, cycle).state, state)


class TestWhatReachesWhat(PromisesCase):
    def test_a_new_complaint_is_promised_what_the_policy_says(self):
        complaint = self.complaint(*ALL)
        for kind, deadline in (
            ("acknowledge", RECEIVED + 24 * HOUR),
            ("respond", RECEIVED + 72 * HOUR),
            ("update", datetime(2026, 3, 7, 23, 59, 59)),
            ("resolve", RECEIVED + 240 * HOUR),
        ):
            one = complaint.one(kind)
            self.assertEqual(one.state, "running")
            self.assertEqual(one.started_at, RECEIVED)
            self.assertEqual(one.deadline, deadline)
        self.assertState(complaint, "follow_up", "waiting")
        self.assertEqual(complaint.one("resolve").warn_at, RECEIVED + 180 * HOUR)

    def test_no_policy_promises_nothing(self):
        complaint = self.complaint()
        self.assertEqual(complaint.rows, [])
        complaint.move("hearing").hear().move("closed")
        self.assertEqual(complaint.rows, [])

    def test_acknowledging(self):
        complaint = self.complaint(*ALL).at(2 * HOUR)
        complaint.set(acknowledged_at=complaint.now)
        self.assertEqual(complaint.one("acknowledge").reached_at, complaint.now)
        self.assertEqual(
            complaint.states(),
            {
                ("acknowledge", 1): "met",
                ("respond", 1): "running",
                ("update", 1): "running",
                ("resolve", 1): "running",
                ("follow_up", 1): "waiting",
            },
        )

    def test_a_personal_answer(self):
        complaint = self.complaint(*ALL).at(2 * HOUR).hear()
        self.assertState(complaint, "respond", "met")
        self.assertEqual(complaint.one("respond").reached_at, complaint.now)
        self.assertState(complaint, "acknowledge", "running")
        self.assertState(complaint, "resolve", "running")
        complaint.at(80 * HOUR).hear()
        self.assertEqual(complaint.one("respond").reached_at, RECEIVED + 2 * HOUR)

    def test_entering_follow_up_or_closed_resolves_and_nothing_else_does(self):
        for phase in phases.ALL:
            complaint = self.complaint(*ALL).at(DAY / 2).move(phase)
            expected = {
                "follow_up": "met",
                "closed": "met",
                "withdrawn": "cancelled",
            }.get(phase, "running")
            with self.subTest(phase):
                self.assertState(complaint, "resolve", expected)

    def test_resolving_starts_the_follow_up(self):
        complaint = self.complaint(*ALL).at(3 * DAY).move("follow_up")
        follow_up = complaint.one("follow_up")
        self.assertEqual(follow_up.started_at, complaint.now)
        self.assertEqual(follow_up.deadline, complaint.now + 14 * DAY)
        complaint.at(7 * DAY).set(followed_up_at=complaint.now + 7 * DAY)
        self.assertState(complaint, "follow_up", "met")

    def test_closing_at_once_leaves_nothing_open(self):
        complaint = self.complaint(*ALL).at(DAY / 2).move("closed")
        self.assertEqual(
            complaint.states(),
            {
                ("acknowledge", 1): "cancelled",
                ("respond", 1): "cancelled",
                ("update", 1): "cancelled",
                ("resolve", 1): "met",
                ("follow_up", 1): "cancelled",
            },
        )
        self.assertEqual(complaint.overall(), "met")

    def test_closing_with_the_follow_up_done(self):
        complaint = self.complaint(*ALL).at(DAY).move("follow_up").at(DAY)
        complaint.set(followed_up_at=complaint.now, phase="closed")
        self.assertState(complaint, "follow_up", "met")

    def test_dates_decide_not_when_somebody_looked(self):
        """What is noted later, but was reached in time, is met."""
        complaint = self.complaint(*ALL).at(20 * HOUR)
        done = complaint.now
        complaint.now += 30 * DAY
        complaint.set(acknowledged_at=done)
        self.assertState(complaint, "acknowledge", "met")

    def test_what_comes_late_is_missed(self):
        for kind, facts in (
            ("acknowledge", {"acknowledged_at": RECEIVED + 24 * HOUR + SECOND}),
            ("respond", {"responded_at": RECEIVED + 72 * HOUR + SECOND}),
            (
                "resolve",
                {"resolved_at": RECEIVED + 240 * HOUR + SECOND, "phase": "closed"},
            ),
        ):
            for on_the_dot, state in ((False, "missed"), (True, "met")):
                moved = {
                    name: value - SECOND * on_the_dot
                    if isinstance(value, datetime)
                    else value
                    for name, value in facts.items()
                }
                with self.subTest(kind=kind, state=state):
                    complaint = self.complaint(*ALL)
                    complaint.now = RECEIVED + 240 * HOUR + SECOND
                    complaint.facts = replace(complaint.facts, **moved)
                    complaint.settle()
                    self.assertState(complaint, kind, state)

    def test_time_makes_it_late(self):
        complaint = self.complaint(*ALL).at(DAY)
        complaint.settle()
        self.assertState(complaint, "acknowledge", "running")
        complaint.at(SECOND).settle()
        self.assertState(complaint, "acknowledge", "breached")
        self.assertEqual(complaint.overall(), "breached")

    def test_brought_in_with_its_history(self):
        done = {
            "phase": "closed",
            "acknowledged_at": RECEIVED + HOUR,
            "resolved_at": RECEIVED + 11 * DAY,
            "followed_up_at": RECEIVED + 12 * DAY,
        }
        complaint = self.complaint(*ALL, **done)
        self.assertEqual(
            complaint.states(),
            {
                ("acknowledge", 1): "met",
                ("resolve", 1): "missed",
                ("follow_up", 1): "met",
            },
        )

    def test_received_some_time_ago_is_late_from_the_start(self):
        complaint = self.complaint(ACKNOWLEDGE)
        complaint.rows, complaint.now = [], RECEIVED + 2 * DAY
        complaint.settle(rematch=True)
        self.assertState(complaint, "acknowledge", "breached")
        self.assertEqual(
            complaint.one("acknowledge").breached_at, RECEIVED + DAY + SECOND
        )


class TestCountedFromTheAcknowledgement(PromisesCase):
    after = terms("resolve", 240, start_event="acknowledged")

    def test_it_waits_for_the_acknowledgement(self):
        complaint = self.complaint(ACKNOWLEDGE, self.after)
        self.assertState(complaint, "resolve", "waiting")
        complaint.at(5 * DAY).settle()
        self.assertState(complaint, "resolve", "waiting")
        complaint.set(acknowledged_at=complaint.now)
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.started_at, complaint.now)
        self.assertEqual(resolve.deadline, complaint.now + 10 * DAY)

    def test_a_policy_by_which_it_has_not_begun_yet(self):
        complaint = self.complaint(ACKNOWLEDGE, RESOLVE).at(DAY)
        complaint.policy = (ACKNOWLEDGE, self.after)
        complaint.settle(rematch=True)
        self.assertState(complaint, "resolve", "waiting")
        self.assertFalse(complaint.one("resolve").deadline)
        complaint.set(acknowledged_at=complaint.now)
        self.assertEqual(complaint.one("resolve").started_at, complaint.now)

    def test_resolved_without_ever_being_acknowledged_is_kept(self):
        complaint = self.complaint(ACKNOWLEDGE, self.after).at(DAY / 2).move("closed")
        self.assertState(complaint, "resolve", "met")

    def test_nobody_to_acknowledge_it_to_counts_from_the_receipt(self):
        complaint = self.complaint(ACKNOWLEDGE, self.after).set(anonymous=True)
        self.assertEqual(complaint.one("resolve").started_at, RECEIVED)

    def test_opened_again_it_counts_from_the_reopening(self):
        complaint = self.complaint(ACKNOWLEDGE, self.after)
        complaint.at(HOUR).set(acknowledged_at=complaint.now)
        complaint.at(DAY).move("closed").at(DAY).move("hearing")
        self.assertEqual(complaint.one("resolve", 2).started_at, complaint.now)


class TestUpdates(PromisesCase):
    """Progress updates: the customer hears from us again and again."""

    def test_each_news_starts_the_next(self):
        complaint = self.complaint(UPDATE)
        for number in range(1, 4):
            complaint.at(2 * DAY).hear()
            *past, last = complaint.all("update")
            self.assertEqual([one.state for one in past], ["met"] * number)
            self.assertEqual(past[-1].reached_at, complaint.now)
            self.assertEqual(last.state, "running")
            self.assertEqual(last.started_at, complaint.now)

    def test_the_second_message_of_a_day_is_no_news(self):
        complaint = self.complaint(UPDATE).at(2 * DAY).hear()
        before = complaint.rows
        complaint.at(HOUR).hear()
        self.assertEqual(complaint.rows, before)
        complaint.at(13 * HOUR + 59 * SECOND * 60).hear()
        self.assertEqual(complaint.rows, before, "a minute before midnight")
        complaint.at(60 * SECOND).hear()
        self.assertEqual(len(complaint.all("update")), 3)

    def test_days_are_those_of_the_team(self):
        # 23:30 in Brussels, and an hour later, are one day in UTC
        start = datetime(2026, 3, 2, 22, 30)
        for tz_name, number in (("Europe/Brussels", 2), ("UTC", 1)):
            complaint = self.complaint(UPDATE, received_at=start, tz_name=tz_name)
            complaint.at(HOUR).hear()
            self.assertEqual(len(complaint.all("update")), number, tz_name)

    def test_late_news_is_missed_and_starts_the_next(self):
        complaint = self.complaint(UPDATE).at(6 * DAY)
        complaint.settle()
        self.assertState(complaint, "update", "breached")
        complaint.hear()
        self.assertEqual(
            [one.state for one in complaint.all("update")], ["missed", "running"]
        )

    def test_late_news_of_the_same_day_end_the_waiting(self):
        complaint = self.complaint(terms("update", 2)).at(3 * HOUR)
        complaint.settle()
        complaint.hear()
        self.assertEqual(
            [one.state for one in complaint.all("update")], ["missed", "running"]
        )

    def test_late_news_of_the_same_day_need_no_sweep_before(self):
        complaint = self.complaint(terms("update", 2)).at(DAY).hear()
        complaint.at(3 * HOUR).hear()
        self.assertEqual(
            [one.state for one in complaint.all("update")],
            ["missed", "missed", "running"],
        )

    def test_no_more_news_once_it_is_answered(self):
        for phase, state in (
            ("follow_up", "cancelled"),
            ("closed", "cancelled"),
            ("withdrawn", "cancelled"),
        ):
            complaint = self.complaint(UPDATE).at(2 * DAY).hear().at(DAY).move(phase)
            self.assertEqual(
                [one.state for one in complaint.all("update")], ["met", state]
            )
            complaint.at(DAY).hear()
            self.assertEqual(len(complaint.all("update")), 2)

    def test_opened_again_news_are_promised_again(self):
        complaint = self.complaint(UPDATE, RESOLVE).at(2 * DAY).hear()
        complaint.at(DAY).move("closed").at(30 * DAY).move("hearing")
        update = complaint.one("update", 2)
        self.assertEqual(update.started_at, complaint.now)
        complaint.at(2 * DAY).hear()
        self.assertEqual(len(complaint.all("update", 2)), 2)
        self.assertEqual(len(complaint.all("update", 1)), 2)

    def test_a_message_that_waits_for_the_customer_pauses_the_next_as_well(self):
        own = replace(UPDATE, pausable=True)
        complaint = self.complaint(own).at(2 * DAY).set(pausing=True)
        self.assertState(complaint, "update", "paused")
        complaint.hear()
        self.assertEqual(
            [one.state for one in complaint.all("update")], ["met", "paused"]
        )

    def test_two_promises_of_news_in_one_policy_run_side_by_side(self):
        often = terms("update", 3, "day", pausable=True)
        complaint = self.complaint(often, UPDATE)
        self.assertEqual(
            [one.state for one in complaint.all("update")], ["running", "running"]
        )
        complaint.at(2 * DAY).hear()
        self.assertEqual(
            Counter(one.state for one in complaint.all("update")),
            {"met": 2, "running": 2},
        )
        complaint.follow(often, UPDATE)
        self.assertEqual(len(complaint.all("update")), 4)
        complaint.at(DAY).move("closed")
        self.assertFalse(
            [one for one in complaint.all("update") if one.state in milestones.OPEN]
        )

    def test_a_message_from_before_is_no_news_and_multiplies_nothing(self):
        complaint = self.complaint(UPDATE).at(9 * DAY)
        complaint.settle()
        complaint.hear(RECEIVED - 5 * DAY)
        for _again in range(3):
            complaint.at(HOUR).settle()
        self.assertState(complaint, "update", "breached")

    def test_the_date_of_receipt_is_where_the_first_starts(self):
        complaint = self.complaint(UPDATE).at(HOUR)
        complaint.set(received_at=RECEIVED - 3 * DAY)
        self.assertEqual(complaint.one("update").started_at, RECEIVED - 3 * DAY)
        complaint.at(DAY).hear().set(received_at=RECEIVED - 4 * DAY)
        first, second = complaint.all("update")
        self.assertEqual(first.reached_at, complaint.now)
        self.assertEqual(second.started_at, complaint.now)


class TestEndsAndReturns(PromisesCase):
    def test_nobody_to_answer_is_promised_an_answer_only(self):
        complaint = self.complaint(*ALL).at(HOUR).set(anonymous=True)
        self.assertEqual(
            complaint.states(),
            {
                ("acknowledge", 1): "cancelled",
                ("respond", 1): "cancelled",
                ("update", 1): "cancelled",
                ("resolve", 1): "running",
                ("follow_up", 1): "cancelled",
            },
        )
        complaint.at(300 * DAY).move("closed")
        self.assertState(complaint, "acknowledge", "cancelled")

    def test_whoever_is_known_after_all_is_answered(self):
        complaint = self.complaint(*ALL).set(anonymous=True).at(HOUR)
        complaint.set(anonymous=False)
        self.assertEqual(
            complaint.states(), self.complaint(*ALL).states(), "as if never unknown"
        )

    def test_withdrawing_drops_what_is_open_and_keeps_what_was(self):
        complaint = self.complaint(*ALL).at(HOUR).set(acknowledged_at=RECEIVED + HOUR)
        complaint.at(80 * HOUR).move("withdrawn")
        self.assertEqual(
            complaint.states(),
            {
                ("acknowledge", 1): "met",
                ("respond", 1): "missed",
                ("update", 1): "cancelled",
                ("resolve", 1): "cancelled",
                ("follow_up", 1): "cancelled",
            },
        )

    def test_archived_and_back_nothing_was_gained(self):
        complaint = self.complaint(*ALL).at(HOUR)
        complaint.set(active=False)
        self.assertEqual(complaint.overall(), "none")
        complaint.at(2 * HOUR).set(active=True)
        never = self.complaint(*ALL)
        self.assertEqual(complaint.states(), never.states())
        self.assertEqual(
            complaint.one("resolve").deadline, never.one("resolve").deadline
        )
        complaint.set(active=False).at(3 * DAY).set(active=True)
        self.assertState(complaint, "acknowledge", "breached")

    def test_archived_while_it_stood_still_it_stood_still(self):
        complaint = self.complaint(SERVICE).at(DAY).set(pausing=True)
        complaint.at(9 * DAY).set(active=False)
        complaint.at(DAY).set(active=True)
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.state, "paused")
        self.assertIsNone(resolve.breached_at)
        complaint.at(DAY).set(pausing=False)
        # five days, nine of pause, a day of archive, and one more of pause
        self.assertGreaterEqual(complaint.one("resolve").deadline, RECEIVED + 15 * DAY)

    def test_acknowledgement_taken_back_when_its_mail_fails(self):
        complaint = self.complaint(ACKNOWLEDGE, RESOLVE).at(HOUR)
        complaint.set(acknowledged_at=complaint.now)
        complaint.at(HOUR).set(acknowledged_at=None)
        acknowledge = complaint.one("acknowledge")
        self.assertEqual(acknowledge.state, "running")
        self.assertIsNone(acknowledge.reached_at)
        self.assertEqual(acknowledge.deadline, RECEIVED + DAY)
        complaint.at(DAY).settle()
        self.assertState(complaint, "acknowledge", "breached")
        complaint.set(acknowledged_at=complaint.now)
        self.assertState(complaint, "acknowledge", "missed")

    def test_failed_mail_of_what_was_late_stays_late(self):
        complaint = self.complaint(ACKNOWLEDGE).at(2 * DAY)
        complaint.set(acknowledged_at=complaint.now).set(acknowledged_at=None)
        self.assertState(complaint, "acknowledge", "breached")

    def test_answered_after_being_withdrawn(self):
        complaint = self.complaint(RESOLVE).at(DAY).move("withdrawn")
        complaint.at(DAY).move("closed")
        self.assertState(complaint, "resolve", "met")

    def test_answered_in_time_and_noted_later_though_withdrawn_before(self):
        complaint = self.complaint(RESOLVE).at(DAY).move("withdrawn").at(30 * DAY)
        complaint.set(phase="closed", resolved_at=RECEIVED + 2 * DAY)
        self.assertState(complaint, "resolve", "met")

    def test_the_first_time_stays_on_record(self):
        complaint = self.complaint(ACKNOWLEDGE).at(HOUR)
        complaint.set(acknowledged_at=complaint.now).at(DAY)
        complaint.set(acknowledged_at=complaint.now)
        self.assertEqual(complaint.one("acknowledge").reached_at, RECEIVED + HOUR)

    def test_order_in_which_facts_become_known_does_not_count(self):
        moment = RECEIVED + HOUR
        steps = (
            {"acknowledged_at": moment},
            {"responded_at": moment},
            {"resolved_at": moment, "phase": "closed"},
            {"followed_up_at": moment},
            {"pausing": True},
        )
        results = set()
        for order in itertools.permutations(steps):
            complaint = self.complaint(
                ACKNOWLEDGE, RESPOND, replace(RESOLVE, pausable=True), FOLLOW_UP
            ).at(moment)
            for facts in order:
                complaint.set(**facts)
            results.add(
                tuple(
                    (kind, complaint.one(kind).state, complaint.one(kind).reached_at)
                    for kind in ("acknowledge", "respond", "resolve", "follow_up")
                )
            )
        self.assertEqual(
            results,
            {
                (
                    ("acknowledge", "met", moment),
                    ("respond", "met", moment),
                    ("resolve", "met", moment),
                    ("follow_up", "met", moment),
                )
            },
        )

    def test_what_happens_while_archived_has_happened(self):
        moment = RECEIVED + HOUR
        complaint = self.complaint(ACKNOWLEDGE, RESPOND).at(moment)
        complaint.set(active=False)
        complaint.set(acknowledged_at=moment, responded_at=moment).set(active=True)
        self.assertEqual(
            complaint.states(), {("acknowledge", 1): "met", ("respond", 1): "met"}
        )


class TestReopening(PromisesCase):
    def test_a_new_cycle_starts_and_the_first_stays_on_record(self):
        complaint = self.complaint(*ALL).at(HOUR).set(acknowledged_at=RECEIVED + HOUR)
        complaint.at(20 * DAY).hear().move("follow_up").at(7 * DAY)
        complaint.set(followed_up_at=complaint.now)
        first = [row for row in complaint.rows if row.cycle == 1]
        complaint.move("hearing")
        self.assertEqual([row for row in complaint.rows if row.cycle == 1], first)
        self.assertEqual(
            {key: state for key, state in complaint.states().items() if key[1] == 2},
            {
                ("respond", 2): "running",
                ("update", 2): "running",
                ("resolve", 2): "running",
                ("follow_up", 2): "waiting",
            },
        )
        for kind, delay in (("respond", 3 * DAY), ("resolve", 10 * DAY)):
            self.assertEqual(complaint.one(kind, 2).started_at, complaint.now)
            self.assertEqual(complaint.one(kind, 2).deadline, complaint.now + delay)
        self.assertState(complaint, "resolve", "missed", 1)

    def test_the_second_answer_reaches_the_second_cycle(self):
        complaint = self.complaint(*ALL).at(HOUR).hear().move("closed")
        complaint.at(DAY).move("hearing").at(DAY).hear()
        self.assertState(complaint, "respond", "met", 2)
        self.assertEqual(complaint.one("respond", 1).reached_at, RECEIVED + HOUR)
        complaint.at(DAY).move("follow_up")
        self.assertState(complaint, "resolve", "met", 2)
        self.assertState(complaint, "follow_up", "running", 2)

    def test_what_was_open_in_the_first_cycle_ends_with_it(self):
        complaint = self.complaint(*ALL).at(HOUR).set(acknowledged_at=RECEIVED + HOUR)
        complaint.move("follow_up").at(15 * DAY)
        complaint.settle()
        self.assertState(complaint, "follow_up", "breached", 1)
        complaint.move("hearing")
        self.assertState(complaint, "follow_up", "missed", 1)
        self.assertFalse(
            [
                row
                for row in complaint.rows
                if row.cycle == 1 and row.milestone.state in milestones.OPEN
            ]
        )

    def test_what_was_never_acknowledged_is_to_be_acknowledged_now(self):
        complaint = self.complaint(*ALL).at(HOUR).move("withdrawn")
        complaint.at(5 * DAY).move("hearing")
        acknowledge = complaint.one("acknowledge", 2)
        self.assertEqual(acknowledge.deadline, complaint.now + DAY)
        self.assertState(complaint, "acknowledge", "cancelled", 1)

    def test_the_policy_of_the_day_counts_for_the_new_cycle(self):
        complaint = self.complaint(RESOLVE).at(DAY).move("closed")
        complaint.policy = (terms("resolve", 24),)
        complaint.at(DAY).move("hearing")
        self.assertEqual(complaint.one("resolve", 2).deadline, complaint.now + DAY)
        self.assertEqual(complaint.one("resolve", 1).deadline, RECEIVED + 240 * HOUR)

    def test_another_policy_leaves_the_first_cycle_alone(self):
        complaint = self.complaint(RESOLVE, RESPOND).at(20 * DAY).move("closed")
        first = list(complaint.rows)
        complaint.at(DAY).move("hearing").at(DAY).follow(terms("resolve", 24))
        self.assertEqual([row for row in complaint.rows if row.cycle == 1], first)


class TestPauses(PromisesCase):
    def test_only_what_may_stand_still_does(self):
        complaint = self.complaint(SERVICE, LEGAL).at(DAY).set(pausing=True)
        self.assertEqual(
            [(row.terms.pausable, row.milestone.state) for row in complaint.rows],
            [(True, "paused"), (False, "running")],
        )
        complaint.at(20 * DAY).settle()
        self.assertEqual(
            [row.milestone.state for row in complaint.rows], ["paused", "breached"]
        )
        complaint.set(pausing=False)
        service, legal = (row.milestone for row in complaint.rows)
        self.assertEqual(service.state, "running")
        self.assertEqual(service.deadline, RECEIVED + 25 * DAY)
        self.assertEqual(service.original_deadline, RECEIVED + 5 * DAY)
        self.assertEqual(legal.deadline, RECEIVED + 10 * DAY)
        complaint.move("closed")
        self.assertEqual(
            [row.milestone.state for row in complaint.rows], ["met", "missed"]
        )

    def test_regulators_clock_alone_never_stops(self):
        for promise in (ACKNOWLEDGE, RESPOND, UPDATE, LEGAL):
            complaint = self.complaint(promise)
            before = complaint.rows
            complaint.set(pausing=True).at(HOUR).set(pausing=False)
            self.assertEqual(complaint.rows, before)

    def test_what_ran_out_before_the_pause_is_late(self):
        complaint = self.complaint(SERVICE).at(6 * DAY).set(pausing=True)
        self.assertState(complaint, "resolve", "breached")

    def test_several_pauses_add_up_and_the_warning_moves_along(self):
        own = replace(SERVICE, warn_percent=50)
        complaint = self.complaint(own)
        for _time in range(3):
            complaint.at(DAY / 2).set(pausing=True).at(2 * DAY).set(pausing=False)
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.deadline, RECEIVED + 11 * DAY)
        self.assertEqual(resolve.warn_at, RECEIVED + 8.5 * DAY)
        self.assertEqual(len(resolve.pauses), 3)

    def test_the_warning_moves_by_the_time_though_the_deadline_moves_by_days(self):
        own = replace(SERVICE, unit="day", delay=5, warn_percent=50)
        complaint = self.complaint(own).at(HOUR)
        before = complaint.one("resolve")
        complaint.set(pausing=True).at(2 * HOUR).set(pausing=False)
        after = complaint.one("resolve")
        self.assertEqual(after.deadline, before.deadline)
        self.assertEqual(after.warn_at, before.warn_at + 2 * HOUR)

    def test_a_pause_outside_working_hours_costs_nothing(self):
        for unit, delay in (("hour", 40), ("day", 5)):
            own = replace(SERVICE, unit=unit, delay=delay, working_time=True)
            complaint = self.complaint(own)
            before = complaint.one("resolve").deadline
            complaint.at(datetime(2026, 3, 2, 17, 0)).set(pausing=True)
            complaint.at(datetime(2026, 3, 3, 8, 0)).set(pausing=False)
            self.assertEqual(complaint.one("resolve").deadline, before)
            complaint.at(datetime(2026, 3, 3, 10, 0)).set(pausing=True)
            complaint.at(datetime(2026, 3, 4, 10, 0)).set(pausing=False)
            self.assertEqual(
                complaint.one("resolve").deadline.date(),
                before.date() + (3 if before.weekday() == 4 else 1) * DAY,
            )

    def test_created_in_a_stage_that_pauses(self):
        complaint = self.complaint(SERVICE, pausing=True)
        self.assertState(complaint, "resolve", "paused")

    def test_resolved_while_it_stands_still_is_kept(self):
        complaint = self.complaint(SERVICE).at(DAY).set(pausing=True)
        complaint.at(90 * DAY).move("closed")
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.state, "met")
        self.assertIsNone(resolve.paused_at)
        # and the date on record says so as well
        self.assertEqual(resolve.deadline, RECEIVED + 95 * DAY)
        self.assertEqual(resolve.pauses, ((RECEIVED + DAY, RECEIVED + 91 * DAY),))


class TestOtherTerms(PromisesCase):
    """Another policy, or another date of receipt."""

    def test_it_counts_from_the_first_start(self):
        complaint = self.complaint(RESOLVE).at(3 * DAY)
        complaint.follow(terms("resolve", 120, warn_percent=50))
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.started_at, RECEIVED)
        self.assertEqual(resolve.deadline, RECEIVED + 5 * DAY)
        self.assertEqual(resolve.original_deadline, RECEIVED + 5 * DAY)
        self.assertEqual(resolve.state, "at_risk")
        complaint.follow(terms("resolve", 48))
        self.assertState(complaint, "resolve", "breached")

    def test_a_breach_is_not_undone(self):
        complaint = self.complaint(terms("resolve", 24)).at(2 * DAY)
        complaint.settle()
        complaint.follow(RESOLVE)
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.state, "running")
        self.assertEqual(resolve.breached_at, RECEIVED + DAY + SECOND)
        complaint.move("closed")
        self.assertState(complaint, "resolve", "missed")

    def test_without_a_change_of_policy_terms_stay_as_they_were(self):
        complaint = self.complaint(RESOLVE).at(DAY)
        before = complaint.rows
        complaint.policy = (terms("resolve", 1), RESPOND)
        complaint.set(acknowledged_at=complaint.now)
        self.assertEqual(complaint.rows, before)
        complaint.policy = ()
        complaint.settle()
        self.assertEqual(complaint.rows, before)

    def test_further_promises_are_made_and_those_of_the_past_noted(self):
        complaint = self.complaint(RESOLVE).at(HOUR)
        complaint.set(acknowledged_at=RECEIVED + HOUR)
        complaint.at(DAY).follow(*ALL)
        acknowledge = complaint.one("acknowledge")
        self.assertEqual(acknowledge.state, "met")
        self.assertEqual(acknowledge.reached_at, RECEIVED + HOUR)
        self.assertEqual(complaint.one("respond").deadline, RECEIVED + 72 * HOUR)

    def test_promises_no_longer_made_are_dropped_and_stay_so(self):
        complaint = self.complaint(*ALL).at(HOUR).follow(RESOLVE)
        for kind in ("acknowledge", "respond", "update", "follow_up"):
            self.assertState(complaint, kind, "cancelled")
        complaint.at(30 * DAY).settle()
        self.assertState(complaint, "respond", "cancelled")
        complaint.set(active=False).set(active=True)
        self.assertState(complaint, "respond", "cancelled")
        self.assertState(complaint, "resolve", "breached")

    def test_promises_dropped_by_one_policy_come_back_with_another(self):
        complaint = self.complaint(*ALL).at(HOUR).follow(RESOLVE)
        complaint.at(HOUR).follow(*ALL)
        respond = complaint.one("respond")
        self.assertEqual(respond.state, "running")
        self.assertEqual(respond.deadline, RECEIVED + 72 * HOUR)

    def test_what_is_over_is_not_judged_by_new_terms(self):
        complaint = self.complaint(*ALL).at(HOUR).hear()
        before = complaint.one("respond")
        complaint.at(DAY).follow(terms("respond", 0.5))
        self.assertEqual(complaint.one("respond"), before)
        (row,) = (row for row in complaint.rows if row.terms.kind == "respond")
        self.assertEqual(row.terms, RESPOND)

    def extended(self, promise=RESOLVE, to=RECEIVED + 30 * DAY):
        complaint = self.complaint(promise).at(DAY)
        (row,) = complaint.rows
        later = milestones.extend(row.milestone, to)
        complaint.rows = [replace(row, milestone=later)]
        complaint.settle()
        return complaint

    def test_an_extension_is_not_taken_back(self):
        complaint = self.extended().follow(terms("resolve", 120))
        self.assertEqual(complaint.one("resolve").deadline, RECEIVED + 30 * DAY)
        complaint.set(received_at=RECEIVED - DAY)
        self.assertEqual(complaint.one("resolve").deadline, RECEIVED + 30 * DAY)
        complaint.follow(terms("resolve", 40, "day"))
        self.assertEqual(
            complaint.one("resolve").deadline.date(), (RECEIVED + 39 * DAY).date()
        )

    def test_the_first_promise_is_the_one_before_any_extension_or_pause(self):
        complaint = self.extended()
        self.assertEqual(
            complaint.one("resolve").original_deadline, RECEIVED + 10 * DAY
        )
        complaint.follow(terms("resolve", 120))
        self.assertEqual(complaint.one("resolve").original_deadline, RECEIVED + 5 * DAY)
        paused = self.complaint(SERVICE).set(pausing=True).at(DAY).set(pausing=False)
        paused.follow(replace(SERVICE, delay=144))
        self.assertEqual(paused.one("resolve").deadline, RECEIVED + 7 * DAY)
        self.assertEqual(paused.one("resolve").original_deadline, RECEIVED + 6 * DAY)

    def test_under_a_regulators_terms_past_pauses_do_not_count(self):
        paused = self.complaint(SERVICE).at(DAY).set(pausing=True).at(2 * DAY)
        resumed = self.complaint(SERVICE).at(DAY).set(pausing=True).at(2 * DAY)
        resumed.set(pausing=False)
        for complaint in (paused, resumed):
            complaint.follow(replace(SERVICE, pausable=False))
            resolve = complaint.one("resolve")
            self.assertEqual(resolve.state, "running")
            self.assertEqual(resolve.deadline, RECEIVED + 5 * DAY)

    def test_own_and_regulators_promise_keep_to_their_own_kind(self):
        complaint = self.complaint(SERVICE, LEGAL).at(HOUR)
        keys = {row.terms.pausable: row.key for row in complaint.rows}
        complaint.follow(replace(LEGAL, delay=480), replace(SERVICE, delay=60))
        self.assertEqual(
            {row.terms.pausable: (row.key, row.terms.delay) for row in complaint.rows},
            {True: (keys[True], 60), False: (keys[False], 480)},
        )
        complaint.follow(replace(LEGAL, delay=360))
        states = {row.terms.pausable: row.milestone.state for row in complaint.rows}
        self.assertEqual(states, {True: "cancelled", False: "running"})

    def test_another_date_of_receipt_moves_what_is_counted_from_it(self):
        complaint = self.complaint(*ALL).at(HOUR).set(received_at=RECEIVED - 2 * DAY)
        self.assertState(complaint, "acknowledge", "breached")
        self.assertEqual(complaint.one("respond").deadline, RECEIVED + DAY)
        self.assertEqual(complaint.one("resolve").deadline, RECEIVED + 8 * DAY)
        complaint.set(received_at=RECEIVED)
        self.assertEqual(complaint.one("resolve").deadline, RECEIVED + 10 * DAY)
        # a date typed wrong once is no missed milestone
        complaint.set(acknowledged_at=complaint.now)
        self.assertState(complaint, "acknowledge", "met")

    def test_another_date_of_receipt_leaves_what_has_ended(self):
        complaint = self.complaint(*ALL).at(HOUR).set(acknowledged_at=RECEIVED + HOUR)
        before = complaint.one("acknowledge")
        complaint.set(received_at=RECEIVED - 5 * DAY)
        self.assertEqual(complaint.one("acknowledge"), before)

    def test_a_later_date_promised_by_letter_stands_after_a_pause(self):
        complaint = self.complaint(SERVICE).at(HOUR)
        (row,) = complaint.rows
        promised = RECEIVED + 30 * DAY
        later = milestones.extend(row.milestone, promised)
        complaint.rows = [replace(row, milestone=later)]
        complaint.set(pausing=True).at(DAY).set(pausing=False)
        self.assertEqual(complaint.one("resolve").deadline, promised)

    def test_what_had_run_out_before_the_pause_is_late_though_it_stands_still(self):
        complaint = self.complaint(SERVICE).at(DAY).set(pausing=True).at(HOUR)
        complaint.set(received_at=RECEIVED - 5 * DAY)
        resolve = complaint.one("resolve")
        self.assertEqual(resolve.state, "breached")
        self.assertEqual(resolve.breached_at, RECEIVED + SECOND)
        complaint.set(pausing=False)
        self.assertEqual(complaint.one("resolve").deadline, RECEIVED)


class TestAnyHistory(PromisesCase):
    """Random histories: milestones are always what the facts say."""

    step = st.tuples(
        st.integers(0, 60),
        st.sampled_from(
            (
                "hear",
                "acknowledge",
                "take back",
                "pause",
                "go on",
                "archive",
                "restore",
                "reception",
                "solution",
                "follow_up",
                "closed",
                "withdrawn",
                "followed up",
            )
        ),
    )

    def live(self, complaint, history):
        """Apply one event after the other, and yield after each."""
        for hours, what in history:
            complaint.at(hours * HOUR)
            now = complaint.now
            if what in phases.ALL:
                complaint.move(what)
            elif what == "hear":
                complaint.hear()
            else:
                complaint.set(
                    **{
                        "acknowledge": {
                            "acknowledged_at": complaint.facts.acknowledged_at or now
                        },
                        "take back": {"acknowledged_at": None},
                        "pause": {"pausing": True},
                        "go on": {"pausing": False},
                        "archive": {"active": False},
                        "restore": {"active": True},
                        "followed up": {
                            "followed_up_at": complaint.facts.resolved_at and now
                        },
                    }[what]
                )
            yield what

    @PROPERTY
    @given(history=st.lists(step, max_size=20))
    def test_what_is_on_record_stays_and_nothing_is_left_open_at_the_end(self, history):
        complaint = self.complaint(*ALL, SERVICE)
        before = {}
        for _what in self.live(complaint, history):
            for row in complaint.rows:
                one, old = row.milestone, before.get(row.key)
                if old and old.breached_at:
                    self.assertEqual(one.breached_at, old.breached_at)
                if row.cycle < complaint.facts.cycle:
                    self.assertIn(one.state, milestones.ENDED)
                if not complaint.facts.active or complaint.facts.phase in (
                    "closed",
                    "withdrawn",
                ):
                    self.assertIn(one.state, milestones.ENDED)
                if one.state == "paused":
                    self.assertTrue(complaint.facts.pausing and row.terms.pausable)
            # none is lost
            self.assertLessEqual(set(before), {row.key for row in complaint.rows})
            before = {row.key: row.milestone for row in complaint.rows}
        open_updates = [
            row
            for row in complaint.rows
            if row.terms.kind == "update" and row.milestone.state in milestones.OPEN
        ]
        facts = complaint.facts
        wanted = facts.is_open and facts.active and not facts.anonymous
        self.assertEqual(len(open_updates), int(wanted))

    @PROPERTY
    @given(history=st.lists(step, max_size=20))
    def test_it_is_as_a_naive_reckoning_says(self, history):
        """The regulator's target to resolve: from each start to each end."""
        complaint = self.complaint(RESOLVE)
        begun, late, counted = RECEIVED, False, True
        for what in self.live(complaint, history):
            facts, now = complaint.facts, complaint.now
            if facts.begun_at != begun:
                begun, late, counted = facts.begun_at, False, False
            answered = facts.resolved_at
            counts = facts.active and facts.phase != "withdrawn" and not answered
            # missed if it came late, or was overdue while it counted
            if answered or counts or counted:
                late = late or (answered or now) > begun + 240 * HOUR
            counted = counts
            if counts:
                risky = now >= begun + 180 * HOUR
                expected = "breached" if late else "at_risk" if risky else "running"
            else:
                expected = "missed" if late else "met" if answered else "cancelled"
            found = complaint.all("resolve", facts.cycle)
            if counts or answered or found:
                self.assertEqual([one.state for one in found], [expected], what)

    @PROPERTY
    @given(history=st.lists(step, max_size=15), chosen=st.sampled_from(ALL))
    def test_looking_more_often_changes_nothing(self, history, chosen):
        """Settling each hour, or only when something happens, gives the same."""
        seldom = self.complaint(chosen, SERVICE)
        often = self.complaint(chosen, SERVICE)
        often_history = [
            part
            for hours, what in history
            for part in [*[(1, None)] * hours, (0, what)]
        ]
        for _what in self.live(seldom, history):
            pass
        for hours, what in often_history:
            if what is None:
                often.at(hours * HOUR).settle()
            else:
                list(self.live(often, [(hours, what)]))
        self.assertEqual(
            [(row.terms, row.cycle, row.milestone) for row in often.rows],
            [(row.terms, row.cycle, row.milestone) for row in seldom.rows],
        )
