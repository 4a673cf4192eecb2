"""Regulator's returns in the engine: periods and lengths of time, compared naively."""

import unittest
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.returns import (
    MONTHS,
    average,
    deadline,
    duration,
    middle,
    period_before,
    period_of,
    share,
    took,
)
from ...engine.working_time import LazyTimetable, Timetable, local_date, zone
from .common import PROPERTY

BRUSSELS = zone("Europe/Brussels")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
KINDS = st.sampled_from(sorted(MONTHS))
FIRST_MONTHS = st.integers(1, 12)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 1))
UNITS = ("hour", "day", "working_day", "week")
LIMITS = st.none() | st.tuples(st.integers(1, 9), st.sampled_from(UNITS))


def timetable():
    """Work on weekdays from 8 to 16 UTC."""

    def read(start, end):
        day = datetime(start.year, start.month, start.day)
        opens = []
        while day < end:
            if day.weekday() < 5:
                opens.append((day + timedelta(hours=8), day + timedelta(hours=16)))
            day += timedelta(days=1)
        return Timetable(opens, "Europe/Brussels", start, end)

    return LazyTimetable(read, [], "Europe/Brussels")


def naive_is_within(start, stop, delay, unit):
    if unit == "hour":
        # deadlines have whole seconds
        return stop <= (start + timedelta(hours=delay)).replace(microsecond=0)
    day, last = local_date(start, BRUSSELS), local_date(stop, BRUSSELS)
    if unit == "working_day":
        while delay:
            day += timedelta(days=1)
            delay -= day.weekday() < 5
    else:
        day += timedelta(days=delay * (7 if unit == "week" else 1))
    # to the last second of the day
    return last <= day


class TestReturns(unittest.TestCase):
    def test_periods_by_the_calendar(self):
        for day, kind, first_month, period in (
            ("2026-09-01", "half_year", 1, ("2026-07-01", "2026-12-31")),
            ("2026-06-30", "half_year", 1, ("2026-01-01", "2026-06-30")),
            ("2026-03-31", "half_year", 4, ("2025-10-01", "2026-03-31")),
            ("2026-04-01", "half_year", 4, ("2026-04-01", "2026-09-30")),
            ("2026-01-15", "year", 7, ("2025-07-01", "2026-06-30")),
            ("2024-02-10", "month", 5, ("2024-02-01", "2024-02-29")),
            ("2026-01-15", "quarter", 12, ("2025-12-01", "2026-02-28")),
        ):
            with self.subTest(day=day, kind=kind, first_month=first_month):
                first, last = period_of(date.fromisoformat(day), kind, first_month)
                self.assertEqual((str(first), str(last)), period)

    @PROPERTY
    @given(DAYS, KINDS, FIRST_MONTHS)
    def test_periods_follow_on_each_other(self, day, kind, first_month):
        first, last = period_of(day, kind, first_month)
        self.assertLessEqual(first, day)
        self.assertLessEqual(day, last)
        self.assertEqual((first.month - first_month) % MONTHS[kind], 0)
        before = period_before(day, kind, first_month)
        self.assertEqual(before[1], first - timedelta(days=1))
        self.assertEqual(before, period_of(before[0], kind, first_month))

    @PROPERTY
    @given(MOMENTS, MOMENTS, LIMITS, LIMITS)
    def test_time_taken(self, start, stop, after, within):
        if stop < start:
            start, stop = stop, start
        stop = stop.replace(microsecond=0)
        expected = not (after and naive_is_within(start, stop, *after)) and bool(
            not within or naive_is_within(start, stop, *within)
        )
        self.assertEqual(took(start, stop, after, within, timetable()), expected)

    def test_what_has_not_ended_took_no_time(self):
        start = datetime(2026, 3, 2)
        self.assertFalse(took(start, None, None, (8, "week"), timetable()))
        self.assertFalse(took(start, None, (8, "week"), None, timetable()))

    def test_three_working_days_are_over_weekends(self):
        friday = datetime(2026, 3, 6, 10)
        self.assertEqual(
            deadline(friday, 3, "working_day", timetable()),
            datetime(2026, 3, 11, 22, 59, 59),
        )

    def test_durations(self):
        friday, tuesday = datetime(2026, 3, 6, 10), datetime(2026, 3, 10, 22)
        for unit, length in (
            ("hour", 108),
            ("day", 4.5),
            ("week", 4.5 / 7),
            ("working_day", 2),
        ):
            with self.subTest(unit):
                self.assertEqual(duration(friday, tuesday, unit, timetable()), length)

    def test_of_nothing_there_is_no_average_and_no_share(self):
        self.assertIsNone(average([]))
        self.assertIsNone(middle([]))
        self.assertIsNone(share(0, 0))
        self.assertEqual(
            (average([1, 2, 6]), middle([1, 2, 6]), share(1, 4)), (3, 2, 25)
        )
