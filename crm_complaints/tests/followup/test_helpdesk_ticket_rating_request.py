"""Rating requests: when, to whom, and only once for each solution."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..fault_common import FaultMixin
from ..mail.common import ComplaintMailCommon

CRON = "crm_complaints.ir_cron_complaint_rating"
DAY = timedelta(days=1)


class RatingRequestCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.resolved()

    @classmethod
    def unresolved(cls, **vals):
        return cls.create_complaint(
            **{"partner_id": cls.customer.id, "user_id": cls.handler.id, **vals}
        ).sudo()

    @classmethod
    def resolved(cls, **vals):
        complaint = cls.unresolved(**vals)
        complaint.action_complaint_resolve()
        return complaint

    @staticmethod
    def somebody(number):
        """Return the values of another customer's complaint."""
        return {"partner_id": False, "partner_email": f"x{number}@novak.example"}

    def run_cron(self, after=DAY, chunk_size=100):
        """Run the cron and the mail queue, ``after`` the clock's start."""
        with (
            self.at(self.clock + after),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
            ),
        ):
            self.Ticket._cron_complaint_rating(chunk_size)
            self.env["mail.mail"].process_email_queue()
            self.env.invalidate_all()

    def asked(self, address="anna@weber.example"):
        """Return the rating requests sent to an address."""
        return [
            mail
            for mail in self.sent_to(address)
            if "Did the solution give the result you wanted?" in self.text_of(mail)
        ]

    def requests(self):
        return [
            mail["email_to"]
            for mail in self._mails
            if "the result you wanted?" in mail["body"]
        ]

    def assertAsked(self, count, address="anna@weber.example"):
        self.assertEqual(len(self.asked(address)), count)

    def assertNotAsked(self, reason, complaint=None):
        """Assert that no rating request is sent within 40 days, for ``reason``."""
        complaint = complaint or self.complaint
        before = self.requests()
        for days in range(1, 40, 3):
            self.run_cron(days * DAY)
        self.assertEqual(self.requests(), before)
        self.assertEqual(complaint.complaint_rating_skipped, reason)
        self.assertFalse(complaint.complaint_rating_due_at)


