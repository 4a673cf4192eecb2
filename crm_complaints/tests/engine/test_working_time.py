"""Working time in the engine: deadlines, pauses and warnings."""

import unittest
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from ...engine.working_time import (
    DAY,
    HOUR,
    WEEK,
    BeyondHorizon,
    LazyTimetable,
    Timetable,
    deadline,
    end_of_day,
    shift,
    start_of_day,
    warning,
    zone,
)
from .common import property_of

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
OFFICE = (("09:00", "12:00"), ("13:00", "17:00"))
PROPERTY = property_of(150)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def utc(text):
    return datetime.fromisoformat(text)


def hours(number):
    return timedelta(hours=number)


def office_intervals(tz, start, end, opening=OFFICE, weekdays=range(5), closed=()):
    """Return the opening hours, on the wall in ``tz``, of the days that touch a time.

    :param closed: dates, as "2026-12-25"
    """
    here = ZoneInfo(tz)
    day, result = start.date() - timedelta(days=1), []
    while day <= end.date() + timedelta(days=1):
        if day.weekday() in weekdays and day.isoformat() not in closed:
            for opens, closes in opening:
                result.append(
                    tuple(
                        datetime.combine(day, time.fromisoformat(text), tzinfo=here)
                        .astimezone(UTC)
                        .replace(tzinfo=None)
                        for text in (opens, closes)
                    )
                )
        day += timedelta(days=1)
    return result


@cache
def office(tz="UTC", start="2026-01-01", end="2027-01-01", **kwargs):
    start, end = utc(start), utc(end)
    return Timetable(office_intervals(tz, start, end, **kwargs), tz, start, end)


class TestDays(unittest.TestCase):
    def test_unknown_zone_is_utc(self):
        for name in (None, False, "", "Mars/Olympus", "../etc/passwd", "/etc/passwd"):
            with self.subTest(name):
                self.assertEqual(zone(name), ZoneInfo("UTC"))

    def assertEnd(self, tz, day, expected):
        self.assertEqual(end_of_day(date.fromisoformat(day), zone(tz)), utc(expected))

    def test_days_around_a_clock_change_at_midnight(self):
        # Havana skips the first hour of Sunday 9 March 2025, and has it twice on
        # 2 November; what it does later depends on how old the machine's tzdata is
        self.assertEnd("America/Havana", "2025-03-08", "2025-03-09 04:59:59")
        self.assertEnd("America/Havana", "2025-03-09", "2025-03-10 03:59:59")
        self.assertEnd("America/Havana", "2025-11-01", "2025-11-02 03:59:59")
        self.assertEnd("America/Havana", "2025-11-02", "2025-11-03 04:59:59")
        # Beirut and Cairo have the last hour of a day twice
        self.assertEnd("Asia/Beirut", "2026-03-28", "2026-03-28 21:59:59")
        self.assertEnd("Asia/Beirut", "2026-03-29", "2026-03-29 20:59:59")
        self.assertEnd("Asia/Beirut", "2026-10-24", "2026-10-24 21:59:59")
        self.assertEnd("Africa/Cairo", "2026-04-23", "2026-04-23 21:59:59")
        self.assertEnd("Africa/Cairo", "2026-04-24", "2026-04-24 20:59:59")
        self.assertEnd("Africa/Cairo", "2026-10-29", "2026-10-29 21:59:59")

    @PROPERTY
    @given(day=st.dates(date(2015, 1, 1), date(2035, 1, 1)), tz=st.sampled_from(ZONES))
    def test_a_day_goes_from_its_first_to_its_last_second(self, day, tz):
        here = zone(tz)
        for moment in (start_of_day(day, here), end_of_day(day, here)):
            self.assertEqual(moment.replace(tzinfo=UTC).astimezone(here).date(), day)
        for moment in (
            start_of_day(day, here) - SECOND,
            end_of_day(day, here) + SECOND,
        ):
            self.assertNotEqual(moment.replace(tzinfo=UTC).astimezone(here).date(), day)


