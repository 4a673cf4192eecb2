"""Lines of returns: what can be counted, and who may say so."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .return_common import ComplaintReturnCommon, utc


@tagged("post_install", "-at_install")
class TestComplaintReturnLine(ComplaintReturnCommon):
    def values(self, *lines):
        filing = self.open_last(self.create_return(*lines))
        return filing.figure_ids.mapped("value")

    def test_conditions_and_amounts(self):
        self.history(
            complaint_received_at=utc("2026-03-02T10:00", "UTC"),
            complaint_amount_claimed=40,
            complaint_severity="major",
        )
        self.history(
            complaint_received_at=utc("2026-03-02T10:00", "UTC"),
            complaint_amount_claimed=2.5,
        )
        major = "[('complaint_severity', '=', 'major')]"
        claimed = {"measure": "sum", "amount": "complaint_amount_claimed"}
        self.assertEqual(
            self.values({}, {"domain": major}, claimed, {**claimed, "domain": major}),
            [2, 1, 42.5, 40],
        )

    def test_remedies_done_and_remedies_accepted(self):
        ticket = self.resolved("2026-03-02T10:00", "2026-03-05T17:00")
        remedy_type = self.env["complaint.remedy.type"].create({"name": "Refund"})
        self.env["complaint.remedy"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "type_id": remedy_type.id,
                    "amount": amount,
                    "state": state,
                    "done_at": done and utc(done, "Europe/Brussels"),
                }
                for amount, state, done in (
                    (1, "done", "2026-06-30T23:59:59"),
                    (10, "done", "2026-07-01T00:00"),
                    (100, "accepted", False),
                    (1000, "rejected", False),
                )
            ]
        )
        done = {"measure": "sum", "amount": "remedies_done"}
        accepted = {"measure": "sum", "amount": "remedies_accepted"}
        self.assertEqual(
            self.values(
                {**done, "counted_by": "remedied"},
                # of complaints resolved in the period, whenever it was paid
                {**done, "counted_by": "resolved"},
                {**accepted, "counted_by": "resolved"},
                {"counted_by": "remedied"},
            ),
            [1, 11, 100, 1],
        )

    def test_times_of_open_complaints_are_up_to_the_end_of_the_period(self):
        # eight weeks before the last day of June, in days
        self.history(complaint_received_at=utc("2026-05-05T10:00", "Europe/Brussels"))
        self.history(complaint_received_at=utc("2026-05-06T10:00", "Europe/Brussels"))
        old = {"counted_by": "open_end", "after_delay": 8, "after_unit": "week"}
        time = {"counted_by": "open_end", "measure": "average", "time_unit": "hour"}
        first = (56 + 14 / 24) * 24
        self.assertEqual(self.values(old, time), [1, first - 12])

    def test_unresolved_complaints_are_within_no_time(self):
        self.history(complaint_received_at=utc("2026-03-02T10:00", "UTC"))
        self.resolved("2026-03-02T10:00", "2026-03-03T10:00")
        self.assertEqual(
            self.values(
                {"within_delay": 8, "within_unit": "week"},
                {"after_delay": 1, "after_unit": "hour"},
                {"measure": "median", "time_unit": "working_day"},
            ),
            [1, 1, 1],
        )

    def test_what_makes_no_sense_is_refused(self):
        for line in (
            {"domain": "[('no_such_field', '=', 1)]"},
            {"domain": "[('user_id', '=', uid)]"},
            {"domain": "no list"},
            {"measure": "sum"},
            {"measure": "share"},
            {"measure": "share", "numerator_id": self.fca.line_ids[0].id},
            {
                "measure": "share",
                "numerator_id": self.fca.line_ids[0].id,
                "denominator_id": self.fca.line_ids[1].id,
            },
            {"after_delay": -1},
        ):
            with self.subTest(line), self.assertRaises(ValidationError):
                self.create_return(line)
        with self.assertRaises(ValidationError):
            self.create_return({}).line_ids = [Command.clear()]

    def test_a_condition_on_what_its_author_may_not_read_is_refused(self):
        secret = "[('user_id.totp_secret', '!=', False)]"
        one = self.create_return({})
        for vals in ({"domain": secret}, {"domain": f"['!', {secret[1:-1]}]"}):
            with self.subTest(vals):
                with self.assertRaises(UserError):
                    one.line_ids.write(vals)
                with self.assertRaises(UserError):
                    self.create_return(vals)

    def test_amounts_are_those_of_the_register(self):
        amounts = dict(self.env["complaint.return.line"]._selection_amount())
        self.assertIn("complaint_amount_claimed", amounts)
        self.assertEqual(list(amounts)[:2], ["remedies_done", "remedies_accepted"])

    def test_a_copy_has_shares_of_its_own_lines(self):
        copy = self.yearly.with_user(self.manager).copy()
        self.assertEqual(
            copy.line_ids.mapped("name"), self.yearly.line_ids.mapped("name")
        )
        shares = copy.line_ids.filtered("numerator_id")
        self.assertEqual(len(shares), 2)
        for share in shares:
            self.assertEqual(
                (share.numerator_id | share.denominator_id).return_id, copy
            )
        self.assertEqual(copy.name, "Complaints in the Past Year (copy)")
        self.assertTrue(self.open_last(copy).figure_ids)
