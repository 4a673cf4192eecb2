"""Working time and deadlines, counted in a timetable.

Moments are naive datetimes in UTC; returned moments have whole seconds. A day is a
calendar day in the time zone of the timetable.
"""

from bisect import bisect_left, bisect_right
from datetime import datetime, time, timedelta, timezone
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOUR, DAY, WEEK = "hour", "day", "week"

_NOTHING = timedelta()
_INSTANT = timedelta.resolution
_ONE_DAY = timedelta(days=1)


class BeyondHorizon(Exception):
    """The answer lies beyond the period that the timetable knows."""


# ---------------------------------------------------
# Days
# ---------------------------------------------------


def zone(name):
    """Return the time zone called ``name``, UTC where there is no such zone."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_date(moment, tz):
    """Return the date on which ``moment`` falls in the time zone ``tz``."""
    return moment.replace(tzinfo=timezone.utc).astimezone(tz).date()


def start_of_day(day, tz):
    """Return the moment at which the date ``day`` begins in the time zone ``tz``."""
    midnight = datetime.combine(day, time.min, tzinfo=tz)
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)


def end_of_day(day, tz):
    """Return the last second of the date ``day`` in the time zone ``tz``.

    A period in days ends with the last hour of its last day: Regulation (EEC,
    Euratom) No 1182/71, art. 3(2).
    """
    # from the midnight after it: where clocks change at midnight, the last hour of a
    # day may come twice or not at all
    return start_of_day(day + _ONE_DAY, tz) - timedelta(seconds=1)


def _whole(moment):
    return moment.replace(microsecond=0)


# ---------------------------------------------------
# Timetables
# ---------------------------------------------------


class Timetable:
    """Timetable: the working hours between two moments."""

    def __init__(self, intervals, tz_name, start, end):
        """
        :param intervals: pairs of (start, stop), in any order; overlaps count once, and
            what lies outside ``start`` to ``end`` does not count
        :param str tz_name: the time zone of its days; UTC if empty or unknown
        :param datetime start: from here on the intervals are known
        :param datetime end: up to here
        """
        self.tz_name = tz_name
        self.tz = zone(tz_name)
        self.start = start
        self.end = end
        self._starts = []
        self._stops = []
        for opens, closes in sorted(intervals):
            opens, closes = max(opens, start), min(closes, end)
            if opens >= closes:
                continue
            if self._stops and opens <= self._stops[-1]:
                self._stops[-1] = max(closes, self._stops[-1])
            else:
                self._starts.append(opens)
                self._stops.append(closes)
        lengths = map(datetime.__sub__, self._stops, self._starts)
        # the working time up to the end of each interval
        self._passed = list(accumulate(lengths))

    @classmethod
    def always(cls, tz_name):
        """Return a timetable in which all time is working time."""
        return _AroundTheClock(tz_name)

    def local_date(self, moment):
        """Return the date on which ``moment`` falls."""
        return local_date(moment, self.tz)

    # Time

    def elapsed(self, start, stop):
        """Return the working time between two moments; zero if ``stop`` is not later.

        :raises BeyondHorizon: where one of them lies outside
        """
        if stop <= start:
            return _NOTHING
        return self._passed_at(stop) - self._passed_at(start)

    def add(self, start, delay):
        """Return the moment at which ``delay`` of working time has passed.

        A delay that ends as work ends gives the end of work, not the next morning; a
        delay of zero gives the next working moment. Like ``plan_hours`` of Odoo's
        resource.calendar, with ``compute_leaves``.

        :param timedelta delay: a negative one goes back, see ``subtract``
        :raises BeyondHorizon:
        """
        if delay < _NOTHING:
            return self.subtract(start, -delay)
        if not delay:
            return self.next_working(start)
        passed = self._passed_at(start) + delay
        at = bisect_left(self._passed, passed)
        if at == len(self._passed):
            raise BeyondHorizon
        return _whole(self._stops[at] - (self._passed[at] - passed))

    def subtract(self, moment, delay):
        """Return the moment from which ``delay`` of working time passes to ``moment``.

        The mirror of ``add``: a delay that reaches back to the beginning of work gives
        that; a delay of zero, the last moment of work up to ``moment``.

        :param timedelta delay: a negative one goes forward, see ``add``
        :raises BeyondHorizon:
        """
        if delay < _NOTHING:
            return self.add(moment, -delay)
        passed = self._passed_at(moment) - delay
        if not delay:
            at = bisect_left(self._starts, moment) - 1
            if at < 0:
                raise BeyondHorizon
            return _whole(min(moment, self._stops[at]))
        if passed < _NOTHING:
            raise BeyondHorizon
        at = bisect_right(self._passed, passed)
        return _whole(self._stops[at] - (self._passed[at] - passed))

    def next_working(self, moment):
        """Return ``moment`` if it is working time, else when work begins again.

        :raises BeyondHorizon:
        """
        self._check(moment)
        at = bisect_right(self._stops, moment)
        if at == len(self._stops):
            raise BeyondHorizon
        return _whole(max(moment, self._starts[at]))

    def is_working(self, moment):
        """Tell whether ``moment`` is working time; the very end of work is not.

        :raises BeyondHorizon:
        """
        self._check(moment)
        if moment == self.end:
            raise BeyondHorizon
        at = bisect_right(self._starts, moment) - 1
        return at >= 0 and moment < self._stops[at]

    def _check(self, moment):
        if not self.start <= moment <= self.end:
            raise BeyondHorizon

    def _passed_at(self, moment):
        """Return the working time from the start of the timetable to ``moment``."""
        self._check(moment)
        at = bisect_right(self._starts, moment) - 1
        if at < 0:
            return _NOTHING
        stop = self._stops[at]
        return self._passed[at] - (stop - moment if moment < stop else _NOTHING)

    # Days

    def working_days_between(self, start, stop):
        """Return how many working days lie after the day of ``start``, up to and
        including the day of ``stop``; 0 if ``stop`` is not later.

        :raises BeyondHorizon:
        """
        if stop <= start:
            return 0
        first, last = self.local_date(start), self.local_date(stop)
        self._check_days(first + _ONE_DAY, last)
        days = self._days
        return bisect_right(days, last) - bisect_right(days, first)

    def working_day_after(self, day, number):
        """Return the date of the ``number``-th working day (from 1) after ``day``.

        :raises BeyondHorizon:
        """
        at = bisect_right(self._days, day) + number - 1
        if at >= len(self._days):
            raise BeyondHorizon
        self._check_days(day + _ONE_DAY, self._days[at])
        return self._days[at]

    def working_day_from(self, day):
        """Return ``day`` if it is a working day, else the next one.

        :raises BeyondHorizon:
        """
        return self.working_day_after(day - _ONE_DAY, 1)

    def closings_between(self, start, stop):
        """Return how many working days ended between two moments.

        A working day ends when its last working interval stops: one that ends at
        ``start`` does not count, one that ends at ``stop`` does.

        :raises BeyondHorizon:
        """
        self._check(start)
        if stop <= start:
            return 0
        # of a day known in part only, more work may follow
        last = self.local_date(stop)
        self._check_days(last, last)
        closings = self._closings
        return bisect_right(closings, stop) - bisect_right(closings, start)

    def _check_days(self, first, last):
        """Ensure that all days from ``first`` to ``last`` are known as a whole."""
        known_first, known_last = self._known_days
        if first <= last and (first < known_first or last > known_last):
            raise BeyondHorizon

    @cached_property
    def _known_days(self):
        first, last = self.local_date(self.start), self.local_date(self.end)
        if start_of_day(first, self.tz) < self.start:
            first += _ONE_DAY
        return first, last - _ONE_DAY

    @cached_property
    def _closing_of(self):
        """{date of a working day: the moment at which its work ends}"""
        closing_of = {}
        for opens, closes in zip(self._starts, self._stops, strict=True):
            day = self.local_date(opens)
            last = self.local_date(closes - _INSTANT)
            while day < last:
                closing_of[day] = start_of_day(day + _ONE_DAY, self.tz)
                day += _ONE_DAY
            closing_of[last] = closes
        return closing_of

    @cached_property
    def _days(self):
        return list(self._closing_of)

    @cached_property
    def _closings(self):
        return list(self._closing_of.values())


class _AroundTheClock(Timetable):
    """Timetable in which all time is working time, without start or end."""

    def __init__(self, tz_name):
        super().__init__((), tz_name, datetime.min, datetime.max)

    def elapsed(self, start, stop):
        return max(stop - start, _NOTHING)

    def add(self, start, delay):
        return _whole(start + delay)

    def subtract(self, moment, delay):
        return _whole(moment - delay)

    def next_working(self, moment):
        return _whole(moment)

    def is_working(self, moment):
        return True

    def working_days_between(self, start, stop):
        if stop <= start:
            return 0
        return (self.local_date(stop) - self.local_date(start)).days

    def working_day_after(self, day, number):
        return day + number * _ONE_DAY

    def closings_between(self, start, stop):
        return self.working_days_between(start, stop)


class LazyTimetable:
    """Timetable that reads more of the calendar when an answer lies beyond what it has.

    Working intervals are slow to generate, so it reads little at first, and nothing
    while no working time is asked for. Where there is no answer within years, all time
    counts as working time.
    """

    # The margin read around the moments asked for: enough to know their days as a
    # whole, and for the usual delays.
    BEFORE = timedelta(days=2)
    AFTER = timedelta(days=35)
    # How far to look for an answer: six years.
    FURTHEST = timedelta(days=6 * 365)
    # Moments outside are typing errors, and must not make it read centuries.
    EARLIEST = datetime(1970, 1, 1)
    LATEST = datetime(2100, 1, 1)

    def __init__(self, read, moments, tz_name):
        """
        :param read: function of (start, end) that returns a Timetable for that time
        :param moments: moments to be asked about, as far as known; others may follow
        :param str tz_name: name of the time zone of the timetables
        """
        self._read = read
        self._moments = list(moments)
        self._timetable = None
        self._always = Timetable.always(tz_name)
        self.tz_name = tz_name
        self.tz = self._always.tz

    def deadline(self, start, delay, unit, working_time):
        """See the function ``deadline``; never raises BeyondHorizon."""

        def ask(timetable):
            return deadline(start, delay, unit, working_time, timetable)

        return self._ask(ask, start) if working_time else ask(self._always)

    def shift(self, deadline, paused_at, resumed_at, unit, working_time):
        """See the function ``shift``; never raises BeyondHorizon."""

        def ask(timetable):
            return shift(deadline, paused_at, resumed_at, unit, working_time, timetable)

        if not working_time:
            return ask(self._always)
        return self._ask(ask, deadline, paused_at, resumed_at)

    def warning(self, start, deadline, percent, working_time):
        """See the function ``warning``; never raises BeyondHorizon."""

        def ask(timetable):
            return warning(start, deadline, percent, working_time, timetable)

        return self._ask(ask, start, deadline) if working_time else ask(self._always)

    def elapsed(self, start, stop):
        """See ``Timetable.elapsed``; never raises BeyondHorizon."""
        return self._ask(lambda table: table.elapsed(start, stop), start, stop)

    def working_days_between(self, start, stop):
        """See ``Timetable.working_days_between``; never raises BeyondHorizon."""
        return self._ask(
            lambda table: table.working_days_between(start, stop), start, stop
        )

    def _ask(self, question, *moments):
        try:
            return self._search(question, moments)
        except BeyondHorizon:
            return question(self._always)

    def _search(self, question, moments):
        """Read further and further until ``question(timetable)`` has an answer.

        :raises BeyondHorizon: if there is none within years of ``moments``
        """
        if self._timetable is None:
            moments = [*moments, *self._moments]
        first = min(max(min(moments), self.EARLIEST + self.BEFORE), self.LATEST)
        last = max(min(max(moments), self.LATEST - self.AFTER), self.EARLIEST)
        self._cover(first - self.BEFORE, last + self.BEFORE, last + self.AFTER)
        try:
            return question(self._timetable)
        except BeyondHorizon:
            if not self._read_on(last):
                raise
        return self._search(question, moments)

    def _read_on(self, last):
        """Read twice as far beyond ``last``; return False where that is too far."""
        known = self._timetable
        reach = known.end - last
        if reach >= self.FURTHEST or known.end >= self.LATEST:
            return False
        end = min(last + min(2 * reach, self.FURTHEST), self.LATEST)
        self._timetable = self._read(known.start, end)
        return True

    def _cover(self, start, needed, wanted):
        """Have ``start`` to ``needed`` read; where it is not, read to ``wanted``."""
        known = self._timetable
        if known is None:
            self._timetable = self._read(start, wanted)
        elif start < known.start or needed > known.end:
            end = known.end if needed <= known.end else wanted
            self._timetable = self._read(min(start, known.start), end)


# ---------------------------------------------------
# Deadlines
# ---------------------------------------------------


def deadline(start, delay, unit, working_time, timetable):
    """Return the last moment in which something that began at ``start`` is in time.

    * Hours pass as they are, or as working time; they may be fractions.
    * Days: the day of ``start`` never counts, and the last one counts to its last
      second. N working days end with the N-th working day, whenever work ends then.
    * Weeks are seven days of the calendar; in working time, one that ends on a day
      without work ends with the next working day.

    Days and weeks are counted as in Regulation (EEC, Euratom) No 1182/71, art. 3.
    A fraction of a day is cut off, so no deadline is later than the policy says.

    :param datetime start:
    :param delay: number of units, not negative
    :param unit: "hour", "day" or "week"
    :param working_time: whether only working time counts
    :param Timetable timetable:
    :raises BeyondHorizon: where the timetable ends before the answer
    """
    if unit == HOUR:
        period = timedelta(hours=delay)
        return timetable.add(start, period) if working_time else _whole(start + period)
    if unit not in (DAY, WEEK):
        raise ValueError(f"no unit of time: {unit!r}")
    days = max(int(delay if unit == DAY else 7 * delay), 0)
    day = timetable.local_date(start)
    if unit == DAY and working_time and days:
        day = timetable.working_day_after(day, days)
    else:
        day += days * _ONE_DAY
        if working_time:
            day = timetable.working_day_from(day)
    return end_of_day(day, timetable.tz)


def shift(deadline, paused_at, resumed_at, unit, working_time, timetable):
    """Return a deadline after a pause, moved by what the pause took of its time.

    * Hours: by the time, or working time, that passed in the pause.
    * Days: by the midnights that passed; working days, by those that ended. So a pause
      outside working hours moves nothing.
    * Weeks: by the midnights; in working time, on to the next working day.

    A pause that begins after the deadline moves nothing.

    :raises BeyondHorizon: where the timetable ends before the answer
    """
    if paused_at > deadline or resumed_at <= paused_at:
        return deadline
    if unit == HOUR:
        if not working_time:
            return _whole(deadline + (resumed_at - paused_at))
        pause = timetable.elapsed(paused_at, resumed_at)
        return timetable.add(deadline, pause) if pause else deadline
    day = timetable.local_date(deadline)
    if unit == DAY and working_time:
        days = timetable.closings_between(paused_at, resumed_at)
        moved = timetable.working_day_after(day, days) if days else day
    else:
        begun = timetable.local_date(paused_at)
        moved = day + (timetable.local_date(resumed_at) - begun)
        if working_time and moved != day:
            moved = timetable.working_day_from(moved)
    return deadline if moved == day else end_of_day(moved, timetable.tz)


def warning(start, deadline, percent, working_time, timetable):
    """Return the moment at which ``percent`` of the time up to a deadline has passed.

    :param percent: 1 to 99
    :param working_time: whether it is a share of the working time; where there is none
        between the two moments, it is a share of all time
    :raises BeyondHorizon: where the timetable does not know one of the moments
    """
    if deadline <= start:
        return deadline
    if working_time:
        total = timetable.elapsed(start, deadline)
        if total:
            return timetable.add(start, total * percent / 100)
    return _whole(start + (deadline - start) * percent / 100)
