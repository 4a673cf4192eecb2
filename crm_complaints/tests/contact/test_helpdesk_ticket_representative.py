"""Representatives act for the customer within the scope of the consent on file."""

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...engine import tone
from ...models.contact.recipients import RECIPIENT, TO_REPRESENTATIVE
from ..common import ComplaintCommon
from ..mail.common import ComplaintMailCommon


class RepresentativeCommon(ComplaintCommon):
    """A daughter is the representative of Anna Weber."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daughter = cls.env["res.partner"].create(
            {
                "name": "Clara Weber",
                "email": "clara@daughter.example",
                "phone": "+32 2 555 09 09",
                "street": "Side Street 2",
            }
        )
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id,
            user_id=cls.handler.id,
            channel_id=cls.channel_email.id,
            complaint_representative_id=cls.daughter.id,
        )

    @classmethod
    def consent(cls, user=None, complaint=None, **vals):
        """File a consent as the handler, and return it."""
        complaint = complaint or cls.complaint
        user = user or cls.handler
        document = (
            cls.env["ir.attachment"]
            .with_user(user)
            .create({"name": "consent.pdf", "raw": b"I agree. Anna Weber"})
        )
        return (
            cls.env["complaint.consent"]
            .with_user(user)
            .create(
                {
                    "ticket_id": complaint.id,
                    "partner_id": cls.daughter.id,
                    "given_on": date(2026, 2, 27),
                    "attachment_ids": [Command.set(document.ids)],
                    **vals,
                }
            )
        )

    def write_letter(self, kind="update", **vals):
        wizard = (
            self.env["complaint.letter.compose"]
            .with_user(self.handler)
            .create(
                {
                    "ticket_id": self.complaint.id,
                    "kind": kind,
                    "done": "asked the carrier",
                    "still_open": "the report",
                    "who": "our workshop",
                    "next_date": date(2026, 3, 9),
                    **vals,
                }
            )
        )
        wizard.action_send()
        return self.complaint.complaint_letter_ids.sorted("id")


@tagged("post_install", "-at_install")
class TestRepresentatives(RepresentativeCommon):
    # ---------------------------------------------------
    # Letters
    # ---------------------------------------------------

    def test_without_consent_letters_go_to_the_customer_alone(self):
        for letters_to in ("customer", "representative", "both"):
            with self.subTest(letters_to):
                self.complaint.complaint_letters_to = letters_to
                letters = self.write_letter()
                self.assertEqual(
                    set(letters.mapped("email_to")), {"anna@weber.example"}
                )
                self.assertIn("Dear Anna Weber", letters[-1].body)

    def test_the_wizard_says_that_they_do_not_get_it(self):
        wizard = self.env["complaint.letter.compose"].with_user(self.handler)
        new = wizard.create({"ticket_id": self.complaint.id, "kind": "update"})
        self.assertEqual(new.not_to, "Clara Weber")
        self.assertEqual(new.email_to, "anna@weber.example")
        self.consent()
        new = wizard.create({"ticket_id": self.complaint.id, "kind": "update"})
        self.assertFalse(new.not_to)
        self.assertEqual(new.email_to, "anna@weber.example, clara@daughter.example")

    def test_the_wizard_says_nothing_of_it_where_nobody_acts(self):
        self.complaint.complaint_representative_id = False
        for model in ("complaint.letter.compose", "complaint.extend"):
            wizard = self.env[model].with_user(self.handler).new({})
            self.assertFalse(wizard.email_to, model)
        wizard = self.env["complaint.letter.compose"].with_user(self.handler)
        new = wizard.create({"ticket_id": self.complaint.id, "kind": "update"})
        self.assertFalse(new.not_to)

    def test_to_both_each_is_addressed_by_name(self):
        self.consent()
        with self.mock_mail_gateway(), self.mock_mail_app():
            letters = self.write_letter()
        self.assertEqual(
            letters.mapped("email_to"), ["anna@weber.example", "clara@daughter.example"]
        )
        self.assertEqual(letters.mapped("recipient"), ["Anna Weber", "Clara Weber"])
        self.assertIn("Dear Anna Weber", letters[0].body)
        self.assertIn("Dear Clara Weber", letters[1].body)
        self.assertEqual(letters[1].copy_of_id, letters[0])
        self.assertIn("Side Street 2", letters[1].address)
        self.assertTrue(self.complaint.complaint_responded_at)

    def test_to_who_acts_alone(self):
        self.consent()
        self.complaint.complaint_letters_to = "representative"
        letters = self.write_letter()
        self.assertEqual(letters.email_to, "clara@daughter.example")
        self.assertIn("Dear Clara Weber", letters.body)
        self.assertEqual(
            letters.message_id.notified_partner_ids & self.customer,
            self.env["res.partner"],
        )
        self.assertTrue(
            self.complaint.complaint_responded_at, "a personal answer all the same"
        )

    def test_who_has_no_address_gets_it_on_paper(self):
        self.consent()
        self.daughter.email = False
        letters = self.write_letter()
        self.assertEqual(letters.mapped("way"), ["mail", "paper"])
        self.assertIn("Side Street 2", letters[1].address)

    def test_each_has_a_link_of_their_own(self):
        consent = self.consent()
        with self.mock_mail_gateway():
            letters = self.write_letter()
        bodies = {mail["email_to"][0]: mail["body"] for mail in self._mails}
        hers = bodies['"Anna Weber" <anna@weber.example>']
        his = bodies['"Clara Weber" <clara@daughter.example>']
        token = consent.sudo().access_token
        self.assertTrue(token)
        self.assertIn(token, his)
        self.assertNotIn(token, hers)
        self.assertIn(self.complaint.sudo().access_token, hers)
        self.assertNotIn(self.complaint.sudo().access_token, his)
        self.assertNotIn("token", "".join(letters.mapped("body")))

    def test_a_later_date_goes_to_both(self):
        self.consent()
        wizard = (
            self.env["complaint.extend"]
            .with_user(self.handler)
            .create(
                {
                    "ticket_id": self.complaint.id,
                    "date": date(2026, 3, 20),
                    "reason": "The film of that day is still missing",
                }
            )
        )
        wizard.action_extend()
        self.assertEqual(
            set(self.complaint.complaint_letter_ids.mapped("email_to")),
            {"anna@weber.example", "clara@daughter.example"},
        )

    def test_the_receipt_says_nothing_of_the_matter(self):
        letters = self.write_letter("authority")
        self.assertEqual(letters.email_to, "clara@daughter.example")
        self.assertIn("Dear Clara Weber", letters.body)
        self.assertIn(self.complaint.number, letters.body)
        text = " ".join(html2plaintext(letters.body).split())
        self.assertIn("the signed consent of Anna Weber by *16 March 2026*", text)
        names = ("Clara Weber", "Anna Weber", self.complaint.number)
        self.assertFalse(tone.check_letter(text, name="Clara Weber", names=names))
        for told in ("Broken on arrival", "parcel", "access_token", "/my/complaints"):
            self.assertNotIn(told, letters.subject + letters.body)
        self.assertFalse(
            self.complaint.complaint_responded_at, "the customer has no answer by it"
        )

    def test_nobody_acts_nobody_is_asked_for_a_consent(self):
        self.complaint.complaint_representative_id = False
        with self.assertRaises(UserError):
            self.write_letter("authority")

    # ---------------------------------------------------
    # Acknowledgement
    # ---------------------------------------------------

    def acknowledge(self, **vals):
        with self.mock_mail_gateway():
            complaint = self.create_complaint(
                partner_id=self.customer.id,
                channel_id=self.channel_email.id,
                complaint_representative_id=self.daughter.id,
                **vals,
            )
            self.flush_tracking()
        return complaint, {mail.email_to: mail for mail in self.mails(complaint)}

    def mails(self, complaint):
        """Return the mails about a complaint, the latest first."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", complaint._name), ("res_id", "=", complaint.id)])
        )

    def test_a_new_complaint_is_acknowledged_to_the_customer_and_they_get_a_receipt(
        self,
    ):
        complaint, mails = self.acknowledge()
        self.assertEqual(set(mails), {"anna@weber.example", "clara@daughter.example"})
        self.assertIn("Dear Anna Weber", mails["anna@weber.example"].body_html)
        receipt = mails["clara@daughter.example"]
        self.assertNotIn("Broken", receipt.subject + receipt.body_html)
        self.assertNotIn("access_token", receipt.body_html)
        self.assertEqual(complaint.complaint_acknowledged_by, "email")
        self.assertEqual(
            complaint._complaint_acknowledgement_mails(),
            mails["anna@weber.example"],
            "what comes back of the receipt undoes no acknowledgement",
        )

    def test_where_the_customer_has_no_address_the_receipt_acknowledges(self):
        self.customer.email = False
        complaint, mails = self.acknowledge()
        self.assertEqual(set(mails), {"clara@daughter.example"})
        self.assertEqual(complaint.complaint_acknowledged_by, "email")

    def test_acknowledging_by_hand_goes_to_who_gets_the_letters(self):
        self.consent()
        self.complaint.sudo().write(
            {
                "complaint_letters_to": "representative",
                "complaint_acknowledged_at": False,
                "complaint_acknowledged_by": False,
            }
        )
        before = self.mails(self.complaint)
        with self.mock_mail_gateway():
            self.complaint.with_context(
                complaint_acknowledge_by="email"
            ).action_complaint_acknowledge()
        mails = self.mails(self.complaint) - before
        self.assertEqual(mails.mapped("email_to"), ["clara@daughter.example"])
        self.assertIn("Dear Clara Weber", mails.body_html)

    # ---------------------------------------------------
    # Consents
    # ---------------------------------------------------

    def test_a_consent_needs_a_document(self):
        with self.assertRaisesRegex(ValidationError, "attach"):
            self.consent(attachment_ids=False)

    def test_a_consent_holds_until_its_day(self):
        consent = self.consent(until=date(2026, 3, 4))
        with self.at("2026-03-04 22:59:59"):
            self.assertTrue(self.read_valid(consent))
        with self.at("2026-03-04 23:00:00"):  # midnight in Brussels
            self.assertFalse(self.read_valid(consent))
            self.assertFalse(self.complaint.sudo().complaint_consent_id)

    def read_valid(self, consent):
        self.env.invalidate_all()
        return consent.is_valid

    def test_a_consent_is_taken_back(self):
        consent = self.consent()
        consent.action_end()
        self.assertFalse(consent.is_valid)
        self.assertFalse(self.complaint.complaint_consent_id)
        self.assertNotIn(self.daughter, self.complaint.message_partner_ids)
        self.assertEqual(self.write_letter()[-1].email_to, "anna@weber.example")

    def test_a_consent_is_one_person_s_alone(self):
        other = self.daughter.copy({"name": "Somebody else"})
        self.consent()
        self.complaint.complaint_representative_id = other
        self.assertFalse(self.complaint.complaint_consent_id)
        self.assertNotIn(self.daughter, self.complaint.message_partner_ids)

    def test_whose_it_is_stays(self):
        consent = self.consent()
        other = self.create_complaint()
        for vals in (
            {"scope": "decide"},
            {"until": date(2026, 5, 1)},
            {"ended_on": date(2026, 5, 1)},
            {"attachment_ids": [Command.clear()]},
            {"partner_id": self.customer_company.id},
            {"given_on": date(2026, 1, 1)},
            {"ticket_id": other.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                consent.write(vals)
        with self.assertRaises(AccessError):
            consent.unlink()
        consent.action_end()
        with self.assertRaises(AccessError):
            consent.ended_on = False
        with self.at("2026-03-03 09:00:00"):
            consent.action_end()
        self.assertEqual(consent.ended_on, date(2026, 3, 2))
        self.assertIn("ends on", self.complaint.message_ids[:1].body)

    def test_the_token_is_nobody_s_to_read_or_choose(self):
        with self.assertRaises(AccessError):
            self.consent(access_token="mine")
        consent = self.consent()
        self.assertFalse(consent.sudo().access_token)
        consent.sudo()._ensure_token()
        with self.assertRaises(AccessError):
            consent.with_user(self.manager).read(["access_token"])

    def test_what_was_signed_is_not_deleted(self):
        consent = self.consent()
        document = consent.attachment_ids
        with self.assertRaises(UserError):
            document.with_user(self.handler).unlink()
        for vals in (
            {"raw": b"something else"},
            {"datas": "eA=="},
            {"name": "other.pdf"},
            {"res_model": False, "res_id": False},
            {"url": "https://elsewhere.example", "type": "url"},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                document.with_user(self.handler).write(vals)
        self.assertEqual(consent.attachment_ids, document)
        other = self.env["ir.attachment"].with_user(self.handler)
        other.create({"name": "x", "raw": b"x"}).unlink()

    def test_a_document_of_somebody_else_cannot_be_filed(self):
        hidden = self.env["ir.attachment"].create(
            {"name": "salaries.pdf", "raw": b"secret"}
        )
        with self.assertRaises(AccessError):
            self.consent(attachment_ids=[Command.set(hidden.ids)])

    def test_consents_are_read_by_the_complaint_s_readers(self):
        consent = self.consent()
        for user, reads in (
            (self.handler, True),
            (self.leader, True),
            (self.own_handler, False),
            (self.handler_b, False),
            (self.user_employee, False),
            (self.portal_user, False),
        ):
            with self.subTest(user.name):
                mine = consent.with_user(user)
                self.assertEqual(mine.has_access("read"), reads)
                document = consent.sudo().attachment_ids.with_user(user)
                self.assertEqual(document.has_access("read"), reads)
        self.complaint.sudo().write(
            {"user_id": False, "complaint_concerned_user_ids": self.handler.ids}
        )
        self.assertFalse(consent.with_user(self.handler).has_access("read"))

    def test_nobody_acts_for_themselves(self):
        with self.assertRaises(ValidationError):
            self.complaint.complaint_representative_id = self.customer

    # ---------------------------------------------------
    # Who follows, who writes
    # ---------------------------------------------------

    def test_who_gets_the_letters_follows(self):
        followers = self.complaint.message_partner_ids
        self.assertNotIn(self.daughter, followers)
        self.consent()
        self.assertIn(self.daughter, self.complaint.message_partner_ids)
        self.complaint.complaint_letters_to = "representative"
        self.assertNotIn(self.customer, self.complaint.message_partner_ids)
        self.complaint.complaint_letters_to = "customer"
        self.assertIn(self.customer, self.complaint.message_partner_ids)
        self.assertNotIn(self.daughter, self.complaint.message_partner_ids)

    def test_those_are_suggested_to_write_to_who_get_the_letters(self):
        def suggested():
            data = self.complaint._message_add_suggested_recipients()
            partners = data[self.complaint.id]["partners"]
            return partners & (self.customer | self.daughter)

        self.assertEqual(suggested(), self.customer)
        self.consent()
        self.assertEqual(suggested(), self.customer | self.daughter)
        self.complaint.complaint_letters_to = "representative"
        self.assertEqual(suggested(), self.daughter)

    def test_after_the_last_day_a_message_does_not_reach_them(self):
        self.consent(until=date(2026, 3, 4))
        with self.at("2026-03-10 09:00:00"):
            self.env.invalidate_all()
            self.assertIn(self.daughter, self.complaint.message_partner_ids)
            message = self.complaint.message_post(
                body="News", subtype_xmlid="mail.mt_comment"
            )
            self.assertNotIn(self.daughter, message.notified_partner_ids)

    def test_his_mail_is_the_customer_s_side(self):
        relation = self.complaint._complaint_relation
        self.assertEqual(relation("clara@daughter.example"), "party")
        self.consent()
        self.assertEqual(relation("clara@daughter.example"), "customer")
        self.assertEqual(relation("anna@weber.example"), "customer")
        self.assertEqual(relation("somebody@else.example"), "")

    def test_the_sender_acts_for_somebody_else(self):
        complaint = self.create_complaint(
            partner_id=self.daughter.id, user_id=self.handler.id
        )
        token = complaint.sudo()._portal_ensure_token()
        complaint.with_user(self.handler).action_complaint_acts_for_another()
        self.assertEqual(complaint.complaint_representative_id, self.daughter)
        self.assertFalse(complaint.partner_id)
        self.assertFalse(complaint.complaint_email_to)
        public = self.env.ref("base.public_user")
        self.assertFalse(complaint._complaint_role(public, token))
        self.assertNotIn(self.daughter, complaint.message_partner_ids)
        complaint.partner_id = self.customer
        self.assertEqual(complaint.complaint_email_to, "anna@weber.example")

    # ---------------------------------------------------
    # The page
    # ---------------------------------------------------

    def test_the_page_goes_as_far_as_the_consent(self):
        public = self.env.ref("base.public_user")
        for scope, role in (
            ("read", "watches"),
            ("write", "speaks"),
            ("decide", "acts"),
        ):
            with self.subTest(scope):
                consent = self.consent(scope=scope)
                token = consent._ensure_token()
                self.complaint.sudo()._portal_ensure_token()
                self.assertEqual(self.complaint._complaint_role(public, token), role)
                consent.action_end()
                self.assertEqual(self.complaint._complaint_role(public, token), "")

    def test_the_context_of_a_reader_cannot_be_forged(self):
        self.consent()
        for forged in ("representative", True, [TO_REPRESENTATIVE.name]):
            complaint = self.complaint.with_context(**{RECIPIENT: forged})
            self.assertEqual(complaint.complaint_email_to, "anna@weber.example")
        mine = self.complaint.with_context(**{RECIPIENT: TO_REPRESENTATIVE})
        self.assertEqual(mine.complaint_email_to, "clara@daughter.example")

    # ---------------------------------------------------
    # After the answer
    # ---------------------------------------------------

    def resolve(self):
        self.move(self.complaint, "follow_up")

    def rating_mails(self):
        before = self.mails(self.complaint)
        with self.mock_mail_gateway():
            self.complaint.sudo()._complaint_ask_for_rating()
        return self.mails(self.complaint) - before

    def test_who_decides_is_asked_how_well_it_worked(self):
        consent = self.consent(scope="decide")
        self.complaint.complaint_letters_to = "representative"
        self.resolve()
        mail = self.rating_mails()
        self.assertEqual(mail.email_to, "clara@daughter.example")
        self.assertIn("Dear Clara Weber", mail.body_html)
        self.assertIn(consent.sudo().access_token, mail.body_html)

    def test_both_get_letters_the_customer_rates(self):
        self.consent(scope="decide")
        self.resolve()
        self.assertEqual(self.rating_mails().email_to, "anna@weber.example")

    def test_who_does_not_decide_is_not_asked(self):
        self.consent(scope="write")
        self.complaint.complaint_letters_to = "representative"
        self.resolve()
        self.assertFalse(self.rating_mails())
        self.assertEqual(self.complaint.complaint_rating_skipped, "represented")

    def test_whoever_gets_the_letters_is_asked_in_writing_whether_it_worked(self):
        self.consent()
        self.complaint.complaint_letters_to = "representative"
        self.resolve()
        self.complaint.complaint_phone = False
        letter = self.complaint.with_user(self.handler)._complaint_not_reached("write")
        self.assertEqual(letter.email_to, "clara@daughter.example")
        self.assertIn("Dear Clara Weber", letter.body)


@tagged("post_install", "-at_install")
class TestRepresentativeMail(RepresentativeCommon, ComplaintMailCommon):
    def first_mail(self):
        mails = self.env["mail.mail"].search([("res_id", "=", self.complaint.id)])
        return mails.filtered(lambda mail: mail.email_to == "clara@daughter.example")

    def test_her_answer_is_the_customer_s_side(self):
        self.consent()
        self.move(self.complaint, "closed")
        answered = self.answer(
            self.first_mail().message_id,
            From="Clara Weber <clara@daughter.example>",
            Subject=f"Re: ({self.complaint.number})",
        )
        self.assertEqual(answered, self.complaint)
        self.assertEqual(self.complaint.complaint_phase, "hearing", "opened again")
        message = self.newest(self.complaint)
        self.assertEqual(message.author_id, self.daughter)
        self.assertComment(message)

    def test_her_consent_may_come_by_mail(self):
        """Without consent on file her reply with the signed paper is accepted."""
        answered = self.answer(
            self.first_mail().message_id,
            From="Clara Weber <clara@daughter.example>",
            Subject=f"Re: ({self.complaint.number})",
            attachments=[("consent.pdf", "application/pdf", b"%PDF I agree")],
        )
        self.assertEqual(answered, self.complaint)
        message = self.newest(self.complaint)
        self.assertEqual(message.attachment_ids.name, "consent.pdf")
        consent = self.consent(attachment_ids=[Command.set(message.attachment_ids.ids)])
        self.assertEqual(self.complaint.complaint_consent_id, consent)
        self.assertEqual(
            message.attachment_ids.res_model,
            "helpdesk.ticket",
            "it stays where it came in",
        )

    def test_a_receipt_that_comes_back_is_looked_at_and_undoes_nothing(self):
        receipt = self.first_mail()
        self.receive(
            self.bounce(receipt.message_id, recipient="clara@daughter.example")
        )
        self.assertEqual(self.complaint.complaint_acknowledged_by, "email")
        self.assertTrue(self.activities(self.complaint, "look"))

    def test_a_reference_in_the_subject_is_enough(self):
        raw = self.mail(
            From="Clara Weber <clara@daughter.example>",
            Subject=f"About {self.complaint.number}",
        )
        self.assertNotEqual(self.receive(raw), self.complaint)
        self.consent()
        raw = self.mail(
            From="Clara Weber <clara@daughter.example>",
            Subject=f"About {self.complaint.number} again",
        )
        self.assertEqual(self.receive(raw), self.complaint)


@tagged("post_install", "-at_install")
class TestRepresentativeCalls(RepresentativeCommon):
    def take(self, user=None, **vals):
        intake = (
            self.env["complaint.intake"]
            .with_user(user or self.handler)
            .create(
                {
                    "partner_id": self.customer.id,
                    "description": "Her parcel was open.",
                    "for_another": True,
                    **vals,
                }
            )
        )
        with self.mock_mail_gateway():
            intake.action_register()
        return self.Ticket.browse(intake.ticket_res_id)

    def test_a_contact_calls_for_somebody(self):
        ticket = self.take(
            representative_id=self.daughter.id, representative_relation="relative"
        )
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.complaint_representative_id, self.daughter)
        self.assertEqual(ticket.complaint_representative_relation, "relative")
        self.assertEqual(ticket.complaint_letters_to, "both")
        self.assertEqual(len(ticket._complaint_per_recipient()), 1, "no consent yet")

    def test_whoever_is_no_contact_yet_becomes_one(self):
        self.handler.group_ids += self.env.ref("base.group_partner_manager")
        ticket = self.take(
            representative_name="Lea Lawyer", representative_email="lea@law.example"
        )
        self.assertEqual(ticket.complaint_representative_id.name, "Lea Lawyer")
        self.assertEqual(ticket.complaint_representative_id.email, "lea@law.example")

    def test_where_no_contact_may_be_made_it_is_noted(self):
        self.assertFalse(
            self.env["res.partner"].with_user(self.handler).has_access("create")
        )
        ticket = self.take(
            representative_name="Lea Lawyer", representative_phone="+32 2 555 88 88"
        )
        self.assertFalse(ticket.complaint_representative_id)
        self.assertIn(
            "Lea Lawyer, +32 2 555 88 88", "".join(ticket.message_ids.mapped("body"))
        )

    def test_nobody_is_noted_who_does_not_call_for_another(self):
        ticket = self.take(for_another=False, representative_id=self.daughter.id)
        self.assertFalse(ticket.complaint_representative_id)

    # ---------------------------------------------------
    # Merged complaints
    # ---------------------------------------------------

    def merge(self, keep, merged):
        self.env["complaint.merge"].with_user(self.handler)._merge(
            keep.with_user(self.handler), merged.with_user(self.handler)
        )

    def test_he_acts_in_what_a_complaint_becomes_a_part_of(self):
        consent = self.consent()
        self.complaint.complaint_letters_to = "representative"
        keep = self.create_complaint(
            partner_id=self.customer.id, user_id=self.handler.id
        )
        self.merge(keep, self.complaint)
        self.assertEqual(keep.complaint_representative_id, self.daughter)
        self.assertEqual(keep.complaint_letters_to, "representative")
        self.assertEqual(keep.complaint_consent_id, consent)
        self.complaint.with_user(self.handler).action_complaint_unmerge()
        self.assertFalse(keep.complaint_representative_id)
        self.assertFalse(keep.complaint_consent_id)
        self.assertEqual(self.complaint.complaint_consent_id, consent)

    def test_whoever_acts_already_is_not_put_aside_by_a_merge(self):
        other = self.create_complaint(
            partner_id=self.customer.id,
            user_id=self.handler.id,
            complaint_representative_id=self.customer_company.id,
        )
        self.merge(self.complaint, other)
        self.assertEqual(self.complaint.complaint_representative_id, self.daughter)
