"""Statistics in the engine: exact tests of counts, against sums of fractions."""

import math
import random
import unittest
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ...engine import statistics
from .common import PROPERTY

COUNTS = st.integers(min_value=0, max_value=60)
WEEKS = st.integers(min_value=1, max_value=52)


def exact_tail(count, trials, share):
    """Return the probability of ``count`` or more, as a fraction."""
    return sum(
        math.comb(trials, k) * share**k * (1 - share) ** (trials - k)
        for k in range(max(count, 0), trials + 1)
    )


class TestTail(unittest.TestCase):
    @PROPERTY
    @given(COUNTS, COUNTS, st.fractions(min_value=0, max_value=1, max_denominator=99))
    def test_it_is_the_sum_of_all_terms(self, count, trials, share):
        tail = statistics.binomial_tail(count, trials, float(share))
        exact = float(exact_tail(count, trials, share))
        self.assertTrue(
            math.isclose(tail, exact, rel_tol=1e-9, abs_tol=1e-14), (tail, exact)
        )

    def test_small_probabilities_keep_their_digits(self):
        tail = statistics.binomial_tail(50, 60, 1 / 27)
        self.assertAlmostEqual(
            tail / float(exact_tail(50, 60, Fraction(1, 27))), 1, places=9
        )
        self.assertLess(tail, 1e-50)

    def test_large_numbers(self):
        """Half of an even number of tosses, or more: one half and half a term."""
        half = 10**6
        tail = statistics.binomial_tail(half, 2 * half, 0.5)
        term = 1 / math.sqrt(math.pi * half)
        self.assertAlmostEqual(tail, 0.5 + term / 2, places=7)

    @PROPERTY
    @given(COUNTS, COUNTS, st.floats(min_value=0, max_value=1))
    def test_the_two_tails_make_one(self, count, trials, share):
        upper = statistics.binomial_tail(count, trials, share)
        lower = statistics.binomial_tail(trials - count + 1, trials, 1 - share)
        if count <= trials:
            self.assertAlmostEqual(upper + lower, 1, places=9)
        else:
            self.assertEqual(upper, 0)


class TestRise(unittest.TestCase):
    def test_a_week_of_three_after_none_in_26(self):
        self.assertAlmostEqual(statistics.chance_of_rise(3, 0, 26), (1 / 27) ** 3)

    @PROPERTY
    @given(COUNTS, COUNTS, WEEKS)
    def test_more_complaints_are_less_probable(self, count, before, weeks):
        chance = statistics.chance_of_rise(count, before, weeks)
        self.assertLessEqual(
            statistics.chance_of_rise(count + 1, before, weeks), chance + 1e-12
        )
        self.assertLessEqual(
            chance, statistics.chance_of_rise(count, before + 1, weeks) + 1e-12
        )

    def test_false_warnings_are_no_more_than_stated(self):
        """For steady series, whose rate is not known, of each size."""
        level = 0.05
        for mean in (0.2, 1, 4, 10):
            pmf = poisson(mean)
            for weeks in (4, 12, 26):
                past = poisson(mean * weeks)
                wrong = sum(
                    chance_before * chance
                    for before, chance_before in enumerate(past)
                    for count, chance in enumerate(pmf)
                    if chance > 1e-12
                    and chance_before > 1e-9
                    and statistics.chance_of_rise(count, before, weeks) <= level
                )
                with self.subTest(mean=mean, weeks=weeks):
                    self.assertLessEqual(wrong, level)

    def test_the_past_mean_taken_for_certain_would_warn_too_often(self):
        """As the docstring of the module says: twice, at 1 in 10,000."""
        level, mean, weeks = 1e-4, 1, 12
        wrong = sum(
            chance_before * chance
            for before, chance_before in enumerate(poisson(mean * weeks))
            for count, chance in enumerate(poisson(mean))
            if count and 1 - sum(poisson(before / weeks)[:count]) <= level
        )
        self.assertGreater(wrong / level, 2)


def poisson(mean):
    """Return the probabilities of 0, 1, 2 …, until they are negligible."""
    terms = [math.exp(-mean)]
    while len(terms) < mean + 12 * math.sqrt(mean) + 12:
        terms.append(terms[-1] * mean / len(terms))
    return terms


