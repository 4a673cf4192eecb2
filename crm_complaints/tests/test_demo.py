"""Demo data: what README proposes to try first is there, and can be done as written.

It runs where the demo data are, which no other test wants.
"""

import re
from html import unescape
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from ..controllers import complaints
from .browser import BrowserMixin

_README = Path(__file__).resolve().parents[2] / "README.md"
_MAIL = """From: Priya Shah <priya.shah@guests.example>
To: {address}
Subject: The lift was out of order
Message-ID: <lift@guests.example>

We carried four suitcases up to the fifth floor.
"""
CARD = ".o_kanban_record"
BUTTON = ".o_statusbar_buttons button"


@tagged("post_install", "-at_install", "-standard", "complaint_demo")
class TestDemo(BrowserMixin, MailCase, HttpCase):
    """A method for each step of the README."""

    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(complaints, "QUICKEST", 0))

    def login(self, login, path="/odoo"):
        """Open a page as one of the users of the demo."""
        user = self.env["res.users"].search([("login", "=", login)])
        return self.browse(path, user)

    def complaint(self, name):
        # sudo: the superuser of the tests is in no team
        return self.env["helpdesk.ticket"].sudo().search([("name", "=", name)])

    def open_complaint(self, page, name):
        page.click(f"{CARD} .fs-5", name)
        page.see(".o_complaint_form")

    def menu(self, page, *names):
        """Choose in the menu of the app."""
        page.click(".o_menu_sections a, .o_menu_sections button", names[0])
        for name in names[1:]:
            page.click(".o-dropdown--menu .dropdown-item", name)

    def test_each_step_has_its_test(self):
        if not _README.exists():  # an addon alone, out of its repository
            self.skipTest("there is no README")
        section = _README.read_text().partition("## What to try first")[2]
        section = section.partition("\n## ")[0]
        steps = set(map(int, re.findall(r"^(\d+)\. ", section, re.MULTILINE)))
        tests = {
            int(number)
            for name in dir(self)
            for number in re.findall(r"^test_step_(\d+)_", name)
        }
        self.assertEqual(steps, tests)

    def test_step_1_pipeline(self):
        with self.login("anna") as page:
            page.see(f"{CARD}", "Elin Lindqvist")
            page.see(f"{CARD}", "Deposit charged twice")
            page.see(f"{CARD}", "Final Response: ")
            page.see(f"{CARD}", "working days left")

    def test_step_2_new_complaint(self):
        with self.login("anna") as page:
            self.menu(page, "New Complaint")
            page.type("[name=partner_name] input", "Okonkwo")
            page.click(".o_complaint_callers .dropdown-item", "James Okonkwo")
            page.see(".o_complaint_known", "No hot water on Friday night, again")
            page.see(".o_complaint_script", "Mr Okonkwo")
            page.type("[name=description] textarea", "The minibar was empty.")
            page.click("button.btn-lg", "Register")
            page.see(".o_complaint_reference", "C/")
        self.assertTrue(self.complaint("The minibar was empty."))

    def test_step_3_offer_accepted_on_the_customer_page(self):
        name = "No hot water on Friday night, again"
        complaint = self.complaint(name)
        with self.login("ben") as page:
            self.open_complaint(page, name)
            page.click(BUTTON, "Send Offer")
            page.see(".modal [name=letter]", "Mr Okonkwo")
            page.click(".modal button", "Send")
            page.see(".o_complaint_next_step", "The offer is with the customer")
        mail = self.env["mail.mail"].sudo().search([], order="id DESC", limit=1)
        link = re.search(r'href="([^"]*/my/complaints/[^"]*)"', mail.body_html)
        with self.browse(unescape(link[1])) as page:
            before = page.clicks
            page.click("label", "both nights")
            page.go("#accept button", "Accept my choice")
            self.assertEqual(page.clicks - before, 2)
            page.see(".o_complaint_done", "Thank you for accepting")
        with self.login("ben") as page:
            self.open_complaint(page, name)
            page.click(BUTTON, "Final Response")
            page.click(".modal button[name=action_summary]")
            page.see(".modal-title", "Summary Resolution")
            page.click(".modal [name=outcome] input[data-value=upheld]")
            page.click(".modal button.btn-primary", "Send")
            page.see(".o_complaint_next_step", "follow-up call")
        self.assertTrue(complaint.complaint_resolved_at)
        self.assertIn(
            self.env.ref("crm_complaints.mail_activity_type_follow_up"),
            complaint.activity_ids.activity_type_id,
        )
        with self.browse("/complaints/new") as page:
            page.see("form #story")

    def test_step_4_offer_waits_for_the_customer(self):
        with self.login("portal", "/my/complaints") as page:
            page.go(
                ".o_complaint_card a, a.o_complaint_card",
                "Two children and no hot water",
            )
            page.see("h1", "We have an offer for you")

    def test_step_5_mail(self):
        address = (
            self.env["helpdesk.ticket.team"]
            .search(
                [("is_complaint_team", "=", True), ("alias_name", "!=", False)], limit=1
            )
            .alias_email
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(
                False, _MAIL.format(address=address)
            )
        name = "The lift was out of order"
        complaint = self.complaint(name)
        self.assertFalse(complaint.user_id)
        self.assertTrue(complaint.complaint_acknowledged_at)
        with self.login("anna") as page:
            self.open_complaint(page, name)
            page.see("[name=description] pre", "four suitcases")
            self.assertEqual(*map(page.font, ("[name=description] pre", "body")))
            page.click(BUTTON, "Assign to Me")
            page.see(BUTTON, "Start Listening")
        self.assertEqual(complaint.user_id.login, "anna")

    def test_step_6_leader_extends_a_deadline(self):
        with self.login("tom") as page:
            self.menu(page, "At Risk and Overdue")
            page.click(
                ".o_data_row [name=name]", "Building works from six in the morning"
            )
            page.click(BUTTON, "Extend Deadline")
            page.type(
                ".modal [name=reason] textarea", "The builder has to answer first."
            )
            page.type(".modal [name=findings] textarea", "Work began at six.")
            page.type(".modal [name=date] input", "31/12/2099")
            page.press("Tab", 9)
            page.see(".modal [name=letter]", "The builder has to answer first.")
            page.click(".modal footer button", "Extend")
            page.see(".o-mail-Message", "Work began at six.")
        complaint = self.complaint("Building works from six in the morning")
        self.assertEqual(complaint.complaint_extension_count, 1)

    def test_step_7_administrator(self):
        acknowledgement = self.env.ref("crm_complaints.mail_template_acknowledgement")
        policy = self.env["complaint.policy"].search(
            [("name", "ilike", "FCA"), ("active", "=", False)], limit=1
        )
        self.assertTrue(policy)
        template_name, policy_name = acknowledgement.name, policy.name
        with self.login("admin", "/odoo/complaints") as page:
            self.menu(page, "Configuration", "Stages")
            page.click(".o_data_row [name=name]", "Listening")
            self.change(page, "[name=name] input", "First Talk")
            self.menu(page, "Configuration", "Templates")
            page.click(".o_data_row [name=name]", template_name)
            self.change(page, "[name=subject] input", "We have your complaint")
            self.menu(page, "Configuration", "Policies")
            page.click(".o_data_row [name=name]", policy_name)
            page.see(".o_form_view [name=name]")
            page.click(".o_cp_action_menus .o-dropdown")
            page.click(".o-dropdown--menu .o_menu_item", "Unarchive")
            page.see(".o_form_view:not(:has(.ribbon, .o_widget_web_ribbon .ribbon))")
            self.menu(page, "Complaints")
            page.see(".o_kanban_group", "First Talk")
        # in the language of the users of the demo
        edited = acknowledgement.with_context(lang="en_GB")
        self.assertEqual(edited.subject, "We have your complaint")
        self.assertTrue(policy.active)

    def change(self, page, css, text):
        """Replace what is in a field of a form, and save."""
        page.see(f".o_form_view {css}")
        page.run("(css) => document.querySelector(css).select()", f".o_form_view {css}")
        page.type(f".o_form_view {css}", text)
        page.press("Tab", 9)
        page.see(".o_form_dirty")
        page.click(".o_form_button_save")
        page.see(".o_form_saved")

    def test_step_8_ticket_becomes_a_complaint_and_back(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Sauna", "description": "x"}
        )
        with self.login("admin", f"/odoo/helpdesk.ticket/{ticket.id}") as page:
            page.click(BUTTON, "Register as Complaint")
            page.see(".o_complaint_form")
            page.click(".o_complaint_more")
            page.click(".o-dropdown--menu button", "Not a Complaint")
            page.click(".modal button", "Not a Complaint")
            page.see(".o_form_view:not(.o_complaint_form)")
        self.assertFalse(ticket.is_complaint)

    def test_step_9_follow_up_call(self):
        name = "Coat lost at the cloakroom, still no word"
        complaint = self.complaint(name)
        with self.login("anna") as page:
            self.open_complaint(page, name)
            page.click(BUTTON, "Follow-up Call")
            page.see(".modal [name=script]")
            page.type(".modal [name=words] textarea", "The coat is back.")
            page.click(".modal button", "Mark as Done")
            page.click(".modal footer button", "Resolved")
            page.see(".o_complaint_form [name=complaint_follow_up_result]")
        self.assertEqual(complaint.complaint_phase, "closed")

    def test_step_10_customer(self):
        partner = self.env["res.partner"].search([("name", "=", "James Okonkwo")])
        with self.login("admin", f"/odoo/res.partner/{partner.id}") as page:
            page.see(".o_complaint_banner", "No hot water on Friday night, again")
            page.click(".o_notebook a.nav-link", "Complaints")
            page.see(".o_notebook .tab-pane.active .o_data_row", "Radiator cold")

    def test_step_11_reporting(self):
        with self.login("admin", "/odoo/complaints") as page:
            self.menu(page, "Reporting", "Dashboard")
            page.wait(
                "complaints behind Overdue",
                """() => {
                    document.querySelectorAll(".o-scorecard")[3]?.click();
                    return !!document.querySelector(".o_list_view .o_data_row");
                }""",
            )
            page.see(".o_data_row", "Overdue")
            self.menu(page, "Reporting", "Pareto Chart")
            page.see(".o_graph_canvas_container canvas")
            self.menu(page, "Reporting", "Early Warnings")
            page.see(".o_data_row", "East wing")
            self.menu(page, "Reporting", "Regulator's Returns")
            page.click(".o_data_row [name=name]", "FCA")
            page.see(".o_form_view .o_data_row", "Upheld")
