"""Phone numbers in the engine, as people write them."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine import phone_numbers
from .common import PROPERTY

SPELLINGS = (
    "+32 2 555 01 01",
    "+32 (0)2 555 01 01",
    "(+32) 2/555.01.01",
    "0032 2 555-01-01",
    "0032(0)25550101",
    "02 555 01 01",
    "02/555.01.01",
    "(02) 555 01 01",
    "+٣٢ ٢ ٥٥٥ ٠١ ٠١",
)


class TestPhoneNumbers(unittest.TestCase):
    def test_every_spelling_has_the_same_core(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                self.assertEqual(phone_numbers.core(spelling), "25550101")

    def test_what_is_typed_so_far_is_part_of_the_whole(self):
        for typed in ("+32 2 555", "0032 2 55501", "02/555.0", "+32 (0)2 5550"):
            with self.subTest(typed):
                core = phone_numbers.core(typed)
                self.assertTrue("25550101".startswith(core) and core)

    def test_codes_of_countries_have_one_to_three_digits(self):
        for spelling in ("+1 684 555 0101", "+32 684 555 0101", "+351 684 555 0101"):
            with self.subTest(spelling):
                self.assertEqual(phone_numbers.core(spelling), "6845550101")
        # the same digits in two areas are two numbers
        self.assertFalse(phone_numbers.same("+1 684 555 0101", "+1 212 555 0101"))

    def test_a_code_is_taken_off_international_numbers_only(self):
        self.assertEqual(phone_numbers.core("32 55 501"), "3255501")

    def test_numbers_are_told_from_names_and_references(self):
        for text in (*SPELLINGS, "5550"):
            with self.subTest(text):
                self.assertTrue(phone_numbers.is_number(text))
        for text in (
            "",
            None,
            "555",
            "Weber",
            "Room 2140",
            "C/2026/00041",
            "(-)",
            "a1234",
        ):
            with self.subTest(text):
                self.assertFalse(phone_numbers.is_number(text))

    def test_short_numbers_are_nobodys(self):
        self.assertFalse(phone_numbers.same("0101", "+32 2 555 01 01"))
        self.assertFalse(phone_numbers.same("", ""))
        self.assertFalse(phone_numbers.same("02 555 01 02", "02 555 01 01"))

    @PROPERTY
    @given(st.sampled_from(SPELLINGS), st.sampled_from(SPELLINGS))
    def test_two_spellings_of_one_number_are_the_same(self, one, other):
        self.assertTrue(phone_numbers.same(one, other))

    @PROPERTY
    @given(st.text(), st.text())
    def test_any_text_is_read_without_raising(self, one, other):
        self.assertRegex(phone_numbers.digits(one), r"^[0-9]*$")
        self.assertEqual(phone_numbers.same(one, other), phone_numbers.same(other, one))

    @PROPERTY
    @given(st.from_regex(r"[1-9][0-9]{5,11}", fullmatch=True), st.data())
    def test_signs_between_the_digits_mean_nothing(self, number, data):
        signs = st.sampled_from(["", " ", "-", ".", "/", "  "])
        written = "".join(digit + data.draw(signs) for digit in number)
        self.assertEqual(phone_numbers.core(written), number)