class TestBeyondChance(unittest.TestCase):
    def test_the_larger_the_number_of_series_the_stricter(self):
        chances = {"a": 0.02}
        self.assertEqual(statistics.beyond_chance(chances, 0.05), ["a"])
        chances |= {f"quiet {n}": 0.5 for n in range(9)}
        self.assertEqual(statistics.beyond_chance(chances, 0.05), [])

    def test_one_that_is_certain_helps_the_next(self):
        chances = {"b": 0.015, "a": 0.0001, "c": 0.5, "d": 0.6, "e": 0.9}
        self.assertEqual(statistics.beyond_chance(chances, 0.05), ["a", "b"])
        chances["a"] = 0.5
        self.assertEqual(statistics.beyond_chance(chances, 0.04), [])

    def test_of_none_none_is(self):
        self.assertEqual(statistics.beyond_chance({}, 0.05), [])

    @PROPERTY
    @given(
        st.dictionaries(st.integers(), st.floats(0, 1), max_size=30),
        st.floats(0.001, 0.5),
    )
    def test_all_that_would_pass_alone_with_their_number_pass(self, chances, level):
        found = statistics.beyond_chance(chances, level)
        strict = {s for s, p in chances.items() if p <= level / len(chances)}
        self.assertLessEqual(strict, set(found))
        self.assertTrue(all(chances[s] <= level for s in found))
        self.assertEqual(found, sorted(found, key=chances.get))

    def test_while_nothing_is_unusual_warnings_are_as_rare_as_stated(self):
        """A hundred series of all sizes, 400 nights, a level of 1 in 20."""
        pick = random.Random(1)
        nights = 0
        for _night in range(400):
            chances = {}
            for series in range(100):
                mean = 0.3 + series / 20
                before = draw(pick, mean * 12)
                chances[series] = statistics.chance_of_rise(
                    draw(pick, mean), before, 12
                )
            nights += bool(statistics.beyond_chance(chances, 0.05))
        self.assertLessEqual(nights, 20)
        self.assertGreater(nights, 0)


def draw(pick, mean):
    """Return a Poisson number."""
    number, limit, product = 0, math.exp(-mean), pick.random()
    while product > limit:
        number, product = number + 1, product * pick.random()
    return number


class TestCompare(unittest.TestCase):
    def test_a_fall(self):
        found = statistics.compare(49, 12, 16, 12)
        self.assertTrue(found.is_fall)
        self.assertFalse(found.is_rise)
        self.assertLess(found.chance, 0.01)
        # at the ends of the interval, so few or so many have a probability of 2.5%
        low, high = (ratio / (1 + ratio) for ratio in (found.lowest, found.highest))
        self.assertAlmostEqual(float(exact_tail(16, 65, Fraction(low))), 0.025, 9)
        self.assertAlmostEqual(float(1 - exact_tail(17, 65, Fraction(high))), 0.025, 9)
        self.assertAlmostEqual(found.highest, 0.584, places=3)

    def test_too_few_to_tell(self):
        found = statistics.compare(4, 12, 1, 12)
        self.assertFalse(found.is_fall or found.is_rise)

    def test_the_length_of_the_periods_counts(self):
        self.assertFalse(statistics.compare(30, 12, 10, 4).is_fall)
        self.assertTrue(statistics.compare(30, 12, 10, 12).is_fall)
        self.assertTrue(statistics.compare(30, 12, 30, 4).is_rise)

    def test_from_none_and_to_none(self):
        self.assertEqual(statistics.compare(0, 12, 9, 12).highest, math.inf)
        self.assertTrue(statistics.compare(0, 12, 9, 12).is_rise)
        self.assertEqual(statistics.compare(9, 12, 0, 12).lowest, 0)
        self.assertTrue(statistics.compare(9, 12, 0, 12).is_fall)
        nothing = statistics.compare(0, 12, 0, 12)
        self.assertFalse(nothing.is_rise or nothing.is_fall)
        self.assertEqual(nothing.chance, 1)

    @PROPERTY
    @given(COUNTS, WEEKS, COUNTS, WEEKS)
    def test_the_interval_agrees_with_the_chance(self, before, one, after, other):
        found = statistics.compare(before, one, after, other)
        self.assertLessEqual(found.lowest, found.highest)
        beyond = found.chance < statistics.UNCERTAINTY
        self.assertEqual(found.is_fall or found.is_rise, beyond)
        if before and after:
            ratio = after / other / (before / one)
            self.assertLessEqual(found.lowest, ratio * (1 + 1e-9))
            self.assertGreaterEqual(found.highest, ratio * (1 - 1e-9))

    @PROPERTY
    @given(COUNTS, WEEKS, COUNTS, WEEKS)
    def test_turned_round_it_says_the_reverse(self, before, one, after, other):
        found = statistics.compare(before, one, after, other)
        turned = statistics.compare(after, other, before, one)
        self.assertAlmostEqual(found.chance, turned.chance, places=9)
        self.assertEqual(found.is_fall, turned.is_rise)
        if found.lowest and found.highest != math.inf:
            self.assertAlmostEqual(found.lowest * turned.highest, 1, places=6)
