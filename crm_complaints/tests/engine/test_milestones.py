"""Milestones in the engine: states and events of one clock."""

import itertools
import unittest
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine import milestones
from ...engine.milestones import IllegalTransition, Milestone
from .common import PROPERTY

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
START = datetime(2026, 3, 2, 9, 0)
WARN = START + 6 * HOUR
DEADLINE = START + 8 * HOUR
# The states in which each event is possible, written out again.
POSSIBLE = {
    "start": "waiting",
    "pass_time": "waiting running at_risk breached paused met missed cancelled",
    "pause": "running at_risk",
    "resume": "paused",
    "extend": "running at_risk breached paused",
    "reschedule": "running at_risk breached paused",
    "reach": "waiting running at_risk breached paused",
    "reopen": "met missed cancelled",
    "cancel": "waiting running at_risk breached paused",
}
STATES = POSSIBLE["pass_time"].split()


def happen(event, milestone, at, ahead=8 * HOUR, warn=6 * HOUR):
    """Let ``event`` happen at ``at``; new dates lie ``ahead`` of it."""
    dates = (at + ahead, warn and at + warn)
    arguments = {
        "start": (at, *dates),
        "resume": (at, *dates),
        "extend": dates,
        "reschedule": (at, *dates),
    }
    return getattr(milestones, event)(milestone, *arguments.get(event, (at,)))


def running(deadline=DEADLINE, warn_at=WARN):
    return milestones.start(Milestone(), START, deadline, warn_at)


def in_state(state):
    """Return a milestone that came to ``state`` by events."""
    begun = running()
    late = milestones.pass_time(begun, DEADLINE + SECOND)
    return {
        "waiting": Milestone(),
        "running": begun,
        "at_risk": milestones.pass_time(begun, WARN),
        "breached": late,
        "paused": milestones.pause(begun, START + HOUR),
        "met": milestones.reach(begun, START + HOUR),
        "missed": milestones.reach(late, DEADLINE + HOUR),
        "cancelled": milestones.cancel(begun, START + HOUR),
    }[state]


class TestMilestoneEvents(unittest.TestCase):
    def test_each_state_comes_about(self):
        self.assertEqual(sorted(milestones.STATES), sorted(STATES))
        for state in STATES:
            self.assertEqual(in_state(state).state, state)

    def test_what_is_possible_happens_and_nothing_else(self):
        self.assertEqual(set(milestones.ALLOWED), set(POSSIBLE))
        for event, state in itertools.product(POSSIBLE, STATES):
            before = in_state(state)
            with self.subTest(event=event, state=state):
                if state in POSSIBLE[event].split():
                    self.assertIn(happen(event, before, DEADLINE).state, STATES)
                    continue
                with self.assertRaises(IllegalTransition) as caught:
                    happen(event, before, DEADLINE)
                self.assertEqual(caught.exception.event, event)
                self.assertEqual(caught.exception.state, state)
                self.assertIn(state, str(caught.exception))

    def test_where_each_event_leads(self):
        soon, late = WARN - SECOND, DEADLINE + SECOND
        for event, before, at, after in (
            ("start", "waiting", soon, "running"),
            ("pause", "running", soon, "paused"),
            ("pause", "running", WARN, "paused"),
            ("pause", "running", DEADLINE, "paused"),
            # it was overdue before it could pause
            ("pause", "running", late, "breached"),
            ("pause", "at_risk", late, "breached"),
            ("resume", "paused", late, "running"),
            ("extend", "at_risk", soon, "running"),
            ("extend", "breached", late, "running"),
            ("extend", "paused", soon, "paused"),
            ("reschedule", "at_risk", soon, "running"),
            ("reschedule", "breached", late, "running"),
            ("reschedule", "paused", soon, "paused"),
            ("reach", "waiting", late, "met"),
            ("reach", "running", soon, "met"),
            ("reach", "running", DEADLINE, "met"),
            ("reach", "running", late, "missed"),
            ("reach", "at_risk", late, "missed"),
            ("reach", "breached", late, "missed"),
            # it was overdue on record already
            ("reach", "breached", soon, "missed"),
            # a paused milestone cannot become overdue
            ("reach", "paused", late, "met"),
            ("reopen", "met", soon, "running"),
            ("reopen", "met", WARN, "at_risk"),
            ("reopen", "met", late, "breached"),
            ("reopen", "missed", late, "breached"),
            ("reopen", "cancelled", soon, "running"),
            ("reopen", "cancelled", late, "breached"),
            ("cancel", "waiting", late, "cancelled"),
            ("cancel", "running", DEADLINE, "cancelled"),
            ("cancel", "running", late, "missed"),
            ("cancel", "breached", late, "missed"),
            ("cancel", "paused", late, "cancelled"),
        ):
            with self.subTest(event=event, before=before, at=at):
                self.assertEqual(happen(event, in_state(before), at).state, after)

    def test_what_never_began_waits_again_when_it_is_reopened(self):
        for end in (milestones.cancel, milestones.reach):
            ended = end(Milestone(), DEADLINE)
            self.assertEqual(milestones.reopen(ended, DEADLINE).state, "waiting")


