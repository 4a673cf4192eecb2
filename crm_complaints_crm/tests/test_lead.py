"""crm.lead: salespeople see that the customer has an open complaint."""

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_complaints.tests.common import ComplaintCommon


class LeadCommon(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.create_seller("seller", "")
        cls.seller_handler = cls.create_seller(
            "seller_handler", ",helpdesk_mgmt.group_helpdesk_user"
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "A second machine",
                "type": "opportunity",
                "partner_id": cls.customer.id,
            }
        )

    @classmethod
    def create_seller(cls, login, groups):
        return new_test_user(
            cls.env,
            login=login,
            email=f"{login}@staff.example.com",
            groups=f"sales_team.group_sale_salesman_all_leads{groups}",
            company_id=cls.company_a.id,
            context={"no_reset_password": True, "mail_create_nolog": True},
        )


@tagged("post_install", "-at_install")
class TestLead(LeadCommon):
    def banner(self, user, lead=None):
        self.env.invalidate_all()
        return (lead or self.lead).with_user(user).complaint_banner

    def test_seller_without_a_role_sees_that_a_complaint_is_open(self):
        self.assertFalse(self.banner(self.seller))
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer_company.id, user_id=self.handler.id
        )
        [line] = self.banner(self.seller)["lines"]
        self.assertEqual(line["handler"], "Hanna Handler")
        self.assertFalse(line["id"])
        [line] = self.banner(self.seller_handler)["lines"]
        self.assertEqual(line["id"], complaint.id)

    def test_no_complaint_is_about_a_lead(self):
        self.create_complaint(self.leader, partner_id=self.customer.id)
        action = self.lead.with_user(
            self.seller_handler
        ).action_view_document_complaints()
        self.assertFalse(self.Ticket.search(action["domain"]))

    def test_lead_without_a_contact_is_known_by_its_address(self):
        self.customer.email = "Anna Weber <Anna@Weber.example>"
        self.create_complaint(partner_id=self.customer.id)
        known = self.env["crm.lead"].create(
            {"name": "From the web", "email_from": "ANNA@weber.example"}
        )
        known.partner_id = False
        self.assertTrue(self.banner(self.seller, known))
        self.assertEqual(known.with_user(self.seller_handler).complaint_count, 1)
        for address in ("peter@weber.example", False):
            stranger = self.env["crm.lead"].create(
                {"name": "From the web", "email_from": address}
            )
            self.assertFalse(self.banner(self.seller, stranger), address)

    def test_many_leads_cost_the_queries_of_few(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Lead {index}", "email_from": f"l{index}@leads.example"}
                for index in range(10)
            ]
        )
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {index}", "email": f"l{index}@leads.example"}
                for index in range(10)
            ]
        )
        leads.partner_id = False
        for partner in partners:
            self.create_complaint(partner_id=partner.id)

        def queries(leads):
            self.env.invalidate_all()
            leads = leads.with_user(self.seller_handler)
            leads.mapped("email_normalized")
            before = self.env.cr.sql_log_count
            self.assertTrue(all(leads.mapped("complaint_banner")))
            self.assertTrue(all(leads.mapped("complaint_count")))
            return self.env.cr.sql_log_count - before

        queries(leads)
        few = queries(leads[:2])
        # counts of contacts are read for each lead's customers at once
        self.assertLessEqual(queries(leads), few)

    def test_button_opens_the_customer_s_complaints(self):
        complaint = self.create_complaint(partner_id=self.customer_company.id)
        lead = self.lead.with_user(self.seller_handler)
        self.assertEqual((lead.complaint_open_count, lead.complaint_count), (1, 1))
        self.assertFalse(lead.complaint_document_count)
        action = lead.action_view_complaints()
        self.assertEqual(self.Ticket.search(action["domain"]), complaint)

    def test_form_shows_what_is_for_the_user(self):
        for user, shown in ((self.seller, False), (self.seller_handler, True)):
            Lead = self.env["crm.lead"].with_user(user)
            arch = Lead.get_view(view_type="form")["arch"]
            self.assertIn("complaint_banner", arch)
            self.assertEqual("action_view_complaints" in arch, shown)
            for view in ("list", "kanban"):
                self.assertNotIn("complaint_", Lead.get_view(view_type=view)["arch"])


@tagged("post_install", "-at_install")
class TestLeadTour(LeadCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    def test_seller_sees_the_complaint_on_the_opportunity(self):
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.handler.id
        )
        self.move(complaint, "hearing")
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}", "complaint_lead", login=self.seller.login
        )
