"""Intake by mail: a mail to a complaints desk becomes a complaint, and nothing is lost."""

from datetime import datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from ...engine import language
from .common import ComplaintMailCommon


@tagged("post_install", "-at_install")
class TestMailIntake(ComplaintMailCommon):
    # ---------------------------------------------------
    # What is registered
    # ---------------------------------------------------

    def test_mail_to_the_desk_is_a_complaint_that_waits_to_be_taken(self):
        complaint = self.receive(Subject="It was broken", body="It was open.")
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.company_id, self.company_a)
        self.assertEqual(complaint.channel_id, self.channel_email)
        self.assertEqual(complaint.complaint_phase, "reception")
        self.assertFalse(complaint.user_id, "nobody yet, and not OdooBot")
        self.assertEqual(complaint.name, "It was broken")
        self.assertIn("It was open.", complaint.description)

    def test_mail_of_a_colleague_is_not_assigned_to_them(self):
        for sender in (self.handler, self.user_employee, self.portal_user):
            with self.subTest(sender=sender.name):
                complaint = self.receive(From=sender.email_formatted)
                self.assertTrue(complaint.is_complaint)
                self.assertFalse(complaint.user_id)
                self.assertEqual(complaint.partner_id, sender.partner_id)
                self.assertEqual(complaint.company_id, self.company_a)

    def test_mail_itself_stands_in_the_complaint_s_history(self):
        complaint = self.receive(body="It was open.", Message_Id="<first@a.example>")
        message = complaint.message_ids.filtered(
            lambda message: message.message_id == "<first@a.example>"
        )
        self.assertEqual(len(message), 1)
        self.assertIn("It was open.", message.body)

    def test_each_desk_takes_its_own_mail(self):
        complaint = self.receive(To=self.team_b.alias_email)
        self.assertEqual(complaint.team_id, self.team_b)
        self.assertEqual(complaint.company_id, self.company_b)
        answer = self.the_acknowledgement()
        self.assertIn(self.team_b.alias_email, answer["Reply-To"])
        self.assertIn("Bruno Handler", answer["From"])

    def test_answer_leaves_from_the_company_s_own_domain(self):
        """No mail server is allowed B's domain, so its own general address serves."""
        self.receive(To=self.team_b.alias_email)
        answer = self.the_acknowledgement()
        self.assertIn(self.mail_alias_domain_c2.default_from_email, answer["From"])
        self.assertEqual(answer["Return-Path"], self.mail_alias_domain_c2.bounce_email)

    def test_mail_to_two_desks_is_a_complaint_at_each(self):
        self.receive(
            To=f"{self.team.alias_email}, {self.team_b.alias_email}",
            Subject="To both of you",
        )
        complaints = self.Ticket.search([("name", "=", "To both of you")])
        self.assertEqual(complaints.team_id, self.team | self.team_b)
        self.assertEqual(len(self.acknowledgements()), 2)

    # ---------------------------------------------------
    # When it was received
    # ---------------------------------------------------

    def test_received_when_the_mailbox_s_server_got_it(self):
        complaint = self.receive(
            Received=[
                "from a by mx.a.example; Sat, 28 Feb 2026 18:00:00 +0100",
                "from laptop by a; Fri, 27 Feb 2026 08:00:00 +0100",
            ],
            Date="Fri, 27 Feb 2026 07:00:00 +0000",
        )
        self.assertEqual(complaint.complaint_received_at, datetime(2026, 2, 28, 17, 0))

    def test_received_when_the_sender_says_if_that_is_plausible(self):
        complaint = self.receive(Date="Sun, 1 Mar 2026 20:00:00 -0500")
        self.assertEqual(complaint.complaint_received_at, datetime(2026, 3, 2, 1, 0))

    def test_received_now_if_the_sender_s_clock_is_wrong(self):
        for date in ("Fri, 10 Aug 2012 14:16:26 +0000", "nonsense", None):
            with self.subTest(date=date):
                complaint = self.receive(Date=date)
                self.assertEqual(complaint.complaint_received_at, self.clock)

    def test_answer_is_promised_by_the_date_of_the_arrival(self):
        """A mail of last night is not answered two weeks from this morning."""
        complaint = self.receive(
            Received="from a by b; Wed, 25 Feb 2026 22:30:00 +0000"
        )
        text = self.text_of(self.the_acknowledgement())
        self.assertIn("arrived on 25 February 2026", text)
        self.assertIn("By *11 March 2026* you will have our answer", text)
        self.assertEqual(
            complaint.complaint_promised_at, datetime(2026, 3, 11, 22, 59, 59)
        )

    # ---------------------------------------------------
    # Who sent it
    # ---------------------------------------------------

    def test_sender_s_name_and_address_are_kept(self):
        for sender, name, address in (
            ("Peter Novak <Peter@NOVAK.example>", "Peter Novak", "peter@novak.example"),
            ('"Novak, Peter" <peter@novak.example>', "Novak, Peter", None),
            ("=?utf-8?q?J=C3=BCrgen_?= <j@novak.example>", "Jürgen", "j@novak.example"),
        ):
            with self.subTest(sender=sender):
                complaint = self.receive(
                    self.mail(From=None).replace(
                        b"To:", b"From: " + sender.encode() + b"\nTo:", 1
                    )
                )
                self.assertEqual(complaint.partner_name.strip(), name)
                self.assertEqual(
                    complaint.partner_email, address or "peter@novak.example"
                )

    def test_known_customer_is_found(self):
        complaint = self.receive(From="A. Weber <ANNA@weber.example>")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.commercial_partner_id, self.customer_company)
        self.assertEqual(complaint.complaint_phone, self.customer.phone)
        self.assertIn("Dear Anna Weber,", self.text_of(self.the_acknowledgement()))

    def test_unknown_customer_is_not_made_up(self):
        before = self.env["res.partner"].with_context(active_test=False).search([])
        complaint = self.receive(Cc="Friend <friend@novak.example>")
        after = self.env["res.partner"].with_context(active_test=False).search([])
        self.assertEqual(after, before)
        self.assertFalse(complaint.partner_id)
        self.assertAcknowledged(complaint)

    # ---------------------------------------------------
    # What a mail may lack, or bring along
    # ---------------------------------------------------

    def test_attachments_are_kept_on_the_complaint(self):
        complaint = self.receive(
            attachments=[
                ("photo.png", "image/png", b"\x89PNG not really one"),
                ("invoice.pdf", "application/pdf", b"%PDF-1.4"),
            ]
        )
        self.assertEqual(
            set(complaint.attachment_ids.mapped("name")), {"photo.png", "invoice.pdf"}
        )
        invoice = complaint.attachment_ids.filtered(lambda a: a.name == "invoice.pdf")
        self.assertEqual(invoice.raw, b"%PDF-1.4")

    def test_rule_that_fails_costs_no_complaint(self):
        model = self.env["ir.model"]._get("helpdesk.ticket")
        self.env["base.automation"].create(
            {
                "name": "Broken",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Broken",
                            "model_id": model.id,
                            "state": "code",
                            "code": "record.write({'name': 'Half done'}); 1 / 0",
                            "usage": "base_automation",
                        }
                    )
                ],
            }
        )
        self.addCleanup(self.env["base.automation"]._unregister_hook)
        with mute_logger("odoo.addons.base_automation.models.base_automation"):
            complaint = self.receive(Subject="Broken on arrival")
        self.assertEqual(complaint.name, "Broken on arrival")
        self.assertAcknowledged(complaint)
        warning = complaint.activity_ids
        self.assertEqual(len(warning), 1)
        self.assertEqual(warning.user_id, self.leader)
        self.assertIn("“Broken”", warning.summary)
        # a user is told, and nothing is done behind their back
        with self.assertRaises(ZeroDivisionError):
            complaint.with_user(self.handler).name = "Other"

    def test_known_customer_without_a_name_in_the_header_has_one(self):
        complaint = self.receive(From=self.customer.email)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.partner_name, self.customer.name)

    def test_empty_mail_is_a_complaint(self):
        for body in ("", "  \n \n"):
            with self.subTest(body=body):
                complaint = self.receive(body=body)
                self.assertTrue(complaint.is_complaint)
                self.assertTrue(html2plaintext(complaint.description).strip())
                self.assertAcknowledged(complaint)

    def test_mail_with_an_attachment_only_is_a_complaint(self):
        complaint = self.receive(
            body="", attachments=[("letter.pdf", "application/pdf", b"%PDF-1.4")]
        )
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.attachment_ids.name, "letter.pdf")

    def test_mail_without_subject_is_a_complaint(self):
        for subject in (None, ""):
            with self.subTest(subject=subject):
                complaint = self.receive(Subject=subject)
                self.assertTrue(complaint.is_complaint)
                self.assertTrue(complaint.name.strip())
                self.assertAcknowledged(complaint)

    def test_mail_without_sender_is_a_complaint_with_nobody_to_answer(self):
        complaint = self.receive(From=None)
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.complaint_acknowledged_by, "not_applicable")
        self.assertFalse(complaint.complaint_acknowledged_at)
        self.assertFalse(self.acknowledgements())

    def test_line_break_hidden_in_the_subject_adds_no_header(self):
        raw = self.mail(Subject="SUBJECT").replace(
            b"SUBJECT", b"=?utf-8?q?Broken=0D=0ABcc:_everyone@novak.example?="
        )
        complaint = self.receive(raw)
        self.assertAcknowledged(complaint)
        answer = self.the_acknowledgement()
        self.assertFalse(answer["Bcc"])
        self.assertNotIn("\n", answer["Subject"])

    def test_subject_is_text_and_not_a_template(self):
        subject = "{{ object.id }} <t t-out='object.id'/>"
        complaint = self.receive(Subject=subject)
        answer = self.the_acknowledgement()
        self.assertEqual(answer["Subject"], f"{subject} ({complaint.number})")

    # ---------------------------------------------------
    # In the customer's language
    # ---------------------------------------------------

    def _translate_acknowledgement(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_complaints.mail_template_acknowledgement")
        template.with_context(lang="fr_FR").subject = "Réclamation {{ object.number }}"
        template.with_context(lang="fr_FR").body_html = (
            '<p>Merci. Réponse avant le <t t-out="format_datetime('
            "object.complaint_promised_at, tz=object.complaint_tz,"
            " dt_format='d MMMM y')\"/></p>"
        )

    def test_acknowledged_in_the_customer_s_language(self):
        self._translate_acknowledgement()
        self.customer.lang = "fr_FR"
        complaint = self.receive(From="anna@weber.example")
        answer = self.the_acknowledgement()
        self.assertEqual(answer["Subject"], f"Réclamation {complaint.number}")
        self.assertIn("Réponse avant le 16 mars 2026", self.text_of(answer))

    def test_stranger_is_acknowledged_in_the_company_s_language(self):
        self._translate_acknowledgement()
        self.company_a.partner_id.lang = "fr_FR"
        # too short to tell its language
        self.receive(body="Bonus?")
        self.assertIn("Merci.", self.text_of(self.the_acknowledgement()))

    def test_language_of_the_customer_goes_before_the_company_s(self):
        self._translate_acknowledgement()
        self.company_a.partner_id.lang = "fr_FR"
        self.customer.lang = "en_US"
        self.receive(From="anna@weber.example")
        self.assertIn("Thank you", self.text_of(self.the_acknowledgement()))

    def test_stranger_is_acknowledged_in_the_language_of_the_mail(self):
        self._translate_acknowledgement()
        complaint = self.receive(body="Le colis est arrivé ouvert, il manque un verre.")
        self.assertEqual(complaint.complaint_lang, "fr_FR")
        self.assertIn("Merci.", self.text_of(self.the_acknowledgement()))

    def test_quoted_words_of_others_do_not_tell_the_language(self):
        self._translate_acknowledgement()
        ours = "\n> Thank you for your order. We will send it on Monday." * 10
        complaint = self.receive(
            body=f"Le colis est arrivé ouvert, il manque un verre.\n{ours}"
        )
        self.assertEqual(complaint.complaint_lang, "fr_FR")

    def test_language_of_a_contact_goes_before_the_one_of_the_mail(self):
        self._translate_acknowledgement()
        complaint = self.receive(
            From="anna@weber.example",
            body="Le colis est arrivé ouvert, il manque un verre.",
        )
        self.assertEqual(complaint.complaint_lang, self.customer.lang)
        self.assertEqual(complaint.complaint_written_lang, "fr_FR", "it is offered")

    def test_a_contact_that_is_linked_later_tells_the_language(self):
        self._translate_acknowledgement()
        complaint = self.receive(body="Bonus?")
        self.assertFalse(complaint.complaint_lang, "too short to tell it")
        self.customer.lang = "fr_FR"
        complaint.partner_id = self.customer
        self.assertEqual(complaint.complaint_lang, "fr_FR")

    def test_mail_whose_language_cannot_be_told_is_a_complaint_as_well(self):
        self._translate_acknowledgement()
        self.company_a.partner_id.lang = False
        with patch.object(language, "guess", side_effect=ValueError):
            complaint = self.receive(body="Le colis est arrivé ouvert.")
        self.assertFalse(complaint.complaint_lang)
        self.assertAcknowledged(complaint)
        other = self.receive(body="Le colis est arrivé ouvert, il manque un verre.")
        self.assertEqual(other.complaint_lang, "fr_FR", "of a company without one")

    def test_mail_in_a_language_that_is_not_installed_is_answered_in_the_company_s(
        self,
    ):
        self._translate_acknowledgement()
        complaint = self.receive(body="Het pakket kwam open aan, er mist een glas.")
        self.assertFalse(complaint.complaint_lang)

    # ---------------------------------------------------
    # Answers
    # ---------------------------------------------------

    def test_answer_to_the_acknowledgement_goes_to_its_complaint(self):
        complaint = self.receive()
        message_id = self.the_acknowledgement()["Message-Id"]
        acknowledged_at = complaint.complaint_acknowledged_at
        number = self.Ticket.search_count([])
        for header in ("In_Reply_To", "References"):
            with self.subTest(header=header), self.at(datetime(2026, 3, 2, 10, 0)):
                answered = self.receive(
                    Subject="Re: Broken on arrival",
                    body=f"One more thing ({header}).",
                    **{header: message_id},
                )
                self.assertEqual(answered, complaint)
                self.assertIn(header, complaint.message_ids[0].body)
        self.assertEqual(self.Ticket.search_count([]), number, "no further ticket")
        self.assertEqual(
            len(self.acknowledgements()), 1, "nothing is acknowledged twice"
        )
        self.assertEqual(complaint.complaint_acknowledged_at, acknowledged_at)
        self.assertEqual(complaint.complaint_received_at, self.clock)

    def test_answer_to_a_complaint_acknowledged_by_phone_is_not_acknowledged(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        message = complaint.message_post(body="Hello", message_type="comment")
        self.receive(In_Reply_To=message.message_id, From="anna@weber.example")
        self.assertFalse(self.acknowledgements())
        self.assertNotAcknowledged(complaint)

    # ---------------------------------------------------
    # The rest of the helpdesk
    # ---------------------------------------------------

    def test_mail_to_an_ordinary_team_stays_an_ordinary_ticket(self):
        self.ordinary_team.write(
            {"alias_name": "support-a", "alias_domain_id": self.mail_alias_domain.id}
        )
        ticket = self.receive(To="support-a@test.mycompany.com")
        self.assertEqual(ticket.team_id, self.ordinary_team)
        self.assertFalse(ticket.is_complaint)
        self.assertFalse(ticket.complaint_phase)
        self.assertFalse(ticket.complaint_received_at)
        self.assertFalse(ticket.complaint_acknowledge_note)
        self.assertNotAcknowledged(ticket)
        self.assertFalse(ticket.activity_ids)
        self.assertFalse(self.sent_to("peter@novak.example"))

    def test_mail_to_another_document_is_left_alone(self):
        partner = self.env["res.partner"].create({"name": "Thread"})
        message = partner.message_post(body="Hello")
        self.env["mail.thread"].message_process(
            None, self.mail(To="any@novak.example", In_Reply_To=message.message_id)
        )
        self.assertIn("The parcel was open.", partner.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestAutomaticMail(ComplaintMailCommon):
    """Answering a machine makes two machines talk to each other for ever."""

    def assertRegisteredInSilence(self, complaint, why):
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.complaint_phase, "reception")
        self.assertNotAcknowledged(complaint)
        self.assertIn(why, complaint.complaint_acknowledge_note)
        self.assertFalse(self.acknowledgements())
        self.assertFalse(self.sent_to("peter@novak.example"))

    def test_automatic_mail_is_registered_but_not_answered(self):
        for headers, why in (
            ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
            ({"Auto_Submitted": "auto-generated"}, "Auto-Submitted: auto-generated"),
            ({"Precedence": "bulk"}, "Precedence: bulk"),
            ({"Precedence": "list"}, "Precedence: list"),
            ({"List_Id": "<news.novak.example>"}, "List-Id"),
            ({"X_Auto_Response_Suppress": "OOF, AutoReply"}, "X-Auto-Response"),
            ({"Return_Path": "<>"}, "Return-Path: <>"),
            ({"From": "postmaster@novak.example"}, "postmaster"),
        ):
            with self.subTest(headers=headers):
                self.assertRegisteredInSilence(self.receive(**headers), why)

    def test_mail_from_our_own_addresses_is_registered_but_not_answered(self):
        self.team.alias_domain_id.default_from = "notifications"
        for address in (
            self.team.alias_email,
            self.team_b.alias_email,
            self.mail_alias_domain.catchall_email,
            self.mail_alias_domain.default_from_email,
        ):
            with self.subTest(address=address):
                complaint = self.receive(From=f"Us <{address}>")
                self.assertRegisteredInSilence(complaint, "our own addresses")

    def test_own_address_in_capitals_is_still_our_own(self):
        complaint = self.receive(From=self.team.alias_email.upper())
        self.assertRegisteredInSilence(complaint, "our own addresses")

    def test_person_may_still_acknowledge_what_the_machine_left(self):
        complaint = self.receive(Auto_Submitted="auto-generated")
        complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertEqual(len(self.acknowledgements()), 1)
        self.assertAcknowledged(complaint)

    def test_mail_of_a_person_is_answered(self):
        for headers in (
            {"Auto_Submitted": "no"},
            {"X_Auto_Response_Suppress": "DR"},
            {"Return_Path": "<peter@novak.example>"},
        ):
            with self.subTest(headers=headers):
                self.assertAcknowledged(self.receive(**headers))
