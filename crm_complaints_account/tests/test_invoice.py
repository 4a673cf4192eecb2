"""account.move: the customer's complaints are shown, and one can be registered."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_complaints.tests.common import ComplaintCommon


class InvoiceCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.create_accountant("accountant", "")
        cls.accountant_handler = cls.create_accountant(
            "accountant_handler", ",helpdesk_mgmt.group_helpdesk_user"
        )
        cls.team.user_ids += cls.accountant_handler
        cls.income = cls.env["account.account"].create(
            {"name": "Income", "code": "T400", "account_type": "income"}
        )
        cls.customer.property_account_receivable_id = cls.env["account.account"].create(
            {"name": "Due", "code": "T100", "account_type": "asset_receivable"}
        )
        cls.invoice = cls.create_move("out_invoice")

    @classmethod
    def create_accountant(cls, login, groups):
        return new_test_user(
            cls.env,
            login=login,
            email=f"{login}@staff.example.com",
            groups=f"account.group_account_invoice{groups}",
            company_id=cls.company_a.id,
            context={"no_reset_password": True, "mail_create_nolog": True},
        )

    @classmethod
    def create_move(cls, move_type, company=None):
        company = company or cls.company_a
        kinds = {"out": "sale", "in": "purchase", "entry": "general"}
        journal = cls.env["account.journal"].create(
            {
                "name": f"Test {move_type} {company.name}",
                "code": f"T{cls.env['account.journal'].search_count([])}",
                "type": kinds[move_type.split("_")[0]],
                "company_id": company.id,
            }
        )
        return (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "journal_id": journal.id,
                    "partner_id": cls.customer.id,
                    "invoice_date": "2026-03-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Coffee machine",
                                "price_unit": 100,
                                "account_id": cls.income.id,
                                "tax_ids": False,
                            }
                        )
                    ]
                    if company == cls.company_a and move_type != "entry"
                    else [],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestInvoice(InvoiceCommon):
    def banner(self, user, move=None):
        self.env.invalidate_all()
        return (move or self.invoice).with_user(user).complaint_banner

    def take(self, user):
        """Register a complaint from the invoice, as the web client does."""
        action = self.invoice.with_user(user).action_complaint_new()
        intake = (
            self.env["complaint.intake"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"description": "Charged twice"})
        )
        intake.action_register()
        return self.Ticket.browse(intake.ticket_res_id)

    def test_accountant_without_a_role_sees_that_a_complaint_is_open(self):
        self.assertFalse(self.banner(self.accountant))
        self.create_complaint(
            self.leader, partner_id=self.customer_company.id, user_id=self.handler.id
        )
        [line] = self.banner(self.accountant)["lines"]
        self.assertEqual(line["handler"], "Hanna Handler")
        self.assertFalse(line["id"])
        [line] = self.banner(self.accountant_handler)["lines"]
        self.assertTrue(line["id"])

    def test_shown_where_a_customer_is_met_only(self):
        self.create_complaint(partner_id=self.customer.id)
        for move_type, shown in (
            ("out_refund", True),
            ("out_receipt", True),
            ("in_invoice", False),
            ("in_refund", False),
            ("entry", False),
        ):
            move = self.create_move(move_type)
            with self.subTest(move_type):
                self.assertEqual(bool(self.banner(self.accountant, move)), shown)
                mine = move.with_user(self.accountant_handler)
                self.assertEqual(mine.complaint_count, int(shown))

    def test_form_shows_what_is_for_the_user(self):
        for user, shown in ((self.accountant, False), (self.accountant_handler, True)):
            Move = self.env["account.move"].with_user(user)
            arch = Move.get_view(view_type="form")["arch"]
            self.assertIn("complaint_banner", arch)
            for name in ("action_complaint_new", "action_view_complaints"):
                self.assertEqual(f'name="{name}"' in arch, shown, name)
            for view in ("list", "kanban"):
                self.assertNotIn("complaint_", Move.get_view(view_type=view)["arch"])

    def test_complaint_registered_from_the_invoice_knows_it(self):
        self.invoice.action_post()
        complaint = self.take(self.accountant_handler)
        self.assertEqual(complaint.complaint_invoice_id, self.invoice)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.team_id, self.team)
        invoice = self.invoice.with_user(self.accountant_handler)
        self.assertEqual(invoice.complaint_document_count, 1)
        action = invoice.action_view_document_complaints()
        self.assertEqual(self.Ticket.search(action["domain"]), complaint)
        found = self.Ticket.with_user(self.accountant_handler).search(
            [("complaint_invoice_id", "ilike", self.invoice.name)]
        )
        self.assertEqual(found, complaint)

    def test_whoever_may_not_register_is_refused(self):
        for user in (self.accountant, self.handler):
            with self.assertRaises(AccessError):
                self.invoice.with_user(user).action_complaint_new()

    def test_nobody_links_an_invoice_they_may_not_read(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        with self.assertRaises(AccessError):
            complaint.complaint_invoice_id = self.invoice
        with self.assertRaises(AccessError):
            self.create_complaint(complaint_invoice_id=self.invoice.id)
        with self.assertRaises(AccessError):
            self.env["complaint.intake"].with_user(self.handler).with_context(
                default_complaint_invoice_id=self.invoice.id
            ).create({"description": "X"})

    def test_invoice_of_another_company_is_refused(self):
        theirs = self.create_move("out_invoice", self.company_b)
        with self.assertRaises(UserError):
            self.create_complaint(self.env.user, complaint_invoice_id=theirs.id)

    def test_customers_see_neither_banner_nor_link(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        with self.assertRaises(AccessError):
            complaint.with_user(self.portal_user).read(["complaint_invoice_id"])
        self.invoice.message_subscribe(self.customer.ids)
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.portal_user).read(["complaint_banner"])


@tagged("post_install", "-at_install")
class TestInvoiceTour(InvoiceCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    def test_accountant_sees_the_complaint_on_the_invoice(self):
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.handler.id
        )
        self.move(complaint, "hearing")
        self.start_tour(
            f"/odoo/account.move/{self.invoice.id}",
            "complaint_invoice",
            login=self.accountant.login,
        )
