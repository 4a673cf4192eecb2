"""Sheets in the engine: CSV and XLSX in parts, read by another reader than the writer."""

import csv
import io
import unittest
import warnings
import zipfile
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from ...engine import sheets
from .common import property_of

LABELS = ["Text", "Number", "Amount", "Day", "Moment", "Nothing"]
ROW = [
    "Müller, “B”\nC",
    3,
    12.5,
    date(2026, 3, 2),
    datetime(2026, 3, 2, 9, 5, 59),
    None,
]
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


def made(kind, *parts):
    """Return the bytes of a file that is made in these parts, each by a new object."""
    content, state = b"", None
    for place, rows in enumerate(parts):
        file = kind(state)
        content += file.part(
            rows, () if place else LABELS, last=place == len(parts) - 1
        )
        state = file.state
    return content


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(content):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()], sheet


class TestSheets(unittest.TestCase):
    def test_csv_holds_what_was_written(self):
        content = made(sheets.Csv, [ROW])
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8")
        self.assertEqual(
            read_csv(content),
            [LABELS, [ROW[0], "3", "12.5", "2026-03-02", "2026-03-02 09:05:59", ""]],
        )

    def test_xlsx_holds_what_was_written_with_its_types(self):
        (labels, row), sheet = read_xlsx(made(sheets.Xlsx, [ROW]))
        self.assertEqual(labels, LABELS)
        self.assertEqual(row, [*ROW[:3], datetime(2026, 3, 2), *ROW[4:]])
        self.assertTrue(sheet["D2"].is_date and sheet["E2"].is_date)
        self.assertTrue(sheet["A1"].font.bold)
        self.assertEqual(sheet.freeze_panes, "A2")

    def test_no_text_is_a_formula(self):
        for text in DANGEROUS:
            with self.subTest(text):
                ((_label, value),) = [
                    (None, read_csv(made(sheets.Csv, [[text]]))[1][0])
                ]
                self.assertEqual(value, f"'{text}")
                _rows, sheet = read_xlsx(made(sheets.Xlsx, [[text]]))
                self.assertEqual(sheet["A2"].data_type, "s")
        self.assertEqual(read_csv(made(sheets.Csv, [[-3, "a=b"]]))[1], ["-3", "a=b"])

    def test_parts_make_the_same_table_as_the_whole(self):
        rows = [[f"Row {number}", number] for number in range(7)]
        for kind, read in (
            (sheets.Csv, read_csv),
            (sheets.Xlsx, lambda c: read_xlsx(c)[0]),
        ):
            whole = read(made(kind, rows))
            self.assertEqual(len(whole), 8)
            for parts in (
                (rows[:3], rows[3:]),
                (rows, []),
                ([], rows),
                (rows[:1], [], rows[1:]),
            ):
                with self.subTest(kind=kind, parts=[len(part) for part in parts]):
                    self.assertEqual(read(made(kind, *parts)), whole)

    def test_the_archive_is_sound(self):
        content = made(sheets.Xlsx, [ROW] * 10, [ROW] * 5)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertIn("[Content_Types].xml", archive.namelist())

    def test_what_no_sheet_can_hold_is_left_out(self):
        long = "x" * 40_000
        (_labels, row), _sheet = read_xlsx(made(sheets.Xlsx, [["a\x00\ud800b", long]]))
        self.assertEqual(row[0], "ab")
        self.assertLess(len(row[1]), 32_767)
        self.assertTrue(row[1].endswith("…"))
        self.assertEqual(read_csv(made(sheets.Csv, [[long]]))[1], [long])

    def test_text_that_looks_like_an_escaped_letter_stays(self):
        sheet = zipfile.ZipFile(io.BytesIO(made(sheets.Xlsx, [["_x0041_ _x_"]])))
        self.assertIn(
            "_x005F_x0041_ _x_", sheet.read("xl/worksheets/sheet1.xml").decode()
        )

    @property_of(60)  # each reads two files
    @given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=6))
    def test_any_text_can_be_read_again(self, rows):
        _rows, sheet = read_xlsx(made(sheets.Xlsx, rows, rows))
        self.assertLessEqual(sheet.max_row, 1 + 2 * len(rows))
        read_csv(made(sheets.Csv, rows))
