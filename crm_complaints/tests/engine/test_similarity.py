"""Similarity in the engine: how alike two complaints are."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine import similarity
from .common import PROPERTY

TOWELS = (
    "Towels not changed",
    "The towels in room 214 were not changed for four days, although I asked twice.",
)
TOWELS_AGAIN = (
    "Re: dirty towels",
    "I called already: towels in my room have not been changed for days now!",
)
FEE = ("Closing fee", "You charged me 40 euro for closing the account.")
ALIKE = (
    (TOWELS, TOWELS_AGAIN),
    (TOWELS, ("", TOWELS[1])),
    (("Fwd: RE: " + TOWELS[0], ""), (TOWELS[0], "")),
    (("Paket beschädigt angekommen", ""), ("Beschädigtes Paket angekommen", "")),
    (("Կոտրված պատուհան սենյակում", ""), ("Սենյակում պատուհանը կոտրված է", "")),
    (("Не работает отопление", ""), ("Отопление не работало", "")),
    (("Where is it?", "Order 4711-99 never came."), ("Late", "4711-99 is not here.")),
)
DIFFERENT = (
    (TOWELS, FEE),
    (("Complaint", TOWELS[1]), ("Complaint", FEE[1])),
    (("", ""), ("", "")),
    (("Hello", ""), ("Hello", FEE[1])),
    (("12", "34"), ("12", "34")),
)


class TestSimilarity(unittest.TestCase):
    def alike(self, one, other, *categories):
        return similarity.is_alike(
            similarity.likeness(*one, *other), *(categories or (None, None))
        )

    def test_the_same_matter_in_other_words(self):
        for one, other in ALIKE:
            with self.subTest(one=one, other=other):
                self.assertTrue(self.alike(one, other, 1, 1))

    def test_other_matters(self):
        for one, other in DIFFERENT:
            with self.subTest(one=one, other=other):
                self.assertFalse(self.alike(one, other))

    def test_of_the_same_words_nothing_else_is_asked(self):
        self.assertTrue(self.alike(TOWELS, TOWELS, 1, 2))
        self.assertTrue(self.alike(TOWELS, TOWELS))

    def test_the_category_speaks_for_it_or_against(self):
        degree = (similarity.SAME_CATEGORY + similarity.NO_CATEGORY) / 2
        self.assertTrue(similarity.is_alike(degree, 1, 1))
        self.assertFalse(similarity.is_alike(degree, 1, None))
        degree = (similarity.NO_CATEGORY + similarity.OTHER_CATEGORY) / 2
        self.assertTrue(similarity.is_alike(degree, None, 1))
        self.assertFalse(similarity.is_alike(degree, 1, 2))

    def test_a_number_both_name_speaks_for_it(self):
        with_it = similarity.likeness("", "Bill 20471 again", "", "About 20471, hello")
        without = similarity.likeness("", "Bill 20471 again", "", "About 99999, hello")
        self.assertGreater(with_it, without + 0.25)

    texts = st.text(max_size=60)

    @PROPERTY
    @given(texts, texts, texts, texts)
    def test_it_does_not_matter_which_comes_first(self, a, b, c, d):
        degree = similarity.likeness(a, b, c, d)
        self.assertEqual(degree, similarity.likeness(c, d, a, b))
        self.assertGreaterEqual(degree, 0)
        self.assertLessEqual(degree, 1)

    @PROPERTY
    @given(texts, texts)
    def test_each_is_like_itself_where_it_says_anything(self, subject, text):
        said = similarity.words(subject) | similarity.words(text)
        degree = similarity.likeness(subject, text, subject, text)
        self.assertEqual(degree, 1 if said else 0)

    @PROPERTY
    @given(st.lists(st.sampled_from(TOWELS[1].split()), max_size=12), st.randoms())
    def test_the_order_of_words_does_not_matter(self, some, random):
        mixed = list(some)
        random.shuffle(mixed)
        self.assertEqual(
            similarity.words(" ".join(some)), similarity.words(" ".join(mixed))
        )
