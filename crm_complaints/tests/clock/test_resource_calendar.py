"""resource.calendar: deadlines agree with Odoo's own planning, to the second."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytz

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ...engine.working_time import DAY, HOUR, local_date

ZONES = (
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
LOGGER = "odoo.addons.crm_complaints.models.clock.resource_calendar"


def utc(text):
    return datetime.fromisoformat(text)


def has_same_rules(name):
    """Whether pytz, which Odoo asks, is as old as the machine's rules of this zone."""
    ours, theirs = ZoneInfo(name), pytz.timezone(name)
    noons = (
        datetime(2026, 1, 1, 12, tzinfo=pytz.utc) + timedelta(days=number)
        for number in range(1500)
    )
    return all(
        noon.astimezone(ours).utcoffset() == noon.astimezone(theirs).utcoffset()
        for noon in noons
    )


class CalendarCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = False
        cls.Calendar = cls.env["resource.calendar"]
        cls.company = cls.env["res.company"].create({"name": "Company A"})
        cls.other_company = cls.env["res.company"].create({"name": "Company B"})

    @classmethod
    def calendar(cls, lines=None, **vals):
        """Return hours: 9 to 12 and 13 to 17 from Monday to Friday, by default.

        :param lines: (day of the week, from, to), with values of a line added
        """
        if lines is None:
            lines = [
                (day, *hours, {}) for day in range(5) for hours in ((9, 12), (13, 17))
            ]
        calendar = cls.Calendar.create(
            {
                "name": "Hours",
                "tz": "Europe/Brussels",
                "company_id": cls.company.id,
                "attendance_ids": [],
                **vals,
            }
        )
        calendar.attendance_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": "Work",
                        "dayofweek": str(day),
                        "hour_from": hour_from,
                        "hour_to": hour_to,
                        "day_period": "morning",
                        **more,
                    }
                )
                for day, hour_from, hour_to, more in lines
            ),
        ]
        return calendar

    @classmethod
    def leave(cls, calendar, start, stop, company=None, **vals):
        """Return days off; without a calendar they are those of the whole company."""
        Leave = cls.env["resource.calendar.leaves"]
        leave = Leave.with_company(company or cls.company).create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": start,
                "date_to": stop,
                **vals,
            }
        )
        # computed from the company of whoever asks first, so ask now
        assert leave.company_id
        return leave

    def assertDeadline(self, calendar, start, delay, unit, expected):
        timetable = calendar._complaint_timetable([utc(start)])
        self.assertEqual(
            timetable.deadline(utc(start), delay, unit, True), utc(expected)
        )


