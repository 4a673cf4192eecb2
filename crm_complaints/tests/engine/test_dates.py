"""Dates written out: in each language as its letters name them."""

import unittest
from datetime import date, datetime

from ...engine import dates

FIRST, OTHER = date(2026, 3, 1), date(2026, 12, 14)
WRITTEN_OUT = {
    "en_US": ("1 March 2026", "14 December 2026"),
    "en_GB": ("1 March 2026", "14 December 2026"),
    "de_DE": ("1. März 2026", "14. Dezember 2026"),
    "fr_FR": ("1er mars 2026", "14 décembre 2026"),
    "es_ES": ("1 de marzo de 2026", "14 de diciembre de 2026"),
    "ru_RU": ("1 марта 2026 года", "14 декабря 2026 года"),
    "hy_AM": (
        "2026\N{NO-BREAK SPACE}թ. մարտի 1",
        "2026\N{NO-BREAK SPACE}թ. դեկտեմբերի 14",
    ),
    "ar_001": ("1 مارس 2026", "14 ديسمبر 2026"),
    "ar_SY": ("1 آذار 2026", "14 كانون الأول 2026"),
    "pt_BR": ("1 de março de 2026", "14 de dezembro de 2026"),
    "sr@latin": ("1. март 2026.", "14. децембар 2026."),
    "xx_XX": ("1 March 2026", "14 December 2026"),
    False: ("1 March 2026", "14 December 2026"),
}
SHORT = {
    "en_US": "14 Dec",
    "de_DE": "14. Dez.",
    "fr_FR": "14 déc.",
    "ru_RU": "14 дек.",
    "es_ES": "14 dic",
}


class TestDates(unittest.TestCase):
    def test_each_language_has_its_form(self):
        for lang, expected in WRITTEN_OUT.items():
            with self.subTest(lang=lang):
                said = tuple(dates.written_out(day, lang) for day in (FIRST, OTHER))
                self.assertEqual(said, expected)

    def test_digits_are_the_same_in_all(self):
        """A reference, an amount and a date in one letter are written alike."""
        for lang in WRITTEN_OUT:
            with self.subTest(lang=lang):
                self.assertIn("2026", dates.written_out(OTHER, lang))
                self.assertIn("14", dates.written_out(OTHER, lang))

    def test_moments_have_the_time_as_well(self):
        moment = datetime(2026, 12, 14, 15, 30)
        self.assertEqual(dates.with_time(moment, "de_DE"), "14. Dezember 2026, 15:30")
        self.assertEqual(dates.with_time(moment, "en_GB"), "14 December 2026, 15:30")

    def test_short_dates(self):
        for lang, expected in SHORT.items():
            with self.subTest(lang=lang):
                self.assertEqual(dates.short(OTHER, lang), expected)