class TestTimetable(unittest.TestCase):
    """What is working time, and how it is counted."""

    def test_lunch_nights_weekends_and_holidays_do_not_count(self):
        table = office(closed=("2026-03-04",))
        week = utc("2026-03-02"), utc("2026-03-09")
        self.assertEqual(table.elapsed(*week), hours(4 * 7))
        day = utc("2026-03-02 10:00"), utc("2026-03-02 14:00")
        self.assertEqual(table.elapsed(*day), hours(3))
        night = utc("2026-03-02 17:00"), utc("2026-03-03 09:00")
        self.assertEqual(table.elapsed(*night), hours(0))

    def test_nothing_elapses_backwards(self):
        for table in (office(), Timetable.always("UTC")):
            self.assertEqual(
                table.elapsed(utc("2026-03-03 12:00"), utc("2026-03-02 12:00")),
                hours(0),
            )

    def test_delay_that_ends_as_work_ends_does_not_go_to_the_next_morning(self):
        table = office()
        monday = utc("2026-03-02 09:00")
        self.assertEqual(table.add(monday, hours(3)), utc("2026-03-02 12:00"))
        self.assertEqual(table.add(monday, hours(7)), utc("2026-03-02 17:00"))
        self.assertEqual(
            table.add(monday, hours(7) + SECOND), utc("2026-03-03 09:00:01")
        )

    def test_no_delay_gives_the_next_working_moment(self):
        table = office()
        for moment, expected in (
            ("2026-03-02 08:00", "2026-03-02 09:00"),
            ("2026-03-02 09:00", "2026-03-02 09:00"),
            ("2026-03-02 10:30", "2026-03-02 10:30"),
            ("2026-03-02 12:00", "2026-03-02 13:00"),
            ("2026-03-06 17:00", "2026-03-09 09:00"),
        ):
            self.assertEqual(table.add(utc(moment), hours(0)), utc(expected))
            self.assertEqual(table.next_working(utc(moment)), utc(expected))

    def test_backwards_it_is_the_mirror(self):
        table = office()
        for moment, delay, expected in (
            ("2026-03-02 17:00", 4, "2026-03-02 13:00"),
            ("2026-03-02 17:00", 5, "2026-03-02 11:00"),
            ("2026-03-02 10:00", 1, "2026-03-02 09:00"),
            ("2026-03-09 09:00", 1, "2026-03-06 16:00"),
            ("2026-03-09 09:00", 0, "2026-03-06 17:00"),
            ("2026-03-09 10:00", 0, "2026-03-09 10:00"),
        ):
            self.assertEqual(table.subtract(utc(moment), hours(delay)), utc(expected))
        monday = utc("2026-03-09 10:00")
        self.assertEqual(table.add(monday, hours(-1)), utc("2026-03-09 09:00"))
        self.assertEqual(table.add(monday, hours(-2)), utc("2026-03-06 16:00"))
        self.assertEqual(table.subtract(monday, hours(-2)), utc("2026-03-09 12:00"))

    def test_working_or_not(self):
        table = office()
        for moment, expected in (
            ("2026-03-02 08:59:59", False),
            ("2026-03-02 09:00", True),
            ("2026-03-02 11:59:59", True),
            ("2026-03-02 12:00", False),
            ("2026-03-07 10:00", False),
        ):
            self.assertIs(table.is_working(utc(moment)), expected, moment)

    def test_what_overlaps_counts_once(self):
        table = Timetable(
            [
                (utc("2026-03-02 13:00"), utc("2026-03-02 15:00")),
                (utc("2026-03-02 09:00"), utc("2026-03-02 14:00")),
                (utc("2026-03-02 10:00"), utc("2026-03-02 11:00")),
                (utc("2026-03-02 15:00"), utc("2026-03-02 16:00")),
            ],
            "UTC",
            utc("2026-03-02"),
            utc("2026-03-03"),
        )
        self.assertEqual(
            table.elapsed(utc("2026-03-02 00:00"), utc("2026-03-03 00:00")), hours(7)
        )
        self.assertEqual(
            table.add(utc("2026-03-02 09:00"), hours(7)), utc("2026-03-02 16:00")
        )

    def test_night_shift_is_shorter_or_longer_as_clocks_change(self):
        for tz, spring, autumn in (
            ("Europe/Brussels", "2026-03-29", "2026-10-25"),
            ("America/New_York", "2026-03-08", "2026-11-01"),
            # as the day begins; from here on the night's sixth hour is missing
            ("America/Havana", "2025-03-09", "2025-11-02"),
        ):
            night = {"opening": (("00:00", "06:00"),), "weekdays": (6,)}
            for day, worked in ((spring, 5), (autumn, 7), ("2026-06-07", 6)):
                with self.subTest(tz=tz, day=day):
                    table = office(tz, start="2025-01-01", **night)
                    begins = start_of_day(date.fromisoformat(day), zone(tz))
                    self.assertEqual(
                        table.elapsed(begins - hours(20), begins + hours(20)),
                        hours(worked),
                    )
                    self.assertEqual(
                        table.add(begins, hours(worked)), begins + hours(worked)
                    )

    def test_working_days_left(self):
        table = office("Europe/Brussels", closed=("2026-03-04",))
        for start, stop, days in (
            ("2026-03-02 08:00", "2026-03-02 22:59:59", 0),
            ("2026-03-02 08:00", "2026-03-03 06:00", 1),
            ("2026-03-02 08:00", "2026-03-04 12:00", 1),
            ("2026-03-02 08:00", "2026-03-05 12:00", 2),
            ("2026-03-06 08:00", "2026-03-08 12:00", 0),
            # 23:30 in UTC is the next day already
            ("2026-03-02 23:30", "2026-03-03 12:00", 0),
            ("2026-03-05 12:00", "2026-03-02 08:00", 0),
        ):
            with self.subTest(start=start, stop=stop):
                self.assertEqual(
                    table.working_days_between(utc(start), utc(stop)), days
                )

    def test_shift_over_midnight_makes_two_working_days(self):
        table = Timetable(
            [(utc("2026-03-02 22:00"), utc("2026-03-03 06:00"))],
            "UTC",
            utc("2026-03-01"),
            utc("2026-03-10"),
        )
        before, after = utc("2026-03-01 12:00"), utc("2026-03-05 12:00")
        self.assertEqual(table.working_days_between(before, after), 2)
        # and one that stops at midnight only one
        table = Timetable(
            [(utc("2026-03-02 22:00"), utc("2026-03-03 00:00"))],
            "UTC",
            utc("2026-03-01"),
            utc("2026-03-10"),
        )
        self.assertEqual(table.working_days_between(before, after), 1)

    def test_around_the_clock_there_is_no_horizon(self):
        table = Timetable.always("Europe/Brussels")
        far, later = utc("1500-01-01 12:00"), utc("2500-01-01 12:00")
        self.assertEqual(table.elapsed(far, later), later - far)
        self.assertEqual(table.add(later, hours(30)), utc("2500-01-02 18:00"))
        self.assertEqual(table.subtract(later, hours(30)), utc("2499-12-31 06:00"))
        self.assertEqual(table.next_working(later), later)
        self.assertTrue(table.is_working(far))
        sunday = utc("2026-03-01 12:00")
        self.assertEqual(table.working_days_between(sunday, utc("2026-03-08 12:00")), 7)
        self.assertEqual(table.working_days_between(utc("2026-03-08"), sunday), 0)

    def test_beyond_what_is_known_there_is_no_answer(self):
        """It raises rather than being wrong, so that the caller reads further."""
        start, end = utc("2026-03-02 10:00"), utc("2026-03-13 15:00")
        table = Timetable(office_intervals("UTC", start, end), "UTC", start, end)
        inside = utc("2026-03-04 10:00")
        for name, ask in {
            "before": lambda: table.elapsed(start - SECOND, inside),
            "after": lambda: table.elapsed(inside, end + SECOND),
            "add": lambda: table.add(inside, hours(200)),
            "add before": lambda: table.add(start - SECOND, hours(1)),
            "add after": lambda: table.add(end + SECOND, hours(0)),
            "subtract": lambda: table.subtract(inside, hours(200)),
            "subtract none": lambda: table.subtract(start, hours(0)),
            "next": lambda: table.next_working(end),
            "working": lambda: table.is_working(end),
            "working before": lambda: table.is_working(start - SECOND),
            # the last day is known up to 15:00 only: it has not closed yet
            "days": lambda: table.working_days_between(inside, end),
            "first day": lambda: table.working_days_between(start - hours(24), inside),
            "unknown days": lambda: table.working_days_between(
                start - hours(72), start - hours(24)
            ),
            "closings": lambda: table.closings_between(inside, end),
            "deadline": lambda: deadline(inside, 7, DAY, True, table),
            "week": lambda: deadline(inside, 2, WEEK, True, table),
            "pause": lambda: shift(inside, inside, end, DAY, True, table),
            "pause before": lambda: shift(
                inside, start - SECOND, inside, DAY, True, table
            ),
            "warning": lambda: warning(inside, end + SECOND, 80, True, table),
        }.items():
            with self.subTest(name), self.assertRaises(BeyondHorizon):
                ask()
        self.assertEqual(
            deadline(inside, 6, DAY, True, table), utc("2026-03-12 23:59:59")
        )
        self.assertEqual(table.working_days_between(start, inside), 2)
        # no day lies between two moments of one day, however little of it is known
        self.assertEqual(table.working_days_between(end - hours(1), end), 0)


