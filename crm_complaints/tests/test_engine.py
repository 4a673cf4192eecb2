"""The engine: phases, deadlines and the way of acknowledging, without a database."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine import acknowledgement, deadlines, phases

NONE = (None, False)
# Summer time that begins or ends at midnight, odd offsets, both sides of the date line.
ZONES = (
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "America/Santiago",
    "America/Havana",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Pago_Pago",
)
# No database of a single example decides what another machine tests.
PROPERTY = settings(max_examples=300, deadline=None, database=None, derandomize=True)


def utc(text):
    return datetime.fromisoformat(text)


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


class TestDeadlines(BaseCase):
    def assertDeadline(self, start, days, tz, expected):
        self.assertEqual(
            deadlines.end_of_day_after(utc(start), days, tz), utc(expected)
        )

    def test_ends_with_the_day_of_the_zone(self):
        # in Brussels it is the 3rd already
        self.assertDeadline(
            "2026-03-02 23:30:00", 1, "Europe/Brussels", "2026-03-04 22:59:59"
        )
        self.assertDeadline(
            "2026-03-02 23:30:00", 1, "America/New_York", "2026-03-04 04:59:59"
        )
        self.assertDeadline("2026-03-02 23:30:00", 1, "UTC", "2026-03-03 23:59:59")

    def test_summer_time_in_between_moves_nothing(self):
        # begins on 29 March 2026 in Brussels, ends on 25 October
        self.assertDeadline(
            "2026-03-20 10:00:00", 14, "Europe/Brussels", "2026-04-03 21:59:59"
        )
        self.assertDeadline(
            "2026-10-20 10:00:00", 14, "Europe/Brussels", "2026-11-03 22:59:59"
        )

    def test_ends_on_the_very_day_of_the_change(self):
        self.assertDeadline(
            "2026-03-15 10:00:00", 14, "Europe/Brussels", "2026-03-29 21:59:59"
        )
        self.assertDeadline(
            "2026-10-11 10:00:00", 14, "Europe/Brussels", "2026-10-25 22:59:59"
        )

    def test_last_hour_that_comes_twice_belongs_to_the_day(self):
        # Santiago turns midnight of Saturday 4 April 2026 back to 23:00
        self.assertDeadline(
            "2026-03-21 15:00:00", 14, "America/Santiago", "2026-04-05 03:59:59"
        )

    def test_leap_day_is_a_day(self):
        self.assertDeadline("2028-02-20 10:00:00", 14, "UTC", "2028-03-05 23:59:59")
        self.assertDeadline("2027-02-20 10:00:00", 14, "UTC", "2027-03-06 23:59:59")
        self.assertDeadline("2028-02-29 10:00:00", 14, "UTC", "2028-03-14 23:59:59")

    def test_zero_days_end_today(self):
        self.assertDeadline("2026-03-02 10:00:00", 0, "UTC", "2026-03-02 23:59:59")

    def test_unknown_zone_is_utc(self):
        for tz in (None, False, "", "Mars/Olympus", "../etc/passwd", "/etc/passwd"):
            with self.subTest(tz=tz):
                self.assertDeadline("2026-03-02 10:00:00", 1, tz, "2026-03-03 23:59:59")

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),
        days=st.integers(0, 400),
        tz=st.sampled_from(ZONES),
    )
    @example(utc("2026-03-21 15:00:00"), 14, "America/Santiago")
    @example(utc("2028-02-28 23:59:59"), 1, "Pacific/Apia")
    def test_is_the_last_second_of_the_day_so_many_days_on(self, start, days, tz):
        end = deadlines.end_of_day_after(start, days, tz)
        here = ZoneInfo(tz)

        def day(moment):
            return moment.replace(tzinfo=UTC).astimezone(here).date()

        self.assertIsNone(end.tzinfo)
        self.assertEqual(day(end), day(start) + timedelta(days=days))
        self.assertGreater(day(end + timedelta(seconds=1)), day(end))
        self.assertGreater(end + timedelta(seconds=1), start)

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),
        wait=st.timedeltas(timedelta(0), timedelta(days=3)),
        tz=st.sampled_from(ZONES),
    )
    def test_who_came_later_is_not_answered_sooner(self, start, wait, tz):
        self.assertLessEqual(
            deadlines.end_of_day_after(start, 14, tz),
            deadlines.end_of_day_after(start + wait, 14, tz),
        )


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