@tagged("post_install", "-at_install")
class TestRatingRequest(FaultMixin, RatingRequestCommon):
    # ---------------------------------------------------
    # When it is sent
    # ---------------------------------------------------

    def test_a_day_after_the_answer_and_once_more_five_days_later(self):
        self.run_cron(DAY - timedelta(seconds=1))
        self.assertAsked(0)
        self.run_cron(DAY)
        self.assertAsked(1)
        self.assertEqual(self.complaint.complaint_rating_asked_at, self.clock + DAY)
        self.run_cron(6 * DAY - timedelta(seconds=1))
        self.assertAsked(1)
        self.run_cron(6 * DAY)
        self.assertAsked(2)
        self.assertIn("Your answer is still welcome.", self.text_of(self.asked()[1]))
        self.assertNotIn("still welcome", self.text_of(self.asked()[0]))
        for days in (7, 12, 40, 400):
            self.run_cron(days * DAY)
        self.assertAsked(2)

    def promise(self, complaint, days):
        """Return an accepted remedy, promised for so many days from the clock's start."""
        return (
            self.env["complaint.remedy"]
            .sudo()
            .create(
                {
                    "ticket_id": complaint.id,
                    "type_id": self.env["complaint.remedy.type"]
                    .search([("immediate", "=", False)], limit=1)
                    .id,
                    "description": "A new door",
                    "state": "accepted",
                    "promised_date": (self.clock + days * DAY).date(),
                }
            )
        )

    def test_it_waits_for_what_was_agreed_on(self):
        complaint = self.unresolved(**self.somebody(1))
        self.move(complaint, "solution")
        self.promise(complaint, 2)
        door = self.promise(complaint, 7)
        complaint.action_complaint_resolve()
        self.run_cron(6 * DAY)
        self.assertAsked(0, "x1@novak.example")
        with self.at(self.clock + 6 * DAY):
            door._done()
        self.run_cron(7 * DAY - timedelta(minutes=1))
        self.assertAsked(0, "x1@novak.example")
        self.run_cron(7 * DAY)
        self.assertAsked(1, "x1@novak.example")

    def test_what_is_agreed_on_later_is_waited_for_as_well(self):
        self.promise(self.complaint, 7)
        self.run_cron(6 * DAY)
        self.assertAsked(0)
        # it should be done by now; the customer says whether it is
        self.run_cron(8 * DAY)
        self.assertAsked(1)

    def test_a_company_may_stop_asking_while_it_waits(self):
        self.promise(self.complaint, 7)
        self.company_a.complaint_rating_request = False
        self.assertNotAsked("off")

    def test_the_company_says_when(self):
        self.company_a.write(
            {"complaint_rating_delay": 0, "complaint_rating_reminder_days": 0}
        )
        self.resolved(partner_email="x@novak.example", partner_id=False)
        self.run_cron(timedelta(0))
        self.assertAsked(1, "x@novak.example")
        self.run_cron(30 * DAY)
        self.assertAsked(1, "x@novak.example")

    def test_settings_within_reason(self):
        for name in ("complaint_rating_delay", "complaint_rating_reminder_days"):
            for days in (-1, 31):
                with self.subTest(name), self.assertRaises(ValidationError):
                    self.company_a[name] = days
            self.company_a[name] = 30

    def test_the_cron_is_woken_when_it_is_time(self):
        cron = self.env.ref(CRON)
        cron.nextcall = self.clock + 60 * DAY
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        self.resolved()
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(trigger.call_at, self.clock + DAY + timedelta(minutes=1))
        self.resolved()
        self.assertEqual(
            self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]), trigger
        )
        trigger.unlink()
        self.run_cron(DAY)
        trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(trigger.call_at, self.clock + 6 * DAY + timedelta(minutes=1))

    def test_the_queue_of_mails_is_woken(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", queue.id)])
        triggers.unlink()
        for after, woken in ((DAY / 2, False), (DAY, True)):
            with (
                self.at(self.clock + after),
                patch.object(
                    type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
                ),
            ):
                self.Ticket._cron_complaint_rating()
            found = triggers.search([("cron_id", "=", queue.id)])
            self.assertEqual(bool(found), woken)

    # ---------------------------------------------------
    # Text
    # ---------------------------------------------------

    def test_faces_that_lead_to_their_page(self):
        self.run_cron()
        (mail,) = self.asked()
        html = self.html_of(mail)
        for value in (5, 3, 1):
            path = self.complaint.get_portal_url(
                suffix="/rating", query_string=f"&amp;rating={value}"
            )
            self.assertIn(self.complaint.get_base_url() + path, html)
        self.assertIn("Dear Anna Weber,", self.text_of(mail))
        self.assertIn("#no_rating", html)

    def test_it_says_that_a_machine_sent_it_and_answers_reach_us(self):
        self.run_cron()
        (mail,) = self.asked()
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(mail["X-Auto-Response-Suppress"], "All")
        self.assertIn(self.team.alias_email, mail["Reply-To"])
        self.assertEqual(
            self.answer(mail["Message-Id"], From="anna@weber.example"), self.complaint
        )

    def test_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("crm_complaints.mail_template_rating")
        template.with_context(
            lang="fr_FR"
        ).body_html = "<p>Did the solution give the result you wanted? En français.</p>"
        self.complaint.complaint_lang = "fr_FR"
        self.run_cron()
        self.assertIn("En français.", self.text_of(self.asked()[0]))

    def test_it_counts_as_no_answer_of_ours(self):
        """It meets no milestone."""
        before = self.complaint.complaint_responded_at
        self.run_cron()
        self.assertEqual(self.complaint.complaint_responded_at, before)

    # ---------------------------------------------------
    # Once a solution
    # ---------------------------------------------------

    def test_once_for_each_solution(self):
        self.run_cron()
        self.assertAsked(1)
        with self.at(self.clock + 2 * DAY):
            self.complaint.action_complaint_reopen()
        self.run_cron(10 * DAY)
        self.assertAsked(1)
        with self.at(self.clock + 10 * DAY):
            self.complaint.action_complaint_resolve()
        self.run_cron(11 * DAY)
        self.assertAsked(2)
        self.assertNotIn("still welcome", self.text_of(self.asked()[1]))

    def test_moving_on_within_the_answer_asks_once(self):
        with self.at(self.clock + DAY / 2):
            self.move(self.complaint, "closed")
        self.run_cron(DAY)
        self.assertAsked(1)
        with self.at(self.clock + 2 * DAY):
            self.move(self.complaint, "follow_up")
        self.run_cron(4 * DAY)
        self.assertAsked(1)

    def test_reopened_withdrawn_merged_and_put_away_ones_are_not_asked_about(self):
        others = [self.resolved(**self.somebody(number)) for number in range(4)]
        reopened, withdrawn, archived, merged = others
        reopened.action_complaint_reopen()
        withdrawn.action_complaint_reopen()
        withdrawn.action_complaint_withdraw()
        for complaint in (reopened, withdrawn):
            self.assertFalse(complaint.complaint_rating_due_at, "at once")
        archived.active = False
        merged.write({"active": False, "duplicate_id": self.complaint.id})
        self.run_cron(DAY)
        self.run_cron(6 * DAY)
        self.assertAsked(2)  # both about the first one
        for complaint in others:
            self.assertFalse(complaint.complaint_rating_due_at)
            self.assertFalse(complaint.complaint_rating_asked_at)

    def test_history_that_is_brought_in_is_not_asked_about(self):
        complaints = self.Ticket.union(
            self.unresolved(stage_id=self.stages["follow_up"].id),
            self.unresolved(stage_id=self.stages["closed"].id),
        )
        imported = self.unresolved()
        self.bring_in(imported, "follow_up")
        for complaint in complaints | imported:
            self.assertFalse(complaint.complaint_rating_due_at)

    # ---------------------------------------------------
    # Who is not asked
    # ---------------------------------------------------

    def test_who_has_rated_is_not_asked(self):
        self.complaint._complaint_rate(3)
        self.assertFalse(self.complaint.complaint_rating_due_at)
        self.run_cron(DAY)
        self.assertAsked(0)

    def test_who_has_rated_is_not_reminded(self):
        self.run_cron(DAY)
        with self.at(self.clock + 2 * DAY):
            self.complaint._complaint_rate(3)
        self.run_cron(6 * DAY)
        self.assertAsked(1)

    def test_rated_by_a_colleague_meanwhile(self):
        """Colleagues of the customer rate the complaint as well."""
        due = self.complaint.complaint_rating_due_at
        self.complaint._complaint_rate(3, partner=self.customer_company)
        self.complaint.complaint_rating_due_at = due
        self.assertNotAsked("rated")

    def test_the_follow_up_call_got_the_answer(self):
        self.complaint._complaint_record_follow_up("restored")
        self.assertNotAsked("called")

    def test_the_follow_up_call_saves_the_reminder(self):
        self.run_cron(DAY)
        with self.at(self.clock + 2 * DAY):
            self.complaint._complaint_record_follow_up("partly")
        self.assertNotAsked("called")

    def test_opted_out(self):
        self.customer.complaint_no_rating = True
        self.assertNotAsked("opted_out")

    def test_opted_out_whatever_address_the_complaint_came_from(self):
        self.complaint.partner_email = "anna@elsewhere.example"
        self.customer.complaint_no_rating = True
        self.assertNotAsked("opted_out")

    def test_opted_out_as_another_contact_with_the_same_address(self):
        self.env["res.partner"].create(
            {
                "name": "Anna",
                "email": "Anna@Weber.example",
                "complaint_no_rating": True,
            }
        )
        self.assertNotAsked("opted_out")

    def test_opted_out_on_an_earlier_complaint_without_a_contact(self):
        earlier = self.unresolved(partner_id=False, partner_email="Nina <n@x.example>")
        earlier._complaint_ask_no_more()
        self.assertTrue(earlier.complaint_no_rating)
        complaint = self.resolved(partner_id=False, partner_email="N@x.example")
        self.run_cron()
        self.assertAsked(0, "n@x.example")
        self.assertEqual(complaint.complaint_rating_skipped, "opted_out")
        self.assertAsked(1)

    def test_blacklisted(self):
        self.env["mail.blacklist"]._add("anna@weber.example")
        self.assertNotAsked("blacklisted")

    def test_nobody_to_ask(self):
        complaint = self.resolved(partner_id=False)
        self.run_cron()
        self.assertEqual(complaint.complaint_rating_skipped, "no_address")

    def test_our_own_address(self):
        complaint = self.resolved(partner_id=False, partner_email=self.team.alias_email)
        self.run_cron()
        self.assertEqual(complaint.complaint_rating_skipped, "own_address")
        self.assertAsked(0, self.team.alias_email)

    def test_one_of_many_of_the_same_sender(self):
        self.complaint.complaint_bulk_id = self.unresolved()
        self.assertNotAsked("bulk")

    def test_the_company_asks_nobody(self):
        self.company_a.complaint_rating_request = False
        complaint = self.resolved()
        self.assertEqual(complaint.complaint_rating_skipped, "off")
        self.assertFalse(complaint.complaint_rating_due_at)
        # not even what was planned before
        self.assertNotAsked("off")

    def test_without_its_text_nobody_is_asked(self):
        self.env.ref("crm_complaints.mail_template_rating").unlink()
        self.assertNotAsked("off")

    def test_who_did_not_get_the_first_is_not_reminded(self):
        other = self.resolved(partner_id=False, partner_email="x@novak.example")
        self.run_cron(DAY)
        (mail,) = self.asked()
        with self.at(self.clock + 2 * DAY):
            self.receive(
                self.bounce(mail["Message-Id"], recipient="anna@weber.example")
            )
        self.run_cron(6 * DAY)
        self.assertAsked(1)
        self.assertEqual(self.complaint.complaint_rating_skipped, "not_delivered")
        self.assertAsked(2, "x@novak.example")
        self.assertFalse(other.complaint_rating_skipped)

    def test_no_more_than_a_few_an_hour_to_one_address(self):
        self.company_a.complaint_acknowledge_limit = 2
        # unresolved, as a repeat complaint would end the follow-up of the others
        others = [self.unresolved() for _number in range(4)]
        for complaint in others:
            complaint.action_complaint_resolve()
        self.run_cron(DAY)
        self.assertAsked(2)
        self.run_cron(DAY + timedelta(minutes=61))
        self.assertAsked(4)
        for complaint in others:
            self.assertTrue(complaint.complaint_rating_asked_at)

    # ---------------------------------------------------
    # Representatives
    # ---------------------------------------------------

    def represented(self, letters_to, scope=None):
        """Make a daughter Anna's representative, with a consent of ``scope``."""
        daughter = self.env["res.partner"].create(
            {"name": "Clara Weber", "email": "clara@daughter.example"}
        )
        self.complaint.write(
            {
                "complaint_representative_id": daughter.id,
                "complaint_letters_to": letters_to,
            }
        )
        if scope:
            self.env["complaint.consent"].create(
                {
                    "ticket_id": self.complaint.id,
                    "partner_id": daughter.id,
                    "given_on": self.clock.date(),
                    "scope": scope,
                    "attachment_ids": [
                        Command.create({"name": "consent.pdf", "raw": b"I agree."})
                    ],
                }
            )
        return daughter

    def test_one_of_both_is_asked(self):
        self.represented("both", "decide")
        self.run_cron()
        self.assertAsked(1)
        self.assertAsked(0, "clara@daughter.example")

    def test_who_decides_for_them_is_asked_where_letters_go_there_alone(self):
        daughter = self.represented("representative", "decide")
        self.run_cron()
        self.assertAsked(0)
        (mail,) = self.asked("clara@daughter.example")
        self.assertIn("Dear Clara Weber,", self.text_of(mail))
        html = self.html_of(mail)
        self.assertIn(self.complaint.complaint_consent_id.access_token, html)
        self.assertNotIn(self.complaint._portal_ensure_token(), html)
        daughter.complaint_no_rating = True
        self.assertNotAsked("opted_out")

    def test_who_decides_is_asked_whatever_the_customer_said(self):
        self.customer.complaint_no_rating = True
        self.represented("representative", "decide")
        self.run_cron()
        self.assertAsked(1, "clara@daughter.example")

    def test_who_does_not_decide_is_not_asked(self):
        self.represented("representative", "write")
        self.assertNotAsked("represented")

    def test_without_a_consent_the_customer_is_asked(self):
        self.represented("representative")
        self.run_cron()
        self.assertAsked(1)
        self.assertAsked(0, "clara@daughter.example")

    # ---------------------------------------------------
    # Beside helpdesk_mgmt_rating
    # ---------------------------------------------------

    def other_survey(self, **statuses):
        """Add the fields of helpdesk_mgmt_rating, as if it were installed."""
        template = self.env.ref("crm_complaints.mail_template_rating")
        Stage = type(self.env["helpdesk.ticket.stage"])
        asking = self.stages["closed"]
        if "rating_mail_template_id" in Stage._fields:  # it is installed
            asking.rating_mail_template_id = template
            return asking

        def compute(stages):
            for stage in stages:
                stage.rating_mail_template_id = stage == asking and template

        # as in Odoo's own tests, not at the top: it is no public import
        from odoo.orm.model_classes import add_field, pop_field

        field = fields.Many2one("mail.template", compute=compute)
        Stage.rating_mail_template_id = field
        add_field(Stage, "rating_mail_template_id", field)
        self.addCleanup(pop_field, Stage, "rating_mail_template_id")
        field.setup(self.env["helpdesk.ticket.stage"])
        self.registry.field_computed[field] = [field]
        self.registry.field_depends[field] = ()
        self.registry.field_depends_context[field] = ()
        return asking

    def test_not_beside_another_survey(self):
        """Even where the next stage is the one that asks."""
        self.other_survey()
        self.assertNotAsked("elsewhere")

    def test_where_the_other_survey_asks_in_other_stages(self):
        asking = self.other_survey()
        asking.active = False
        self.run_cron()
        self.assertAsked(1)

    # ---------------------------------------------------
    # Many, and what goes wrong
    # ---------------------------------------------------

    def test_chunks_cover_all_of_them_once(self):
        complaints = self.Ticket.union(
            *(self.resolved(**self.somebody(number)) for number in range(7))
        )
        self.run_cron(DAY, chunk_size=3)
        for number in range(7):
            self.assertAsked(1, f"x{number}@novak.example")
        self.assertTrue(all(c.complaint_rating_asked_at for c in complaints))

    def test_one_that_cannot_be_asked_costs_itself_alone(self):
        bad = self.resolved(partner_id=False, partner_email="bad@novak.example")
        good = self.resolved(partner_id=False, partner_email="good@novak.example")
        generate = type(self.env["mail.template"])._generate_template

        def broken(template, res_ids, *args, **kwargs):
            if bad.id in res_ids:
                raise ValueError("no such field")
            return generate(template, res_ids, *args, **kwargs)

        with patch.object(
            type(self.env["mail.template"]), "_generate_template", broken
        ):
            self.run_cron()
        self.assertAsked(1, "good@novak.example")
        self.assertAsked(0, "bad@novak.example")
        self.assertEqual(bad.complaint_rating_skipped, "failed")
        self.assertFalse(bad.complaint_rating_due_at)
        told = self.activities(bad, "failure")
        self.assertEqual(told.user_id, self.leader)
        self.assertTrue(good.complaint_rating_asked_at)
        self.run_cron(2 * DAY)
        self.assertAsked(0, "bad@novak.example")

    def test_an_empty_text_is_sent_to_nobody(self):
        template = self.env.ref("crm_complaints.mail_template_rating")
        template.body_html = False
        self.run_cron()
        self.assertFalse(self.requests())
        self.assertEqual(self.complaint.complaint_rating_skipped, "failed")

    def test_a_sweep_costs_the_same_for_many(self):
        counts = []
        for number in (2, 12):
            for index in range(number):
                self.resolved(
                    partner_id=False, partner_email=f"y{number}{index}@novak.example"
                )
            with self.at(self.clock + DAY):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertEqual(
                    self.Ticket.sudo()._complaint_sweep_ratings(100),
                    number + (number == 2),
                )
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        # a few queries each, as links, tokens and mails are made one by one
        self.assertLess((counts[1] - counts[0]) / 9, 8, counts)

    def test_nothing_due_costs_next_to_nothing(self):
        self.run_cron(40 * DAY)
        self.run_cron(41 * DAY)
        with self.at(self.clock + 42 * DAY), self.assertQueryCount(1):
            self.Ticket._complaint_sweep_ratings(100)

    def test_what_is_due_is_found_by_an_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'"
            " AND indexdef LIKE '%(complaint_rating_due_at)%'"
        )
        ((definition,),) = self.env.cr.fetchall()
        self.assertIn("IS NOT NULL", definition)

    # ---------------------------------------------------
    # In the office
    # ---------------------------------------------------

    def test_staff_see_why_somebody_is_not_asked_and_nobody_else(self):
        self.complaint._complaint_rate(1)
        with Form(
            self.complaint.with_user(self.handler),
            view="crm_complaints.helpdesk_ticket_view_form_complaint",
        ) as form:
            self.assertEqual(form.complaint_rating, "unhappy")
        found = self.Ticket.with_user(self.handler).search(
            [("complaint_rating", "=", "unhappy")]
        )
        self.assertEqual(found, self.complaint)
        shown = self.Ticket.with_user(self.portal_user).fields_get()
        for name in shown:
            self.assertNotIn("complaint_rating", name)
        self.assertNotIn("complaint_no_rating", shown)
