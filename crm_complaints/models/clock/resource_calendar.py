"""resource.calendar: the timetable that deadlines of complaints are counted by."""

import logging
from datetime import datetime, timedelta, timezone

from odoo import models

from ...engine.working_time import (
    LazyTimetable,
    Timetable,
    local_date,
    start_of_day,
    zone,
)

_logger = logging.getLogger(__name__)


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _complaint_timetable(self, moments, tz_name=None):
        """Return the timetable that answers for deadlines in these working hours.

        However many are asked for, it takes a handful of queries: one reading, and one
        more each time the period read has to be doubled.

        :param moments: naive datetimes, UTC, around which questions will be asked
        :param str tz_name: the time zone to use without a calendar
        :rtype: LazyTimetable
        """

        def read(start, end):
            return self._complaint_read_timetable(start, end, tz_name=tz_name)

        return LazyTimetable(read, moments, self.sudo().tz or tz_name or "UTC")

    def _complaint_read_timetable(self, start, end, tz_name=None):
        """Return the working hours of a period as a timetable.

        Company holidays are taken off, absences of single people are not. Without a
        calendar, or with one that has no hours in it, work is done around the clock.

        :param datetime start: naive, UTC
        :param datetime end: naive, UTC
        :param str tz_name: the time zone to use without a calendar
        :rtype: Timetable
        """
        # sudo: a team's deadline is the same for everybody, also for those who may
        # not read the calendar or the holidays of its company
        calendar = self.sudo()
        tz_name = calendar.tz or tz_name or "UTC"
        if not calendar._complaint_has_hours():
            return Timetable.always(tz_name)
        try:
            intervals = calendar._complaint_work_intervals(start, end)
        except (ValueError, OverflowError):
            # such as 23.9999 o'clock, which Odoo itself fails to read
            _logger.warning("Hours of %s cannot be read", calendar, exc_info=True)
            return Timetable.always(tz_name)
        return Timetable(intervals, tz_name, start, end)

    def _complaint_has_hours(self):
        if self.flexible_hours:
            return self.hours_per_day > 0 and self.full_time_required_hours > 0
        return any(line._is_work_period() for line in self.attendance_ids)

    def _complaint_work_intervals(self, start, end):
        """Return the working intervals [(start, stop)], naive, UTC."""
        self.ensure_one()
        if self.flexible_hours:
            start, end = self._complaint_whole_weeks(start, end)
        # Under sudo Odoo would take the holidays of all companies.
        company = self.company_id or self.env.company
        holidays = [
            ("time_type", "=", "leave"),
            "|",
            ("calendar_id", "=", self.id),
            ("company_id", "in", (False, company.id)),
        ]
        intervals = self._work_intervals_batch(
            start.replace(tzinfo=timezone.utc),
            end.replace(tzinfo=timezone.utc),
            domain=holidays,
        )[False]
        return [(_naive(opens), _naive(closes)) for opens, closes, _meta in intervals]

    def _complaint_whole_weeks(self, start, end):
        """Return the Mondays before and after a period in flexible hours.

        Odoo fills flexible hours in from the first day asked for: the hours of a day
        around noon, until those of the week are used up. With whole weeks it always
        starts on a Monday, whatever period is asked for.
        """
        tz = zone(self.tz)
        first, last = local_date(start, tz), local_date(end, tz)
        first -= timedelta(days=first.weekday())
        last += timedelta(days=7 - last.weekday())
        return start_of_day(first, tz), start_of_day(last, tz)


def _naive(moment: datetime):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
