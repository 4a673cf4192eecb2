"""The engine: phases and the way of acknowledging, without a database."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...engine import acknowledgement, phases

NONE = (None, False)
# No database of a single example decides what another machine tests.
PROPERTY = settings(max_examples=300, deadline=None, database=None, derandomize=True)


class TestPhases(BaseCase):
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


class TestAcknowledgementRoute(BaseCase):
    ways = ("email", "phone", "letter", "in_person")

    def assertRoute(self, wanted, known, expected):
        known = dict.fromkeys(known.split(), "x")
        with self.subTest(wanted=wanted, known=known):
            self.assertEqual(acknowledgement.route(wanted, **known), expected)

    def test_channels_own_way_comes_first(self):
        everything = "email phone postal named"
        for way in self.ways:
            self.assertRoute(way, everything, way)

    def test_without_a_channel_it_is_an_email(self):
        for nothing in (None, False, ""):
            self.assertRoute(nothing, "email phone postal named", "email")

    def test_next_best_way_where_the_own_one_is_barred(self):
        for wanted, known, expected in (
            ("email", "phone postal", "phone"),
            ("email", "postal", "letter"),
            ("email", "named", "not_applicable"),
            ("email", "", "not_applicable"),
            ("phone", "email postal", "email"),
            ("phone", "postal", "letter"),
            ("phone", "named", "not_applicable"),
            ("phone", "", "not_applicable"),
            ("letter", "email named", "letter"),
            ("letter", "postal", "letter"),
            ("letter", "", "not_applicable"),
            ("in_person", "", "in_person"),
        ):
            self.assertRoute(wanted, known, expected)

    def test_anonymous_letter_with_an_address_of_another_kind_is_answered_there(self):
        self.assertRoute("letter", "email", "email")
        self.assertRoute("letter", "phone", "phone")

    @PROPERTY
    @given(
        wanted=st.sampled_from((*ways, None, False, "")),
        email=st.sampled_from((False, None, "", "a@b.example")),
        phone=st.sampled_from((False, None, "", "+32 2 555 01 01")),
        postal=st.sampled_from((False, None, "", "Main Street 1")),
        named=st.sampled_from((False, None, "", "Anna Weber")),
    )
    def test_always_a_way_that_reaches_him(self, wanted, email, phone, postal, named):
        way = acknowledgement.route(
            wanted, email=email, phone=phone, postal=postal, named=named
        )
        reaches = {
            "email": email,
            "phone": phone,
            # whoever signs a letter put his address on it
            "letter": postal or (wanted == "letter" and named),
            # he stands at the desk
            "in_person": wanted == "in_person",
        }
        if way == "not_applicable":
            self.assertFalse(any(reaches.values()))
        else:
            self.assertTrue(reaches[way])
            own = wanted or "email"
            self.assertTrue(way == own or not reaches[own])
