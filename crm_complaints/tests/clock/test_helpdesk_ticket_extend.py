"""Extension: a later deadline, by letter with the reason, which stays on record."""

import re
from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import ComplaintClockCommon

REASON = "The carrier's report reaches us on 12 March."
FINDINGS = "The parcel left our house closed."
NEW_DATE = date(2026, 3, 16)
# the last second of that day in Brussels
NEW_DEADLINE = datetime(2026, 3, 16, 22, 59, 59)


class ExtensionCommon(ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id, channel_id=cls.channel_phone.id
        )
        cls.row = cls.complaint.sudo().complaint_milestone_ids

    def wizard(self, user=None, complaint=None, **vals):
        return (
            self.env["complaint.extend"]
            .with_user(user or self.handler)
            .create(
                {
                    "ticket_id": (complaint or self.complaint).id,
                    "date": NEW_DATE,
                    "reason": REASON,
                    **vals,
                }
            )
        )

    def extend(self, user=None, complaint=None, **vals):
        return self.wizard(user, complaint, **vals).action_extend()

    def extensions(self, complaint=None):
        return (complaint or self.complaint).sudo().complaint_extension_ids


@tagged("post_install", "-at_install")
class TestExtension(ExtensionCommon):
    # ---------------------------------------------------
    # Several at once
    # ---------------------------------------------------

    def several(self, others, **vals):
        """Return the wizard that the list opens for the complaint and others."""
        action = (self.complaint | others).with_user(self.handler)
        context = action.action_complaint_extend()["context"]
        return (
            self.env["complaint.extend"]
            .with_user(self.handler)
            .with_context(**context)
            .create({"date": NEW_DATE, "reason": REASON, "findings": FINDINGS, **vals})
        )

    def test_several_are_extended_each_with_a_letter_of_its_own(self):
        other = self.create_complaint(
            partner_id=self.customer_company.id, channel_id=self.channel_phone.id
        )
        before = (self.complaint | other).sudo().complaint_letter_ids
        self.several(other).action_extend()
        for complaint in self.complaint | other:
            row = complaint.sudo().complaint_milestone_ids
            self.assertEqual(row.deadline, NEW_DEADLINE)
            self.assertTrue(self.extensions(complaint).message_id)
        letters = (self.complaint | other).sudo().complaint_letter_ids - before
        self.assertEqual(letters.ticket_id, self.complaint | other)

    def test_several_are_extended_all_or_none_and_the_error_names_the_complaint(self):
        other = self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_phone.id
        )
        row = other.sudo().complaint_milestone_ids
        row.extension_delay = 1  # a working day at most
        with self.assertRaisesRegex(UserError, other.number), self.cr.savepoint():
            self.several(other).action_extend()
        self.assertFalse(self.extensions())
        self.assertFalse(self.extensions(other))

    def test_those_that_are_not_due_are_left_out(self):
        resolved = self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_phone.id
        )
        resolved.sudo().complaint_milestone_ids.state = "met"
        self.several(resolved).action_extend()
        self.assertTrue(self.extensions())
        self.assertFalse(self.extensions(resolved))

    # ---------------------------------------------------
    # The complaint afterwards
    # ---------------------------------------------------

    def test_the_new_date_is_promised_and_the_first_one_stays_on_record(self):
        self.extend(findings=FINDINGS)
        self.assertEqual(self.row.deadline, NEW_DEADLINE)
        self.assertEqual(self.row.original_deadline, self.deadline)
        self.assertTrue(self.row.extended)
        self.assertEqual(self.complaint.complaint_deadline, NEW_DEADLINE)
        extension = self.extensions()
        self.assertEqual(len(extension), 1)
        self.assertEqual(extension.milestone_id, self.row)
        self.assertEqual(extension.old_deadline, self.deadline)
        self.assertEqual(extension.new_deadline, NEW_DEADLINE)
        self.assertEqual(extension.reason, REASON)
        self.assertEqual(extension.findings, FINDINGS)
        self.assertEqual(extension.create_uid, self.handler)
        self.assertEqual(self.complaint.complaint_extension_count, 1)

    def test_each_further_one_is_counted(self):
        self.extend()
        self.extend(date=NEW_DATE + timedelta(days=7))
        self.assertEqual(self.complaint.complaint_extension_count, 2)
        newest, oldest = self.extensions()
        self.assertEqual(oldest.new_deadline, newest.old_deadline)
        self.assertEqual(self.row.original_deadline, self.deadline)

    def test_the_first_date_stays_on_record_whatever_changes_the_match(self):
        self.extend()
        self.complaint.complaint_severity = "critical"
        self.assertEqual(self.row.deadline, NEW_DEADLINE)
        self.assertEqual(self.row.original_deadline, self.deadline)

    def test_one_at_risk_is_on_track_again(self):
        self.sweep(self.warned_at)
        self.assertEqual(self.complaint.complaint_sla_state, "at_risk")
        with self.at(self.warned_at):
            self.extend()
        self.assertEqual(self.complaint.complaint_sla_state, "on_track")
        self.assertFalse(self.at_risk_activities(self.complaint))
        self.assertGreater(self.row.warn_at, self.warned_at)

    def test_it_is_kept_within_the_new_date(self):
        self.extend()
        with self.at(NEW_DEADLINE):
            self.complaint.action_complaint_resolve()
        self.assertEqual(self.row.state, "met")

    def test_one_that_was_late_is_missed_in_the_end(self):
        self.sweep(self.late_at)
        with self.at(self.late_at):
            self.extend()
        self.assertEqual(self.complaint.complaint_sla_state, "on_track")
        self.assertFalse(self.late_activities(self.complaint))
        self.assertEqual(self.row.breached_at, self.late_at)
        with self.at(self.late_at + timedelta(days=1)):
            self.complaint.action_complaint_resolve()
        self.assertEqual(self.row.state, "missed")
        self.assertEqual(self.complaint.complaint_sla_state, "missed")

    def test_the_new_date_runs_out_as_well(self):
        self.extend()
        self.assertEqual(self.sweep(NEW_DEADLINE), 1)
        self.assertEqual(self.complaint.complaint_sla_state, "at_risk")
        self.sweep(NEW_DEADLINE + timedelta(seconds=1))
        self.assertEqual(self.complaint.complaint_sla_state, "breached")

    def test_one_that_pauses_can_be_extended_too(self):
        self.create_policy(
            "Pauses", [("resolve", 4, "hour", {"pausable": True})], sequence=0
        )
        waiting = self.create_stage("hearing", complaint_pause=True)
        complaint = self.create_complaint(partner_id=self.customer.id)
        complaint.stage_id = waiting
        self.extend(complaint=complaint)
        self.assertEqual(complaint.complaint_sla_state, "paused")
        self.assertEqual(complaint.complaint_milestone_ids.deadline, NEW_DEADLINE)

    def test_of_two_promised_answers_the_first_due_is_put_off_with_what_is_sooner(self):
        """The customer was told one date, and is told one date again."""
        self.create_policy(
            "Two",
            [
                ("resolve", 2, "hour", {"pausable": True}),
                ("resolve", 8, "hour"),
            ],
            sequence=0,
        )
        complaint = self.create_complaint(partner_id=self.customer.id)
        wizard = self.wizard(complaint=complaint)
        self.assertEqual(wizard.milestone_count, 2)
        self.assertTrue(wizard.milestone_id.pausable)
        promised = complaint.complaint_promised_at
        self.assertEqual(wizard.old_deadline, promised)
        wizard.action_extend()
        rows = complaint.sudo().complaint_milestone_ids
        self.assertEqual(len(rows), 2)
        self.assertEqual(len(set(rows.mapped("deadline"))), 1)
        self.assertEqual(complaint.complaint_promised_at, rows[0].deadline)
        self.assertGreater(rows[0].deadline, promised)

    # ---------------------------------------------------
    # Letter
    # ---------------------------------------------------

    def letter(self, complaint=None):
        message = self.extensions(complaint)[:1].message_id
        self.assertTrue(message, "the letter stands in the register")
        return message

    def text(self, message):
        return " ".join(html2plaintext(message.body).split())

    def test_the_letter_says_what_was_promised_why_not_and_what_is_promised_now(self):
        wizard = self.wizard(findings=FINDINGS)
        wizard.action_extend()
        text = self.text(self.letter())
        for part in (
            "Anna Weber",
            "2 March 2026",
            "16 March 2026",
            REASON.rstrip("."),
            FINDINGS.rstrip("."),
            self.complaint.number,
            "Hanna Handler",
        ):
            with self.subTest(part):
                self.assertIn(part, text)
        self.assertNotIn("..", text)
        # the customer's token went out by mail alone
        shown = re.sub(r"access_token=[\w-]+", "", wizard.letter)
        self.assertEqual(text, " ".join(html2plaintext(shown).split()))
        self.assertEqual(self.letter().subject, wizard.subject)
        self.assertIn(self.complaint.number, wizard.subject)

    def test_what_the_form_shows_follows_what_is_typed(self):
        Wizard = self.env["complaint.extend"].with_user(self.handler)
        with Form(Wizard.with_context(default_ticket_id=self.complaint.id)) as form:
            form.date = NEW_DATE
            form.findings = FINDINGS
            form.reason = "First reason"
            self.assertIn("First reason", form.letter)
            form.reason = "Second reason"
            self.assertIn("Second reason", form.letter)
            self.assertNotIn("First reason", form.letter)
            self.assertEqual(form.email_to, self.customer.email)

    def test_what_is_typed_is_text_and_no_markup(self):
        self.extend(reason="<script>alert(1)</script> & <b>more</b>")
        self.assertNotIn("<script>", self.letter().body)
        self.assertIn(
            "<script>alert(1)</script> & <b>more</b>", self.text(self.letter())
        )

    def test_the_letter_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_complaints.mail_template_extension")
        self.edit_template(
            template.with_context(lang="fr_FR"),
            subject="Votre réclamation {{ object.number }}",
            body_html="<p>Merci de votre patience.</p>",
        )
        self.customer.lang = "fr_FR"
        self.extend()
        self.assertIn("Merci de votre patience", self.letter().body)
        self.assertIn("Votre réclamation", self.letter().subject)

    def test_a_customer_we_know_gets_it_by_mail(self):
        self.extend()
        self.env.cr.flush()
        self.assertEqual(self.letter().partner_ids, self.customer)
        self.assertEqual(self.letter().author_id, self.handler.partner_id)
        (mail,) = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.letter().id)]
        )
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_a_bare_address_gets_it_too(self):
        complaint = self.create_complaint(
            partner_name="Peter Novak", partner_email="peter@novak.example"
        )
        self.extend(complaint=complaint)
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.letter(complaint).id)]
        )
        self.assertEqual(
            mails.filtered("email_to").mapped("email_to"), ["peter@novak.example"]
        )
        self.assertNotIn(
            "peter@novak.example", complaint.message_partner_ids.mapped("email")
        )

    def test_another_address_of_a_customer_we_know_gets_it(self):
        complaint = self.create_complaint(
            partner_id=self.customer.id, partner_email="anna@home.example"
        )
        self.extend(complaint=complaint)
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "=", self.letter(complaint).id)]
        )
        self.assertIn("anna@home.example", mails.mapped("email_to"))

    def test_without_an_address_it_is_kept_as_a_note_to_print(self):
        complaint = self.create_complaint(partner_name="Nobody we can write to")
        self.extend(complaint=complaint)
        # nobody wrote to them, and the new deadline stays
        self.assertEqual(complaint.complaint_deadline, NEW_DEADLINE)
        letter = self.letter(complaint)
        self.assertTrue(letter.subtype_id.internal)
        self.assertFalse(letter.partner_ids)
        self.assertFalse(
            self.env["mail.mail"].search_count([("mail_message_id", "=", letter.id)])
        )

    def test_the_letter_is_a_personal_answer(self):
        self.assertFalse(self.complaint.complaint_responded_at)
        self.extend()
        self.assertEqual(self.complaint.complaint_responded_at, self.clock)

    def test_a_letter_that_is_empty_is_not_sent(self):
        template = self.env.ref("crm_complaints.mail_template_extension")
        self.edit_template(template, body_html="")
        with self.assertRaisesRegex(UserError, "The letter is empty"):
            self.extend()
        self.assertEqual(self.row.deadline, self.deadline)

    # ---------------------------------------------------
    # What is refused
    # ---------------------------------------------------

    def assertRefused(self, message, **vals):
        with self.assertRaisesRegex(UserError, message):
            self.extend(**vals)
        self.assertFalse(self.extensions())
        self.assertEqual(self.row.deadline, self.deadline)

    def test_a_date_that_is_past_or_no_later_is_refused(self):
        # until the evening of the day is later than four hours after the receipt
        self.complaint.sudo().complaint_received_at = self.clock
        later = "later than the current deadline"
        for day in (date(2026, 3, 1), date(2025, 3, 16), date(1, 1, 1)):
            with self.subTest(day):
                self.assertRefused(later, date=day)
        with self.at(NEW_DEADLINE + timedelta(seconds=1)):
            self.assertRefused(later, date=NEW_DATE)
        self.extend()
        with self.assertRaisesRegex(UserError, later):
            self.extend()

    def test_the_day_itself_may_be_promised_to_its_end(self):
        self.extend(date=self.clock.date())
        self.assertEqual(self.row.deadline, datetime(2026, 3, 2, 22, 59, 59))

    def test_no_date_beyond_what_the_policy_allows(self):
        self.create_policy(
            "Payments",
            [
                (
                    "resolve",
                    15,
                    "day",
                    {"working_time": True, "extension_delay": 35},
                )
            ],
            sequence=0,
        )
        complaint = self.create_complaint(partner_id=self.customer.id)
        # 35 working days from Monday, 2 March
        last = date(2026, 4, 20)
        self.assertEqual(self.wizard(complaint=complaint).latest, last)
        with self.assertRaisesRegex(UserError, "until 04/20/2026 at the latest"):
            self.extend(complaint=complaint, date=last + timedelta(days=1))
        self.assertFalse(self.extensions(complaint))
        self.extend(complaint=complaint, date=last)
        # counted from the first start, not from the present deadline
        with self.assertRaisesRegex(UserError, "at the latest"):
            self.extend(complaint=complaint, date=last + timedelta(days=1))

    def test_no_reason_no_extension(self):
        for reason in ("", "   ", "\n\t"):
            with self.subTest(repr(reason)):
                self.assertRefused("enter the reason", reason=reason)

    def test_where_no_answer_is_promised_there_is_nothing_to_extend(self):
        self.complaint.action_complaint_resolve()
        with self.assertRaisesRegex(UserError, "no open deadline"):
            self.complaint.with_user(self.handler).action_complaint_extend()

    def test_a_promise_that_ended_meanwhile_is_not_extended(self):
        wizard = self.wizard()
        self.complaint.action_complaint_resolve()
        with self.assertRaisesRegex(UserError, "no longer open"):
            wizard.action_extend()
        self.assertFalse(self.extensions())

    def test_only_the_answer_is_extended(self):
        self.create_policy(
            "Both", [("acknowledge", 1, "day"), ("resolve", 4, "hour")], sequence=0
        )
        complaint = self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_phone.id
        )
        acknowledge = complaint.complaint_milestone_ids.filtered(
            lambda row: row.milestone == "acknowledge"
        )
        with self.assertRaisesRegex(UserError, "no longer open"):
            self.extend(complaint=complaint, milestone_id=acknowledge.id)

    def test_the_button_opens_the_wizard(self):
        action = self.complaint.with_user(self.handler).action_complaint_extend()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.handler)
            .with_context(**action["context"])
            .create({"date": NEW_DATE, "reason": REASON})
        )
        self.assertEqual(wizard.ticket_id, self.complaint)
        self.assertEqual(wizard.milestone_id, self.row)


