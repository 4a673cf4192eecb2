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
    day = start.replace(tzinfo=timezone.utc).astimezone(tz).date() + timedelta(
        days=days
    )
    # from the midnight after it: where clocks change at midnight, the last hour of a
    # day may come twice or not at all
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=tz)
    end = midnight.astimezone(timezone.utc) - timedelta(seconds=1)
    return end.replace(tzinfo=None)
