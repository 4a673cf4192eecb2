"""Tracking link: whoever has it acts as the customer, for its validity."""

import re
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TEXT, ComplaintPortalCommon

_REFUSALS = "odoo.http"


@tagged("post_install", "-at_install")
class TestComplaintLinks(ComplaintPortalCommon):
    def setUp(self):
        super().setUp()
        self.as_user(None)
        self.token = self.complaint._portal_ensure_token()

    def act_by_link(self, act, status=303, files=(), complaint=None, **values):
        page = self.get(self.link(complaint))
        path = self.path(complaint, act)
        return self.send(
            path, {**self.form_values(page, path), **values}, files, status
        )

    def test_letters_carry_the_link(self):
        with self.mock_mail_gateway():
            complaint = self.create_complaint(
                partner_id=self.customer.id, channel_id=self.channel_email.id
            )
        body = complaint.sudo()._complaint_acknowledgement_mails().body_html
        found = re.search(r"/my/complaints/\d+\?access_token=[\w-]+", body)
        self.assertIn(complaint.number, self.get(found[0]).text)

    def test_the_button_in_notifications_leads_there_as_well(self):
        location = self.get(
            f"/mail/view?model=helpdesk.ticket&res_id={self.complaint.id}"
            f"&access_token={self.token}",
            303,
        ).headers["Location"]
        self.assertTrue(location.endswith(self.link()), location)

    def test_it_speaks_the_language_of_the_letters(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.assertIn("16 mars 2026", self.get(self.link()).text)

    def test_a_rating_link_that_is_merely_opened_votes_nothing(self):
        self.resolve()
        token = self.complaint._rating_get_access_token()
        self.get(f"/rate/{token}/5")
        self.assertFalse(self.complaint.rating_ids.consumed)
        self.assertFalse(self.complaint.rating_last_value)
        # rating on the page changes the same rating
        self.act_by_link("rate", rating="3")
        self.assertEqual(len(self.complaint.complaint_rating_ids), 1)

    def test_a_link_that_says_it_is_done_is_not_believed(self):
        self.offer("A voucher.")
        for act in ("accept", "reject", "withdraw", "second_look", "rate", "<b>"):
            with self.subTest(act):
                page = self.get(f"{self.link()}&done={act}")
                self.assertFalse(self.tree(page).find_class("o_complaint_done"))

    def test_he_does_everything_without_an_account(self):
        self.act_by_link("write", words="Still open.", files=[("p.txt", b"p", TEXT)])
        message = self.complaint._complaint_shown_messages()
        self.assertEqual(message.author_id, self.customer)
        self.assertIn(self.handler.partner_id, message.notified_partner_ids)
        page = self.get(self.link())
        href = self.tree(page).xpath("//a[contains(@href, '/documents/')]/@href")[0]
        self.assertEqual(self.get(href).content, b"p")

        remedies = self.offer("A voucher.", "A new one.", alternative=True)
        self.act_by_link("reject", words="Too little.")
        self.assertEqual(set(remedies.mapped("state")), {"rejected"})
        remedies = self.offer("Two vouchers.", "A newer one.", alternative=True)
        answer = self.act_by_link("accept", choice=str(remedies[0].id))
        self.assertEqual(remedies.mapped("state"), ["accepted", "rejected"])
        self.assertIn(self.token, answer.headers["Location"])
        self.get(answer.headers["Location"])
        self.resolve()
        self.act_by_link("rate", rating="5", words="Thank you.")
        self.assertEqual(self.complaint.rating_last_value, 5)

    def test_nobody_known_is_the_customer_as_well(self):
        for values in (
            {},
            {"partner_name": "Nina"},
            {"partner_email": "nina@customers.example"},
        ):
            with self.subTest(values):
                complaint = self.create_complaint(**values).sudo()
                self.act_by_link("write", complaint=complaint, words="Still open.")
                self.offer("A voucher.", complaint=complaint)
                self.act_by_link("accept", complaint=complaint)
                self.assertEqual(complaint.complaint_decision, "accepted")
                self.resolve(complaint)
                for rating in ("5", "1"):
                    self.act_by_link("rate", complaint=complaint, rating=rating)
                self.assertEqual(complaint.rating_last_value, 1)
                for message in complaint._complaint_shown_messages():
                    self.assertFalse(message.author_id & self.env.user.partner_id)
                self.assertIn("You", self.get(self.link(complaint)).text)

    def test_taken_back_by_link(self):
        self.act_by_link("withdraw", words="Settled otherwise.")
        self.assertEqual(self.complaint.complaint_phase, "withdrawn")

    @mute_logger(_REFUSALS)
    def test_other_tokens_lead_nowhere(self):
        other = self.create_complaint(partner_id=self.stranger.partner_id.id)
        expected = self.read_text(self.get(f"/my/complaints/{2**31 - 1}", 404))
        for token in (
            "",
            "x",
            "ü",
            self.token[:-1],
            self.token.upper() + "x",
            other._portal_ensure_token(),
        ):
            with self.subTest(token):
                page = self.get(f"{self.path()}?access_token={token}", 404)
                self.assertEqual(self.read_text(page), expected)
                self.assertNotIn(self.complaint.number, page.text)
                answer = self.send(
                    self.path(act="write"), {"access_token": token, "words": "x"}
                )
                self.assertEqual(answer.status_code, 404)
        self.get(f"{self.path(other)}?access_token={self.token}", 404)

    def test_it_shows_nothing_but_that_complaint(self):
        other = self.create_complaint(partner_id=self.customer.id)
        page = self.get(self.link())
        for words in (other.number, self.customer.email, self.customer.phone):
            self.assertNotIn(words, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "same-origin")

    @mute_logger(_REFUSALS)
    def test_it_ends_some_time_after_the_complaint(self):
        message = self.complaint.with_user(self.handler).message_post(
            body="See there.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("bill.txt", b"bill")],
        )
        document = message.attachment_ids
        document.generate_access_token()
        routes = (
            self.link(),
            f"{self.path()}/documents/{document.id}?access_token={self.token}",
            f"/my/ticket/{self.complaint.id}/{self.token}",
            f"/web/content/{document.id}?access_token={document.access_token}",
        )
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=89))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        for route in routes:
            self.assertLess(self.url_open(route).status_code, 400, route)
        self.assertTrue(self.fetch_messages())

        self.frozen.tick(timedelta(days=2))
        for route in routes[:2]:
            self.get(route, 404)
        self.assertFalse(self.fetch_messages())
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.assertFalse(self.complaint.access_token)
        for route in routes:
            answer = self.url_open(route)
            self.assertNotIn(self.complaint.number, answer.text, route)
            self.assertNotIn("bill", answer.text, route)
        self.assertFalse(self.fetch_messages())
        # with an account the page stays visible
        self.as_user(self.portal_user)
        self.get(self.path())

    def fetch_messages(self):
        """Return the messages that the portal's own route shows to the token."""
        answer = self.url_open(
            "/mail/chatter_fetch",
            json={
                "params": {
                    "thread_model": "helpdesk.ticket",
                    "thread_id": self.complaint.id,
                    "token": self.token,
                }
            },
        ).json()
        return answer.get("result", {}).get("messages")

    def test_links_of_what_goes_on_stay(self):
        self.frozen.tick(timedelta(days=400))
        old = self.create_complaint(partner_id=self.customer.id).sudo()
        self.resolve()
        self.frozen.tick(timedelta(days=400))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.get(self.link())
        self.assertTrue(old._portal_ensure_token())

    def test_what_is_taken_up_again_has_a_link_again(self):
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=100))
        self.env["helpdesk.ticket"]._gc_complaint_links()
        self.complaint.action_complaint_reopen()
        self.get(self.link())

    def test_what_he_writes_long_after_the_end_goes_on_elsewhere(self):
        self.resolve()
        self.move(self.complaint, "closed")
        self.frozen.tick(timedelta(days=60))
        answer = self.act_by_link("write", words="Open again.")
        again = self.Ticket.search([("complaint_repeat_of_id", "=", self.complaint.id)])
        self.assertIn(self.path(again), answer.headers["Location"])
        self.assertIn(again.number, self.get(answer.headers["Location"]).text)

    # ---------------------------------------------------
    # Signed in, with a link
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_a_link_does_not_make_a_colleague_the_customer(self):
        self.offer("A voucher.")
        for user in (self.colleague, self.handler):
            with self.subTest(user.name):
                self.as_user(user)
                page = self.get(self.link())
                self.assertNotIn(self.path(act="reject"), self.actions(page))
        self.complaint.complaint_concerned_user_ids = self.outsider
        self.as_user(self.outsider)
        self.get(self.link(), 404)
        self.assertEqual(self.complaint.complaint_decision, "pending")

    def test_another_account_of_the_customer(self):
        self.as_user(self.stranger)
        self.offer("A voucher.")
        self.act_by_link("accept")
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    @mute_logger(_REFUSALS)
    def test_a_colleague_does_not_learn_the_token(self):
        complaint = self.complaint.with_user(self.colleague)
        with self.assertRaises(AccessError):
            complaint.read(["access_token"])
        with self.assertRaises(AccessError):
            complaint.search([("access_token", "=like", f"{self.token[:5]}%")])
        self.assertNotIn(self.token, complaint.get_portal_url())
        self.assertIn(
            self.token, self.complaint.with_user(self.portal_user).get_portal_url()
        )
        self.as_user(self.colleague)
        page = self.get(self.path())
        self.assertNotIn(self.token, page.text)
        view = self.url_open(
            f"/mail/view?model=helpdesk.ticket&res_id={self.complaint.id}"
        )
        self.assertEqual(view.status_code, 200)
        self.assertNotIn(self.token, view.url + view.text)
        self.assertIn(self.complaint.number, view.text)
