"""Plural: each number gets the form that its language has for it."""

import unittest

from ...engine import plural

DAYS = "{days, plural, one {# day left} other {# days left}}"
RUSSIAN = (
    "{days, plural, one {остался # день} few {осталось # дня} many {осталось # дней}"
    " other {осталось # дня}}"
)


class TestPlural(unittest.TestCase):
    def test_english_has_two_forms(self):
        said = [plural.choose(DAYS, number, "en_US") for number in (0, 1, 2, 21)]
        self.assertEqual(
            said, ["0 days left", "1 day left", "2 days left", "21 days left"]
        )

    def test_russian_has_four(self):
        said = [
            plural.choose(RUSSIAN, number, "ru_RU")
            for number in (1, 2, 5, 11, 21, 22, 1.5)
        ]
        self.assertEqual(
            said,
            [
                "остался 1 день",
                "осталось 2 дня",
                "осталось 5 дней",
                "осталось 11 дней",
                "остался 21 день",
                "осталось 22 дня",
                "осталось 1.5 дня",
            ],
        )

    def test_a_form_that_is_missing_is_the_other(self):
        self.assertEqual(plural.choose(DAYS, 3, "ar_001"), "3 days left")

    def test_words_stand_as_they_are(self):
        text = (
            "%(name)s: {count, plural, one {# complaint} other {# complaints}} (100%%)"
        )
        self.assertEqual(
            plural.choose(text, 1000, "en_US", "1,000", name="#1 {a, plural, b} 5%"),
            "#1 {a, plural, b} 5%: 1,000 complaints (100%)",
        )

    def test_large_numbers_are_written_out(self):
        self.assertEqual(plural.choose(DAYS, 1_000_000, "en"), "1000000 days left")
        self.assertEqual(plural.choose(DAYS, 1_234_567, "en"), "1234567 days left")

    def test_unknown_languages_count_as_english(self):
        for lang in (None, False, "", "xx_XX", "tlh", "sr@latin"):
            with self.subTest(lang=lang):
                self.assertTrue(plural.choose(DAYS, 5, lang).startswith("5 days"))