# Four days in minutes, and stretches of working time in them.
ORIGIN = datetime(2026, 3, 27)
LENGTH = 4 * 24 * 60
SPANS = st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=8)


class TestTimetableCounted(unittest.TestCase):
    """The same answers as counting minute by minute."""

    def at(self, minute):
        return ORIGIN + minute * MINUTE

    def table(self, spans):
        intervals = [(self.at(a), self.at(b)) for a, b in spans]
        return Timetable(intervals, "UTC", ORIGIN, self.at(LENGTH))

    def works(self, spans):
        """Return for each minute whether work is done in it."""
        works = [False] * LENGTH
        for first, last in spans:
            for minute in range(first, last):
                works[minute] = True
        return works

    @PROPERTY
    @given(spans=SPANS, first=st.integers(0, LENGTH), last=st.integers(0, LENGTH))
    def test_elapsed(self, spans, first, last):
        self.assertEqual(
            self.table(spans).elapsed(self.at(first), self.at(last)),
            sum(self.works(spans)[first:last]) * MINUTE,
        )

    @PROPERTY
    @given(
        spans=SPANS,
        start=st.integers(0, LENGTH),
        delay=st.integers(0, LENGTH // 2),
    )
    @example([(0, 10), (20, 30)], 5, 5)
    @example([(0, 10), (20, 30)], 10, 0)
    def test_add_and_subtract(self, spans, start, delay):
        works = self.works(spans)
        forward = [m for m in range(start, LENGTH) if works[m]]
        backward = [m for m in reversed(range(start)) if works[m]]
        table = self.table(spans)
        for ask, minutes, edge in (
            (table.add, forward, 0),
            (table.subtract, backward, 1),
        ):
            if len(minutes) < (delay or 1):
                with self.assertRaises(BeyondHorizon):
                    ask(self.at(start), delay * MINUTE)
                continue
            # the far edge of the last minute worked; without a delay, the near edge
            # of the first one
            minute = minutes[delay - 1] + 1 - edge if delay else minutes[0] + edge
            self.assertEqual(ask(self.at(start), delay * MINUTE), self.at(minute))

    @PROPERTY
    @given(spans=SPANS, moment=st.integers(0, LENGTH - 1))
    def test_working_moments(self, spans, moment):
        works = self.works(spans)
        table = self.table(spans)
        self.assertEqual(table.is_working(self.at(moment)), works[moment])
        following = [m for m in range(moment, LENGTH) if works[m]]
        if following:
            self.assertEqual(table.next_working(self.at(moment)), self.at(following[0]))

    @PROPERTY
    @given(
        spans=SPANS,
        first=st.integers(0, LENGTH - 1),
        last=st.integers(0, LENGTH - 1),
    )
    def test_working_days_and_closings(self, spans, first, last):
        worked = [m for m, works in enumerate(self.works(spans)) if works]
        closing = {minute // 1440: minute + 1 for minute in worked}
        table = self.table(spans)
        self.assertEqual(
            table.working_days_between(self.at(first), self.at(last)),
            len([day for day in closing if first // 1440 < day <= last // 1440]),
        )
        self.assertEqual(
            table.closings_between(self.at(first), self.at(last)),
            len([minute for minute in closing.values() if first < minute <= last]),
        )


class TestDeadlines(unittest.TestCase):
    def assertDeadline(self, start, delay, unit, working, expected, table=None):
        answer = deadline(utc(start), delay, unit, working, table or office())
        self.assertEqual(answer, utc(expected))

    def test_hours_pass_as_they_are(self):
        self.assertDeadline("2026-03-06 16:30", 24, HOUR, False, "2026-03-07 16:30")
        self.assertDeadline("2026-03-06 16:30", 0.25, HOUR, False, "2026-03-06 16:45")
        # nor does a change of clocks add or take one
        brussels = office("Europe/Brussels")
        self.assertDeadline(
            "2026-03-28 12:00", 24, HOUR, False, "2026-03-29 12:00", brussels
        )

    def test_working_hours(self):
        for start, delay, expected in (
            ("2026-03-02 09:00", 4, "2026-03-02 14:00"),
            ("2026-03-02 11:30", 1.5, "2026-03-02 14:00"),
            # in the night, and on a weekend
            ("2026-03-03 02:00", 1, "2026-03-03 10:00"),
            ("2026-03-07 12:00", 1, "2026-03-09 10:00"),
            ("2026-03-06 16:30", 1, "2026-03-09 09:30"),
            ("2026-03-06 16:30", 0.5, "2026-03-06 17:00"),
        ):
            self.assertDeadline(start, delay, HOUR, True, expected)

    def test_working_hours_keep_to_the_clock_on_the_wall(self):
        for tz, before, after in (
            # 09:00 is an hour earlier in UTC after the change
            ("Europe/Brussels", "2026-03-27 15:00", "2026-03-30 08:00"),
            ("Europe/Brussels", "2026-10-23 14:00", "2026-10-26 09:00"),
            ("America/New_York", "2026-03-06 21:00", "2026-03-09 14:00"),
            ("America/New_York", "2026-10-30 20:00", "2026-11-02 15:00"),
        ):
            self.assertDeadline(before, 2, HOUR, True, after, office(tz))

    def test_days(self):
        self.assertDeadline("2026-03-06 16:30", 2, DAY, False, "2026-03-08 23:59:59")
        self.assertDeadline("2026-03-06 16:30", 0, DAY, False, "2026-03-06 23:59:59")
        self.assertDeadline("2028-02-28 10:00", 1, DAY, False, "2028-02-29 23:59:59")
        self.assertDeadline("2027-02-28 10:00", 1, DAY, False, "2027-03-01 23:59:59")

    def test_working_days_begin_after_the_day_of_receipt(self):
        for start, delay, expected in (
            ("2026-03-02 08:00", 1, "2026-03-03 23:59:59"),
            ("2026-03-02 23:00", 1, "2026-03-03 23:59:59"),
            ("2026-03-06 10:00", 1, "2026-03-09 23:59:59"),
            ("2026-03-07 10:00", 1, "2026-03-09 23:59:59"),
            ("2026-03-08 10:00", 5, "2026-03-13 23:59:59"),
            ("2026-03-02 10:00", 15, "2026-03-23 23:59:59"),
        ):
            self.assertDeadline(start, delay, DAY, True, expected)

    def test_holidays_are_no_working_days(self):
        table = office(closed=("2026-04-03", "2026-04-06"))
        self.assertDeadline(
            "2026-04-01 10:00", 3, DAY, True, "2026-04-08 23:59:59", table
        )

    def test_leap_day_is_a_working_day(self):
        table = office(start="2028-02-01", end="2028-04-01")
        self.assertDeadline(
            "2028-02-28 10:00", 1, DAY, True, "2028-02-29 23:59:59", table
        )
        self.assertDeadline(
            "2028-02-28 10:00", 2, DAY, True, "2028-03-01 23:59:59", table
        )

    def test_the_day_is_that_of_the_time_zone(self):
        # in Brussels it is Tuesday already, in New York still Monday
        for tz, expected in (
            ("Europe/Brussels", "2026-03-04 22:59:59"),
            ("America/New_York", "2026-03-04 04:59:59"),
        ):
            self.assertDeadline("2026-03-02 23:30", 1, DAY, True, expected, office(tz))
            self.assertDeadline("2026-03-02 23:30", 1, DAY, False, expected, office(tz))

    def test_working_day_on_which_clocks_change_at_midnight(self):
        week = {"start": "2025-01-01", "weekdays": range(7)}
        for tz, start, expected in (
            ("America/Havana", "2025-03-07 15:00", "2025-03-09 04:59:59"),
            ("America/Havana", "2025-11-01 15:00", "2025-11-03 04:59:59"),
            ("Asia/Beirut", "2026-10-23 10:00", "2026-10-24 21:59:59"),
            ("Africa/Cairo", "2026-04-22 10:00", "2026-04-23 21:59:59"),
            ("Africa/Cairo", "2026-10-28 10:00", "2026-10-29 21:59:59"),
        ):
            self.assertDeadline(start, 1, DAY, True, expected, office(tz, **week))

    def test_weeks_end_on_a_working_day(self):
        table = office(closed=("2026-03-16",))
        for start, working, expected in (
            ("2026-02-28 10:00", False, "2026-03-14 23:59:59"),
            # Saturday goes on to Tuesday, since Monday is a holiday
            ("2026-02-28 10:00", True, "2026-03-17 23:59:59"),
            ("2026-03-03 10:00", True, "2026-03-17 23:59:59"),
        ):
            self.assertDeadline(start, 2, WEEK, working, expected, table)

    def test_half_a_day_promises_no_day(self):
        self.assertDeadline("2026-03-02 08:00", 1.5, DAY, True, "2026-03-03 23:59:59")
        self.assertDeadline("2026-03-02 08:00", 0.5, WEEK, False, "2026-03-05 23:59:59")

    def test_no_day_at_all_is_today_or_the_next_working_day(self):
        self.assertDeadline("2026-03-06 20:00", 0, DAY, True, "2026-03-06 23:59:59")
        self.assertDeadline("2026-03-07 08:00", 0, DAY, True, "2026-03-09 23:59:59")

    def test_around_the_clock_every_day_works(self):
        table = Timetable.always("Europe/Brussels")
        for unit, delay, expected in (
            (HOUR, 30, "2026-03-08 16:00"),
            (DAY, 2, "2026-03-09 22:59:59"),
            (WEEK, 1, "2026-03-14 22:59:59"),
        ):
            self.assertDeadline("2026-03-07 10:00", delay, unit, True, expected, table)

    def test_answers_have_whole_seconds(self):
        start = utc("2026-03-02 10:00:00.987654")
        for working in (True, False):
            for unit in (HOUR, DAY, WEEK):
                answer = deadline(start, 1, unit, working, office())
                self.assertEqual(answer.microsecond, 0)
        # Odoo's hours up to 24:00 stop a microsecond earlier
        late = (("16:00", "23:59:59.999999"),)
        table = office(opening=late)
        end = deadline(utc("2026-03-02 16:00"), 7.5, HOUR, True, table)
        self.assertEqual(end, utc("2026-03-02 23:30"))
        self.assertDeadline(
            "2026-03-02 16:00", 8.5, HOUR, True, "2026-03-03 16:30", table
        )

    def test_unit_is_known(self):
        with self.assertRaises(ValueError):
            deadline(utc("2026-03-02 10:00"), 1, "month", True, office())

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2026, 1, 2), datetime(2026, 11, 1)),
        delay=st.integers(0, 40),
        tz=st.sampled_from(ZONES),
        weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    )
    def test_working_days_are_counted_one_by_one(self, start, delay, tz, weekdays):
        here = ZoneInfo(tz)
        table = office(tz, end="2027-12-01", weekdays=weekdays)
        end = deadline(start, delay, DAY, True, table)
        first = start.replace(tzinfo=UTC).astimezone(here).date()
        last = end.replace(tzinfo=UTC).astimezone(here).date()
        self.assertEqual(end, end_of_day(last, here))
        self.assertIn(last.weekday(), weekdays)
        passed = [
            day
            for day in range(first.toordinal() + 1, last.toordinal() + 1)
            if date.fromordinal(day).weekday() in weekdays
        ]
        # with none to count, a Sunday's receipt goes on to the next working day
        expected = delay or int(first != last)
        self.assertEqual(len(passed), expected)
        self.assertEqual(table.working_days_between(start, end), expected)


class TestPauses(unittest.TestCase):
    def assertShift(self, before, pause, unit, working, expected, table=None):
        paused, resumed = map(utc, pause)
        self.assertEqual(
            shift(utc(before), paused, resumed, unit, working, table or office()),
            utc(expected),
        )

    def test_pause_outside_of_working_hours_costs_nothing(self):
        weekend = ("2026-03-06 18:00", "2026-03-09 07:00")
        lunch = ("2026-03-09 12:00", "2026-03-09 13:00")
        for pause in (weekend, lunch):
            for unit, end in (
                (HOUR, "2026-03-10 10:30"),
                (HOUR, "2026-03-10 17:00"),
                (DAY, "2026-03-10 23:59:59"),
            ):
                self.assertShift(end, pause, unit, True, end)

    def test_working_hours(self):
        pause = ("2026-03-06 16:00", "2026-03-09 10:00")
        self.assertShift("2026-03-09 16:30", pause, HOUR, True, "2026-03-10 10:30")
        # what was due as work ends is due as it ends
        self.assertShift("2026-03-09 15:00", pause, HOUR, True, "2026-03-09 17:00")

    def test_hours(self):
        pause = ("2026-03-06 18:00", "2026-03-09 07:00")
        self.assertShift("2026-03-07 12:00", pause, HOUR, False, "2026-03-10 01:00")

    def test_working_days_are_those_that_came_to_their_end(self):
        end = "2026-03-06 23:59:59"
        for paused, resumed, expected in (
            ("2026-03-02 10:00", "2026-03-04 10:00", "2026-03-10 23:59:59"),
            ("2026-03-02 10:00", "2026-03-02 16:59:59", end),
            # at the end of work the day has passed
            ("2026-03-02 10:00", "2026-03-02 17:00", "2026-03-09 23:59:59"),
            ("2026-03-02 17:00", "2026-03-03 09:00", end),
            # lunch ends no day
            ("2026-03-02 11:00", "2026-03-02 14:00", end),
            # Friday, and no other, over a weekend
            ("2026-03-06 16:00", "2026-03-09 08:00", "2026-03-09 23:59:59"),
        ):
            with self.subTest(paused=paused, resumed=resumed):
                self.assertShift(end, (paused, resumed), DAY, True, expected)

    def test_days_are_midnights(self):
        brussels = office("Europe/Brussels")
        for unit in (DAY, WEEK):
            for pause, expected in (
                (("2026-03-27 10:00", "2026-03-27 22:59:59"), "2026-03-28 22:59:59"),
                (("2026-03-27 22:30", "2026-03-27 23:00"), "2026-03-29 21:59:59"),
                (("2026-03-27 10:00", "2026-03-30 10:00"), "2026-03-31 21:59:59"),
            ):
                self.assertShift(
                    "2026-03-28 22:59:59", pause, unit, False, expected, brussels
                )

    def test_weeks_go_on_to_a_working_day(self):
        end = "2026-03-13 23:59:59"
        self.assertShift(
            end,
            ("2026-03-03 10:00", "2026-03-04 10:00"),
            WEEK,
            True,
            "2026-03-16 23:59:59",
        )
        self.assertShift(
            end,
            ("2026-03-03 10:00", "2026-03-07 10:00"),
            WEEK,
            True,
            "2026-03-17 23:59:59",
        )
        self.assertShift(
            "2026-03-14 23:59:59", ("2026-03-03 10:00", "2026-03-03 20:00"), WEEK,
            True, "2026-03-14 23:59:59",
        )  # fmt: skip

    def test_pause_after_the_deadline_moves_nothing(self):
        for unit in (HOUR, DAY, WEEK):
            for working in (True, False):
                self.assertShift(
                    "2026-03-06 11:59:59", ("2026-03-06 12:00:00", "2026-03-20 12:00"),
                    unit, working, "2026-03-06 11:59:59",
                )  # fmt: skip

    def test_pause_that_ends_before_it_begins_moves_nothing(self):
        for unit in (HOUR, DAY, WEEK):
            for working in (True, False):
                self.assertShift(
                    "2026-03-16 23:59:59", ("2026-03-06 12:00", "2026-03-03 12:00"),
                    unit, working, "2026-03-16 23:59:59",
                )  # fmt: skip

    def test_around_the_clock(self):
        table = Timetable.always("UTC")
        pause = ("2026-03-06 18:00", "2026-03-09 07:00")
        for unit, end, expected in (
            (HOUR, "2026-03-07 12:00", "2026-03-10 01:00"),
            (DAY, "2026-03-07 23:59:59", "2026-03-10 23:59:59"),
            (WEEK, "2026-03-07 23:59:59", "2026-03-10 23:59:59"),
        ):
            self.assertShift(end, pause, unit, True, expected, table)

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2026, 1, 5), datetime(2026, 10, 1)),
        delay=st.integers(1, 60),
        pause=st.lists(st.integers(0, 40 * 24 * 60), min_size=2, max_size=2),
        tz=st.sampled_from(ZONES),
    )
    def test_the_time_left_is_the_same_after_a_pause(self, start, delay, pause, tz):
        """Hours: what is left at the start of the pause is left at its end."""
        start = start.replace(microsecond=0)
        table = office(tz, end="2027-06-01", closed=("2026-05-01", "2026-12-25"))
        paused, resumed = (start + minute * MINUTE for minute in sorted(pause))
        for working in (True, False):
            end = deadline(start, delay, HOUR, working, table)
            if paused > end:
                continue
            moved = shift(end, paused, resumed, HOUR, working, table)
            if working:
                self.assertEqual(
                    table.elapsed(resumed, moved), table.elapsed(paused, end)
                )
                self.assertEqual(
                    table.elapsed(start, moved) - table.elapsed(paused, resumed),
                    hours(delay),
                )
            else:
                self.assertEqual(moved - resumed, end - paused)

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2026, 1, 5), datetime(2026, 10, 1)),
        delay=st.integers(1, 20),
        unit=st.sampled_from((DAY, WEEK)),
        working=st.booleans(),
        pause=st.lists(st.integers(0, 40 * 24 * 60), min_size=3, max_size=3),
        tz=st.sampled_from(ZONES),
    )
    def test_two_pauses_in_a_row_are_one(self, start, delay, unit, working, pause, tz):
        table = office(tz, end="2027-12-01", closed=("2026-05-01", "2026-12-25"))
        here = zone(tz)
        first, middle, last = (start + minute * MINUTE for minute in sorted(pause))
        end = deadline(start, delay, unit, working, table)
        once = shift(end, first, last, unit, working, table)
        twice = shift(
            shift(end, first, middle, unit, working, table),
            middle, last, unit, working, table,
        )  # fmt: skip
        self.assertGreaterEqual(once, end)
        self.assertEqual(once, end_of_day(table.local_date(once), here))
        if unit == WEEK and working:
            # each of them may go on to a working day
            self.assertGreaterEqual(twice, once)
        elif middle <= end:
            self.assertEqual(twice, once)
        if first <= end and unit == DAY and working:
            closings = table.closings_between(first, last)
            self.assertEqual(table.working_days_between(start, once), delay + closings)


