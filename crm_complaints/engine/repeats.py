"""Repeat complaints and bulk complaints: of one customer, found quickly."""

from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

# Many mails from one sender within this time are bulk complaints.
_BULK = timedelta(hours=1)


class Complaint(NamedTuple):
    """A complaint of the customer.

    :param sender: of the mail it came by, else None
    """

    received_at: datetime
    id: int
    category_id: int | None = None
    cause_id: int | None = None
    sender: str | None = None


class History:
    """Complaint history of one customer, asked about each of their complaints.

    The cost of an answer hardly grows with their number: many may come in at once.
    """

    def __init__(self, complaints):
        """:param complaints: of the customer, in any order"""
        self._all = sorted(set(complaints))
        self._alike = defaultdict(list)
        self._sent = defaultdict(list)
        for complaint in self._all:
            for key in _alike(complaint):
                self._alike[key].append(complaint)
            if complaint.sender:
                self._sent[complaint.sender].append(complaint)

    def __iter__(self):
        return iter(self._all)

    def before(self, complaint, days):
        """Return the complaint that this one repeats, and how many came before it.

        One with the same category or cause is preferred, then the latest.

        :param Complaint complaint: need not be in this history
        :param int days: how far back to look
        :return: (id or None, number)
        """
        since = complaint.received_at - timedelta(days=days)
        earlier = _between(self._all, since, complaint)
        if not earlier:
            return None, 0
        alike = [
            self._alike[key][found.stop - 1]
            for key in _alike(complaint)
            if (found := _between(self._alike[key], since, complaint))
        ]
        return max(alike, default=self._all[earlier.stop - 1]).id, len(earlier)

    def is_bulk(self, complaint, limit):
        """Tell whether its sender had sent ``limit`` or more in the hour before it.

        :param int limit: how many are not bulk complaints yet
        """
        sent = self._sent.get(complaint.sender, [])
        since = complaint.received_at - _BULK
        return len(_between(sent, since, complaint)) >= limit


def _alike(complaint):
    if complaint.category_id:
        yield "category", complaint.category_id
    if complaint.cause_id:
        yield "cause", complaint.cause_id


def _between(complaints, since, complaint):
    """Return the range of those from ``since`` on that came before ``complaint``."""
    start = bisect_left(complaints, since, key=lambda other: other.received_at)
    moment = (complaint.received_at, complaint.id)
    stop = bisect_left(complaints, moment, key=lambda other: other[:2])
    return range(start, max(start, stop))
