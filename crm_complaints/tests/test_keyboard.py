"""Keyboard: handlers work without a mouse, and see and hear where they are."""

from odoo.tests import HttpCase, tagged

from .browser import BrowserMixin
from .mail.common import ComplaintMailCommon

REMEDIES = "[name=complaint_remedy_ids]"
NEXT_STEP = ".o_complaint_next_step"


@tagged("post_install", "-at_install")
class TestKeyboard(BrowserMixin, ComplaintMailCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    def test_call_is_taken(self):
        with self.browse("/odoo/complaints", self.team_handler) as page:
            page.see(".o_kanban_renderer")
            page.shortcut("c")
            page.see("[name=partner_name] input:focus")
            page.type_on("Karl Muster")
            page.tab_to("[name=phone] input")
            page.type_on("+32 2 555 77 88")
            page.tab_to("[name=description] textarea")
            page.type_on("The coffee was cold, twice.")
            page.shortcut("q")
            page.see(".o_complaint_reference", "C/")
            page.shortcut("w")
            page.see(".o_complaint_form")
        complaint = self.Ticket.search([("partner_name", "=", "Karl Muster")])
        self.assertEqual(complaint.user_id, self.team_handler)
        self.assertAcknowledged(complaint, by="phone")

    def test_from_the_pipeline_to_the_final_response(self):
        complaint = self.create_complaint(
            name="Cold coffee",
            user_id=False,
            complaint_remedy_sought="A hot one",
            partner_id=self.customer.id,
            channel_id=self.channel_email.id,
            complaint_outcome=False,
        )
        with self.browse("/odoo/complaints", self.team_handler) as page:
            page.see(".o_kanban_record", "Cold coffee")
            page.press("ArrowDown", 40)
            page.see(".o_kanban_record:focus", "Cold coffee")
            page.press("Enter", 13)
            page.see(".o_complaint_form")

            # Alt and Q is the next step, whichever it is
            page.shortcut("q")
            page.see("button[name=action_complaint_next_phase]", "Start Listening")
            for step in ("has been heard", "prepare a resolution", "one remedy"):
                page.shortcut("q")
                page.see(NEXT_STEP, step)

            page.tab_to(".o_notebook .nav-link")
            page.tab_to(".o_notebook [name=complaint_remedies]")
            page.press("Enter", 13)
            page.tab_to(f"{REMEDIES} .o_field_x2many_list_row_add a")
            page.press("Enter", 13)
            page.see(f"{REMEDIES} [name=type_id] input:focus")
            page.type_on("Apology")
            page.see(f"{REMEDIES} .o-autocomplete--dropdown-item", "Apology")
            page.press("Enter", 13)

            page.shortcut("q")
            page.see(".modal [name=letter]", "We apologise for what went wrong")
            page.shortcut("q")
            page.see(NEXT_STEP, "The offer is with the customer")

            page.shortcut("q")
            page.see(".modal button", "Offer Accepted")
            page.shortcut("q")
            page.see(NEXT_STEP, "write the final response")

            page.shortcut("q")
            page.see(".modal [name=letter]")
            page.tab_to(".modal button[name=action_summary]")
            page.press("Enter", 13)
            page.see(".modal-header", "Summary Resolution")
            page.tab_to(".modal [name=outcome] input")
            page.press("Space", 32)
            page.shortcut("q")
            page.see(NEXT_STEP, "follow-up call")
        self.assertEqual(complaint.description, "<p>The parcel was open.</p>")
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(complaint.complaint_outcome, "upheld")