class TestMilestoneDates(unittest.TestCase):
    def test_the_last_second_still_counts(self):
        begun = running()
        self.assertEqual(milestones.pass_time(begun, DEADLINE).state, "at_risk")
        late = milestones.pass_time(begun, DEADLINE + SECOND)
        self.assertEqual(late.state, "breached")
        self.assertEqual(late.breached_at, DEADLINE + SECOND)
        self.assertIsNone(milestones.reach(begun, DEADLINE).breached_at)
        missed = milestones.reach(begun, DEADLINE + 9 * HOUR)
        self.assertEqual(missed.breached_at, DEADLINE + SECOND)
        self.assertEqual(missed.reached_at, DEADLINE + 9 * HOUR)

    def test_the_risk_begins_with_the_second_of_the_warning(self):
        begun = running()
        self.assertEqual(begun.next_event_at, WARN)
        self.assertIs(milestones.pass_time(begun, WARN - SECOND), begun)
        warned = milestones.pass_time(begun, WARN)
        self.assertEqual(warned.state, "at_risk")
        self.assertEqual(warned.next_event_at, DEADLINE + SECOND)
        self.assertIsNone(warned.breached_at)

    def test_without_a_warning_it_is_late_at_once(self):
        # after the deadline there is nothing left to warn of
        for warn_at in (None, DEADLINE + SECOND):
            begun = running(warn_at=warn_at)
            self.assertEqual(begun.next_event_at, DEADLINE + SECOND)
            self.assertIs(milestones.pass_time(begun, DEADLINE), begun)
            late = milestones.pass_time(begun, DEADLINE + SECOND)
            self.assertEqual(late.state, "breached")

    def test_a_warning_with_the_deadline_itself_is_given(self):
        begun = running(warn_at=DEADLINE)
        self.assertEqual(milestones.pass_time(begun, DEADLINE).state, "at_risk")

    def test_time_changes_nothing_where_nothing_runs(self):
        for state in ("waiting", "paused", "breached", "met", "missed", "cancelled"):
            before = in_state(state)
            with self.subTest(state):
                self.assertIsNone(before.next_event_at)
                self.assertIs(
                    milestones.pass_time(before, DEADLINE + 9999 * HOUR), before
                )

    def test_a_pause_is_on_record_and_ends_with_the_new_dates(self):
        paused = milestones.pause(running(), START + HOUR)
        self.assertEqual(paused.paused_at, START + HOUR)
        self.assertEqual(paused.deadline, DEADLINE)
        resumed = milestones.resume(
            paused, START + 3 * HOUR, DEADLINE + 2 * HOUR, WARN + 2 * HOUR
        )
        self.assertEqual(resumed.pauses, ((START + HOUR, START + 3 * HOUR),))
        self.assertIsNone(resumed.paused_at)
        self.assertEqual(resumed.next_event_at, WARN + 2 * HOUR)
        self.assertEqual(resumed.original_deadline, DEADLINE)
        again = milestones.pause(resumed, START + 4 * HOUR)
        again = milestones.resume(again, START + 5 * HOUR, DEADLINE + 3 * HOUR)
        self.assertEqual(len(again.pauses), 2)
        self.assertIsNone(again.warn_at)

    def test_an_end_ends_the_pause(self):
        for end in (milestones.reach, milestones.cancel):
            self.assertIsNone(end(in_state("paused"), DEADLINE).paused_at)

    def test_an_extension_leaves_the_first_promise_and_a_breach_on_record(self):
        for state in ("running", "at_risk", "breached", "paused"):
            before = in_state(state)
            with self.subTest(state):
                later = milestones.extend(before, DEADLINE + 9 * HOUR, DEADLINE)
                self.assertEqual(later.deadline, DEADLINE + 9 * HOUR)
                self.assertEqual(later.warn_at, DEADLINE)
                self.assertEqual(later.original_deadline, DEADLINE)
                self.assertEqual(later.started_at, START)
                self.assertEqual(later.breached_at, before.breached_at)
                self.assertTrue(later.extended)

    def test_another_promise_begins_and_ends_where_it_says(self):
        for state in ("running", "at_risk", "breached", "paused"):
            before = replace(in_state(state), extended=True)
            with self.subTest(state):
                later = milestones.reschedule(
                    before, START + HOUR, DEADLINE + 9 * HOUR, DEADLINE
                )
                self.assertEqual(later.started_at, START + HOUR)
                self.assertEqual(later.deadline, DEADLINE + 9 * HOUR)
                self.assertEqual(later.original_deadline, DEADLINE + 9 * HOUR)
                self.assertEqual(later.breached_at, before.breached_at)
                self.assertEqual(later.paused_at, before.paused_at)
                self.assertTrue(later.extended)

    def test_late_again_was_late_first_when_it_was_late_first(self):
        late = in_state("breached")
        extended = milestones.extend(late, DEADLINE + 9 * HOUR)
        again = milestones.pass_time(extended, DEADLINE + 20 * HOUR)
        self.assertEqual(again.state, "breached")
        self.assertEqual(again.breached_at, DEADLINE + SECOND)
        # reached in time by the new deadline, and not by the first one
        kept = milestones.reach(extended, DEADLINE + HOUR)
        self.assertEqual(kept.state, "missed")

    def test_reopening_takes_back_what_turned_out_not_to_have_happened(self):
        reopened = milestones.reopen(in_state("met"), START + 2 * HOUR)
        self.assertIsNone(reopened.reached_at)
        self.assertEqual(reopened.deadline, DEADLINE)
        reopened = milestones.reopen(in_state("missed"), DEADLINE + 9 * HOUR)
        self.assertEqual(reopened.breached_at, DEADLINE + SECOND)


