"""Customer page tours: played in a browser, at a desk and on a phone."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers import complaints, complaints_new
from .common import ComplaintPortalCommon


@tagged("post_install", "-at_install")
class TestCustomerTours(ComplaintPortalCommon):
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
        # a tour presses at once
        self.startPatcher(patch.object(complaints, "QUICKEST", 0))

    @mute_logger("odoo.http")
    def test_he_complains_and_follows_the_link(self):
        with patch.object(complaints_new, "QUICKEST", 0):
            self.start_tour(
                "/complaints/new",
                "complaint_customer_files",
                # the browser logs the page that names what is missing
                error_checker=lambda message: "400 (BAD REQUEST)" not in message,
            )
        complaint = self.Ticket.search([("name", "=", "The parcel was open.")])
        self.assertEqual(complaint.complaint_email_to, "nina@customers.example")
        self.assertTrue(complaint.complaint_acknowledged_at)

    def test_he_accepts_in_two_taps(self):
        self.offer("A voucher.", "A new parcel.", alternative=True)
        self.start_tour(self.link(), "complaint_customer_accepts")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_he_takes_an_offer_without_a_choice_in_two_taps(self):
        self.offer("A voucher.")
        self.start_tour(self.link(), "complaint_customer_takes_the_offer")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    def test_he_turns_it_down_and_asks_for_a_second_look(self):
        self.offer("A voucher.")
        self.start_tour(self.link(), "complaint_customer_rejects")
        self.assertEqual(
            self.complaint.complaint_decision_words, "I want my money back."
        )
        self.assertTrue(self.complaint.complaint_review_open)

    def test_he_signs_in_and_rates(self):
        self.resolve()
        self.start_tour(
            "/my/home", "complaint_customer_rates", login=self.portal_user.login
        )
        self.assertEqual(self.complaint.rating_last_value, 5)

    def test_he_rates_from_the_mail_with_one_click(self):
        self.resolve()
        link = self.complaint.get_portal_url(suffix="/rating", query_string="&rating=1")
        self.start_tour(link, "complaint_customer_rates_from_the_mail")
        ratings = self.complaint.complaint_rating_ids.sorted("id")
        self.assertEqual(ratings.mapped("rating"), [1, 3])
        self.assertEqual(ratings[1].feedback, "It works now.")

    def test_he_asks_to_be_asked_no_more(self):
        self.resolve()
        link = self.complaint.get_portal_url(suffix="/rating", anchor="no_rating")
        self.start_tour(link, "complaint_customer_is_asked_no_more")
        self.assertTrue(self.customer.complaint_no_rating)
        self.assertFalse(self.complaint.complaint_rating_ids)


@tagged("post_install", "-at_install")
class TestCustomerToursOnAPhone(TestCustomerTours):
    browser_size = "390x844"
    touch_enabled = True
