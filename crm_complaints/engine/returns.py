"""Regulator's returns: their periods, and how long a complaint took.

Moments are naive datetimes in UTC.
"""

from calendar import monthrange
from datetime import date, timedelta
from statistics import fmean, median

from .working_time import DAY, HOUR, WEEK

WORKING_DAY = "working_day"
# kind of period -> its months
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def period_of(day, kind, first_month=1):
    """Return the first and the last date of the period in which ``day`` lies.

    :param kind: a key of ``MONTHS``
    :param int first_month: the month in which the reporting year starts, from 1
    """
    months = MONTHS[kind]
    since = day.year * 12 + day.month - first_month
    start = since - since % months + first_month - 1
    end = start + months - 1
    last = monthrange(end // 12, end % 12 + 1)[1]
    return (
        date(start // 12, start % 12 + 1, 1),
        date(end // 12, end % 12 + 1, last),
    )


def period_before(day, kind, first_month=1):
    """Return the first and the last date of the last period that ended before ``day``."""
    first, _last = period_of(day, kind, first_month)
    return period_of(first - _DAY, kind, first_month)


def deadline(start, delay, unit, timetable):
    """Return the last moment within ``delay`` of ``start``.

    :param str unit: "hour", "day", "working_day" or "week"
    :param LazyTimetable timetable:
    """
    working = unit == WORKING_DAY
    return timetable.deadline(start, delay, DAY if working else unit, working)


def took(start, stop, after, within, timetable):
    """Tell whether the time between two moments is longer than one, and within another.

    :param stop: None where it has not ended, which is within nothing
    :param after: (delay, unit) or None
    :param within: (delay, unit) or None
    """
    if stop is None:
        return False
    return not (
        (after and stop <= deadline(start, *after, timetable))
        or (within and stop > deadline(start, *within, timetable))
    )


def duration(start, stop, unit, timetable):
    """Return the time between two moments in ``unit``; working days are whole.

    :param str unit: "hour", "day", "working_day" or "week"
    """
    if unit == WORKING_DAY:
        return float(timetable.working_days_between(start, stop))
    lengths = {HOUR: _HOUR, DAY: _DAY, WEEK: 7 * _DAY}
    return (stop - start) / lengths[unit]


def average(numbers):
    """Return the mean of numbers, None of none."""
    return fmean(numbers) if numbers else None


def middle(numbers):
    """Return the median of numbers, None of none."""
    return median(numbers) if numbers else None


def share(part, whole):
    """Return the percentage that ``part`` is of ``whole``, None of nothing."""
    return 100 * part / whole if whole else None
