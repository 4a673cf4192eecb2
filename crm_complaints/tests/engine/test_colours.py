"""Colours of a company, and what can be read on them."""

import unittest

from ...engine import colours


class TestColours(unittest.TestCase):
    def test_contrast_is_that_of_the_standard(self):
        for one, other, expected in (
            ("#000000", "#ffffff", 21),
            ("#ffffff", "#ffffff", 1),
            ("#767676", "#ffffff", 4.54),
            ("#777777", "#ffffff", 4.48),
        ):
            with self.subTest(one=one, other=other):
                self.assertAlmostEqual(colours.contrast(one, other), expected, places=2)
                self.assertEqual(
                    colours.contrast(one, other), colours.contrast(other, one)
                )

    def test_colour_is_read_however_it_is_written(self):
        for text, expected in (
            ("#A1b2C3", "#a1b2c3"),
            (" abc ", "#aabbcc"),
            ("", None),
            (False, None),
            ("red", None),
            ("#12345", None),
            ("#aaa;background:url(//x)", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(colours.read(text), expected)

    def test_text_can_be_read_on_any_colour(self):
        steps = ("00", "33", "66", "99", "cc", "ff")
        for brand in (f"#{r}{g}{b}" for r in steps for g in steps for b in steps):
            with self.subTest(brand=brand):
                on_brand = colours.contrast(colours.text_on(brand), brand)
                self.assertGreaterEqual(on_brand, colours.ENOUGH)
                ink = colours.darkened_for("#f5f7f9", brand)
                self.assertGreaterEqual(
                    colours.contrast(ink, "#f5f7f9"), colours.ENOUGH
                )
                if colours.contrast(brand, "#f5f7f9") >= colours.ENOUGH:
                    self.assertEqual(ink, brand)
