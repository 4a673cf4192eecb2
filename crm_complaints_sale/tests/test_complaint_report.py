"""Complaint analysis with sales: the customer's value, purchases after a complaint."""

from datetime import timedelta

from odoo.tests import tagged

from .common import ComplaintSaleCommon


@tagged("post_install", "-at_install")
class TestComplaintReportSale(ComplaintSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([]).state = "cancel"
        cls.answered = cls.clock - timedelta(days=200)

    def complaint(self, partner, answered=None, **vals):
        return self.Ticket._complaint_as_history().create(
            {
                "name": "x",
                "description": "x",
                "team_id": self.team.id,
                "partner_id": partner.id,
                "complaint_received_at": (answered or self.answered) - timedelta(2),
                "complaint_resolved_at": answered or self.answered,
                "stage_id": self.stages["closed"].id,
                "complaint_outcome": "upheld",
                **vals,
            }
        )

    def order(self, partner, days, **vals):
        """Return an order, confirmed so many days after the answer."""
        order = self.create_order(partner, **vals)
        order.date_order = self.answered + timedelta(days=days)
        return order

    def bought_again(self, tickets):
        (found,) = (
            self.env["complaint.report"]
            .with_user(self.manager)
            ._read_group([("ticket_id", "in", tickets.ids)], [], ["bought_again:avg"])
        )
        return found[0]

    def test_bought_again_is_an_order_within_half_a_year(self):
        customer, other = self.env["res.partner"].create(
            [{"name": "Again"}, {"name": "Never"}]
        )
        ticket, another = self.complaint(customer), self.complaint(other)
        self.order(customer, -1)
        self.assertEqual(self.bought_again(ticket | another), 0)
        self.order(customer, 181)
        self.assertEqual(self.bought_again(ticket | another), 0)
        order = self.order(customer, 180)
        self.assertEqual(self.bought_again(ticket), 100)
        self.assertEqual(self.bought_again(ticket | another), 50)
        order.state = "draft"
        self.assertEqual(self.bought_again(ticket), 0)

    def test_order_of_a_colleague_of_the_same_company_counts(self):
        ticket = self.complaint(self.customer)
        self.order(self.customer_company, 3)
        self.assertEqual(self.bought_again(ticket), 100)

    def test_who_was_answered_lately_is_not_judged(self):
        ticket = self.complaint(self.customer, self.clock - timedelta(days=179))
        self.order(self.customer, 60)
        self.assertFalse(self.bought_again(ticket))
        judged = self.complaint(self.env["res.partner"].create({"name": "x"}))
        self.order(judged.partner_id, 1)
        self.assertEqual(self.bought_again(ticket | judged), 100)

    def test_value_class_is_that_of_the_company(self):
        self.create_order(self.customer_company, 100)
        self.env["res.partner"]._cron_complaint_value_class()
        ticket = self.complaint(self.customer)
        ((value_class, number),) = (
            self.env["complaint.report"]
            .with_user(self.manager)
            ._read_group([("ticket_id", "=", ticket.id)], ["value_class"], ["__count"])
        )
        self.assertEqual((value_class, number), ("a", 1))
