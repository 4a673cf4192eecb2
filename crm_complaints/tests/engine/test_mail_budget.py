"""Budget: reading stops where its time is up, and large mails have more of it."""

import unittest
from unittest.mock import patch

from ...engine.mail import budget


class TestBudget(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.now = 100.0
        patcher = patch.object(budget.time, "thread_time", lambda: self.now)
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_reading_stops_when_the_time_is_up(self):
        with budget.limited(2) as left:
            self.now += 2
            budget.check()
            self.now += 0.1
            self.assertAlmostEqual(left(), -0.1)
            with self.assertRaises(budget.OutOfTime):
                budget.check()
        budget.check()  # nobody counts any more

    def test_the_one_that_ends_earlier_counts(self):
        with budget.limited(2), budget.limited(9):
            self.now += 3
            with self.assertRaises(budget.OutOfTime):
                budget.check()

    def test_large_mails_have_more(self):
        small, large = budget.seconds_for(b"x"), budget.seconds_for(b"x" * 2**25)
        self.assertGreaterEqual(large, 2 * small)
        self.assertLess(small, 3)
        # with what comes after, the largest mail is to be in within five
        self.assertLess(budget.seconds_for(b"x" * 25 * 2**20), 5)
