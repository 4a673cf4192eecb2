"""Language of letters: the customer's own, or the one that was chosen."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestLanguage(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.customer.lang = "fr_FR"
        cls.company_a.partner_id.lang = "en_US"
        template = cls.env.ref("crm_complaints.mail_template_update")
        template.with_context(lang="fr_FR").body_html = "<p>Merci</p>"
        template.with_context(lang="de_DE").body_html = "<p>Vielen Dank</p>"

    def letter_of(self, complaint):
        return complaint._complaint_render_letter("update")[1:]

    def test_it_is_the_customer_s(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(complaint.complaint_lang, "fr_FR")
        text, lang = self.letter_of(complaint)
        self.assertIn("Merci", text)
        self.assertEqual(lang, "fr_FR")

    def test_another_one_may_be_chosen(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        complaint.complaint_lang = "de_DE"
        text, lang = self.letter_of(complaint)
        self.assertIn("Vielen Dank", text)
        self.assertEqual(lang, "de_DE")
        self.assertEqual(complaint._complaint_language(), "de_DE", "remedies as well")
        self.customer.lang = "en_US"
        self.assertEqual(complaint.complaint_lang, "de_DE", "it was chosen")

    def test_a_letter_that_is_not_translated_is_in_another_language_whole(self):
        """Its date too: no English letter of 12 december."""
        template = self.env.ref("crm_complaints.mail_template_letter")
        for code in ("nl_NL", "pt_PT"):
            self.env["res.lang"]._activate_lang(code)
        self.customer.lang = "nl_NL"
        complaint = self.create_complaint(partner_id=self.customer.id)
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.handler)
            .with_context(
                default_model="helpdesk.ticket",
                default_res_ids=complaint.ids,
                default_template_id=template.id,
            )
            .create({})
        )
        for speaks, lang, month in (
            ("en_US", "en_US", "March"),
            ("pt_PT", "en_US", "March"),  # neither the customer's nor the company's
            ("pt_PT", "pt_PT", "março"),
            ("pt_PT", "nl_NL", "maart"),
        ):
            if lang != "en_US":
                template.with_context(
                    lang=lang
                ).body_html = (
                    "<p t-out=\"format_date('2026-03-12', date_format='d MMMM y')\"/>"
                )
            self.company_a.partner_id.lang = speaks
            with self.subTest(speaks=speaks, lang=lang):
                found = template._render_lang(complaint.ids)[complaint.id]
                self.assertEqual(found, lang)
                self.assertEqual(
                    composer._render_lang(complaint.ids), {complaint.id: lang}
                )
                text, lang_of_letter = complaint._complaint_render_letter(
                    "acknowledgement"
                )[1:]
                self.assertEqual(lang_of_letter, lang)
                self.assertIn(month, text)

    def test_text_messages_are_left_alone(self):
        """Odoo renders them by the same mixin, and they have no mail template."""
        template = self.env["sms.template"].create(
            {
                "name": "Reminder",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Until tomorrow",
                "lang": "{{ object.lang }}",
            }
        )
        found = template._render_field("body", self.customer.ids, compute_lang=True)
        self.assertEqual(found[self.customer.id], "Until tomorrow")
        template.write(
            {
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "lang": "{{ object.partner_id.lang }}",
            }
        )
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertTrue(
            template._render_field("body", complaint.ids, compute_lang=True)
        )

    def test_it_follows_the_customer_while_it_is_worked(self):
        """Where the contact's language is corrected after the first complaint."""
        open_one, ended = (
            self.create_complaint(partner_id=self.customer.id) for _ in range(2)
        )
        self.move(ended, "closed")
        self.customer.lang = "de_DE"
        self.assertEqual(open_one.complaint_lang, "de_DE")
        self.assertEqual(ended.complaint_lang, "fr_FR", "as we wrote to them then")

    def test_another_customer_has_their_own(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        complaint.partner_id = self.env["res.partner"].create(
            {"name": "Karl Klein", "lang": "de_DE"}
        )
        self.assertEqual(complaint.complaint_lang, "de_DE")

    def test_without_one_it_is_the_company_s(self):
        self.company_a.partner_id.lang = "de_DE"
        complaint = self.create_complaint(partner_name="Karl Klein")
        self.assertFalse(complaint.complaint_lang)
        self.assertEqual(complaint._complaint_language(), "de_DE")
        self.assertEqual(self.letter_of(complaint)[1], "de_DE")

    def test_one_that_was_taken_away_fails_no_registration(self):
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'xx_XX' WHERE id = %s", [self.customer.id]
        )
        self.customer.invalidate_recordset(["lang"])
        self.assertFalse(
            self.create_complaint(partner_id=self.customer.id).complaint_lang
        )

    def test_ordinary_tickets_have_none(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        self.assertFalse(ticket.complaint_lang)
        ticket.with_user(self.handler).action_complaint_register()
        self.assertEqual(ticket.complaint_lang, "fr_FR")

    def test_all_templates_go_by_it(self):
        data = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=", "crm_complaints")]
        )
        templates = self.env["mail.template"].browse(data.mapped("res_id"))
        others = templates.filtered(
            lambda template: (
                template.model == "helpdesk.ticket"
                and template.lang
                and "complaint_lang" not in template.lang
            )
        )
        self.assertFalse(others.mapped("name"))

    # ---------------------------------------------------
    # The language of the complaint's text
    # ---------------------------------------------------

    FRENCH = "<p>Le chauffage n'a pas fonctionné pendant trois nuits.</p>"

    def test_the_language_of_the_text_is_offered_where_it_is_another(self):
        self.customer.lang = "en_US"
        complaint = self.create_complaint(
            partner_id=self.customer.id, description=self.FRENCH
        )
        self.assertEqual(complaint.complaint_lang, "en_US", "the contact tells it")
        complaint = complaint.with_user(self.handler)
        self.assertEqual(complaint.complaint_written_lang, "fr_FR")
        complaint.action_complaint_use_written_lang()
        self.assertEqual(complaint.complaint_lang, "fr_FR")
        self.assertFalse(complaint.complaint_written_lang, "nothing left to change")

    def test_who_may_not_change_the_complaint_may_not_change_its_language(self):
        complaint = self.create_complaint(
            partner_id=self.customer.id, description=self.FRENCH
        )
        with self.assertRaises(AccessError):
            complaint.with_user(self.user_employee).action_complaint_use_written_lang()

    def test_a_variant_of_the_company_goes_before_others(self):
        self.env["res.lang"]._activate_lang("fr_CA")
        company = self.company_a
        for lang in ("fr_FR", "fr_CA"):
            company.partner_id.lang = lang
            self.assertEqual(
                self.env["helpdesk.ticket"]._complaint_guess_lang(self.FRENCH, company),
                lang,
            )