@tagged("post_install", "-at_install")
class TestWorkingTimeAgreement(CalendarCase):
    """Random hours, holidays and moments, the same on each run."""

    CALENDARS = 40
    MOMENTS = 28

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zones = [name for name in ZONES if has_same_rules(name)]
        assert len(cls.zones) > len(ZONES) / 2

    def random_lines(self, rng, two_weeks):
        """Return working hours on quarters of an hour, with breaks between them."""
        lines = []
        for week in ("0", "1") if two_weeks else (False,):
            for day in range(7):
                if rng.random() < (0.6 if day > 4 else 0.15):
                    continue
                # up to four stretches; now and then midnight is one of their ends
                ends = sorted(rng.sample(range(97), 2 * rng.randint(1, 3)))
                if rng.random() < 0.1:
                    ends[0], ends[-1] = 0, 96
                for number, (first, last) in enumerate(
                    zip(ends, ends[1:], strict=False)
                ):
                    work = number % 2 == 0
                    if work or rng.random() < 0.3:
                        more = {
                            "week_type": week,
                            "day_period": "afternoon" if work else "lunch",
                        }
                        lines.append((day, first / 4, last / 4, more))
        return lines

    def random_calendar(self, rng):
        two_weeks = rng.random() < 0.4
        calendar = self.calendar(
            self.random_lines(rng, two_weeks) or [(2, 10, 16, {})],
            tz=rng.choice(self.zones),
            two_weeks_calendar=two_weeks,
        )
        resource = self.env["resource.resource"].create(
            {
                "name": "Somebody",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
            }
        )
        for _index in range(rng.randint(0, 12)):
            start = self.random_moment(rng)
            length = timedelta(minutes=rng.choice((90, 600, 1440, 10 * 1440)))
            self.leave(
                self.Calendar if rng.random() < 0.2 else calendar,
                start,
                start + length - timedelta(seconds=1),
                resource_id=resource.id if rng.random() < 0.2 else False,
                time_type="other" if rng.random() < 0.1 else "leave",
            )
        return calendar

    @staticmethod
    def random_moment(rng):
        """Return a moment near a change of clocks, or any of a year."""
        day = rng.choice(
            (
                utc("2026-03-08"),
                utc("2026-03-29"),
                utc("2026-04-24"),
                utc("2026-10-25"),
                utc("2026-10-30"),
                utc("2026-11-01"),
                utc("2026-01-01") + timedelta(days=rng.randrange(365)),
                utc("2026-01-01") + timedelta(days=rng.randrange(365)),
            )
        )
        seconds = rng.choice((900 * rng.randrange(96 * 3), rng.randrange(86400 * 3)))
        return day + timedelta(seconds=seconds - 86400)

    @staticmethod
    def random_hours(rng):
        return rng.choice(
            (
                rng.randrange(0, 40) / 4,
                rng.randrange(0, 4 * 200) / 4,
                rng.randrange(3600 * 100) / 3600,
            )
        )

    def test_hours(self):
        """plan_hours, forwards and back, and get_work_hours_count."""
        rng = random.Random(20260302)
        compared = 0
        for number in range(self.CALENDARS):
            calendar = self.random_calendar(rng)
            moments = [self.random_moment(rng) for _index in range(self.MOMENTS)]
            timetable = calendar._complaint_timetable(moments)
            table = calendar._complaint_read_timetable(
                utc("2020-01-01"), utc("2032-01-01")
            )
            for moment in moments:
                hours = self.random_hours(rng)
                with self.subTest(number=number, moment=moment, hours=hours):
                    compared += self.compare(calendar, timetable, table, moment, hours)
        # where plan_hours finds nothing in its 1,400 days, there is no agreement
        self.assertGreaterEqual(compared, 3000)

    def compare(self, calendar, timetable, table, moment, hours):
        """Compare the answers of Odoo and ours; return how many there were."""
        count = 1
        planned = calendar.plan_hours(hours, moment, compute_leaves=True)
        if planned:
            count += 1
            self.assertEqual(
                timetable.deadline(moment, hours, HOUR, True),
                planned.replace(microsecond=0),
            )
        if hours:
            planned = calendar.plan_hours(-hours, moment, compute_leaves=True)
            if planned:
                count += 1
                self.assertEqual(
                    table.subtract(moment, timedelta(hours=hours)),
                    planned.replace(microsecond=0),
                )
        later = moment + timedelta(hours=3 * hours)
        self.assertAlmostEqual(
            timetable.elapsed(moment, later).total_seconds(),
            calendar.get_work_hours_count(moment, later) * 3600,
            places=3,
        )
        return count

    def test_days(self):
        """plan_days counts the day of receipt, if work is left on it; we never do."""
        rng = random.Random(14)
        for number in range(12):
            calendar = self.random_calendar(rng)
            tz = ZoneInfo(calendar.tz)
            moments = [self.random_moment(rng) for _index in range(20)]
            timetable = calendar._complaint_timetable(moments)
            for moment in moments:
                days = rng.randint(1, 25)
                day = local_date(moment, tz)
                tomorrow = datetime.combine(
                    day + timedelta(days=1), datetime.min.time(), tzinfo=tz
                )
                planned = calendar.plan_days(days, tomorrow, compute_leaves=True)
                if not planned:
                    continue
                with self.subTest(number=number, moment=moment, days=days):
                    end = timetable.deadline(moment, days, DAY, True)
                    self.assertEqual(
                        local_date(end, tz),
                        planned.astimezone(tz).date(),
                    )
                    self.assertEqual(timetable.working_days_between(moment, end), days)

    def test_flexible_hours_from_monday_on(self):
        """plan_hours fills the week in from its own start: the two agree on Mondays.

        In zones without summer time, because it goes on in fortnights of 336 hours,
        which after a change begin on a Sunday.
        """
        rng = random.Random(7)
        compared = 0
        for _index in range(12):
            calendar = self.calendar(
                tz=rng.choice(("UTC", "Asia/Kathmandu", "Asia/Tokyo")),
                flexible_hours=True,
                hours_per_day=rng.randrange(1, 96) / 4,
                full_time_required_hours=rng.randrange(4, 4 * 60) / 4,
            )
            start = utc("2026-03-02") + timedelta(days=7 * rng.randrange(40))
            monday = (
                start.replace(tzinfo=ZoneInfo(calendar.tz))
                .astimezone(ZoneInfo("UTC"))
                .replace(tzinfo=None)
            )
            holiday = monday + timedelta(hours=rng.randrange(24 * 20))
            self.leave(calendar, holiday, holiday + timedelta(days=2, hours=-1))
            timetable = calendar._complaint_timetable([monday])
            for _index in range(15):
                hours = rng.randrange(0, 4 * 150) / 4
                planned = calendar.plan_hours(hours, monday, compute_leaves=True)
                with self.subTest(monday=monday, hours=hours, tz=calendar.tz):
                    self.assertEqual(
                        timetable.deadline(monday, hours, HOUR, True),
                        planned.replace(microsecond=0),
                    )
                compared += 1
            until = monday + timedelta(days=70)
            self.assertAlmostEqual(
                timetable.elapsed(monday, until).total_seconds(),
                calendar.get_work_hours_count(monday, until) * 3600,
                places=3,
            )
        self.assertEqual(compared, 180)

    def test_flexible_hours_do_not_hang_on_what_else_is_asked(self):
        calendar = self.calendar(
            flexible_hours=True, hours_per_day=8, full_time_required_hours=40
        )
        start = utc("2026-03-05 13:00")
        answers = {
            calendar._complaint_timetable(
                [start, start - timedelta(days=before)]
            ).deadline(start, 20, HOUR, True)
            for before in range(10)
        }
        # nor on where the reading ends
        known = calendar._complaint_read_timetable(start, start + timedelta(days=30))
        for later in range(1, 168, 7):
            end = start + timedelta(hours=later)
            self.assertEqual(
                calendar._complaint_read_timetable(start, end).elapsed(start, end),
                known.elapsed(start, end),
            )
        # Thursday 2, Friday 8, nothing on the weekend, Monday 8, Tuesday 2
        self.assertEqual(answers, {utc("2026-03-10 09:00")})
        self.assertDeadline(calendar, "2026-03-06 10:00", 1, DAY, "2026-03-09 22:59:59")
        # also around the end of summer time
        self.assertDeadline(
            calendar, "2026-10-23 18:00", 1, HOUR, "2026-10-26 08:00:00"
        )


