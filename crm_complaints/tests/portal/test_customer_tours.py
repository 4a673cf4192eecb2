"""Customer journeys: played in a browser, on a phone."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers import complaints, complaints_new
from ..browser import BrowserMixin
from .common import ComplaintPortalCommon

SEND = "button[type=submit]"


class CustomerBrowserCommon(BrowserMixin, ComplaintPortalCommon):
    clock = None  # browsers have a clock of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.public_user").write(
            {
                "company_id": cls.company_a.id,
                "company_ids": [(6, 0, cls.company_a.ids)],
            }
        )

    def setUp(self):
        super().setUp()
        # a test presses at once
        for controller in (complaints, complaints_new):
            self.startPatcher(patch.object(controller, "QUICKEST", 0))

    def assertClicks(self, page, most, before=0):
        """Assert how many clicks it took, since there were ``before``."""
        self.assertLessEqual(page.clicks - before, most)


@tagged("post_install", "-at_install")
class TestCustomerTours(CustomerBrowserCommon):
    """On a phone, as most customers; TestTours and TestDemo open the pages at a desk."""

    browser_size = "390x844"
    touch_enabled = True

    @mute_logger("odoo.http")
    def test_customer_complains_and_follows_the_link(self):
        with self.browse("/complaints/new") as page:
            page.type("#story", "The parcel was open.")
            # what was typed is there still when the page is loaded again
            page.reload()
            self.assertEqual(page.value("#story"), "The parcel was open.")
            page.go(SEND)
            page.see(
                "#email.is-invalid ~ .invalid-feedback", "Please give an e-mail address"
            )
            page.see("#email:focus")
            self.assertEqual(page.value("#story"), "The parcel was open.")
            page.type("#email", "nina@customers.example")
            page.go(SEND)
            page.see(".o_complaint_reference", "C/")
            page.go("a.o_complaint_link")
            page.see("h1", "We have your complaint")
            page.see(".o_complaint_when", "You will have our answer by")
            page.see(".o_complaint_expected", "Nothing")
            page.type("#write_words", "It was wet as well.")
            page.go(f"#write {SEND}")
            page.see(".o_complaint_done", "We have received your message")
            page.see(".o_complaint_message", "It was wet as well.")
            # what has arrived is not proposed again
            self.assertEqual(page.value("#write_words"), "")
        complaint = self.Ticket.search([("name", "=", "The parcel was open.")])
        self.assertEqual(complaint.complaint_email_to, "nina@customers.example")
        self.assertTrue(complaint.complaint_acknowledged_at)

    @mute_logger("odoo.http")
    def test_message_is_not_sent_again_by_going_back_or_loading_again(self):
        with self.browse(self.link()) as page:
            page.type("#write_words", "It was wet.")
            page.go(f"#write {SEND}")
            page.see(".o_complaint_done")
            page.reload()
            page.see(".o_complaint_message", "It was wet.")
            page.back()
            page.go(f"#write {SEND}")
        self.assertEqual(len(self.complaint._complaint_shown_messages()), 1)

    def test_customer_chooses_in_two_taps(self):
        self.offer("A voucher.", "A new parcel.", alternative=True)
        with self.browse(self.link()) as page:
            page.see("h1", "We have an offer for you")
            page.click("label", "A new parcel")
            page.go("#accept button", "Accept my choice")
            self.assertClicks(page, 2)
            page.see(".o_complaint_done", "Thank you for accepting")
            page.see("#agreed li", "A new parcel")
            self.assertNotIn("A voucher", page.run("() => document.body.innerText"))
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_customer_takes_an_offer_without_a_choice_in_two_taps(self):
        self.offer("A voucher.")
        with self.browse(self.link()) as page:
            page.click("summary", "Accept this offer")
            page.go("#accept button", "Yes, I accept the offer")
            self.assertClicks(page, 2)
            page.see(".o_complaint_done", "Thank you for accepting")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_customer_takes_an_offer_by_keys_alone(self):
        self.offer("A voucher.")
        with self.browse(self.link()) as page:
            page.tab_to("#accept summary")
            page.press("Enter", 13)
            page.tab_to("#accept button")
            page._leave(lambda: page.press("Enter", 13))
            page.see(".o_complaint_done", "Thank you for accepting")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_customer_declines_and_asks_for_a_review(self):
        self.offer("A voucher.")
        with self.browse(self.link()) as page:
            page.click("summary", "Decline this offer")
            page.type("#reject_words", "I want my money back.")
            page.go(f"#reject {SEND}")
            page.see(".o_complaint_done", "We will look for a better solution")
            page.see(".o_complaint_message", "I want my money back.")
            page.click("summary", "Ask for a review")
            page.go(f"#second_look {SEND}")
            page.see(".o_complaint_done", "will review it")
            page.see("h1", "Someone else will review your complaint")
        self.assertEqual(
            self.complaint.complaint_decision_words, "I want my money back."
        )
        self.assertTrue(self.complaint.complaint_review_open)

    def test_customer_signs_in_and_rates(self):
        self.resolve()
        with self.browse("/my/home", self.portal_user) as page:
            page.go(".o_portal_my_home a[href='/my/complaints']")
            page.go(".o_complaint_card", "Broken on arrival")
            page.see("#answer", "The seal was broken.")
            page.click("#rate label", "Fully")
            page.type("#rate_words", "Well done.")
            page.go(f"#rate {SEND}")
            page.see(".o_complaint_done", "We read every answer")
            self.assertTrue(page.has("#rating_5:checked"))
            page.go("header a", "Your complaints")
            page.see(".o_complaint_card", "Broken on arrival")
        self.assertEqual(self.complaint.rating_last_value, 5)

    def test_customer_rates_from_the_mail_with_one_click(self):
        self.resolve()
        link = self.complaint.get_portal_url(suffix="/rating", query_string="&rating=1")
        with self.browse(link) as page:
            self.assertTrue(page.has("#rating_1:checked"))
            # the click in the mail only opened the page
            page.go(f"#rate {SEND}")
            self.assertClicks(page, 1)
            page.see(".o_complaint_done", "We read every answer")
            self.assertTrue(page.has("#rating_1:checked"))
            page.click("#rate label", "Partly")
            page.type("#rate_words", "It works now.")
            page.go(f"#rate {SEND}")
            page.see(".o_complaint_done", "We read every answer")
            self.assertTrue(page.has("#rating_3:checked"))
            page.see(".o_complaint_message", "It works now.")
        ratings = self.complaint.complaint_rating_ids.sorted("id")
        self.assertEqual(ratings.mapped("rating"), [1, 3])
        self.assertEqual(ratings[1].feedback, "It works now.")

    def test_customer_asks_not_to_be_asked_again(self):
        self.resolve()
        link = self.complaint.get_portal_url(suffix="/rating", anchor="no_rating")
        with self.browse(link) as page:
            page.go(f"#no_rating {SEND}")
            self.assertClicks(page, 1)
            page.see(".o_complaint_done", "We will not ask you to rate this again")
        self.assertTrue(self.customer.complaint_no_rating)
        self.assertFalse(self.complaint.complaint_rating_ids)

    def test_file_that_cannot_be_taken_is_said_before_it_is_sent(self):
        with self.browse("/complaints/new") as page:
            page.type("#story", "It was open.")
            page.attach("#files", "run.exe", "MZ")
            page.see("#files_problems", "run.exe is not a type of file that we accept")
            page.click(SEND)
            page.see("#files:focus[aria-invalid=true]")
            self.assertEqual(page.value("#story"), "It was open.")
            page.attach("#files", "bill.pdf", "%PDF-1.4")
            self.assertFalse(page.has("#files_problems"))
            page.type("#phone", "12")
            page.go(SEND)
            page.see(".o_complaint_reference", "C/")
        complaint = self.Ticket.search([("name", "=", "It was open.")])
        self.assertEqual(
            complaint._complaint_shown_documents().mapped("name"), ["bill.pdf"]
        )

    def test_name_is_asked_for_only_where_it_may_be_given(self):
        with self.browse("/complaints/new") as page:
            page.see("#email")
            page.click("label", "I would rather not give my name")
            page.see(
                ".o_complaint_nobody", "We will look into your complaint all the same"
            )
            self.assertFalse(
                page.run(
                    "() => document.querySelector('#email').getClientRects().length"
                )
            )


@tagged("post_install", "-at_install")
class TestPublicPages(CustomerBrowserCommon):
    """Public pages: light, and readable in the colours of any company."""

    def paths(self):
        """Return the paths of the public pages, by name."""
        self.offer("A voucher.")
        answered = self.create_complaint(partner_id=self.customer.id).sudo()
        self.resolve(answered)
        token = answered._rating_get_access_token()
        return {
            "form": "/complaints/new",
            "customer page": self.link(),
            "answered": self.link(answered),
            "rating": answered.get_portal_url(suffix="/rating"),
            "Odoo's rating": f"/rate/{token}/5",
        }

    def test_page_is_light_and_loads_nothing_of_odoo_s(self):
        self.company_a.logo = self.env.ref("base.main_company").logo
        for name, path in self.paths().items():
            company = self.company_a.name
            with self.subTest(name), self.browse(path) as page:
                page.see("main h1")
                self.assertLessEqual(page.loaded["requests"], 4)
                # something was counted at all
                self.assertGreater(page.loaded["bytes"], 5_000)
                self.assertLessEqual(page.loaded["bytes"], 150_000)
                self.assertTrue(page.run("() => document.title"))
                self.assertEqual(
                    page.run("() => document.documentElement.lang"), "en-US"
                )
                self.assertEqual(page.run("() => typeof odoo"), "undefined")
                self.assertNotIn(
                    "Odoo", page.run("() => document.documentElement.outerHTML")
                )
                self.assertIn(
                    company,
                    page.run("() => document.querySelector('footer').innerText"),
                )

    def test_page_speaks_the_visitor_s_language_and_direction(self):
        self.env["res.lang"]._activate_lang("ar_001")
        view = self.env.ref("crm_complaints.portal_complaint_new")
        view.update_field_translations("arch_db", {"ar_001": {"Send": "إرسال"}})
        self.opener.cookies["frontend_lang"] = "ar_001"
        page = self.tree(self.url_open("/complaints/new"))
        self.assertEqual((page.get("lang"), page.get("dir")), ("ar-001", "rtl"))

    def test_pages_work_without_a_script(self):
        self.offer("A voucher.")
        link = self.link()
        with self.browse("/complaints/new") as page:
            page._send("Emulation.setScriptExecutionDisabled", value=True)
            page.reload()
            self.assertEqual(page.run("() => typeof complaintForm"), "undefined")
            page.type("#story", "It was shut.")
            page.type("#phone", "12")
            page.go(SEND)
            page.see(".o_complaint_reference", "C/")
            page.open(link)
            page.click("summary", "Accept this offer")
            page.go("#accept button", "Yes, I accept the offer")
            page.see(".o_complaint_done", "Thank you for accepting")
        self.assertTrue(self.Ticket.search([("name", "=", "It was shut.")]))
        self.assertEqual(self.complaint.complaint_decision, "accepted")
