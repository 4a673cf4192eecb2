"""Phases in the engine, and the moves between them."""

import itertools
import unittest

from ...engine import phases

NONE = (None, False)


class TestPhases(unittest.TestCase):
    def test_every_phase_is_open_or_answered_or_withdrawn(self):
        groups = [*phases.OPEN, *phases.RESOLVED, phases.WITHDRAWN]
        self.assertEqual(sorted(groups), sorted(phases.ALL))
        self.assertEqual(len(set(phases.ALL)), 8)

    def test_only_arriving_at_an_answer_is_a_resolution(self):
        for before, after in itertools.product((*NONE, *phases.ALL), repeat=2):
            expected = after in ("follow_up", "closed") and before not in (
                "follow_up",
                "closed",
            )
            with self.subTest(before=before, after=after):
                self.assertEqual(phases.is_resolution(before, after), expected)

    def test_only_coming_back_from_an_end_is_a_reopening(self):
        ends = ("follow_up", "closed", "withdrawn")
        working = ("reception", "hearing", "calming", "solution", "agreement")
        for before, after in itertools.product((*NONE, *phases.ALL), repeat=2):
            expected = before in ends and after in working
            with self.subTest(before=before, after=after):
                self.assertEqual(phases.is_reopening(before, after), expected)

    def test_no_move_both_resolves_and_reopens(self):
        for before, after in itertools.product((*NONE, *phases.ALL), repeat=2):
            self.assertFalse(
                phases.is_resolution(before, after)
                and phases.is_reopening(before, after)
            )

    def test_next_phases_lead_from_reception_to_agreement(self):
        walk = [phases.RECEPTION]
        while phases.following(walk[-1]):
            walk.append(phases.following(walk[-1]))
        self.assertEqual(
            walk, ["reception", "hearing", "calming", "solution", "agreement"]
        )

    def test_nothing_follows_the_end_nor_an_ordinary_ticket(self):
        for phase in (*NONE, "agreement", "follow_up", "closed", "withdrawn"):
            self.assertIsNone(phases.following(phase))

    def test_further_open_phases_take_their_place_among_ours(self):
        order = ("reception", "check", "hearing", "calming", "inquiry", "solution")
        self.assertEqual(phases.following("calming", order), "inquiry")
        self.assertEqual(phases.following("inquiry", order), "solution")
        self.assertTrue(phases.is_reopening("closed", "inquiry", order))
        self.assertFalse(phases.is_reopening("inquiry", "hearing", order))
        self.assertTrue(phases.is_resolution("inquiry", "closed"))
        self.assertEqual(
            [phases.known(phase, order) for phase in order],
            ["reception", "reception", "hearing", "calming", "calming", "solution"],
        )
        self.assertEqual(phases.known("first", ("first", "reception")), "reception")

    def test_undecided_are_the_open_ones_but_for_the_agreement(self):
        undecided = [*filter(phases.is_undecided, (*NONE, *phases.ALL))]
        self.assertEqual(undecided, ["reception", "hearing", "calming", "solution"])
        self.assertTrue(phases.is_undecided("inquiry", ("hearing", "inquiry")))
