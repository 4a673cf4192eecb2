"""Acknowledgement in the engine: the way to confirm receipt."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine import acknowledgement
from .common import PROPERTY


class TestAcknowledgementRoute(unittest.TestCase):
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
    def test_always_a_way_that_reaches_them(self, wanted, email, phone, postal, named):
        way = acknowledgement.route(
            wanted, email=email, phone=phone, postal=postal, named=named
        )
        reaches = {
            "email": email,
            "phone": phone,
            # a letter that is signed has an address on it
            "letter": postal or (wanted == "letter" and named),
            # they stand at the desk
            "in_person": wanted == "in_person",
        }
        if way == "not_applicable":
            self.assertFalse(any(reaches.values()))
        else:
            self.assertTrue(reaches[way])
            own = wanted or "email"
            self.assertTrue(way == own or not reaches[own])