class TestMilestoneHistories(unittest.TestCase):
    """Random events in any order keep the record right."""

    step = st.tuples(
        st.sampled_from(sorted(POSSIBLE)),
        st.integers(0, 40_000),  # seconds that pass before
        st.integers(1, 60_000),  # to the deadline, where there is a new one
        st.none() | st.integers(0, 70_000),  # to the warning
    )
    history = st.lists(step, min_size=1, max_size=25)

    def walk(self, history):
        """Yield (event, moment, before, after) of what is possible in a history."""
        milestone, now = Milestone(), START
        begin = ("start", 0, 30_000, 20_000)
        for event, pause, ahead, warn in (begin, *history):
            now += pause * SECOND
            if milestone.state not in POSSIBLE[event].split():
                event = "pass_time"
            warn = warn and warn * SECOND
            after = happen(event, milestone, now, ahead * SECOND, warn)
            yield event, now, milestone, after
            milestone = after

    @PROPERTY
    @given(history=history)
    def test_facts_stay(self, history):
        for event, now, before, after in self.walk(history):
            if before.breached_at:
                self.assertEqual(after.breached_at, before.breached_at)
            if event not in ("start", "reschedule"):
                self.assertEqual(after.original_deadline, before.original_deadline)
                self.assertEqual(after.started_at, before.started_at)
            if event == "reach":
                self.assertEqual(after.reached_at, now)
            elif event == "reopen":
                self.assertIsNone(after.reached_at)
            else:
                self.assertEqual(after.reached_at, before.reached_at)
            if event not in ("start", "resume", "extend", "reschedule"):
                self.assertEqual(after.deadline, before.deadline)
                self.assertEqual(after.warn_at, before.warn_at)
            self.assertEqual(after.pauses[: len(before.pauses)], before.pauses)
            self.assertEqual(
                len(after.pauses), len(before.pauses) + (event == "resume")
            )
            self.assertGreaterEqual(after.extended, before.extended)

    @PROPERTY
    @given(history=history)
    def test_state_and_dates_agree(self, history):
        for _event, _now, _before, after in self.walk(history):
            self.assertEqual(bool(after.paused_at), after.state == "paused")
            if after.state in ("breached", "missed"):
                self.assertTrue(after.breached_at)
            if after.state in ("met", "cancelled"):
                self.assertIsNone(after.breached_at)
            if after.state == "met":
                self.assertTrue(after.reached_at)
            if after.state in ("running", "at_risk", "breached", "paused"):
                self.assertTrue(after.started_at)
                self.assertTrue(after.deadline)
                self.assertIsNone(after.reached_at)
            self.assertEqual(
                bool(after.next_event_at), after.state in ("running", "at_risk")
            )

    @PROPERTY
    @given(history=history, wait=st.integers(0, 200_000))
    def test_nothing_happens_before_the_next_event_and_something_then(
        self, history, wait
    ):
        *_walk, (_event, now, _before, milestone) = self.walk(history)
        due = milestone.next_event_at
        if not due:
            later = milestones.pass_time(milestone, now + wait * SECOND)
            self.assertIs(later, milestone)
            return
        if due > now:
            moment = min(now + wait * SECOND, due - SECOND)
            self.assertIs(milestones.pass_time(milestone, moment), milestone)
        self.assertNotEqual(milestones.pass_time(milestone, due), milestone)

    @PROPERTY
    @given(
        history=history,
        steps=st.lists(st.integers(0, 20_000), min_size=1, max_size=20),
    )
    def test_one_jump_is_as_good_as_many_steps(self, history, steps):
        *_walk, (_event, now, _before, milestone) = self.walk(history)
        stepwise = milestone
        for step in steps:
            now += step * SECOND
            stepwise = milestones.pass_time(stepwise, now)
        self.assertEqual(milestones.pass_time(milestone, now), stepwise)
        # the state is what the dates say, whenever it was computed
        if milestone.state in ("running", "at_risk"):
            late = now > milestone.deadline
            self.assertEqual(stepwise.state == "breached", late)
            if late and not milestone.breached_at:
                self.assertEqual(stepwise.breached_at, milestone.deadline + SECOND)

    @PROPERTY
    @given(history=history)
    def test_it_can_always_come_to_an_end_and_a_breach_ends_as_missed(self, history):
        *_walk, (_event, now, _before, milestone) = self.walk(history)
        if milestone.state not in POSSIBLE["reach"].split():
            milestone = milestones.reopen(milestone, now)
        milestone = milestones.pass_time(milestone, now)
        for end, otherwise in (("reach", "met"), ("cancel", "cancelled")):
            ended = happen(end, milestone, now)
            self.assertEqual(
                ended.state, "missed" if milestone.breached_at else otherwise
            )


class TestOverall(unittest.TestCase):
    def expected(self, states):
        """The rule, a sentence at a time."""
        if "breached" in states:
            return "breached"
        if "at_risk" in states:
            return "at_risk"
        # what has not begun yet is on track
        if "running" in states or "waiting" in states:
            return "on_track"
        if "paused" in states:
            return "paused"
        # none is open any more
        if "missed" in states:
            return "missed"
        if "met" in states:
            return "met"
        # none, or cancelled in time: neither met nor missed
        return "none"

    def test_the_worst_open_one_counts_and_then_whether_all_were_kept(self):
        for size in range(len(STATES) + 1):
            for states in itertools.combinations(STATES, size):
                with self.subTest(states=states):
                    self.assertEqual(milestones.overall(states), self.expected(states))

    def test_order_and_number_do_not_count(self):
        for first, second in itertools.product(STATES, repeat=2):
            states = [first, second, first]
            self.assertEqual(milestones.overall(states), self.expected(states))
            self.assertEqual(
                milestones.overall(iter(states[::-1])), self.expected(states)
            )
