"""Statistics: whether a number of complaints is more than chance, in exact tests.

Counts of complaints are small, so nothing here approximates by a normal distribution.
All tests rest on one fact: if two counts come at the same rate, then, given their
total, one of them is binomial, and its share is the share of its time (J. Przyborowski
and H. Wilenski, "Homogeneity of results in testing samples from Poisson series",
Biometrika 31, 1940). The rate itself need not be known. A Poisson test with the mean of
the past weeks in its place takes that mean for certain. Where many series are watched,
each has to be rare, and then it warns too often: after 12 weeks of one complaint each,
at a level of 1 in 10,000, twice as often as stated.
"""

import math
from dataclasses import dataclass

# Smaller terms change nothing in a sum.
_NEGLIGIBLE = 1e-17
# Halvings of an interval of probabilities, until only rounding remains.
_HALVINGS = 60
# An interval or a change is stated with this chance of being wrong.
UNCERTAINTY = 0.05
# Periods shorter than this are not compared.
FEWEST_WEEKS = 4


def binomial_tail(count, trials, share):
    """Return the probability of ``count`` successes or more.

    :param int count: how many, at least
    :param int trials: out of how many
    :param float share: the probability of a success, between 0 and 1
    :rtype: float
    """
    if count <= 0:
        return 1.0
    if count > trials or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    if count <= trials * share:  # the other tail is the shorter sum
        return 1 - binomial_tail(trials - count + 1, trials, 1 - share)
    term = math.exp(
        math.lgamma(trials + 1)
        - math.lgamma(count + 1)
        - math.lgamma(trials - count + 1)
        + count * math.log(share)
        + (trials - count) * math.log1p(-share)
    )
    total, odds = 0.0, share / (1 - share)
    for successes in range(count, trials + 1):
        total += term
        term *= (trials - successes) / (successes + 1) * odds
        if term <= total * _NEGLIGIBLE:
            break
    return min(total, 1.0)


def chance_of_rise(count, before, weeks):
    """Return how probable it is that a week has ``count`` or more by chance alone.

    :param int count: complaints in the week
    :param int before: complaints in the weeks before it
    :param float weeks: how many weeks those are
    :return: float, the p-value
    """
    return binomial_tail(count, count + before, 1 / (weeks + 1))


def beyond_chance(chances, level):
    """Return which of many series are more than chance (Benjamini and Hochberg 1995).

    Each series that is looked at is another opportunity for a false warning. Dividing
    the level by their number (Bonferroni) would prevent any, and miss most of what is
    real on a desk with many products. Here ``level`` limits the share of false ones
    among all warnings. While nothing is unusual all warnings are false, so that it
    also limits the chance of having any, of all series together. This holds for
    independent series, and for those that rise together, such as a product and its
    category.

    :param chances: dict {series: p-value}, of all series looked at
    :param float level: such as 0.01
    :return: list of series, the least probable first
    """
    ordered = sorted(chances, key=chances.get)
    found = 0
    for rank, series in enumerate(ordered, 1):
        if chances[series] <= level * rank / len(ordered):
            found = rank
    return ordered[:found]


@dataclass(frozen=True)
class Comparison:
    """Two rates, compared.

    :ivar chance: probability of so large a difference by chance alone (two-sided)
    :ivar lowest: the smallest ratio, rate after to rate before, that is plausible
    :ivar highest: the largest one; infinite if there was nothing before
    """

    chance: float
    lowest: float
    highest: float

    @property
    def is_fall(self):
        """Whether the rate fell, with the stated uncertainty."""
        return self.highest < 1

    @property
    def is_rise(self):
        """Whether the rate rose, with the stated uncertainty."""
        return self.lowest > 1


def compare(before, weeks_before, after, weeks_after, uncertainty=UNCERTAINTY):
    """Compare the numbers of two periods, by the exact test of two Poisson rates.

    The interval is that of Clopper and Pearson (1934), which excludes 1 if and only if
    the chance is below ``uncertainty``.

    :param int before: complaints in the first period
    :param float weeks_before: its length, more than 0
    :param int after: complaints in the second period
    :param float weeks_after: its length, more than 0
    :rtype: Comparison
    """
    total, share = before + after, weeks_after / (weeks_before + weeks_after)
    more = binomial_tail(after, total, share)
    fewer = binomial_tail(before, total, 1 - share)
    low = _share_where(after, total, uncertainty / 2)
    high = 1 - _share_where(before, total, uncertainty / 2)
    scale = weeks_before / weeks_after
    return Comparison(
        chance=min(1.0, 2 * min(more, fewer)),
        lowest=low / (1 - low) * scale,
        highest=high / (1 - high) * scale if high < 1 else math.inf,
    )


def _share_where(count, trials, tail):
    """Return the share at which ``count`` or more has the probability ``tail``."""
    if not count:
        return 0.0
    low, high = 0.0, 1.0
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        if binomial_tail(count, trials, middle) < tail:
            low = middle
        else:
            high = middle
    return low