class TestWarnings(unittest.TestCase):
    def assertWarning(self, start, end, percent, working, expected, table=None):
        self.assertEqual(
            warning(utc(start), utc(end), percent, working, table or office()),
            utc(expected),
        )

    def test_share_of_the_working_time(self):
        self.assertWarning(
            "2026-03-06 16:00", "2026-03-09 12:00", 50, True, "2026-03-09 10:00"
        )
        # of a working day, which ends long before the deadline's last second
        self.assertWarning(
            "2026-03-02 17:00", "2026-03-03 23:59:59", 100 / 7, True,
            "2026-03-03 10:00",
        )  # fmt: skip

    def test_share_of_the_time(self):
        self.assertWarning(
            "2026-03-06 16:00", "2026-03-10 20:00", 75, False, "2026-03-09 19:00"
        )

    def test_without_working_time_in_between_it_is_a_share_of_the_time(self):
        self.assertWarning(
            "2026-03-07 10:00", "2026-03-08 10:00", 50, True, "2026-03-07 22:00"
        )

    def test_never_after_a_deadline_that_was_over_from_the_first(self):
        for working in (True, False):
            self.assertWarning(
                "2026-03-07 10:00", "2026-03-05 10:00", 50, working, "2026-03-05 10:00"
            )

    @PROPERTY
    @given(
        start=st.datetimes(datetime(2026, 1, 5), datetime(2026, 10, 1)),
        delay=st.integers(1, 20),
        unit=st.sampled_from((HOUR, DAY, WEEK)),
        working=st.booleans(),
        percent=st.integers(1, 99),
        tz=st.sampled_from(ZONES),
    )
    def test_warns_in_between(self, start, delay, unit, working, percent, tz):
        start = start.replace(microsecond=0)
        table = office(tz, end="2027-12-01")
        end = deadline(start, delay, unit, working, table)
        warn = warning(start, end, percent, working, table)
        self.assertEqual(warn.microsecond, 0)
        self.assertLessEqual(start, warn)
        self.assertLess(warn, end)
        counted = (
            table if working and table.elapsed(start, end) else Timetable.always(tz)
        )
        share = counted.elapsed(start, warn) / counted.elapsed(start, end)
        self.assertAlmostEqual(
            share, percent / 100, delta=SECOND / counted.elapsed(start, end)
        )


