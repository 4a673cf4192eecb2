"""Journeys in other languages: a handler works in Russian, a customer decides in Arabic."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import complaints, complaints_new
from .browser import BrowserMixin
from .portal.common import ComplaintPortalCommon
from .test_translations import LANGUAGES, catalogues

BUTTON = ".o_statusbar_buttons button"


@tagged("post_install", "-at_install")
class TestJourneysInOtherLanguages(BrowserMixin, ComplaintPortalCommon, HttpCase):
    clock = None  # browsers have a clock of their own
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        langs = [LANGUAGES["ru"], LANGUAGES["ar"]]
        for code in langs:
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(["crm_complaints"], langs)
        cls.said = {
            (language, entry.msgid): entry.msgstr
            for addon, language, _texts, translation in catalogues()
            if addon == "crm_complaints"
            for entry in translation
        }

    def setUp(self):
        super().setUp()
        # the test presses at once
        for controller in (complaints, complaints_new):
            self.startPatcher(patch.object(controller, "QUICKEST", 0))

    def russian(self, text):
        return self.said["ru", text]

    def arabic(self, text):
        return self.said["ar", text]

    def test_handler_works_a_complaint_in_russian(self):
        self.handler.lang = "ru_RU"
        name = self.handler.name
        guides = {
            phase: self.said["ru", name]
            for phase, name in (
                ("reception", "Reception"),
                ("hearing", "Listening"),
                ("calming", "Reassurance"),
                ("solution", "Solution"),
            )
        }
        with self.browse("/odoo/complaints", self.handler) as page:
            page.click(".o-kanban-button-new")
            page.see(".o_complaint_intake label", self.russian("Customer Name"))
            page.see(".o_complaint_script", name)
            page.type("[name=partner_name] input", "Анна Каренина")
            page.type("[name=phone] input", "+7 495 123-45-67")
            page.type("[name=description] textarea", "Две ночи не было горячей воды.")
            page.click("button.btn-lg", self.russian("Register Complaint"))
            page.see(".o_complaint_reference", "C/")
            page.click("button[name=action_open_complaint]")
            for phase in guides.values():
                page.see(".o_statusbar_status .o_arrow_button_current", phase)
                if phase != guides["solution"]:
                    page.click(
                        f"{BUTTON}.btn-primary[name=action_complaint_next_phase]"
                    )
            page.click(f"{BUTTON}[name=action_complaint_resolve]")
            page.see(".modal", self.russian("Upheld"))
            page.click(".modal [name=outcome] input[data-value=upheld]")
            page.click(".modal button[name=action_resolve]")
            page.see(
                ".o_statusbar_status .o_arrow_button_current", "Послесервисный этап"
            )
        complaint = self.Ticket.search([("partner_name", "=", "Анна Каренина")])
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(complaint.complaint_outcome, "upheld")

    # Odoo mirrors styles by rtlcss, and warns where that is not installed
    @mute_logger("odoo.addons.base.models.assetsbundle")
    def test_customer_complains_and_decides_in_arabic(self):
        story = "لم تتوفر مياه ساخنة ليلتين متتاليتين ولم يرد علينا أحد."
        with self.browse("/ar/complaints/new") as page:
            self.see_right_to_left(page)
            page.type("#story", story)
            page.type("#email", "layla@haddad.example")
            page.go("form button.btn-primary[type=submit]", self.arabic("Send"))
            page.see(".o_complaint_reference", "C/")
        complaint = self.Ticket.search([("partner_email", "=", "layla@haddad.example")])
        self.assertEqual(complaint.complaint_lang, "ar_001")
        self.offer("ردّ ثمن الليلتين", complaint=complaint)
        complaint._portal_ensure_token()
        number = complaint.number
        with self.browse(complaint.sudo().get_portal_url()) as page:
            self.see_right_to_left(page)
            page.see("h1", self.arabic("We have an offer for you"))
            page.see("main", number)
            page.click("summary", self.arabic("Accept this offer"))
            page.go("#accept button", self.arabic("Yes, I accept the offer"))
            page.see(".o_complaint_done")
            self.assertFalse(page.is_wider_than_the_screen())
        self.assertEqual(complaint.complaint_decision, "accepted")

    def see_right_to_left(self, page):
        self.assertEqual(
            page.run(
                "() => [document.documentElement.dir, document.body.dir].join('')"
            ),
            "rtl",
        )
        self.assertEqual(
            page.run("() => getComputedStyle(document.body).direction"), "rtl"
        )
