"""Accepting an offer: confirmed at once, told to the handler once, in the customer's words."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine import plain_text
from .common import ComplaintPortalCommon

TEMPLATE = "crm_complaints.mail_template_agreement"


@tagged("post_install", "-at_install")
class TestAgreementLetter(ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.handler | cls.team_handler).write({"notification_type": "email"})

    def confirmations(self):
        return self.complaint.complaint_letter_ids.filtered(
            lambda letter: letter.kind == "agreement"
        )

    def mails_of(self, send):
        """Return [(address, mail)] of the mails that are sent."""
        Mail = self.env["mail.mail"].sudo()
        Mail.search([("state", "=", "outgoing")]).state = "cancel"
        with self.mock_mail_gateway():
            send()
            self.flush_tracking()
            Mail.search([("state", "=", "outgoing")]).send()
        return [(to, mail) for mail in self._mails for to in mail["email_to"]]

    def accept(self):
        self.as_user(self.portal_user)
        return self.act("accept")

    def test_what_was_agreed_is_confirmed_once(self):
        self.offer("A voucher.")
        page = None
        self.as_user(self.portal_user)
        page = self.get(self.path())
        self.act("accept", page)
        self.act("accept", page)
        letter = self.confirmations()
        self.assertEqual(len(letter), 1)
        text = plain_text.from_html(letter.body)
        for words in (
            "Thank you for accepting our offer.",
            "agreed on 2 March 2026",
            "A voucher, by 12 March 2026. Hanna Handler will take care of it.",
        ):
            self.assertIn(words, text)
        self.assertEqual(letter.message_id.author_id, self.handler.partner_id)
        self.assertFalse(self.complaint.complaint_responded_at, "nobody wrote it")

    def test_the_customer_gets_one_mail_and_the_handler_one(self):
        self.offer("A voucher.", "A call.")
        mails = self.mails_of(self.accept)
        to_customer = [m for to, m in mails if self.customer.email in to]
        to_handler = [m for to, m in mails if self.handler.email in to]
        self.assertEqual(len(to_customer), 1)
        self.assertIn(self.complaint.access_token, to_customer[0]["body"])
        self.assertEqual(len(to_handler), 1)
        self.assertIn("Anna Weber", to_handler[0]["email_from"])
        self.assertIn("I accept the offer.", to_handler[0]["body"])
        self.assertNotIn("Public user", str(mails))
        self.assertTrue(self.complaint.activity_ids, "it is in their list")

    def test_whoever_carries_it_out_is_told_in_one_mail_as_well(self):
        self.offer("A voucher.").user_id = self.team_handler
        mails = self.mails_of(self.accept)
        told = [m for to, m in mails if self.team_handler.email in to]
        self.assertEqual(len(told), 1)
        self.assertIn("Anna Weber", told[0]["email_from"])
        self.assertIn("Tim Team will", plain_text.from_html(self.confirmations().body))

    def test_whoever_must_not_see_it_is_not_asked_to_carry_it_out(self):
        """Nor does it keep the customer from accepting."""
        self.offer("A voucher.").user_id = self.own_handler
        self.accept()
        self.assertEqual(self.complaint.complaint_decision, "accepted")
        self.assertNotIn(self.own_handler, self.complaint.activity_ids.user_id)

    def test_it_is_confirmed_when_the_handler_heard_it(self):
        self.offer("A voucher.")
        self.complaint.with_user(self.handler)._complaint_accept(words="Fine.")
        self.assertEqual(len(self.confirmations()), 1)

    def test_without_an_address_nothing_is_sent(self):
        self.customer.email = False
        self.complaint.partner_email = False
        self.offer("A voucher.")
        self.complaint._complaint_accept()
        self.assertFalse(self.confirmations())
        self.assertEqual(self.complaint.complaint_decision, "accepted")

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_a_broken_template_undoes_no_agreement(self):
        template = self.env.ref(TEMPLATE)
        with patch.object(type(template), "_check_can_be_rendered"):
            template.body_html = '<t t-out="object.no_such_field"/>'
        self.offer("A voucher.")
        with mute_logger("odoo.addons.crm_complaints.models.core.isolation"):
            self.accept()
        self.assertEqual(self.complaint.complaint_decision, "accepted")
        self.assertFalse(self.confirmations())
        self.assertIn(
            "The confirmation of the agreement could not be sent",
            str(self.complaint.activity_ids.mapped("summary")),
        )

    def test_it_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref(TEMPLATE).with_context(
            lang="fr_FR"
        ).body_html = "<p>Merci d'avoir accepté.</p>"
        self.complaint.complaint_lang = "fr_FR"
        self.offer("A voucher.")
        self.accept()
        self.assertIn("Merci", self.confirmations().body)

    def test_the_customer_speaks_in_the_first_person(self):
        self.offer("A voucher.")
        self.accept()
        said = self.complaint._complaint_shown_messages().filtered(
            lambda message: message.author_id == self.customer
        )
        self.assertIn("I accept the offer.", said.body)
        self.offer("Another voucher.")
        self.act("reject", words="Too little.")
        said = self.complaint._complaint_shown_messages()[0]
        self.assertIn("I decline the offer.", said.body)
        self.assertIn("Too little.", said.body)

    def test_a_rejection_says_why(self):
        self.offer("A voucher.")
        self.as_user(self.portal_user)
        answer = self.act("reject", status=400, words="  ")
        self.assertIn("Please tell us briefly", self.read_text(answer))
        self.assertEqual(self.complaint.complaint_decision, "pending")

    def test_no_review_while_the_agreement_is_kept(self):
        self.offer("A voucher.")
        self.accept()
        review = self.path(act="second_look")
        self.assertNotIn(review, self.actions(self.get(self.path())))
        self.complaint._complaint_set_phase("follow_up")
        self.assertNotIn(review, self.actions(self.get(self.path())))
        self.frozen.move_to("2026-03-13 09:00:00")
        self.env.invalidate_all()
        self.as_user(self.portal_user)
        self.assertIn(review, self.actions(self.get(self.path())), "it was not kept")


@tagged("post_install", "-at_install")
class TestTemplates(ComplaintPortalCommon):
    def test_the_preview_shows_a_complaint(self):
        self.create_ticket()
        Preview = self.env["mail.template.preview"]
        for xmlid in (TEMPLATE, "crm_complaints.mail_template_acknowledgement"):
            template = self.env.ref(xmlid)
            preview = Preview.create({"mail_template_id": template.id})
            self.assertTrue(preview.resource_ref.is_complaint)
            self.assertFalse(preview.error_msg)
            self.assertIn(preview.resource_ref.number, preview.body_html)

    def test_others_are_previewed_as_before(self):
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "body_html": "<p>Hello</p>",
            }
        )
        preview = self.env["mail.template.preview"].create(
            {"mail_template_id": template.id}
        )
        first = self.env["helpdesk.ticket"].search([], limit=1)
        self.assertEqual(preview.resource_ref, first)

    def test_dates_are_for_whoever_words_templates(self):
        """Without the right to write code in templates."""
        config = self.env["ir.config_parameter"].sudo()
        config.set_param("mail.restrict.template.rendering", True)
        self.env.ref("base.group_user").implied_ids = [
            Command.unlink(self.env.ref("mail.group_mail_template_editor").id)
        ]
        self.env.invalidate_all()
        words = (
            '<p>Of <t t-out="object.complaint_received_day"/> by '
            '<t t-out="object.complaint_due_day"/></p>'
        )
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.handler)
            .create(
                {
                    "model": "helpdesk.ticket",
                    "res_ids": repr(self.complaint.ids),
                    "composition_mode": "mass_mail",
                    "body": words,
                }
            )
        )
        body = composer._render_field("body", self.complaint.ids)[self.complaint.id]
        self.assertIn("Of 2 March 2026 by 16 March 2026", body)
