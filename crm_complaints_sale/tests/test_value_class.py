"""Value classes: A, B and C by the customers' share of the revenue."""

import random
from datetime import datetime, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintSaleCommon


def pareto(revenue, share_a, share_b):
    """Return {customer id: class}, computed by hand.

    :param dict revenue: customer id -> amount
    """
    buyers = [(-amount, cid) for cid, amount in revenue.items() if amount > 0]
    total = -sum(amount for amount, _cid in buyers)
    classes, before = {}, 0
    for amount, cid in sorted(buyers):
        share = before * 100 / total
        classes[cid] = "a" if share < share_a else "b" if share < share_b else "c"
        before -= amount
    return classes


@tagged("post_install", "-at_install")
class TestValueClass(ComplaintSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env["res.partner"]
        # whatever else there is in the database
        cls.env["sale.order"].search([]).state = "cancel"

    def customers(self, *amounts, **vals):
        """Return one customer for each amount, who ordered for it."""
        partners = self.Partner.create(
            [{"name": f"Customer {index}"} for index, _ in enumerate(amounts)]
        )
        for partner, amount in zip(partners, amounts, strict=True):
            self.create_order(partner, amount, **vals)
        return partners

    def classes(self, partners, company=None):
        self.Partner._cron_complaint_value_class()
        partners = partners.with_company(company or self.company_a)
        return [partner.complaint_value_class for partner in partners]

    # ---------------------------------------------------
    # The classes
    # ---------------------------------------------------

    def test_largest_customers_who_make_the_shares(self):
        partners = self.customers(80, 15, 5)
        self.assertEqual(self.classes(partners), ["a", "b", "c"])

    def test_customer_with_whom_a_share_is_reached_counts_to_it(self):
        partners = self.customers(79, 16, 5)
        self.assertEqual(self.classes(partners), ["a", "a", "c"])
        partners = self.customers(80, 14, 6)
        self.assertEqual(len(self.classes(partners)), 3)

    def test_only_customer_is_the_most_valuable(self):
        self.assertEqual(self.classes(self.customers(1)), ["a"])

    def test_no_revenue_no_class(self):
        self.assertEqual(self.classes(self.customers(100, 0, -50)), ["a", False, False])
        self.env["sale.order"].search([]).state = "cancel"
        self.assertEqual(self.classes(self.customers(0)), [False])

    def test_random_customers_as_by_hand(self):
        partners = self.Partner.create(
            [
                {
                    "name": f"Entity {index}",
                    "is_company": True,
                    "child_ids": [
                        Command.create({"name": f"Contact {index}.{child}"})
                        for child in range(index % 3)
                    ],
                }
                for index in range(12)
            ]
        )
        contacts = partners | partners.child_ids
        contacts[-1].active = False
        companies = self.company_a | self.company_b
        for seed in range(8):
            chance = random.Random(seed)
            for company in companies:
                months = chance.choice([1, 6, 12, 24])
                share_a = chance.choice([1, 50, 80, 90])
                company.complaint_value_months = months
                company.write(
                    {
                        "complaint_value_share_a": share_a,
                        "complaint_value_share_b": chance.choice([share_a, 95, 100]),
                    }
                )
            for _index in range(12):
                order = self.create_order(
                    chance.choice(contacts),
                    chance.choice([0, 1, 10, 99.95, 1000 * chance.random()]),
                    chance.choice(companies),
                    state=chance.choice(["sale", "sale", "sale", "draft", "cancel"]),
                    date_order=self.clock - timedelta(days=chance.randint(-80, 800)),
                )
                order.currency_rate = chance.choice([1, 1, 0.5, 1.25, 150.37])
            for company in companies:
                with self.subTest(seed=seed, company=company.name):
                    naive = self.naive(company)
                    self.assertEqual(
                        self.classes(contacts, company),
                        [
                            naive.get(p.commercial_partner_id.id, False)
                            for p in contacts
                        ],
                    )

    def naive(self, company):
        begin = self.clock - relativedelta(months=company.complaint_value_months)
        revenue = {}
        for order in self.env["sale.order"].search([("company_id", "=", company.id)]):
            if order.state == "sale" and begin < order.date_order <= self.clock:
                customer = order.partner_id.commercial_partner_id.id
                revenue.setdefault(customer, 0)
                revenue[customer] += Fraction(str(order.amount_untaxed)) / Fraction(
                    str(order.currency_rate)
                )
        return pareto(
            revenue, company.complaint_value_share_a, company.complaint_value_share_b
        )

    def test_orders_in_other_currencies_are_converted(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 100})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "In T", "currency_id": currency.id}
        )
        cheap, dear = self.customers(0, 90)
        order = self.create_order(cheap, 1000, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        # 10 and 90 in the company's
        self.assertEqual(self.classes(cheap | dear), ["b", "a"])

    def test_period_ends_now_and_begins_so_many_months_ago(self):
        self.company_a.complaint_value_months = 3
        old, new = self.customers(0, 0)
        self.create_order(old, 100, date_order=datetime(2025, 12, 2, 9, 0))
        self.create_order(new, 100, date_order=datetime(2025, 12, 2, 9, 1))
        self.create_order(old, 100, date_order=datetime(2026, 3, 2, 9, 1))
        self.assertEqual(self.classes(old | new), [False, "a"])
        with self.at(datetime(2026, 6, 1)):
            self.assertEqual(self.classes(old | new), ["a", False])
        with self.at(datetime(2026, 6, 3)):
            self.assertEqual(self.classes(old | new), [False, False])

    # ---------------------------------------------------
    # Credit notes
    # ---------------------------------------------------

    def set_up_accounts(self, order):
        """Let an order be invoiced, whatever chart of accounts there is."""
        Journal = self.env["account.journal"]
        of_a = [("type", "=", "sale"), ("company_id", "=", self.company_a.id)]
        if not Journal.search(of_a):
            Journal.create(
                {
                    "name": "Sales",
                    "code": "TSAL",
                    "type": "sale",
                    "company_id": self.company_a.id,
                }
            )
        Account = self.env["account.account"]
        if not self.product.property_account_income_id:
            self.product.property_account_income_id = Account.create(
                {"name": "Income", "code": "T400", "account_type": "income"}
            )
            self.receivable = Account.create(
                {"name": "Due", "code": "T100", "account_type": "asset_receivable"}
            )
        order.partner_id.property_account_receivable_id = self.receivable

    def invoice(self, order, post=True):
        self.set_up_accounts(order)
        move = order._create_invoices()
        if post:
            move.action_post()
        return move

    def test_what_was_credited_is_no_revenue(self):
        credited, other = self.customers(100, 50)
        move = self.invoice(credited.sale_order_ids)
        self.assertEqual(self.classes(credited | other), ["a", "a"])
        refund = move._reverse_moves([{"invoice_date": self.clock.date()}])
        self.assertEqual(self.classes(credited | other), ["a", "a"], "still a draft")
        refund.action_post()
        self.assertEqual(self.classes(credited | other), [False, "a"])
        # which sale takes for something to invoice again
        credited.sale_order_ids.order_line.flush_recordset()
        self.invoice(credited.sale_order_ids)
        self.assertEqual(self.classes(credited | other), ["a", "a"])

    def test_down_payments_are_counted_once(self):
        buyer, other = self.customers(100, 99)
        order = buyer.sale_order_ids
        self.invoice(order, post=False).unlink()  # accounts are there
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 50})
        )
        down = wizard._create_invoices(order)
        down.action_post()
        down._reverse_moves([{"invoice_date": self.clock.date()}]).action_post()
        self.company_a.write(
            {"complaint_value_share_a": 50, "complaint_value_share_b": 50}
        )
        # still 100 of 199: the second one is C
        self.assertEqual(self.classes(buyer | other), ["a", "c"])

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    def test_only_contacts_that_change_are_written(self):
        partners = self.customers(80, 15, 5)
        self.assertEqual(self.Partner._cron_complaint_value_class(), 3)
        self.assertEqual(self.Partner._cron_complaint_value_class(), 0)
        self.create_order(partners[2], 100)
        self.assertEqual(self.Partner._cron_complaint_value_class(), 1)
        self.assertEqual(self.classes(partners), ["a", "b", "a"])

    def test_takes_one_query_whatever_there_is(self):
        self.customers(5, 4, 3, 2, 1)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Partner._cron_complaint_value_class()

    def test_each_company_has_its_own(self):
        first, second = self.customers(90, 10)
        self.create_order(first, 10, self.company_b)
        self.create_order(second, 90, self.company_b)
        both = first | second
        self.assertEqual(self.classes(both), ["a", "b"])
        self.assertEqual(self.classes(both, self.company_b), ["b", "a"])

    def test_contacts_of_a_company_are_of_its_class(self):
        self.create_order(self.customer, 100)
        self.assertEqual(
            self.classes(self.customer_company | self.customer), ["a", "a"]
        )
        new = self.Partner.create(
            {"name": "New one", "parent_id": self.customer_company.id}
        )
        self.assertEqual(new.with_company(self.company_a).complaint_value_class, "a")

    def test_cron_comes_every_night(self):
        cron = self.env.ref("crm_complaints_sale.ir_cron_complaint_value_class")
        self.assertEqual((cron.interval_number, cron.interval_type), (1, "days"))
        [partner] = self.customers(10)
        cron.ir_actions_server_id.run()
        partner.invalidate_recordset()
        self.assertEqual(
            partner.with_company(self.company_a).complaint_value_class, "a"
        )

    # ---------------------------------------------------
    # Settings
    # ---------------------------------------------------

    def test_change_of_the_settings_calls_the_cron(self):
        cron = self.env.ref("crm_complaints_sale.ir_cron_complaint_value_class")
        Trigger = self.env["ir.cron.trigger"]
        before = Trigger.search_count([("cron_id", "=", cron.id)])
        self.company_a.complaint_value_months = self.company_a.complaint_value_months
        self.assertEqual(Trigger.search_count([("cron_id", "=", cron.id)]), before)
        self.company_a.complaint_value_share_a = 70
        self.assertEqual(Trigger.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_settings_have_to_make_sense(self):
        for vals in (
            {"complaint_value_months": 0},
            {"complaint_value_months": 121},
            {"complaint_value_share_a": 0},
            {"complaint_value_share_a": 96},
            {"complaint_value_share_b": 101},
            {"complaint_value_share_b": 79},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.company_a.write(vals)

    # ---------------------------------------------------
    # Using it
    # ---------------------------------------------------

    def complaints(self):
        """Return customers A and B, and a complaint of each in both companies."""
        first, second = partners = self.customers(90, 10)
        self.create_order(first, 10, self.company_b)
        self.create_order(second, 90, self.company_b)
        self.classes(partners)
        tickets = self.Ticket
        for partner in partners:
            tickets += self.create_complaint(self.env.user, partner_id=partner.id)
            tickets += self.create_complaint(
                self.handler_b, partner_id=partner.id, team_id=self.team_b.id
            ).sudo(False)
        tickets += self.create_complaint(self.env.user)
        return tickets.with_env(self.env)

    def test_complaint_has_the_class_of_its_own_company(self):
        tickets = self.complaints()
        for company in (self.company_a, self.company_b):
            tickets.invalidate_recordset()
            found = tickets.with_company(company).mapped("complaint_value_class")
            self.assertEqual(found, ["a", "b", "b", "a", False])

    def test_complaints_are_found_and_grouped_by_it(self):
        tickets = self.complaints()
        base = [("id", "in", tickets.ids)]
        for operator, value, expected in (
            ("=", "a", "a__a_"),
            ("!=", "a", "_bb_f"),
            ("in", ["a", "b"], "abba_"),
            ("in", ["b", False], "_bb_f"),
            ("=", False, "____f"),
            ("!=", False, "abba_"),
            ("in", [], "_____"),
        ):
            domain = [("complaint_value_class", operator, value)]
            wanted = [
                ticket for ticket, c in zip(tickets, expected, strict=True) if c != "_"
            ]
            with self.subTest(domain):
                found = self.Ticket.search([*base, *domain], order="id")
                self.assertEqual(list(found), wanted)
                self.assertEqual(list(tickets.filtered_domain(domain)), wanted)
        groups = self.Ticket._read_group(base, ["complaint_value_class"], ["__count"])
        self.assertEqual(dict(groups), {"a": 2, "b": 2, False: 1})
        description = self.Ticket.fields_get(["complaint_value_class"])
        self.assertTrue(description["complaint_value_class"]["groupable"])
        rows = self.Ticket.with_user(self.handler).formatted_read_group(
            base, ["complaint_value_class", "complaint_phase"], ["__count"]
        )
        self.assertEqual(sum(row["__count"] for row in rows), 3)

    def test_contacts_are_found_and_grouped_by_it(self):
        partners = self.customers(80, 15, 5, 0)
        self.classes(partners)
        Partner = self.Partner.with_user(self.seller)
        base = [("id", "in", partners.ids)]
        found = Partner.search([*base, ("complaint_value_class", "=", "a")])
        self.assertEqual(found.ids, partners[:1].ids)
        groups = Partner._read_group(base, ["complaint_value_class"], ["__count"])
        self.assertEqual(dict(groups), {"a": 1, "b": 1, "c": 1, False: 1})

    def test_policy_promises_more_to_the_most_valuable(self):
        policy = self.env["complaint.policy"].create(
            {
                "name": "For A",
                "sequence": 0,
                "partner_domain": "[('complaint_value_class', '=', 'a')]",
                "target_ids": [
                    Command.create(
                        {"milestone": "resolve", "delay": 1, "delay_unit": "day"}
                    )
                ],
            }
        )
        tickets = self.complaints()
        fit = [ticket.complaint_policy_id == policy for ticket in tickets]
        self.assertEqual(fit, [True, False, False, True, False])
        # whichever company the user is working in
        found, errors = self.env["complaint.policy"]._match(
            tickets.sudo().with_company(self.company_b)
        )
        self.assertFalse(errors)
        self.assertEqual([found[t] == policy for t in tickets.sudo()], fit)

    def test_customers_do_not_learn_their_class(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.portal_user).read(["complaint_value_class"])