@tagged("post_install", "-at_install")
class TestWorkingTimeCalendar(CalendarCase):
    def test_without_hours_the_clock_goes_round(self):
        flexible = self.calendar(flexible_hours=True, hours_per_day=8)
        flexible.full_time_required_hours = 0
        start, expected = "2026-03-07 10:00", "2026-03-08 16:00"
        lunch = {"day_period": "lunch"}
        for name, calendar in {
            "none": self.Calendar,
            "empty": self.calendar([]),
            "lunch only": self.calendar([(0, 12, 13, lunch)]),
            "flexible": self.calendar(
                [], flexible_hours=True, hours_per_day=0, full_time_required_hours=40
            ),
            "flexible week": flexible,
        }.items():
            with self.subTest(name):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                timetable = calendar._complaint_timetable([utc(start)])
                with self.assertNoLogs(LOGGER):
                    self.assertEqual(
                        timetable.deadline(utc(start), 30, HOUR, True), utc(expected)
                    )
                # seen from the calendar itself, without reading years of it
                self.assertLessEqual(self.env.cr.sql_log_count - before, 3)

    def test_holiday_of_years_is_given_up_in_a_few_readings(self):
        calendar = self.calendar()
        self.leave(calendar, "2026-03-03 00:00:00", "2040-01-01 00:00:00")
        start = utc("2026-03-04 10:00")
        timetable = calendar._complaint_timetable([start])
        before = self.env.cr.sql_log_count
        self.assertEqual(
            timetable.deadline(start, 5, HOUR, True), utc("2026-03-04 15:00")
        )
        self.assertLessEqual(self.env.cr.sql_log_count - before, 30)

    def test_hours_that_odoo_fails_to_read(self):
        """Imported hours up to 23.9999 make resource.calendar itself fail."""
        calendar = self.calendar([(0, 8, 23.9999, {})])
        with self.assertRaises(ValueError):
            calendar.plan_hours(1, utc("2026-03-02 10:00"))
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertDeadline(
                calendar, "2026-03-03 10:00", 5, HOUR, "2026-03-03 15:00"
            )

    def test_time_zone_is_that_of_the_calendar(self):
        calendar = self.calendar(tz="America/New_York")
        for hours in (calendar, self.calendar([], tz="America/New_York")):
            timetable = hours._complaint_timetable([], tz_name="Europe/Brussels")
            self.assertEqual(timetable.tz_name, "America/New_York")
            # Tuesday in Brussels, Monday in New York
            self.assertEqual(
                timetable.deadline(utc("2026-03-02 23:30"), 1, DAY, True),
                utc("2026-03-04 04:59:59"),
            )
        for tz_name, expected in (
            ("Europe/Brussels", "2026-03-04 22:59:59"),
            (None, "2026-03-03 23:59:59"),
        ):
            timetable = self.Calendar._complaint_timetable([], tz_name=tz_name)
            for working in (True, False):
                self.assertEqual(
                    timetable.deadline(utc("2026-03-02 23:30"), 1, DAY, working),
                    utc(expected),
                )

    def test_holidays_of_the_company_count_and_absences_do_not(self):
        calendar = self.calendar()
        resource = self.env["resource.resource"].create(
            {
                "name": "Somebody",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
            }
        )
        tuesday = ("2026-03-02 23:00:00", "2026-03-03 22:59:59")
        monday = "2026-03-02 10:00"
        absence = self.leave(calendar, *tuesday, resource_id=resource.id)
        training = self.leave(calendar, *tuesday, time_type="other")
        elsewhere = self.leave(self.Calendar, *tuesday, company=self.other_company)
        self.assertTrue(absence and training and elsewhere)
        self.assertDeadline(calendar, monday, 1, DAY, "2026-03-03 22:59:59")
        self.leave(self.Calendar, *tuesday, company=self.company)
        self.assertDeadline(calendar, monday, 1, DAY, "2026-03-04 22:59:59")
        wednesday = ("2026-03-03 23:00:00", "2026-03-04 22:59:59")
        self.leave(calendar, *wednesday)
        self.assertDeadline(calendar, monday, 1, DAY, "2026-03-05 22:59:59")

    def test_hours_of_no_company_take_the_holidays_of_the_current_one(self):
        calendar = self.calendar()
        calendar.company_id = False
        tuesday = ("2026-03-02 23:00:00", "2026-03-03 22:59:59")
        self.leave(self.Calendar, *tuesday, company=self.company)
        for company, expected in (
            (self.company, "2026-03-04 22:59:59"),
            (self.other_company, "2026-03-03 22:59:59"),
        ):
            self.assertDeadline(
                calendar.with_company(company), "2026-03-02 10:00", 1, DAY, expected
            )
        # its own holidays are everybody's, whoever entered them
        self.leave(calendar, *tuesday, company=self.company)
        self.assertDeadline(
            calendar.with_company(self.other_company),
            "2026-03-02 10:00",
            1,
            DAY,
            "2026-03-04 22:59:59",
        )

    def test_deadline_is_the_same_whoever_asks(self):
        """A member of another company, and a customer in the portal."""
        calendar = self.calendar()
        self.leave(calendar, "2026-03-02 23:00:00", "2026-03-03 22:59:59")
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(
                self.env,
                login=groups,
                groups=groups,
                company_id=self.other_company.id,
                company_ids=[Command.set(self.other_company.ids)],
            )
            as_user = calendar.with_user(user).with_company(self.other_company)
            self.env.invalidate_all()
            self.assertDeadline(
                as_user, "2026-03-02 10:00", 1, DAY, "2026-03-04 22:59:59"
            )

    def test_two_weeks(self):
        """Odoo's first and second week, told by the number of weeks since year 1."""
        calendar = self.calendar(
            [(0, 9, 17, {"week_type": "0"}), (3, 9, 17, {"week_type": "1"})],
            two_weeks_calendar=True,
        )
        Attendance = self.env["resource.calendar.attendance"]
        monday = utc("2026-03-02")
        if Attendance.get_week_type(monday.date()):
            monday += timedelta(days=7)
        start = monday + timedelta(hours=12)
        timetable = calendar._complaint_timetable([start])
        for days, later in ((1, 10), (2, 14), (3, 24)):
            end = timetable.deadline(start, days, DAY, True)
            self.assertEqual(
                local_date(end, ZoneInfo(calendar.tz)),
                (monday + timedelta(days=later)).date(),
            )

    def test_many_take_no_more_queries_than_one(self):
        calendar = self.calendar()
        self.leave(calendar, "2026-03-02 23:00:00", "2026-03-03 22:59:59")
        queries = {}
        for number in (1, 1000):
            starts = [
                utc("2026-03-02 10:00") + timedelta(minutes=5 * index)
                for index in range(number)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            timetable = calendar._complaint_timetable(starts)
            for start in starts:
                end = timetable.deadline(start, 10, DAY, True)
                timetable.deadline(start, 40, HOUR, True)
                timetable.warning(start, end, 80, True)
                timetable.shift(end, start, end, DAY, True)
                timetable.working_days_between(start, end)
            queries[number] = self.env.cr.sql_log_count - before
        # calendar, its hours, hours again as Odoo searches them, holidays
        self.assertLessEqual(max(queries.values()), 12)
        self.assertEqual(queries[1000], queries[1])
