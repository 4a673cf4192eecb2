"""Deadlines in calendar days."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# "Two weeks, a reasonable term for finding out what happened": the default of the
# study of complaint work this product follows, where no policy says otherwise.
ANSWER_DAYS = 14


def zone(name):
    """Return the time zone called ``name``, UTC where there is no such zone."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def end_of_day_after(start, days, tz_name):
    """Return the last second of the day that lies ``days`` days after ``start``.

    Days are those of the calendar on the wall in ``tz_name``, so a change to or
    from summer time in between moves nothing.

    :param datetime start: naive, UTC
    :param int days: calendar days
    :param str tz_name: name of a time zone; UTC if empty or unknown
    :return: naive datetime, UTC
    """
    tz = zone(tz_name)
    day = start.replace(tzinfo=timezone.utc).astimezone(tz).date() + timedelta(days=days)
    local = datetime.combine(day, time(23, 59, 59), tzinfo=tz)
    return local.astimezone(timezone.utc).replace(tzinfo=None)