@tagged("post_install", "-at_install")
class TestExtensionSecurity(ExtensionCommon):
    """The wizard over RPC: unauthorised users, and forged values."""

    def assertUntouched(self, row=None):
        row = row or self.row
        self.env.invalidate_all()
        self.assertEqual(row.deadline, self.deadline)
        self.assertFalse(row.extended)
        self.assertFalse(self.extensions(row.ticket_id))

    def test_every_handler_of_the_complaint_extends_it(self):
        for user in (self.leader, self.handler, self.team_handler, self.own_handler):
            with self.subTest(user.name):
                complaint = self.create_complaint(
                    user, partner_id=self.customer.id, user_id=user.id
                )
                self.extend(user, complaint)
                self.assertEqual(len(self.extensions(complaint)), 1)

    def test_others_do_not(self):
        self.complaint.message_unsubscribe(self.own_handler.partner_id.ids)
        for user in (
            self.own_handler,
            self.user_employee,
            self.portal_user,
            self.handler_b,
        ):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self.extend(user)
                with self.assertRaises(AccessError):
                    self.complaint.with_user(user).action_complaint_extend()
                self.assertUntouched()

    def ask_for_letter(self, user):
        """Do what the web client does while the form is filled in."""
        Wizard = self.env["complaint.extend"].with_user(user)
        names = ("letter", "subject", "email_to", "old_deadline", "latest")
        return Wizard.onchange(
            {"ticket_id": self.complaint.id, "date": str(NEW_DATE), "reason": "X"},
            ["ticket_id", "date"],
            {name: {} for name in ("ticket_id", "date", "reason", *names)},
        )["value"]

    def test_one_who_may_only_read_it_does_not_get_to_the_letter(self):
        self.complaint.message_subscribe(self.user_employee.partner_id.ids)
        with self.assertRaises(AccessError):
            self.wizard(self.user_employee)
        with self.assertRaises(AccessError):
            self.ask_for_letter(self.user_employee)

    def test_the_preview_shows_nobody_a_complaint_they_may_not_see(self):
        """The web client asks for it by ``onchange``, which stores nothing."""
        self.complaint.message_unsubscribe(self.own_handler.partner_id.ids)
        self.complaint.user_id = self.handler
        for user in (self.own_handler, self.handler_b, self.portal_user):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.ask_for_letter(user)
        self.assertIn("Anna Weber", self.ask_for_letter(self.handler)["letter"])

    def test_a_wizard_is_made_by_those_who_may_write_the_complaint(self):
        """Its row alone would tell the customer's address and the dates."""
        self.complaint.message_unsubscribe(self.own_handler.partner_id.ids)
        self.complaint.message_subscribe(self.user_employee.partner_id.ids)
        for user in (self.own_handler, self.user_employee, self.handler_b):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.wizard(user)

    def test_the_form_tells_nobody_the_address_of_a_customer_they_may_not_see(self):
        self.complaint.message_unsubscribe(self.own_handler.partner_id.ids)
        for user in (self.own_handler, self.handler_b):
            Wizard = self.env["complaint.extend"].with_user(user)
            for name in ("email_to", "old_deadline", "latest"):
                self.env.invalidate_all()
                with self.subTest(name, user=user.name):
                    try:
                        values = Wizard.onchange(
                            {"ticket_id": self.complaint.id},
                            ["ticket_id"],
                            {"ticket_id": {}, name: {}},
                        )["value"]
                    except AccessError:
                        continue
                    self.assertFalse(values.get(name))

    def test_a_colleague_the_complaint_is_about_does_not(self):
        self.complaint.complaint_concerned_user_ids = [
            Command.set(self.team_handler.ids)
        ]
        with self.assertRaises(AccessError):
            self.extend(self.team_handler)
        self.assertUntouched()

    def test_a_wizard_is_ones_own(self):
        wizard = self.wizard()
        for user in (self.leader, self.team_handler):
            with self.subTest(user.name), self.assertRaises(AccessError):
                wizard.with_user(user).action_extend()
        self.assertUntouched()

    def test_a_wizard_is_not_turned_to_another_complaint(self):
        theirs = self.create_complaint(self.handler_b, team_id=self.team_b.id)
        wizard = self.wizard()
        with self.assertRaises(AccessError):
            wizard.write({"ticket_id": theirs.id})

    def test_the_promise_of_another_complaint_is_not_extended(self):
        other = self.create_complaint()
        row = other.sudo().complaint_milestone_ids
        with self.assertRaises(UserError):
            self.extend(milestone_id=row.id)
        self.assertUntouched(row)
        self.assertUntouched()

    def test_a_right_that_was_lost_meanwhile_is_lost(self):
        wizard = self.wizard(self.team_handler)
        self.complaint.complaint_concerned_user_ids = [
            Command.set(self.team_handler.ids)
        ]
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.action_extend()
        self.assertUntouched()

    def test_what_is_computed_cannot_be_sent(self):
        """The letter is the template's; its words are not taken from the client."""
        wizard = self.wizard(
            letter="<p>Pay here: https://evil.example</p>", subject="Win a prize"
        )
        wizard.action_extend()
        message = self.extensions().message_id
        self.assertNotIn("evil", message.body)
        self.assertNotIn("prize", message.subject)

    @mute_logger("odoo.sql_db")
    def test_bad_arguments_change_nothing(self):
        for vals in (
            {"date": "no date"},
            {"date": False},
            {"reason": False},
            {"milestone_id": 0},
            {"ticket_id": 0},
            {"ticket_id": False},
        ):
            with (
                self.subTest(vals),
                self.assertRaises(Exception),  # noqa: B017
                self.env.cr.savepoint(),
            ):
                self.extend(**vals)
            self.assertUntouched()

    def test_an_ordinary_ticket_is_not_extended(self):
        ticket = self.create_ticket(self.handler, team_id=self.ordinary_team.id)
        with self.assertRaises(UserError):
            ticket.with_user(self.handler).action_complaint_extend()

    def test_the_register_is_written_by_nobody(self):
        self.extend()
        for user in (self.handler, self.leader, self.manager):
            extension = self.extensions().with_user(user)
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    extension.write({"reason": "Another one"})
                with self.assertRaises(AccessError):
                    extension.unlink()
                with self.assertRaises(AccessError):
                    extension.create({"ticket_id": self.complaint.id, "reason": "X"})
