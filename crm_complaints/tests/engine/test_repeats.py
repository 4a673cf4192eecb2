"""Repeat complaints in the engine, compared with a naive search."""

import unittest
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ...engine.repeats import Complaint, History
from .common import PROPERTY

NOON = datetime(2026, 3, 2, 12, 0)
FEW = st.none() | st.integers(1, 3)
COMPLAINTS = st.lists(
    st.builds(
        Complaint,
        received_at=st.integers(0, 60).map(lambda hours: NOON - timedelta(hours=hours)),
        id=st.integers(1, 40),
        category_id=FEW,
        cause_id=FEW,
        sender=st.sampled_from([None, "anna@weber.example", "b@weber.example"]),
    ),
    unique_by=lambda complaint: complaint.id,
    max_size=30,
)


def naive_before(complaints, complaint, days):
    earlier = [
        other
        for other in complaints
        if (other.received_at, other.id) < (complaint.received_at, complaint.id)
        and other.received_at >= complaint.received_at - timedelta(days=days)
    ]
    alike = [
        other
        for other in earlier
        if (other.category_id and other.category_id == complaint.category_id)
        or (other.cause_id and other.cause_id == complaint.cause_id)
    ]
    taken_up = max(
        alike or earlier, key=lambda other: (other.received_at, other.id), default=None
    )
    return taken_up and taken_up.id, len(earlier)


class TestRepeats(unittest.TestCase):
    @PROPERTY
    @given(COMPLAINTS, st.integers(0, 3))
    def test_each_takes_up_the_one_that_a_person_would_find(self, complaints, days):
        history = History(complaints)
        for complaint in complaints:
            self.assertEqual(
                history.before(complaint, days),
                naive_before(complaints, complaint, days),
            )

    @PROPERTY
    @given(COMPLAINTS, st.integers(1, 4))
    def test_bulk_is_as_many_of_one_sender_within_the_hour(self, complaints, limit):
        history = History(complaints)
        for complaint in complaints:
            sent = [
                other
                for other in complaints
                if complaint.sender
                and other.sender == complaint.sender
                and (other.received_at, other.id)
                < (complaint.received_at, complaint.id)
                and other.received_at >= complaint.received_at - timedelta(hours=1)
            ]
            self.assertEqual(
                history.is_bulk(complaint, limit), len(sent) >= limit, complaint
            )

    def test_nothing_came_before_the_first(self):
        first = Complaint(NOON, 1)
        self.assertEqual(History([first]).before(first, 180), (None, 0))
        self.assertEqual(History([]).before(first, 180), (None, 0))

    def test_thousands_of_one_customer_are_no_squares(self):
        """Compared pair by pair these would be a hundred million."""
        complaints = [
            Complaint(NOON + timedelta(minutes=number), number, number % 7 + 1)
            for number in range(10_000)
        ]
        history = History(reversed(complaints))
        self.assertEqual(history.before(complaints[-1], 3650), (9_992, 9_999))
        for complaint in complaints:
            history.before(complaint, 3650)