class TestReader(unittest.TestCase):
    """Timetable reader: reads as much as it needs, and never fails."""

    def timetable(self, moments, tz="Europe/Brussels", opening=OFFICE, **kwargs):
        """Return a timetable, and the list of what it has read: (start, end)."""
        reads = []

        def read(start, end):
            reads.append((start, end))
            # an endless loop would go on
            self.assertLess(len(reads), 30)
            intervals = office_intervals(tz, start, end, opening=opening, **kwargs)
            return Timetable(intervals, tz, start, end)

        return LazyTimetable(read, moments, tz), reads

    @PROPERTY
    @given(
        moments=st.lists(
            st.datetimes(datetime(2026, 1, 5), datetime(2026, 6, 1)),
            min_size=3,
            max_size=3,
        ),
        delay=st.integers(0, 90),
        unit=st.sampled_from((HOUR, DAY, WEEK)),
        working=st.booleans(),
        percent=st.integers(1, 99),
        announced=st.integers(0, 3),
    )
    def test_answers_are_those_of_an_endless_timetable(
        self, moments, delay, unit, working, percent, announced
    ):
        table = office("Europe/Brussels", start="2025-01-01", end="2029-01-01")
        timetable, _reads = self.timetable(moments[:announced])
        start, *pause = moments
        end = timetable.deadline(start, delay, unit, working)
        self.assertEqual(end, deadline(start, delay, unit, working, table))
        for moment in moments:
            self.assertEqual(
                timetable.deadline(moment, delay, unit, working),
                deadline(moment, delay, unit, working, table),
            )
        self.assertEqual(
            timetable.shift(end, *pause, unit, working),
            shift(end, *pause, unit, working, table),
        )
        self.assertEqual(
            timetable.warning(start, end, percent, working),
            warning(start, end, percent, working, table),
        )
        self.assertEqual(timetable.elapsed(*pause), table.elapsed(*pause))
        self.assertEqual(
            timetable.working_days_between(*pause), table.working_days_between(*pause)
        )

    def test_reads_once_for_what_is_usual_and_a_few_times_for_the_rest(self):
        start = utc("2026-03-02 10:00")
        timetable, reads = self.timetable([start])
        for day in range(10):
            timetable.deadline(start + hours(day), 15, DAY, True)
        self.assertEqual(len(reads), 1)
        self.assertEqual(
            reads[0], (start - timedelta(days=2), start + timedelta(days=35))
        )
        timetable.deadline(start, 250, DAY, True)
        self.assertLessEqual(len(reads), 6)
        read = len(reads)
        timetable.deadline(start, 249, DAY, True)
        self.assertEqual(len(reads), read)

    def test_reads_all_that_is_announced_at_once(self):
        start = utc("2026-03-02 10:00")
        later = start + timedelta(days=400)
        timetable, reads = self.timetable([later, start])
        for moment in (start, later):
            timetable.deadline(moment, 15, DAY, True)
        self.assertEqual(len(reads), 1)

    def test_reads_nothing_where_no_working_time_is_asked_for(self):
        start = utc("2026-03-02 10:00")
        timetable, reads = self.timetable([start])
        for unit in (HOUR, DAY, WEEK):
            end = timetable.deadline(start, 400, unit, False)
            timetable.shift(end, start, start + hours(50), unit, False)
            timetable.warning(start, end, 80, False)
        self.assertFalse(reads)

    def test_moments_that_were_not_announced(self):
        timetable, reads = self.timetable([utc("2026-03-02 10:00")])
        self.assertEqual(
            timetable.deadline(utc("2019-03-01 10:00"), 1, DAY, True),
            utc("2019-03-04 22:59:59"),
        )
        self.assertEqual(
            timetable.deadline(utc("2031-02-28 10:00"), 1, DAY, True),
            utc("2031-03-03 22:59:59"),
        )
        read = len(reads)
        self.assertLessEqual(read, 3)
        # what has been read is kept
        for year in (2019, 2026, 2031):
            timetable.deadline(datetime(year, 3, 1, 10), 1, DAY, True)
        self.assertEqual(len(reads), read)

    def test_without_working_time_in_years_the_clock_goes_round(self):
        start = utc("2026-03-07 10:00")
        for kwargs in (
            {"opening": ()},
            # works on 2 March only
            {"closed": _Closed("2026-03-02")},
        ):
            timetable, reads = self.timetable([start], **kwargs)
            self.assertEqual(
                timetable.deadline(start, 5, HOUR, True), utc("2026-03-07 15:00")
            )
            self.assertEqual(
                timetable.deadline(start, 1, DAY, True), utc("2026-03-08 22:59:59")
            )
            self.assertLessEqual(len(reads), 8)
            read = len(reads)
            for _time in range(1000):
                timetable.deadline(start, 1, DAY, True)
            self.assertEqual(len(reads), read)

    def test_answer_that_is_found_does_not_hang_on_one_that_is_not(self):
        """One question goes beyond everything that can be read; the others hold."""
        friday, saturday = utc("2026-02-27 10:00"), utc("2026-03-07 10:00")
        timetable, _reads = self.timetable([], closed=_Closed("2026-03-02"))
        self.assertEqual(
            [timetable.deadline(at, 1, DAY, True) for at in (friday, saturday)],
            [utc("2026-03-02 22:59:59"), utc("2026-03-08 22:59:59")],
        )

    def test_wrong_years_are_answered_and_do_not_make_us_read_centuries(self):
        for year in (1, 1815, 1969, 2101, 9000):
            with self.subTest(year=year):
                moment = datetime(year, 5, 5, 10)
                timetable, reads = self.timetable(
                    [moment, utc("2026-03-02 10:00")], "UTC"
                )
                self.assertEqual(
                    timetable.deadline(moment, 1, DAY, True),
                    datetime(year, 5, 6, 23, 59, 59),
                )
                self.assertEqual(
                    timetable.deadline(utc("2026-03-06 10:00"), 1, DAY, True),
                    utc("2026-03-09 23:59:59"),
                )
                for start, end in reads:
                    self.assertGreaterEqual(start, utc("1970-01-01"))
                    self.assertLessEqual(end, utc("2100-01-01"))


class _Closed:
    """All dates but one."""

    def __init__(self, but):
        self.but = but

    def __contains__(self, day):
        return day != self.but
