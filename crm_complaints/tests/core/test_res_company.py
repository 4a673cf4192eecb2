"""Complaint numbers: each company has its own, drawn for a whole batch at once."""

from datetime import datetime

from odoo.tests import tagged

from ..common import ComplaintCommon

CODE = "helpdesk.ticket.complaint"


@tagged("post_install", "-at_install")
class TestNumbers(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sequence_a = cls.sequence_of(cls.company_a)
        cls.sequence_b = cls.sequence_of(cls.company_b)

    def setUp(self):
        super().setUp()
        # a drawn number stays drawn when a test is rolled back; this does not
        self.sequence_a.number_next_actual = 42
        self.sequence_b.number_next_actual = 7

    @classmethod
    def sequence_of(cls, company):
        return cls.env["ir.sequence"].search(
            [("code", "=", CODE), ("company_id", "=", company.id)]
        )

    def batch(self, count, user=None, **vals):
        vals = {"name": "T", "description": "D", "team_id": self.team.id, **vals}
        return self.Ticket.with_user(user or self.handler).create(
            [dict(vals) for _index in range(count)]
        )

    def queries(self, function):
        """Return how many queries ``function`` takes with warm caches."""
        function()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def test_number_tells_the_year_and_is_padded(self):
        self.assertEqual(self.create_complaint().number, "C/2026/00042")
        with self.at(datetime(2027, 1, 4, 9, 0)):
            self.assertEqual(self.create_complaint().number, "C/2027/00043")

    def test_each_company_counts_on_its_own(self):
        self.assertEqual(self.create_complaint().number, "C/2026/00042")
        theirs = self.create_complaint(user=self.handler_b, team_id=self.team_b.id)
        self.assertEqual(theirs.number, "C/2026/00007")
        self.assertEqual(self.create_complaint().number, "C/2026/00043")

    def test_number_is_of_the_teams_company_not_of_the_users(self):
        both = self.create_user(
            "both", "Of Both", "user", self.company_a | self.company_b
        )
        ticket = self.create_complaint(user=both, team_id=self.team_b.id)
        self.assertEqual(ticket.company_id, self.company_b)
        self.assertEqual(ticket.number, "C/2026/00007")

    def test_batch_draws_consecutive_numbers(self):
        numbers = self.batch(20).mapped("number")
        self.assertEqual(numbers, [f"C/2026/000{i}" for i in range(42, 62)])
        self.assertEqual(self.create_complaint().number, "C/2026/00062")

    def test_batch_of_two_companies_draws_from_both(self):
        both = self.create_user(
            "both", "Of Both", "user", self.company_a | self.company_b
        )
        vals = {"name": "T", "description": "D"}
        teams = [self.team, self.team_b, self.team]
        tickets = self.Ticket.with_user(both).create(
            [{**vals, "team_id": team.id} for team in teams]
        )
        self.assertEqual(
            tickets.mapped("number"), ["C/2026/00042", "C/2026/00007", "C/2026/00043"]
        )

    def test_registering_a_batch_draws_consecutive_numbers(self):
        tickets = self.batch(5, user=self.outsider, team_id=self.ordinary_team.id)
        tickets.action_complaint_register()
        self.assertEqual(
            tickets.mapped("number"), [f"C/2026/000{i}" for i in range(42, 47)]
        )

    def test_given_number_is_kept_and_none_is_drawn(self):
        # by code, such as another addon's; nobody enters one
        old = self.create_complaint(
            user=self.env.ref("base.user_root"), number="OLD-17"
        )
        self.assertEqual(old.number, "OLD-17")
        self.assertEqual(self.create_complaint().number, "C/2026/00042")

    def test_any_count_takes_the_same_queries(self):
        company = self.company_a
        few = self.queries(lambda: company._complaint_next_numbers(1))
        many = self.queries(lambda: company._complaint_next_numbers(500))
        self.assertEqual(many, few)
        self.assertLessEqual(many, 3)

    def test_new_company_has_its_sequence(self):
        company = self.env["res.company"].create({"name": "Company N"})
        self.assertEqual(len(self.sequence_of(company)), 1)
        self.assertEqual(
            company._complaint_next_numbers(2), ["C/2026/00001", "C/2026/00002"]
        )

    def test_sequences_are_created_once(self):
        companies = self.company_a | self.company_b
        companies._complaint_create_sequences()
        self.assertEqual(self.sequence_of(self.company_a), self.sequence_a)
        self.assertEqual(self.sequence_of(self.company_b), self.sequence_b)

    def test_deleted_sequence_falls_back_to_ordinary_numbers(self):
        self.sequence_a.unlink()
        tickets = self.batch(3)
        self.assertTrue(all(tickets.mapped("is_complaint")))
        self.assertEqual(len(set(tickets.mapped("number"))), 3)
        for number in tickets.mapped("number"):
            self.assertRegex(number, r"^HT\d+$")

    def test_shared_sequence_serves_where_a_company_has_none(self):
        self.sequence_a.unlink()
        shared = {"company_id": False, "prefix": "ALL/", "padding": 3}
        self.sequence_b.copy({**shared, "number_next": 1})
        self.assertEqual(self.batch(2).mapped("number"), ["ALL/001", "ALL/002"])

    def test_own_sequence_goes_before_a_shared_one(self):
        self.sequence_b.copy({"company_id": False, "prefix": "ALL/"})
        self.assertEqual(self.create_complaint().number, "C/2026/00042")

    def test_numbers_that_start_anew_every_year(self):
        self.sequence_a.use_date_range = True
        self.assertEqual(
            self.batch(2).mapped("number"), ["C/2026/00001", "C/2026/00002"]
        )
        with self.at(datetime(2027, 1, 4, 9, 0)):
            self.assertEqual(self.create_complaint().number, "C/2027/00001")
        self.assertEqual(self.create_complaint().number, "C/2026/00003")

    def test_numbers_without_gaps(self):
        self.sequence_a.implementation = "no_gap"
        self.sequence_a.number_next_actual = 42
        self.assertEqual(
            self.batch(3).mapped("number"), [f"C/2026/000{i}" for i in range(42, 45)]
        )

    def test_steps_of_the_sequence_are_kept(self):
        self.sequence_a.number_increment = 10
        self.sequence_a.number_next_actual = 100
        self.assertEqual(
            self.batch(3).mapped("number"),
            ["C/2026/00100", "C/2026/00110", "C/2026/00120"],
        )

    def test_edited_prefix_counts_at_once(self):
        self.sequence_a.prefix = "R%(y)s-"
        self.assertEqual(self.create_complaint().number, "R26-00042")

    def test_ordinary_tickets_draw_none(self):
        self.create_ticket()
        self.assertEqual(self.create_complaint().number, "C/2026/00042")
