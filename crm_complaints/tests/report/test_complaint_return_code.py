"""Codes of regulators: imported, valid in their time, and named where they are missing."""

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .return_common import ComplaintReturnCommon


@tagged("post_install", "-at_install")
class TestComplaintReturnCode(ComplaintReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Category = cls.env["helpdesk.ticket.category"]
        cls.rooms, cls.bill = Category.create(
            [{"name": name, "company_id": False} for name in ("Rooms", "Bill")]
        )
        cls.heating = Category.create(
            {"name": "Heating", "company_id": False, "parent_id": cls.rooms.id}
        )
        cls.the_return = cls.create_return(
            {"counted_by": "resolved", "breakdown": "category", "by_code": True}
        )
        for category in (cls.rooms, cls.heating, cls.bill):
            cls.resolved(
                "2026-03-02T10:00", "2026-03-05T17:00", category_id=category.id
            )
        cls.bare = cls.resolved("2026-03-02T10:00", "2026-03-05T17:00")

    def create_code(self, code, **vals):
        return self.Code.create({"return_id": self.the_return.id, "code": code, **vals})

    def rows(self):
        filing = self.open_last(self.the_return)
        return {row.code or row.name: row.value for row in filing.figure_ids[1:]}

    def test_rows_are_codes_and_what_has_none_is_named(self):
        self.create_code("R1", category_id=self.rooms.id, wording="Accommodation")
        self.the_return.code_version = "2027"
        self.create_code("R2", category_id=self.rooms.id, version="2027")
        # what is below it in the tree has the same code
        self.assertEqual(self.rows(), {"R2": 2, "No code": 2})
        filing = self.open_last(self.the_return)
        self.assertEqual(
            filing.issue_ids.mapped("name"),
            [
                "Line 1: Category “Bill” has no code in version 2027 on 06/30/2026.",
                "Complaints in “Line 1” without “Category”: 1",
            ],
        )
        self.assertEqual(self.shown(filing.issue_ids[0]).category_id, self.bill)
        self.assertEqual(self.shown(filing.issue_ids[1]), self.bare)
        self.assertEqual(filing.code_version, "2027")
        self.create_code("H", category_id=self.heating.id, version="2027")
        self.create_code("R2", category_id=self.bill.id, version="2027")
        self.assertEqual(self.rows(), {"H": 1, "R2": 2, "No code": 1})

    def test_a_code_is_that_of_the_last_day_of_the_period(self):
        self.create_code("OLD", category_id=self.rooms.id, valid_to="2026-06-29")
        self.assertNotIn("OLD", self.rows())
        self.create_code("NEW", category_id=self.rooms.id, valid_from="2026-06-30")
        self.assertEqual(self.rows(), {"NEW": 2, "No code": 2})

    def test_one_thing_has_one_code_on_a_day(self):
        self.create_code("A", category_id=self.rooms.id, valid_to="2026-06-30")
        self.create_code("A", category_id=self.bill.id)
        self.create_code("A", category_id=self.rooms.id, version="2")
        self.create_code("B", category_id=self.rooms.id, valid_from="2026-07-01")
        with self.assertRaises(ValidationError):
            self.create_code("C", category_id=self.rooms.id, valid_from="2026-06-30")
        with self.assertRaises(ValidationError):
            self.create_code(
                "C",
                category_id=self.heating.id,
                valid_from="2026-06-30",
                valid_to="2026-06-29",
            )

    def test_a_code_stands_for_one_thing(self):
        with self.assertRaises(ValidationError):
            self.create_code("A")
        with self.assertRaises(ValidationError):
            self.create_code("A", category_id=self.rooms.id, outcome="upheld")

    def test_codes_are_imported_from_a_file(self):
        cause = self.env["complaint.cause"].create({"name": "Cold"})
        columns = [
            "return_id",
            "code",
            "outcome",
            "channel_id",
            "category_id",
            "cause_id",
            "version",
            "valid_from",
        ]
        name = self.the_return.name
        rows = [
            [name, "O1", "upheld", "", "", "", "1", "2027-01-01"],
            [name, "P", "", self.channel_letter.name, "", "", "1", ""],
            [name, "H", "", "", "Rooms / Heating", "", "1", ""],
            [name, "C", "", "", "", "Cold", "1", ""],
        ]
        result = self.Code.load(columns, rows)
        self.assertFalse(result["messages"])
        codes = self.Code.browse(result["ids"])
        self.assertEqual(
            codes.mapped("kind"), ["outcome", "channel", "category", "cause"]
        )
        self.assertEqual(codes[2].category_id, self.heating)
        self.assertEqual(codes[3].cause_id, cause)

    def test_outcomes_and_channels_have_codes_too(self):
        self.the_return.line_ids = [
            Command.clear(),
            Command.create(
                {
                    "name": "By outcome",
                    "counted_by": "resolved",
                    "breakdown": "outcome",
                    "by_code": True,
                }
            ),
            Command.create(
                {"name": "By channel", "counted_by": "resolved", "breakdown": "channel"}
            ),
        ]
        self.create_code("U", outcome="upheld")
        filing = self.open_last(self.the_return)
        self.assertEqual(
            [(row.name, row.value) for row in filing.figure_ids],
            [("By outcome", 4), ("U", 4), ("By channel", 4), ("Not set", 4)],
        )
